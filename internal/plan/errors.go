package plan

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Codes of errors as clients find them in `extensions.code`.
const (
	BadUserInput  = "BAD_USER_INPUT"
	LimitExceeded = "LIMIT_EXCEEDED"
)

// path is the response path of the field being planned, from the innermost field outwards.
type path struct {
	key  string
	over *path
}

func (p *path) ast() ast.Path {
	var out ast.Path
	for ; p != nil; p = p.over {
		if p.key != "" {
			out = append(ast.Path{ast.PathName(p.key)}, out...)
		}
	}
	return out
}

func (p *path) in(key string) *path { return &path{key: key, over: p} }

// fail is an error about the request at the field.
func (p *path) fail(code, format string, args ...any) *gqlerror.Error {
	err := gqlerror.ErrorPathf(p.ast(), format, args...)
	err.Extensions = map[string]any{"code": code}
	return err
}
