package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
	"faqbase/kb"
)

// What changes from run to run, or with the ranking.
var (
	tookMS = regexp.MustCompile(`"took_ms":[0-9.]+`)
	score  = regexp.MustCompile(`"score":[0-9.e+-]+`)
)

func TestJSON(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for name, path := range map[string]string{
		"search":            "/search?q=maintained",
		"search-facets":     "/search?q=peewee&ecosystem=python&tool=Peewee&size=1&page=2&sort=title&unknown=x",
		"search-typed":      "/search?q=tool%3Asqla+together",
		"search-unknown":    "/search?q=tool%3Asqlalchmey+tool%3Anosuch+together",
		"search-nothing":    "/search?q=maintained&tool=nosuchtool",
		"search-blocked":    "/search?q=maintained&tool=Gin&category=ORMs",
		"search-without":    "/search?q=maintained+-peewee&tool=peewee",
		"search-nearest":    "/search?q=%22asyncio+zzzz%22",
		"search-page":       "/search?q=mature&group=page",
		"suggest":           "/suggest?q=djang",
		"facets":            "/facets/ecosystem",
		"question":          "/question?id=python/sqlalchemy-vs-django-orm%23together",
		"problem-parameter": "/search?size=500",
		"problem-explain":   "/search?q=orm&explain=yes",
		"problem-not-found": "/question?id=a%23b",
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, score.ReplaceAllString(s.get(path).body, `"score":1`))
		})
	}
}

// golden compares JSON with that of a file.
func golden(t *testing.T, name, body string) {
	t.Helper()
	body = tookMS.ReplaceAllString(body, `"took_ms":1.25`)
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(body), "", "  "); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "json", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// decode reads the JSON of a search.
func decode(t *testing.T, r reply) searchJSON {
	t.Helper()
	r.want(t, 200, "application/json")
	var v searchJSON
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParameters(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	long := strings.Repeat("a", 512)
	for _, c := range []struct{ claim, query, parameter string }{
		{"no size below 1", "size=0", "size"},
		{"no size over 100", "size=101", "size"},
		{"a size is a number", "size=ten", "size"},
		{"an empty size is none", "size=", "size"},
		{"no page below 1", "page=0", "page"},
		{"no negative page", "page=-1", "page"},
		{"no page past every number", "page=99999999999999999999", "page"},
		{"no result past the 10,000th", "page=101&size=100", "page"},
		{"no unknown order", "sort=best", "sort"},
		{"no unknown grouping", "group=tool", "group"},
		{"no query over 512 bytes", "q=" + long + "a", "q"},
		{"no facet value over 512 bytes", "tool=" + long + "a", "tool"},
		{"exact is 1", "exact=yes", "exact"},
		{"exact is not said to be off", "exact=0", "exact"},
		{"an empty exact is none", "exact=", "exact"},
		{"explain is 1", "explain=true", "explain"},
		{"no id to explain over 1,024 bytes", "explain=1&id=" + strings.Repeat("a", 1025), "id"},
		{"no explaining of id after id", "explain=1&" + idTimes(33), "id"},
		{"no facet given over and over", strings.Repeat("tool=a&", 1) + facetTimes(33), "tool"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			r := s.get("/search?"+c.query).want(t, 400, "application/problem+json")
			var p problem
			if err := json.Unmarshal([]byte(r.body), &p); err != nil {
				t.Fatal(err)
			}
			if p.Parameter != c.parameter || p.Status != 400 || p.Title != "bad parameter" || p.Detail == "" {
				t.Errorf("got %+v", p)
			}
			s.get("/results?"+c.query).want(t, 400, "application/problem+json")
			s.get("/?"+c.query).want(t, 400, "text/html")
			s.get("/?"+c.query, "Accept", "application/json").want(t, 400, "application/problem+json")
		})
	}
	for query, want := range map[string]string{
		"size=500":                     "size is 1 to 100, not 500",
		"size=-1":                      "size is 1 to 100, not -1",
		"size=ten":                     `size is 1 to 100, not "ten"`,
		"size=":                        `size is 1 to 100, not ""`,
		"page=1+2":                     `page is 1 to 10000, not "1 2"`,
		"page=99999999999999999999999": "page is 1 to 10000, not 99999999999999999999…",
		"page=%C3%A4" + long:           `page is 1 to 10000, not "ä` + long[:19] + `…"`,
	} {
		var p problem
		if err := json.Unmarshal([]byte(s.get("/search?"+query).body), &p); err != nil {
			t.Fatal(err)
		}
		if p.Detail != want {
			t.Errorf("%s: %s, want %s", query, p.Detail, want)
		}
	}
	for _, c := range []struct {
		claim, query string
		total        int
	}{
		{"unknown parameters are ignored", "q=maintained&nope=1", 1},
		{"512 bytes are a query", "q=" + long, 0},
		{"a page past the end has no hits", "q=maintained&page=1000", 1},
		{"the 10,000th result may be asked for", "q=maintained&page=100&size=100", 1},
		{"a query without words is all of the facet", "tool=Peewee", 2},
		{"an unknown value has no hits", "q=maintained&tool=nope", 0},
		{"a repeated value counts once", "tool=Peewee&tool=Peewee", 2},
		{"an empty value is none", "q=maintained&tool=", 1},
		{"a lone percent sign is itself", "q=maintained%25+%", 1},
		{"a semicolon separates nothing", "q=maintained;", 1},
		{"ids without explain are ignored", "q=maintained&" + idTimes(33), 1},
		{"32 ids may be explained", "q=maintained&explain=1&id=a&id=a&id=&" + idTimes(31), 1},
		{"broken UTF-8 is no error", "q=maintained+%ff%fe", 1},
		{"a zero byte is no error", "q=maintained%00", 1},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := decode(t, s.get("/search?"+c.query)); got.Total != c.total {
				t.Errorf("total is %d, want %d: %+v", got.Total, c.total, got.Query)
			}
			s.get("/?"+c.query).want(t, 200, "text/html")
			s.get("/results?"+c.query).want(t, 200, "text/html")
		})
	}
}

