package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// machine describes where the run is made; what cannot be found out is left empty.
func machine(ctx context.Context, b *bench) Machine {
	m := Machine{Processor: value("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	var kilobytes float64
	if _, err := fmt.Sscan(value("/proc/meminfo", "MemTotal"), &kilobytes); err == nil {
		m.MemoryGB = kilobytes * 1024 / 1e9
	}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System += ", Linux " + strings.TrimSpace(string(kernel))
	}
	add := func(of, is string) {
		if is != "" {
			m.Versions = append(m.Versions, Version{of, is})
		}
	}
	add("Go", strings.TrimPrefix(runtime.Version(), "go"))
	if b.neo4j == nil {
		// None takes part.
	} else if row, err := b.neo4j.run(ctx, "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0] + ' ' + edition"); err == nil && len(row) == 1 {
		add("Neo4j", fmt.Sprintf("%v, heap %s", row[0], neo4jHeap))
	}
	for _, module := range []string{"github.com/neo4j/neo4j-go-driver/v5", "modernc.org/sqlite"} {
		add(module, moduleVersion(module))
	}
	if b.chosen(neo4jGraphQL) || b.chosen(inProduction) {
		if out, err := exec.CommandContext(ctx, "node", "--version").Output(); err == nil {
			add("Node.js", strings.TrimPrefix(strings.TrimSpace(string(out)), "v"))
		}
		for _, v := range packages(filepath.Join(b.root, "internal", "bench", "neo4jgraphql", "package.json")) {
			add(v.Of, v.Is)
		}
	}
	return m
}

// value returns what follows a name and a colon at the beginning of a line.
func value(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// moduleVersion is the version of a module in this program, which has the same ones as the server.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, d := range info.Deps {
		if d.Path == path {
			return strings.TrimPrefix(d.Version, "v")
		}
	}
	return ""
}

// packages lists the dependencies that a package.json pins.
func packages(file string) []Version {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var declared struct{ Dependencies map[string]string }
	if err := json.Unmarshal(text, &declared); err != nil {
		return nil
	}
	var list []Version
	for _, name := range []string{"@neo4j/graphql", "@apollo/server", "neo4j-driver", "graphql"} {
		if v := declared.Dependencies[name]; v != "" {
			list = append(list, Version{name, v})
		}
	}
	return list
}

// revision names the commit that is measured.
func revision(ctx context.Context, root string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", root, "describe", "--always", "--dirty=, with changes").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
