package eurepoc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// TestBadFiles holds that files which cannot be read as they are end the import with one line that says where and why,
// whether it keeps going or not.
func TestBadFiles(t *testing.T) {
	ok := smallSheets(t)
	with := func(change func(s *sheets)) []importer.Input {
		s := ok
		change(&s)
		return s.inputs()
	}
	raw := func(name, text string) []importer.Input {
		files := ok.inputs()
		i := slices.IndexFunc(files, func(f importer.Input) bool { return f.Name == name })
		files[i] = input(name, []byte(text))
		return files
	}
	text := ok.attribution.text()
	without := func(columns []string, name string) []string {
		return slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == name })
	}
	for _, c := range []struct {
		name  string
		files []importer.Input
		want  string
	}{
		{"no file", nil, "the Global Database, the Attribution dataset and the Receiver dataset are missing; give the three CSV files of EuRepoC together"},
		{"one file", ok.inputs()[1:2], "the Global Database and the Receiver dataset are missing; give the three CSV files of EuRepoC together"},
		{"two files", ok.inputs()[:2], "the Receiver dataset is missing; give the three CSV files of EuRepoC together"},
		{"the same file twice", append(ok.inputs(), ok.receiver.input()), receiverFile + ":1: " + receiverFile + " is the Receiver dataset too"},
		{"another file", append(ok.inputs(), input("x.csv", []byte("a,b\n1,2\n"))), "x.csv:1: the header is that of none of EuRepoC's three tables"},
		{"no line", raw(receiverFile, ""), receiverFile + ":1: the file is empty"},
		{"versions", append(ok.inputs()[:2], input("R_1.2.csv", []byte(ok.receiver.text()))), "R_1.2.csv of version 1.2; give the three files of one version"},
		{
			"missing column", with(func(s *sheets) { s.global.columns = without(s.global.columns, "casualties") }),
			globalFile + `:1: the column "casualties" of the Global Database is missing`,
		},
		{
			"renamed column", with(func(s *sheets) {
				s.attribution.columns = append(without(s.attribution.columns, "attributing_actor"), "attributing_actors")
			}),
			attributionFile + `:1: the column "attributing_actor" of the Attribution dataset is missing`,
		},
		{
			"unknown column", with(func(s *sheets) { s.receiver.columns = append(slices.Clone(s.receiver.columns), "note") }),
			receiverFile + `:1: the Receiver dataset of version 1.1 has no column "note"`,
		},
		{
			"column twice", with(func(s *sheets) { s.receiver.columns = append(slices.Clone(s.receiver.columns), "ID") }),
			receiverFile + `:1: the header has the column "ID" twice`,
		},
		{"header in UTF-16", raw(attributionFile, utf16(text)), attributionFile + ":1: the header is no text in UTF-8"},
		{"cut within a value", raw(attributionFile, text[:len(text)-3]), attributionFile + ":2: the file ends in the middle of this line"},
		{"cut before the end of a row", raw(attributionFile, text+"7,71.0,Au"), attributionFile + ":3: the file ends in the middle of this line"},
		{"cut within quotation marks", raw(attributionFile, text+`7,71.0,"Au`), attributionFile + ":3: the row cannot be read as CSV"},
		{"a stray quotation mark", raw(attributionFile, text+"7,71.0,A\"u,,,,,,,,\n"), attributionFile + ":3: the row cannot be read as CSV"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, keep := range []bool{false, true} {
				s, _ := session(t)
				s.KeepGoing = keep
				_, err := build(t, s, c.files...)
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			}
		})
	}
}

func utf16(s string) string {
	out := []byte{0xff, 0xfe}
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return string(out)
}

