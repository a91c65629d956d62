//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package neo4jtest

import (
	"errors"
	"os"
	"syscall"
)

// claimed are the locks that this process holds until it ends.
var claimed []*os.File

// claim locks a file until the process ends, and answers false at once where another process has it.
func claim(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		closing := f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = nil
		}
		return false, errors.Join(err, closing)
	}
	claimed = append(claimed, f)
	return true, nil
}
