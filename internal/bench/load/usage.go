package load

import (
	"sync"
	"time"
)

// sampleEvery is how often memory is looked at.
const sampleEvery = 100 * time.Millisecond

// Usage is what a process used between Watch and the call that ended it.
type Usage struct {
	CPU time.Duration
	// Memory is the greatest RssAnon seen, in bytes.
	Memory int64
}

// Watch observes a process until the returned function is called, which says what it used meanwhile. The function fails
// where the process has ended or there is no /proc.
func Watch(p Process) func() (Usage, error) {
	before, err := p.CPU()
	var usage Usage
	stop := make(chan struct{})
	var sampler sync.WaitGroup
	sampler.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			memory, _ := p.AnonymousMemory() // its error is that of CPU below
			usage.Memory = max(usage.Memory, memory)
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	return func() (Usage, error) {
		close(stop)
		sampler.Wait()
		if err != nil {
			return Usage{}, err
		}
		after, err := p.CPU()
		usage.CPU = after - before
		return usage, err
	}
}
