package plan

import (
	"sort"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// Shape describes what of the variables a plan depends on: which are given and null, the structure of input objects and
// their lists, the values of booleans (@skip, @include), of sort directions and of what groups are made by. Requests with the same document,
// operation and Shape share a plan; all other values are bound.
func Shape(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any) string {
	if len(op.VariableDefinitions) == 0 {
		return ""
	}
	b := make([]byte, 0, 64)
	for _, v := range op.VariableDefinitions {
		value, given := vars[v.Variable]
		if !given {
			b = append(b, 'a')
			continue
		}
		b = appendShape(b, schema, v.Type, value)
	}
	return string(b)
}

func appendShape(b []byte, schema *ast.Schema, typ *ast.Type, value any) []byte {
	if value == nil {
		return append(b, 'n')
	}
	def := schema.Types[typ.Name()]
	if typ.Elem != nil {
		list, ok := listValue(value)
		if !ok {
			return appendShape(b, schema, typ.Elem, value)
		}
		if def.Kind != ast.InputObject {
			return append(b, 'l')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(len(list)), 10)
		for _, e := range list {
			b = appendShape(b, schema, typ.Elem, e)
		}
		return append(b, ']')
	}
	switch {
	case def.Kind == ast.InputObject:
		m, ok := value.(map[string]any)
		if !ok {
			return append(b, 's')
		}
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b = append(b, '{')
		for _, k := range keys {
			f := def.Fields.ForName(k)
			if f == nil {
				continue
			}
			b = append(append(b, k...), ':')
			b = appendShape(b, schema, f.Type, m[k])
		}
		return append(b, '}')
	case def.Name == "Boolean":
		if value == true {
			return append(b, 't')
		}
		return append(b, 'f')
	case def.Name == sortDirection || strings.HasSuffix(def.Name, catalog.GroupBySuffix):
		s, _ := value.(string)
		return append(append(b, '='), s...)
	}
	return append(b, 's')
}

// sortDirection is the API's enum whose value a plan depends on.
const sortDirection = "SortDirection"
