package web

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"

	"github.com/gin-gonic/gin"
)

// guesses is how often a client may give a password that was not right before,
// whatever else it may ask. There is no limit by name: whoever knows one could keep its
// user out with wrong passwords. Who guesses from many addresses is slowed by what a
// guess costs: a hash of bcrypt, of which hashQueue makes a few at a time, while users who
// were right before wait for none.
var guesses = Rate{PerSecond: 1, Burst: 20}

// letIn is where Gin's context has the credential of the user whose request it is.
const letIn = "let in"

// stranger tells whether a request is of somebody who may see nothing of a protected
// site, not even the frame of its pages: its name, its facets, its numbers.
func (s *Server) stranger(c *gin.Context) bool {
	_, in := c.Get(letIn)
	return s.users != nil && !in
}

// dismissed tells whether a request is of somebody who was let in and would not be any
// more: the file of users has another password for him, or none.
func (s *Server) dismissed(c *gin.Context) bool {
	cred, in := c.Value(letIn).(credential)
	return in && !s.users.has(cred)
}

// signedIn answers 401 to those without a right name and password. The threat is a
// stranger who reads a private knowledge base, or tries passwords until one fits. The
// rule: everything but the probes wants both (Basic, RFC 7617); who was right is
// remembered, so that the slow hash is made once; who tries too often is refused for
// a while, right or not (429); and a few hashes are made at a time.
func (s *Server) signedIn(c *gin.Context) {
	if s.users == nil || isProbe(c.FullPath()) {
		return
	}
	name, password, given := c.Request.BasicAuth()
	cred := s.users.credential(name, password)
	if given && s.users.remembered(cred) {
		c.Set(letIn, cred)
		return
	}
	if given {
		right, err := s.verify(c.Request.Context(), s.proxies.client(c.Request), cred)
		switch {
		case right:
			c.Set(letIn, cred)
			return
		case err != nil:
			s.fail(c, err)
			c.Abort()
			return
		}
	}
	c.Header("WWW-Authenticate", `Basic realm="faqbase", charset="UTF-8"`)
	s.fail(c, &problem{
		Title:  "unauthorized",
		Status: http.StatusUnauthorized,
		Detail: "a name and a password are wanted",
	})
	c.Abort()
}

// verify makes the hash of a password in its turn, for those who have not tried too
// often.
func (s *Server) verify(ctx context.Context, from client, cred credential) (right bool, err error) {
	if wait, ok := s.guesses.take(from); !ok {
		return false, tooMany("too many passwords were tried; try again in a moment", wait)
	}
	right, err = queued(ctx, s.hashes, func(context.Context) (bool, error) { return s.users.right(cred), nil })
	if errors.Is(err, errBusy) || errors.Is(err, context.DeadlineExceeded) {
		err = errManyPasswords
	}
	return right, err
}

// errManyPasswords is what is told whose password has no turn in time.
var errManyPasswords = &problem{
	Title:  "too busy",
	Status: http.StatusServiceUnavailable,
	Detail: "too many passwords are being checked; try again in a moment",
	retry:  1,
}

// hashQueue is the queue of passwords: half of the processors are left to those who
// read.
func hashQueue() *queue { return newQueue(max(1, runtime.GOMAXPROCS(0)/2), 64) }

// errProtected is what is wrong with a configuration that opens a protected site.
var errProtected = errors.New("allowed origin: want none where there are users; browsers send no password for pages of another site")

// privately is a Cache-Control of a site whose readers have passwords: no cache that
// several people share may keep an answer.
func privately(cache string) string {
	if strings.Contains(cache, "no-store") || strings.Contains(cache, "private") {
		return cache
	}
	if rest, ok := strings.CutPrefix(cache, "public"); ok {
		return "private" + rest
	}
	return strings.TrimSuffix("private, "+cache, ", ")
}

// A private is a writer whose answers no shared cache may keep.
type private struct{ http.ResponseWriter }

func (p private) WriteHeader(status int) {
	h := p.Header()
	h.Set("Cache-Control", privately(h.Get("Cache-Control")))
	p.ResponseWriter.WriteHeader(status)
}

// Flush and Unwrap are for event streams.
func (p private) Flush()                      { _ = http.NewResponseController(p.ResponseWriter).Flush() }
func (p private) Unwrap() http.ResponseWriter { return p.ResponseWriter }
