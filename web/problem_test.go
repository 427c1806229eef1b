package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestAnErrorRepeatsLittle sends what is far too long to every place whose errors say
// back what was sent.
func TestAnErrorRepeatsLittle(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	long := strings.Repeat("a<", 15_000)
	for _, before := range []string{"/search?sort=", "/search?group=", "/search?size=", "/search?exact=", "/search?on=", "/search?explain=1&id=", "/search?tool=",
		"/question?as=html&id=", "/question?id=a&as=", "/facets/", "/facets/tool?match=", "/suggest?format=", "/compare?tool=a&tool=", "/compare?format=",
		"/kb/", "/tools/", "/categories/", "/static/", "/sitemap.xml?part=", "/nowhere/"} {
		r := s.get(before+url.QueryEscape(long), "Accept", "application/json")
		if r.StatusCode == http.StatusOK || len(r.body) > 3000 {
			t.Errorf("%s: %d with %d bytes: %.100s", before, r.StatusCode, len(r.body), r.body)
		}
	}
	s.get("/question?id="+strings.Repeat("a", maxID+1)).want(t, http.StatusBadRequest, "application/problem+json")
	s.get("/question?id="+strings.Repeat("a", maxID)).want(t, http.StatusNotFound, "application/problem+json")
}
