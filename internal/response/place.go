package response

import "github.com/vektah/gqlparser/v2/ast"

// step is a step of a path in the response: the name of a field, or an index where there is no name. A path is kept for
// every value that is written, and becomes an ast.Path, each step of which is allocated, only where something is wrong.
type step struct {
	name  string
	index int
}

// place is the current path.
func (w *writer) place() ast.Path {
	out := make(ast.Path, len(w.path))
	for i, s := range w.path {
		if s.name != "" {
			out[i] = ast.PathName(s.name)
		} else {
			out[i] = ast.PathIndex(s.index)
		}
	}
	return out
}
