package rows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
)

// Document is a JSON text of nested arrays, scanned once into an index of its values. Only what positional rows hold is
// accepted: arrays, strings, whole numbers, true, false and null.
type Document struct {
	text  []byte
	nodes []node
	kids  []int32
	open  []frame
	stack []int32
}

// node is one value: kind is '[' array, '"' string without escapes, '\\' string with escapes, '0' number, 't', 'f', 'n'.
// start and end delimit the text inside the quotes; an array's elements are kids[first:first+count].
type node struct {
	start, end   uint32
	first, count int32
	kind         byte
}

type frame struct{ node, base int32 }

var documents = sync.Pool{New: func() any { return new(Document) }}

// Parse scans the text, which the Document keeps until Release.
func Parse(text []byte) (*Document, error) {
	d := documents.Get().(*Document)
	d.text, d.nodes, d.kids, d.open, d.stack = text, d.nodes[:0], d.kids[:0], d.open[:0], d.stack[:0]
	if err := d.scan(); err != nil {
		d.Release()
		return nil, err
	}
	return d, nil
}

// Root is the whole text as a Value.
func (d *Document) Root() Value { return Value{doc: d} }

// Release gives the index back for the next Parse; no Value of the Document may be used afterwards.
func (d *Document) Release() {
	d.text = nil
	documents.Put(d)
}

func (d *Document) scan() error {
	t := d.text
	for i := 0; i < len(t); {
		switch c := t[i]; c {
		case ' ', '\n', '\t', '\r', ',':
			i++
		case '[':
			d.open = append(d.open, frame{node: int32(len(d.nodes)), base: int32(len(d.stack))})
			d.nodes = append(d.nodes, node{kind: '[', start: uint32(i)})
			i++
		case ']':
			if len(d.open) == 0 {
				return d.broken(i)
			}
			f := d.open[len(d.open)-1]
			d.open = d.open[:len(d.open)-1]
			n := &d.nodes[f.node]
			n.first, n.count = int32(len(d.kids)), int32(len(d.stack))-f.base
			d.kids = append(d.kids, d.stack[f.base:]...)
			d.stack = d.stack[:f.base]
			i++
			n.end = uint32(i)
			d.stack = append(d.stack, f.node)
		case '"':
			start, kind := i+1, byte('"')
			// quote is the next quotation mark; it is looked for again only when an escape has passed it, so that a long
			// text full of escapes is read once and not once for each.
			i++
			quote := next(t, i)
			for quote >= 0 {
				k := bytes.IndexByte(t[i:quote], '\\')
				if k < 0 {
					break
				}
				kind = '\\'
				if i += k + 2; i > quote {
					quote = next(t, i)
				}
			}
			if quote < 0 {
				return d.broken(start)
			}
			i = quote
			d.leaf(node{kind: kind, start: uint32(start), end: uint32(i)})
			i++
		case 'n', 't', 'f':
			word := map[byte]string{'n': "null", 't': "true", 'f': "false"}[c]
			if !bytes.HasPrefix(t[i:], []byte(word)) {
				return d.broken(i)
			}
			d.leaf(node{kind: c, start: uint32(i), end: uint32(i + len(word))})
			i += len(word)
		default:
			start := i
			for i < len(t) && (t[i] == '-' || t[i] >= '0' && t[i] <= '9') {
				i++
			}
			if i == start {
				return d.broken(i)
			}
			d.leaf(node{kind: '0', start: uint32(start), end: uint32(i)})
		}
	}
	if len(d.open) != 0 || len(d.stack) != 1 {
		return d.broken(len(t))
	}
	return nil
}

// next is the position of the first quotation mark from a position on, or -1.
func next(t []byte, from int) int {
	if from > len(t) {
		return -1
	}
	if k := bytes.IndexByte(t[from:], '"'); k >= 0 {
		return from + k
	}
	return -1
}

func (d *Document) leaf(n node) {
	d.stack = append(d.stack, int32(len(d.nodes)))
	d.nodes = append(d.nodes, n)
}

func (d *Document) broken(at int) error {
	return fmt.Errorf("the store's rows are no JSON arrays at byte %d of %d", at, len(d.text))
}

// unescape decodes the inside of a JSON string.
func unescape(raw []byte) (string, error) {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err
}
