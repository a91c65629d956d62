package cypher

import (
	"context"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Export implements store.Store. Neo4j has no snapshots: an Apply that commits meanwhile makes Export fail at its end
// with store.ErrConflict rather than hand over a graph that never was.
func (s *Store) Export(ctx context.Context, visit func(store.Record) error) error {
	return s.scan(ctx, func(n scannedNode) error {
		record, err := nodeRecord(s.catalog, n.props)
		if err != nil {
			return store.Fail(nil, err)
		}
		return visit(store.Record{Node: record})
	}, func(l scannedLink) error {
		return visit(store.Record{Link: linkRecord(l.link, l.from.id, l.to.id, l.props)})
	})
}

// scannedNode is a node as the store holds it.
type scannedNode struct {
	labels []string
	props  map[string]any
}

// scannedLink is a link as the store holds it.
type scannedLink struct {
	link     *catalog.Link
	from, to linkEnd
	props    map[string]any
}

var errMoved = errors.New("the store changed meanwhile")

// scan hands over every node in order of id, then every link in order of type, from and to.
func (s *Store) scan(ctx context.Context, node func(scannedNode) error, link func(scannedLink) error) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	t, err := s.begin(ctx, neo4j.AccessModeRead)
	if err != nil {
		return err
	}
	defer t.end(ctx)
	record := func() (storeRecord, error) {
		return readRecord(func(text string, visit func([]any) error) error {
			_, err := t.run(ctx, text, nil, visit)
			return err
		})
	}
	before, err := record()
	if err != nil {
		return err
	}
	if _, err := t.run(ctx, "MATCH (n:Node) WHERE n.id IS NOT NULL RETURN labels(n), properties(n) ORDER BY n.id", nil, func(row []any) error {
		props, _ := row[1].(map[string]any)
		return node(scannedNode{labels: texts(row[0]), props: props})
	}); err != nil {
		return err
	}
	for _, l := range s.catalog.Links {
		if _, err := t.run(ctx, "MATCH (a)-[r:"+quote(l.Type)+"]->(b) RETURN a.id, b.id, properties(r), "+
			endValues(l)+" ORDER BY a.id, b.id", nil, func(row []any) error {
			from, _ := row[0].(string)
			to, _ := row[1].(string)
			props, _ := row[2].(map[string]any)
			fromEnd, toEnd := linkEnds(s.catalog, l, from, to, row[3])
			return link(scannedLink{link: l, from: fromEnd, to: toEnd, props: props})
		}); err != nil {
			return err
		}
	}
	after, err := record()
	if err == nil && after.Revision != before.Revision {
		err = fmt.Errorf("%w, from revision %d to %d: try again: %w", errMoved, before.Revision, after.Revision, store.ErrConflict)
	}
	return err
}
