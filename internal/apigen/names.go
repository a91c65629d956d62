package apigen

import "attrigraph/internal/catalog"

// Names of the types that do not depend on the model.
const (
	nodeKindEnum      = "NodeKind"
	sortDirectionEnum = "SortDirection"
	pageInfoType      = "PageInfo"
	highlightType     = "Highlight"
	queryType         = "Query"
)

// linkStem is what the names of all types that describe links to target begin with: "Work", or "WorkMaking" where the
// links carry properties.
func linkStem(target *catalog.Type, props *catalog.Properties) string {
	if props == nil {
		return target.Name
	}
	return target.Name + props.Name
}

// linkProperties returns the properties of the links of a field, or nil.
func linkProperties(f *catalog.Field) *catalog.Properties {
	if f.Link == nil {
		return nil
	}
	return f.Link.Properties
}

func connectionName(target *catalog.Type, props *catalog.Properties) string {
	return linkStem(target, props) + "Connection"
}

func edgeName(target *catalog.Type, props *catalog.Properties) string {
	return linkStem(target, props) + "Edge"
}

func linkFilterName(target *catalog.Type, props *catalog.Properties) string {
	return linkStem(target, props) + "LinkFilter"
}

func whereName(t *catalog.Type) string { return t.Name + "Where" }

func propertiesWhereName(p *catalog.Properties) string { return p.Name + "Where" }

func orderName(t *catalog.Type) string { return t.Name + "Order" }

// filterName returns the input type with which values of the field are compared.
func filterName(f *catalog.Field) string {
	switch f.Scalar {
	case catalog.ID:
		return "IDFilter"
	case catalog.Int:
		return "IntFilter"
	case catalog.Bool:
		return "BooleanFilter"
	case catalog.Date:
		return "DateFilter"
	case catalog.DateTime:
		return "DateTimeFilter"
	case catalog.EnumValue:
		if f.List {
			return f.Enum.Name + "ListFilter"
		}
		return f.Enum.Name + "Filter"
	default:
		switch {
		case f.List:
			return "StringListFilter"
		case f.Ordered:
			return "OrderedStringFilter"
		}
		return "StringFilter"
	}
}

// scalarName returns the GraphQL name of the type of a stored or computed value.
func scalarName(f *catalog.Field) string {
	switch f.Scalar {
	case catalog.ID:
		return "ID"
	case catalog.Int:
		return "Int"
	case catalog.Bool:
		return "Boolean"
	case catalog.Date:
		return "Date"
	case catalog.DateTime:
		return "DateTime"
	case catalog.EnumValue:
		return f.Enum.Name
	default:
		return "String"
	}
}

func listOf(name string) string { return "[" + name + "!]" }
