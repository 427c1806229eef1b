package index_test

import (
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"faqbase/index"
	"faqbase/index/indextest"
)

func TestMain(m *testing.M) {
	removeFolder := testInMemory()
	// Bleve starts its analysis workers when it is imported, once for all. An index that
	// a damaged file has made fail may not close.
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("faqbase/index.closeBleve"),
		goleak.Cleanup(func(code int) {
			removeFolder()
			os.Exit(code)
		}))
}

// testInMemory puts the folders of tests where the system has files in memory, if it has.
// Tests make a thousand indexes, each of which Bleve syncs to the disk several times:
// that was most of their time.
func testInMemory() (remove func()) {
	const memory = "/dev/shm"
	if strings.HasPrefix(os.TempDir(), memory) { // this is a process of a test
		return func() {}
	}
	dir, err := os.MkdirTemp(memory, "faqbase-index-test")
	if err != nil {
		return func() {}
	}
	os.Setenv("TMPDIR", dir)
	return func() { os.RemoveAll(dir) }
}

func TestConformance(t *testing.T) {
	t.Parallel()
	open := func(dir func(t *testing.T) string) func(t *testing.T) index.Engine {
		return func(t *testing.T) index.Engine {
			e, err := index.Open(dir(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
			return e
		}
	}
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		indextest.Run(t, open(func(*testing.T) string { return "" }))
	})
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		indextest.Run(t, open(func(t *testing.T) string { return t.TempDir() }))
	})
}
