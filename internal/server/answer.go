package server

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// writeJSON answers with a JSON object that no cache keeps.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("server: an answer has no JSON text: %v", err)) // maps of texts always have one
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // an error means that the client has gone
}

// writeError answers with an error in the form that GraphQL clients read.
func writeError(w http.ResponseWriter, status int, code, message string) {
	type extensions struct {
		Code string `json:"code"`
	}
	type graphqlError struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	writeJSON(w, status, map[string][]graphqlError{"errors": {{message, extensions{code}}}})
}
