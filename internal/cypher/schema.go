package cypher

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
)

// version is the version of what the store adds to the model: labels, properties and records of its own. A change of it
// needs a step in migrate.go.
const version = 1

// element is a constraint or an index.
type element struct {
	name string
	// what says what it is, for people.
	what string
	// create is the command that makes it.
	create string
}

// namePrefix begins the names of all constraints and indexes of the store.
const namePrefix = "attrigraph_"

// elements returns the constraints and indexes that the model needs, the same for the same model.
func elements(c *catalog.Catalog) []element {
	var list []element
	unique := func(label, property string) {
		list = append(list, element{
			name: namePrefix + label + "_" + property, what: fmt.Sprintf("unique %s of %s", property, label),
			create: fmt.Sprintf("REQUIRE n.%s IS UNIQUE", quote(property)),
		}.on("CONSTRAINT", "(n:"+quote(label)+")"))
	}
	unique(requestLabel, "key")
	unique(tombstoneLabel, catalog.IDField)
	list = append(list, element{
		name: namePrefix + historyLabel + "_id", what: "index of the history by id", create: "ON (n.id, n.revision)",
	}.on("INDEX", "(n:"+historyLabel+")"))
	for _, t := range c.Types {
		if t.Form == catalog.Union {
			continue
		}
		// Interfaces have their own so that ids and pages of them are found without a look at other nodes.
		unique(t.Name, catalog.IDField)
		for _, f := range t.StoredFields() {
			for _, p := range indexedProperties(f) {
				list = append(list, element{
					name: namePrefix + t.Name + "_" + p, what: fmt.Sprintf("index of %s by %s", t.Name, p), create: "ON (n." + quote(p) + ")",
				}.on("INDEX", "(n:"+quote(t.Name)+")"))
			}
		}
	}
	for _, l := range c.Links {
		list = append(list, element{
			name: namePrefix + l.Type + "_" + linkIDProperty, what: "unique id of links " + l.Type,
			create: "REQUIRE n." + linkIDProperty + " IS UNIQUE",
		}.on("CONSTRAINT", "()-[n:"+quote(l.Type)+"]-()"))
		list = append(list, orderElements(l)...)
	}
	return append(list, element{
		name: searchIndex, what: "full-text index of all nodes",
		create: "ON EACH [n." + searchTextProperty + "] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
	}.on("FULLTEXT INDEX", "(n:"+catalog.NodeInterface+")"))
}

func (e element) on(kind, pattern string) element {
	e.create = fmt.Sprintf("CREATE %s %s IF NOT EXISTS FOR %s %s", kind, quote(e.name), pattern, e.create)
	return e
}

// names returns every label, relationship type and property that statements can use, so that the server knows them
// before the first value is written: it would warn of others, and plan statements again once they appear.
func names(c *catalog.Catalog) (labels, types, properties []string) {
	for _, t := range c.Types {
		if t.Form != catalog.Union {
			labels = append(labels, t.Name)
		}
		properties = append(properties, propertyNames(t.StoredFields())...)
	}
	for _, l := range c.Links {
		types = append(types, l.Type)
		properties = append(append(properties, propertyNames(l.StoredFields())...), orderPropertyNames(l)...)
	}
	labels = append(labels, storeLabel, historyLabel, tombstoneLabel, requestLabel)
	properties = append(properties, kindProperty, hashProperty, listedProperty, searchTextProperty, searchNameProperty, searchNameKey,
		"name", "version", "model", "revision", "writes", "key", "created", "updated", "unchanged", "deleted", "data", "kind", "replacedIn",
		catalog.RecordedAtField, catalog.RecordedByField, catalog.RecordedFromField)
	return labels, types, unique(properties)
}

func propertyNames(fields []*catalog.Field) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.Name)
		switch formOf(f) {
		case formKey:
			list = append(list, keyProperty(f))
		case formSides:
			list = append(list, upProperty(f), downProperty(f))
		}
	}
	return list
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// modelDigest tells models apart as far as what is stored depends on them.
func modelDigest(c *catalog.Catalog) string {
	var b strings.Builder
	field := func(f *catalog.Field) {
		fmt.Fprintf(&b, "  %s %d %d %t %t %t %t %t\n", f.Name, f.Scalar, f.Part, f.List, f.NonNull, f.Searched, f.Indexed, f.Ordered)
	}
	for _, k := range c.Kinds() {
		fmt.Fprintf(&b, "%s %v\n", k.Name, labelList(k))
		if k.Title != nil {
			fmt.Fprintf(&b, "  title %s\n", k.Title.Name)
		}
		if k.Unlisted != nil {
			fmt.Fprintf(&b, "  unlisted %v %q\n", k.Unlisted.Field, k.Unlisted.Values)
		}
		for _, f := range k.StoredFields() {
			field(f)
		}
	}
	for _, l := range c.Links {
		fmt.Fprintf(&b, "%s\n", l.Type)
		for _, f := range l.StoredFields() {
			field(f)
		}
	}
	for _, e := range elements(c) {
		fmt.Fprintln(&b, e.create)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
