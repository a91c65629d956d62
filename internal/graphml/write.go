package graphml

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

const (
	head = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`
	graphTitle       = "Public attributions of cyber incidents, exported by attrigraph"
	graphDescription = "It holds what was said, not what is true. Who accuses whom of what is a node Attribution with edges ACCUSER, ACCUSED and SUBJECT. " +
		"A node of the nodeKind Link stands for a link between an actor and an incident that accuses nobody."
	// linkKind is the kind of a node that stands for a link.
	linkKind = "Link"
)

// Write writes the graph as it goes. The records are read twice: licences come first. The same records give the same
// bytes. On an error what was written is no complete XML.
func Write(w io.Writer, c *catalog.Catalog, records iter.Seq2[store.Record, error]) error {
	licences := map[string]bool{}
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Node == nil {
			break
		}
		if licence, ok := r.Node.Props[licenceField].(string); ok && r.Node.Kind == sourceKind {
			licences[licence] = true
		}
	}
	g := &writer{out: bufio.NewWriterSize(w, 1<<16), catalog: c, direct: map[string]bool{}}
	for _, l := range c.Links {
		g.direct[l.Type] = direct(c, l)
	}
	g.raw(head)
	for _, k := range keys(c) {
		g.raw(`<key id="`, k.id, `" for="`, k.target, `" attr.name="`, k.name, `" attr.type="`, k.sort, `"`)
		if k.description == "" {
			g.raw("/>\n")
			continue
		}
		g.raw("><desc>")
		g.escaped(k.description)
		g.raw("</desc></key>\n")
	}
	g.raw(`<graph id="attrigraph" edgedefault="directed">` + "\n")
	g.data("g_", titleKey, graphTitle)
	g.data("g_", descriptionKey, graphDescription)
	if len(licences) > 0 {
		g.data("g_", licencesKey, strings.Join(slices.Sorted(maps.Keys(licences)), "\n\n"))
	}
	for r, err := range records {
		if err == nil && r.Node != nil {
			err = g.node(r.Node)
		} else if err == nil && r.Link != nil {
			err = g.link(r.Link)
		}
		if err == nil {
			err = g.err
		}
		if err != nil {
			return err
		}
	}
	g.raw("</graph>\n</graphml>\n")
	if g.err != nil {
		return g.err
	}
	return g.out.Flush()
}

// writer keeps the first error, so that not each piece of text has to be checked.
type writer struct {
	out     *bufio.Writer
	catalog *catalog.Catalog
	direct  map[string]bool
	err     error
}

func (g *writer) raw(parts ...string) {
	for _, p := range parts {
		if _, err := g.out.WriteString(p); err != nil && g.err == nil {
			g.err = err
		}
	}
}

// escaped writes text, for an element or an attribute.
func (g *writer) escaped(s string) {
	if err := xml.EscapeText(g.out, []byte(s)); err != nil && g.err == nil {
		g.err = err
	}
}

func (g *writer) data(prefix, name, value string) {
	g.raw(`<data key="`, prefix, name, `">`)
	g.escaped(value)
	g.raw("</data>\n")
}

func (g *writer) node(n *store.Node) error {
	kind := g.catalog.Type(n.Kind)
	if kind == nil || kind.Form != catalog.Kind {
		return fmt.Errorf("node %s is of the kind %q, which the model does not have", n.ID, n.Kind)
	}
	g.open("node", n.ID)
	g.data("n_", kindKey, n.Kind)
	label := n.ID
	if kind.Title != nil {
		if s, ok := n.Props[kind.Title.Name].(string); ok && s != "" {
			label = s
		}
	}
	g.data("n_", labelKey, label)
	if err := g.fields("n_", kind.StoredFields(), n.Props); err != nil {
		return fmt.Errorf("node %s: %w", n.ID, err)
	}
	g.provenance("n_", n.Recorded)
	g.raw("</node>\n")
	return nil
}

func (g *writer) link(l *store.Link) error {
	link := g.catalog.Link(l.Type)
	if link == nil {
		return fmt.Errorf("link from %s to %s is of the type %q, which the model does not have", l.From, l.To, l.Type)
	}
	id := ident.ForLink(l.Type, l.From, l.To)
	prefix := "e_"
	if g.direct[l.Type] {
		prefix = "n_"
		g.open("node", id)
		g.data(prefix, kindKey, linkKind)
		g.data(prefix, labelKey, l.Type)
	} else {
		g.edge(id, l.From, l.To)
		g.data(prefix, typeKey, l.Type)
		g.data(prefix, labelKey, l.Type)
	}
	if err := g.fields(prefix, link.StoredFields(), l.Props); err != nil {
		return fmt.Errorf("link %s from %s to %s: %w", l.Type, l.From, l.To, err)
	}
	g.provenance(prefix, l.Recorded)
	if !g.direct[l.Type] {
		g.raw("</edge>\n")
		return nil
	}
	g.raw("</node>\n")
	for _, half := range []struct{ kind, from, to string }{{"from", l.From, id}, {"to", id, l.To}} {
		g.edge(id+"/"+half.kind, half.from, half.to)
		g.data("e_", typeKey, half.kind)
		g.data("e_", labelKey, half.kind)
		g.raw("</edge>\n")
	}
	return nil
}

func (g *writer) open(element, id string) {
	g.raw("<", element, ` id="`)
	g.escaped(id)
	g.raw("\">\n")
}

