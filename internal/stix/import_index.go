package stix

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// index is what the first reading learns: of every object what others need to know of it.
type index struct {
	session *importer.Session
	own     *ownReader
	entries map[string]*entry
	// derived holds the ids of objects that an export added for other tools.
	derived map[string]bool
	// files holds the entry of each object of each file, nil for one that is not imported.
	files [][]*entry
	// missing holds the ids that objects refer to and that are not in the files, each by itself.
	missing map[string]string
	// words holds texts that many objects have. releases are the versions of MITRE ATT&CK that the files say they are.
	words    map[string]string
	releases map[string]bool
	// held tells which nodes that objects outside of the files would have become are in the store.
	held map[string]bool
	// techniques and software hold ids of MITRE ATT&CK by the object that is said to use them.
	techniques, software map[string][]string
	// reports holds the report by the claims that it refers to.
	reports map[string]string
}

func newIndex(s *importer.Session) *index {
	return &index{
		session: s, own: newOwnReader(s.Catalog), entries: map[string]*entry{}, derived: map[string]bool{}, missing: map[string]string{}, words: map[string]string{}, releases: map[string]bool{}, held: map[string]bool{},
		techniques: map[string][]string{}, software: map[string][]string{}, reports: map[string]string{},
	}
}

func (x *index) read(file int, in importer.Input) error {
	x.files = append(x.files, nil)
	h, err := readBundle(in, func(at place, raw []byte, problem error) error {
		x.files[file] = append(x.files[file], nil)
		if problem != nil {
			return x.session.Mistake(at.String(), "object", "", "%s", problem)
		}
		o, err := ParseObject(raw)
		if err != nil {
			return x.session.Mistake(at.String(), "object", "", "%s", err)
		}
		return x.add(file, at, o)
	})
	for _, name := range h.others {
		x.session.Remark(importer.Changed, in.Name, "bundle", h.id, "the property %s of the bundle itself is not kept; those of its objects are", text.Quote(name))
	}
	return err
}

// add notes an object, or why it is not one to import.
func (x *index) add(file int, at place, o *Object) error {
	kind, id := o.Text("type"), o.Text("id")
	for _, must := range []struct{ name, value string }{{"type", kind}, {"id", id}} {
		if must.value == "" || len(must.value) > maxIndexed || text.Check(must.value) != nil {
			return x.session.Mistake(at.String(), cmp.Or(kind, "object"), id, "%q is missing or no usable text: nothing can refer to the object without; give it one", must.name)
		}
	}
	if isDerived(o) {
		x.derived[id] = true
		delete(x.missing, id)
		x.session.Merge(at.String(), kind, id, "an export of attrigraph added it for other tools; it says again what others of its objects say")
		return nil
	}
	e := x.newEntry(file, at, o)
	if e.own {
		// Before it can take the place of an older version that is right.
		if err := x.own.check(o); err != nil {
			return x.session.Mistake(at.String(), kind, id, "%s", err)
		}
	}
	if old := x.entries[id]; old != nil {
		if older, err := x.same(old, e); older == e || err != nil {
			return err
		}
	}
	if e.own {
		if err := x.own.index(o); err != nil {
			return err
		}
		e.plain = x.own.foreign(o) != nil
	}
	if old := x.entries[id]; old != nil {
		x.files[old.file][old.at.index-1] = nil
	}
	x.entries[id] = e
	x.files[file][at.index-1] = e
	delete(x.missing, id)
	for _, ref := range references(o) {
		if x.entries[ref.id] == nil && !x.derived[ref.id] {
			x.missing[ref.id] = x.known(ref.id)
		}
	}
	return nil
}

// same says which of two objects with one id is left out, and counts it.
func (x *index) same(old, e *entry) (leftOut *entry, err error) {
	switch c := e.modified.Compare(old.modified); {
	case old.digest == e.digest:
		x.session.Merge(e.at.String(), e.kind, e.id, "it is the same as at %s", old.at)
		return e, nil
	case c < 0:
		x.session.Merge(e.at.String(), e.kind, e.id, "it is an older version of what is at %s", old.at)
		return e, nil
	case c > 0:
		x.session.Merge(old.at.String(), old.kind, old.id, "it is an older version of what is at %s", e.at)
		return old, nil
	}
	return e, x.session.Mistake(e.at.String(), e.kind, e.id, "it differs from the object with the same id at %s, and neither is the newer: remove one", old.at)
}

// word returns a text that many objects have, so that memory holds it once.
func (x *index) word(s string) string {
	if w, known := x.words[s]; known {
		return w
	}
	x.words[s] = s
	return s
}

