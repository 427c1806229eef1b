package index_test

import (
	"testing"

	"go.uber.org/goleak"

	"faqbase/index"
	"faqbase/index/indextest"
)

func TestMain(m *testing.M) {
	// Bleve starts its analysis workers when it is imported, once for all. An index that
	// a damaged file has made fail may not close.
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("faqbase/index.closeBleve"))
}

func TestConformance(t *testing.T) {
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
		indextest.Run(t, open(func(*testing.T) string { return "" }))
	})
	t.Run("disk", func(t *testing.T) {
		indextest.Run(t, open(func(t *testing.T) string { return t.TempDir() }))
	})
}
