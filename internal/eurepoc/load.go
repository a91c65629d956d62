package eurepoc

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"

	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// attribution is one attribution_ID. Its rows are the product of the distinct values of its columns, so each column is a
// set, and what stands in one row belongs together only where one of the sets has a single member.
type attribution struct {
	id, incident, place string
	rows                [][]string

	// The distinct known values of the columns, in the order of the rows.
	dates, types, bases, actors, companies, countries, initiators, origins, categories []string
	// gaps are the columns with a placeholder in some row: there, one more value is not known.
	gaps map[string]bool
	// legal tells that the type is a charge, a listing or another legal act.
	legal bool
}

// Columns of attributions that are asked for their only value.
const (
	typeColumn      = "attribution_type"
	basisColumn     = "attribution_basis"
	actorColumn     = "attributing_actor"
	countryColumn   = "attributing_country"
	initiatorColumn = "attributed_initiator"
	originColumn    = "attributed_initiator_country"
	categoryColumn  = "attributed_initiator_category"
)

// only returns the value of a column that has the same in all rows, empty where it has several or a placeholder: what
// belongs together in an attribution can be told only of such a column.
func (a *attribution) only(column string) string {
	for _, c := range a.setColumns() {
		if c.column == column && len(*c.values) == 1 && !a.gaps[column] {
			return (*c.values)[0]
		}
	}
	return ""
}

// companyColumn repeats the actor in another spelling where it has a name, so it is read only where the actor has none.
const companyColumn = "attribution_it_company"

// setColumns are the columns of an attribution and the sets that they are read into.
func (a *attribution) setColumns() []struct {
	column string
	values *[]string
} {
	return []struct {
		column string
		values *[]string
	}{
		{"attribution_date", &a.dates},
		{typeColumn, &a.types},
		{basisColumn, &a.bases},
		{actorColumn, &a.actors},
		{countryColumn, &a.countries},
		{initiatorColumn, &a.initiators},
		{originColumn, &a.origins},
		{categoryColumn, &a.categories},
	}
}

// isEmpty tells that the record has its ids and, but for a placeholder in place of a company, nothing else.
func (a *attribution) isEmpty(t *table) bool {
	for _, values := range a.rows {
		r := row{table: t, values: values}
		if known(r.get(companyColumn)) != "" {
			return false
		}
		for _, c := range a.setColumns() {
			if clean(r.get(c.column)) != "" {
				return false
			}
		}
	}
	return true
}

func (a *attribution) source() string { return importID("source", attributionType+"/"+a.id) }

// receiver is somebody who received an incident: the rows with the same incident, country and name.
type receiver struct {
	incident, country, name, place string
	rows                           [][]string
	categories, subcodes           []string
}

// loader reads the tables of attributions and receivers, which have many rows a record and need one another; what it keeps
// is what the mapping needs. Of the Global Database it keeps ids only.
type loader struct {
	s      *importer.Session
	tables map[*tableKind]*table
	// incidents hold where the row of each incident is.
	incidents    map[string]incidentRow
	attributions []*attribution
	receivers    map[string][]*receiver
	// strings holds each value once: most values occur in hundreds of rows.
	strings map[string]string
}

// incidentRow is a row of the Global Database: its line, and a digest of what it says.
type incidentRow struct {
	line   int
	digest [sha256.Size]byte
}

func newLoader(s *importer.Session, tables map[*tableKind]*table) *loader {
	return &loader{
		s: s, tables: tables, incidents: map[string]incidentRow{}, receivers: map[string][]*receiver{}, strings: map[string]string{},
	}
}

// keep returns a copy of values that outlasts the row.
func (l *loader) keep(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		kept, has := l.strings[v]
		if !has {
			kept = strings.Clone(v)
			l.strings[kept] = kept
		}
		out[i] = kept
	}
	return out
}

func (l *loader) bad(recordType string) func(row, string) error {
	return func(r row, reason string) error { return l.s.Mistake(r.place(), recordType, "", "%s", reason) }
}

// incidentIDs reads which incidents there are, and accounts for rows of the Global Database that are none.
func (l *loader) incidentIDs() error {
	return l.tables[globalTable].rows(func(r row) error {
		id := clean(r.get("ID"))
		digest := digestOf(r.values)
		switch first, twice := l.incidents[id]; {
		case isBlank(r.values):
			l.s.Reject(r.place(), incidentType, "", "the row is empty")
		case id == "":
			return l.s.Mistake(r.place(), incidentType, "", "the incident has no ID; give it one")
		case twice && first.digest == digest:
			l.s.Merge(r.place(), incidentType, id, "the row says the same as line %d", first.line)
		case twice:
			return l.s.Mistake(r.place(), incidentType, id, "incident %s stands in line %d with other content; keep one of them", id, first.line)
		default:
			l.incidents[strings.Clone(id)] = incidentRow{r.line, digest}
		}
		return nil
	}, l.bad(incidentType))
}

