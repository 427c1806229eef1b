package chromium

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// makePath makes a PATH of one folder with programs of these names.
func makePath(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

func TestFind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("programs have other names on Windows")
	}
	t.Run("chromium comes before the others", func(t *testing.T) {
		t.Setenv("CHROMIUM", "")
		dir := makePath(t, "google-chrome", "chromium")
		if got := find(); got != filepath.Join(dir, "chromium") {
			t.Errorf("found %q", got)
		}
	})
	t.Run("CHROMIUM may be a name on the PATH", func(t *testing.T) {
		dir := makePath(t, "chromium", "other")
		t.Setenv("CHROMIUM", "other")
		if got := find(); got != filepath.Join(dir, "other") {
			t.Errorf("found %q", got)
		}
	})
	t.Run("a CHROMIUM that is not there is not replaced by another", func(t *testing.T) {
		makePath(t, "chromium")
		t.Setenv("CHROMIUM", "/nowhere/chromium")
		if got := find(); got != "" {
			t.Errorf("found %q", got)
		}
	})
}
