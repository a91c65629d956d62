package cypher

import (
	"strings"

	"attrigraph/internal/catalog"
)

// Properties that the store keeps beside the fields of the model. Names of the model do not begin with "_".
const (
	kindProperty       = "_kind"
	hashProperty       = "_hash"
	listedProperty     = "_listed"
	searchTextProperty = "_searchText"
	searchNameProperty = "_searchName"
	// searchNameKey is present only where it differs from searchNameProperty, which is rare.
	searchNameKey = "_searchNameKey"
	// linkIDProperty and the revision are on links too, where the model does not declare them.
	linkIDProperty = "id"
)

// Labels of the store's own records. They carry no label of the model, so that no read ever meets them.
const (
	storeLabel     = "_Store"
	historyLabel   = "_History"
	tombstoneLabel = "_Tombstone"
	requestLabel   = "_Request"
)

// quote writes a name for Cypher, in backquotes only where it needs them.
func quote(name string) string {
	for i, c := range name {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return "`" + strings.ReplaceAll(name, "`", "``") + "`"
		}
	}
	if name == "" {
		return "``"
	}
	return name
}

// labels is the shortest label expression that the nodes of the type, and no others, meet.
func labels(c *catalog.Catalog, t *catalog.Type) string {
	if t.Form != catalog.Union {
		return quote(t.Name)
	}
	for _, i := range c.Types {
		if i.Form == catalog.Interface && covers(i.Members, t.Members) && covers(t.Members, i.Members) {
			return quote(i.Name)
		}
	}
	names := make([]string, len(t.Members))
	for i, m := range t.Members {
		names[i] = quote(m.Name)
	}
	return strings.Join(names, "|")
}

// covers tells whether all of some are among kinds.
func covers(kinds, some []*catalog.Type) bool {
	for _, t := range some {
		found := false
		for _, k := range kinds {
			found = found || k == t
		}
		if !found {
			return false
		}
	}
	return true
}
