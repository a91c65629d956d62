package casebook

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// exportKey is the key of an export's header where its records come from no case.
const exportKey = "export"

// Export writes records as one casebook file. The bytes depend on the records only, not on their order. Loading the file
// gives the same nodes and links with the same provenance. Nothing is written when records fail, when a link has no node
// among the records that could carry it, or when the file would be too large to be loaded.
func Export(c *catalog.Catalog, records iter.Seq2[store.Record, error], w io.Writer) error {
	if err := checkReserved(c); err != nil {
		return err
	}
	e := &exporter{catalog: c, nodes: map[string]*store.Node{}, links: map[string]map[*catalog.Field][]*store.Link{}}
	var links []*store.Link
	for r, err := range records {
		switch {
		case err != nil:
			return err
		case r.Node != nil:
			e.nodes[r.Node.ID] = r.Node
			e.ids = append(e.ids, r.Node.ID)
		case r.Link != nil:
			links = append(links, r.Link)
		}
	}
	slices.Sort(e.ids)
	for _, l := range links {
		if err := e.attach(l); err != nil {
			return err
		}
	}
	e.header(links)
	if err := e.sections(); err != nil {
		return err
	}
	if e.out.Len() > maxFile {
		return fmt.Errorf("the graph takes %d bytes as a casebook, the most is %d: export jsonl, or a part of it with --node", e.out.Len(), maxFile)
	}
	_, err := w.Write(e.out.Bytes())
	return err
}

type exporter struct {
	catalog *catalog.Catalog
	nodes   map[string]*store.Node
	ids     []string
	// links holds, for each node, the links that are written with it by the field under which they are.
	links map[string]map[*catalog.Field][]*store.Link
	// recorded is the provenance that the header gives.
	recorded store.Provenance
	out      bytes.Buffer
}

// attach chooses the node and field under which a link is written: the node it runs from, where the model has a field
// for that and the node is exported.
func (e *exporter) attach(l *store.Link) error {
	for _, out := range []bool{true, false} {
		own, other := l.From, l.To
		if !out {
			own, other = other, own
		}
		if e.nodes[own] == nil {
			continue
		}
		if f := e.fieldFor(l.Type, own, other, out); f != nil {
			if e.links[own] == nil {
				e.links[own] = map[*catalog.Field][]*store.Link{}
			}
			e.links[own][f] = append(e.links[own][f], l)
			return nil
		}
	}
	return fmt.Errorf("the link %s from %s to %s cannot be written: neither node is exported with a field for it", l.Type, l.From, l.To)
}

func (e *exporter) fieldFor(kind, own, other string, out bool) *catalog.Field {
	ownKind, otherKind := e.kindOf(own), e.kindOf(other)
	if ownKind == nil || otherKind == nil {
		return nil
	}
	for _, f := range ownKind.Fields {
		if f.Link != nil && f.Link.Type == kind && f.Out == out && f.Target.MemberIndex(otherKind) >= 0 {
			return f
		}
	}
	return nil
}

func (e *exporter) kindOf(id string) *catalog.Type {
	prefix, _ := ident.Parse(id)
	return e.catalog.KindOfID(prefix)
}

// header chooses the provenance that most records from one case share, so that few need their own, and writes it.
func (e *exporter) header(links []*store.Link) {
	counts := map[store.Provenance]int{}
	var latest store.Provenance
	count := func(r *store.Provenance) {
		if r == nil {
			return
		}
		if key, ok := strings.CutPrefix(r.From, recordedFrom); ok && isKey(key) {
			counts[*r]++
		}
		if compareProvenance(*r, latest) > 0 {
			latest = *r
		}
	}
	for _, n := range e.nodes {
		count(n.Recorded)
	}
	for _, l := range links {
		count(l.Recorded)
	}
	most := 0
	for r, n := range counts {
		if n > most || n == most && compareProvenance(r, e.recorded) > 0 {
			most, e.recorded = n, r
		}
	}
	if most == 0 {
		e.recorded = store.Provenance{At: cmp.Or(latest.At, "0001-01-01T00:00:00.000Z"), By: cmp.Or(latest.By, exportKey), From: recordedFrom + exportKey}
	}
	key := strings.TrimPrefix(e.recorded.From, recordedFrom)
	fmt.Fprintf(&e.out, "case:\n  key: %s\n  title: Export\n  recordedAt: %s\n  recordedBy: %s\n",
		quoteText(key, true), e.recorded.At, quoteText(e.recorded.By, true))
}

