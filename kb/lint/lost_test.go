package lint

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"faqbase/kb"
)

// TestLost loads what archives in testdata/lost have in the folders "was" and "now"
// and compares the faults with their file "want".
func TestLost(t *testing.T) {
	eachArchive(t, "testdata/lost", func(t *testing.T, archive *txtar.Archive) kb.ErrorList {
		was, now := fstest.MapFS{}, fstest.MapFS{}
		for _, f := range archive.Files {
			if file, ok := strings.CutPrefix(f.Name, "was/"); ok {
				was[file] = &fstest.MapFile{Data: f.Data}
			} else if file, ok := strings.CutPrefix(f.Name, "now/"); ok {
				now[file] = &fstest.MapFile{Data: f.Data}
			}
		}
		before, err := kb.Load(was, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lib, err := kb.Load(now, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if faults := Lost(lib.Pages, lib); len(faults) > 0 {
			t.Errorf("without changes: %v", faults)
		}
		return Lost(before.Pages, lib)
	})
}
