package eurepoc

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"attrigraph/internal/date"
	"attrigraph/internal/importer"
	"attrigraph/schema"
)

func TestEventDate(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "Not available": "", "Unknown": "", "2022-03-04": "2022-03-04", "2022-03-04 00:00:00": "2022-03-04",
		"2022-01-01": "2022-01-01/2022-12-31", "2020-02-01": "2020-02-01/2020-02-29", "2022-12-01 00:00:00": "2022-12-01/2022-12-31",
	} {
		d, ok := eventDate(value)
		if !ok || d.String() != want {
			t.Errorf("%q is %q, %v; want %q", value, d, ok, want)
		}
		if d.Earliest != d.Latest && d.Precision != date.UNKNOWN {
			t.Errorf("%q has the precision %s", value, d.Precision)
		}
	}
	for _, value := range []string{"2022", "2022-03", "2022-02-30", "2022-13-01", "04.03.2022", "NaT", "2022-03-04T00:00:00"} {
		if d, ok := eventDate(value); ok {
			t.Errorf("%q is %q", value, d)
		}
	}
}

func TestPlaceholderEnd(t *testing.T) {
	for _, c := range []struct {
		start, end string
		want       bool
	}{
		{"2012-01-01", "2000-01-01", true},
		{"2001-05-03", "2000-01-01", true},
		{"2000-05-03", "2000-01-01", false},
		{"2012-01-01", "2001-01-01", false},
		{"", "2000-01-01", false},
	} {
		start, _ := eventDate(c.start)
		if got := isPlaceholderEnd(start, c.end); got != c.want {
			t.Errorf("the end %s of what began in %s: %v", c.end, c.start, got)
		}
	}
}