func (g *writer) edge(id, from, to string) {
	g.raw(`<edge id="`)
	g.escaped(id)
	g.raw(`" source="`)
	g.escaped(from)
	g.raw(`" target="`)
	g.escaped(to)
	g.raw("\">\n")
}

// fields writes stored values, in the order of the model.
func (g *writer) fields(prefix string, fields []*catalog.Field, props map[string]any) error {
	used := 0
	for _, f := range fields {
		v, given := props[f.Name]
		if !given {
			continue
		}
		used++
		if f.Part == catalog.PartText {
			if err := g.date(prefix, f, v); err != nil {
				return err
			}
			continue
		}
		switch v := v.(type) {
		case nil:
		case string:
			g.data(prefix, f.Name, v)
		case int64:
			g.data(prefix, f.Name, strconv.FormatInt(v, 10))
		case bool:
			g.data(prefix, f.Name, strconv.FormatBool(v))
		case []string:
			if len(v) > 0 {
				var list []byte
				for i, item := range v {
					list = append(list, "[,"[min(i, 1)])
					list = text.AppendJSON(list, item)
				}
				g.data(prefix, f.Name, string(append(list, ']')))
			}
		default:
			return fmt.Errorf("the field %s has the value %v, which is no text, number, boolean or list of texts", f.Name, v)
		}
	}
	if used != len(props) {
		return errors.New("there is a field that the model does not have")
	}
	return nil
}

func (g *writer) date(prefix string, f *catalog.Field, v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("the field %s has the value %v, which is no date", f.Name, v)
	}
	d, err := date.ParseRange(s)
	if err != nil {
		return err
	}
	for _, p := range []struct {
		part  catalog.DatePart
		value string
	}{
		{catalog.PartText, s}, {catalog.PartPrecision, string(d.Precision)}, {catalog.PartEarliest, d.Earliest}, {catalog.PartLatest, d.Latest},
	} {
		if p.value != "" {
			g.data(prefix, f.Parts[p.part].Name, p.value)
		}
	}
	return nil
}

func (g *writer) provenance(prefix string, r *store.Provenance) {
	if r == nil {
		return
	}
	for _, p := range []struct{ name, value string }{
		{catalog.RecordedAtField, r.At}, {catalog.RecordedByField, r.By}, {catalog.RecordedFromField, r.From},
	} {
		if p.value != "" {
			g.data(prefix, p.name, p.value)
		}
	}
}
