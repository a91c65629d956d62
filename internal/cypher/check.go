package cypher

import (
	"context"
	"fmt"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// mostFindings bounds the answer of Check: a store that is broken throughout need not be listed throughout.
const mostFindings = 1000

// checker collects what is wrong.
type checker struct {
	*Store
	preparer *store.Preparer
	revision int64
	found    []string
}

func (c *checker) add(format string, args ...any) {
	if len(c.found) < mostFindings {
		c.found = append(c.found, fmt.Sprintf(format, args...))
	}
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	preparer, err := store.NewPreparer(s.catalog, store.Write{Provenance: store.Provenance{At: "2000-01-01T00:00:00.000Z", By: userAgent}})
	if err != nil {
		return nil, err
	}
	c := &checker{Store: s, preparer: preparer}
	if err := c.schema(ctx); err != nil {
		return nil, err
	}
	if err := s.scan(ctx, c.node, c.link); err != nil {
		return nil, err
	}
	for _, rule := range []func(context.Context) error{c.strays, c.toOne, c.required} {
		if err := rule(ctx); err != nil {
			return nil, err
		}
	}
	return c.found, nil
}

// schema checks the store's record and its constraints and indexes.
func (c *checker) schema(ctx context.Context) error {
	record, err := readRecord(func(text string, visit func([]any) error) error { return c.each(ctx, text, nil, visit) })
	if err != nil {
		return err
	}
	c.revision = record.Revision
	if err := record.check(modelDigest(c.catalog)); err != nil {
		c.add("%s", err)
	}
	missing, err := c.missingElements(ctx)
	if err != nil {
		return err
	}
	for _, e := range missing {
		c.add("the %s is missing: run `attrigraph migrate`", e.what)
	}
	broken, err := c.column(ctx, "SHOW INDEXES YIELD name, state WHERE state <> 'ONLINE' RETURN name")
	for _, name := range broken {
		c.add("the index %s cannot be used yet or has failed", name)
	}
	return err
}

// node checks that a node holds what the model makes of its own content, and nothing else.
func (c *checker) node(n scannedNode) error {
	id, _ := n.props[catalog.IDField].(string)
	record, err := nodeRecord(c.catalog, n.props)
	if err != nil {
		c.add("%s", err)
		return nil
	}
	p, err := c.preparer.Node(record)
	if err != nil {
		c.add("%s", err)
		return nil
	}
	revision, _ := n.props[catalog.RevisionField].(int64)
	c.checkRevision("node "+id, revision)
	want := nodeProperties(p, revision)
	c.compare("node "+id, want, n.props)
	slices.Sort(n.labels)
	if labels := labelList(p.Kind); !slices.Equal(n.labels, labels) {
		c.add("node %s has the labels %v, and a %s has %v", id, n.labels, p.Kind.Name, labels)
	}
	return nil
}

// link checks that a link joins what it may join and holds what the model makes of its content.
func (c *checker) link(l scannedLink) error {
	what := fmt.Sprintf("link %s from %q to %q", l.link.Type, l.from.id, l.to.id)
	p, err := c.preparer.Link(linkRecord(l.link, l.from.id, l.to.id, l.props))
	if err != nil {
		c.add("%s", err)
		return nil
	}
	revision, _ := l.props[catalog.RevisionField].(int64)
	c.checkRevision(what, revision)
	want := linkProperties(p, revision, l.from, l.to)
	c.compare(what, want, l.props)
	return nil
}

func (c *checker) checkRevision(what string, revision int64) {
	if revision < 1 || revision > c.revision {
		c.add("%s has revision %d, and the store is at %d", what, revision, c.revision)
	}
}

// compare names the first property that differs from what it should be.
func (c *checker) compare(what string, want, held map[string]any) {
	if equal(want, held) {
		return
	}
	for _, name := range unique(append(keys(want), keys(held)...)) {
		one, other := map[string]any{}, map[string]any{}
		if v, ok := want[name]; ok {
			one[name] = v
		}
		if v, ok := held[name]; ok {
			other[name] = v
		}
		if !equal(one, other) {
			c.add("%s holds another %s than its content makes it", what, name)
			return
		}
	}
}

func keys(m map[string]any) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

// strays finds nodes with a label of the model that reads by another label would miss, and links of no type of the model.
func (c *checker) strays(ctx context.Context) error {
	own := []string{storeLabel, historyLabel, tombstoneLabel, requestLabel}
	types := make([]string, len(c.catalog.Links))
	for i, l := range c.catalog.Links {
		types[i] = l.Type
	}
	labels := []string{}
	for _, t := range c.catalog.Types {
		if t.Form != catalog.Union {
			labels = append(labels, t.Name)
		}
	}
	for _, rule := range []struct{ text, says string }{
		{"MATCH (n) WHERE NOT n:Node AND any(l IN labels(n) WHERE l IN $labels) RETURN coalesce(n.id, ''), labels(n) LIMIT 20", "node %q has the labels %v and lacks Node"},
		{"MATCH (n:Node) WHERE n.id IS NULL RETURN '', labels(n) LIMIT 20", "node %q with the labels %v has no id"},
		{"MATCH (n:Node)-[r]-() WHERE NOT type(r) IN $types RETURN coalesce(n.id, ''), type(r) LIMIT 20", "node %q has a link %v, which the model does not know"},
		{"MATCH (n) WHERE any(l IN labels(n) WHERE l IN $own) AND EXISTS { (n)--() } RETURN coalesce(n.id, ''), labels(n) LIMIT 20", "record %q of the store itself, %v, has a link"},
	} {
		if err := c.each(ctx, rule.text, map[string]any{"labels": labels, "types": types, "own": own}, func(row []any) error {
			c.add(rule.says, row...)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// toOne finds nodes with several ends of a link that leads to one.
func (c *checker) toOne(ctx context.Context) error {
	return c.fields(ctx, func(t *catalog.Type, f *catalog.Field) (string, string) {
		if f.Many {
			return "", ""
		}
		return "MATCH (n:" + quote(t.Name) + ") WHERE COUNT { (n)" + arrow(f, "") + "(:" + labels(c.catalog, f.Target) + ") } > 1 RETURN n.id LIMIT 20",
			"%s has more than one " + f.Name
	})
}

// required finds nodes without a link that the model requires.
func (c *checker) required(ctx context.Context) error {
	return c.fields(ctx, func(t *catalog.Type, f *catalog.Field) (string, string) {
		if t.Form != catalog.Kind || !slices.Contains(t.Required, f) {
			return "", ""
		}
		return "MATCH (n:" + quote(t.Name) + ") WHERE NOT EXISTS { (n)" + arrow(f, "") + "(:" + labels(c.catalog, f.Target) + ") } RETURN n.id LIMIT 20",
			"%s has no " + f.Name
	})
}

// fields runs a statement for each outgoing link field, of kinds and for fields of their own of interfaces.
func (c *checker) fields(ctx context.Context, rule func(*catalog.Type, *catalog.Field) (text, says string)) error {
	for _, t := range c.catalog.Kinds() {
		for _, f := range t.Fields {
			if f.Link == nil || !f.Out {
				continue
			}
			text, says := rule(t, f)
			if text == "" {
				continue
			}
			if err := c.each(ctx, text, nil, func(row []any) error {
				c.add(says, row...)
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
