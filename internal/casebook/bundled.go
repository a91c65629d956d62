package casebook

import (
	"embed"
	"io/fs"
)

//go:embed cases/*.yaml
var bundled embed.FS

// Bundled returns the cases that come with the program, in order of name.
func Bundled() ([]File, error) {
	entries, err := fs.ReadDir(bundled, "cases")
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(entries))
	for _, e := range entries {
		data, err := fs.ReadFile(bundled, "cases/"+e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: "cases/" + e.Name(), Data: data})
	}
	return files, nil
}
