package rows_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"attrigraph/internal/rows"
)

// plain reads a Value back into what encoding/json makes of the same text, with numbers as json.Number.
func plain(t testing.TB, v rows.Value) any {
	t.Helper()
	if v.IsNull() {
		return nil
	}
	if s, err := v.Text(); err == nil {
		raw, err := v.AppendText(nil)
		if err != nil {
			t.Fatalf("a text cannot be written: %v", err)
		}
		var again string
		if err := json.Unmarshal(raw, &again); err != nil || again != s {
			t.Fatalf("%q is written as %s, which reads %q (%v)", s, raw, again, err)
		}
		return s
	}
	if n, err := v.Int(); err == nil {
		return n
	}
	list := []any{}
	for i := range v.Len() {
		list = append(list, plain(t, v.At(i)))
	}
	return list
}

// expected is what plain must give for the text, or false where the text is not of the kind that rows are made of.
func expected(text []byte) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	// Stores hold valid UTF-8 only; encoding/json would replace what is not.
	if !utf8.Valid(text) || !json.Valid(text) || d.Decode(&v) != nil {
		return nil, false
	}
	var convert func(v any) (any, bool)
	convert = func(v any) (any, bool) {
		switch v := v.(type) {
		case map[string]any:
			return nil, false
		case bool:
			if v {
				return int64(1), true
			}
			return int64(0), true
		case json.Number:
			n, err := v.Int64()
			return n, err == nil
		case []any:
			list := []any{}
			for _, e := range v {
				c, ok := convert(e)
				if !ok {
					return nil, false
				}
				list = append(list, c)
			}
			return list, true
		}
		return v, true
	}
	return convert(v)
}

func compare(t *testing.T, text []byte) {
	t.Helper()
	d, err := rows.Parse(text)
	want, ok := expected(text)
	if !ok {
		if err == nil {
			_ = touch(d.Root(), 0)
			d.Release()
		}
		return
	}
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	defer d.Release()
	if got := plain(t, d.Root()); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Fatalf("%q: got %#v, want %#v", text, got, want)
	}
}

// touch walks through what Parse took for rows though it is not JSON: that must be safe.
func touch(v rows.Value, depth int) int {
	n := 1
	_ = v.IsNull()
	_, _ = v.Text()
	_, _ = v.Int()
	_, _ = v.Bool()
	for i := range v.Len() {
		n += touch(v.At(i), depth+1)
	}
	return n
}

var seeds = []string{
	`[]`, `null`, `"a"`, `[[],[[]],[null,true,false,0,-1,9223372036854775807]]`, `["a","\"","\\","\\\"","é","\u00e9\ud83d\ude00\n"]`,
	`["\\\\\\\\","]","[","a,b"]`, ` [ 1 , 2 , [ "x" ] ] `, `[1.5]`, `[1e3]`, `{"a":1}`, `[`, `]`, `["`, `["\`, `["\"`, `"\u12"`, `[1 2]`, `[,]`, `nul`, `--`, ``, `[1]]`, `1 2`,
	"[\"\u2028\U0001F600\uE000\"]", `["\ud800"]`, `[-0]`,
}

func TestParseAgreesWithJSON(t *testing.T) {
	for _, s := range seeds {
		t.Run(s, func(t *testing.T) { compare(t, []byte(s)) })
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, text) })
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{``, `[`, `]`, `[1]]`, `1 2`, `"`, `"\`, `"\"`, `nul`, `tru`, `[1.5]`, `[1e3]`, `{}`, `[x]`} {
		if d, err := rows.Parse([]byte(s)); err == nil {
			t.Errorf("%q was taken for rows", s)
			d.Release()
		}
	}
}

func TestValues(t *testing.T) {
	d, err := rows.Parse([]byte(`[1,0,true,false,null,"x","\n",[1],9223372036854775808]`))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	goValues := rows.Of([]any{int64(1), int64(0), true, false, nil, "x", "\n", []any{int64(1)}, 1.5})
	for name, root := range map[string]rows.Value{"text": d.Root(), "Go": goValues} {
		t.Run(name, func(t *testing.T) {
			if root.Len() != 9 || root.At(7).Len() != 1 || root.At(0).Len() != 0 {
				t.Fatalf("lengths are %d, %d and %d", root.Len(), root.At(7).Len(), root.At(0).Len())
			}
			for i, want := range []bool{true, false, true, false} {
				if got, err := root.At(i).Bool(); err != nil || got != want {
					t.Errorf("%d: got %v, %v", i, got, err)
				}
				if n, err := root.At(i).Int(); err != nil || (n == 1) != want {
					t.Errorf("%d: got %v, %v", i, n, err)
				}
			}
			for _, i := range []int{4, 5, 6, 7, 8} {
				if _, err := root.At(i).Int(); err == nil {
					t.Errorf("%d is no number", i)
				}
				if _, err := root.At(i).Bool(); err == nil {
					t.Errorf("%d is no truth value", i)
				}
			}
			for _, i := range []int{0, 2, 4, 7} {
				if _, err := root.At(i).Text(); err == nil {
					t.Errorf("%d is no text", i)
				}
				if _, err := root.At(i).AppendText(nil); err == nil {
					t.Errorf("%d is no text", i)
				}
			}
			if !root.At(4).IsNull() || root.At(5).IsNull() {
				t.Error("only the fifth value is null")
			}
			if b, err := root.At(6).AppendText([]byte("-")); err != nil || string(b) != `-"\n"` {
				t.Errorf("a text is written %s, %v", b, err)
			}
		})
	}
	if !(rows.Value{}).IsNull() {
		t.Error("the zero Value is not null")
	}
}

// TestParseTakesLinearTime reads a text of escapes only, which took a time that grew with the square of its length.
func TestParseTakesLinearTime(t *testing.T) {
	parse := func(n int) time.Duration {
		text := []byte(`["` + strings.Repeat(`\n`, n) + `"]`)
		least := time.Duration(math.MaxInt64)
		for range 5 {
			start := time.Now()
			d, err := rows.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			least = min(least, time.Since(start))
			d.Release()
		}
		return least
	}
	small, large := parse(20_000), parse(640_000)
	if large > 200*small {
		t.Errorf("32 times the text takes %d times as long (%v, %v)", large/small, small, large)
	}
}

func BenchmarkParse(b *testing.B) {
	row := `["incident--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37","A name of some length",null,12,[["x","y"],["z","\"q\""]]]`
	text := []byte("[" + strings.TrimSuffix(strings.Repeat(row+",", 1000), ",") + "]")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := rows.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		d.Release()
	}
}
