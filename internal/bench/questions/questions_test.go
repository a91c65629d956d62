package questions

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator"

	"attrigraph/graph"
	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/rules"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// TestDocumentsAreValid: the questions are questions of this API.
func TestDocumentsAreValid(t *testing.T) {
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range All() {
		document, errs := gqlparser.LoadQueryWithRules(api, q.Document(Ours), nil)
		if errs != nil {
			t.Errorf("%s: %v", q.Name, errs)
			continue
		}
		variables := q.Draw(dataset.Dataset{Scale: 1}, rand.New(rand.NewPCG(1, 2)))
		if _, err := validator.VariableValues(api, document.Operations[0], variables); err != nil {
			t.Errorf("%s: %v", q.Name, err)
		}
		if q.Document(Neo4jGraphQL) == "" {
			t.Errorf("%s has no text for %s", q.Name, Neo4jGraphQL)
		}
	}
}

// TestServersGiveTheSameFacts asks every question of this server on both stores and of the hand-written one, over real
// HTTP. The peer on Node.js is compared where it is there anyway, when the benchmark runs.
func TestServersGiveTheSameFacts(t *testing.T) {
	if testing.Short() {
		t.Skip("loading the data set into two stores and building a server is left out of short runs")
	}
	d := dataset.Dataset{Scale: 0.006}
	neo4jServer := neo4jtest.Exclusive(t)
	targets := []struct {
		name    string
		server  Server
		address string
	}{
		{"this server on SQLite", Ours, ours(t, d, onSQLite(t))},
		{"this server on Neo4j", Ours, ours(t, d, onNeo4j(t, neo4jServer))},
		{"the hand-written server", Handwritten, handwritten(t, neo4jServer)},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, q := range All() {
		t.Run(q.Name, func(t *testing.T) {
			met := map[string]bool{}
			distinct := map[string]bool{}
			for range 20 {
				variables := q.Draw(d, r)
				var want []byte
				for i, target := range targets {
					got, err := q.Canonical(target.server, ask(t, target.address, q.Request(target.server, variables)))
					if err != nil {
						t.Fatalf("%s with %v: %v", target.name, variables, err)
					}
					if i == 0 {
						want = got
					}
					if !bytes.Equal(got, want) {
						t.Fatalf("with %v, %s (-) and %s (+) differ:\n%s", variables, targets[0].name, target.name,
							cmp.Diff(decoded(t, want), decoded(t, got)))
					}
				}
				meet(decoded(t, want), "", met)
				distinct[string(want)] = true
			}
			// Where lists stayed empty or values absent, equal answers would not show that all servers read them.
			if got := slices.Sorted(maps.Keys(met)); !slices.Equal(got, expected[q.Name]) {
				t.Errorf("the answers hold %v, want %v", got, expected[q.Name])
			}
			if varied := q.Name == "deep" || q.Name == "node" || q.Name == "ordinary"; varied && len(distinct) < 2 {
				t.Errorf("20 sets of variables have %d answer", len(distinct))
			}
		})
	}
}

// expected are the paths of all values that the answers to each question hold.
var expected = map[string][]string{
	"deep": {
		".attributions.accused.id", ".attributions.accused.name", ".attributions.accusers.id", ".attributions.accusers.name",
		".attributions.citations.framework.id", ".attributions.citations.framework.name", ".attributions.confidence", ".attributions.date",
		".attributions.denials.deniers.id", ".attributions.denials.deniers.name", ".attributions.denials.id", ".attributions.denials.summary",
		".attributions.evidence.id", ".attributions.evidence.kind", ".attributions.evidence.title", ".attributions.id", ".attributions.summary",
		".id", ".name", ".targets.id", ".targets.name", ".targets.sector",
	},
	"node":      {".id", ".kind", ".name", ".summary"},
	"some":      {".id", ".name"},
	"none":      nil,
	"supernode": {".attributionsReceived.date", ".attributionsReceived.id", ".attributionsReceived.summary", ".name"},
	"ordinary":  {".attributionsReceived.date", ".attributionsReceived.id", ".attributionsReceived.summary", ".name"},
}

// meet notes the paths of all values in an answer, without the places in lists.
func meet(v any, path string, met map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			meet(e, path, met)
		}
	case map[string]any:
		for name, e := range v {
			meet(e, path+"."+name, met)
		}
	case nil:
	default:
		met[path] = true
	}
}

func decoded(t *testing.T, facts []byte) any {
	t.Helper()
	v, err := decode(facts)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ask posts a request and returns the body of a good answer.
func ask(t *testing.T, address string, r Request) []byte {
	t.Helper()
	response, err := http.Post(strings.TrimSuffix(address, "/")+r.Path, "application/json", bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s%s answers %s to %s: %s (%v)", address, r.Path, response.Status, r.Body, cut(body), err)
	}
	return body
}

func onSQLite(t *testing.T) store.Store {
	t.Helper()
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "bench.db"), model, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func onNeo4j(t *testing.T, server neo4jtest.Server) store.Store {
	t.Helper()
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	s, err := cypher.Open(t.Context(), cypher.Config{
		Catalog: model, URI: server.URI, User: server.Username, Password: server.Password, Database: server.Database, Migrating: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ours loads the data set into an empty store and serves it; it returns the server's address.
func ours(t *testing.T, d dataset.Dataset, s store.Store) string {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Fill(t.Context(), s, 20_000, func(int) {}); err != nil {
		t.Fatal(err)
	}
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	es, err := graph.NewExecutableSchema(graph.Config{Schema: api, Catalog: model, Store: s, Rules: rules.All(), Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(graph.NewHandler(es))
	t.Cleanup(server.Close)
	return server.URL
}

// handwritten builds and starts the hand-written server over a Neo4j that is loaded; it returns the server's address.
func handwritten(t *testing.T, server neo4jtest.Server) string {
	t.Helper()
	driver := server.Driver(t)
	for _, index := range append(slices.Clone(Indexes), "CALL db.awaitIndexes()") {
		if _, err := neo4j.ExecuteQuery(t.Context(), driver, index, nil, neo4j.EagerResultTransformer,
			neo4j.ExecuteQueryWithDatabase(server.Database)); err != nil {
			t.Fatalf("%s: %v", index, err)
		}
	}
	program := filepath.Join(t.TempDir(), "handwritten")
	if out, err := exec.Command("go", "build", "-o", program, "attrigraph/internal/bench/handwritten").CombinedOutput(); err != nil {
		t.Fatalf("building the hand-written server: %v\n%s", err, out)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "NEO4J_URI="+server.URI, "NEO4J_USERNAME="+server.Username, "NEO4J_PASSWORD="+server.Password,
		"NEO4J_DATABASE="+server.Database)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // Wait tells how it ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the hand-written server ended with %v: %s", err, stderr.String())
		}
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the hand-written server printed no address: %v", err)
	}
	return strings.TrimSpace(address)
}
