// Command apigen writes the SDL of the API that follows from a model: apigen MODEL API.
package main

import (
	"fmt"
	"os"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: apigen MODEL API")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

// write generates the file api from the file model.
func write(model, api string) error {
	text, err := os.ReadFile(model)
	if err != nil {
		return err
	}
	c, err := catalog.Compile(model, string(text))
	if err != nil {
		return err
	}
	sdl, err := apigen.SDL(c)
	if err != nil {
		return err
	}
	return os.WriteFile(api, []byte(sdl), 0o644)
}
