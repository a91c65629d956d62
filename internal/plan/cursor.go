package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"attrigraph/internal/catalog"
	"attrigraph/internal/text"
)

// A cursor is the base64url of a version, a signature of order and filter, and the row's order keys as a JSON array
// whose last element is the id. It says where a page starts by value, so that pages neither skip nor repeat nodes when
// the graph changes in between.
const (
	cursorVersion = 1
	signatureSize = 8
)

// cursorHead is the number of bytes before the keys.
const cursorHead = 1 + signatureSize

// CursorHead appends the bytes that a cursor with the signature begins with; the JSON array of the keys follows, and
// the whole is encoded by EncodeCursor.
func CursorHead(dst []byte, signature string) []byte {
	return append(append(dst, cursorVersion), signature...)
}

// EncodeCursor appends the cursor whose bytes are given, as JSON.
func EncodeCursor(dst, raw []byte) []byte {
	dst = append(dst, '"')
	dst = base64.RawURLEncoding.AppendEncode(dst, raw)
	return append(dst, '"')
}

var (
	errCursor = errors.New("is no cursor of this server; use the endCursor or startCursor of a page, or begin without")
	errOther  = errors.New("is a cursor of another order, filter or field; begin again without it")
)

// cursorInput is a cursor argument as parameters: one for each key.
type cursorInput struct{ params []ParamIndex }

// cursorInput plans a cursor argument; nil where there is none.
func (b *builder) cursorInput(in input, at *path, order []OrderKey, signature func() ParamIndex) *cursorInput {
	if in.absent() {
		return nil
	}
	sign := b.plan.Params[signature()].bind
	c := &cursorInput{}
	for i, key := range order {
		c.params = append(c.params, b.param(fmt.Sprintf("%s key %d", in.label, i+1), func(vars map[string]any) (any, error) {
			want, err := sign(vars)
			if err != nil {
				return nil, err
			}
			keys, err := decodeCursor(in.value(vars), want.(string))
			var value any
			if err == nil && len(keys) != len(order) {
				err = errOther
			}
			if err == nil {
				value, err = cursorKey(keys[i], key)
			}
			if err != nil {
				return nil, at.fail(BadUserInput, "%s %s", in.label, err)
			}
			return value, nil
		}))
	}
	return c
}

func decodeCursor(raw any, signature string) ([]any, error) {
	s, _ := raw.(string)
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < cursorHead || b[0] != cursorVersion {
		return nil, errCursor
	}
	if string(b[1:cursorHead]) != signature {
		return nil, errOther
	}
	d := json.NewDecoder(bytes.NewReader(b[cursorHead:]))
	d.UseNumber()
	var keys []any
	if err := d.Decode(&keys); err != nil {
		return nil, errCursor
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errCursor
	}
	return keys, nil
}

// cursorKey checks the type of a key: a forged cursor must not reach a store as something else.
func cursorKey(v any, key OrderKey) (any, error) {
	if v == nil {
		if !key.Nullable() {
			return nil, errCursor
		}
		return nil, nil
	}
	number := key.Of == OfRank || key.Field != nil && key.Field.Scalar == catalog.Int
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && number {
			return n, nil
		}
	case bool:
		if key.Field != nil && key.Field.Scalar == catalog.Bool {
			return v, nil
		}
	case string:
		boolean := key.Field != nil && key.Field.Scalar == catalog.Bool
		if !number && !boolean && text.Check(v) == nil {
			return v, nil
		}
	}
	return nil, errCursor
}

// signature returns how to get the parameter with the signature of order and filter, which cursors carry; it is added
// when a cursor is first asked for.
func (b *builder) signature(field string, t *catalog.Type, order []OrderKey, filters []input) func() ParamIndex {
	param := NoParam
	return func() ParamIndex {
		if param == NoParam {
			param = b.signatureParam(field, t, order, filters)
		}
		return param
	}
}

func (b *builder) signatureParam(field string, t *catalog.Type, order []OrderKey, filters []input) ParamIndex {
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s", field, t.Name)
	for _, k := range order {
		name := ""
		if k.Field != nil {
			name = k.Field.Name
		}
		fmt.Fprintf(&head, " %d:%s:%t", k.Of, name, k.Desc)
	}
	return b.param("signature of order and filter of "+field, func(vars map[string]any) (any, error) {
		h := sha256.New()
		h.Write(head.Bytes())
		for _, in := range filters {
			if in.absent() {
				continue
			}
			// encoding/json writes the keys of objects in order: equal filters have equal texts.
			raw, err := json.Marshal(in.value(vars))
			if err != nil {
				return nil, err
			}
			h.Write([]byte{0})
			h.Write(raw)
		}
		return string(h.Sum(nil)[:signatureSize]), nil
	})
}

// cursor says how the page's cursors are made, and makes the row hold the keys.
func (p *pagePlan) cursor() *Cursor {
	c := &Cursor{Signature: p.sign()}
	for _, k := range p.order {
		c.Keys = append(c.Keys, CursorKey{Column: p.row.value(k.Operand), Operand: k.Operand})
	}
	return c
}
