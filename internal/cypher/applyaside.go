package cypher

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"attrigraph/internal/store"
)

func init() { gob.Register([]string{}) }

// aside keeps changes in temporary files, those of one node in the same one.
type aside struct {
	folder string
	files  [asideFiles]asideFile
}

// asideFiles is among how many files changes are divided: a part has one or more of them.
const asideFiles = 256

type asideFile struct {
	file *os.File
	out  *bufio.Writer
	enc  *gob.Encoder
}

// asideChange is a change in a file.
type asideChange struct {
	Node *store.Node
	Link *store.Link
}

func newAside() (*aside, error) {
	folder, err := os.MkdirTemp("", "attrigraph-apply-*")
	if err != nil {
		return nil, asideError(err)
	}
	return &aside{folder: folder}, nil
}

func asideError(err error) error {
	return fmt.Errorf("a temporary file for a large change set cannot be written or read; make room in %s, or set TMPDIR: %w", os.TempDir(), err)
}

// put keeps a change of the node with an id.
func (a *aside) put(id string, c store.Change) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	f := &a.files[h.Sum32()%asideFiles]
	if f.file == nil {
		var err error
		if f.file, err = os.CreateTemp(a.folder, ""); err != nil {
			return asideError(err)
		}
		f.out = bufio.NewWriterSize(f.file, 8<<10)
		f.enc = gob.NewEncoder(f.out)
	}
	if err := f.enc.Encode(asideChange{c.Node, c.Link}); err != nil {
		return asideError(err)
	}
	return nil
}

// all yields everything, the changes of one file together. It returns false if it was stopped or failed.
func (a *aside) all(yield func(piece, error) bool) bool {
	for i := range a.files {
		if f := &a.files[i]; f.file != nil && !f.all(yield) {
			return false
		}
	}
	return true
}

func (f *asideFile) all(yield func(piece, error) bool) bool {
	err := f.out.Flush()
	if err == nil {
		_, err = f.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		yield(piece{}, asideError(err))
		return false
	}
	in := gob.NewDecoder(bufio.NewReader(f.file))
	for first := true; ; first = false {
		var c asideChange
		switch err := in.Decode(&c); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			yield(piece{}, asideError(err))
			return false
		}
		if c.Node != nil && c.Node.Props == nil {
			c.Node.Props = map[string]any{}
		}
		if !yield(piece{store.Change{Node: c.Node, Link: c.Link}, first}, nil) {
			return false
		}
	}
}

// remove deletes the files.
func (a *aside) remove() {
	for _, f := range a.files {
		if f.file != nil {
			_ = f.file.Close()
		}
	}
	_ = os.RemoveAll(a.folder)
}
