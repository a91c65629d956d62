package cypher

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Bare makes the statements and rows of a loader that only writes: no look at what the store holds, no counts, no history.
// The benchmark compares Apply with such a loader of the same labels and properties.
type Bare struct {
	catalog  *catalog.Catalog
	preparer *store.Preparer
	ends     map[string]linkEnd
}

// NewBare returns a Bare that keeps in memory what orders of links need of every node.
func NewBare(c *catalog.Catalog, w store.Write) (*Bare, error) {
	preparer, err := store.NewPreparer(c, w)
	return &Bare{c, preparer, map[string]linkEnd{}}, err
}

// Row returns the row of a node or link and the statement that writes the rows of its kind, with the parameter rows.
func (b *Bare) Row(c store.Change) (statement string, row any, err error) {
	if c.Node != nil {
		n, err := b.preparer.Node(c.Node)
		if err != nil {
			return "", nil, err
		}
		b.ends[n.ID] = endOf(n)
		return createNodes(n.Kind), nodeProperties(n, 1), nil
	}
	l, err := b.preparer.Link(c.Link)
	if err != nil {
		return "", nil, err
	}
	return createLinks(quote(l.Link.Type)), map[string]any{"from": l.From, "to": l.To, "props": linkProperties(l, 1, b.ends[l.From], b.ends[l.To])}, nil
}

func createNodes(kind *catalog.Type) string {
	return "UNWIND $rows AS row CREATE (n:" + kindLabels(kind) + ") SET n = row"
}

func createLinks(kind string) string {
	return "UNWIND $rows AS row " + matchNode("a", catalog.NodeInterface, "row.from") + matchNode("b", catalog.NodeInterface, "row.to") +
		"CREATE (a)-[r:" + kind + "]->(b) SET r = row.props"
}
