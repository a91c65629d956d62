package recorded

import (
	"context"
	"os"
	"testing"

	"attrigraph/internal/bench/load"
)

// CPUMetric is the name under which Bench reports nanoseconds of processor time, those of the garbage collector on other
// processors included; it is missing where there is no /proc.
const CPUMetric = "cpu-ns/op"

// Bench measures Do; it is called by `go test -bench` and by the run of the whole benchmark.
func (o *Operation) Bench(b *testing.B) {
	ctx := context.Background()
	data, err := o.Do(ctx) // the first use is not the cached one
	if err != nil {
		b.Fatal(err)
	}
	size := len(data)
	process := load.Process(os.Getpid())
	before, _ := process.CPU() // fails where the one below does
	b.ReportAllocs()
	for b.Loop() {
		data, err = o.Do(ctx)
		if err != nil || len(data) != size {
			b.Fatalf("%d bytes and then %d, %v", size, len(data), err)
		}
	}
	if after, cpuErr := process.CPU(); cpuErr == nil {
		b.ReportMetric(float64(after-before)/float64(b.N), CPUMetric)
	}
	b.ReportMetric(float64(size)/1e3, "answer-kB")
}
