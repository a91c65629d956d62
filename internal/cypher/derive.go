package cypher

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// derive brings labels and derived properties of all nodes and links to what the present model makes of them: a field
// that is new, or newly searched, ordered or indexed, changes them without any change of what was recorded.
func (s *Store) derive(ctx context.Context) ([]string, error) {
	preparer, err := store.NewPreparer(s.catalog, store.Write{Provenance: store.Provenance{At: "2000-01-01T00:00:00.000Z", By: userAgent}})
	if err != nil {
		return nil, err
	}
	var steps []string
	for _, k := range s.catalog.Kinds() {
		n, err := s.deriveNodes(ctx, preparer, k)
		if err != nil {
			return steps, err
		}
		if n > 0 {
			steps = append(steps, fmt.Sprintf("derived values of %d nodes %s", n, k.Name))
		}
	}
	for _, l := range s.catalog.Links {
		n, err := s.deriveLinks(ctx, preparer, l)
		if err != nil {
			return steps, err
		}
		if n > 0 {
			steps = append(steps, fmt.Sprintf("derived values of %d links %s", n, l.Type))
		}
	}
	return steps, nil
}

func (s *Store) deriveNodes(ctx context.Context, preparer *store.Preparer, k *catalog.Type) (int, error) {
	want := labelList(k)
	changed := 0
	for after := ""; ; {
		var rows []any
		page, err := query(ctx, s, "MATCH (n:"+quote(k.Name)+") WHERE n.id > $after WITH n ORDER BY n.id LIMIT $size RETURN n.id, labels(n), properties(n)",
			map[string]any{"after": after, "size": batchSize}, all)
		if err != nil {
			return changed, err
		}
		for _, row := range page {
			after, _ = row[0].(string)
			props, _ := row[2].(map[string]any)
			record, err := nodeRecord(s.catalog, props)
			if err != nil {
				return changed, &store.InvalidChange{Reason: err.Error()}
			}
			p, err := preparer.Node(record)
			if err != nil {
				return changed, err
			}
			revision, _ := props[catalog.RevisionField].(int64)
			now := nodeProperties(p, revision)
			labels := texts(row[1])
			slices.Sort(labels)
			if !equal(now, props) || !slices.Equal(labels, want) {
				rows = append(rows, now)
			}
		}
		if len(rows) > 0 {
			if err := s.auto(ctx, "UNWIND $rows AS row "+matchNode("n", quote(k.Name), "row.id")+"SET n = row, n:"+kindLabels(k), map[string]any{"rows": rows}); err != nil {
				return changed, err
			}
			changed += len(rows)
		}
		if len(page) < batchSize {
			return changed, nil
		}
	}
}

func (s *Store) deriveLinks(ctx context.Context, preparer *store.Preparer, l *catalog.Link) (int, error) {
	changed := 0
	for after := ""; ; {
		var rows []any
		page, err := query(ctx, s, "MATCH (a)-[r:"+quote(l.Type)+"]->(b) WHERE r.id > $after WITH a, r, b ORDER BY r.id LIMIT $size RETURN r.id, a.id, b.id, properties(r), "+
			endValues(l),
			map[string]any{"after": after, "size": batchSize}, all)
		if err != nil {
			return changed, err
		}
		for _, row := range page {
			after, _ = row[0].(string)
			from, _ := row[1].(string)
			to, _ := row[2].(string)
			props, _ := row[3].(map[string]any)
			p, err := preparer.Link(linkRecord(l, from, to, props))
			if err != nil {
				return changed, err
			}
			revision, _ := props[catalog.RevisionField].(int64)
			fromEnd, toEnd := linkEnds(s.catalog, l, from, to, row[4])
			now := linkProperties(p, revision, fromEnd, toEnd)
			if !equal(now, props) {
				rows = append(rows, map[string]any{"id": p.ID, "props": now})
			}
		}
		if len(rows) > 0 {
			if err := s.auto(ctx, "UNWIND $rows AS row "+matchLinkByID(quote(l.Type), "row.id")+"SET r = row.props", map[string]any{"rows": rows}); err != nil {
				return changed, err
			}
			changed += len(rows)
		}
		if len(page) < batchSize {
			return changed, nil
		}
	}
}

// equal tells whether the store holds the properties that it should.
func equal(want, held map[string]any) bool {
	return maps.EqualFunc(want, held, func(a, b any) bool {
		if list, ok := a.([]string); ok {
			return slices.Equal(list, texts(b))
		}
		return reflect.DeepEqual(a, b)
	})
}

// texts reads a list of texts in the driver's form.
func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, e := range list {
		out[i], _ = e.(string)
	}
	return out
}
