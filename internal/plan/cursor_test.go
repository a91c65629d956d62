package plan

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/text"
)

const signature = "12345678"

func encoded(t testing.TB, keys ...any) string {
	t.Helper()
	raw, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var cursor string
	if err := json.Unmarshal(EncodeCursor(nil, append(CursorHead(nil, signature), raw...)), &cursor); err != nil {
		t.Fatal(err)
	}
	return cursor
}

func TestCursorRoundTrip(t *testing.T) {
	number := OrderKey{Operand: Operand{Field: &catalog.Field{Name: "pages", Scalar: catalog.Int}}}
	name := OrderKey{Operand: Operand{Field: &catalog.Field{Name: "title", Scalar: catalog.Text, NonNull: true}}}
	truth := OrderKey{Operand: Operand{Field: &catalog.Field{Name: "alive", Scalar: catalog.Bool}}}
	rank := OrderKey{Operand: Operand{Of: OfRank}}
	for _, c := range []struct {
		key   OrderKey
		value any
		want  any // errCursor where the value is forged
	}{
		{number, 5, int64(5)},
		{number, -1 << 40, int64(-1 << 40)},
		{number, nil, nil},
		{number, "5", errCursor},
		{number, 1.5, errCursor},
		{number, true, errCursor},
		{number, []any{}, errCursor},
		{name, "a\U0001F600\uE000\"", "a\U0001F600\uE000\""},
		{name, "", ""},
		{name, nil, errCursor},
		{name, 5, errCursor},
		{name, "\x00", errCursor},
		{name, map[string]any{}, errCursor},
		{truth, true, true},
		{truth, false, false},
		{truth, nil, nil},
		{truth, "true", errCursor},
		{truth, 1, errCursor},
		{rank, 3, int64(3)},
		{rank, nil, errCursor},
		{rank, "3", errCursor},
	} {
		keys, err := decodeCursor(encoded(t, c.value, "id"), signature)
		if err != nil || len(keys) != 2 || keys[1] != "id" {
			t.Fatalf("%v: %v, %v", c.value, keys, err)
		}
		got, err := cursorKey(keys[0], c.key)
		if err != nil {
			got = err
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.value, got, c.want)
		}
	}
	if _, err := decodeCursor(encoded(t, "id"), "87654321"); err != errOther {
		t.Errorf("the cursor of another order: %v", err)
	}
}

func FuzzDecodeCursor(f *testing.F) {
	whole := encoded(f, 1, "a", nil, true)
	for _, s := range []string{"", "!", whole, whole[:len(whole)-1], whole + "A", strings.ToUpper(whole), "AQ", encoded(f)} {
		f.Add(s)
	}
	for _, keys := range []string{`{}`, `[1]]`, `[1`, `[1e999]`, `["\ud800"]`, `[[[[]]]]`, `null`, "\xff"} {
		f.Add(base64.RawURLEncoding.EncodeToString(append(CursorHead(nil, signature), keys...)))
	}
	order := []OrderKey{
		{Operand: Operand{Of: OfRank}},
		{Operand: Operand{Of: OfKind}},
		{Operand: Operand{Field: &catalog.Field{Scalar: catalog.Bool}}},
		{Operand: Operand{Field: &catalog.Field{Scalar: catalog.Text}}},
	}
	f.Fuzz(func(t *testing.T, s string) {
		keys, err := decodeCursor(s, signature)
		if err != nil {
			return
		}
		for i, k := range keys {
			v, err := cursorKey(k, order[i%len(order)])
			if err != nil {
				continue
			}
			switch v := v.(type) {
			case nil, bool, int64:
			case string:
				if text.Check(v) != nil {
					t.Errorf("%q lets the text %q through", s, v)
				}
			default:
				t.Errorf("%q holds a key of type %T", s, v)
			}
		}
		if s == "" || s[0] != 'A' {
			t.Errorf("%q has no version", s)
		}
	})
}
