package e2e

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/web"
)

// A site is a running server over a copy of some pages.
type site struct {
	dir    string // the pages
	url    string
	config web.Config

	handler atomic.Pointer[http.Handler]
	stop    func() // ends what answers now
}

// startSite serves a fresh copy of the starter pages until the test ends, and
// follows what the test does to them.
func startSite(t *testing.T) *site {
	t.Helper()
	return serve(t, kb.Starter())
}

// serve serves a copy of any pages likewise.
func serve(t *testing.T, pages fs.FS) *site {
	t.Helper()
	return serveAs(t, pages, web.Config{})
}

// serveAs is serve with what config asks for.
func serveAs(t *testing.T, pages fs.FS, config web.Config) *site {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, pages); err != nil {
		t.Fatal(err)
	}
	s := &site{dir: dir, config: config}
	s.start(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.handler.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.stop()
		front.Close()
	})
	s.url = front.URL
	return s
}

// start reads the pages and answers, as a new process does.
func (s *site) start(t *testing.T) {
	t.Helper()
	engine, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	config := s.config
	config.Searcher, config.Version, config.Log = engine, "e2e", slog.New(slog.DiscardHandler)
	server, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		first := true
		for lib, err := range kb.Watch(ctx, s.dir, kb.WatchOptions{}) {
			if lib == nil {
				if ctx.Err() == nil {
					t.Errorf("read %s: %v", s.dir, err)
				}
				continue
			}
			if err := engine.Apply(ctx, lib); err != nil {
				if ctx.Err() == nil {
					t.Errorf("index: %v", err)
				}
				return
			}
			server.Publish(lib)
			if first {
				close(ready)
				first = false
			}
		}
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		server.Close()
		<-done
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case <-done:
		s.stop()
		t.FailNow()
	}
	var handler http.Handler = server
	s.handler.Store(&handler)
}

// goAway ends what answers; until the next start each request is answered so.
func (s *site) goAway(answer http.HandlerFunc) {
	var handler http.Handler = answer
	s.handler.Store(&handler)
	s.stop()
}

// results is what the tests read of the answer to GET /search.
type results struct {
	Total int
	Hits  []struct {
		ID, URL, Question string
		Section           *struct{ URL string } // where a page has the words outside its questions
	}
	Facets map[string][]facetValue
}

type facetValue struct {
	Value    string
	Count    int
	Selected bool
}

// search asks the site what the browser should show.
func (s *site) search(t *testing.T, query url.Values) results {
	t.Helper()
	resp, err := http.Get(s.url + "/search?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET /search?%s: %s", query.Encode(), resp.Status)
	}
	var r results
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// edit changes a file of the pages.
func (s *site) edit(t *testing.T, file string, change func(string) string) {
	t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(file))
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(src))), 0o644); err != nil {
		t.Fatal(err)
	}
}
