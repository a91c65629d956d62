package catalog

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// place is where a directive of the model may stand.
type place uint8

// The places of directives.
const (
	onKind place = 1 << iota
	onInterface
	onProperties
	onScalar   // a stored or computed field of a kind or interface
	onLink     // a link field of a kind or interface
	onProperty // a field of link properties
	onMatrix
	onMatrixField
)

// value is the form of a directive's argument.
type value struct {
	name     string
	kind     ast.ValueKind
	required bool
	// pattern is what the text must match; nil for any text.
	pattern *regexp.Regexp
	// form describes pattern for people.
	form string
}

var (
	pluralName       = regexp.MustCompile(`^([a-z][A-Za-z0-9]*)?$`)
	relationshipName = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)
	fieldName        = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	endName          = regexp.MustCompile(`^(FIRST|LAST)$`)
	directionName    = regexp.MustCompile(`^(IN|OUT)$`)
)

// vocabulary holds the directives of the model. gqlparser checks directives only together with a whole schema, which
// the model is not: without this a misspelt directive would be overlooked.
var vocabulary = map[string]struct {
	places place
	values []value
}{
	"node": {onKind | onInterface, []value{
		{name: "plural", kind: ast.StringValue, required: true, pattern: pluralName, form: "in camel case, or empty"},
		{name: "title", kind: ast.StringValue},
		{name: "date", kind: ast.StringValue},
	}},
	"matrix": {onMatrix, []value{
		{name: "field", kind: ast.StringValue, required: true, pattern: fieldName, form: "in camel case"},
		{name: "of", kind: ast.StringValue, required: true},
		{name: "by", kind: ast.StringValue, required: true},
		{name: "where", kind: ast.StringValue},
	}},
	"key": {onMatrixField, []value{{name: "from", kind: ast.ListValue, required: true}}},
	"measure": {onMatrixField, []value{
		{name: "where", kind: ast.StringValue},
		{name: "option", kind: ast.StringValue},
		{name: "optionWhere", kind: ast.StringValue},
		{name: "implied", kind: ast.BooleanValue},
		{name: "date", kind: ast.StringValue, pattern: endName, form: "FIRST or LAST"},
	}},
	"option": {onMatrixField, []value{
		{name: "leavesOut", kind: ast.StringValue}, {name: "same", kind: ast.BooleanValue}, {name: "implied", kind: ast.BooleanValue},
	}},
	"unlisted": {onKind, []value{{name: "field", kind: ast.StringValue}, {name: "values", kind: ast.ListValue}}},
	"guarded":  {onKind, []value{{name: "by", kind: ast.StringValue, required: true}}},
	"requires": {onKind | onInterface, []value{{name: "links", kind: ast.ListValue, required: true}}},
	"relationship": {onLink, []value{
		{name: "type", kind: ast.StringValue, required: true, pattern: relationshipName, form: "in upper snake case"},
		{name: "direction", kind: ast.EnumValue, required: true, pattern: directionName, form: "IN or OUT"},
		{name: "properties", kind: ast.StringValue},
		{name: "orderedBy", kind: ast.ListValue},
	}},
	"via": {onLink, []value{
		{name: "paths", kind: ast.ListValue, required: true},
		{name: "unless", kind: ast.ListValue},
		{name: "orderBy", kind: ast.StringValue},
	}},
	"entry": {onLink, []value{
		{name: "field", kind: ast.StringValue, required: true},
		{name: "argument", kind: ast.StringValue, required: true},
	}},
	"relationshipProperties": {onProperties, nil},
	"reference":              {onProperty, nil},
	"searched":               {onScalar, nil},
	"ordered":                {onScalar | onProperty, nil},
	"indexed":                {onScalar | onProperty, nil},
	"identity":               {onScalar, []value{{name: "dataset", kind: ast.StringValue, required: true}}},
	"computed": {onScalar, []value{
		{name: "by", kind: ast.StringValue, required: true},
		{name: "from", kind: ast.StringValue, required: true},
	}},
}

// check finds what the parser lets pass: definitions and fields of the same name, extensions, and directives that are
// misspelt, misplaced or incomplete. Names that differ only in case count as the same, as they do in SQLite.
func check(doc *ast.SchemaDocument) error {
	if len(doc.Extensions) > 0 {
		return at(doc.Extensions[0].Position, "%s is extended: write its fields where it is declared", doc.Extensions[0].Name)
	}
	if len(doc.Schema)+len(doc.SchemaExtension) > 0 {
		return at(append(doc.Schema, doc.SchemaExtension...)[0].Position, "the model declares a schema: the API has its own, so leave it out")
	}
	names := map[string]string{}
	for _, def := range doc.Definitions {
		if other, taken := names[strings.ToLower(def.Name)]; taken {
			return at(def.Position, "%s is declared twice%s: rename one", def.Name, also(def.Name, other))
		}
		names[strings.ToLower(def.Name)] = def.Name
		if err := checkDefinition(def); err != nil {
			return err
		}
	}
	return nil
}

