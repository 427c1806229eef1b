package web

import (
	"crypto/rand"
	"log/slog"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// requestID is the header that names a request, in its answer too.
const requestID = "X-Request-Id"

// wellFormed is an id that may become a part of a log.
var wellFormed = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identified gives each request an id: that of a trusted proxy, by which its log and
// this one can be read together, else a new one.
func (s *Server) identified(c *gin.Context) {
	id := c.Request.Header.Get(requestID)
	if !wellFormed.MatchString(id) || !s.proxies.trust(peer(c.Request)) {
		id = rand.Text()[:16]
	}
	c.Header(requestID, id)
}

// logged writes a line for each request when it is answered. What readers search for
// says more about them than any address, so that the rule is: a log has the pattern of
// the route and never the text of an address, unless queries are asked for.
func (s *Server) logged(c *gin.Context) {
	start := time.Now()
	c.Next()
	if !s.logRequests {
		return
	}
	attrs := append(s.about(c), slog.Int("status", c.Writer.Status()),
		slog.Float64("ms", milliseconds(time.Since(start))), slog.Int("bytes", max(0, c.Writer.Size())))
	s.log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request", attrs...)
}

// about says which request a line of a log is of.
func (s *Server) about(c *gin.Context) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("id", c.Writer.Header().Get(requestID)),
		slog.String("method", method(c.Request.Method)),
		slog.String("route", routeOf(c)),
	}
	if s.logQueries {
		attrs = append(attrs, slog.String("path", c.Request.URL.Path))
		if q := parseParams(c.Request.URL.RawQuery).Get("q"); q != "" {
			attrs = append(attrs, slog.String("q", q))
		}
	}
	return attrs
}

// method is a method that there is, else other: whoever asks can make up any.
func method(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// routeOf is the pattern of the address that was asked, none for one that is not there.
func routeOf(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "none"
}

// trouble logs an error that a request has met.
func (s *Server) trouble(c *gin.Context, level slog.Level, msg string, err error) {
	said := []string{c.Request.URL.Path}
	for _, values := range parseParams(c.Request.URL.RawQuery) {
		said = append(said, values...)
	}
	attrs := append(s.about(c), slog.String("err", s.silent(err, said...)))
	s.log.LogAttrs(c.Request.Context(), level, msg, attrs...)
}

// silent is the text of an error without the words that a reader has said: an error or
// a panic of any package may quote what it could not cope with.
func (s *Server) silent(err error, said ...string) string {
	text := err.Error()
	if s.logQueries {
		return text
	}
	for _, word := range said {
		parts := strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, part := range append(parts, word) {
			if utf8.RuneCountInString(part) > 2 && !isRouteWord(part) {
				text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(part)).ReplaceAllLiteralString(text, "…")
			}
		}
	}
	return text
}

// isRouteWord tells words that are in the patterns of routes, which say nothing of a
// reader, from others; they are in the names of functions too.
func isRouteWord(word string) bool {
	switch strings.ToLower(word) {
	case "search", "results", "suggest", "facets", "question", "browse", "compare", "tools", "categories", "ecosystems", "category", "ecosystem", "tool":
		return true
	}
	return false
}
