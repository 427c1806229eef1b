package web

import (
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// A Rate is how often one client may ask: so many requests a second in the long run,
// and at most Burst at once. The zero Rate limits nobody.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Off tells whether nobody is limited.
func (r Rate) Off() bool { return r.PerSecond <= 0 }

// maxClients is how many clients are told apart at once. The least active make room
// for others, about 2 MB in all.
const maxClients = 10_000

// A limiter counts what clients ask for. The threat is one client that takes the
// server from all others, or guesses passwords. The rule: each has a bucket that fills
// at a steady rate, whatever the server has to spare, and who finds it empty is told
// when to come again (429). Files of the program itself and probes cost nothing. Safe
// for concurrent use.
type limiter struct {
	rate    Rate
	buckets *otter.Cache[client, *rate.Limiter]

	mu      sync.Mutex
	streams map[client]int // open event streams, for those who have any
}

// maxStreamsOfOne is how many event streams one client may have open: the pages of an
// office whose computers share an address.
const maxStreamsOfOne = 256

func newLimiter(r Rate) *limiter {
	l := &limiter{rate: r, streams: make(map[client]int)}
	if !r.Off() {
		l.buckets = otter.Must(&otter.Options[client, *rate.Limiter]{MaximumSize: maxClients})
	}
	return l
}

// bucket is that of a client.
func (l *limiter) bucket(c client) *rate.Limiter {
	b, _ := l.buckets.ComputeIfAbsent(c, func() (*rate.Limiter, bool) {
		return rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst), false
	})
	return b
}

// take takes one request of a client, or says after what time there is one for him.
func (l *limiter) take(c client) (wait time.Duration, ok bool) {
	if l.rate.Off() {
		return 0, true
	}
	b := l.bucket(c)
	if b.Allow() {
		return 0, true
	}
	return time.Duration((1 - b.Tokens()) / l.rate.PerSecond * float64(time.Second)), false
}

// open counts an event stream of a client, which done ends. It is false where the
// client has too many.
func (l *limiter) open(c client) (done func(), ok bool) {
	if l.rate.Off() {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams[c] == maxStreamsOfOne {
		return nil, false
	}
	l.streams[c]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.streams[c]--; l.streams[c] == 0 {
			delete(l.streams, c)
		}
	}, true
}

// tooMany is what a client is told who asks too often.
func tooMany(detail string, wait time.Duration) *problem {
	return &problem{
		Title:  "too many requests",
		Status: http.StatusTooManyRequests,
		Detail: detail,
		retry:  max(1, int(math.Ceil(wait.Seconds()))),
	}
}

// limited answers 429 to those who ask too often. Where clients are told apart, here or
// for their passwords, a proxy that makes all of them one is told of.
func (s *Server) limited(c *gin.Context) {
	switch route := c.FullPath(); {
	case isProbe(route), route == "/static/*name", route == "/favicon.ico":
		return
	}
	if (s.users != nil || !s.limiter.rate.Off()) && forwarded(c.Request) && !s.proxies.trust(peer(c.Request)) {
		s.unnamedProxy.Do(func() {
			s.log.Warn("requests come through a proxy; name it with --trusted-proxy so that its readers are told apart",
				"proxy", peer(c.Request))
		})
	}
	if wait, ok := s.limiter.take(s.proxies.client(c.Request)); !ok {
		s.fail(c, tooMany("you ask too often; try again in a moment", wait))
		c.Abort()
	}
}
