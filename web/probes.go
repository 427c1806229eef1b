package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

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
	mu    sync.Mutex
	found *kb.Library // nil if that search failed
	of    *kb.Library // that was published then
	at    time.Time
}

// readyz says that a library is published and that it can be searched.
func (s *Server) readyz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	published, err := s.current()
	if err != nil {
		return err
	}
	lib, err := s.searchable(c.Request.Context(), published)
	if err != nil {
		s.trouble(c, slog.LevelError, "not ready", err)
		return &problem{
			Title:  "not ready",
			Status: http.StatusServiceUnavailable,
			Detail: "the pages cannot be searched",
			retry:  2,
		}
	}
	return s.json(c, readyJSON{Generation: lib.Generation, Pages: len(lib.Pages), Questions: lib.NumQuestions()})
}

// searchable is the library that a real search finds, at most readyFor ago.
func (s *Server) searchable(ctx context.Context, published *kb.Library) (*kb.Library, error) {
	r := &s.ready
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found != nil && r.of == published && time.Since(r.at) < readyFor {
		return r.found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	found, err := s.searcher.Search(ctx, index.Query{Page: 1, Size: 1, Sort: index.ByRelevance})
	if err != nil {
		r.found = nil
		return nil, err
	}
	r.found, r.of, r.at = found.Library, published, time.Now()
	return r.found, nil
}
