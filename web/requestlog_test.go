package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
)

// loggedServer is one whose log is lines of JSON in out.
func loggedServer(t *testing.T, c Config) (s *Server, out *bytes.Buffer) {
	t.Helper()
	out = new(bytes.Buffer)
	c.Log = slog.New(slog.NewJSONHandler(out, nil))
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Publish(load(t, fixture(t, nil), ""))
	return s, out
}

func TestEachRequestIsALine(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s, out := loggedServer(t, Config{Searcher: empty(lib), LogRequests: true})
	for _, c := range []struct {
		path, route string
		status      int
	}{
		{"/search?q=words", "/search", 200},
		{"/search?size=0", "/search", 400},
		{"/kb/python/peewee", "/kb/*path", 200},
		{"/nowhere/words", "none", 404},
		{"/healthz", "/healthz", 200},
	} {
		out.Reset()
		w := asked(s, "192.0.2.1:1", c.path)
		var line struct {
			Level, Msg, ID, Method, Route string
			Status, Bytes                 int
			MS                            *float64
		}
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Errorf("%s: %v in %s", c.path, err, out)
		}
		if line.Level != "INFO" || line.Msg != "request" || line.Method != "GET" || line.Route != c.route || line.Status != c.status ||
			line.Bytes != w.Body.Len() || line.MS == nil || line.ID == "" || line.ID != w.Header().Get(requestID) {
			t.Errorf("%s: %s", c.path, out)
		}
		if strings.Contains(out.String(), "words") || strings.Contains(out.String(), "peewee") || strings.Contains(out.String(), "192.0.2") {
			t.Errorf("%s: who asked what is told: %s", c.path, out)
		}
	}
	out.Reset()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("SECRETWORD", "/search", nil))
	if strings.Contains(out.String(), "SECRETWORD") {
		t.Errorf("a made up method is told: %s", out)
	}
	silent, out := loggedServer(t, Config{Searcher: empty(lib)})
	if asked(silent, "192.0.2.1:1", "/search?q=words"); out.Len() > 0 {
		t.Errorf("a line that nobody has asked for: %s", out)
	}
}

