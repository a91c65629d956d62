package graph

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"attrigraph/internal/plan"
	"attrigraph/schema"
)

// kept is what the heap has more after make was called, and what it returned.
func kept[T any](n int, make func(i int) T) (list []T, bytes int) {
	var before, after runtime.MemStats
	list = append(list, make(0)) // what is made once only is not counted
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		list = append(list, make(i+1))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return list, int(after.HeapAlloc) - int(before.HeapAlloc)
}

// TestMemory compares what documents and plans are estimated to take with what the heap has more for them.
func TestMemory(t *testing.T) {
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	planner, err := plan.NewPlanner(api, model, plan.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	parsed := func(text string) *ast.QueryDocument {
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		if errs := validator.ValidateWithRules(api, doc, rules.NewDefaultRules()); len(errs) > 0 {
			t.Fatal(errs)
		}
		return doc
	}
	type planned struct {
		doc  *ast.QueryDocument
		plan *plan.Plan
	}
	for name, text := range map[string]string{
		"small":   "query Q%d { incidents { totalCount } }",
		"fields":  "query Q%d { incidents { nodes {" + strings.Repeat(" id", 300) + " } } }",
		"aliases": "query Q%d { incidents { nodes {" + strings.Repeat(" id name", 10) + " a: id b: name c: startDate } } }",
		"texts":   `query Q%d { incidents(where: {OR: [` + strings.Repeat(`{name: {eq: "abcdefghijklmnopqrstuvwxyz"}} `, 100) + `]}) { nodes { id } } }`,
		"deep": "query Q%d($n: Int) { attributions(first: $n, orderBy: [{date: DESC}]) { totalCount nodes { summary date accusers { edges { role node { name } } } " +
			"evidence { nodes { title ratings { nodes { reliability } } } } denials { nodes { stance deniers { nodes { name } } } } sources { nodes { title url } } } pageInfo { endCursor } } }",
	} {
		docs, heap := kept(50, func(i int) *ast.QueryDocument { return parsed(fmt.Sprintf(text, i)) })
		estimate := 0
		for _, d := range docs[1:] {
			estimate += documentBytes(d)
		}
		t.Logf("%s: a document of %d bytes takes %d, estimated %d", name, len(text), heap/50, estimate/50)
		if estimate < heap/2 || estimate > 3*heap {
			t.Errorf("%s: documents take %d bytes, estimated %d", name, heap, estimate)
		}
		plans, heap := kept(50, func(i int) planned {
			doc := parsed(fmt.Sprintf(text, i))
			p, err := planner.Plan(doc.Operations[0], doc.Fragments, nil)
			if err != nil {
				t.Fatal(err)
			}
			return planned{doc, p}
		})
		estimate = 0
		for _, p := range plans[1:] {
			estimate += planBytes(p.plan, p.doc)
		}
		t.Logf("%s: its plan takes %d with it, estimated %d", name, heap/50, estimate/50)
		if estimate < heap/2 || estimate > 3*heap {
			t.Errorf("%s: plans take %d bytes, estimated %d", name, heap, estimate)
		}
		runtime.KeepAlive(docs)
		runtime.KeepAlive(plans)
	}
}

// TestByteCache holds that a cache keeps what was used last and never more than its bytes.
func TestByteCache(t *testing.T) {
	c := newByteCache[string, int](10 * (100 + entryBytes))
	for i := range 100 {
		c.add(fmt.Sprint(i), i, 100)
		c.get("0")
		if c.bytes > c.most {
			t.Fatalf("%d bytes of %d", c.bytes, c.most)
		}
	}
	for key, want := range map[string]bool{"0": true, "99": true, "91": true, "90": false, "1": false} {
		if _, got := c.get(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
	if c.entries.Len() != 10 || c.bytes != c.most {
		t.Errorf("%d entries of %d bytes", c.entries.Len(), c.bytes)
	}
	// One that is larger than all is not kept and drives nothing out; one that is there stays.
	c.add("large", 1, c.most)
	c.add("99", 1000, 5)
	if v, ok := c.get("99"); !ok || v != 99 || c.entries.Len() != 10 {
		t.Errorf("%d %v, %d entries", v, ok, c.entries.Len())
	}
	// One that needs the place of several gets it.
	c.add("wide", 1, 5*(100+entryBytes)-entryBytes)
	if _, ok := c.get("wide"); !ok || c.bytes > c.most || c.entries.Len() != 6 {
		t.Errorf("%d entries of %d bytes", c.entries.Len(), c.bytes)
	}
}
