package web

import (
	"maps"
	"net/http"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// tookField is what differs between two searches that find the same.
var tookField = regexp.MustCompile(`"took_ms":[0-9.]+,`)

func TestAResponseIsTheSameWhenItIsGivenAgain(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
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
	h.Del("Content-Length") // the time that a search took is in it
	return h
}

func TestNothingIsKeptOfTheLibraryBefore(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	first := s.get("/kb/python/sqlalchemy-vs-django-orm")
	s.Publish(load(t, fixture(t, map[string]string{"python/sqlalchemy-vs-django-orm.md": "# Anew\n\n## Is it new?\n\nYes.\n"}), ""))
	if s.kept.EstimatedSize() != 0 {
		t.Errorf("%d responses are kept", s.kept.EstimatedSize())
	}
	if second := s.get("/kb/python/sqlalchemy-vs-django-orm"); second.body == first.body {
		t.Error("the page is the old one")
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
