package eurepoc

import (
	"regexp"
	"strings"
)

// label is what the coders' spelling of an initiator says, as far as it can be told without doubt. Many are lists such as
// "APT1/Comment Crew/Group 3/G0006 (PLA, Unit 61398)": names, the id of one group in MITRE ATT&CK, and in parentheses the
// organ with which the coders connect it. Where there is such an id, the list is one of names for that group. In other
// spellings a slash stands for another name, for a part, for an organ or for "together with", and parentheses for an
// abbreviation, a translation or a home: those stay a name and nothing else.
type label struct {
	attackID string
	// names are the single names of the list, affiliation is the text in parentheses; both only beside an attackID.
	names       []string
	affiliation string
	// partOf is the spelling of the group of which the coders say with "<" that this is a part.
	partOf string
}

var (
	attackGroup = regexp.MustCompile(`\bG\d{4}\b`)
	// idInName is how the id stands in the list: alone, or after a name.
	idInName = regexp.MustCompile(`,? ?\b(Group )?G\d{4}$`)
	ending   = regexp.MustCompile(`^(.*?) \((.*)\)$`)
)

const (
	partMark   = " < "
	memberMark = " --> "
)

func parseLabel(name string) label {
	var l label
	if strings.Contains(name, memberMark) {
		return l // a person and the group to which the coders assign him: the id is the group's
	}
	own, whole, isPart := strings.Cut(name, partMark)
	if isPart {
		l.partOf = whole
	}
	list, affiliation := own, ""
	if m := ending.FindStringSubmatch(own); m != nil {
		list, affiliation = m[1], m[2]
	}
	ids := attackGroup.FindAllString(list, -1)
	if len(ids) != 1 {
		return l
	}
	l.attackID, l.affiliation = ids[0], affiliation
	for _, n := range strings.Split(list, "/") {
		l.names = add(l.names, clean(idInName.ReplaceAllString(clean(n), "")))
	}
	return l
}
