package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"faqbase/kb"
)

// TestLost loads what archives in testdata/lost have in the folders "was" and "now"
// and compares the faults with their file "want".
func TestLost(t *testing.T) {
	archives, err := filepath.Glob("testdata/lost/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			was, now, want := fstest.MapFS{}, fstest.MapFS{}, ""
			for _, f := range archive.Files {
				if file, ok := strings.CutPrefix(f.Name, "was/"); ok {
					was[file] = &fstest.MapFile{Data: f.Data}
				} else if file, ok := strings.CutPrefix(f.Name, "now/"); ok {
					now[file] = &fstest.MapFile{Data: f.Data}
				} else {
					want = string(f.Data)
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
			var b strings.Builder
			for _, e := range Lost(before.Pages, lib) {
				fmt.Fprintln(&b, e.Severity, e.Rule, e)
			}
			got := b.String()
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if faults := Lost(lib.Pages, lib); len(faults) > 0 {
				t.Errorf("without changes: %v", faults)
			}
		})
	}
}