// also names the other spelling of a name that is taken.
func also(name, other string) string {
	if name == other {
		return ""
	}
	return fmt.Sprintf(", also as %s", other)
}

func checkDefinition(def *ast.Definition) error {
	where := place(0)
	field, link := onScalar, onLink
	switch {
	case def.Kind == ast.Interface:
		where = onInterface
	case def.Kind == ast.Object && def.Directives.ForName("relationshipProperties") != nil:
		where, field, link = onProperties, onProperty, onProperty
	case def.Kind == ast.Object && def.Directives.ForName("matrix") != nil:
		where, field, link = onMatrix, onMatrixField, onMatrixField
	case def.Kind == ast.Object:
		where = onKind
	case def.Kind == ast.Enum:
		return checkValues(def)
	}
	if err := checkDirectives(def.Name, where, def.Directives, def.Position); err != nil {
		return err
	}
	for _, f := range def.Fields {
		at1 := field
		if f.Directives.ForName("relationship") != nil || f.Directives.ForName("via") != nil {
			at1 = link
		}
		name := def.Name + "." + f.Name
		if err := checkDirectives(name, at1, f.Directives, f.Position); err != nil {
			return err
		}
		computed := f.Directives.ForName("computed") != nil
		if len(f.Arguments) > 0 && !computed {
			return at(f.Position, "%s has arguments: only fields with @computed can", name)
		}
		if computed && len(f.Directives) > 1 {
			return at(f.Position, "%s is computed and therefore not stored: it can have no other directive", name)
		}
		if f.Directives.ForName("relationship") != nil && f.Directives.ForName("via") != nil {
			return at(f.Position, "%s has both @relationship and @via: it is either stored or follows from others", name)
		}
	}
	return nil
}

func checkValues(def *ast.Definition) error {
	var seen []string
	for _, v := range def.EnumValues {
		if slices.Contains(seen, v.Name) {
			return at(v.Position, "enum %s has the value %s twice", def.Name, v.Name)
		}
		seen = append(seen, v.Name)
	}
	if len(seen) == 0 {
		return at(def.Position, "enum %s has no values", def.Name)
	}
	return checkDirectives(def.Name, 0, def.Directives, def.Position)
}

func checkDirectives(name string, where place, directives ast.DirectiveList, pos *ast.Position) error {
	for i, d := range directives {
		rule, known := vocabulary[d.Name]
		if !known || rule.places&where == 0 {
			return at(pos, "%s has @%s, which has no meaning there", name, d.Name)
		}
		if directives[:i].ForName(d.Name) != nil {
			return at(pos, "%s has @%s twice", name, d.Name)
		}
		for _, a := range d.Arguments {
			if !slices.ContainsFunc(rule.values, func(v value) bool { return v.name == a.Name }) {
				return at(pos, "@%s of %s has the argument %s, which it does not know", d.Name, name, a.Name)
			}
		}
		for _, v := range rule.values {
			if err := v.check(d, name, pos); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v value) check(d *ast.Directive, name string, pos *ast.Position) error {
	a := d.Arguments.ForName(v.name)
	switch {
	case a == nil && v.required:
		return at(pos, "@%s of %s lacks the argument %s", d.Name, name, v.name)
	case a == nil:
		return nil
	case v.kind == ast.StringValue && a.Value.Kind == ast.BlockValue:
	case v.kind != a.Value.Kind:
		return at(pos, "@%s of %s has the argument %s: %s, which must be %s", d.Name, name, v.name, a.Value, cmp.Or(forms[v.kind], v.form))
	}
	if v.pattern != nil && !v.pattern.MatchString(a.Value.Raw) {
		return at(pos, "@%s of %s has the argument %s: %s, which must be %s", d.Name, name, v.name, a.Value, v.form)
	}
	for _, child := range a.Value.Children {
		if child.Value.Kind != ast.StringValue && child.Value.Kind != ast.BlockValue {
			return at(pos, "@%s of %s has the argument %s: %s, which must be a list of names", d.Name, name, v.name, a.Value)
		}
	}
	return nil
}

// forms describes the forms of arguments for people.
var forms = map[ast.ValueKind]string{
	ast.StringValue: "text", ast.ListValue: "a list of names", ast.BooleanValue: "true or false",
}