func facetTimes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "tool=t%d&", i)
	}
	return b.String()
}

func idTimes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "id=t%d&", i)
	}
	return b.String()
}

func TestThreeFacesAgree(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, query := range []string{"?q=orm", "?q=django+orm&sort=updated", "?ecosystem=go", "?q=orm&size=2&page=2", "?q=zzz"} {
		data := decode(t, s.get("/search"+query))
		fragment := s.get("/results"+query).want(t, 200, "text/html").body
		page := s.get("/"+query).want(t, 200, "text/html").body
		if !strings.Contains(page, fragment) {
			t.Errorf("%s: the page does not hold the fragment", query)
		}
		last := 0
		for _, hit := range data.Hits {
			at := strings.Index(fragment[last:], `<a href="`+hit.URL+`">`)
			if at < 0 {
				t.Fatalf("%s: %s is not in the fragment, or not in this order", query, hit.ID)
			}
			last += at
		}
		if n := strings.Count(fragment, `<li class="hit">`); n != len(data.Hits) {
			t.Errorf("%s: the fragment has %d hits, the JSON %d", query, n, len(data.Hits))
		}
	}
}

func TestEntityTags(t *testing.T) {
	calls := 0
	lib := load(t, fixture(t, nil), "")
	next := load(t, fixture(t, map[string]string{"new.md": "# New\n\nText.\n"}), "")
	serving := lib
	searcher := fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
		calls++
		return &index.Results{Library: serving, Query: q}, nil
	}}
	s := serve(t, lib, Config{Searcher: searcher, Version: "1.0"})
	paths := []string{"/", "/?q=a", "/results?q=a", "/search?q=a", "/facets/tool", "/question?id=databases%23which-database-do-i-start-with",
		"/kb/python/peewee", "/kb/python/peewee.md", "/tools", "/tools/peewee", "/categories/orms", "/ecosystems/go"}
	tags := make(map[string]string)
	for _, path := range paths {
		tag := s.get(path).want(t, 200, "").Header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Fatalf("%s: tag %q is not weak", path, tag)
		}
		if other, ok := tags[tag]; ok {
			t.Errorf("%s and %s have one tag", path, other)
		}
		tags[tag] = path
		before := calls
		for _, known := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
			r := s.get(path, "If-None-Match", known)
			if r.StatusCode != http.StatusNotModified || r.body != "" || r.Header.Get("ETag") != tag {
				t.Errorf("%s, If-None-Match %s: got %d", path, known, r.StatusCode)
			}
		}
		if calls != before {
			t.Errorf("%s: searched for a 304", path)
		}
		if got := s.get(path, "If-None-Match", `W/"other"`).StatusCode; got != 200 {
			t.Errorf("%s: %d for another tag", path, got)
		}
	}
	t.Run("a page in another theme has another tag", func(t *testing.T) {
		a := s.get("/kb/python/peewee").Header.Get("ETag")
		b := s.get("/kb/python/peewee", "Cookie", "theme=dark").Header.Get("ETag")
		if a == b {
			t.Error("one tag for both")
		}
		if s.get("/search?q=a").Header.Get("ETag") != s.get("/search?q=a", "Cookie", "theme=dark").Header.Get("ETag") {
			t.Error("JSON has no theme")
		}
	})
	t.Run("what was searched and the tag belong together", func(t *testing.T) {
		old := s.get("/search?q=a").Header.Get("ETag")
		serving = next // applied, not yet published
		s.kept.InvalidateAll()
		ahead := s.get("/search?q=a").Header.Get("ETag")
		s.Publish(next)
		after := s.get("/search?q=a").Header.Get("ETag")
		if ahead == old || ahead != after {
			t.Errorf("tags %s, %s, %s", old, ahead, after)
		}
	})
	t.Run("the end of a curation changes the tags", func(t *testing.T) {
		curated := load(t, fixture(t, map[string]string{"curations.yaml": "- query: orm\n  pin: [python/peewee]\n  reason: of this week\n  until: 2000-01-02\n"}), "")
		if len(curated.Curations) != 1 {
			t.Fatal(curated.Faults)
		}
		synctest.Test(t, func(t *testing.T) { // begins at the first midnight of 2000
			s, err := New(Config{Searcher: empty(curated)})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Publish(curated)
			tag := func() string {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search?q=orm", nil))
				return w.Header().Get("ETag")
			}
			first := tag()
			time.Sleep(47 * time.Hour)
			if got := tag(); got != first {
				t.Errorf("on its last day: %s, before %s", got, first)
			}
			time.Sleep(time.Hour)
			if got := tag(); got == first {
				t.Errorf("after its last day still %s", got)
			}
		})
	})
	t.Run("another version has other tags", func(t *testing.T) {
		a := serve(t, lib, Config{Searcher: searcher, BaseURL: "https://x.example", Version: "1.0"}).get("/tools").Header.Get("ETag")
		b := serve(t, lib, Config{Searcher: searcher, BaseURL: "https://x.example", Version: "1.1"}).get("/tools").Header.Get("ETag")
		again := serve(t, lib, Config{Searcher: searcher, BaseURL: "https://x.example", Version: "1.0"}).get("/tools").Header.Get("ETag")
		if a == b || a != again {
			t.Errorf("tags %s, %s, %s", a, b, again)
		}
	})
}

