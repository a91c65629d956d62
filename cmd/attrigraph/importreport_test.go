package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"attrigraph/internal/store"
)

// TestMistakesAreNotKept holds that neither the mistakes of an import nor, with --keep-going, its records are kept in
// memory: ten times as many take no more of it when everything was read and the store is about to be asked.
func TestMistakesAreNotKept(t *testing.T) {
	if testing.Short() {
		t.Skip("imports 200,000 records, which takes long")
	}
	// A mistake of which everything was kept would take 200 bytes or more; what is kept of a rejected node takes 16, in a
	// table that is at least half full.
	const few, many, most = 10_000, 100_000, 8 << 20
	for name, c := range map[string]struct {
		write  func(w io.Writer, n int)
		run    func(i *importRun, file string) error
		report func(n int) []string
	}{
		"records of a format": {
			func(w io.Writer, n int) {
				fmt.Fprint(w, `{"name":"Threat Actor","type":"threat-actor","category":"actor","uuid":"7cdff317-a673-4474-84ec-4f1754947823","version":1,"values":[`)
				for k := range n {
					fmt.Fprintf(w, "{\"value\":\"Faulty actor %d\"},\n", k)
				}
				fmt.Fprintln(w, `{"uuid":"6bf7e6b6-0000-4000-8000-000000000001","value":"One"}]}`)
			},
			func(i *importRun, file string) error { return i.dataset(formats["misp-galaxy"], []string{file}, true) },
			func(n int) []string {
				return []string{fmt.Sprintf(`{"type":"threat-actor","read":%d,"accepted":1,"merged":0,"rejected":%d}`, n+1, n)}
			},
		},
		"records that the model rejects": {
			func(w io.Writer, n int) {
				fmt.Fprintln(w, `{"format":"attrigraph-jsonl","version":1}`)
				for k := range n {
					kind := "Country"
					if k%10 == 0 {
						kind = "State"
					}
					fmt.Fprintf(w, "{\"node\":{\"kind\":%q,\"id\":\"%s--00000000-0000-5000-8000-%012d\",\"fields\":{\"name\":\"Country %d\"}}}\n", kind, strings.ToLower(kind), k, k)
				}
				fmt.Fprintf(w, "{\"end\":{\"nodes\":%d,\"links\":0}}\n", n)
			},
			func(i *importRun, file string) error { return i.jsonl([]string{file}, true) },
			func(n int) []string { return nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			heap := map[int]uint64{}
			for _, n := range []int{few, many} {
				dir := t.TempDir()
				file, report := filepath.Join(dir, "in"), filepath.Join(dir, "report")
				writeFile(t, file, func(w io.Writer) { c.write(w, n) })
				p := &program{
					commandLine: &commandLine{Store: "sqlite:" + filepath.Join(dir, "graph.db")}, ctx: t.Context(),
					stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, log: slog.New(slog.DiscardHandler),
				}
				i := &importRun{program: p}
				var err error
				if i.report, err = newImportReport(report, []string{file}); err != nil {
					t.Fatal(err)
				}
				s, _, err := p.open(writing)
				if err != nil {
					t.Fatal(err)
				}
				w := &weighed{Store: s}
				i.store = w
				if err := c.run(i, file); err != nil {
					t.Fatal(err)
				}
				if err := p.close(s); err != nil {
					t.Fatal(err)
				}
				if err := i.report.finish(i.counts, i.outcome); err != nil {
					t.Fatal(err)
				}
				heap[n] = w.heap
				raw, err := os.ReadFile(report)
				if err != nil {
					t.Fatal(err)
				}
				mistakes := i.report.rejected + i.report.left
				if got := bytes.Count(raw, []byte(`"place":"`)); got != mistakes || got < n*9/10 {
					t.Errorf("the report has %d lines for %d mistakes in %d records", got, mistakes, n)
				}
				for _, line := range c.report(n) {
					if !bytes.Contains(raw, []byte(line+"\n")) {
						t.Errorf("the report lacks %s", line)
					}
				}
			}
			if heap[few] == 0 || heap[many] > heap[few]+most {
				t.Errorf("with %d mistakes %d bytes are in use, with %d mistakes %d", few, heap[few], many, heap[many])
			}
			t.Logf("%d bytes in use with %d mistakes, %d with %d", heap[few], few, heap[many], many)
		})
	}
}

// weighed is a store that notes how much memory is in use when it has been given all changes.
type weighed struct {
	store.Store
	heap uint64
}

func (w *weighed) Apply(ctx context.Context, how store.Write, changes iter.Seq2[store.Change, error]) (store.Outcome, error) {
	return w.Store.Apply(ctx, how, func(yield func(store.Change, error) bool) {
		for c, err := range changes {
			if !yield(c, err) {
				return
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.heap = m.HeapAlloc
	})
}

func writeFile(t *testing.T, name string, write func(io.Writer)) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
