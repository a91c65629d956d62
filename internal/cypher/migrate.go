package cypher

import (
	"context"
	"slices"

	"attrigraph/internal/store"
)

// storeName is the one value of the property that the constraint on the store's record is over.
const storeName = "store"

// checkVersion tells whether this program may work with what the database holds. A database without nodes is fine: it
// has to be migrated before it is written to.
func (s *Store) checkVersion(ctx context.Context, migrating bool) error {
	record, err := readRecord(func(text string, visit func([]any) error) error { return s.each(ctx, text, nil, visit) })
	if err != nil {
		return err
	}
	if record.Found {
		err := record.check(modelDigest(s.catalog))
		if migrating && record.Version <= version {
			return nil
		}
		return err
	}
	empty, err := s.Empty(ctx)
	if err == nil && !empty && !migrating {
		err = store.Fail(store.ErrOutdated, nil)
	}
	return err
}

// each reads all records of a statement and hands them over.
func (s *Store) each(ctx context.Context, text string, params map[string]any, visit func(row []any) error) error {
	list, err := query(ctx, s, text, params, all)
	if err != nil {
		return err
	}
	for _, row := range list {
		if err := visit(row); err != nil {
			return err
		}
	}
	return nil
}

// column reads the texts of a statement's one column.
func (s *Store) column(ctx context.Context, text string) ([]string, error) {
	var list []string
	err := s.each(ctx, text, nil, func(row []any) error {
		v, _ := row[0].(string)
		list = append(list, v)
		return nil
	})
	return list, err
}

// Empty implements store.Store.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	empty := true
	err := s.each(ctx, "RETURN EXISTS { (n:Node) }", nil, func(row []any) error {
		empty = row[0] != true
		return nil
	})
	return empty, err
}

// Migrate implements store.Store. Schema commands cannot share a transaction with data, so the steps are transactions of
// their own; one more transaction holds the store's record all the time, which keeps writers and other migrations out,
// and records the version at the end. A migration that breaks off is simply run again: every step looks what is there.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	done, err := s.use()
	if err != nil {
		return nil, err
	}
	defer done()
	var steps []string
	created, err := s.createRecord(ctx)
	if err != nil {
		return nil, err
	}
	if created {
		steps = append(steps, "the store's own record")
	}
	lock, record, err := s.exclusive(ctx)
	if err != nil {
		return steps, err
	}
	defer lock.end(ctx)
	if record.Version > version {
		return steps, store.Fail(store.ErrNewer, nil)
	}
	if err := s.createNames(ctx); err != nil {
		return steps, err
	}
	made, err := s.createElements(ctx)
	steps = append(steps, made...)
	if err != nil {
		return steps, err
	}
	model := modelDigest(s.catalog)
	if record.Version == version && record.Model == model {
		return steps, nil
	}
	derived, err := s.derive(ctx)
	if err != nil {
		return steps, err
	}
	steps = append(steps, derived...)
	if err := lock.exec(ctx, "MATCH (s:"+storeLabel+") SET s.version = $version, s.model = $model",
		map[string]any{"version": version, "model": model}); err != nil {
		return steps, err
	}
	return append(steps, "the version of the store and its model"), lock.commit(ctx)
}

// createRecord makes the record that the store keeps of itself, of version 0, if there is none.
func (s *Store) createRecord(ctx context.Context) (bool, error) {
	found, err := s.column(ctx, "MATCH (s:"+storeLabel+") RETURN s.name")
	if err != nil || len(found) > 0 {
		return false, err
	}
	constraint := element{name: namePrefix + storeLabel, create: "REQUIRE n.name IS UNIQUE"}.on("CONSTRAINT", "(n:"+storeLabel+")")
	if err := s.auto(ctx, constraint.create, nil); err != nil {
		return false, err
	}
	return true, s.auto(ctx, "MERGE (s:"+storeLabel+" {name: $name}) ON CREATE SET s.version = 0, s.revision = 0", map[string]any{"name": storeName})
}

// createNames makes the names known to the server that it does not know yet.
func (s *Store) createNames(ctx context.Context) error {
	labels, types, properties := names(s.catalog)
	for _, n := range []struct {
		known, create string
		names         []string
	}{
		{"CALL db.labels() YIELD label RETURN label", "UNWIND $names AS name CALL db.createLabel(name) RETURN count(*)", labels},
		{"CALL db.relationshipTypes() YIELD relationshipType AS t RETURN t", "UNWIND $names AS name CALL db.createRelationshipType(name) RETURN count(*)", types},
		{"CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey", "UNWIND $names AS name CALL db.createProperty(name) RETURN count(*)", properties},
	} {
		known, err := s.column(ctx, n.known)
		if err != nil {
			return err
		}
		missing := slices.DeleteFunc(n.names, func(name string) bool { return slices.Contains(known, name) })
		if len(missing) == 0 {
			continue
		}
		if err := s.auto(ctx, n.create, map[string]any{"names": missing}); err != nil {
			return err
		}
	}
	return nil
}

// createElements makes the constraints and indexes that are missing and waits until they can be used.
func (s *Store) createElements(ctx context.Context) ([]string, error) {
	missing, err := s.missingElements(ctx)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	var steps []string
	for _, e := range missing {
		if err := s.auto(ctx, e.create, nil); err != nil {
			return steps, err
		}
		steps = append(steps, e.what)
	}
	return steps, s.auto(ctx, "CALL db.awaitIndexes(3600)", nil)
}

func (s *Store) missingElements(ctx context.Context) ([]element, error) {
	// A constraint has an index of the same name.
	known, err := s.column(ctx, "SHOW INDEXES YIELD name RETURN name")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(elements(s.catalog), func(e element) bool { return slices.Contains(known, e.name) }), nil
}
