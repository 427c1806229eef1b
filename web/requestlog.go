package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"regexp"
	"syscall"
	"time"

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
	attrs := append(s.about(c), slog.String("err", s.told(err)))
	s.log.LogAttrs(c.Request.Context(), level, msg, attrs...)
}

// told is what the log is told of an error: with queries its text, else its kind.
func (s *Server) told(err error) string {
	if s.logQueries {
		return err.Error()
	}
	return kindOf(err)
}

// A panicked is the error of a request that panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// kindOf is what a log may have of an error, whose text may quote what it could not
// cope with, in any form: its types from the outermost in, the text of those that are
// the same whatever was asked, and where a panic was.
func kindOf(err error) string {
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, fs.ErrNotExist, fs.ErrPermission, io.ErrUnexpectedEOF, io.EOF} {
		if err == known {
			return known.Error()
		}
	}
	kind := fmt.Sprintf("%T", err)
	switch e := err.(type) {
	case *panicked:
		return fmt.Sprintf("panic: %T\n%s", e.value, e.stack)
	case syscall.Errno:
		return e.Error()
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			kind += ": " + kindOf(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			kind += "; " + kindOf(inner)
		}
	}
	return kind
}
