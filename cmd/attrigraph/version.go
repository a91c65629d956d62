package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the linker where there is no git to ask, as in the Dockerfile: -ldflags "-X main.version=v1.2.3".
var version string

type versionCommand struct{}

// Run prints what the program was built from.
func (*versionCommand) Run(p *program) error {
	printVersion(p.stdout, buildInfo())
	return nil
}

// buildInfo is what the linker has noted; it may be empty.
func buildInfo() *debug.BuildInfo {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return info
}

// programVersion is the version of this program.
func programVersion() string { return versionOf(buildInfo()) }

// printVersion prints a line for each thing that is known.
func printVersion(w io.Writer, info *debug.BuildInfo) {
	fmt.Fprintf(w, "attrigraph %s\n%s %s/%s\n", versionOf(info), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if revision := settings["vcs.revision"]; revision != "" {
		changed := ""
		if settings["vcs.modified"] == "true" {
			changed = ", with changes"
		}
		fmt.Fprintf(w, "revision %s of %s%s\n", revision, settings["vcs.time"], changed)
	}
}

// versionOf is the version of the program: what the linker was told, else what git said.
func versionOf(info *debug.BuildInfo) string {
	return cmp.Or(version, info.Main.Version, "(devel)")
}
