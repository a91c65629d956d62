package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
	"attrigraph/schema"
)

// maxAPI is how many bytes the SDL of the API may have: clients load all of it.
const maxAPI = 300_000

func model(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPIIsCurrent(t *testing.T) {
	want, err := apigen.SDL(model(t))
	if err != nil {
		t.Fatal(err)
	}
	if schema.API != want {
		t.Errorf("api.graphqls is not what model.graphqls gives: run `go generate ./schema` (-api +model):\n%s", cmp.Diff(schema.API, want))
	}
	if len(schema.API) >= maxAPI {
		t.Errorf("api.graphqls has %d bytes, must have less than %d", len(schema.API), maxAPI)
	}
}

func TestParsed(t *testing.T) {
	parsed, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range model(t).Kinds() {
		if parsed.Types[k.Name] == nil {
			t.Errorf("the API lacks the type %s", k.Name)
		}
		if k.Plural == "" || parsed.Query.Fields.ForName(k.Plural) == nil {
			t.Errorf("the API has no root connection for %s", k.Name)
		}
	}
}

// TestDescribed makes sure that the documentation, which is made of descriptions, leaves nothing out.
func TestDescribed(t *testing.T) {
	c := model(t)
	described := func(name, text string) {
		if text == "" {
			t.Errorf("%s has no description: write one in model.graphqls", name)
		}
	}
	for _, e := range c.Enums {
		described(e.Name, e.Description)
		for _, v := range e.Values {
			described(e.Name+"."+v.Name, v.Description)
		}
	}
	fields := func(owner string, fields []*catalog.Field) {
		for _, f := range fields {
			if f.Hidden {
				continue
			}
			described(owner+"."+f.Name, f.Description)
			if f.Computed == nil {
				continue
			}
			for _, a := range f.Computed.Args {
				described(owner+"."+f.Name+"("+a.Name+":)", a.Description)
			}
		}
	}
	for _, typ := range c.Types {
		described(typ.Name, typ.Description)
		fields(typ.Name, typ.Fields)
	}
	for _, p := range c.Properties {
		described(p.Name, p.Description)
		fields(p.Name, p.Fields)
	}
}
