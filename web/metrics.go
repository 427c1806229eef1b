package web

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"faqbase/index"
	"faqbase/kb"
)

// metrics are what a Server counts. Safe for concurrent use.
type metrics struct {
	requests *prometheus.HistogramVec // by route and status
	searches *prometheus.CounterVec   // by outcome
	search   prometheus.Histogram     // without the encoding of what was found
	replayed prometheus.Counter       // responses that were kept
}

// The outcomes of a search.
const (
	outcomeFound     = "found"
	outcomeCorrected = "corrected" // found, with words other than those that were typed
	outcomeNothing   = "nothing"
	outcomeLimited   = "limited"
	outcomeTimeout   = "timeout"
	outcomeFailed    = "failed"
)

// outcomes are all of them.
var outcomes = []string{outcomeFound, outcomeCorrected, outcomeNothing, outcomeLimited, outcomeTimeout, outcomeFailed}

// latencies are the bounds of the histograms, in seconds: half a millisecond, doubled.
var latencies = prometheus.ExponentialBuckets(.0005, 2, 14)

// newMetrics makes what a Server counts.
func newMetrics() *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "faqbase_http_request_duration_seconds",
			Help:    "Time from a request until its answer is written, by route and status. Event streams are not counted.",
			Buckets: latencies,
		}, []string{"route", "status"}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "faqbase_searches_total",
			Help: "Searches of visitors by outcome: found, corrected (found with other words than those that were typed), nothing, limited (there was no room in the queue), timeout or failed. One that was answered again without a search counts in faqbase_replayed_total instead.",
		}, []string{"outcome"}),
		search: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "faqbase_search_duration_seconds",
			Help:    "Time that a search of a visitor takes, with that in the queue.",
			Buckets: latencies,
		}),
		replayed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "faqbase_replayed_total",
			Help: "Responses that were given as they had been made before, without a search.",
		}),
	}
	for _, outcome := range outcomes {
		m.searches.WithLabelValues(outcome) // there from the beginning, with 0
	}
	return m
}

// register registers what s counts with reg, nil for nowhere. It panics where another
// server has: a registry is for one.
func (m *metrics) register(s *Server, reg prometheus.Registerer) {
	if reg == nil {
		return
	}
	gauge := func(name, help string, of func(*kb.Library) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			lib := s.library.Load()
			if lib == nil {
				return 0
			}
			return of(lib)
		})
	}
	level := func(name, help string, of func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, of)
	}
	reg.MustRegister(m.requests, m.searches, m.search, m.replayed,
		gauge("faqbase_generation", "The generation of the pages that are served; it rises with each change of them.",
			func(lib *kb.Library) float64 { return float64(lib.Generation) }),
		gauge("faqbase_pages", "Pages that are served.", func(lib *kb.Library) float64 { return float64(len(lib.Pages)) }),
		gauge("faqbase_questions", "Questions that are served.", func(lib *kb.Library) float64 { return float64(lib.NumQuestions()) }),
		gauge("faqbase_faults", "Faults of the pages, as faqbase check tells them.", func(lib *kb.Library) float64 { return float64(len(lib.Faults)) }),
		level("faqbase_event_streams", "Event streams of open pages.", func() float64 { return float64(s.feed.streams.Load()) }),
		level("faqbase_searches_running", "Searches that are being made.", func() float64 { return float64(len(s.queue.places)) }),
		level("faqbase_searches_waiting", "Searches that wait in the queue.", func() float64 { return float64(s.queue.waiting.Load()) }),
		level("faqbase_search_places", "Searches that may be made at a time.", func() float64 { return float64(cap(s.queue.places)) }),
		level("faqbase_search_queue_capacity", "Searches that may wait; one more is told to come again.", func() float64 { return float64(s.queue.room) }),
	)
}

// timed measures a request. What has no route counts as one, so that nobody makes
// new series by asking for what is not there.
func (m *metrics) timed(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := routeOf(c)
	if route == "/events" {
		return // open as long as its page is
	}
	m.requests.WithLabelValues(route, strconv.Itoa(c.Writer.Status())).Observe(time.Since(start).Seconds())
}

// searched counts a search of a visitor that took so long.
func (m *metrics) searched(took time.Duration, found *index.Results, err error) {
	outcome := outcomeFound
	switch {
	case errors.Is(err, errBusy):
		m.searches.WithLabelValues(outcomeLimited).Inc()
		return // it took no time
	case errors.Is(err, context.DeadlineExceeded):
		outcome = outcomeTimeout
	case errors.Is(err, context.Canceled):
		return // the visitor has left
	case err != nil:
		outcome = outcomeFailed
	case found.Total == 0:
		outcome = outcomeNothing
	case len(found.Corrections) > 0:
		outcome = outcomeCorrected
	}
	m.searches.WithLabelValues(outcome).Inc()
	m.search.Observe(took.Seconds())
}

// showMetrics answers /metrics where the program is so configured.
func (s *Server) showMetrics(c *gin.Context) error {
	if s.metricsPage == nil {
		return notFound("there is nothing at %s", c.Request.URL.Path)
	}
	c.Header("Cache-Control", "no-store")
	s.metricsPage.ServeHTTP(c.Writer, c.Request)
	return nil
}
