package main

import (
	"bytes"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// latin1 FILE FROM: FILE becomes FROM with é in Latin-1.
func latin1(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: latin1 file from")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.ReplaceAll([]byte(ts.ReadFile(args[1])), []byte("é"), []byte{0xE9}), 0o600))
}

// torn FILE FROM N: FILE becomes the first N bytes of FROM.
func torn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: torn file from bytes")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[1])[:n]), 0o600))
}

// hugeLine is the length in bytes of a line that no importer should keep in memory.
const hugeLine = 1 << 30

// huge FILE [FROM]: FILE becomes the first two lines of FROM and a line of a gigabyte, which takes no room on the disk.
func huge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: huge file [from]")
	}
	begin := []byte(`"`)
	if len(args) == 2 {
		begin = bytes.Join(bytes.SplitAfterN([]byte(ts.ReadFile(args[1])), []byte("\n"), 3)[:2], nil)
	}
	name := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(name, begin, 0o600))
	ts.Check(os.Truncate(name, hugeLine))
}
