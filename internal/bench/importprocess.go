package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"attrigraph/internal/bench/load"
)

// memoryEvery is how often the memory of an import is looked at.
const memoryEvery = 20 * time.Millisecond

// attrigraph runs the program to its end as a process of its own. Memory is the greatest RssAnon that was seen.
func (b *importBench) attrigraph(ctx context.Context, db *database, args ...string) (importLine, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, b.program("attrigraph"), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(db), &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return importLine{}, err
	}
	ended, watched := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(memoryEvery)
		defer tick.Stop()
		for {
			now, _ := load.Process(cmd.Process.Pid).AnonymousMemory() // 0 when it has ended
			most = max(most, now)
			select {
			case <-tick.C:
			case <-ended:
				watched <- most
				return
			}
		}
	}()
	err := cmd.Wait()
	took := time.Since(began)
	close(ended)
	l := importLine{Took: took, Memory: <-watched}
	if err != nil {
		return l, fmt.Errorf("attrigraph %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	l.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return l, nil
}
