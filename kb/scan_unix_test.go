//go:build unix

package kb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestScanUnix(t *testing.T) {
	t.Run("a named pipe is a fault and is never waited for", func(t *testing.T) {
		d := newTree(t)
		if err := syscall.Mkfifo(d.at("a.md"), 0o666); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
		lib, err := Load(Dir(d.path), Options{})
		if err != nil || faults(lib) != "a.md: not a regular file" {
			t.Errorf("faults are %q, error %v", faults(lib), err)
		}
		if _, err := Dir(d.path).Open("a.md"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("opening it gives %v", err)
		}
	})
	t.Run("a name that is not UTF-8 is a fault", func(t *testing.T) {
		d := newTree(t)
		if err := os.WriteFile(d.path+"/caf\xe9.md", []byte(ask("one")), 0o666); err != nil {
			t.Skipf("no such names here: %v", err)
		}
		lib, err := Load(Dir(d.path), Options{})
		if err != nil || len(lib.Pages) != 0 || faults(lib) != "caf\ufffd.md: name is not UTF-8: rename it" {
			t.Errorf("pages %s, faults %q, error %v", asked(lib), faults(lib), err)
		}
	})
}

// asNobody makes the process one that may not read everything until the test ends, and
// gives it the tree. Tests that use it must not be parallel: it is so for all of them.
func asNobody(t *testing.T, d tree) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	// To get to the tree, those above it must be passed.
	for folder := d.path; folder != filepath.Clean(os.TempDir()) && folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		d.must(os.Chmod(folder, 0o777))
	}
	if err := syscall.Seteuid(nobody); err != nil {
		t.Skipf("root may read everything, and cannot be another user here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Seteuid(0); err != nil {
			t.Error(err)
		}
	})
	if _, err := os.ReadDir(d.path); err != nil {
		t.Skipf("root may read everything, and another user cannot read %s: %v", d.path, err)
	}
}

// Permission is taken, which keeps what was read, and given back.
func TestWatchWithoutPermission(t *testing.T) {
	for _, mode := range []WatchOptions{eventsAlone, pollingAlone} {
		run := func(claim string, test func(t *testing.T, d tree, values <-chan yielded)) {
			t.Run(fmt.Sprintf("%s/%s", mode.Mode, claim), func(t *testing.T) {
				d := newTree(t)
				asNobody(t, d)
				d.write("kb/a.md", ask("one"))
				d.write("kb/x/b.md", ask("two"))
				values, stop := watchFolder(t, d.at("kb"), mode)
				defer stop()
				untilAsked(t, values, "a#one x/b#two")
				test(t, d, values)
			})
		}
		fault := func(t *testing.T, values <-chan yielded, want string) {
			t.Helper()
			until(t, values, "fault", func(v yielded) bool {
				return v.lib != nil && asked(v.lib) == "a#one x/b#two" && v.err != nil && v.err.Error() == want
			})
		}
		run("of a page", func(t *testing.T, d tree, values <-chan yielded) {
			d.must(os.Chmod(d.at("kb/x/b.md"), 0))
			fault(t, values, "x/b.md: permission denied; see to its permissions")
			d.must(os.Chmod(d.at("kb/x/b.md"), 0o666))
			until(t, values, "page without fault", func(v yielded) bool { return v.err == nil && asked(v.lib) == "a#one x/b#two" })
			d.write("kb/x/b.md", ask("three"))
			untilAsked(t, values, "a#one x/b#three")
		})
		run("of a folder in it", func(t *testing.T, d tree, values <-chan yielded) {
			d.must(os.Chmod(d.at("kb/x"), 0))
			fault(t, values, "x: folder cannot be read: permission denied; see to its permissions")
			d.must(os.Chmod(d.at("kb/x"), 0o777))
			until(t, values, "folder without fault", func(v yielded) bool { return v.err == nil && asked(v.lib) == "a#one x/b#two" })
			d.write("kb/x/b.md", ask("three"))
			untilAsked(t, values, "a#one x/b#three")
		})
		run("of what is in a folder, whose names can still be read", func(t *testing.T, d tree, values <-chan yielded) {
			d.must(os.Chmod(d.at("kb/x"), 0o666))
			fault(t, values, "x: folder cannot be read: permission denied; see to its permissions")
			d.must(os.Chmod(d.at("kb/x"), 0o777))
			d.write("kb/x/b.md", ask("three"))
			untilAsked(t, values, "a#one x/b#three")
		})
		run("of the folder itself", func(t *testing.T, d tree, values <-chan yielded) {
			d.must(os.Chmod(d.at("kb"), 0))
			until(t, values, "error", func(v yielded) bool { return v.lib == nil && errors.Is(v.err, fs.ErrPermission) })
			d.must(os.Chmod(d.at("kb"), 0o777))
			untilAsked(t, values, "a#one x/b#two")
			d.write("kb/x/b.md", ask("three"))
			untilAsked(t, values, "a#one x/b#three")
		})
		run("of what a page had become meanwhile", func(t *testing.T, d tree, values <-chan yielded) {
			d.must(os.Chmod(d.at("kb/a.md"), 0))
			until(t, values, "fault", func(v yielded) bool { return v.err != nil })
			d.remove("kb/a.md")
			untilAsked(t, values, "x/b#two")
		})
	}
}