func TestFailures(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	var fail func(ctx context.Context) error
	s := serve(t, lib, Config{Searcher: fake{
		search:  func(ctx context.Context, _ index.Query) (*index.Results, error) { return nil, fail(ctx) },
		suggest: func(ctx context.Context, _ string, _ int) ([]index.Suggestion, error) { return nil, fail(ctx) },
	}})
	secret := errors.New("disk /dev/secret is on fire")
	for _, path := range []string{"/search?q=a", "/results?q=a", "/?q=a", "/suggest?q=a", "/facets/tool"} {
		fail = func(context.Context) error { return secret }
		r := s.get(path)
		if r.StatusCode != http.StatusInternalServerError || strings.Contains(r.body, "secret") || r.Header.Get("ETag") != "" {
			t.Errorf("%s: an error of the index gives %d %s", path, r.StatusCode, r.body)
		}
		fail = func(context.Context) error { return context.DeadlineExceeded }
		if r := s.get(path); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
			t.Errorf("%s: a search that takes too long gives %d", path, r.StatusCode)
		}
		fail = func(context.Context) error { panic("secret") }
		if r := s.get(path); r.StatusCode != http.StatusInternalServerError || strings.Contains(r.body, "secret") {
			t.Errorf("%s: a panic gives %d %s", path, r.StatusCode, r.body)
		}
	}
	fail = func(context.Context) error { return secret }
	s.get("/readyz").want(t, http.StatusServiceUnavailable, "application/problem+json")
	s.get("/healthz").want(t, 200, "text/plain")
	s.get("/nope/lost").want(t, http.StatusNotFound, "text/html")
}

func TestSearchesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := load(t, fixture(t, nil), "")
		s, err := New(Config{Searcher: fake{search: func(ctx context.Context, _ index.Query) (*index.Results, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Publish(lib)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search?q=a", nil))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("got %d", w.Code)
		}
	})
}

// many is a library with one tool a page, and no other facet.
func many(t *testing.T, tools int) *kb.Library {
	changes := make(map[string]string)
	for i := range tools {
		word := "even"
		if i%2 == 1 {
			word = "odd"
		}
		changes[fmt.Sprintf("page%02d.md", i)] = fmt.Sprintf("---\ntitle: Page %02d\ntools: Tool%02d\n---\n\n## What is %s?\n\nIt is number %02d.\n", i, i, word, i)
	}
	fsys := fixture(t, changes)
	return load(t, fsys, "")
}

