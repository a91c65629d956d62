package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"attrigraph/internal/cypher"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// use says what a command does with the store.
type use uint8

const (
	reading   use = iota // the store must be there
	writing              // a store that is not there is made
	importing            // the same, and nobody reads through it while it is written to
	migrating            // the store must be there and can be of an older version
)

// makes tells that a store which is not there is made.
func (u use) makes() bool { return u == writing || u == importing }

// closeTimeout bounds the wait for what the store still does when a command ends.
const closeTimeout = 10 * time.Second

// connectTimeout bounds the opening of a store.
const connectTimeout = 15 * time.Second

// A server's pool of connections to Neo4j is larger than the number of operations that use it at once, so that none waits
// there and something is left for readiness and writes.
const (
	minConnections   = 32
	spareConnections = 8
)

var neo4jSchemes = []string{"neo4j", "neo4j+s", "bolt", "bolt+s"}

// sqlitePath returns the path of an embedded store.
func (p *program) sqlitePath() (string, bool) { return strings.CutPrefix(p.Store, "sqlite:") }

// open opens the store. fresh tells that it was made just now.
func (p *program) open(u use) (s store.Store, fresh bool, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, connectTimeout)
	defer cancel()
	if path, ok := p.sqlitePath(); ok {
		s, err = p.openSQLite(ctx, path, u)
	} else {
		s, err = p.openNeo4j(ctx, u)
	}
	if err != nil {
		return nil, false, err
	}
	if u.makes() {
		if fresh, err = p.makeFresh(s); err != nil {
			return nil, false, errors.Join(err, p.close(s))
		}
	}
	return s, fresh, nil
}

// tell says on a terminal what takes long; logs and pipes are spared.
func (p *program) tell(what string) {
	if onTerminal(p.stderr) {
		fmt.Fprintln(p.stderr, what+" …")
	}
}

// makeFresh makes the tables or constraints of a store that has none yet.
func (p *program) makeFresh(s store.Store) (bool, error) {
	empty, err := s.Empty(p.ctx)
	if err != nil || !empty {
		return false, err
	}
	p.tell("making the store")
	steps, err := s.Migrate(p.ctx)
	return len(steps) > 0, err
}

func (p *program) openSQLite(ctx context.Context, path string, u use) (store.Store, error) {
	if path == "" {
		return nil, usage("--store sqlite: names no file; write sqlite:PATH, such as sqlite:attrigraph.db")
	}
	if _, err := os.Stat(path); !u.makes() && errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no store at %s: make one with `attrigraph serve` or `attrigraph import`, or give another with --store", path)
	}
	c, err := schema.Catalog()
	if err != nil {
		return nil, err
	}
	s, err := sqlite.Open(ctx, path, c, sqlite.Options{ReadOnly: u == reading, Migrating: u == migrating, Alone: u == importing})
	if err != nil {
		return nil, p.advised(err)
	}
	return s, nil
}

func (p *program) openNeo4j(ctx context.Context, u use) (store.Store, error) {
	address, err := url.Parse(p.Store)
	if err != nil || !slices.Contains(neo4jSchemes, address.Scheme) || address.Host == "" {
		return nil, usage("--store %q is no store; write sqlite:PATH, or %s://HOST for Neo4j", redacted(address, p.Store), strings.Join(neo4jSchemes, "://HOST, "))
	}
	if address.User != nil {
		return nil, usage("--store must not hold a user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD")
	}
	c, err := schema.Catalog()
	if err != nil {
		return nil, err
	}
	s, err := cypher.Open(ctx, cypher.Config{
		Catalog: c, URI: p.Store, User: p.Neo4jUsername, Password: p.Neo4jPassword, Database: p.Neo4jDatabase, Migrating: u == migrating,
		MaxConnections: max(minConnections, p.Serve.MaxOperations+spareConnections),
	})
	if err != nil {
		return nil, p.advised(err)
	}
	return s, nil
}

// redacted is an address without a password, for messages.
func redacted(address *url.URL, text string) string {
	if address != nil {
		return address.Redacted()
	}
	return text
}

// advised adds to errors of a store which store that is, and what to do where they only say what is wrong.
func (p *program) advised(err error) error {
	name, unavailable := p.Store, "check the address, and that Neo4j is running there"
	if path, ok := p.sqlitePath(); ok {
		name, unavailable = path, "check the disk that it is on"
	}
	known := false
	for _, a := range []struct {
		kind   error
		advice string
	}{
		{store.ErrNewer, "use that version, or a store of this one"},
		{store.ErrReadOnly, "check who may write the file and its directory"},
		{store.ErrDenied, "set NEO4J_USERNAME and NEO4J_PASSWORD"},
		{store.ErrFull, "free some space"},
		{store.ErrTimeout, "try again"},
		{store.ErrUnavailable, unavailable},
	} {
		if !errors.Is(err, a.kind) {
			continue
		}
		known = true
		// An error whose text says more than its kind's has its own advice.
		if strings.HasSuffix(err.Error(), a.kind.Error()) {
			err = fmt.Errorf("%w: %s", err, a.advice)
			break
		}
	}
	if known && !strings.HasPrefix(err.Error(), name+":") {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// close waits for what the store still does, also where the command was interrupted.
func (p *program) close(s store.Store) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), closeTimeout)
	defer cancel()
	return s.Close(ctx)
}

// with opens the store, works with it and closes it.
func (p *program) with(u use, work func(s store.Store) error) error {
	s, _, err := p.open(u)
	if err != nil {
		return err
	}
	err = work(s)
	if err != nil {
		err = p.advised(err)
	}
	return errors.Join(err, p.close(s))
}
