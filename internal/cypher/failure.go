package cypher

import (
	"context"
	"errors"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/store"
)

// failures maps the beginnings of Neo4j's status codes to kinds of failure.
var failures = []struct {
	code string
	kind error
}{
	{"Neo.ClientError.Security.Forbidden", store.ErrReadOnly},
	{"Neo.ClientError.Security.", store.ErrDenied},
	{"Neo.ClientError.Transaction.TransactionTimedOut", store.ErrTimeout},
	{"Neo.ClientError.Transaction.LockClientStopped", store.ErrTimeout},
	{"Neo.TransientError.Transaction.LockAcquisitionTimeout", store.ErrTimeout},
	{"Neo.TransientError.Transaction.LockClientStopped", store.ErrTimeout},
	{"Neo.TransientError.Transaction.Terminated", store.ErrTimeout},
	{"Neo.ClientError.Cluster.NotALeader", store.ErrReadOnly},
	{"Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", store.ErrReadOnly},
	{"Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", store.ErrReadOnly},
	{"Neo.ClientError.Statement.AccessMode", store.ErrReadOnly},
	{"Neo.ClientError.Schema.ConstraintValidationFailed", store.ErrConflict},
	{"Neo.TransientError.Transaction.DeadlockDetected", store.ErrConflict},
	{"Neo.TransientError.Transaction.Outdated", store.ErrConflict},
	{"Neo.ClientError.Database.DatabaseNotFound", store.ErrUnavailable},
	{"Neo.TransientError.General.MemoryPoolOutOfMemoryError", store.ErrTooLarge},
	{"Neo.TransientError.General.OutOfMemoryError", store.ErrTooLarge},
	{"Neo.TransientError.General.StackOverFlowError", store.ErrTooLarge},
	{"Neo.TransientError.", store.ErrUnavailable},
}

// diskFull are words of the errors that Neo4j answers when it cannot write to its disk: they have no code of their own.
var diskFull = []string{"No space left on device", "disk space", "Disk quota exceeded"}

// fail turns the driver's errors into the store's; what already is one, and what the caller's own code returned, is left
// as it is by callers.
func fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var known *store.Failure
	var invalid *store.InvalidChange
	if errors.As(err, &known) || errors.As(err, &invalid) {
		return err
	}
	return store.Fail(kindOf(ctx, err), err)
}

func kindOf(ctx context.Context, err error) error {
	for _, words := range diskFull {
		if strings.Contains(err.Error(), words) {
			return store.ErrFull
		}
	}
	// The driver wraps what it gave up on after several tries, and the last try is what tells.
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) && len(limit.Errors) > 0 {
		err = limit.Errors[len(limit.Errors)-1]
	}
	var server *neo4j.Neo4jError
	if errors.As(err, &server) && !errors.Is(ctx.Err(), context.Canceled) {
		for _, f := range failures {
			if strings.HasPrefix(server.Code, f.code) {
				return f.kind
			}
		}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return store.ErrTimeout
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	if server != nil {
		return nil
	}
	var usage *neo4j.UsageError
	if errors.As(err, &usage) {
		return nil
	}
	return store.ErrUnavailable
}