func TestFilters(t *testing.T) {
	s := open(t, many(t, 90), Config{})
	view := func(query string) resultsView {
		t.Helper()
		q, err := readQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.newResultsView(context.Background(), &answer{asked: q, found: found})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tools := func(v resultsView) (shown, all []valueView) {
		t.Helper()
		for _, f := range v.Facets {
			if f.Name == kb.FacetTool {
				return f.Values, append(slices.Clone(f.Values), f.Rest...)
			}
		}
		t.Fatal("no tools")
		return nil, nil
	}
	names := func(values []valueView) (out []string) {
		for _, v := range values {
			out = append(out, v.Name)
		}
		return out
	}
	t.Run("eight values are shown, all are there", func(t *testing.T) {
		shown, all := tools(view("q=number"))
		if len(shown) != 8 || len(all) != listedValues {
			t.Errorf("%d of %d", len(shown), len(all))
		}
	})
	t.Run("a value without hits stays, and cannot be chosen", func(t *testing.T) {
		_, all := tools(view("q=odd"))
		for _, v := range all {
			if (v.Count == 0) != v.Fixed {
				t.Errorf("%+v", v)
			}
		}
	})
	t.Run("what has hits is shown first", func(t *testing.T) {
		shown, _ := tools(view("q=odd"))
		for _, v := range shown {
			if v.Count == 0 {
				t.Errorf("%s is shown without hits", v.Name)
			}
		}
	})
	t.Run("choosing moves nothing", func(t *testing.T) {
		before, _ := tools(view("q=odd"))
		chosen := before[5]
		after, _ := tools(view("q=odd&tool=" + chosen.Slug))
		if diff := cmp.Diff(names(before), names(after)); diff != "" {
			t.Error(diff)
		}
		if !after[5].Selected {
			t.Error("the chosen value is not selected")
		}
	})
	t.Run("a chosen value is shown wherever it stands", func(t *testing.T) {
		shown, _ := tools(view("tool=tool89"))
		if !slices.ContainsFunc(shown, func(v valueView) bool { return v.Name == "Tool89" && v.Selected }) {
			t.Errorf("%v", names(shown))
		}
	})
	t.Run("a chip takes its value away and keeps the rest", func(t *testing.T) {
		v := view("q=odd&tool=tool01&tool=Tool03&sort=title&page=2")
		if len(v.Chips) != 2 {
			t.Fatalf("%+v", v.Chips)
		}
		if got, want := v.Chips[0].URL, "/?q=odd&tool=Tool03&sort=title"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := v.Clear, "/?q=odd&sort=title"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("typed values become chosen ones in every link and box", func(t *testing.T) {
		for _, query := range []string{
			"q=tool:tool01+odd",
			"q=odd%09tool:tool01",
			"q=odd+TOOL:%E2%80%9CTool01%E2%80%9D",
			"q=odd+tool:tool01&tool=Tool01",
		} {
			v := view(query)
			if len(v.Chips) != 1 || v.Chips[0].URL != "/?q=odd" || v.Clear != "/?q=odd" || v.Text != "odd" {
				t.Errorf("%s: %+v %s %q", query, v.Chips, v.Clear, v.Text)
			}
			_, all := tools(v)
			for _, value := range all {
				if value.Selected != (value.Name == "Tool01") || value.Selected && value.Fixed {
					t.Errorf("%s: %+v", query, value)
				}
			}
		}
	})
	t.Run("a count is what choosing the value gives, and two are what both give", func(t *testing.T) {
		const query = "q=number+tool:tool01"
		typed := view(query)
		if len(typed.Chips) != 1 || typed.Total != 1 {
			t.Fatalf("%d hits, %+v", typed.Total, typed.Chips)
		}
		_, all := tools(typed)
		for _, value := range all[:10] {
			if alone := view("q=number&tool=" + value.Slug); alone.Total != value.Count {
				t.Errorf("%s: %d hits, but the count is %d", value.Name, alone.Total, value.Count)
			}
		}
		if both := view("q=number&tool=tool01&tool=tool02"); both.Total != 2 {
			t.Errorf("%d hits", both.Total)
		}
	})
	t.Run("what is not a selection stays in the field", func(t *testing.T) {
		for _, text := range []string{"tool:none odd", `tool:"tool01 odd`, "http://tool:80", "subtool:tool01", "tool:", `"tool:tool01"`, "What is odd? tool", ""} {
			if v := view("q=" + url.QueryEscape(text)); v.Text != text || len(v.Chips) != 0 || v.Typed {
				t.Errorf("%q: %q %+v", text, v.Text, v.Chips)
			}
		}
	})
	t.Run("an unknown value can be taken away", func(t *testing.T) {
		v := view("q=odd&tool=no+such")
		if v.Total != 0 || len(v.Chips) != 1 || v.Chips[0].URL != "/?q=odd" || len(v.Blocked) != 1 || v.Blocked[0].Total != 45 {
			t.Errorf("%d hits, blocked %+v, %+v", v.Total, v.Blocked, v.Chips)
		}
	})
	t.Run("pages lead to each other", func(t *testing.T) {
		v := view("q=number&size=5&page=3")
		if v.Previous != "/?q=number&size=5&page=2" || v.Next != "/?q=number&size=5&page=4" {
			t.Errorf("%s %s", v.Previous, v.Next)
		}
		var numbers []int
		for _, p := range v.Pager {
			numbers = append(numbers, p.Number)
		}
		if diff := cmp.Diff([]int{1, 2, 3, 4, 5, 18}, numbers); diff != "" {
			t.Error(diff)
		}
		past := view("q=number&size=5&page=60")
		if past.Previous != "/?q=number&size=5&page=18" || past.Next != "" || len(past.Hits) != 0 {
			t.Errorf("past the end: %s %s", past.Previous, past.Next)
		}
	})
	t.Run("the links to the next page lead through all hits, without script", func(t *testing.T) {
		hits := make(map[string]bool)
		pages := 0
		for at := "/?q=odd&size=20&sort=title"; at != ""; pages++ {
			d := parseDocument(t, s.get(at).want(t, 200, "text/html").body)
			at = ""
			for _, n := range d.all {
				href, _ := attr(n, "href")
				if rel, _ := attr(n, "rel"); rel == "next" {
					at = href
				}
				if n.Data == "a" && n.Parent.Data == "h2" && strings.HasPrefix(href, "/kb/") {
					hits[href] = true
				}
			}
		}
		if pages != 3 || len(hits) != 45 {
			t.Errorf("%d pages lead to %d hits, want 3 and 45", pages, len(hits))
		}
	})
	t.Run("grouped pages end where the hits do", func(t *testing.T) {
		// The page Go alone has questions enough to be grouped.
		text := "---\ntitle: Grouped\n---\n\n"
		for i := range 20 {
			text += fmt.Sprintf("## Does quokka %d hop?\n\nYes.\n\n", i)
		}
		s := open(t, load(t, fixture(t, map[string]string{"grouped.md": text}), ""), Config{})
		numbers := func(query string) (hits int, pages []int, previous, next string) {
			t.Helper()
			q, err := readQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			v, err := s.newResultsView(context.Background(), &answer{asked: q, found: found})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range v.Pager {
				pages = append(pages, p.Number)
			}
			return len(v.Hits), pages, v.Previous, v.Next
		}
		if hits, pages, _, next := numbers("q=quokka&group=page"); hits != 3 || pages != nil || next != "" {
			t.Errorf("page 1: %d hits, pages %v, then %q", hits, pages, next)
		}
		if _, pages, _, next := numbers("q=quokka&group=page&size=2"); !slices.Equal(pages, []int{1, 2}) || next == "" {
			t.Errorf("page 1 of 2: pages %v, then %q", pages, next)
		}
		if hits, pages, previous, next := numbers("q=quokka&group=page&size=2&page=2"); hits != 1 || !slices.Equal(pages, []int{1, 2}) || next != "" || previous != "/?q=quokka&size=2&group=page" {
			t.Errorf("page 2: %d hits, pages %v after %q, then %q", hits, pages, previous, next)
		}
		if hits, pages, previous, next := numbers("q=quokka&group=page&size=2&page=5"); hits != 0 || !slices.Equal(pages, []int{1, 2}) || next != "" || previous != "/?q=quokka&size=2&group=page&page=2" {
			t.Errorf("past the end: %d hits, pages %v after %q, then %q", hits, pages, previous, next)
		}
	})
	t.Run("no page past the 10,000th result is linked", func(t *testing.T) {
		v := s.resultPager(&answer{asked: index.Query{Page: 1000, Size: 10}, found: &index.Results{Total: 50_000, Grouped: 50_000}}, index.Query{Size: 10})
		if v.Next != "" || v.Pager[len(v.Pager)-1].Number != 1000 {
			t.Errorf("%+v %s", v.Pager, v.Next)
		}
	})
}

func TestAnswersAmongOthers(t *testing.T) {
	for claim, c := range map[string]struct{ answer, want string }{
		"text stays as it is":           {`<p>a &lt;b id=&#34;x&#34;&gt; &amp;  id="y"</p>`, `<p>a &lt;b id=&#34;x&#34;&gt; &amp;  id="y"</p>`},
		"no heading has an id":          {`<h4 id="which">Which</h4>`, `<h4>Which</h4>`},
		"nor has anything else":         {`<DETAILS ID=x open><kbd title="a" id='y'>k</kbd><br id="z"/></DETAILS>`, `<details open=""><kbd title="a">k</kbd><br/></DETAILS>`},
		"an id in a value is none":      {`<a title=' id="x"' href="/kb/a">a</a>`, `<a title=' id="x"' href="/kb/a">a</a>`},
		"links to ids lead to the page": {`<a class="n" href="#fn:1">1</a>`, `<a class="n" href="/kb/a#fn:1">1</a>`},
	} {
		t.Run(claim, func(t *testing.T) {
			if got := amongOthers(c.answer, "/kb/a"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("ids of authors are once on the results page", func(t *testing.T) {
		answer := "<details id=\"mine\"><summary id=\"sum\">Wombats</summary>x</details>\n\nA note[^1].\n\n[^1]: Of wombats.\n"
		s := open(t, load(t, fixture(t, map[string]string{
			"a.md": "# A\n\n## What do wombats dig?\n\n" + answer,
			"b.md": "# B\n\n## Where do wombats dig?\n\n" + answer,
		}), ""), Config{})
		body := s.get("/?q=wombats").want(t, 200, "text/html").body
		if strings.Count(body, "<strong>Wombats</strong>") != 2 {
			t.Fatal("the answers are not shown")
		}
		validate(t, "/?q=wombats", body)
		if s.get("/kb/a").want(t, 200, "text/html"); !strings.Contains(s.get("/kb/a").body, `id="mine"`) {
			t.Error("on its page an answer has no ids")
		}
	})
}

// explaining finds two entries of a library and explains them.
func explaining(lib *kb.Library) fake {
	return fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
		first, second := lib.Question("python/peewee#is-peewee-still-maintained"), lib.Page("databases")
		r := &index.Results{Library: lib, Query: q, Total: 2, Hits: []index.Hit{
			{Page: first.Page, Question: first, QuestionHTML: "Is <mark>Peewee</mark> still maintained?", Score: 1.23456, Pinned: &kb.Curation{Reason: "asked <daily>"}},
			{Page: second, QuestionHTML: "Databases", Score: .5},
		}}
		if !q.Explain {
			return r, nil
		}
		r.Hits[0].Explanation = &index.Explanation{ID: first.ID, Rank: 1, Score: 1.23456, Reasons: []index.Reason{
			{Text: "an editor put it there: asked <daily>"},
			{Text: "“peewee” is in the question", Value: .98765},
		}}
		r.Hits[1].Explanation = &index.Explanation{ID: second.Path, Rank: 2, Score: .5}
		for _, id := range q.ExplainIDs {
			r.Explanations = append(r.Explanations, index.Explanation{ID: id, Reasons: []index.Reason{{Text: "there is no question or page of this id"}}})
		}
		return r, nil
	}}
}

func TestExplanations(t *testing.T) {
	s := serve(t, load(t, fixture(t, nil), ""), Config{Searcher: explaining(load(t, fixture(t, nil), ""))})
	plain, explained := s.get("/search?q=peewee"), s.get("/search?q=peewee&explain=1&id=a%23b")
	t.Run("JSON has them where they are wanted", func(t *testing.T) {
		golden(t, "search-explained", explained.body)
		if body := s.get("/search?q=peewee&explain=1").body; !strings.Contains(body, `"explanations":[]`) {
			t.Errorf("no empty list where no id was given: %s", body)
		}
	})
	t.Run("and nothing of them elsewhere", func(t *testing.T) {
		for _, name := range []string{"explanation", "pinned", "reason", "exact"} {
			if strings.Contains(plain.body, name) {
				t.Errorf("%s is in %s", name, plain.body)
			}
		}
	})
	t.Run("without script each hit links to the page that has them", func(t *testing.T) {
		d := parseDocument(t, s.get("/?q=peewee&sort=title").body)
		var links []string
		for _, n := range d.all {
			if class, _ := attr(n, "class"); class == "why" {
				href, _ := attr(n, "href")
				links = append(links, href)
			}
		}
		want := []string{"/?q=peewee&sort=title&explain=1#Q-hit-1", "/?q=peewee&sort=title&explain=1#Q-hit-2"}
		if diff := cmp.Diff(want, links); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
		page, _, _ := strings.Cut(links[0], "#")
		body := s.get(page+"&id=a%23b").want(t, 200, "text/html").body
		validate(t, page, body)
		for _, want := range []string{
			`<details class="why" open><summary>Why this result</summary><div class="reasons"><p>Rank 1, score 1.235</p>`,
			`<li><span>an editor put it there: asked &lt;daily&gt;</span></li>`,
			`<li><span>“peewee” is in the question</span><span class="n">0.988</span></li>`,
			`<h3><code>a#b</code></h3><div class="reasons"><p>Not listed</p>`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in\n%s", want, body)
			}
		}
		if strings.Contains(body, `<a class="why"`) {
			t.Error("what is explained links to its explanation")
		}
	})
	t.Run("where nothing was searched for there is nothing to explain", func(t *testing.T) {
		if body := s.get("/?category=orms").body; strings.Contains(body, "Why this result") {
			t.Error(body)
		}
	})
}

// TestRemarks is about the lines above the hits: each is said by itself, in one order.
func TestRemarks(t *testing.T) {
	const (
		corrected = "Searched for word instead of wrod. Search for exactly “wrod”"
		exact     = "No spelling is corrected. Search for other spellings too"
		dropped   = "No answer here has nosuch, none."
		ignored   = "Too many words; left out: last."
		unknown   = "tool:nosuch filters nothing: there is no such value."
	)
	lib := load(t, fixture(t, nil), "")
	for _, c := range []struct {
		claim, query string
		found        index.Results
		want         []string
	}{
		{"where all was understood nothing is said", "?q=word", index.Results{}, nil},
		{"a correction, with a way back", "?q=wrod", index.Results{Corrections: []index.Correction{{From: "wrod", To: "word"}}}, []string{corrected}},
		{"that nothing is corrected, as asked", "?q=wrod&exact=1", index.Results{}, []string{exact}},
		{"which is said of words alone", "?exact=1&page=2", index.Results{}, nil},
		{"words that no answer has", "?q=nosuch+none", index.Results{Dropped: []string{"nosuch", "none"}}, []string{dropped}},
		{"words that are too many", "?q=last", index.Results{Ignored: []string{"last"}}, []string{ignored}},
		{"all at once: what was searched for, what was left out of it, what filters nothing", "?q=wrod", index.Results{
			Unknown:     []index.UnknownValue{{Facet: kb.FacetTool, Typed: "tool:nosuch"}},
			Ignored:     []string{"last"},
			Dropped:     []string{"nosuch", "none"},
			Corrections: []index.Correction{{From: "wrod", To: "word"}},
		}, []string{corrected, dropped, ignored, unknown}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := serve(t, lib, Config{Searcher: fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
				r := c.found
				r.Library, r.Query = lib, q
				return &r, nil
			}}})
			var got []string
			for _, n := range parseDocument(t, s.get("/"+c.query).want(t, 200, "text/html").body).all {
				if class, _ := attr(n, "class"); class == "note" {
					got = append(got, text(n))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the remarks are %q, want %q", got, c.want)
			}
		})
	}
}

// TestCorrections is about the way to and from the exact words.
func TestCorrections(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
		gin, _ := lib.Value(kb.FacetTool, "gin")
		r := &index.Results{Library: lib, Query: q, Facets: map[kb.Facet][]index.FacetValue{kb.FacetTool: {{Value: gin, Selected: true}}}}
		if !q.Exact {
			r.Corrections = []index.Correction{{From: "mantained", To: "maintained"}, {From: "pewee", To: "peewee"}}
		}
		return r, nil
	}}})
	t.Run("the line leads to the exact words, with all filters", func(t *testing.T) {
		body := s.get("/?q=mantained+pewee&tool=gin&page=2").want(t, 200, "text/html").body
		want := `<p class="note">Searched for <b>maintained</b> instead of <q>mantained</q>, <b>peewee</b> instead of <q>pewee</q>. ` +
			`<a href="/?q=mantained&#43;pewee&amp;tool=gin&amp;exact=1">Search for exactly “mantained”, “pewee”</a></p>`
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	})
	t.Run("from there a line leads back, and filters stay exact", func(t *testing.T) {
		body := s.get("/?q=mantained&tool=gin&exact=1").want(t, 200, "text/html").body
		for _, want := range []string{
			`<a href="/?q=mantained&amp;tool=gin">Search for other spellings too</a>`,
			`<input type="hidden" name="exact" value="1" form="Q-search">`,
			`href="/?q=mantained&amp;exact=1" aria-label="Remove filter Tool: Gin"`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in\n%s", want, body)
			}
		}
	})
	t.Run("the JSON echoes it", func(t *testing.T) {
		golden(t, "search-exact", s.get("/search?q=mantained&exact=1").body)
	})
}

