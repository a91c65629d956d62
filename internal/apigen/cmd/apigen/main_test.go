package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	api := filepath.Join(t.TempDir(), "api.graphqls")
	if err := write("../../../store/storetest/model.graphqls", api); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(api)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../testdata/toy.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("the file is not the API of the model")
	}
}

// TestWriteNothing makes sure that a model with a mistake leaves the API as it is.
func TestWriteNothing(t *testing.T) {
	dir := t.TempDir()
	model, api := filepath.Join(dir, "model.graphqls"), filepath.Join(dir, "api.graphqls")
	for path, text := range map[string]string{model: "enum A { B }", api: "as it was"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(model, api); err == nil || !strings.Contains(err.Error(), "no interface Node") {
		t.Errorf("error %v", err)
	}
	if got, err := os.ReadFile(api); err != nil || string(got) != "as it was" {
		t.Errorf("the API became %q (%v)", got, err)
	}
}
