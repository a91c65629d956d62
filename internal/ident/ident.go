// Package ident makes and reads the ids of nodes and links. A node's id is
// global and has the form of a STIX 2.1 identifier, kind--UUID. Ids that can be
// computed from what a thing is (a case that comes with the program, a record
// of a data set, a link) are, so that loading it twice, or into two stores,
// gives one thing.
package ident

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Namespace is the namespace of every UUID version 5 in this project. It is
// not the one that STIX 2.1 sets aside for its cyber-observable objects, whose
// ids are computed from their properties by other rules. Changing it would
// change the ids of everything that was ever loaded.
const Namespace = "3de350fb-3287-4bb0-a536-c15b9b862a2c"

var namespace = uuid.MustParse(Namespace)

// ForCasebook returns the id of a node of the bundled cases. The key is the
// name that the casebook gives the node among those of its kind. It panics if
// the kind is not one that Parse accepts.
func ForCasebook(kind, key string) string {
	return node(kind, name("casebook", kind, key))
}

// ForImport returns the id of the node that a record of a data set becomes:
// the same whenever, and into whichever store, the data set is imported. It
// panics if the kind is not one that Parse accepts.
func ForImport(kind, dataset, recordID string) string {
	return node(kind, name("import", kind, dataset, recordID))
}

// New returns an id that was never used before, for a node that a user
// records. Ids made later by the same process sort later (UUID version 7). It
// panics if the kind is not one that Parse accepts.
func New(kind string) string {
	return node(kind, uuid.Must(uuid.NewV7()))
}

// ForLink returns the id of a link, a UUID without a kind. It is computed from
// the type of the link and the ids of its two ends, in this direction, so that
// two nodes have at most one link of a type.
func ForLink(linkType, from, to string) string {
	return name("link", linkType, from, to).String()
}

// Parse returns the kind that a node's id names. It is strict, so that an id
// has one spelling: a kind in lower-case words of letters and digits joined by
// single hyphens, two hyphens, a UUID of any version in canonical lower-case
// form.
func Parse(id string) (kind string, err error) {
	kind, text, _ := strings.Cut(id, "--")
	if !isKind(kind) || !isUUID(text) {
		return "", fmt.Errorf("id %s is not valid; write kind--UUID in lower case, such as incident--%s", quote(id), exampleUUID)
	}
	return kind, nil
}

const exampleUUID = "3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"

// node puts an id together. A kind that could not be read back is a mistake in
// the program, and an id is kept for ever, so it does not get that far.
func node(kind string, u uuid.UUID) string {
	if !isKind(kind) {
		panic("ident: " + strconv.QuoteToASCII(kind) + " is not a kind; use lower-case words joined by hyphens")
	}
	return kind + "--" + u.String()
}

// name returns the UUID version 5 of a list of texts. Each is preceded by its
// length, so that no two lists run together into the same bytes.
func name(parts ...string) uuid.UUID {
	var b []byte
	for _, p := range parts {
		b = strconv.AppendInt(b, int64(len(p)), 10)
		b = append(b, ':')
		b = append(b, p...)
	}
	return uuid.NewSHA1(namespace, b)
}

// isKind accepts lower-case words that begin with a letter or, after the
// first, a digit, joined by single hyphens.
func isKind(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '-' && s[i-1] != '-':
		default:
			return false
		}
	}
	return true
}

func isUUID(s string) bool {
	u, err := uuid.Parse(s)
	return err == nil && u.String() == s
}

// quote quotes what a user wrote for an error, cut so that the error stays one
// line that can be read.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	return strconv.QuoteToASCII(s)
}
