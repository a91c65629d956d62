package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/graph"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/schema"
)

// standardIntrospection is what clients send to learn a schema, with all that newer ones ask for.
const standardIntrospection = `query IntrospectionQuery { __schema { description
  queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { ...FullType }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

type introspectedType struct {
	Kind, Name    string
	Description   *string
	IsOneOf       bool
	Fields        []introspectedField
	InputFields   []introspectedField
	EnumValues    []introspectedField
	Interfaces    []*typeRef
	PossibleTypes []*typeRef
}

type introspectedField struct {
	Name         string
	Description  *string
	Args         []introspectedField
	Type         *typeRef
	DefaultValue *string
}

type typeRef struct {
	Kind   string
	Name   *string
	OfType *typeRef
}

func (r *typeRef) String() string {
	switch {
	case r == nil:
		return ""
	case r.Kind == "NON_NULL":
		return r.OfType.String() + "!"
	case r.Kind == "LIST":
		return "[" + r.OfType.String() + "]"
	}
	return *r.Name
}

// TestIntrospectionRebuilt rebuilds the schema from what introspection says of it.
func TestIntrospectionRebuilt(t *testing.T) {
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	answer := newHandler(t, readStore{}, nil).Do(t.Context(), standardIntrospection, "", nil)
	if answer.Errors != nil {
		t.Fatal(answer.Errors)
	}
	var data struct {
		Schema struct {
			QueryType, MutationType *introspectedType
			Types                   []introspectedType
			Directives              []struct {
				Name string
				Args []introspectedField
			}
		} `json:"__schema"`
	}
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		t.Fatal(err)
	}
	if data.Schema.QueryType.Name != api.Query.Name || data.Schema.MutationType != nil {
		t.Errorf("the roots are %v and %v", data.Schema.QueryType, data.Schema.MutationType)
	}
	var got, want []string
	for _, typ := range data.Schema.Types {
		got = append(got, typ.lines()...)
	}
	for _, def := range api.Types {
		want = append(want, definitionLines(api, def)...)
	}
	for _, d := range data.Schema.Directives {
		got = append(got, fmt.Sprintf("@%s %v", d.Name, fieldLines(d.Args)))
	}
	for _, d := range api.Directives {
		want = append(want, fmt.Sprintf("@%s %v", d.Name, argumentLines(d.Arguments)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 1000 {
		t.Fatalf("the schema has only %d lines", len(want))
	}
	different := 0
	for _, line := range want {
		if _, found := slices.BinarySearch(got, line); !found && different < 5 {
			t.Errorf("introspection lacks %s", line)
			different++
		}
	}
	for _, line := range got {
		if _, found := slices.BinarySearch(want, line); !found && different < 10 {
			t.Errorf("introspection has %s", line)
			different++
		}
	}
	if len(got) != len(want) {
		t.Errorf("introspection has %d lines, the schema %d", len(got), len(want))
	}
}

func (typ introspectedType) lines() []string {
	lines := []string{fmt.Sprintf("%s %s %q %t", typ.Kind, typ.Name, text(typ.Description), typ.IsOneOf)}
	for _, f := range typ.Fields {
		lines = append(lines, fmt.Sprintf("%s.%s%v: %s %q", typ.Name, f.Name, fieldLines(f.Args), f.Type, text(f.Description)))
	}
	for _, f := range typ.InputFields {
		lines = append(lines, fmt.Sprintf("%s.%v", typ.Name, fieldLines([]introspectedField{f})))
	}
	for _, v := range typ.EnumValues {
		lines = append(lines, fmt.Sprintf("%s.%s %q", typ.Name, v.Name, text(v.Description)))
	}
	for _, i := range typ.Interfaces {
		lines = append(lines, typ.Name+" implements "+i.String())
	}
	for _, p := range typ.PossibleTypes {
		lines = append(lines, typ.Name+" can be "+p.String())
	}
	return lines
}

func fieldLines(fields []introspectedField) []string {
	var lines []string
	for _, f := range fields {
		lines = append(lines, fmt.Sprintf("%s: %s = %s %q", f.Name, f.Type, text(f.DefaultValue), text(f.Description)))
	}
	return lines
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func definitionLines(api *ast.Schema, def *ast.Definition) []string {
	kind := string(def.Kind)
	lines := []string{fmt.Sprintf("%s %s %q %t", kind, def.Name, def.Description, def.Directives.ForName("oneOf") != nil)}
	for _, f := range def.Fields {
		switch {
		case strings.HasPrefix(f.Name, "__"):
		case def.Kind == ast.InputObject:
			lines = append(lines, fmt.Sprintf("%s.[%s: %s = %s %q]", def.Name, f.Name, f.Type, literal(f.DefaultValue), f.Description))
		default:
			lines = append(lines, fmt.Sprintf("%s.%s%v: %s %q", def.Name, f.Name, argumentLines(f.Arguments), f.Type, f.Description))
		}
	}
	for _, v := range def.EnumValues {
		lines = append(lines, fmt.Sprintf("%s.%s %q", def.Name, v.Name, v.Description))
	}
	for _, i := range def.Interfaces {
		lines = append(lines, def.Name+" implements "+i)
	}
	if def.Kind == ast.Interface || def.Kind == ast.Union {
		for _, p := range api.GetPossibleTypes(def) {
			lines = append(lines, def.Name+" can be "+p.Name)
		}
	}
	return lines
}

func argumentLines(args ast.ArgumentDefinitionList) []string {
	var lines []string
	for _, a := range args {
		lines = append(lines, fmt.Sprintf("%s: %s = %s %q", a.Name, a.Type, literal(a.DefaultValue), a.Description))
	}
	return lines
}

func literal(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.String()
}

// TestIntrospectionSelections asks in every way that a selection can be written.
func TestIntrospectionSelections(t *testing.T) {
	h := newHandler(t, readStore{}, nil)
	for _, c := range []struct {
		query string
		vars  map[string]any
		want  string
	}{
		{
			`query ($n: String!, $no: Boolean!) { a: __type(name: $n) { __typename n: name name @skip(if: $no) ...F kind @include(if: $no) } b: __type(name: "Nothing") { name } } fragment F on __Type { kind ... { ofType { name } } }`,
			map[string]any{"n": "PageInfo", "no": false},
			`{"a":{"__typename":"__Type","n":"PageInfo","name":"PageInfo","kind":"OBJECT","ofType":null},"b":null}`,
		},
		{
			`{ __type(name: "PageInfo") { fields { name } } __type(name: "PageInfo") { fields { type { kind ofType { name } } } } }`, nil,
			`{"__type":{"fields":[{"name":"hasNextPage","type":{"kind":"NON_NULL","ofType":{"name":"Boolean"}}},{"name":"hasPreviousPage","type":{"kind":"NON_NULL","ofType":{"name":"Boolean"}}},{"name":"startCursor","type":{"kind":"SCALAR","ofType":null}},{"name":"endCursor","type":{"kind":"SCALAR","ofType":null}}]}}`,
		},
		{`{ __schema { __typename queryType { name } subscriptionType { name } } }`, nil, `{"__schema":{"__typename":"__Schema","queryType":{"name":"Query"},"subscriptionType":null}}`},
		{
			`{ __type(name: "SortDirection") { enumValues { name isDeprecated } fields { name } inputFields { name } interfaces { name } possibleTypes { name } } }`, nil,
			`{"__type":{"enumValues":[{"name":"ASC","isDeprecated":false},{"name":"DESC","isDeprecated":false}],"fields":null,"inputFields":null,"interfaces":null,"possibleTypes":null}}`,
		},
	} {
		answer := h.Do(t.Context(), c.query, "", c.vars)
		if string(answer.Data) != c.want || answer.Errors != nil {
			t.Errorf("%s\ngot  %s %v\nwant %s", c.query, answer.Data, answer.Errors, c.want)
		}
	}
}

// TestIntrospectionIsBounded asks for more of the schema than a response may hold: at once, and by many aliases.
func TestIntrospectionIsBounded(t *testing.T) {
	var log strings.Builder
	cfg := toyConfig(t, &log, func(context.Context, func(rows.Value) error) error { return nil })
	cfg.MaxResponse, cfg.Timeout = 20_000, time.Minute
	es, err := graph.NewExecutableSchema(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := graph.NewHandler(es)
	wide := "{" + strings.Repeat(" __typename", 10)
	for i := range 400 {
		wide += fmt.Sprintf(" a%d: __schema { types { name kind } }", i)
	}
	for _, query := range []string{standardIntrospection, wide + " }"} {
		answer := h.Do(t.Context(), query, "", nil)
		if len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != "LIMIT_EXCEEDED" || len(answer.Data) > 100 {
			t.Errorf("got %v and %d bytes", answer.Errors, len(answer.Data))
		}
	}
}

// TestIntrospectionBudget holds that descriptions of the schema are bounded together, whether they are long or only many.
func TestIntrospectionBudget(t *testing.T) {
	h := newHandler(t, readStore{}, nil)
	types := func(n int, below string) string {
		return "{" + times(n, func(i int) string { return fmt.Sprintf(" a%d: __schema { types { %s } }", i, below) }) + " }"
	}
	for query, code := range map[string]any{
		types(2, "name description fields { name description type { name } }"):      nil,
		types(100, "name description fields { name description type { name } }"):    plan.LimitExceeded,
		types(200, "fields { type { name @skip(if: true) } }"):                      plan.LimitExceeded,
		"{ __schema { types { fields {" + strings.Repeat(" name", 600) + " } } } }": nil,
	} {
		answer := h.Do(t.Context(), query, "", nil)
		var got any
		if len(answer.Errors) > 0 {
			got = answer.Errors[0].Extensions["code"]
		}
		if got != code {
			t.Errorf("%.80s: %v", query, answer.Errors)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	if answer := h.Do(ctx, standardIntrospection, "", nil); answer != nil {
		t.Errorf("there is an answer after the time was over: %d bytes", len(answer.Data))
	}
	h = handlerWith(t, readStore{}, func(c *graph.Config) { c.Timeout = time.Nanosecond })
	if answer := h.Do(t.Context(), standardIntrospection, "", nil); len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != graph.Timeout {
		t.Errorf("got %v", answer.Errors)
	}
}
