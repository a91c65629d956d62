package apigen

// Groups of comparisons that filters are made of.
var (
	equality   = []string{"eq", "in"}
	comparison = []string{"gt", "gte", "lt", "lte"}
	matching   = []string{"contains", "startsWith", "endsWith"}
	absence    = []string{"isNull"}
	membership = []string{"has", "hasAny", "hasAll", "isEmpty"}
)

// comparisonDescriptions says what the keys of filters ask.
var comparisonDescriptions = map[string]string{
	"eq":         "The value is this one.",
	"in":         "The value is one of these.",
	"gt":         "The value is greater or later.",
	"gte":        "The value is this one, greater or later.",
	"lt":         "The value is less or earlier.",
	"lte":        "The value is this one, less or earlier.",
	"contains":   "The text has this in it, letter for letter; `search` finds words in any case.",
	"startsWith": "The text begins with this, letter for letter.",
	"endsWith":   "The text ends with this, letter for letter.",
	"isNull":     "True asks that there is no value, false that there is one.",
	"has":        "The list holds this value.",
	"hasAny":     "The list holds at least one of these.",
	"hasAll":     "The list holds all of these.",
	"isEmpty":    "True asks that the list is empty, false that it is not.",
}

// filters returns the inputs that compare values, as far as conditions use them.
func (g *generator) filters() []*definition {
	var out []*definition
	add := func(name, value, description string, groups ...[]string) {
		if g.used[name] {
			out = append(out, g.filter(name, value, description, groups...))
		}
	}
	add("IDFilter", "ID", "Compares ids.", equality)
	add("StringFilter", "String", "Compares text.", equality, matching, absence)
	add("OrderedStringFilter", "String", "Compares text that has an order.", equality, matching, comparison, absence)
	add("IntFilter", "Int", "Compares whole numbers.", equality, comparison, absence)
	add("CountFilter", "Int", "Compares numbers of nodes.", equality[:1], comparison)
	add("BooleanFilter", "Boolean", "Compares truth values.", equality[:1], absence)
	add("DateFilter", "Date", "Compares dates: `eq` and `in` as they are written, `gt` and `gte` by the first day that they can be, `lt` and `lte` by the last.", equality, comparison, absence)
	add("DateTimeFilter", "DateTime", "Compares instants.", equality[:1], comparison, absence)
	add("StringListFilter", "String", "Looks into a list of texts.", membership)
	add(nodeKindEnum+"Filter", nodeKindEnum, "Compares the kinds of nodes.", equality)
	for _, e := range g.catalog.Enums {
		add(e.Name+"Filter", e.Name, "Compares values of "+e.Name+".", equality, absence)
		add(e.Name+"ListFilter", e.Name, "Looks into a list of "+e.Name+".", membership)
	}
	return out
}

func (g *generator) filter(name, value, description string, groups ...[]string) *definition {
	d := &definition{
		keyword: "input", name: g.name(name, "the comparison of "+value),
		description: description + " All that are given must hold.",
	}
	for _, group := range groups {
		for _, key := range group {
			typ := value
			switch key {
			case "in", "hasAny", "hasAll":
				typ = listOf(value)
			case "isNull", "isEmpty":
				typ = "Boolean"
			}
			d.fields = append(d.fields, field{name: key, typ: typ, description: comparisonDescriptions[key]})
		}
	}
	return d
}
