package sqlite

import (
	"errors"
	"fmt"
	"runtime/debug"

	"attrigraph/internal/store"
)

// errTorn is why a store is not read any more.
var errTorn = errors.New("the file or its disk went away while it was read: check them, and start attrigraph again")

// guarded runs what reads the file. The file and the index of its log are mapped into memory: where another program cuts
// them short, or the disk under them fails, a read of memory faults, which would end the program. Instead the store gives
// itself up, and nothing touches SQLite again, whose locks may be held forever.
func (s *Store) guarded(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case interface {
			error
			Addr() uintptr // which faults have and no other error of the runtime
		}:
			s.torn.Store(true)
			err = &failure{errTorn, store.ErrUnavailable, fmt.Errorf("fault at %#x: %w", cause.Addr(), cause)}
		default:
			panic(cause)
		}
	}()
	return read()
}
