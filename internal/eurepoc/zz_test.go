package eurepoc_test

import (
	"testing"
	"time"
	"syscall"

	"attrigraph/internal/eurepoc"
	"attrigraph/internal/store"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func TestZZ(t *testing.T) {
	files := realInputs(t)
	s0, _ := session(t)
	im, _ := eurepoc.Import(s0, files)
	var all []store.Change
	c0 := cpu()
	for c := range im.Changes {
		all = append(all, c)
	}
	t.Log("making", cpu()-c0, len(all))
	run := func(name string, f func(c store.Change) (store.Change, bool)) {
		s := openSQLite(t)
		c0 := cpu()
		n := 0
		_, err := s.Apply(t.Context(), im.Write, func(yield func(store.Change, error) bool) {
			for _, c := range all {
				if c, ok := f(c); ok {
					n++
					if !yield(c, nil) {
						return
					}
				}
			}
		})
		t.Log(name, n, cpu()-c0, err)
	}
	run("all", func(c store.Change) (store.Change, bool) { return c, true })
	run("no original", func(c store.Change) (store.Change, bool) {
		if c.Node != nil && c.Node.Props["original"] != nil {
			n := *c.Node
			p := map[string]any{}
			for k, v := range n.Props {
				if k != "original" {
					p[k] = v
				}
			}
			n.Props = p
			c.Node = &n
		}
		return c, true
	})
	kinds := map[string]bool{}
	for _, c := range all {
		if c.Node != nil && !kinds[c.Node.Kind] {
			kinds[c.Node.Kind] = true
		}
	}
	for _, k := range []string{"Source", "Target", "Attribution", "Incident"} {
		run("only nodes of "+k, func(c store.Change) (store.Change, bool) { 
			if c.Node == nil || c.Node.Kind != k { return c, false }
			if k == "Attribution" { n := *c.Node; n.Kind="Incident"; _ = n }
			return c, k != "Attribution" })
	}
	run("no SOURCED_FROM of others than claims", func(c store.Change) (store.Change, bool) {
		return c, c.Link == nil || c.Link.Type != "SOURCED_FROM" || c.Link.From[:5] == "attri" || c.Link.From[:5] == "alias" 
	})
	run("no RELAYS", func(c store.Change) (store.Change, bool) { return c, c.Link == nil || c.Link.Type != "RELAYS" })
}
