//go:build unix

package kb

import (
	"os"
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
	t.Run("a page without permission keeps its last version until it has it again", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may read everything")
		}
		d := newTree(t)
		d.write("a.md", ask("one"))
		values, _ := watchFolder(t, d.path, eventsAlone)
		untilAsked(t, values, "a#one")
		d.must(os.Chmod(d.at("a.md"), 0))
		v := until(t, values, "fault", func(v yielded) bool { return v.err != nil })
		if asked(v.lib) != "a#one" || v.err.Error() != "a.md: permission denied; see to its permissions" {
			t.Errorf("yielded %s, %v", asked(v.lib), v.err)
		}
		d.must(os.Chmod(d.at("a.md"), 0o666))
		until(t, values, "page without fault", func(v yielded) bool { return v.err == nil && asked(v.lib) == "a#one" })
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
