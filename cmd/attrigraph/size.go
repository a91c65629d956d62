package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteSize is a number of bytes, written as such or with a unit: 65536, 512KB, 16MB, 1GB. A KB is 1,024 bytes.
type byteSize int

var byteUnits = []struct {
	name  string
	bytes int
}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}, {"", 1}}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *byteSize) UnmarshalText(text []byte) error {
	for _, unit := range byteUnits {
		digits, ok := strings.CutSuffix(strings.ToUpper(string(text)), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n <= 0 || n > math.MaxInt32/unit.bytes {
			break
		}
		*s = byteSize(n * unit.bytes)
		return nil
	}
	return fmt.Errorf("%q is no size; write a number of bytes below 2GB, such as 65536, 512KB or 16MB", text)
}