// release returns the version of MITRE ATT&CK that the files are, where they say one.
func (x *index) release() (version string, only bool) {
	for version = range x.releases {
	}
	return version, len(x.releases) == 1 && version != ""
}

// known returns an id as the object that has it, or another that refers to it, holds it.
func (x *index) known(id string) string {
	if e := x.entries[id]; e != nil {
		return e.id
	}
	if same, known := x.missing[id]; known {
		return same
	}
	return id
}

// finish draws together what objects say of others.
func (x *index) finish() error {
	for e := range x.all() {
		e.plain = e.plain && !x.own.sources[e.id]
		if creator := x.entries[e.creator]; creator != nil {
			creator.speaks = true
			e.attack = e.attack || creator.attack
		}
		for _, r := range e.refs {
			if !e.isStatement() || e.creator == "" {
				break
			}
			if claim := x.entries[r]; claim != nil && claim.kind == "relationship" && claim.creator == e.creator && x.reports[r] == "" {
				x.reports[r] = e.id
			}
		}
		if e.verb == "" {
			continue
		}
		target := x.entries[e.target]
		switch {
		case target == nil || e.withdrawn() != "":
		case e.verb == "attributed-to":
			target.accused = true
		case e.verb == "uses" && target.attackID != "" && target.kind == "attack-pattern":
			x.techniques[e.source] = append(x.techniques[e.source], target.attackID)
		case e.verb == "uses" && target.attackID != "" && (target.kind == "malware" || target.kind == "tool"):
			x.software[e.source] = append(x.software[e.source], target.attackID)
		}
	}
	return x.lookUp()
}

// all hands over the entries of all objects in the order of the files.
func (x *index) all() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for _, entries := range x.files {
			for _, e := range entries {
				if e != nil && !yield(e) {
					return
				}
			}
		}
	}
}

// lookUp asks the store for what objects outside of the files became.
func (x *index) lookUp() error {
	var ids []string
	for id := range x.missing {
		ids = append(ids, ident.ForImport(sourcePrefix, dataset, id))
		for _, prefix := range prefixes[typeOf(id)] {
			ids = append(ids, ident.ForImport(prefix, dataset, id))
		}
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, 1000) {
		held, err := x.session.Holds(x.session.Context, part)
		if err != nil {
			return fmt.Errorf("looking for what the objects refer to: %w", err)
		}
		for id, is := range held {
			if is {
				x.held[id] = true
			}
		}
	}
	return nil
}

// sourcePrefix begins the ids of Sources.
const sourcePrefix = "source"

// prefixes begins the ids of the nodes that objects become besides their Source, by type.
var prefixes = map[string][]string{
	"intrusion-set": {"threat-group"},
	"threat-actor":  {"threat-group"},
	"campaign":      {"incident"},
	"incident":      {"incident"},
	"identity":      {"organization", "person"},
	"report":        {"statement"},
}

func typeOf(id string) string {
	kind, _, _ := strings.Cut(id, "--")
	return kind
}

// node returns the id of the node that an object became, empty if it became none or is not known.
func (x *index) node(id string) string {
	e := x.entries[id]
	if e == nil {
		for _, prefix := range prefixes[typeOf(id)] {
			if n := ident.ForImport(prefix, dataset, id); x.held[n] {
				return n
			}
		}
		return ""
	}
	if e.failed || e.isOwn() {
		return x.own.ids[id]
	}
	switch e.kind {
	case "identity":
		switch {
		case e.class == "individual" && e.speaks:
			return ident.ForImport("person", dataset, id)
		case isBody(e.class) && (e.speaks || e.accused):
			return ident.ForImport("organization", dataset, id)
		}
	case "location":
		if e.country != "" {
			return importer.StateID(e.country)
		}
	case "report":
		if e.isStatement() {
			return ident.ForImport("statement", dataset, id)
		}
	default:
		for _, prefix := range prefixes[e.kind] {
			return ident.ForImport(prefix, dataset, id)
		}
	}
	return ""
}

// isBody tells whether an identity of the class is one body that can speak or be accused. A class of entities, such as
// all hospitals of a country, is none, and a system speaks for whoever runs it.
func isBody(class string) bool { return class != "class" && class != "system" && class != "individual" }

// called returns what an object is called in titles and summaries.
func (x *index) called(id string) string {
	if e := x.entries[id]; e != nil && e.name != "" {
		return e.name
	}
	named, _ := text.Storable(cut(id))
	return cmp.Or(named, "?")
}
