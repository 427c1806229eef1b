package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A reader takes what an event stream sends.
type reader struct {
	t      *testing.T
	header http.Header
	cancel context.CancelFunc
	ended  chan struct{}

	mu       sync.Mutex
	got      strings.Builder
	fail     bool
	deadline time.Time
}

func (r *reader) Header() http.Header { return r.header }
func (r *reader) WriteHeader(int)     {}
func (r *reader) Flush()              {}

func (r *reader) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail {
		return 0, errors.New("gone")
	}
	if r.deadline.IsZero() {
		r.t.Error("written without a deadline")
	}
	return r.got.Write(b)
}

func (r *reader) SetWriteDeadline(d time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = d
	return nil
}

// take gives what came since the last time, once everybody waits.
func (r *reader) take() string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.deadline.IsZero() {
		r.t.Error("a deadline is left for the time without events")
	}
	got := r.got.String()
	r.got.Reset()
	return got
}

// listen opens a stream, as a reader whose last event was seen, with more headers by
// their names.
func listen(t *testing.T, s *Server, query, seen string, headers ...string) *reader {
	ctx, cancel := context.WithCancel(t.Context())
	r := &reader{t: t, header: make(http.Header), cancel: cancel, ended: make(chan struct{})}
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events"+query, nil)
	if seen != "" {
		req.Header.Set("Last-Event-ID", seen)
	}
	for h := range slices.Chunk(headers, 2) {
		req.Header.Set(h[0], h[1])
	}
	go func() {
		defer close(r.ended)
		s.ServeHTTP(r, req)
	}()
	return r
}

