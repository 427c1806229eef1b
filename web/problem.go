package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

// A problem is an error that a visitor may see, in the form of RFC 9457.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Parameter is the name of the parameter that is wrong, if it is one.
	Parameter string `json:"parameter,omitempty"`

	words   string    // to search for what is near, "" for those of the address
	instead []kb.Link // what may be meant
	retry   int       // seconds to wait, 0 for no Retry-After
	bare    bool      // for those who may see nothing of the site, not even its frame
}

func (p *problem) Error() string { return fmt.Sprintf("%s: %s", p.Title, p.Detail) }

// badParameter says what is wrong with a parameter and what is wanted.
func badParameter(name, format string, args ...any) *problem {
	return &problem{
		Title:     "bad parameter",
		Status:    http.StatusBadRequest,
		Detail:    fmt.Sprintf(format, args...),
		Parameter: name,
	}
}

// longestEcho is how many runes a detail has that repeats a part of an address.
const longestEcho = 300

// notFound says what there is not.
func notFound(format string, args ...any) error {
	detail := []rune(fmt.Sprintf(format, args...))
	if len(detail) > longestEcho {
		detail = append(detail[:longestEcho], '…')
	}
	return &problem{Title: "not found", Status: http.StatusNotFound, Detail: string(detail)}
}

// problemOf maps an error to what the visitor is told. Its second result is
// whether the error is a fault of the program.
func problemOf(err error) (*problem, bool) {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p, p.Status == http.StatusInternalServerError
	case errors.Is(err, fs.ErrNotExist):
		return &problem{Title: "not found", Status: http.StatusNotFound, Detail: "there is nothing at this address"}, false
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{
			Title:  "too slow",
			Status: http.StatusServiceUnavailable,
			Detail: "the search took too long; try fewer words, or again in a moment",
			retry:  2,
		}, false
	case errors.Is(err, context.Canceled):
		// The visitor has left; nobody reads this.
		return &problem{Title: "cancelled", Status: http.StatusServiceUnavailable, retry: 1}, false
	}
	return &problem{
		Title:  "internal error",
		Status: http.StatusInternalServerError,
		Detail: "something went wrong here; the log says what",
	}, true
}

// isForPrograms tells the addresses that programs read, whose errors therefore
// are JSON whatever they accept.
func isForPrograms(path string) bool {
	switch path {
	case "/search", "/results", "/suggest", "/question", "/events", "/metrics", "/healthz", "/readyz",
		"/sitemap.xml", "/feed.xml", "/robots.txt", "/opensearch.xml", "/openapi.json":
		return true
	}
	return strings.HasPrefix(path, "/facets/") || strings.HasPrefix(path, "/static/")
}

// errorPage is the view of templates/error.html.
type errorPage struct {
	layout
	*problem
	Instead []kb.Link   // what may be meant by an address that leads nowhere
	Nearest []index.Hit // what has some of its words
}

// fail answers with an error.
func (s *Server) fail(c *gin.Context, err error) {
	p, fault := problemOf(err)
	if fault {
		s.trouble(c, slog.LevelError, "request failed", err)
	}
	if c.Writer.Written() {
		return
	}
	h := c.Writer.Header()
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	const asJSON, asHTML = "application/problem+json", "text/html"
	form := asHTML
	if p.bare || s.stranger(c) || isForPrograms(c.Request.URL.Path) {
		form = asJSON
	} else if best := prefer(c.Request.Header.Values("Accept"), asHTML, asJSON, "application/json"); best != asHTML {
		form = asJSON
	}
	if form == asJSON {
		h.Set("Content-Security-Policy", dataPolicy)
		s.allowOrigin(c)
		body, _ := json.Marshal(p) // strings and numbers cannot fail
		c.Data(p.Status, asJSON, append(body, '\n'))
		return
	}
	view := errorPage{layout: s.layout(c), problem: p}
	view.Heading = p.Title
	view.NoIndex = true
	view.Description = capital(p.Detail)
	view.Instead = p.instead
	if p.Status == http.StatusNotFound {
		view.Text = cmp.Or(p.words, addressWords(c.Request.URL.Path))
		view.Nearest = s.nearest(c, view.Text)
	}
	if err := s.render(c, p.Status, "error.html", view); err != nil {
		s.trouble(c, slog.LevelError, "error page", err)
		text := fmt.Sprintf("%d %s\n", p.Status, p.Title)
		if s.dev != nil {
			text += err.Error() + "\n" // most likely the template that is being edited
		}
		c.String(p.Status, "%s", text)
	}
}

// addressWords are the words of a path without the folder that every address of
// its kind begins with.
func addressWords(path string) string {
	path = strings.TrimPrefix(path, "/")
	if _, rest, ok := strings.Cut(path, "/"); ok {
		path = rest
	}
	words := strings.FieldsFunc(path, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	text := strings.Join(words, " ")
	if len(text) > maxText {
		return ""
	}
	return text
}

// nearest are a few hits for the words of an address that leads nowhere.
func (s *Server) nearest(c *gin.Context, text string) []index.Hit {
	if text == "" || s.library.Load() == nil {
		return nil
	}
	found, err := s.search(c.Request.Context(), index.Query{Text: text, Page: 1, Size: 5, Sort: index.ByRelevance})
	if err != nil {
		if !errors.Is(err, errBusy) {
			s.trouble(c, slog.LevelWarn, "search for a lost visitor", err)
		}
		return nil
	}
	return found.Hits
}
