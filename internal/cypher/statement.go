package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// dialect pins the language: servers from 2025 on may have Cypher 25 as their default, 5.26 knows Cypher 5 by this name.
const dialect = "CYPHER 5 "

// arg is a parameter of a statement: the plan's parameter and how its value is encoded for this use.
type arg struct {
	name   string
	param  plan.ParamIndex
	encode func(any) any
}

// statement is a rendered plan. It depends on the plan only; values are bound.
type statement struct {
	text string
	args []arg
}

// bind returns the parameters by name.
func (s *statement) bind(values []any) map[string]any {
	params := make(map[string]any, len(s.args))
	for _, a := range s.args {
		v := values[a.param]
		if a.encode != nil {
			v = a.encode(v)
		}
		params[a.name] = v
	}
	return params
}

// renderer turns one plan into a statement.
type renderer struct {
	catalog *catalog.Catalog
	args    []arg
	named   map[string]bool
	lets    lets
}

// scope is one Select while it is rendered: the variables of its node and of the link that led to it.
type scope struct {
	*plan.Select
	outer *scope
	depth int
	// linked is set when something reads the link, which then needs a name.
	linked bool
	// page is set when the nodes are read in an order of the link.
	page *plan.LinkPage
	lets lets
	// name is the node's variable where it is not the usual one.
	name string
}

func (sc *scope) node() string {
	if sc.name != "" {
		return sc.name
	}
	return "n" + strconv.Itoa(sc.depth)
}

// link names the link of the scope's Follow.
func (sc *scope) link() (string, error) {
	if _, ok := sc.From.(plan.Follow); !ok {
		return "", fmt.Errorf("the plan reads a link where %T leads to the node", sc.From)
	}
	sc.linked = true
	return sc.linkName(), nil
}

func (sc *scope) linkName() string { return "r" + strconv.Itoa(sc.depth) }

func enter(s *plan.Select, outer *scope) *scope {
	sc := &scope{Select: s, outer: outer}
	if outer != nil {
		sc.depth = outer.depth + 1
	}
	return sc
}

// render turns a plan into one statement that answers one row with a value for each root.
func render(c *catalog.Catalog, p *plan.Plan) (*statement, error) {
	r := &renderer{catalog: c, named: map[string]bool{}}
	var b strings.Builder
	for i, root := range p.Roots {
		if i > 0 {
			b.WriteString(",\n  ")
		}
		column, err := r.column(root, nil)
		if err != nil {
			return nil, err
		}
		b.WriteString(column)
		b.WriteString(" AS r")
		b.WriteString(strconv.Itoa(i))
	}
	text := dialect + strings.TrimPrefix(r.lets.clause("")+" RETURN ", " ") + b.String()
	return &statement{text: text, args: r.args}, nil
}

// param refers to a parameter of the plan; suffix tells its encodings apart and is empty for the plain value.
func (r *renderer) param(p plan.ParamIndex, suffix string, encode func(any) any) string {
	name := "p" + strconv.Itoa(int(p)) + suffix
	if !r.named[name] {
		r.named[name] = true
		r.args = append(r.args, arg{name: name, param: p, encode: encode})
	}
	return "$" + name
}
