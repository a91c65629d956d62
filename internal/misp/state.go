package misp

import (
	"strings"
	"sync"

	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// otherNames are names of states that are not those of the Unicode CLDR.
var otherNames = map[string]string{
	"russian federation": "RU", "iran (islamic republic of)": "IR", "korea (democratic people's republic of)": "KP",
	"korea (republic of)": "KR", "people's republic of china": "CN", "palestine": "PS",
}

// codes holds the codes of ISO 3166-1 by name, in lower case.
var codes = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if n, ok := importer.State(string([]rune{a, b}), "", ""); ok {
				out[strings.ToLower(n.Props["name"].(string))] = string([]rune{a, b})
			}
		}
	}
	for name, code := range otherNames {
		out[name] = code
	}
	return out
})

// stateCode returns the code of the state that a text names or gives the code of; the text itself where it knows none.
func stateCode(name string) string {
	if code := codes()[strings.ToLower(name)]; code != "" {
		return code
	}
	return name
}

// territory maps a value of the galaxies of countries and of target information. The state keeps the name under which it
// was recorded first.
func (m *mapping) territory(r *record, source string) {
	name := r.name
	var found []string
	if m.cluster.sort == "country" {
		// Their values are in lower case; the description is the name as it is written.
		if r.description != "" {
			name = r.description
		}
		found = r.meta.texts(r, "ISO")
	} else {
		// Codes of two and of three letters stand side by side.
		for _, code := range r.meta.texts(r, "iso-code") {
			if len(code) == 2 {
				found = append(found, code)
			}
		}
	}
	if len(found) == 1 {
		if state, _, ok := m.out.state(found[0], name, r.place); ok {
			m.from(state, source, r.place)
			return
		}
	}
	m.session.Remark(importer.Changed, r.place, m.cluster.sort, r.uuid, "%s has no code that is in ISO 3166-1 today: it is a source and no state", text.Quote(r.name))
}
