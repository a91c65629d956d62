package misp

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// form is what a value becomes beside a Source.
type form uint8

const (
	sourceOnly form = iota
	group
	incident
	producer
	territory
)

// cluster is a cluster file: what it says beside its values.
type cluster struct {
	file importer.Input
	uuid string
	// sort is the galaxy's type, which its values are called by in reports and in Source.recordType.
	name, sort   string
	category     string
	source       string
	version      string
	original     string
	declaredForm form
	// values are those of the file that can be read, in its order.
	values []value
}

// value is what the first reading keeps of a value.
type value struct {
	uuid, name string
	digest     [32]byte
	// isIncident is of a value that would be a group otherwise.
	isIncident bool
}

// origin names the file as that which things are recorded from. It has no version, so that the links of a new version take
// the place of those of an earlier one; the version is with every source.
func (c *cluster) origin() string { return dataset + "/" + c.sort }

func (c *cluster) read(value func(line int, raw []byte) error) error {
	return c.scan(func(string, []byte) error { return nil }, value)
}

func (c *cluster) scan(member func(name string, raw []byte) error, value func(line int, raw []byte) error) error {
	in, err := c.file.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", c.file.Name, err)
	}
	defer in.Close()
	return readCluster(c.file.Name, in, member, value)
}

// entry is what a value becomes, for those that refer to it.
type entry struct {
	form   form
	name   string
	digest [32]byte
}

// index is what is known of all files before anything is handed over.
type index struct {
	clusters []*cluster
	// entries holds the values by UUID; of two with the same UUID the one that is handed over first.
	entries map[string]entry
	// producers holds the names of producers by UUID, as a file of producers or, where there is none, the origins of names
	// give them. origins holds the UUIDs of the latter by that name.
	producers map[string]string
	origins   map[string]string
	// others holds what `similar` entries of groups lead to and these files do not have; found holds the node of those that
	// the store has.
	others map[string]bool
	found  map[string]string
}

func newIndex(files []importer.Input) (*index, error) {
	x := &index{
		entries: map[string]entry{}, producers: map[string]string{}, origins: map[string]string{}, others: map[string]bool{}, found: map[string]string{},
	}
	named := map[string]map[string]bool{}
	related := map[string]bool{}
	for _, f := range files {
		c := &cluster{file: f}
		head := map[string]json.RawMessage{}
		var kept []member
		err := c.scan(func(name string, raw []byte) error {
			if head[name] != nil || !utf8.Valid(raw) {
				return notAGalaxy(f.Name, fmt.Sprintf("it has %s twice, or not in UTF-8", text.Quote(name)))
			}
			head[name] = json.RawMessage(slices.Clone(raw))
			kept = append(kept, member{name, head[name]})
			return nil
		}, func(_ int, raw []byte) error {
			r, err := parseRecord(raw)
			if err != nil {
				return nil // reported when the values are handed over
			}
			x.learn(r, named, related)
			c.values = append(c.values, value{uuid: r.uuid, name: r.name, digest: digest(raw), isIncident: r.isIncident()})
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := c.describe(head, kept); err != nil {
			return nil, err
		}
		for _, other := range x.clusters {
			if other.uuid == c.uuid {
				return nil, &store.InvalidChange{Place: f.Name, Reason: fmt.Sprintf("%s is a file of the same galaxy %q; give one of them", other.file.Name, c.name)}
			}
		}
		x.clusters = append(x.clusters, c)
	}
	// What others refer to comes first.
	slices.SortStableFunc(x.clusters, func(a, b *cluster) int { return cmp.Compare(b.declaredForm, a.declaredForm) })
	// In the order in which the values are handed over, so that of two with one UUID both readings take the same.
	for _, c := range x.clusters {
		for _, v := range c.values {
			if _, twice := x.entries[v.uuid]; twice {
				continue
			}
			e := entry{form: c.declaredForm, name: v.name, digest: v.digest}
			if e.form == group && v.isIncident {
				e.form = incident
			}
			x.entries[v.uuid] = e
		}
		c.values = nil
	}
	x.nameProducers(named)
	for other := range related {
		if _, here := x.entries[other]; !here {
			x.others[other] = true
		}
	}
	return x, nil
}

// learn keeps what a value says about others. A name that one producer and one origin are given for tells what the
// producer is called; where it has two producers it does not tell which.
func (x *index) learn(r *record, named map[string]map[string]bool, related map[string]bool) {
	coiners := r.coiners()
	for _, c := range coiners {
		if len(c.producers) == 1 && c.origin != "" {
			if named[c.producers[0]] == nil {
				named[c.producers[0]] = map[string]bool{}
			}
			named[c.producers[0]][c.origin] = true
		}
	}
	for _, e := range r.related {
		if e.kind == similar {
			related[e.other] = true
		}
	}
}

func (x *index) nameProducers(named map[string]map[string]bool) {
	for uuid, names := range named {
		// A producer with two names has none.
		if len(names) == 1 {
			x.producers[uuid] = slices.Collect(maps.Keys(names))[0]
		}
	}
	for uuid, e := range x.entries {
		if e.form == producer {
			x.producers[uuid] = e.name
		}
	}
	// Sorted, so that of two producers with one name the same is always taken.
	for _, uuid := range slices.Sorted(maps.Keys(x.producers)) {
		if name := x.producers[uuid]; x.origins[name] == "" {
			x.origins[name] = uuid
		}
	}
}

// describe reads what the file says about itself.
func (c *cluster) describe(head map[string]json.RawMessage, kept []member) error {
	r := &record{}
	for _, f := range []struct {
		name     string
		into     *string
		required bool
	}{{"uuid", &c.uuid, true}, {"name", &c.name, true}, {"type", &c.sort, true}, {"category", &c.category, false}, {"source", &c.source, false}} {
		if head[f.name] != nil {
			*f.into = r.text(f.name, head[f.name])
		}
		if f.required && *f.into == "" || len(*f.into) > maxName {
			return notAGalaxy(c.file.Name, fmt.Sprintf("it has no text %q, or a long one", f.name))
		}
	}
	c.uuid = strings.ToLower(c.uuid)
	// A number as it is written, or a text.
	var number json.Number
	if err := json.Unmarshal(head["version"], &number); err == nil {
		c.version = r.tidy("version", number.String())
	}
	switch {
	case c.sort == "producer":
		// Their category is "actor" too.
		c.declaredForm = producer
	case c.category == "actor":
		c.declaredForm = group
	case c.sort == "country", c.sort == "target-information":
		c.declaredForm = territory
	}
	text := []byte{'{'}
	for i, m := range kept {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return err
		}
		text = append(append(append(text, name...), ':'), m.raw...)
	}
	c.original = compact(append(text, '}'))
	return nil
}

// lookUp asks which of the groups that `similar` entries lead to the store has from an earlier import: of another galaxy,
// or of MITRE ATT&CK, whose UUIDs MISP uses.
func (x *index) lookUp(s *importer.Session) error {
	const batch = 1000
	for uuids := range slices.Chunk(slices.Sorted(maps.Keys(x.others)), batch) {
		var ids []string
		for _, uuid := range uuids {
			ids = append(ids, candidates(uuid)...)
		}
		held, err := s.Holds(s.Context, ids)
		if err != nil {
			return err
		}
		for _, uuid := range uuids {
			for _, candidate := range candidates(uuid) {
				if held[candidate] && x.found[uuid] == "" {
					x.found[uuid] = candidate
				}
			}
		}
	}
	return nil
}

func digest(raw []byte) [32]byte { return sha256.Sum256([]byte(compact(raw))) }
