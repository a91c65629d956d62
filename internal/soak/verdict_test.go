package main

import (
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// series are samples of which each measure has a value with noise and a slope for each minute.
func series(minutes int, values, slopes [measures]float64) []sample {
	random := rand.New(rand.NewPCG(1, 2))
	var list []sample
	for s := 10; s <= 60*minutes; s += 10 {
		one := sample{at: time.Duration(s) * time.Second}
		for m := range measures {
			noise := (random.Float64() - 0.5) * values[m] / 5
			one.values[m] = values[m] + noise + slopes[m]*float64(s)/60
		}
		list = append(list, one)
	}
	return list
}

// TestVerdict holds that noise passes, and that growth, leftovers and wrong answers do not.
func TestVerdict(t *testing.T) {
	usual := [measures]float64{goroutines: 60, rssAnon: 90 << 20, heap: 40 << 20, files: 50, running: 8, streams: 4}
	calm := sample{values: [measures]float64{goroutines: 12, rssAnon: 80 << 20, heap: 20 << 20, files: 20}}
	for _, c := range []struct {
		name   string
		slopes [measures]float64
		after  func(*sample)
		wrong  int64
		want   string
	}{
		{name: "flat"},
		{name: "falling", slopes: [measures]float64{rssAnon: -2 << 20, goroutines: -3}},
		{name: "a leak of goroutines", slopes: [measures]float64{goroutines: 4}, want: "goroutines grew by"},
		{name: "a leak of memory", slopes: [measures]float64{rssAnon: 4 << 20}, want: "RssAnon (MB) grew by"},
		{name: "a leak of heap", slopes: [measures]float64{heap: 3 << 20}, want: "heap (MB) grew by"},
		{name: "a leak of files", slopes: [measures]float64{files: 3}, want: "open files grew by"},
		{name: "goroutines left", after: func(s *sample) { s.values[goroutines] = 500 }, want: "488 more goroutines are left"},
		{name: "an operation left", after: func(s *sample) { s.values[running] = 1 }, want: "1 operations are left"},
		{name: "a stream left", after: func(s *sample) { s.values[streams] = 1 }, want: "1 streams are left"},
		{name: "a wrong answer", wrong: 1, want: "1 requests were answered wrongly"},
	} {
		after := calm
		if c.after != nil {
			c.after(&after)
		}
		err := verdict(io.Discard, series(10, usual, c.slopes), 10*time.Minute, calm, after, c.wrong)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if err := verdict(io.Discard, series(1, usual, [measures]float64{})[:3], time.Minute, calm, calm, 0); err == nil {
		t.Error("there is a verdict on three samples")
	}
}

func TestFit(t *testing.T) {
	l := fit([]float64{10, 20, 30, 40}, []float64{5, 7, 9, 11})
	if l.mean != 8 || math.Abs(l.growth-6) > 1e-9 || l.sure < 1e6 {
		t.Errorf("a straight line is %+v", l)
	}
	if l := fit([]float64{1, 2, 3}, []float64{4, 4, 4}); l.growth != 0 || l.sure != 0 {
		t.Errorf("a level line is %+v", l)
	}
}
