package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// tolerance is by how much a measure may seem to grow from noise: a part of its mean, and at least a number.
type tolerance struct {
	name           string
	part, at, unit float64
}

// watched are the measures that must not grow under a steady load.
var watched = map[measure]tolerance{
	goroutines: {"goroutines", 0.10, 8, 1},
	rssAnon:    {"RssAnon (MB)", 0.10, 8 << 20, 1 << 20},
	heap:       {"heap (MB)", 0.10, 8 << 20, 1 << 20},
	files:      {"open files", 0.10, 8, 1},
}

// warmUp is the part of the time in which pools of connections and prepared statements fill, which is no growth: a fifth.
const warmUp = 5

// line is what a straight line through values says of them.
type line struct {
	mean float64
	// growth is by how much the line rises from the first moment to the last.
	growth float64
	// sure is the slope in multiples of its standard error: noise gives between -2 and 2, mostly.
	sure float64
}

// fit lays a straight line through points by least squares.
func fit(x, y []float64) line {
	n := float64(len(x))
	var mx, my float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	var sxx, sxy float64
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	slope := sxy / sxx
	var rest float64
	for i := range x {
		d := y[i] - my - slope*(x[i]-mx)
		rest += d * d
	}
	deviation := math.Sqrt(rest / (n - 2) / sxx)
	l := line{mean: my, growth: slope * (x[len(x)-1] - x[0])}
	switch {
	case slope == 0:
	case deviation == 0:
		l.sure = math.Inf(int(math.Copysign(1, slope)))
	default:
		l.sure = slope / deviation
	}
	return l
}

// grows tells whether a line rises by more than noise can explain.
func (l line) grows(t tolerance) bool {
	return l.sure > 3 && l.growth > max(t.part*l.mean, t.at)
}

// verdict prints what became of each measure and returns an error where something grew, is left over or was answered
// wrongly. before and after are the server at rest.
func verdict(out io.Writer, samples []sample, duration time.Duration, before, after sample, wrong int64) error {
	var x []float64
	var steady []sample
	for _, s := range samples {
		if s.at > duration/warmUp {
			steady = append(steady, s)
			x = append(x, s.at.Seconds())
		}
	}
	if len(steady) < 5 {
		return fmt.Errorf("%d samples after the first fifth are too few for a verdict; make --duration longer or --every shorter", len(steady))
	}
	var errs []error
	fmt.Fprintf(out, "\nafter the first fifth, %d samples\n%-14s %10s %10s %10s %10s %10s\n", len(steady), "", "mean", "growth", "sure", "idle before", "idle after")
	for m := range measures {
		t, ok := watched[m]
		if !ok {
			continue
		}
		y := make([]float64, len(steady))
		for i, s := range steady {
			y[i] = s.values[m]
		}
		l := fit(x, y)
		fmt.Fprintf(out, "%-14s %10.1f %+10.1f %+10.1f %10.1f %10.1f\n", t.name, l.mean/t.unit, l.growth/t.unit, l.sure, before.values[m]/t.unit, after.values[m]/t.unit)
		if l.grows(t) {
			errs = append(errs, fmt.Errorf("%s grew by %.1f", t.name, l.growth/t.unit))
		}
	}
	// A pool of the store may keep more connections than at the start, each with a goroutine or two; what a request leaves
	// behind is there thousands of times.
	const left = 80
	if more := after.values[goroutines] - before.values[goroutines]; more > left {
		errs = append(errs, fmt.Errorf("%.0f more goroutines are left than before the load", more))
	}
	if n := after.values[running]; n != 0 {
		errs = append(errs, fmt.Errorf("%.0f operations are left", n))
	}
	if n := after.values[streams]; n != 0 {
		errs = append(errs, fmt.Errorf("%.0f streams are left", n))
	}
	if wrong > 0 {
		errs = append(errs, fmt.Errorf("%d requests were answered wrongly", wrong))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Fprintln(out, "flat: nothing grows and nothing is left over")
	return nil
}
