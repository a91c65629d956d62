package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
)

// String prints what the plan reads, one node access a line, nested as the reads are; `attrigraph explain` and the golden
// files show it.
func (p *Plan) String() string {
	pr := &printer{plan: p}
	for i, c := range p.Roots {
		pr.column(0, i, c)
	}
	for i, param := range p.Params {
		pr.line(0, "param %d: %s", i, param.Label)
	}
	return pr.String()
}

// MarshalJSON prints the plan as a list of lines.
func (p *Plan) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // arrows stay arrows
	err := e.Encode(strings.Split(strings.TrimSuffix(p.String(), "\n"), "\n"))
	return b.Bytes(), err
}

type printer struct {
	strings.Builder
	plan *Plan
}

func (p *printer) line(indent int, format string, args ...any) {
	p.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

func (p *printer) column(indent, i int, c Column) {
	switch c := c.(type) {
	case Value:
		p.line(indent, "%d value %s", i, c.Operand)
	case List:
		p.sel(indent, fmt.Sprintf("%d list", i), c.Select)
	case One:
		p.sel(indent, fmt.Sprintf("%d one", i), c.Select)
	case Count:
		p.sel(indent, fmt.Sprintf("%d count", i), c.Select)
	case Exists:
		p.sel(indent, fmt.Sprintf("%d exists", i), c.Select)
	case Groups, GroupTotals:
		p.group(indent, i, c)
	case LinkCount:
		p.line(indent, "%d count of links %s%s", i, c.Link.Type, p.conditions(c.Ends))
	case ShortestPath:
		p.sel(indent, fmt.Sprintf("%d path from %d to %d, longest %d%s,", i, c.From, c.To, c.Longest, only("over", c.Links)), c.Nodes)
	case Neighborhood:
		what := fmt.Sprintf("%d neighborhood of %d, depth %d, limit %d%s%s,", i, c.Of, c.Depth, c.Limit, only("over", c.Links), only("kinds", c.Kinds))
		p.sel(indent, what, c.Nodes)
	case StoreRevision:
		p.line(indent, "%d revision of the store", i)
	}
}

func (p *printer) sel(indent int, what string, s *Select) {
	line := fmt.Sprintf("%s of %s %s", what, s.Type.Name, sourceString(s.From)) + p.conditions(s)
	if len(s.Order) > 0 {
		line += " order by " + orderString(s.Order)
	}
	if s.Limit != NoParam {
		line += fmt.Sprintf(" limit %d", s.Limit)
	}
	p.line(indent, "%s", line)
	for i, c := range s.Columns {
		p.column(indent+1, i, c)
	}
}

// only prints a parameter that limits a search, if there is one.
func only(what string, p ParamIndex) string {
	if p == NoParam {
		return ""
	}
	return fmt.Sprintf(", %s %d", what, p)
}

// conditions prints what a Select asks of its nodes.
func (p *printer) conditions(s *Select) string {
	line := ""
	if s.Where != nil {
		line += " where " + p.predicate(s.Where)
	}
	if s.Visible != nil {
		line += " visible " + p.predicate(s.Visible)
	}
	return line
}

func sourceString(s Source) string {
	switch s := s.(type) {
	case All:
		return "(all)"
	case ByID:
		return fmt.Sprintf("(id = %d)", s.Param)
	case ByIDs:
		return fmt.Sprintf("(id in %d)", s.Param)
	case Follow:
		return "(" + linkString(s.Field) + ")"
	case Via:
		text := pathsString(s.Paths)
		if len(s.Unless) > 0 {
			text += " unless " + pathsString(s.Unless)
		}
		return "(" + text + ")"
	case Grouped:
		return "(group)"
	case Found:
		return "(found)"
	case Referenced:
		return "(id = link." + s.Property.Name + ")"
	case Match:
		if s.Kinds == NoParam {
			return fmt.Sprintf("(match %d, listed)", s.Query)
		}
		return fmt.Sprintf("(match %d, kinds %d)", s.Query, s.Kinds)
	}
	return "(?)"
}

func linkString(f *catalog.Field) string {
	if f.Out {
		return "-" + f.Link.Type + "->"
	}
	return "<-" + f.Link.Type + "-"
}

func orderString(order []OrderKey) string {
	keys := make([]string, len(order))
	for i, k := range order {
		keys[i] = k.Operand.String()
		if k.Desc {
			keys[i] += " desc"
		}
		if k.NullsFirst && k.Nullable() {
			keys[i] += " nulls first"
		}
	}
	return strings.Join(keys, ", ")
}

// String names the value as plans print it.
func (o Operand) String() string {
	switch o.Of {
	case OfLink:
		return "link." + o.Field.Name
	case OfRank:
		return "rank"
	case OfKind:
		return "kind"
	case OfName:
		return "searched name"
	}
	return o.On.Name + "." + o.Field.Name
}

func (p *printer) predicate(pred Predicate) string {
	switch pred := pred.(type) {
	case And:
		return p.join([]Predicate(pred), " and ", "true")
	case Or:
		return p.join([]Predicate(pred), " or ", "false")
	case Not:
		return "not " + p.predicate(pred.Predicate)
	case Compare:
		return fmt.Sprintf("%s %s %d", pred.Operand, pred.Op, pred.Param)
	case Absent:
		return fmt.Sprintf("(%s is null) = %d", pred.Operand, pred.Param)
	case Empty:
		return fmt.Sprintf("(%s is empty) = %d", pred.Operand, pred.Param)
	case Linked:
		return "(exists " + pred.Type.Name + " " + sourceString(pred.From) + p.conditions(pred.Select) + ")"
	case Counted:
		return fmt.Sprintf("(number of %s %s%s) %s %d", pred.Type.Name, sourceString(pred.From), p.conditions(pred.Select), pred.Op, pred.Param)
	case After:
		return fmt.Sprintf("after %v in (%s)", pred.Params, orderString(pred.Order))
	}
	return "?"
}

func (p *printer) join(list []Predicate, by, empty string) string {
	if len(list) == 0 {
		return empty
	}
	parts := make([]string, len(list))
	for i, l := range list {
		parts[i] = p.predicate(l)
	}
	return "(" + strings.Join(parts, by) + ")"
}
