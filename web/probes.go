package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"faqbase/index"
	"faqbase/kb"
)

// healthz says that the process lives.
func (s *Server) healthz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, "ok\n")
	return nil
}

type readyJSON struct {
	Generation uint64 `json:"generation"`
	Pages      int    `json:"pages"`
	Questions  int    `json:"questions"`
}

// readyFor is how long a server is held for ready that has been found so. Probes ask
// anybody's searches nothing: they have no place in the queue, which would make a busy
// server one that is taken out of service, and cost one search in this time, however
// many ask.
const readyFor = time.Second

// readiness is what the last real search has told. Safe for concurrent use.
type readiness struct {
	last   atomic.Pointer[probed]
	asking singleflight.Group
	reason atomic.Pointer[string] // why the last answer was no, which the log was told; nil if it was yes
}

// A probed is what a real search has told. It does not change.
type probed struct {
	found *kb.Library // nil if the search failed
	err   error
	of    *kb.Library // that was published then
	at    time.Time   // when it ended
}

// readyz says that a library is published and that it can be searched. The log has
// when that ends, each other reason for it and when it is so again, not each probe
// meanwhile.
func (s *Server) readyz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	published, err := s.current()
	if err != nil {
		return err
	}
	lib, err := s.searchable(c.Request.Context(), published)
	if errors.Is(err, context.Canceled) {
		return err // the probe has left, which says nothing of this server
	}
	if err != nil {
		reason := reasonOf(err)
		if last := s.ready.reason.Swap(&reason); last == nil || *last != reason {
			s.trouble(c, slog.LevelError, "not ready", err)
		}
		return &problem{
			Title:  "not ready",
			Status: http.StatusServiceUnavailable,
			Detail: "the pages cannot be searched",
			retry:  2,
		}
	}
	if s.ready.reason.Swap(nil) != nil {
		s.log.Info("ready again")
	}
	return s.json(c, readyJSON{Generation: lib.Generation, Pages: len(lib.Pages), Questions: lib.NumQuestions()})
}

// reasonOf is what tells one reason from another; of a panic its stack does not.
func reasonOf(err error) string {
	var p *panicked
	if errors.As(err, &p) {
		return fmt.Sprintf("panic: %v", p.value)
	}
	return err.Error()
}

// searchable is the library that a real search finds, or its error, at most readyFor
// ago. All who ask while it runs wait for one search, each for [searchTimeout] at most.
func (s *Server) searchable(ctx context.Context, published *kb.Library) (*kb.Library, error) {
	if last := s.ready.last.Load(); last != nil && last.of == published && time.Since(last.at) < readyFor {
		return last.found, last.err
	}
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	own := context.WithoutCancel(ctx) // the search is not that of whoever asked first
	asked := s.ready.asking.DoChan(fmt.Sprintf("%p", published), func() (any, error) {
		p := &probed{of: published}
		p.found, p.err = s.probe(own)
		p.at = time.Now()
		s.ready.last.Store(p)
		return p, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-asked:
		p := a.Val.(*probed)
		return p.found, p.err
	}
}

// probe searches for everything and gives the library that was found in.
func (s *Server) probe(ctx context.Context) (lib *kb.Library, err error) {
	defer caught(&err)
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	found, err := s.searcher.Search(ctx, index.Query{Page: 1, Size: 1, Sort: index.ByRelevance})
	if err != nil {
		return nil, err
	}
	return found.Library, nil
}
