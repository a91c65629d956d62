package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Export implements store.Store. It reads one state of the store, whatever is written meanwhile.
func (s *Store) Export(ctx context.Context, visit func(store.Record) error) error {
	return s.snapshot(ctx, func(q querier) error {
		for _, kind := range kindsByID(s.catalog) {
			if err := readNodes(ctx, q, s.layout, kind, func(n storedNode) error { return visit(store.Record{Node: n.record()}) }); err != nil {
				return err
			}
		}
		for _, link := range s.catalog.Links {
			if err := readLinks(ctx, q, s.layout, link, func(l storedLink) error { return visit(store.Record{Link: l.record()}) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// kindsByID returns the kinds in the order of their ids, which begin with the kind's prefix.
func kindsByID(c *catalog.Catalog) []*catalog.Type {
	return slices.SortedFunc(slices.Values(c.Kinds()), func(a, b *catalog.Type) int {
		return cmp.Compare(a.IDPrefix+"--", b.IDPrefix+"--")
	})
}

// Empty implements store.Store. A store that was not migrated yet is empty.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	if !s.ready.Load() {
		st, err := s.inspect(ctx, s.readers)
		if err == nil && st.tables > 0 {
			err = store.ErrOutdated
		}
		return err == nil, err
	}
	empty := false
	err := s.snapshot(ctx, func(q querier) error {
		return translate(ctx, q.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM "+quote(catalog.NodeInterface)+")").Scan(&empty))
	})
	return empty, err
}

// snapshot calls read with one state of the store.
func (s *Store) snapshot(ctx context.Context, read func(q querier) error) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	return s.guarded(func() error {
		tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return translate(ctx, err)
		}
		defer func() { _ = tx.Rollback() }() // nothing was written
		return translate(ctx, read(tx))
	})
}