// TestBadRows holds that a row with a mistake ends the import, or is left out with a line in the report where the import
// keeps going; what else there is stays as it is.
func TestBadRows(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *sheets)
		raw    map[string]string
		want   string
	}{
		{"no incident ID", func(s *sheets) { s.global = s.global.add(map[string]string{"name": "x"}) }, nil, globalFile + ":3: the incident has no ID"},
		{"incident twice", func(s *sheets) { s.global = s.global.add(map[string]string{"ID": "7", "name": "x"}) }, nil, globalFile + ":3: incident 7 stands in line 2 with other content; keep one of them"},
		{
			"attribution without an ID", func(s *sheets) {
				s.attribution = s.attribution.add(map[string]string{"incident_ID": "7", "attributing_actor": "x"})
			}, nil, attributionFile + ":3: the row has no attribution_ID",
		},
		{
			"attribution of no incident", func(s *sheets) {
				s.attribution = s.attribution.add(map[string]string{"incident_ID": "8", "attribution_ID": "80"})
			}, nil, attributionFile + `:3: the Global Database has no incident "8"`,
		},
		{
			"attribution of two incidents", func(s *sheets) {
				s.global = s.global.add(map[string]string{"ID": "8", "name": "x"})
				s.attribution = s.attribution.add(map[string]string{"incident_ID": "8", "attribution_ID": "70"})
			}, nil, attributionFile + ":3: attribution 70 belongs to incident 7 at " + attributionFile + ":2 and to 8 here; correct one of them",
		},
		{"receiver of no incident", func(s *sheets) { s.receiver = s.receiver.add(map[string]string{"ID": "9"}) }, nil, receiverFile + `:3: the Global Database has no incident "9"`},
		{"receiver without an incident", func(s *sheets) { s.receiver = s.receiver.add(map[string]string{"receiver_name": "x"}) }, nil, receiverFile + ":3: the row has no ID"},
		{"too few fields", nil, map[string]string{receiverFile: "7,Belgium\n"}, receiverFile + ":3: the row has 2 fields, the header has 6"},
		{"Latin 1", nil, map[string]string{receiverFile: "7,Belgium,,Li\xe8ge,,\n"}, receiverFile + ":3: receiver_name: the value is not in UTF-8; save the file in UTF-8"},
		{"a control character", nil, map[string]string{receiverFile: "7,Belgium,,Li\x00ge,,\n"}, receiverFile + ":3: receiver_name: text holds control character U+0000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := smallSheets(t)
			if c.change != nil {
				c.change(&s)
			}
			files := s.inputs()
			for i, f := range files {
				if more := c.raw[f.Name]; more != "" {
					files[i] = input(f.Name, []byte(s.receiver.text()+more))
				}
			}
			strict, _ := session(t)
			_, err := build(t, strict, files...)
			var invalid *store.InvalidChange
			if !errors.As(err, &invalid) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			lenient, notes := session(t)
			lenient.KeepGoing = true
			g, err := build(t, lenient, files...)
			if err != nil {
				t.Fatal(err)
			}
			rejected := slices.DeleteFunc(slices.Clone(*notes), func(n importer.Note) bool { return n.Action != importer.Rejected })
			if len(rejected) != 1 || !strings.HasPrefix(rejected[0].Place+": "+rejected[0].Reason, c.want) {
				t.Errorf("the report has %+v, want %s", rejected, c.want)
			}
			if len(g.ofIncidents()) != 1 || len(g.kinds["Target"]) != 1 {
				t.Errorf("%d attributions and %d targets are left", len(g.ofIncidents()), len(g.kinds["Target"]))
			}
			for _, n := range lenient.Totals() {
				if n.Read != n.Accepted+n.Merged+n.Rejected {
					t.Errorf("%+v does not add up", n)
				}
			}
		})
	}
}

// endless gives a line without an end, and counts what was read of it.
type endless struct {
	head io.Reader
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); err == nil {
		return n, nil
	}
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	if e.read > 1<<30 {
		return 0, io.EOF
	}
	return len(p), nil
}

// TestEndlessLine holds that a line of a gigabyte is refused after a few megabytes, quoted or not.
func TestEndlessLine(t *testing.T) {
	ok := smallSheets(t)
	for _, start := range []string{"", `"`, "\n"} {
		var made []*endless
		files := ok.inputs()
		files[1].Open = func() (io.ReadCloser, error) {
			e := &endless{head: strings.NewReader(ok.attribution.text() + start)}
			made = append(made, e)
			return io.NopCloser(e), nil
		}
		s, _ := session(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := build(t, s, files...)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), attributionFile+":3: a row is longer than 4194304 bytes") {
			t.Errorf("after %q: %v", start, err)
		}
		for _, e := range made {
			if e.read > 16<<20 {
				t.Errorf("%d bytes of the line were read", e.read)
			}
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 256<<20 {
			t.Errorf("%d bytes of memory were used", n)
		}
	}
}

