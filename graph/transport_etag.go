package graph

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// everybody is the role of all clients, as long as the server knows no others. It is part of validators, so that none of
// one role is ever valid for another.
const everybody = "everybody"

// entityTag is the validator of an answer: a hash of its body, media type and role. It is weak, since the same answer
// may be compressed on its way, or not.
func entityTag(m media, answer *graphql.Response) string {
	prefix, suffix, err := envelope(answer)
	if err != nil {
		panic("an answer has no JSON text: " + err.Error()) // as in writeResponse
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(m.contentType()), {0}, []byte(everybody), {0}, prefix, answer.Data, suffix} {
		h.Write(part)
	}
	return `W/"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// matchesTag tells whether If-None-Match names the answer (RFC 9110, section 13.1.2): a list of validators, compared
// without regard to whether they are weak, or an asterisk for whatever there is.
func matchesTag(header []string, tag string) bool {
	opaque := strings.TrimPrefix(tag, "W/")
	for part := range strings.SplitSeq(strings.Join(header, ","), ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == opaque {
			return true
		}
	}
	return false
}
