// Command zzprof is temporary.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"attrigraph/internal/jsonl"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

func main() {
	c, _ := schema.Catalog()
	ctx := context.Background()
	os.Remove("/tmp/bi/p.db"); os.Remove("/tmp/bi/p.db-wal")
	s, err := sqlite.Open(ctx, "/tmp/bi/p.db", c, sqlite.Options{Migrating: true})
	if err != nil { panic(err) }
	if _, err := s.Migrate(ctx); err != nil { panic(err) }
	f, _ := os.Open(os.Args[1])
	p, _ := os.Create("/tmp/bi/cpu.prof")
	pprof.StartCPUProfile(p)
	t := time.Now()
	o, err := s.Apply(ctx, store.Write{Provenance: store.Provenance{At: "2026-01-01T00:00:00.000Z", By: "x"}}, jsonl.Read(f, "x"))
	pprof.StopCPUProfile()
	fmt.Println(o, err, time.Since(t))
	s.Close(ctx)
}
