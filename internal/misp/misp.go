// Package misp reads cluster files of MISP's galaxies, above all threat-actor.json.
//
// Every value of a file becomes a Source that holds the value as it came. What else a value becomes depends on its galaxy:
// an actor is a ThreatGroup (an Incident where MISP classifies it as an operation or campaign) with the claims that the
// fields make, a producer an Organization, a country or territory a State. A value of another galaxy is a Source only.
//
// Files are read twice: to check them and to learn what their values are called, then to hand over nodes and links. Memory
// holds one value at a time; of each value it keeps its id and name, and of each link to a node that comes later its ends.
package misp

import (
	"errors"
	"fmt"
	"iter"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

const (
	// dataset names MISP's galaxies in ids and in Source.dataset.
	dataset = "misp-galaxy"
	// stixDataset makes the ids of nodes that come from STIX objects, such as the groups of MITRE ATT&CK.
	stixDataset = "stix"
	website     = "https://github.com/MISP/misp-galaxy"
	licence     = "MISP galaxy (" + website + "), © 2015-2018 Alexandre Dulaunoy, CIRCL, Andras Iklody, Raphael Vinot, Deborah Servili, " +
		"© 2016-2018 various contributors to MISP Project; CC0 1.0 or BSD-2-Clause"
)

// Import is the importer.Format of MISP's galaxies.
func Import(s *importer.Session, files []importer.Input) (*importer.Import, error) {
	index, err := newIndex(files)
	if err != nil {
		return nil, err
	}
	if err := index.lookUp(s); err != nil {
		return nil, err
	}
	write := store.Write{Provenance: s.Recorded, ReplaceLinks: true}
	write.From = dataset
	if len(index.clusters) == 1 {
		write.From = index.clusters[0].origin()
	}
	return &importer.Import{Write: write, Changes: changes(s, index)}, nil
}

// errStopped tells that whoever takes the changes wants no more.
var errStopped = errors.New("stopped")

func changes(s *importer.Session, index *index) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		out := &output{yield: yield, shared: map[string]bool{}}
		err := func() error {
			taken := map[string]string{}
			for _, c := range index.clusters {
				m := &mapping{session: s, index: index, cluster: c, out: out, taken: taken}
				if err := m.run(); err != nil {
					return err
				}
			}
			return out.finish()
		}()
		if err != nil && !errors.Is(err, errStopped) {
			yield(store.Change{}, err)
		}
	}
}

// mapping turns the values of one cluster file into changes.
type mapping struct {
	session *importer.Session
	index   *index
	cluster *cluster
	out     *output
	// taken holds the place of every value that was read, by its UUID, over all files.
	taken map[string]string
}

func (m *mapping) run() error {
	m.out.recorded = m.session.Recorded
	m.out.recorded.From = m.cluster.origin()
	m.header()
	sort := m.cluster.sort
	return m.cluster.read(func(line int, raw []byte) error {
		place := fmt.Sprintf("%s:%d", m.cluster.file.Name, line)
		r, err := parseRecord(raw)
		if err != nil {
			return m.session.Mistake(place, sort, "", "%s", err)
		}
		r.place = place
		entry := m.index.entries[r.uuid]
		if first, twice := m.taken[r.uuid]; twice {
			if entry.digest == digest(raw) {
				m.session.Merge(place, sort, r.uuid, "the same record is at %s", first)
				return nil
			}
			return m.session.Mistake(place, sort, r.uuid, "the record has the UUID of the one at %s and says something else; give one of them another UUID or remove it", first)
		}
		m.taken[r.uuid] = place
		m.session.Accept(sort, 1)
		source := m.source(r)
		switch entry.form {
		case group:
			m.group(r, source)
		case incident:
			m.incident(r, source)
		case producer:
			m.producer(r, source)
		case territory:
			m.territory(r, source)
		}
		for _, odd := range r.odd {
			m.session.Remark(importer.Changed, place, sort, r.uuid, "%s", odd)
		}
		if m.out.stopped {
			return errStopped
		}
		return nil
	})
}

// header records the file as a whole, so that what it says beside its values is kept too.
func (m *mapping) header() {
	c := m.cluster
	m.out.node("Source", headerOf(c), "", map[string]any{
		"title": "MISP galaxy: " + c.name, "publisher": c.source, "kind": "DATASET", "verification": "READ_IN_ORIGINAL", "url": website,
		"dataset": dataset, "datasetVersion": c.version, "recordId": c.uuid, "recordType": "galaxy-cluster", "original": c.original, "licence": licence,
	}, c.file.Name)
}

// headerOf is the part of the data set that the source of a file as a whole comes from.
func headerOf(c *cluster) string { return "galaxy/" + c.uuid }

// source records a value as it came and, as what it passes on, the addresses that it refers to.
func (m *mapping) source(r *record) string {
	c := m.cluster
	id := m.out.node("Source", r.uuid, "", map[string]any{
		"title": r.name + " (MISP galaxy: " + c.name + ")", "publisher": c.source, "kind": "DATASET", "verification": "READ_IN_ORIGINAL", "url": website,
		"dataset": dataset, "datasetVersion": c.version, "recordId": r.uuid, "recordType": c.sort, "original": r.original, "licence": licence,
	}, r.place)
	for _, url := range r.meta.texts(r, "refs") {
		if url == "" || len(url) > maxName {
			m.session.Remark(importer.Doubtful, r.place, c.sort, r.uuid, "a reference is empty or longer than %d bytes; it is in the original only", maxName)
			continue
		}
		ref := m.out.sharedNode("Source", "ref/"+url, map[string]any{"title": url, "url": url, "verification": "UNVERIFIED"}, false, r.place)
		m.out.link("RELAYS", id, ref, nil, r.place)
	}
	return id
}

// id makes the id of a node from the part of the data set that it comes from.
func id(kind, record string) string { return ident.ForImport(prefixes[kind], dataset, record) }

// prefixes are what ids of the kinds begin with.
var prefixes = map[string]string{
	"Source": "source", "ThreatGroup": "threat-group", "Incident": "incident", "Organization": "organization",
	"AliasClaim": "alias-claim", "Attribution": "attribution", "State": "state",
}
