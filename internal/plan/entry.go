package plan

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
)

// entry plans a root field that asks for a link of the node with an id; ok is false for other fields.
func (b *builder) entry(c *collected, r *row, at *path) (out Output, ok bool, err error) {
	var link *catalog.Field
	var id input
	var names []string
	given := 0
	for _, f := range b.catalog.Entries {
		if f.Entry.Field != c.field.Name {
			continue
		}
		names = append(names, f.Entry.Argument)
		if in := b.given(c.field, f.Entry.Argument); !in.absent() {
			link, id = f, in
			given++
		}
	}
	switch {
	case len(names) == 0:
		return nil, false, nil
	case given != 1:
		return nil, true, at.fail(BadUserInput, "%s needs exactly one of %s, and got %d", c.field.Name, strings.Join(names, ", "), given)
	}
	param := b.scalarParam(id, at, b.idOfDecode(link.Owner))
	sel := b.access(ByID{param}, link.Owner, nil)
	sub := newRow(sel, nil, r.size)
	connection, err := b.connection(c, sub, at, b.source(link), link.Target, link)
	if err != nil {
		return nil, true, err
	}
	// The row of a node that is there is not empty, whatever is asked of its connection.
	sub.value(b.idOf(link.Owner))
	column := r.column("entry "+c.key, func() Column { return One{sel} })
	return Within{Column: column, Out: connection, NotFound: param}, true, nil
}

// idOfDecode reads the id of a node of a type.
func (b *builder) idOfDecode(t *catalog.Type) decode {
	return func(raw any) (any, error) {
		v, err := b.idDecode(raw)
		if err != nil {
			return nil, err
		}
		prefix, err := ident.Parse(v.(string))
		if kind := b.catalog.KindOfID(prefix); err != nil || t.MemberIndex(kind) < 0 {
			return nil, fmt.Errorf("%s is the id of a %s; give that of a node of type %s", v, kind.Name, t.Name)
		}
		return v, nil
	}
}