// message is a library event in what a reader got, of which there must be just one.
func message(t *testing.T, got string) (id string, data eventJSON) {
	t.Helper()
	n := 0
	for block := range strings.SplitSeq(got, "\n\n") {
		if !strings.Contains(block, "event: library") {
			continue
		}
		n++
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "id":
				id = value
			case "data":
				if err := json.Unmarshal([]byte(value), &data); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if n != 1 {
		t.Fatalf("%d events, want 1:\n%s", n, got)
	}
	return id, data
}

func silent(t *testing.T, claim, got string) {
	t.Helper()
	if strings.Contains(got, "event:") {
		t.Errorf("%s is an event: %q", claim, got)
	}
}

func TestEvents(t *testing.T) {
	a := load(t, fixture(t, nil), "")
	b := load(t, fixture(t, map[string]string{"databases.md": "# Databases\n\nOther text.\n", "new.md": "# New\n\nText.\n"}), "")
	c := load(t, fixture(t, map[string]string{"python/peewee.md": ""}), "")
	all := func(paths ...string) []string { return paths }
	start := func(t *testing.T) *Server {
		s, err := New(Config{Searcher: empty(a)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	run := func(claim string, f func(t *testing.T, s *Server)) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t)
				defer s.Close()
				f(t, s)
			})
		})
	}
	run("a change names the pages that changed", func(t *testing.T, s *Server) {
		s.Publish(a)
		r := listen(t, s, "", "")
		hello := r.take()
		silent(t, "the beginning", hello)
		if !strings.Contains(hello, "id: "+digestText(a)+"\n\n") || !strings.Contains(hello, "retry: ") {
			t.Errorf("begins with %q", hello)
		}
		if r.header.Get("Content-Type") != "text/event-stream" || r.header.Get("Cache-Control") != "no-store" ||
			r.header.Get("X-Accel-Buffering") != "no" || r.header.Get("Content-Encoding") != "" {
			t.Errorf("headers %v", r.header)
		}
		s.Publish(b)
		id, data := message(t, r.take())
		if id != digestText(b) || data.Generation != b.Generation {
			t.Errorf("id %s, generation %d", id, data.Generation)
		}
		if diff := cmp.Diff(all("databases", "new"), data.Paths); diff != "" {
			t.Error(diff)
		}
		s.Publish(c)
		_, data = message(t, r.take())
		if diff := cmp.Diff(all("databases", "new", "python/peewee"), data.Paths); diff != "" {
			t.Error(diff)
		}
	})
	run("a reader who comes back to the same library hears nothing, also after a restart", func(t *testing.T, s *Server) {
		early := listen(t, s, "", digestText(a)) // before the first library
		silent(t, "waiting", early.take())
		s.Publish(a)
		silent(t, "the first library", early.take())
		silent(t, "coming back", listen(t, s, "", digestText(a)).take())
		silent(t, "coming from a page", listen(t, s, "?since="+digestText(a), "").take())
	})
	run("a reader who comes back to another library is told that all may have changed", func(t *testing.T, s *Server) {
		early := listen(t, s, "", digestText(b))
		silent(t, "waiting", early.take())
		s.Publish(a)
		for _, r := range []*reader{early, listen(t, s, "", digestText(b)), listen(t, s, "?since="+digestText(b), "")} {
			id, data := message(t, r.take())
			if id != digestText(a) || len(data.Paths) != len(a.Pages) {
				t.Errorf("id %s, paths %v", id, data.Paths)
			}
		}
	})
	run("a reader who missed changes of this process is told which", func(t *testing.T, s *Server) {
		s.Publish(a)
		s.Publish(b)
		_, data := message(t, listen(t, s, "", digestText(a)).take())
		if diff := cmp.Diff(all("databases", "new"), data.Paths); diff != "" {
			t.Error(diff)
		}
	})
	run("the header counts more than the address", func(t *testing.T, s *Server) {
		s.Publish(a)
		silent(t, "coming back", listen(t, s, "?since=old", digestText(a)).take())
	})
	run("facts of a tool change the pages that show them", func(t *testing.T, s *Server) {
		s.Publish(a)
		r := listen(t, s, "", "")
		r.take()
		s.Publish(load(t, fixture(t, map[string]string{"tools.yaml": "- name: chi\n  slug: go-chi\n  license: MIT\n"}), ""))
		_, data := message(t, r.take())
		if !slices.Contains(data.Paths, "go/router-comparison") || slices.Contains(data.Paths, "databases") {
			t.Errorf("%v", data.Paths)
		}
	})
	run("a silent stream is kept alive", func(t *testing.T, s *Server) {
		s.Publish(a)
		r := listen(t, s, "", "")
		r.take()
		time.Sleep(15*time.Second + time.Millisecond) // of the bubble
		if got := r.take(); got != ": ping\n\n" {
			t.Errorf("after 15 s: %q", got)
		}
	})
	run("a reader that is gone is let go", func(t *testing.T, s *Server) {
		s.Publish(a)
		left, broken := listen(t, s, "", ""), listen(t, s, "", "")
		left.take()
		left.cancel()
		<-left.ended
		broken.take()
		broken.mu.Lock()
		broken.fail = true
		broken.mu.Unlock()
		s.Publish(b)
		<-broken.ended
	})
	run("closing ends all streams and opens none", func(t *testing.T, s *Server) {
		s.Publish(a)
		readers := []*reader{listen(t, s, "", ""), listen(t, s, "", "")}
		for _, r := range readers {
			r.take()
		}
		s.Close()
		for _, r := range readers {
			<-r.ended
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("got %d", w.Code)
		}
	})
	run("a thousand streams hear every one of many changes", func(t *testing.T, s *Server) {
		s.Publish(a)
		readers := make([]*reader, 1000)
		for i := range readers {
			readers[i] = listen(t, s, "", "")
		}
		for _, r := range readers {
			r.take()
		}
		for range recentEvents {
			s.Publish(b)
			s.Publish(a)
		}
		for _, r := range readers {
			if n := strings.Count(r.take(), "event: library"); n != 2*recentEvents {
				t.Fatalf("%d events, want %d", n, 2*recentEvents)
			}
		}
	})
	run("one stream too many is told to come back, and has the place of one that ends", func(t *testing.T, s *Server) {
		s.Publish(a)
		readers := make([]*reader, maxStreams)
		for i := range readers {
			readers[i] = listen(t, s, "", "")
		}
		synctest.Wait()
		ask := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
			return w
		}
		w := ask()
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		readers[0].cancel()
		<-readers[0].ended
		late := listen(t, s, "", "")
		synctest.Wait()
		if got := late.take(); !strings.Contains(got, "retry:") {
			t.Errorf("the place of a stream that ended is not free: %q", got)
		}
		for _, r := range append(readers[1:], late) {
			r.cancel()
			<-r.ended
		}
	})
}

func TestEventsOverHTTP(t *testing.T) {
	a := load(t, fixture(t, nil), "")
	s := serve(t, a, Config{Searcher: empty(a)})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.http.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, zstd, br")
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Encoding") != "" {
		t.Error("the stream is compressed")
	}
	var got strings.Builder
	buf := make([]byte, 4096)
	until := func(want string) {
		t.Helper()
		for !strings.Contains(got.String(), want) {
			n, err := res.Body.Read(buf)
			got.Write(buf[:n])
			if err != nil {
				t.Fatalf("%v; no %q in %q", err, want, got.String())
			}
		}
	}
	until("id: " + digestText(a))
	b := load(t, fixture(t, map[string]string{"new.md": "# New\n\nText.\n"}), "")
	s.Publish(b)
	until(`"paths":["new"]`)
	if head := s.do(http.MethodHead, "/events"); head.StatusCode != 200 || head.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD: %d %s", head.StatusCode, head.Header.Get("Content-Type"))
	}
}
