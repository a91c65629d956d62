package questions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Canonical returns the facts of an answer in a form that is the same, to the byte, for every server that gives the same
// facts. An answer with errors, and one that holds nothing where something was asked for or the other way round, is an
// error: equal answers without facts would prove nothing.
func (q Question) Canonical(s Server, answer []byte) ([]byte, error) {
	facts, err := decode(answer)
	if err != nil {
		return nil, fmt.Errorf("%s: %s does not answer with JSON: %w: %s", q.Name, s, err, cut(answer))
	}
	if s != Handwritten {
		if facts, err = data(facts); err != nil {
			return nil, fmt.Errorf("%s: %s: %w: %s", q.Name, s, err, cut(answer))
		}
	}
	if list, ok := facts.([]any); ok && q.one && s == Neo4jGraphQL {
		// It has no field for one node.
		facts = first(list)
	}
	facts, err = plain(facts)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w: %s", q.Name, s, err, cut(answer))
	}
	list, isList := facts.([]any)
	node, isNode := facts.(map[string]any)
	switch {
	case q.one != isNode || q.one == isList:
		return nil, fmt.Errorf("%s: %s answers with something else than asked for: %s", q.Name, s, cut(answer))
	case (len(list)+len(node) == 0) != q.nothing:
		return nil, fmt.Errorf("%s: %s answers with %d nodes or fields: %s", q.Name, s, len(list)+len(node), cut(answer))
	}
	return json.Marshal(facts) // sorts the names of fields
}

// decode reads one JSON value; numbers keep their digits.
func decode(answer []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more than one value")
	}
	return v, nil
}

// data returns the value of the one root field of a GraphQL response.
func data(v any) (any, error) {
	response, _ := v.(map[string]any)
	if response["errors"] != nil {
		return nil, errors.New("the response has errors")
	}
	fields, _ := response["data"].(map[string]any)
	if len(fields) != 1 {
		return nil, errors.New("the response has no data of one root field")
	}
	for _, v := range fields {
		return v, nil
	}
	return nil, nil // not reached
}

// plain takes away what only says how a server arranges facts: connections become lists; those accused, which
// @neo4j/graphql has in one list for each kind, come together in order of id; and its list of a citation's framework
// becomes the framework.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		return plainObject(v)
	}
	return v, nil
}

func plainObject(object map[string]any) (any, error) {
	for name := range object {
		var err error
		if object[name], err = plain(object[name]); err != nil {
			return nil, err
		}
	}
	if nodes, ok := object["nodes"].([]any); ok && len(object) == 1 {
		return nodes, nil
	}
	if frameworks, ok := object["frameworks"].([]any); ok {
		if len(frameworks) > 1 {
			return nil, errors.New("a citation has several frameworks")
		}
		delete(object, "frameworks")
		object["framework"] = first(frameworks)
	}
	groups, hasGroups := object["accusedGroups"].([]any)
	states, hasStates := object["accusedStates"].([]any)
	if hasGroups && hasStates {
		delete(object, "accusedGroups")
		delete(object, "accusedStates")
		accused := slices.Concat(groups, states)
		slices.SortFunc(accused, func(a, b any) int { return strings.Compare(id(a), id(b)) })
		object["accused"] = accused
	}
	return object, nil
}

func id(v any) string {
	node, _ := v.(map[string]any)
	id, _ := node["id"].(string)
	return id
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// cut keeps an answer short enough for an error message.
func cut(answer []byte) string {
	const most = 300
	if len(answer) > most {
		return string(answer[:most]) + " …"
	}
	return string(answer)
}
