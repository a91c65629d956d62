// Package eurepoc reads the data set of the European Repository of Cyber Incidents (EuRepoC): the Global Database, the
// Attribution dataset and the Receiver dataset as CSV, together. What the coders of the data set decided, such as a
// category or a settled initiator, is according to EuRepoC and not according to whoever accuses; what stands in one row
// does not therefore belong together (see attribution). docs/data.md says how every column maps.
package eurepoc

import (
	"errors"
	"fmt"
	"path"
	"regexp"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// knownVersion is the version whose columns the package knows in full.
const knownVersion = "1.1"

// versionInName finds the version that the files' names end in: EuRepoC_Global_Database_1.1.csv.
var versionInName = regexp.MustCompile(`_v?([0-9]+(?:\.[0-9]+)+)(?:\.csv)?(?:\.gz)?$`)

// Import reads the three files of the data set, which may come in any order: their headers tell which is which. The
// version is the one that the files' names end in, 1.1 where they end in none. A file of version 1.1 must have exactly
// the columns of that version; of another version what is known is mapped, and all columns are kept with the records.
func Import(s *importer.Session, files []importer.Input) (*importer.Import, error) {
	tables, err := byKind(files)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(files)
	if err != nil {
		return nil, err
	}
	for _, k := range tableKinds {
		if err := tables[k].checkColumns(s, version); err != nil {
			return nil, err
		}
	}
	recorded := s.Recorded
	recorded.From = dataset
	return &importer.Import{
		Write: store.Write{Provenance: recorded, ReplaceLinks: true},
		Changes: func(yield func(store.Change, error) bool) {
			if err := importAll(s, tables, version, yield); err != nil && !errors.Is(err, errStopped) {
				yield(store.Change{}, err)
			}
		},
	}, nil
}

func versionOf(files []importer.Input) (string, error) {
	version, from := "", ""
	for _, f := range files {
		m := versionInName.FindStringSubmatch(path.Base(f.Name))
		switch {
		case m == nil:
		case version == "":
			version, from = m[1], f.Name
		case version != m[1]:
			return "", fmt.Errorf("%s is of version %s and %s of version %s; give the three files of one version", from, version, f.Name, m[1])
		}
	}
	if version == "" {
		version = knownVersion
	}
	return version, nil
}

func importAll(s *importer.Session, tables map[*tableKind]*table, version string, yield func(store.Change, error) bool) error {
	l := newLoader(s, tables)
	for _, read := range []func() error{l.incidentIDs, l.readAttributions, l.readReceivers} {
		if err := read(); err != nil {
			return err
		}
	}
	m := newMapper(l, version, yield)
	if err := m.publisher(); err != nil {
		return err
	}
	seen := map[string]bool{}
	err := tables[globalTable].rows(func(r row) error {
		id := clean(r.get("ID"))
		// incidentIDs has accounted for all others.
		if id == "" || seen[id] {
			return nil
		}
		if err := s.Context.Err(); err != nil {
			return err
		}
		seen[id] = true
		return m.incident(r)
	}, func(row, string) error { return nil })
	if err != nil {
		return err
	}
	if err := m.claimsOfCoders(); err != nil {
		return err
	}
	return m.graph.finish()
}
