package eurepoc_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/importer"
)

// sheet is a small file: the columns of version 1.1 and rows with values by column.
type sheet struct {
	name    string
	columns []string
	rows    []map[string]string
}

func (s sheet) text() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	all := [][]string{s.columns}
	for _, r := range s.rows {
		values := make([]string, len(s.columns))
		for i, c := range s.columns {
			values[i] = r[c]
		}
		all = append(all, values)
	}
	if err := w.WriteAll(all); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return b.String()
}

func (s sheet) input() importer.Input { return input(s.name, []byte(s.text())) }

// sheets are the three files with one incident, its attribution and its receiver.
type sheets struct{ global, attribution, receiver sheet }

func smallSheets(t testing.TB) sheets {
	t.Helper()
	header := func(name string) []string {
		line, _, _ := strings.Cut(string(real(t, name)), "\n")
		return strings.Split(line, ",")
	}
	return sheets{
		global: sheet{globalFile, header(globalFile), []map[string]string{{
			"ID": "7", "name": "Intrusion", "start_date": "2022-03-04", "end_date": "2022-03-05", "number_of_attributions": "1",
		}}},
		attribution: sheet{attributionFile, header(attributionFile), []map[string]string{{
			"incident_ID": "7", "attribution_ID": "70.0", "attribution_basis": "Attribution by third-party",
			"attributed_initiator_country": "Austria", "attributed_initiator_category": "State",
		}}},
		receiver: sheet{receiverFile, header(receiverFile), []map[string]string{{"ID": "7", "receiver_country": "Belgium", "receiver_name": "Port"}}},
	}
}

func (s sheets) inputs() []importer.Input {
	return []importer.Input{s.global.input(), s.attribution.input(), s.receiver.input()}
}

// with returns the sheets with other values in the first row of a sheet; the originals stay as they are.
func (s sheet) with(values map[string]string) sheet {
	s.rows = slices.Clone(s.rows)
	row := map[string]string{}
	for k, v := range s.rows[0] {
		row[k] = v
	}
	for k, v := range values {
		row[k] = v
	}
	s.rows[0] = row
	return s
}

func (s sheet) add(values map[string]string) sheet {
	s.rows = append(slices.Clone(s.rows), values)
	return s
}