// TestUnknownFilters is about filters that are typed with a value that there is not.
func TestUnknownFilters(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for claim, c := range map[string]struct{ query, want string }{
		"the page says that there is no such value": {"?q=together+tool%3Anosuch",
			`<p class="note"><q>tool:nosuch</q> filters nothing: there is no such value.</p>`},
		"one that is near is offered, with the other filters": {"?q=together+tool%3Asqlalchmey&category=orms",
			`<p class="note"><q>tool:sqlalchmey</q> filters nothing: there is no such value. <a href="/?q=together&amp;category=orms&amp;tool=sqlalchemy">Filter by Tool: SQLAlchemy</a></p>`},
		"that is said on the fragment too, also where nothing is found": {"results?q=zzzz+category%3Aorm&tool=gin",
			`<p class="note"><q>category:orm</q> filters nothing: there is no such value. <a href="/?q=zzzz&amp;category=orms&amp;tool=gin">Filter by Category: ORMs</a></p>`},
	} {
		t.Run(claim, func(t *testing.T) {
			if body := s.get("/"+c.query).want(t, 200, "text/html").body; !strings.Contains(body, c.want) {
				t.Errorf("no %s in\n%s", c.want, body)
			}
		})
	}
	if body := s.get("/?q=together+tool%3Agin").body; strings.Contains(body, "filters nothing") {
		t.Error("it is said of a value that there is")
	}
}

