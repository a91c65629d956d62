package response

import (
	"errors"
	"strconv"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/text"
)

// errFound is what is wrong with the row of a search that does not hold together.
var errFound = errors.New("a search has found something that does not hold together")

// shortestPath writes a path: the columns of plan.ShortestPath.
func (w *writer) shortestPath(p plan.PathOf, row rows.Value) bool {
	v := column(row, p.Column)
	for i, id := range []plan.ParamIndex{p.From, p.To} {
		there, err := column(v, i).Bool()
		if err != nil {
			return w.broken(err)
		}
		if !there {
			w.fail(NotFound, "there is no node with the id %v", w.Values[id])
			return false
		}
	}
	nodes, err := list(v, 2)
	if err != nil {
		return w.broken(err)
	}
	steps, err := list(v, 3)
	if err != nil {
		return w.broken(err)
	}
	if nodes.Len() == 0 {
		w.buf = append(w.buf, "null"...)
		return true
	}
	if steps.Len() != nodes.Len()-1 {
		return w.broken(errFound)
	}
	return w.part(p.Fields, func(f *plan.PartField) bool {
		switch f.What {
		case "length":
			w.buf = strconv.AppendInt(w.buf, int64(steps.Len()), 10)
			return true
		case "nodes":
			return w.elements(nodes.Len(), func(i int) bool { return w.object(f.Node, nodes.At(i)) })
		}
		return w.elements(steps.Len(), func(i int) bool {
			reversed, err := column(steps.At(i), 1).Bool()
			if err != nil {
				return w.broken(err)
			}
			from, to := nodes.At(i), nodes.At(i+1)
			if reversed {
				from, to = to, from
			}
			return w.part(f.Fields, func(f *plan.PartField) bool {
				switch f.What {
				case "reversed":
					w.buf = strconv.AppendBool(w.buf, reversed)
					return true
				case "from":
					return w.object(f.Node, from)
				case "to":
					return w.object(f.Node, to)
				}
				return w.name(column(steps.At(i), 0))
			})
		})
	})
}

// neighborhood writes what is around a node: the columns of plan.Neighborhood.
func (w *writer) neighborhood(n plan.NeighborhoodOf, row rows.Value) bool {
	v := column(row, n.Column)
	if v.IsNull() {
		w.fail(NotFound, "there is no node with the id %v", w.Values[n.Of])
		return false
	}
	var parts [6]rows.Value
	for i := range parts {
		parts[i] = column(v, i)
		if i != 4 && !parts[i].IsList() {
			return w.broken(errNoList)
		}
	}
	nodes, depths, types, links, counts := parts[0], parts[1], parts[2], parts[3], parts[5]
	all, err := parts[4].Int()
	if err != nil {
		return w.broken(err)
	}
	shown, err := shownAt(nodes.Len(), depths)
	if err != nil {
		return w.broken(err)
	}
	return w.part(n.Fields, func(f *plan.PartField) bool {
		switch f.What {
		case "node":
			return w.object(f.Node, nodes.At(0))
		case "nodes":
			return w.elements(nodes.Len()-1, func(i int) bool {
				return w.part(f.Fields, func(f *plan.PartField) bool {
					switch f.What {
					case "node":
						return w.object(f.Node, nodes.At(i+1))
					case "depth":
						return w.number(depths.At(i + 1))
					}
					return w.name(types.At(i + 1))
				})
			})
		case "links":
			return w.elements(links.Len(), func(i int) bool { return w.neighborLink(f.Fields, nodes, links.At(i)) })
		case "linkCount":
			w.buf = strconv.AppendInt(w.buf, all, 10)
			return true
		}
		return w.elements(int(w.Values[n.Depth].(int64)), func(i int) bool { return w.depth(f.Fields, i, shown, counts) })
	})
}

// shownAt counts the nodes of a neighborhood by their depth.
func shownAt(nodes int, depths rows.Value) (map[int64]int64, error) {
	if nodes == 0 || depths.Len() != nodes {
		return nil, errFound
	}
	shown := map[int64]int64{}
	for i := range nodes {
		d, err := depths.At(i).Int()
		if err != nil {
			return nil, err
		}
		shown[d]++
	}
	return shown, nil
}

// depth writes how many nodes were found with as many links from the middle as i+1; where a search came to its end before,
// none.
func (w *writer) depth(fields []plan.PartField, i int, shown map[int64]int64, counts rows.Value) bool {
	var found int64
	if i < counts.Len() {
		var err error
		if found, err = counts.At(i).Int(); err != nil {
			return w.broken(err)
		}
	}
	depth := int64(i + 1)
	return w.part(fields, func(f *plan.PartField) bool {
		w.buf = strconv.AppendInt(w.buf, map[string]int64{"depth": depth, "found": found, "omitted": found - shown[depth]}[f.What], 10)
		return true
	})
}

// neighborLink writes a link between two nodes of a neighborhood.
func (w *writer) neighborLink(fields []plan.PartField, nodes, link rows.Value) bool {
	return w.part(fields, func(f *plan.PartField) bool {
		if f.Node == nil {
			return w.name(column(link, 0))
		}
		at, err := column(link, map[string]int{"from": 1, "to": 2}[f.What]).Int()
		if err != nil {
			return w.broken(err)
		}
		if at < 0 || at >= int64(nodes.Len()) {
			return w.broken(errFound)
		}
		return w.object(f.Node, nodes.At(int(at)))
	})
}

// part writes an object that is no node; value writes the value of a field but for __typename.
func (w *writer) part(fields []plan.PartField, value func(f *plan.PartField) bool) bool {
	w.buf = append(w.buf, '{')
	for i := range fields {
		f := &fields[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		if f.JSON != nil {
			w.buf = append(w.buf, f.JSON...)
			continue
		}
		w.path = append(w.path, step{name: f.Key})
		if !value(f) || w.tooLarge() {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, '}')
	return true
}

// elements writes a list of n elements.
func (w *writer) elements(n int, element func(i int) bool) bool {
	w.buf = append(w.buf, '[')
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.path = append(w.path, step{index: i})
		if !element(i) {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, ']')
	return true
}

// name writes a value of a closed list.
func (w *writer) name(v rows.Value) bool {
	s, err := v.Text()
	if err != nil {
		return w.broken(err)
	}
	w.buf = text.AppendJSON(w.buf, s)
	return true
}

func (w *writer) number(v rows.Value) bool {
	n, err := v.Int()
	if err != nil {
		return w.broken(err)
	}
	w.buf = strconv.AppendInt(w.buf, n, 10)
	return true
}
