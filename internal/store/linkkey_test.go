package store_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestLinkKeys compares the order of the keys, as UTF-8 and as UTF-16, with the order that they stand for.
func TestLinkKeys(t *testing.T) {
	c := storetest.Model(t)
	made := c.Type("Maker").Field("made").OrderedBy
	type far struct {
		v  any
		id string
	}
	ids := rapid.SampledFrom([]string{"a--0", "a--1", "b--0", "a-b--0", "a-b--9", "z--f"})
	texts := rapid.SampledFrom([]any{nil, "", "a", "a\t", "ab", "b", "\uD7FE", "\uD7FF", "\uE000", "\uFFFC", "\U00010000", "\U0010FFFD", "2025", "2025-01-01/1"})
	numbers := rapid.SampledFrom([]any{nil, int64(-1 << 31), int64(-7), int64(0), int64(9), int64(10), int64(1<<31 - 1)})
	values := func(a, b any) int {
		if a, ok := a.(int64); ok {
			return cmp.Compare(a, b.(int64))
		}
		// UTF-8 has the order of code points.
		return strings.Compare(a.(string), b.(string))
	}
	// order compares with absent values last in both directions, ids upwards.
	order := func(a, b far, desc bool) int {
		n := cmp.Compare(a.id, b.id)
		switch {
		case a.v == nil && b.v == nil:
			return n
		case a.v == nil:
			return 1
		case b.v == nil:
			return -1
		case desc:
			return cmp.Or(values(b.v, a.v), n)
		}
		return cmp.Or(values(a.v, b.v), n)
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := texts
		if rapid.Bool().Draw(t, "numbers") {
			draw = numbers
		}
		a, b := far{draw.Draw(t, "a"), ids.Draw(t, "id of a")}, far{draw.Draw(t, "b"), ids.Draw(t, "id of b")}
		ka, kb := store.LinkKeys(made[1], a.v, a.id), store.LinkKeys(made[1], b.v, b.id)
		for i, want := range []int{order(a, b, false), order(b, a, true)} {
			if got := strings.Compare(ka[i], kb[i]); got != want {
				t.Errorf("%v and %v: the keys %q and %q compare as %d, want %d", a, b, ka[i], kb[i], got, want)
			}
			if got := slices.Compare(utf16.Encode([]rune(ka[i])), utf16.Encode([]rune(kb[i]))); got != want {
				t.Errorf("%v and %v: the keys %q and %q compare as %d in UTF-16, want %d", a, b, ka[i], kb[i], got, want)
			}
		}
		for i, down := range []bool{false, true} {
			if got := store.LinkKeyOfValue(down)(a.v).(string) + store.LinkKeyOfID(down)(a.id).(string); got != ka[i] {
				t.Errorf("the parts %q make another key than %q", got, ka[i])
			}
		}
		if got := store.LinkKeys(made[0], nil, a.id); !slices.Equal(got, []string{a.id}) {
			t.Errorf("the key of the order by id is %q", got)
		}
	})
}