// TestNothingFound reads what the page offers where there are no hits.
func TestNothingFound(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, c := range []struct {
		claim, query string
		want         []string // links with what stands after them
	}{
		{
			"the filter that blocks is offered without, the others are kept",
			"?q=maintained&tool=gin&category=orms&sort=title",
			[]string{
				"/?q=maintained&category=orms&sort=title Without Tool: Gin: 1 answer",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{
			"a typed filter is taken out of the words",
			"?q=" + url.QueryEscape(`maintained tool:gin`),
			[]string{
				"/?q=maintained Without Tool: Gin: 1 answer",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{
			"values of one filter are named together",
			"?q=maintained&tool=gin&tool=echo",
			[]string{
				"/?q=maintained Without Tool: Gin or Echo: 1 answer",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{
			"all filters together are offered where that gives more",
			"?q=faster&tool=peewee&category=web+frameworks",
			[]string{
				"/?q=faster&category=web+frameworks Without Tool: Peewee: 1 answer",
				"/?q=faster Without any filter: 2 answers",
				"/kb/go/router-comparison#which-router-is-faster-gin-or-echo Which router is faster, Gin or Echo? Gin vs Echo vs chi",
				"/kb/python/sqlalchemy-vs-django-orm#is-sqlalchemy-faster-than-django-orm Is SQLAlchemy faster than Django ORM? SQLAlchemy vs Django ORM",
			},
		},
		{
			"filters that block nothing by themselves can only be left out together",
			"?q=maintained&tool=gin&ecosystem=go",
			[]string{
				"/?q=maintained Without any filter: 1 answer",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{
			"words that stand together nowhere lead to what has some of them",
			"?q=" + url.QueryEscape(`"asyncio zzzz"`),
			[]string{
				"/?q=asyncio+zzzz No answer has “asyncio zzzz” word by word. Search without the quotes: 1 answer",
				"/kb/python/peewee#does-peewee-support-asyncio Does Peewee support asyncio? Peewee",
			},
		},
		{
			"an exclusion that leaves nothing says what it leaves out, and leads to it",
			"?q=maintained+-peewee&tool=peewee",
			[]string{
				"/?q=maintained&tool=peewee -peewee leaves out 1 answer. Search without it",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{
			"a phrase that nothing has is named, and its words are a link",
			"?q=" + url.QueryEscape(`"maintained peewee still"`),
			[]string{
				"/?q=maintained+peewee+still No answer has “maintained peewee still” word by word. Search without the quotes: 1 answer",
				"/kb/python/peewee#does-peewee-support-asyncio Does Peewee support asyncio? Peewee",
				"/kb/python/peewee#is-peewee-still-maintained Is Peewee still maintained? Peewee",
			},
		},
		{"words that mean nothing here lead nowhere", "?q=zzzzz", nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := parseDocument(t, s.get("/"+c.query).want(t, 200, "text/html").body)
			var got, nearest []string
			for _, n := range d.all {
				if n.Data != "li" {
					continue
				}
				href := ""
				for child := range n.ChildNodes() {
					if child.Data == "a" && href == "" {
						href, _ = attr(child, "href")
					}
				}
				switch class, _ := attr(n.Parent, "class"); class {
				case "blocked":
					got = append(got, href+" "+text(n))
				case "questions":
					nearest = append(nearest, href+" "+text(n))
				}
			}
			slices.Sort(nearest) // their order is the index's
			got = append(got, nearest...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	t.Run("where there are hits the JSON says nothing of it", func(t *testing.T) {
		if body := s.get("/search?q=maintained").body; strings.Contains(body, `"blocked"`) || strings.Contains(body, `"nearest"`) {
			t.Error(body)
		}
	})
}

// TestRelatedQuestions is about what the server makes of them; which they are is
// the index's.
func TestRelatedQuestions(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	next := load(t, fixture(t, map[string]string{"new.md": "# New\n\n## Is this new?\n\nYes.\n"}), "")
	var fail error
	s := serve(t, lib, Config{Searcher: fake{
		related: func(_ context.Context, id string, n int) ([]index.Related, error) {
			if id == "databases" && n == 5 || id == "databases#which-database-do-i-start-with" && n == 3 {
				return []index.Related{
					{Question: next.Question("new#is-this-new"), Similar: true},
					{Question: next.Question("python/sqlalchemy-vs-django-orm#together"), Shared: kb.Shared{Tools: []string{"SQLAlchemy"}}},
				}, fail
			}
			return nil, fail
		},
	}})
	const line = `<li><a href="/kb/python/sqlalchemy-vs-django-orm#together">Can I use both together?</a> <span>Also about SQLAlchemy, on SQLAlchemy vs Django ORM</span></li>`
	t.Run("a page names them with the reason", func(t *testing.T) {
		if body := s.get("/kb/databases").want(t, 200, "text/html").body; !strings.Contains(body, line) {
			t.Errorf("no %s in\n%s", line, body)
		}
	})
	t.Run("the JSON of a question has them with the reason", func(t *testing.T) {
		body := s.get("/question?id=databases%23which-database-do-i-start-with").want(t, 200, "application/json").body
		want := `"related":[{"id":"python/sqlalchemy-vs-django-orm#together","url":"/kb/python/sqlalchemy-vs-django-orm#together",` +
			`"question":"Can I use both together?","reason":"also about SQLAlchemy"}]}`
		if !strings.HasSuffix(strings.TrimSpace(body), want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	})
	t.Run("what only the next library has is left out", func(t *testing.T) {
		for _, path := range []string{"/kb/databases", "/question?id=databases%23which-database-do-i-start-with"} {
			if body := s.get(path).want(t, 200, "").body; strings.Contains(body, "/kb/new") {
				t.Errorf("%s leads to a page that there is not", path)
			}
		}
	})
	t.Run("a page without any has no heading for them", func(t *testing.T) {
		if strings.Contains(s.get("/kb/python/peewee").body, "Related questions") {
			t.Error("it has")
		}
	})
	t.Run("a page is served without them when they cannot be had, and is not kept", func(t *testing.T) {
		fail = context.DeadlineExceeded
		s.kept.InvalidateAll()
		r := s.get("/kb/databases").want(t, 200, "text/html")
		if strings.Contains(r.body, "Related questions") || r.Header.Get("ETag") != "" {
			t.Errorf("tag %q\n%s", r.Header.Get("ETag"), r.body)
		}
		s.get("/question?id=databases%23which-database-do-i-start-with").want(t, http.StatusServiceUnavailable, "application/problem+json")
	})
}

func TestPrefer(t *testing.T) {
	for _, c := range []struct {
		accept string
		offers []string
		want   string
	}{
		{"", []string{"a/b", "c/d"}, "a/b"},
		{"c/d", []string{"a/b", "c/d"}, "c/d"},
		{"c/d;q=0", []string{"a/b", "c/d"}, "a/b"},
		{"*/*;q=0.1, a/b;q=0", []string{"a/b", "c/d"}, "c/d"},
		{"c/*;q=0.4, a/b;q=0.3", []string{"a/b", "c/d"}, "c/d"},
		{"a/b;q=nonsense, c/d;q=0.001", []string{"a/b", "c/d"}, "c/d"},
		{"a/b;q=2, c/d", []string{"a/b", "c/d"}, "c/d"},
		{"a/b;q=NaN, c/d;q=0.1", []string{"a/b", "c/d"}, "c/d"},
		{";;;,,", []string{"a/b"}, "a/b"},
	} {
		if got := prefer([]string{c.accept}, c.offers...); got != c.want {
			t.Errorf("%q of %v: got %s, want %s", c.accept, c.offers, got, c.want)
		}
	}
	for accept, want := range map[string]string{
		"":                       "",
		"gzip":                   "gzip",
		"gzip, deflate, br":      "br",
		"gzip, br;q=0.5":         "gzip",
		"br;q=0":                 "",
		"*":                      "br",
		"*;q=0.5, br;q=0, zstd":  "zstd",
		"identity":               "",
		"zstd;q=1.0, gzip;q=1.0": "zstd",
	} {
		if got := preferEncoding([]string{accept}, "br", "zstd", "gzip"); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", accept, got, want)
		}
	}
}

func FuzzReadQuery(f *testing.F) {
	f.Add("q=a&tool=b&page=2")
	f.Add("q=tool:%22a%20b%22&sort=title&size=100&group=page")
	f.Add("q=%zz;&=&&category=%ff")
	f.Add("q=a&exact=1&explain=1&id=a%23b&id=a%23b&id=c")
	f.Add("q=a+tool:gin+ecosystem:%22go%22&tool=GIN")
	s, lib := &Server{}, load(f, fixture(f, nil), "")
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := readQuery(raw)
		if err != nil {
			return
		}
		if q.Page < 1 || q.Size < 1 || q.Page*q.Size > maxReach || len(q.Text) > maxText {
			t.Fatalf("%q: %+v is out of bounds", raw, q)
		}
		_, own, _ := strings.Cut(s.address("/", q), "?")
		again, err := readQuery(own)
		if err != nil {
			t.Fatalf("%q: own address: %v", raw, err)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Fatalf("%q: own address means something else\n%s", raw, diff)
		}
		_, settled := (&answer{asked: q, found: &index.Results{Library: lib}}).settled()
		_, own, _ = strings.Cut(s.address("/", settled), "?")
		if _, err = readQuery(own); err != nil {
			t.Fatalf("%q: address of its links: %v", raw, err)
		}
	})
}

func TestTheOrderIsOfferedWhereThereAreResults(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, c := range []struct {
		claim, path string
		offered     bool
	}{
		{"with hits there is a choice of orders", "/?q=peewee&sort=title", true},
		{"on the front page too", "/?sort=title", true},
		{"without hits there is none", "/?q=zzzzqqq&sort=title", false},
		{"nor behind the last of them", "/?q=peewee&sort=title&page=99", false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for _, path := range []string{c.path, strings.Replace(c.path, "/?", "/results?", 1)} {
				body := s.get(path).want(t, 200, "text/html").body
				if got := strings.Contains(body, `id="Q-sort"`); got != c.offered {
					t.Errorf("%s: an order is offered: %v", path, got)
				}
				if kept := strings.Contains(body, `<input type="hidden" name="sort" value="title"`); kept == c.offered {
					t.Errorf("%s: the order is kept for the next search: %v", path, kept)
				}
			}
		})
	}
}