func TestParseList(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "[]": nil, "['a']": {"a"}, `['a', "b's"]`: {"a", "b's"}, `[['a', 'b'], ['c']]`: {"a", "b", "c"}, `['it\'s', 'a\\b']`: {"it's", `a\b`},
		`['a\xa0b\u200f']`: {"a\u00a0b\u200f"}, `['[x], "y"']`: {`[x], "y"`}, `['é']`: {"é"},
	} {
		got, err := parseList(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"a", "'a'", "['a'", "['a]", "[a]", "]", "[]]", "['a']]", "[1]", `['a\`} {
		if got, err := parseList(text); err == nil {
			t.Errorf("%s is %q", text, got)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "a": {"a"}, "a; b": {"a", "b"}, "a; ": {"a", ""}, "; ": {"", ""},
		"A B (Minister (of C); X); D (E; F)": {"A B (Minister (of C); X)", "D (E; F)"}, "a (b; c": {"a (b; c"},
	} {
		if got := split(text); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestLabels(t *testing.T) {
	for text, want := range map[string]label{
		"Killnet":                    {},
		"NSA/Equation Group":         {},
		"RedFoxtrot (PLA, Unit 1)":   {},
		"APT31/ZIRCONIUM/G0128":      {attackID: "G0128", names: []string{"APT31", "ZIRCONIUM"}},
		"A/ B/Group 3/G0006 (PLA)":   {attackID: "G0006", names: []string{"A", "B", "Group 3"}, affiliation: "PLA"},
		"A/DEV-1, Group G0047 (FSB)": {attackID: "G0047", names: []string{"A", "DEV-1"}, affiliation: "FSB"},
		"A/Group G0007 (GRU (X) Y)":  {attackID: "G0007", names: []string{"A"}, affiliation: "GRU (X) Y"},
		"A/G0138 < B/G0032 (C)":      {attackID: "G0138", names: []string{"A"}, partOf: "B/G0032 (C)"},
		"A < B":                      {partOf: "B"},
		"A/G0001/G0002":              {},
		"Praying Mantis/TG1021":      {},
		"Somebody --> A/G0034 (GRU)": {},
	} {
		if got := parseLabel(text); got.attackID != want.attackID || !slices.Equal(got.names, want.names) || got.affiliation != want.affiliation || got.partOf != want.partOf {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}

func TestOfficeHolder(t *testing.T) {
	for text, want := range map[string][2]string{
		"Edi Rama (Prime Minister, ALB)":              {"Edi Rama", "Prime Minister, ALB"},
		"Andrew Hampton (Director-General of X (Y))":  {"Andrew Hampton", "Director-General of X (Y)"},
		"Lord (Tariq) Ahmad of W (Minister of State)": {"Lord (Tariq) Ahmad of W", "Minister of State"},
		"Matti K (Digital policy spokesman of F)":     {"Matti K", "Digital policy spokesman of F"},
		"Federal Bureau of Investigation (FBI)":       {},
		"High Representative of the Union (HR/VP)":    {},
		"National Security Authority (NSM; NOR)":      {},
		"Mandiant":                                    {},
		"Department of Health, State of Hawaii (USA)": {},
	} {
		person, role, ok := officeHolder(text)
		if got := [2]string{person, role}; got != want || ok != (want[0] != "") {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// TestCountries holds that every name in the columns of countries is a state or known to be none, and each code is one.
func TestCountries(t *testing.T) {
	codes := map[string]string{}
	for name, code := range isoCodes {
		if other := codes[code]; other != "" {
			t.Errorf("%s and %s have the code %s", name, other, code)
		}
		codes[code] = name
		if n, ok := importer.State(code, name, ""); !ok || n.Props["name"] != name {
			t.Errorf("%s is no state with the code %s", name, code)
		}
		if noStates[name] {
			t.Errorf("%s is in both lists", name)
		}
	}
	for file, columns := range map[string][]string{
		"EuRepoC_Attribution_dataset_1.1.csv": {"attributing_country", "attributed_initiator_country"},
		"EuRepoC_Receiver_dataset_1.1.csv":    {"receiver_country"},
	} {
		table, err := readTable(importer.Input{Name: file, Open: func() (io.ReadCloser, error) {
			f, err := os.Open(filepath.Join("testdata", file+".gz"))
			if err != nil {
				return nil, err
			}
			z, err := gzip.NewReader(f)
			return struct {
				io.Reader
				io.Closer
			}{z, f}, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		err = table.rows(func(r row) error {
			for _, c := range columns {
				if name := known(r.get(c)); name != "" && isoCodes[name] == "" && !noStates[name] {
					t.Errorf("%s: %s is in neither list", r.place(), name)
				}
			}
			return nil
		}, func(r row, reason string) error { return errors.New(reason) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, known := stateNode("Atlantis", ""); n != nil || known {
		t.Errorf("Atlantis is %v, %v", n, known)
	}
	if n, known := stateNode("Caucasus", ""); n != nil || !known {
		t.Errorf("Caucasus is %v, %v", n, known)
	}
}

// TestPrefixes holds that the importer's ids are of the kinds of the model, and its tables name values of it.
func TestPrefixes(t *testing.T) {
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for kind, prefix := range prefixes {
		if got := c.Type(kind).IDPrefix; got != prefix {
			t.Errorf("ids of %s begin with %s, not %s", kind, got, prefix)
		}
	}
	value := func(kind, field, v string) {
		t.Helper()
		if !c.Type(kind).Field(field).Enum.Has(v) {
			t.Errorf("%s.%s has no value %s", kind, field, v)
		}
	}
	for _, v := range organizations {
		value("Organization", "kind", v)
	}
	for _, k := range organizationKinds {
		value("Organization", "kind", k.kind)
	}
	for _, v := range accuserRoles {
		value("Attribution", "accuserRole", v)
	}
	for _, f := range typeForms {
		for _, v := range f.basis {
			value("Attribution", "basis", v)
		}
	}
	for _, tables := range []map[string]string{targetKinds, stateParts} {
		for _, v := range tables {
			value("Target", "kind", v)
		}
	}
	for _, f := range responseForms {
		if f.statement != "" {
			value("Statement", "form", f.statement)
		} else {
			value("Measure", "kind", f.measure)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"a.csv", "b.csv"}, "1.1"},
		{[]string{"x/EuRepoC_1.2.csv", "b.csv"}, "1.2"},
		{[]string{"EuRepoC_Global_v1.3.1.csv", "y_1.3.1.csv.gz"}, "1.3.1"},
		{[]string{"EuRepoC_2023.csv"}, "1.1"},
	} {
		var files []importer.Input
		for _, n := range c.names {
			files = append(files, importer.Input{Name: n})
		}
		if got, err := versionOf(files); err != nil || got != c.want {
			t.Errorf("%v are of version %s, %v; want %s", c.names, got, err, c.want)
		}
	}
}

// TestOriginal holds that what a source keeps gives the rows back.
func TestOriginal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := []string{"a", "b", `c"d`}
		value := rapid.StringOf(rapid.RuneFrom([]rune("a\"\\\n\u00e9\u200f ")))
		rows := rapid.SliceOfN(rapid.SliceOfN(value, 3, 3), 1, 4).Draw(t, "rows")
		var got map[string]any
		if err := json.Unmarshal([]byte(original(columns, rows)), &got); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			for j, c := range columns {
				v := ""
				switch kept := got[c].(type) {
				case string:
					v = kept
				case []any:
					v = kept[i].(string)
				}
				if v != r[j] {
					t.Fatalf("row %d has %q in %s, kept is %v", i, r[j], c, got[c])
				}
			}
		}
	})
}

// FuzzParseList holds that no text makes the reader of lists fail other than with an error.
func FuzzParseList(f *testing.F) {
	for _, s := range []string{"[]", `['a', "b"]`, `[['a'], ['\xa0']]`, "['", `['\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := parseList(s)
		if err != nil || !utf8.ValidString(s) {
			return
		}
		for _, v := range list {
			if !utf8.ValidString(v) {
				t.Errorf("%q gives %q", s, v)
			}
		}
	})
}

// TestReadsWhatCSVWrites holds that the CSV writer of the tests and the reader of the package agree.
func TestReadsWhatCSVWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune("a\",\n; "))), 2, 2).Draw(t, "values")
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.WriteAll([][]string{{"incident_ID", "attribution_ID"}, values}); err != nil {
			t.Fatal(err)
		}
		table, err := readTable(importer.Input{Name: "x", Open: opener(b.String())})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = table.rows(func(r row) error { got = slices.Clone(r.values); return nil }, func(row, string) error { return nil })
		if err != nil || !slices.Equal(got, values) {
			t.Fatalf("%q came back as %q, %v", values, got, err)
		}
	})
}

func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}