func digestOf(values []string) [sha256.Size]byte {
	h := sha256.New()
	for _, v := range values {
		_, _ = fmt.Fprintf(h, "%d:", len(v)) // a hash takes everything
		_, _ = io.WriteString(h, v)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func isBlank(values []string) bool {
	for _, v := range values {
		if clean(v) != "" {
			return false
		}
	}
	return true
}

// readAttributions gathers the rows of each attribution_ID.
func (l *loader) readAttributions() error {
	byID := map[string]*attribution{}
	err := l.tables[attributionTable].rows(func(r row) error {
		id := recordID(r.get("attribution_ID"))
		incident := recordID(r.get("incident_ID"))
		a := byID[id]
		switch {
		case id == "" && isBlankBut(r, "incident_ID"):
			l.s.Reject(r.place(), attributionType, "", "the row has no attribution_ID and is empty but for incident %s", incident)
			return nil
		case id == "":
			return l.s.Mistake(r.place(), attributionType, "", "the row has no attribution_ID; give it one")
		case !l.has(incident):
			return l.s.Mistake(r.place(), attributionType, id, "the Global Database has no incident %s; add it, or remove the row", text.Quote(incident))
		case a != nil && a.incident != incident:
			return l.s.Mistake(r.place(), attributionType, id, "attribution %s belongs to incident %s at %s and to %s here; correct one of them", id, a.incident, a.place, incident)
		case a != nil:
			l.s.Merge(r.place(), attributionType, id, "the row is one of the product of the values of attribution %s, which begins at %s", id, a.place)
		default:
			a = &attribution{id: id, incident: incident, place: r.place(), gaps: map[string]bool{}}
			byID[id] = a
			l.attributions = append(l.attributions, a)
			l.s.Accept(attributionType, 1)
		}
		values := l.keep(r.values)
		a.rows = append(a.rows, values)
		kept := row{table: r.table, values: values}
		for _, c := range a.setColumns() {
			v := known(kept.get(c.column))
			*c.values = add(*c.values, v)
			a.gaps[c.column] = a.gaps[c.column] || v == ""
		}
		a.companies = add(a.companies, known(kept.get(companyColumn)))
		return nil
	}, l.bad(attributionType))
	for _, a := range l.attributions {
		if len(a.actors) == 0 {
			a.actors = a.companies
		}
		a.legal = slices.ContainsFunc(a.types, func(t string) bool { _, legal, _ := typeForm(t); return legal })
	}
	return err
}

func (l *loader) has(incident string) bool {
	_, has := l.incidents[incident]
	return has
}

func isBlankBut(r row, column string) bool {
	for i, v := range r.values {
		if i != r.table.at[column] && clean(v) != "" {
			return false
		}
	}
	return true
}

// recordID returns an id as text. The data set writes those of attributions as 8664.0, as its tool writes numbers in a
// column that has gaps.
func recordID(value string) string { return strings.TrimSuffix(clean(value), ".0") }

// readReceivers gathers the rows of each receiver of an incident.
func (l *loader) readReceivers() error {
	type key struct{ incident, country, name string }
	byKey := map[key]*receiver{}
	return l.tables[receiverTable].rows(func(r row) error {
		k := key{recordID(r.get("ID")), known(r.get("receiver_country")), known(r.get("receiver_name"))}
		old := byKey[k]
		values := l.keep(r.values)
		switch {
		case isBlank(values):
			l.s.Reject(r.place(), receiverType, "", "the row is empty")
			return nil
		case k.incident == "":
			return l.s.Mistake(r.place(), receiverType, "", "the row has no ID of an incident; give it one")
		case !l.has(k.incident):
			return l.s.Mistake(r.place(), receiverType, "", "the Global Database has no incident %s; add it, or remove the row", text.Quote(k.incident))
		case old != nil && slices.ContainsFunc(old.rows, func(o []string) bool { return slices.Equal(o, values) }):
			l.s.Merge(r.place(), receiverType, old.recordID(), "the row says exactly the same as an earlier one")
			return nil
		case old != nil:
			l.s.Merge(r.place(), receiverType, old.recordID(), "the row says more of the receiver that begins at %s", old.place)
		default:
			old = &receiver{incident: k.incident, country: k.country, name: k.name, place: r.place()}
			byKey[k] = old
			l.receivers[k.incident] = append(l.receivers[k.incident], old)
			l.s.Accept(receiverType, 1)
		}
		old.rows = append(old.rows, values)
		kept := row{table: r.table, values: values}
		old.categories = add(old.categories, known(kept.get("receiver_category")))
		old.subcodes = add(old.subcodes, known(kept.get("receiver_category_subcode")))
		return nil
	}, l.bad(receiverType))
}
