// Package cypher keeps the graph in Neo4j: it renders a plan as one Cypher statement and applies change sets in one
// transaction each. It knows kinds, fields and links from the catalog only.
//
// A node has the label of its kind, of each interface that the kind implements, and the properties of its fields; a link
// is a relationship of its type. What the store adds for itself begins with "_": see name.go and key.go.
package cypher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Config says which Neo4j to use and how.
type Config struct {
	Catalog *catalog.Catalog
	// URI is bolt:// or neo4j:// (routing), with +s for encryption.
	URI string
	// User and Password sign in; an empty User means that the server asks for neither.
	User, Password string
	// Database is the name of the database, "neo4j" when empty.
	Database string
	// MaxConnections bounds the connections to each server, 32 when 0.
	MaxConnections int
	// AcquireTimeout bounds the wait for a free connection, 3 s when 0.
	AcquireTimeout time.Duration
	// ConnectTimeout bounds the making of a connection, 5 s when 0.
	ConnectTimeout time.Duration
	// RetryTime bounds how long a transaction is tried again after a fault that may pass, 3 s when 0. The deadline of the
	// context bounds it too.
	RetryTime time.Duration
	// Migrating lets Open take a store of an older version, so that Migrate can be called.
	Migrating bool
	// Notify, when not nil, is told what the server finds wrong with the statements that are run. It is for tests: the
	// search costs the server time.
	Notify func(Notification)
}

// userAgent is how the server's log names this program.
const userAgent = "attrigraph"

const (
	defaultDatabase  = "neo4j"
	defaultRetryTime = 3 * time.Second
)

// Store is a store.Store on Neo4j.
type Store struct {
	catalog    *catalog.Catalog
	driver     neo4j.DriverWithContext
	database   string
	retryTime  time.Duration
	statements atomic.Int64
	notify     func(Notification)
	planning   *planning
	// partSize is how many changes a transaction has when a change set is written as several.
	partSize int

	// mu is held for reading while an operation runs, so that Close waits for it.
	mu     sync.RWMutex
	closed bool
}

var _ store.Store = (*Store)(nil)

// errClosed is the answer of a store after Close.
var errClosed = errors.New("the store was closed")

// Open connects to Neo4j and checks that the store is of this program's version. A database that holds nothing yet is
// taken as it is: call Migrate before anything is written. Errors are *store.Failure, or say what is wrong with cfg.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := checkNames(cfg.Catalog); err != nil {
		return nil, err
	}
	auth := neo4j.NoAuth()
	if cfg.User != "" {
		auth = neo4j.BasicAuth(cfg.User, cfg.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(cfg.URI, auth, func(c *config.Config) {
		c.UserAgent = userAgent
		c.TelemetryDisabled = true
		c.FetchSize = neo4j.FetchAll
		c.MaxConnectionPoolSize = or(cfg.MaxConnections, 32)
		c.ConnectionAcquisitionTimeout = or(cfg.AcquireTimeout, 3*time.Second)
		c.SocketConnectTimeout = or(cfg.ConnectTimeout, 5*time.Second)
		c.MaxTransactionRetryTime = or(cfg.RetryTime, defaultRetryTime)
		c.ConnectionLivenessCheckTimeout = time.Minute
		c.ReadBufferSize = 64 << 10
		if cfg.Notify == nil {
			c.NotificationsMinSeverity = notifications.DisabledLevel
		}
	})
	if err != nil {
		return nil, fmt.Errorf("the address of Neo4j must be like neo4j://host:7687 or bolt+s://host:7687: %w", store.Fail(store.ErrUnavailable, err))
	}
	s := &Store{catalog: cfg.Catalog, driver: driver, database: or(cfg.Database, defaultDatabase), notify: cfg.Notify, retryTime: or(cfg.RetryTime, defaultRetryTime), planning: newPlanning(cores()), partSize: partSize}
	if err := s.checkVersion(ctx, cfg.Migrating); err != nil {
		_ = driver.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// checkNames refuses a model whose names would meet the store's own.
func checkNames(c *catalog.Catalog) error {
	check := func(of string, fields []*catalog.Field, own ...string) error {
		for _, f := range fields {
			if strings.HasPrefix(f.Name, "_") {
				return fmt.Errorf("field %s of %s begins with _, which Neo4j's store keeps for itself: give it another name", f.Name, of)
			}
			for _, name := range own {
				if f.Name == name {
					return fmt.Errorf("property %s of %s has the name of a property that Neo4j's store adds: give it another name", f.Name, of)
				}
			}
		}
		return nil
	}
	for _, k := range c.Kinds() {
		if err := check(k.Name, k.StoredFields()); err != nil {
			return err
		}
	}
	for _, l := range c.Links {
		if err := check("links "+l.Type, l.StoredFields(), linkIDProperty, catalog.RevisionField); err != nil {
			return err
		}
	}
	return nil
}

// Statements returns how many statements were sent to the server so far, those apart that it only plans.
func (s *Store) Statements() int64 { return s.statements.Load() }

// use marks an operation under way until done is called.
func (s *Store) use() (done func(), err error) {
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return nil, store.Fail(store.ErrUnavailable, errClosed)
	}
	return s.mu.RUnlock, nil
}

// Close waits for what is under way and closes the connections.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return fail(ctx, s.driver.Close(ctx))
}
