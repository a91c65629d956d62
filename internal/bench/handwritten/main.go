// Command handwritten is a peer of the benchmark: an HTTP server as somebody writes it for one purpose, without GraphQL
// and with a Cypher statement by hand for each question. It reads a database that attrigraph has written.
//
// The variables of a question are posted as one JSON object to the question's path; the answer is JSON. NEO4J_URI,
// NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE say which Neo4j. When it answers it prints its address.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

const (
	maxBody   = 1 << 20
	maxTime   = 5 * time.Second
	poolSize  = 100
	drainTime = 10 * time.Second
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "handwritten:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen string) error {
	uri := os.Getenv("NEO4J_URI")
	if uri == "" {
		return errors.New("NEO4J_URI is not set; set it to the address of Neo4j, such as bolt://127.0.0.1:7687")
	}
	auth := neo4j.NoAuth()
	if password := os.Getenv("NEO4J_PASSWORD"); password != "" {
		auth = neo4j.BasicAuth(cmp.Or(os.Getenv("NEO4J_USERNAME"), "neo4j"), password, "")
	}
	driver, err := neo4j.NewDriverWithContext(uri, auth, func(c *config.Config) { c.MaxConnectionPoolSize = poolSize })
	if err != nil {
		return err
	}
	defer driver.Close(context.WithoutCancel(ctx))
	if err := driver.VerifyConnectivity(ctx); err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: routes(&database{driver, cmp.Or(os.Getenv("NEO4J_DATABASE"), "neo4j")}), ReadHeaderTimeout: maxTime}
	drained := make(chan error, 1)
	go func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		drained <- srv.Shutdown(limited)
	}()
	fmt.Printf("http://%s/\n", l.Addr())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-drained
}

func routes(db *database) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /deep", db.list(deep))
	mux.HandleFunc("POST /node", db.one(node))
	mux.HandleFunc("POST /kind", db.list(kind))
	mux.HandleFunc("POST /received", db.one(received))
	return mux
}

// database is where statements run.
type database struct {
	driver neo4j.DriverWithContext
	name   string
}

// list answers with all rows of a statement.
func (db *database) list(statement string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rows, ok := db.read(w, r, statement); ok {
			write(w, rows)
		}
	}
}

// one answers with the row of a statement that has one or none.
func (db *database) one(statement string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows, ok := db.read(w, r, statement)
		switch {
		case !ok:
		case len(rows) == 0:
			http.Error(w, "not found", http.StatusNotFound)
		default:
			write(w, rows[0])
		}
	}
}

// read runs a statement with the posted parameters. Where it cannot it answers itself, and ok is false.
func (db *database) read(w http.ResponseWriter, r *http.Request, statement string) (rows []map[string]any, ok bool) {
	var parameters map[string]any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&parameters); err != nil {
		http.Error(w, "the body must be a JSON object of parameters", http.StatusBadRequest)
		return nil, false
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxTime)
	defer cancel()
	result, err := neo4j.ExecuteQuery(ctx, db.driver, statement, parameters, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(db.name), neo4j.ExecuteQueryWithReadersRouting())
	if err != nil {
		log.Printf("%s: %v", r.URL.Path, err)
		http.Error(w, "the database did not answer", http.StatusInternalServerError)
		return nil, false
	}
	rows = make([]map[string]any, len(result.Records))
	for i, record := range result.Records {
		rows[i] = record.AsMap()
	}
	return rows, true
}

func write(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // the client may have gone
}
