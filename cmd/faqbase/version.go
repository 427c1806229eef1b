package main

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// version is set by the linker: -ldflags "-X main.version=v1.2.3".
var version string

type versionCommand struct{}

// Run prints the version, the commit it was built from with its date, and the version
// of Go.
func (versionCommand) Run(con console) error {
	_, err := fmt.Fprintln(con.out, "faqbase "+readBuild().String())
	return err
}

// A build says what the program was built from.
type build struct {
	version string // "devel" where nothing else is known
	commit  string // "" if not known
	date    string // of the commit, as 2026-11-20; "" if not known
	dirty   bool   // with changes that are not in the commit
	goVers  string
}

func readBuild() build {
	b := build{version: version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		if b.version == "" {
			b.version = "devel"
		}
		return b
	}
	b.goVers = info.GoVersion
	if b.version == "" {
		b.version = info.Main.Version
	}
	if b.version == "" || b.version == "(devel)" {
		b.version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			b.dirty = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	s := b.version
	if b.commit != "" {
		s += " commit " + b.commit
		if b.date != "" {
			s += " of " + b.date
		}
		if b.dirty {
			s += " with changes"
		}
	}
	if b.goVers != "" {
		s += " " + b.goVers
	}
	return s
}