func TestRequestIDs(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s, out := loggedServer(t, Config{Searcher: empty(lib), LogRequests: true, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	ids := make(map[string]bool)
	for range 100 {
		ids[asked(s, "192.0.2.1:1", "/healthz").Header().Get(requestID)] = true
	}
	if len(ids) != 100 {
		t.Errorf("%d ids for 100 requests", len(ids))
	}
	for _, c := range []struct {
		claim, from, id string
		taken           bool
	}{
		{"of a trusted proxy", "10.1.2.3:4", "8f3a-2b_c.D", true},
		{"of anybody", "192.0.2.1:1", "8f3a-2b_c.D", false},
		{"with a line of its own", "10.1.2.3:4", "a level=ERROR msg=x", false},
		{"with a quote", "10.1.2.3:4", `a"b`, false},
		{"too long", "10.1.2.3:4", strings.Repeat("a", 65), false},
		{"empty", "10.1.2.3:4", "", false},
	} {
		out.Reset()
		w := asked(s, c.from, "/healthz", requestID, c.id)
		got := w.Header().Get(requestID)
		if (got == c.id) != c.taken || !wellFormed.MatchString(got) || len(w.Header().Values(requestID)) != 1 || !strings.Contains(out.String(), fmt.Sprintf("%q", got)) {
			t.Errorf("%s: %q is answered with %q; %s", c.claim, c.id, got, out)
		}
	}
}

// secretWords are what nobody may find in a log, each with the forms in which it could
// be there: as it is, escaped, or a part of it.
var secretWords = map[string][]string{
	"xyzzyplugh": {"xyzzyp"},
	"öß":         {"öß", "ÖSS", `u00f6`, "%c3%b6", "xc3"},
	"naïveté":    {"naïvet", "u00ef", "%c3%af", "na\\xc3"},
	"#~":         {"#~", "%23~", "%23%7e"},
}

// madeID is an id that the server has made for a request: sixteen random letters, among
// which any short form may be.
var madeID = regexp.MustCompile(`"id":"[A-Z2-7]{16}"`)

func TestNoLogHasWhatIsSearchedFor(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	var fail func(text string) error
	searcher := func() fake {
		return fake{
			search: func(_ context.Context, q index.Query) (*index.Results, error) {
				if err := fail(q.Text + fmt.Sprint(q.Tool, q.On, q.ExplainIDs)); err != nil {
					return nil, err
				}
				return &index.Results{Library: lib, Query: q}, nil
			},
			suggest: func(_ context.Context, text string, _ int) ([]index.Suggestion, error) { return nil, fail(text) },
			related: func(_ context.Context, id string, _ int) ([]index.Related, error) { return nil, fail(id) },
		}
	}
	failures := map[string]func(text string) error{
		"nothing fails":       func(string) error { return nil },
		"an error quotes it":  func(text string) error { return fmt.Errorf("cannot search for %q", text) },
		"in capitals":         func(text string) error { return errors.New(strings.ToUpper(text)) },
		"a panic quotes it":   func(text string) error { panic("no such term: " + text) },
		"a panic has it":      func(text string) error { panic(struct{ Text string }{text}) },
		"it takes too long":   func(text string) error { return fmt.Errorf("%s: %w", text, context.DeadlineExceeded) },
		"an index out of it":  func(text string) error { _ = text[len(text)+1:]; return nil },
		"a part of it alone":  func(text string) error { _, part, _ := strings.Cut(text, " "); return errors.New(part) },
		"it is escaped as Go": func(text string) error { return fmt.Errorf("%+q", text) },
		"as in an address":    func(text string) error { return errors.New(url.QueryEscape(text)) },
		"without its end":     func(text string) error { return errors.New(strings.ReplaceAll(text, "lugh", "")) },
		"deep in others": func(text string) error {
			return fmt.Errorf("search: %w", errors.Join(errors.New("x"), &fs.PathError{Op: "open", Path: text, Err: fs.ErrPermission}))
		},
		"a panic escapes it": func(text string) error { panic(fmt.Errorf("%+q", text)) },
	}
	pathsOf := func(word string) []string {
		return []string{"/search?q=" + word, "/search?q=two+" + word + "+words", "/?q=" + word, "/results?q=" + word, "/suggest?q=" + word,
			"/facets/tool?match=" + word, "/facets/tool?q=" + word, "/facets/" + word, "/search?tool=" + word, "/search?size=" + word,
			"/search?on=" + word, "/search?explain=1&id=" + word, "/question?id=" + word, "/kb/" + word, "/kb/" + word + ".png",
			"/tools/" + word, "/categories/" + word, "/compare?tool=gin&tool=" + word, "/" + word, "/nowhere/" + word + "/", "/events/" + word,
			"/search?" + word + "=1", "/static/" + word, "/readyz?q=" + word}
	}
	for _, claim := range slices.Sorted(maps.Keys(failures)) {
		t.Run(claim, func(t *testing.T) {
			fail = failures[claim]
			s, out := loggedServer(t, Config{Searcher: searcher(), LogRequests: true, Rate: Rate{PerSecond: 1, Burst: 1000}})
			for word, forms := range secretWords {
				escaped := url.PathEscape(word)
				for _, path := range pathsOf(escaped) {
					out.Reset()
					asked(s, "192.0.2.1:1", path, "Referer", "http://example.com/?q="+escaped, "User-Agent", word,
						"X-Forwarded-For", word, requestID, word, "Cookie", "theme="+word, "Accept", word)
					said := strings.ToLower(madeID.ReplaceAllString(out.String(), ""))
					for _, form := range forms {
						if strings.Contains(said, strings.ToLower(form)) {
							t.Errorf("%s: %s in %s", path, form, out)
						}
					}
					if !strings.Contains(out.String(), `"msg":"request"`) {
						t.Errorf("%s: no line: %s", path, out)
					}
				}
			}
		})
	}
	t.Run("what went wrong can be told from it all the same", func(t *testing.T) {
		for claim, want := range map[string]string{
			"deep in others":    "*fmt.wrapError: *errors.joinError; *errors.errorString; *fs.PathError: permission denied",
			"a panic quotes it": "panic: string\\ngoroutine",
			"a panic has it":    "requestlog_test.go",
		} {
			fail = failures[claim]
			s, out := loggedServer(t, Config{Searcher: searcher()})
			if asked(s, "192.0.2.1:1", "/search?q=word"); !strings.Contains(out.String(), want) {
				t.Errorf("%s: want %s in %s", claim, want, out)
			}
		}
	})
	t.Run("with queries it has them", func(t *testing.T) {
		fail = failures["an error quotes it"]
		s, out := loggedServer(t, Config{Searcher: searcher(), LogRequests: true, LogQueries: true})
		asked(s, "192.0.2.1:1", "/search?q=two+words")
		var fields []map[string]any
		for line := range bytes.Lines(out.Bytes()) {
			var f map[string]any
			if err := json.Unmarshal(line, &f); err != nil {
				t.Fatal(err)
			}
			fields = append(fields, f)
		}
		if len(fields) != 2 || fields[1]["q"] != "two words" || fields[1]["path"] != "/search" || !strings.Contains(fmt.Sprint(fields[0]["err"]), "two words") {
			t.Error(cmp.Diff(nil, fields))
		}
	})
}
