package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"faqbase/index"
	"faqbase/kb"
)

// tookField is what differs between two searches that find the same.
var tookField = regexp.MustCompile(`"took_ms":[0-9.]+,`)

func TestAResponseIsTheSameWhenItIsGivenAgain(t *testing.T) {
	for name, config := range map[string]Config{
		"as it comes":            {},
		"read by other sites":    {AllowOrigin: "*"},
		"below another address":  {BaseURL: "https://x.example/help/"},
		"read by one other site": {BaseURL: "/help", AllowOrigin: "https://docs.example"},
	} {
		t.Run(name, func(t *testing.T) { testGivenAgain(t, config) })
	}
}

func testGivenAgain(t *testing.T, config Config) {
	s := open(t, load(t, fixture(t, nil), ""), config)
	for _, c := range []struct {
		path    string
		headers []string
	}{
		{path: "/search?q=session"},
		{path: `/search?q=%22%2C%22took_ms%22%3A7%2C`},
		{path: "/search?q=xylophone&explain=1&id=x"},
		{path: "/results?q=session"},
		{path: "/?q=session"},
		{path: "/?q=session", headers: []string{"Cookie", "theme=dark"}},
		{path: "/"},
		{path: "/kb/python/sqlalchemy-vs-django-orm"},
		{path: "/suggest?q=dj"},
		{path: "/suggest?q=dj&format=opensearch"},
		{path: "/facets/tool?match=d"},
		{path: "/question?id=python/sqlalchemy-vs-django-orm%23together"},
		{path: "/tools"}, {path: "/browse"},
		{path: "/compare?tool=django-orm&tool=sqlalchemy"},
		{path: "/compare?tool=django-orm&tool=sqlalchemy&format=csv"},
		{path: "/sitemap.xml"}, {path: "/feed.xml"}, {path: "/nowhere"},
	} {
		before := testutil.ToFloat64(s.metrics.replayed)
		first := s.get(c.path, c.headers...)
		if n := testutil.ToFloat64(s.metrics.replayed); n != before {
			t.Errorf("%s %q was given from what was kept for another", c.path, c.headers)
		}
		second := s.get(c.path, c.headers...)
		if first.StatusCode != second.StatusCode {
			t.Errorf("%s: status %d, then %d", c.path, first.StatusCode, second.StatusCode)
		}
		if diff := cmp.Diff(withoutDate(first.Header), withoutDate(second.Header)); diff != "" {
			t.Errorf("%s: the headers differ:\n%s", c.path, diff)
		}
		if diff := cmp.Diff(tookField.ReplaceAllString(first.body, ""), tookField.ReplaceAllString(second.body, "")); diff != "" {
			t.Errorf("%s: the bodies differ:\n%s", c.path, diff)
		}
	}
	if testutil.ToFloat64(s.metrics.replayed) < 12 {
		t.Error("most of them were made twice")
	}
}

func withoutDate(h http.Header) http.Header {
	h = maps.Clone(h)
	h.Del("Date")
	h.Del(requestID)        // of each its own
	h.Del("Content-Length") // the time that a search took is in it
	return h
}

func TestNothingIsKeptOfTheLibraryBefore(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	const page = "/kb/python/sqlalchemy-vs-django-orm"
	first := s.get(page)
	if _, ok := s.kept.GetIfPresent(first.Header.Get("ETag")); !ok {
		t.Error("the page is not kept, which tests nothing")
	}
	s.Publish(load(t, fixture(t, map[string]string{"python/sqlalchemy-vs-django-orm.md": "# Anew\n\n## Is it new?\n\nYes.\n"}), ""))
	if s.kept.EstimatedSize() != 0 {
		t.Errorf("%d responses are kept", s.kept.EstimatedSize())
	}
	if second := s.get(page); second.body == first.body {
		t.Error("the page is the old one")
	}
}

