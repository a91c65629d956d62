package stix

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Object is a JSON object that keeps the order of its members and the bytes of their values, so that what came from
// somebody else can be given back as it was. Names of members are compared as the texts they stand for.
type Object struct{ members []member }

type member struct {
	name string
	// raw is the name as it was written, in quotation marks.
	raw   []byte
	value json.RawMessage
}

// Get returns the value of a member without insignificant space, nil if there is none. It must not be changed.
func (o *Object) Get(name string) json.RawMessage {
	if i := o.index(name); i >= 0 {
		return o.members[i].value
	}
	return nil
}

// Text returns the text of a member, empty if there is none or it is no text.
func (o *Object) Text(name string) string {
	s, _ := textOf(o.Get(name))
	return s
}

// Texts returns the texts of a member that is a list, without what is no text in it; nil if there is no list.
func (o *Object) Texts(name string) []string {
	var texts []string
	for _, raw := range listOf(o.Get(name)) {
		if s, ok := textOf(raw); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// True tells whether a member is the value true.
func (o *Object) True(name string) bool { return string(o.Get(name)) == "true" }

// Objects returns the objects in a member that is a list of them, without what is no object in it.
func (o *Object) Objects(name string) []*Object {
	var objects []*Object
	for _, raw := range listOf(o.Get(name)) {
		if inner := objectOf(raw); inner != nil {
			objects = append(objects, inner)
		}
	}
	return objects
}

// Object returns the object that a member is, nil if there is none.
func (o *Object) Object(name string) *Object { return objectOf(o.Get(name)) }

// Set gives a member a value, which must be JSON without insignificant space; a new member comes last.
func (o *Object) Set(name string, value json.RawMessage) {
	if i := o.index(name); i >= 0 {
		o.members[i].value = value
		return
	}
	o.members = append(o.members, newMember(name, value))
}

// InsertAfter adds a member that the object does not have behind another, or last if there is none of that name.
func (o *Object) InsertAfter(after, name string, value json.RawMessage) {
	at := len(o.members)
	if i := o.index(after); i >= 0 {
		at = i + 1
	}
	o.members = slices.Insert(o.members, at, newMember(name, value))
}

// Delete removes a member and tells whether there was one.
func (o *Object) Delete(name string) bool {
	i := o.index(name)
	if i < 0 {
		return false
	}
	o.members = slices.Delete(o.members, i, i+1)
	return true
}

// Clone returns a copy whose members can be changed without changing those of o.
func (o *Object) Clone() *Object { return &Object{slices.Clone(o.members)} }

// Bytes returns the object as JSON without insignificant space. What was parsed and not changed has the bytes that it
// had, but for such space.
func (o *Object) Bytes() []byte { return o.Append(nil) }

// Append appends what Bytes returns to b.
func (o *Object) Append(b []byte) []byte {
	size := 2
	for i := range o.members {
		size += len(o.members[i].raw) + len(o.members[i].value) + 2
	}
	b = append(slices.Grow(b, size), '{')
	for i := range o.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, o.members[i].raw...)
		b = append(b, ':')
		b = append(b, o.members[i].value...)
	}
	return append(b, '}')
}

func (o *Object) index(name string) int {
	return slices.IndexFunc(o.members, func(m member) bool { return m.name == name })
}

func newMember(name string, value json.RawMessage) member {
	return member{name, appendText(nil, name), value}
}

// textOf returns the text that a value is; ok is false for any other value.
func textOf(raw json.RawMessage) (s string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner), true
	}
	if json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// appendText appends a text as JSON. What cannot be in JSON text is replaced as encoding/json does.
func appendText(b []byte, s string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(strings.ToValidUTF8(s, "\uFFFD")); err != nil {
		panic(err) // a text always has a JSON form
	}
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
}
