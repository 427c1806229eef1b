package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFmtLeavesAPageThatWasChangedMeanwhile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.md")
	if err := os.WriteFile(name, []byte("typed meanwhile"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := formatted{name: name, old: []byte("as it was read"), new: []byte("in the usual form")}.write()
	if err == nil || !strings.Contains(err.Error(), "was changed meanwhile") {
		t.Errorf("got %v", err)
	}
	if src, err := os.ReadFile(name); err != nil || string(src) != "typed meanwhile" {
		t.Errorf("the file is %q (%v)", src, err)
	}
}
