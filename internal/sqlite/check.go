package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// maxProblems bounds what Check tells of a store that is broken throughout.
const maxProblems = 1000

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	c := &checker{Store: s, ctx: ctx}
	err := s.snapshot(ctx, func(q querier) error {
		c.q = q
		for _, step := range []func() error{c.file, c.nodes, c.links, c.orders, c.counts, c.fields, c.counter} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.problems, nil
}

type checker struct {
	*Store
	ctx      context.Context
	q        querier
	problems []string
}

func (c *checker) problem(format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

// file asks SQLite about its pages, indexes and foreign keys.
func (c *checker) file() error {
	// FTS5 checks itself by what this connection knew of the index; a search makes it look at the file again.
	if _, err := c.count(`SELECT count(*) FROM _search WHERE _search MATCH '"a"'`); err != nil {
		return err
	}
	err := each(c.ctx, c.q, "PRAGMA integrity_check", func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if text != "ok" {
			c.problem("the file is damaged: %s", text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(c.ctx, c.q, "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1", func(rows *sql.Rows) error {
		var table string
		var count int
		if err := rows.Scan(&table, &count); err != nil {
			return err
		}
		c.problem("%d links %s have an end that does not exist", count, strings.TrimPrefix(table, linkTable("")))
		return nil
	})
}

// nodes prepares every node again and compares what the store derived from it.
func (c *checker) nodes() error {
	p, err := store.NewPreparer(c.catalog, store.Write{Provenance: store.Provenance{At: "2000-01-01T00:00:00.000Z", By: "check"}})
	if err != nil {
		return err
	}
	for _, kind := range kindsByID(c.catalog) {
		err := readNodes(c.ctx, c.q, c.layout, kind, func(n storedNode) error {
			return c.node(p, n)
		})
		if err != nil {
			return err
		}
		if err := c.copies(kind); err != nil {
			return err
		}
	}
	err = each(c.ctx, c.q, "SELECT _kind, count(*) FROM "+quote(catalog.NodeInterface)+" GROUP BY _kind", func(rows *sql.Rows) error {
		var kind string
		var count int
		if err := rows.Scan(&kind, &count); err != nil {
			return err
		}
		if t := c.catalog.Type(kind); t == nil || t.Form != catalog.Kind {
			c.problem("%d nodes are of the kind %q, which the model does not have", count, kind)
		}
		return nil
	})
	if err != nil {
		return err
	}
	stray, err := c.count("SELECT count(*) FROM _search WHERE rowid NOT IN (SELECT _pk FROM " + quote(catalog.NodeInterface) + ")")
	if stray > 0 {
		c.problem("search finds %d nodes that do not exist", stray)
	}
	return err
}

// count returns the number that a query answers; none counts as 0.
func (c *checker) count(query string) (int64, error) {
	var n sql.NullInt64
	err := c.q.QueryRowContext(c.ctx, query).Scan(&n)
	return n.Int64, translate(c.ctx, err)
}

func (c *checker) node(p *store.Preparer, n storedNode) error {
	record := n.record()
	prepared, err := p.Node(record)
	if err != nil {
		c.problem("%s: %s", record.ID, err)
		return nil
	}
	if record.Recorded.At == "" || record.Recorded.By == "" {
		c.problem("%s does not say when and by whom it was recorded", record.ID)
	}
	for i, f := range n.kind.StoredFields() {
		if f.Part > catalog.PartText && n.values[i] != prepared.Values[i] {
			c.problem("%s: %s is %v, but what it was recorded from gives %v", record.ID, f.Name, n.values[i], prepared.Values[i])
		}
	}
	var kind, name, hash string
	var listed bool
	var text sql.NullString
	err = c.q.QueryRowContext(c.ctx, "SELECT _kind, _name, _listed, _hash, (SELECT _text FROM _search WHERE rowid = _pk) FROM "+
		quote(catalog.NodeInterface)+" WHERE _pk = ?", n.pk).Scan(&kind, &name, &listed, &hash, &text)
	if err == sql.ErrNoRows {
		c.problem("%s is in the table of %s only", record.ID, n.kind)
		return nil
	}
	if err != nil {
		return translate(c.ctx, err)
	}
	if kind != n.kind.Name {
		c.problem("%s is a %s in one table and a %s in another", record.ID, n.kind, kind)
	}
	if hash != prepared.Hash {
		c.problem("%s: its content does not match its hash: it was changed outside of attrigraph", record.ID)
	}
	if name != prepared.SearchName || listed != prepared.Listed || text.String != prepared.SearchText {
		c.problem("%s: search has another text than the node", record.ID)
	}
	return nil
}

// copies compares the tables of interfaces with the kind's.
func (c *checker) copies(kind *catalog.Type) error {
	own := quote(kind.Name)
	for _, t := range kind.Interfaces {
		var equal []string
		for _, f := range c.layout.types[t].fields {
			equal = append(equal, "k."+quote(f.Name)+" IS i."+quote(f.Name))
		}
		err := each(c.ctx, c.q, "SELECT coalesce(k.id, i.id) FROM (SELECT * FROM "+quote(t.Name)+" WHERE _kind = "+literal(kind.Name)+") i FULL JOIN "+
			own+" k ON k._pk = i._pk WHERE ("+strings.Join(equal, " AND ")+") IS NOT TRUE", func(rows *sql.Rows) error {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			c.problem("%s has other values in the table of %s than in that of %s", id, t, kind)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// links prepares every link again.
func (c *checker) links() error {
	p, err := store.NewPreparer(c.catalog, store.Write{Provenance: store.Provenance{At: "2000-01-01T00:00:00.000Z", By: "check"}})
	if err != nil {
		return err
	}
	for _, link := range c.catalog.Links {
		err := readLinks(c.ctx, c.q, c.layout, link, func(l storedLink) error {
			record := l.record()
			prepared, err := p.Link(record)
			switch {
			case err != nil:
				c.problem("link %s from %s to %s: %s", record.Type, record.From, record.To, err)
			case l.hash != prepared.Hash:
				c.problem("link %s from %s to %s: its content does not match its hash: it was changed outside of attrigraph", record.Type, record.From, record.To)
			case record.Recorded.At == "" || record.Recorded.By == "":
				c.problem("link %s from %s to %s does not say when and by whom it was recorded", record.Type, record.From, record.To)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fields looks for nodes with more links than a field to one node can show, and for nodes without a required link.
func (c *checker) fields() error {
	for _, kind := range c.catalog.Kinds() {
		for _, f := range kind.Fields {
			if f.Link == nil {
				continue
			}
			having := ""
			switch {
			case f.Out && slices.Contains(kind.Required, f):
				having = "= 0"
			case f.Out && !f.Many:
				having = "> 1"
			default:
				continue
			}
			kinds := make([]string, len(f.Target.Members))
			for i, m := range f.Target.Members {
				kinds[i] = literal(m.Name)
			}
			// CROSS JOIN: from the node's links to their ends, never from all nodes of the kinds.
			query := "SELECT k.id FROM " + quote(kind.Name) + " k WHERE (SELECT count(*) FROM " + quote(linkTable(f.Link.Type)) + " e CROSS JOIN " +
				quote(catalog.NodeInterface) + " n ON n._pk = e._to AND n._kind IN (" + strings.Join(kinds, ", ") + ") WHERE e._from = k._pk) " + having + " ORDER BY k.id"
			err := each(c.ctx, c.q, query, func(rows *sql.Rows) error {
				var id string
				if err := rows.Scan(&id); err != nil {
					return err
				}
				if having == "= 0" {
					c.problem("%s has no %s: no %s can be recorded without", id, f.Name, kind)
				} else {
					c.problem("%s has more than one %s", id, f.Name)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// counter compares the store's revision with those of its records.
func (c *checker) counter() error {
	queries := []string{"SELECT max(revision) FROM " + quote(catalog.NodeInterface), "SELECT max(replacedBy) FROM _history", "SELECT max(revision) FROM _deleted"}
	for _, link := range c.catalog.Links {
		queries = append(queries, "SELECT max(_revision) FROM "+quote(linkTable(link.Type)))
	}
	revision, err := c.count("SELECT revision FROM _store")
	if err != nil {
		return err
	}
	for _, q := range queries {
		greatest, err := c.count(q)
		if err != nil {
			return err
		}
		if greatest > revision {
			c.problem("the store's revision is %d, but it holds a record of revision %d", revision, greatest)
			return nil
		}
	}
	return nil
}
