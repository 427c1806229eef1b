package web

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"testing/fstest"
	"time"
	"weak"

	"faqbase/index"
	"faqbase/kb"
)

// Libraries share the pages that stayed the same, but each holds every page that
// changed, and tables of all of them: what is served is one library, however often
// it was edited.
func TestOldLibrariesAreLetGo(t *testing.T) {
	engine, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := serve(t, nil, Config{Searcher: engine})
	edition := func(n int) weak.Pointer[kb.Library] {
		page := fmt.Sprintf("# Page\n\n## What is edition %d?\n\nThe one after %d.\n", n, n-1)
		lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte(page)}}, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := engine.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		s.Publish(lib)
		for _, path := range []string{"/", "/search?q=edition", "/suggest?q=edition", "/kb/a", "/tools"} {
			if r := s.get(path); r.StatusCode != http.StatusOK {
				t.Fatalf("GET %s: status %d", path, r.StatusCode)
			}
		}
		return weak.Make(lib)
	}
	var old []weak.Pointer[kb.Library]
	for n := range 5 {
		old = append(old, edition(n))
	}
	// One that nobody has asked for yet.
	last, err := kb.Load(fstest.MapFS{"b.md": {Data: []byte("# The last page\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Apply(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	s.Publish(last)
	kept := func() (n int) {
		runtime.GC() // what pools hold goes with the second
		for _, lib := range old {
			if lib.Value() != nil {
				n++
			}
		}
		return n
	}
	for late := time.Now().Add(10 * time.Second); kept() > 0; {
		if time.Now().After(late) {
			t.Fatalf("%d of %d old libraries are still held", kept(), len(old))
		}
	}
	if s.library.Load() != last {
		t.Error("the last library is not served")
	}
}
