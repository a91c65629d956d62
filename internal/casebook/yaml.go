package casebook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"attrigraph/internal/text"
)

// Bounds on the shape of a file. The parser recurses by depth and is quadratic in the keys of one mapping.
const (
	maxDepth = 64
	maxKeys  = 1000
)

type form uint8

const (
	nothing form = iota // no value, or null
	scalar
	list
	mapping
)

// value is a YAML value with its place.
type value struct {
	form form
	// text is the text of a scalar as written, without quotes; plain tells that it had none and was no block.
	text  string
	plain bool
	items []*value
	pairs []pair
	at    place
}

type pair struct {
	key   string
	at    place
	value *value
}

// get returns the value of a key, or nil.
func (v *value) get(key string) *value {
	for _, p := range v.pairs {
		if p.key == key {
			return p.value
		}
	}
	return nil
}

// reader turns one file into values.
type reader struct {
	index    int
	name     string
	problems *problems
}

func (r *reader) at(p *token.Position) place {
	if p == nil {
		return place{r.index, r.name, 1, 1}
	}
	return place{r.index, r.name, max(p.Line, 1), max(p.Column, 1)}
}

// read returns the mapping that a file is, or nil after reporting why it is none.
func (r *reader) read(data []byte) *value {
	start := r.at(nil)
	if len(data) > maxFile {
		r.problems.add(start, "the file has %d bytes, the most is %d; split it into several cases", len(data), maxFile)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if len(bytes.TrimSpace(data)) == 0 {
		r.problems.add(start, "the file is empty; begin it with the header `case:`")
		return nil
	}
	if at, err := r.checkText(data); err != nil {
		r.problems.add(at, "%s", err)
		return nil
	}
	if data[len(data)-1] != '\n' {
		r.problems.add(r.offset(data, len(data)), "the file ends in the middle of a line, as if it was cut off; restore it, or end its last line with a line break")
		return nil
	}
	file, err := r.parse(string(data))
	if err != nil {
		return nil
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			r.problems.add(r.at(d.Body.GetToken().Position), "the file holds a second YAML document; write one case in one file")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		r.problems.add(start, "the file holds nothing but comments; begin it with the header `case:`")
		return nil
	}
	v := r.value(body)
	if v.form != mapping {
		r.problems.add(v.at, "the file must be a mapping with the header `case:` and sections such as `sources:`")
		return nil
	}
	return v
}

// checkText reports the first byte or character that no store may hold.
func (r *reader) checkText(data []byte) (place, error) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if err := text.Check(string(line)); err != nil {
			return place{r.index, r.name, i + 1, 1}, err
		}
	}
	return place{}, nil
}

func (r *reader) offset(data []byte, n int) place {
	before := data[:n]
	line := bytes.LastIndexByte(before, '\n') + 1
	return place{r.index, r.name, bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[line:]) + 1}
}

var errReported = errors.New("reported")

// parse tokenizes, checks the tokens and only then lets the parser at them. The parser must never bring the program
// down, whatever the bytes: a panic is a syntax error that it failed to see.
func (r *reader) parse(data string) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			r.problems.add(r.at(nil), "the file is not valid YAML; check indentation, quotes and brackets")
			file, err = nil, errReported
		}
	}()
	tokens := lexer.Tokenize(data)
	if at, reason := r.refuse(tokens); reason != "" {
		r.problems.add(at, "%s", reason)
		return nil, errReported
	}
	file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, reason := r.at(nil), ""
		var e interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &e) {
			reason = " (" + strings.Join(strings.Fields(e.GetMessage()), " ") + ")"
			if tk := e.GetToken(); tk != nil {
				at = r.at(tk.Position)
			}
		}
		r.problems.add(at, "this is not valid YAML%s; check indentation, quotes and brackets", reason)
		return nil, errReported
	}
	return file, nil
}