// TestOtherVersion holds that a later version is read as far as its columns are known, and that others are kept.
func TestOtherVersion(t *testing.T) {
	s := smallSheets(t)
	s.global.columns = slices.DeleteFunc(append(slices.Clone(s.global.columns), "slept"), func(c string) bool { return c == "incident_type" })
	s.global = s.global.with(map[string]string{"slept": "well"})
	for _, f := range []*sheet{&s.global, &s.attribution, &s.receiver} {
		f.name = strings.ReplaceAll(f.name, "1.1", "1.2")
	}
	session, notes := session(t)
	g, err := build(t, session, s.inputs()...)
	if err != nil {
		t.Fatal(err)
	}
	var about []string
	for _, n := range *notes {
		about = append(about, string(n.Action)+" "+n.Reason)
	}
	check(t, "notes", about, []string{
		"changed version 1.2 lacks the column incident_type of version 1.1: nothing is read from it",
		`changed the column "slept" is not one of version 1.1: it is kept with the records and not mapped`,
	})
	source := g.nodes[g.source(g.kinds["Incident"][0])]
	if source.Props["datasetVersion"] != "1.2" || !strings.Contains(source.Props["original"].(string), `"slept":"well"`) {
		t.Errorf("the source is %v", source.Props)
	}
	s.global.columns = slices.DeleteFunc(s.global.columns, func(c string) bool { return c == "ID" })
	if _, err := eurepoc.Import(session, s.inputs()); err == nil || !strings.Contains(err.Error(), `the column "ID" of the Global Database is missing`) {
		t.Errorf("without the incidents' ids: %v", err)
	}
}

// TestFormsOfFiles holds that a byte order mark, Windows' line breaks and names without a version change nothing.
func TestFormsOfFiles(t *testing.T) {
	s := smallSheets(t)
	first, _ := session(t)
	want, err := build(t, first, s.inputs()...)
	if err != nil {
		t.Fatal(err)
	}
	var files []importer.Input
	for i, f := range []sheet{s.receiver, s.global, s.attribution} {
		files = append(files, input(fmt.Sprintf("%d.csv", i), []byte("\ufeff"+strings.ReplaceAll(f.text(), "\n", "\r\n"))))
	}
	second, _ := session(t)
	got, err := build(t, second, files...)
	if err != nil {
		t.Fatal(err)
	}
	for id, n := range want.nodes {
		if got.nodes[id] == nil {
			t.Errorf("%v is missing", n.Props)
			continue
		}
		check(t, id, got.nodes[id].Props, n.Props)
	}
	check(t, "links", got.out, want.out)
}

// TestReadingFails holds that a disk that fails is an error, wherever it does.
func TestReadingFails(t *testing.T) {
	s := smallSheets(t)
	full := s.global.text()
	for n := 0; n < len(full); n += 97 {
		files := s.inputs()
		files[0].Open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(full[:n]), failing{})), nil
		}
		session, _ := session(t)
		if _, err := build(t, session, files...); err == nil || !strings.Contains(err.Error(), "reading failed: broken") {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	files := s.inputs()
	files[2].Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	session, _ := session(t)
	if _, err := build(t, session, files...); err == nil || !strings.Contains(err.Error(), receiverFile+": cannot be opened: gone") {
		t.Errorf("a file that is gone: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestStopped holds that an import ends when whoever takes the changes wants no more, and when it is cancelled.
func TestStopped(t *testing.T) {
	s, _ := session(t)
	im, err := eurepoc.Import(s, smallSheets(t).inputs())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range im.Changes {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	s.Context = cancelled
	if _, err := build(t, s, smallSheets(t).inputs()...); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled import: %v", err)
	}
}
