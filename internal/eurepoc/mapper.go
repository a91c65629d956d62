package eurepoc

import (
	"net/url"
	"strings"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// What the sources of all records say.
const (
	publisherName = "European Repository of Cyber Incidents (EuRepoC)"
	publisherURL  = "https://eurepoc.eu"
	// versionURL is where version 1.1 was published.
	versionURL = "https://zenodo.org/records/7848941"
	licence    = "CC BY. European Repository of Cyber Incidents (EuRepoC), Global Dataset of Cyber Incidents, version "
)

// mapper makes nodes and links of records.
type mapper struct {
	s      *importer.Session
	graph  graph
	tables map[*tableKind]*table

	version string
	actors  *actors
	// attributions and receivers are those of each incident.
	attributions map[string][]*attribution
	receivers    map[string][]*receiver
	// affiliations are the states with which EuRepoC connects initiators, in the order of the records.
	affiliations []*affiliation
	byPair       map[[2]string]*affiliation
	eurepoc      string
}

func newMapper(l *loader, version string, yield func(store.Change, error) bool) *mapper {
	m := &mapper{
		s: l.s, graph: graph{yield: yield, shared: map[string]bool{}}, tables: l.tables, version: version, actors: newActors(l.attributions),
		attributions: map[string][]*attribution{}, receivers: l.receivers, byPair: map[[2]string]*affiliation{},
		eurepoc: importID("organization", dataset),
	}
	for _, a := range l.attributions {
		m.attributions[a.incident] = append(m.attributions[a.incident], a)
	}
	return m
}

// publisher hands over EuRepoC itself, according to whom its coders' judgements are.
func (m *mapper) publisher() error {
	return m.graph.node("Organization", m.eurepoc, "", map[string]any{
		"name": publisherName, "kind": "RESEARCH", "description": "Research consortium that publishes the data set of this name.",
	})
}

// source hands over the source that stands for a record, with the record as it came.
func (m *mapper) source(recordType, record, id, title, original, place string) error {
	props := map[string]any{
		"title": title, "publisher": publisherName, "kind": "DATASET", "url": publisherURL, "verification": "READ_IN_ORIGINAL",
		"dataset": dataset, "datasetVersion": m.version, "recordId": record, "recordType": recordType, "original": original,
		"licence": licence + m.version + ", " + publisherURL,
	}
	if m.version == knownVersion {
		props["url"] = versionURL
		props["licence"] = licence + m.version + ", " + versionURL
	}
	return m.graph.node("Source", id, place, props)
}

// state hands over the state or territory of a name and returns its id, empty where the name is that of a region or an
// organization.
func (m *mapper) state(country, place, recordType, record string) (string, error) {
	if country == "" {
		return "", nil
	}
	n, known := stateNode(country, place)
	if !known {
		m.s.Remark(importer.Doubtful, place, recordType, record, "the country %s is not known to be a state or a region: it stays text", text.Quote(country))
	}
	if n == nil {
		return "", nil
	}
	_, err := m.graph.once(n)
	return n.ID, err
}

// isState tells that a name in a column of countries is that of a state or territory.
func isState(country string) bool {
	_, is := isoCodes[country]
	return is
}

// actor hands over the actor with a spelling; nil stands for a name that becomes no node.
func (m *mapper) actor(spelling, place, recordType, record string) (*actor, error) {
	a := m.actors.get(spelling)
	if a.kind == "" {
		m.s.Remark(importer.Changed, place, recordType, record, "a person without an office, whom no legal act in the data set names, is not recorded: the name stays in the original of the record")
		return nil, nil
	}
	first, err := m.graph.once(&store.Node{ID: a.id, Kind: a.kind, Props: a.props, Place: place})
	if err != nil || !first {
		return a, err
	}
	if homes := m.actors.homes(a); len(homes) > 1 {
		m.s.Remark(importer.Doubtful, place, recordType, record, "records do not agree on where %s is at home (%s): no state is recorded for it", text.Quote(spelling), strings.Join(homes, ", "))
	}
	if !isState(a.state) {
		return a, nil
	}
	home, err := m.state(a.state, place, recordType, record)
	if err != nil {
		return nil, err
	}
	m.graph.link("ORGANIZATION_OF", a.id, home, place)
	return a, nil
}

// pathOf joins the parts of a record's id so that no two lists of parts have the same.
func pathOf(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