// refuse finds what the format does without, and what would cost the parser too much.
func (r *reader) refuse(tokens token.Tokens) (place, string) {
	flow := 0
	// open holds the columns of the block mappings and lists around a token, and how many keys each has.
	type block struct{ column, keys int }
	var open []block
	for _, tk := range tokens {
		at := r.at(tk.Position)
		column := at.col
		switch tk.Type {
		case token.AnchorType, token.AliasType:
			return at, "anchors (&) and aliases (*) are not used here; write the text out, or put it in quotes if it begins with such a sign"
		case token.MergeKeyType:
			return at, "merge keys (<<) are not used here; write the lines out"
		case token.TagType:
			return at, "tags (!) are not used here; put the text in quotes if it begins with such a sign"
		case token.DirectiveType:
			return at, "directives (%) are not used here; put the text in quotes if it begins with such a sign"
		case token.MappingKeyType:
			return at, "keys after ? are not used here; write `name: value`, or put the text in quotes if it begins with such a sign"
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.MappingValueType:
			if tk.Prev != nil && tk.Prev.Position != nil && tk.Prev.Position.Line == tk.Position.Line {
				column = tk.Prev.Position.Column
			}
		}
		if flow > maxDepth {
			return at, fmt.Sprintf("brackets are nested more than %d deep; check that each is closed", maxDepth)
		}
		if flow > 0 || tk.Type != token.MappingValueType && tk.Type != token.SequenceEntryType {
			continue
		}
		for len(open) > 0 && open[len(open)-1].column > column {
			open = open[:len(open)-1]
		}
		if len(open) == 0 || open[len(open)-1].column < column {
			open = append(open, block{column: column})
		}
		if len(open) > maxDepth {
			return at, fmt.Sprintf("lines are nested more than %d deep; check the indentation", maxDepth)
		}
		if tk.Type != token.MappingValueType {
			continue
		}
		if open[len(open)-1].keys++; open[len(open)-1].keys > maxKeys {
			return at, fmt.Sprintf("a mapping has more than %d keys; check the indentation", maxKeys)
		}
	}
	return place{}, ""
}

// value converts a node of the parser.
func (r *reader) value(n ast.Node) *value {
	v := &value{at: r.at(nil)}
	if n == nil {
		return v
	}
	if tk := n.GetToken(); tk != nil {
		v.at = r.at(tk.Position)
	}
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		v.form, v.text = scalar, n.Value
		v.plain = n.Token.Type != token.SingleQuoteType && n.Token.Type != token.DoubleQuoteType
	case *ast.LiteralNode:
		v.form = scalar
		if n.Value != nil {
			v.text = strings.TrimRight(n.Value.Value, "\n")
		}
	case *ast.SequenceNode:
		v.form = list
		for _, item := range n.Values {
			child := r.value(item)
			if child.form == nothing {
				r.problems.add(r.below(child, v), "an item of the list has no value; write one or remove the item")
				continue
			}
			v.items = append(v.items, child)
		}
	case *ast.MappingNode:
		v.form = mapping
		if len(n.Values) > maxKeys { // in brackets: refuse counts only lines
			r.problems.add(v.at, "a mapping has more than %d keys; check that brackets are closed", maxKeys)
			return v
		}
		for _, p := range n.Values {
			r.pair(v, p)
		}
		if !n.IsFlowStyle && len(v.pairs) > 0 {
			v.at = v.pairs[0].at
		}
	case *ast.MappingValueNode:
		v.form = mapping
		r.pair(v, n)
		if len(v.pairs) > 0 {
			v.at = v.pairs[0].at
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode, *ast.BoolNode:
		v.form, v.text, v.plain = scalar, n.GetToken().Value, true
	default:
		r.problems.add(v.at, "this is YAML that is not used here; write text, a list or `name: value`")
	}
	return v
}

// below is the place of a child, or of its parent where the parser gives the child none.
func (r *reader) below(child, parent *value) place {
	if child.at.line < parent.at.line {
		return parent.at
	}
	return child.at
}

func (r *reader) pair(v *value, n *ast.MappingValueNode) {
	tk := n.Key.GetToken()
	p := pair{at: r.at(tk.Position), key: tk.Value, value: r.value(n.Value)}
	if p.value.form == nothing {
		p.value.at = p.at
	}
	for _, other := range v.pairs {
		if other.key == p.key {
			r.problems.add(p.at, "%s is already given on line %d; keep one of the two", text.Quote(p.key), other.at.line)
			return
		}
	}
	v.pairs = append(v.pairs, p)
}
