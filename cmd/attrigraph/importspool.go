package main

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"attrigraph/internal/store"
)

// spool keeps changes in a file, so that they can be read several times without being in memory. Changes can be taken out
// of it by their number, counted from 0.
type spool struct {
	file *os.File
	size int64
	// gone has a bit for each change, set for those that were taken out.
	gone []uint64
}

// newSpool puts changes into a file. An error of theirs is returned as it is.
func newSpool(changes iter.Seq2[store.Change, error]) (*spool, error) {
	f, err := os.CreateTemp("", "attrigraph-import-*")
	if err != nil {
		return nil, spoolFailed(err)
	}
	s := &spool{file: f}
	if err := s.fill(changes); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func spoolFailed(err error) error {
	return fmt.Errorf("the records cannot be kept in a file while they are checked: %w", cause(err))
}

func (s *spool) fill(changes iter.Seq2[store.Change, error]) error {
	out := bufio.NewWriterSize(s.file, 1<<16)
	enc := gob.NewEncoder(out)
	n := 0
	for change, err := range changes {
		if err != nil {
			return err
		}
		if err := enc.Encode(change); err != nil {
			return spoolFailed(err)
		}
		n++
	}
	if err := out.Flush(); err != nil {
		return spoolFailed(err)
	}
	s.gone = make([]uint64, (n+63)/64)
	var err error
	if s.size, err = s.file.Seek(0, io.SeekEnd); err != nil {
		return spoolFailed(err)
	}
	return nil
}

// close takes the file away.
func (s *spool) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

func (s *spool) takeOut(n int) { s.gone[n/64] |= 1 << (n % 64) }

// each hands over the changes that were not taken out, with their numbers, until an error of visit.
func (s *spool) each(visit func(n int, c store.Change) error) error {
	dec := gob.NewDecoder(bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), 1<<16))
	for n := 0; ; n++ {
		var c store.Change
		if err := dec.Decode(&c); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return spoolFailed(err)
		}
		if s.gone[n/64]&(1<<(n%64)) != 0 {
			continue
		}
		if err := visit(n, c); err != nil {
			return err
		}
	}
}

// errStopped tells that whoever takes the changes wants no more.
var errStopped = errors.New("stopped")

// changes are those that were not taken out.
func (s *spool) changes() iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		err := s.each(func(_ int, c store.Change) error {
			if !yield(c, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(store.Change{}, err)
		}
	}
}