func compareProvenance(a, b store.Provenance) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.From, b.From))
}

func (e *exporter) sections() error {
	byKind := map[string][]*store.Node{}
	for _, id := range slices.Compact(e.ids) {
		n := e.nodes[id]
		byKind[n.Kind] = append(byKind[n.Kind], n)
	}
	for _, k := range e.catalog.Kinds() {
		if len(byKind[k.Name]) == 0 {
			continue
		}
		if k.Plural == "" {
			return fmt.Errorf("nodes of kind %s have no section: give the kind a plural in the model", k.Name)
		}
		fmt.Fprintf(&e.out, "\n%s:\n", k.Plural)
		for _, n := range byKind[k.Name] {
			if err := e.node(k, n); err != nil {
				return err
			}
		}
		delete(byKind, k.Name)
	}
	for kind := range byKind {
		return fmt.Errorf("there is no kind of node %s", text.Quote(kind))
	}
	return nil
}

func (e *exporter) node(k *catalog.Type, n *store.Node) error {
	fmt.Fprintf(&e.out, "  - id: %s\n", n.ID)
	if own := e.ownRecorded(n.Recorded); own != "" {
		fmt.Fprintf(&e.out, "    recorded: %s\n", own)
	}
	written := 0
	for _, f := range k.Fields {
		if f.Link != nil {
			if err := e.linkField(f, n.ID); err != nil {
				return err
			}
			continue
		}
		v := n.Props[f.Name]
		if _, given := n.Props[f.Name]; given {
			written++
		}
		if list, ok := v.([]string); v == nil || ok && len(list) == 0 {
			continue
		}
		fmt.Fprintf(&e.out, "    %s: %s\n", f.Name, quoteValue(v, true))
	}
	if written != len(n.Props) {
		return fmt.Errorf("node %s has a field that %s does not have in the model", n.ID, article(k.Name))
	}
	return nil
}

func (e *exporter) linkField(f *catalog.Field, id string) error {
	links := e.links[id][f]
	if len(links) == 0 {
		return nil
	}
	other := func(l *store.Link) string {
		if f.Out {
			return l.To
		}
		return l.From
	}
	slices.SortFunc(links, func(a, b *store.Link) int { return cmp.Compare(other(a), other(b)) })
	fmt.Fprintf(&e.out, "    %s:\n", f.Name)
	for _, l := range links {
		line, err := e.linkText(f.Link, l, other(l))
		if err != nil {
			return err
		}
		fmt.Fprintf(&e.out, "      - %s%s\n", line, e.comment(other(l)))
	}
	return nil
}

func (e *exporter) linkText(def *catalog.Link, l *store.Link, to string) (string, error) {
	parts := []string{"to: " + to}
	written := 0
	for _, f := range def.StoredFields() {
		v, given := l.Props[f.Name]
		if given {
			written++
		}
		if list, ok := v.([]string); v == nil || ok && len(list) == 0 {
			continue
		}
		parts = append(parts, f.Name+": "+quoteValue(v, false))
	}
	if written != len(l.Props) {
		return "", fmt.Errorf("the link %s from %s to %s has a property that the model does not have", l.Type, l.From, l.To)
	}
	if own := e.ownRecorded(l.Recorded); own != "" {
		parts = append(parts, "recorded: "+own)
	}
	if len(parts) == 1 {
		return to, nil
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// ownRecorded is the provenance of a record that differs from the header's.
func (e *exporter) ownRecorded(r *store.Provenance) string {
	if r == nil || *r == e.recorded {
		return ""
	}
	text := fmt.Sprintf("{at: %s, by: %s", quoteText(r.At, false), quoteText(r.By, false))
	if r.From != "" {
		text += ", from: " + quoteText(r.From, false)
	}
	return text + "}"
}

// comment names a node for people, as far as one line allows.
func (e *exporter) comment(id string) string {
	n, k := e.nodes[id], e.kindOf(id)
	if n == nil || k == nil || k.Title == nil {
		return ""
	}
	title, _ := n.Props[k.Title.Name].(string)
	title = strings.Map(func(r rune) rune {
		if !printable(r) {
			return ' '
		}
		return r
	}, title)
	const most = 60
	if r := []rune(title); len(r) > most {
		title = string(r[:most]) + "…"
	}
	if title = strings.Join(strings.Fields(title), " "); title == "" {
		return ""
	}
	return "  # " + title
}
