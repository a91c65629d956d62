package audit

import (
	"encoding/json"
	"testing"

	"attrigraph/graph"
	"attrigraph/internal/server"
	"attrigraph/internal/servertest"
)

// TestClients holds that the packages graphql-ws and graphql-sse, and the way in which Apollo's clients send hashes, get
// the answers and refusals that a plain POST gets.
func TestClients(t *testing.T) {
	s := servertest.New(t, servertest.Options{})
	out := node(t, "clients.mjs", s.Listen(t)+server.GraphQLPath)
	type response struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	var results []struct {
		Transport       string
		Answer, Refusal response
	}
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(results) != 24 {
		t.Fatalf("there are %d results: %s", len(results), out)
	}
	var posted struct {
		Incidents struct{ Nodes []struct{ ID, Name string } }
	}
	if err := json.Unmarshal(results[0].Answer.Data, &posted); err != nil || len(posted.Incidents.Nodes) != 2 {
		t.Fatalf("POST is answered with %s", results[0].Answer.Data)
	}
	for _, r := range results {
		if len(r.Answer.Errors) > 0 || string(r.Answer.Data) != string(results[0].Answer.Data) {
			t.Errorf("%s: answered with %v %s, POST with %s", r.Transport, r.Answer.Errors, r.Answer.Data, results[0].Answer.Data)
		}
		code := "GRAPHQL_VALIDATION_FAILED"
		if r.Transport == "persisted" {
			code = "BAD_USER_INPUT"
		}
		if len(r.Refusal.Errors) != 1 || r.Refusal.Errors[0].Extensions.Code != code {
			t.Errorf("%s: refused with %v, want %s", r.Transport, r.Refusal.Errors, code)
		}
	}
	websockets, events := s.API.Streams()
	if load := s.API.Load(); load != (graph.Load{}) || events != 0 {
		t.Errorf("afterwards the load is %+v, with %d websockets and %d event streams", load, websockets, events)
	}
}