func TestNothingIsKeptWhereTemplatesChange(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{Dev: true})
	for _, path := range []string{"/", "/search?q=session", "/suggest?q=dj", "/kb/python/peewee"} {
		s.get(path)
	}
	if n := s.kept.EstimatedSize(); n != 0 {
		t.Errorf("%d responses are kept", n)
	}
}

// A waiting server finds nothing, and that not before the test lets it.
type waiting struct {
	*Server
	asked   atomic.Int32 // how often the index was
	release chan struct{}
}

func newWaiting(t *testing.T, lib *kb.Library) *waiting {
	t.Helper()
	h := &waiting{release: make(chan struct{})}
	var err error
	h.Server, err = New(Config{Searcher: fake{search: func(ctx context.Context, q index.Query) (*index.Results, error) {
		if q.Text != "" { // else it is the overview
			h.asked.Add(1)
			select {
			case <-h.release:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return &index.Results{Library: lib, Query: q}, nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	h.Publish(lib)
	return h
}

// ask begins a request and gives where its answer will be.
func (h *waiting) ask(ctx context.Context, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	go h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	synctest.Wait()
	return w
}

func TestWhatManyAskAtOnceIsSearchedOnce(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	synctest.Test(t, func(t *testing.T) {
		h := newWaiting(t, lib)
		first, leave := context.WithCancel(t.Context())
		h.ask(first, "/results?q=session")
		var answers []*httptest.ResponseRecorder
		for range 5 {
			answers = append(answers, h.ask(t.Context(), "/results?q=session"))
		}
		if n := h.asked.Load(); n != 1 {
			t.Errorf("searched %d times while the first waits", n)
		}
		other := h.ask(t.Context(), "/results?q=other")
		if n := h.asked.Load(); n != 2 {
			t.Errorf("searched %d times with another search, want 2", n)
		}
		leave()
		synctest.Wait()
		if n := h.asked.Load(); n != 3 {
			t.Errorf("searched %d times after the first has left, want once more", n)
		}
		close(h.release)
		synctest.Wait()
		for _, w := range answers {
			if w.Code != http.StatusOK || w.Body.String() != answers[0].Body.String() {
				t.Errorf("got %d %.80s", w.Code, w.Body)
			}
		}
		if other.Code != http.StatusOK || other.Body.String() == answers[0].Body.String() {
			t.Errorf("the other search got %d %.80s", other.Code, other.Body)
		}
	})
}

func TestWhoJoinsASearchHasHisOwnTime(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	synctest.Test(t, func(t *testing.T) {
		h := newWaiting(t, lib)
		first := h.ask(t.Context(), "/results?q=session")
		time.Sleep(searchTimeout - time.Second/10)
		second := h.ask(t.Context(), "/results?q=session")
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan struct{})
		go func() {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/results?q=session", nil))
			close(left)
		}()
		synctest.Wait()
		leave()
		synctest.Wait()
		select {
		case <-left:
		default:
			t.Error("who has left still waits for the search of another")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if first.Code != http.StatusServiceUnavailable {
			t.Errorf("the first, whose time is over, gets %d", first.Code)
		}
		if n := h.asked.Load(); n != 2 {
			t.Errorf("searched %d times, want once more for the second", n)
		}
		close(h.release)
		synctest.Wait()
		if second.Code != http.StatusOK || second.Body.Len() == 0 {
			t.Errorf("the second, who has time left, gets %d %s", second.Code, second.Body)
		}
	})
}

func TestAPanicOfASearchEndsNoMoreThanItsRequests(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: fake{search: func(context.Context, index.Query) (*index.Results, error) { panic("no") }}})
	for range 2 {
		s.get("/search?q=a").want(t, http.StatusInternalServerError, "application/problem+json")
	}
}

func TestAnAnswerThatALibraryOvertookIsNotKept(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	next := load(t, fixture(t, map[string]string{"new.md": "# New\n"}), "")
	synctest.Test(t, func(t *testing.T) {
		h := newWaiting(t, lib)
		w := h.ask(t.Context(), "/search?q=session")
		h.Publish(next)
		again := h.ask(t.Context(), "/search?q=session")
		if n := h.asked.Load(); n != 2 {
			t.Errorf("searched %d times, want anew after the change", n)
		}
		close(h.release)
		synctest.Wait()
		if w.Code != http.StatusOK || again.Code != http.StatusOK {
			t.Errorf("got %d and %d", w.Code, again.Code)
		}
		if n := h.kept.EstimatedSize(); n != 0 {
			t.Errorf("%d responses of the library before are kept", n)
		}
	})
}

func TestASearchOverMidnightHasTheTagOfTheDayBefore(t *testing.T) {
	lib := load(t, fixture(t, map[string]string{"curations.yaml": "- query: orm\n  pin: [python/peewee]\n  reason: of this week\n  until: 2000-01-01\n"}), "")
	synctest.Test(t, func(t *testing.T) { // begins at the first midnight of 2000
		h := newWaiting(t, lib)
		time.Sleep(24*time.Hour - time.Second)
		before := h.ask(t.Context(), "/search?q=orm")
		time.Sleep(2 * time.Second)
		close(h.release)
		synctest.Wait()
		after := h.ask(t.Context(), "/search?q=orm")
		if h.asked.Load() != 2 {
			t.Error("what was found before midnight is given after it")
		}
		if a, b := before.Header().Get("ETag"), after.Header().Get("ETag"); a == "" || a == b {
			t.Errorf("the tags are %s and %s", a, b)
		}
	})
}

func TestATagHasOneBodyWhileLibrariesChange(t *testing.T) {
	const page = "python/peewee.md"
	libs := []*kb.Library{
		load(t, fixture(t, nil), ""),
		load(t, fixture(t, map[string]string{page: "# Peewee\n\n## Is peewee new?\n\nYes.\n"}), ""),
		load(t, fixture(t, map[string]string{page: ""}), ""),
	}
	var found atomic.Pointer[kb.Library]
	found.Store(libs[0])
	s := serve(t, libs[0], Config{Searcher: fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
		lib := found.Load()
		r := &index.Results{Library: lib, Query: q, Total: len(lib.Pages)}
		for _, p := range lib.Pages {
			r.Hits = append(r.Hits, index.Hit{Page: p})
		}
		return r, nil
	}}})
	bodies := make([]map[string]string, 4)
	var readers sync.WaitGroup
	for i := range bodies {
		bodies[i] = make(map[string]string)
		readers.Go(func() {
			for n := range 24 {
				path := []string{"/search?q=peewee", "/results?q=peewee", "/browse"}[n%3]
				r := s.get(path)
				tag, body := r.Header.Get("ETag"), path+tookField.ReplaceAllString(r.body, "")
				if was, ok := bodies[i][tag]; ok && was != body && tag != "" {
					t.Errorf("%s: one tag, two bodies", path)
				}
				bodies[i][tag] = body
			}
		})
	}
	done := make(chan struct{})
	go func() { readers.Wait(); close(done) }()
	for n := 0; ; n++ {
		lib := libs[n%len(libs)]
		found.Store(lib)
		s.Publish(lib)
		select {
		case <-done:
		default:
			continue
		}
		break
	}
	all := make(map[string]string)
	for _, some := range bodies {
		for tag, body := range some {
			if was, ok := all[tag]; ok && was != body && tag != "" {
				t.Errorf("one tag, two bodies:\n%.200s\n%.200s", was, body)
			}
			all[tag] = body
		}
	}
	if len(all) < 4 {
		t.Errorf("%d tags, which test nothing", len(all))
	}
}

func TestResponsesTakeNoMoreMemoryThanTheyMay(t *testing.T) {
	cache := newKept()
	const size = 100_000
	for i := range 3 * keptBytes / size {
		cache.Set(string(rune('a'+i%26))+string(rune('a'+i/26)), keptResponse{body: make([]byte, size)})
	}
	cache.CleanUp()
	if w := cache.WeightedSize(); w > keptBytes || w < keptBytes/2 {
		t.Errorf("%d bytes are kept, want at most %d and most of them", w, keptBytes)
	}
}
