package main

import (
	"errors"
	"net/http"
	"net/http/pprof"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"faqbase/kb"
)

// metrics are what the program counts beside its site: the loop from the folder to
// the readers, and the process. Safe for concurrent use.
type metrics struct {
	registry *prometheus.Registry
	reindex  prometheus.Histogram
	untaken  prometheus.Gauge
	unread   prometheus.Gauge
	warm     prometheus.Gauge
	watching *prometheus.GaugeVec // by how the folder is watched, which is 1
	auto     bool                 // where there are no events, it is watched without
}

// warmMetric is the name of metrics.warm.
const warmMetric = "faqbase_warm"

// versionLabel is the label that has the version of the program.
const versionLabel = "version"

// newMetrics are those of a program that is to watch its folder as mode says.
func newMetrics(b build, mode kb.WatchMode) *metrics {
	m := &metrics{
		auto:     mode == kb.WatchAuto,
		registry: prometheus.NewRegistry(),
		reindex: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "faqbase_reindex_duration_seconds",
			Help:    "Time to make the index hold a state of the pages.",
			Buckets: prometheus.ExponentialBuckets(.005, 2, 14),
		}),
		untaken: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "faqbase_index_failing",
			Help: "1 while the index cannot be written and the pages as last indexed are served, else 0.",
		}),
		unread: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "faqbase_folder_failing",
			Help: "1 while the folder cannot be read or watched and its last state is served, else 0.",
		}),
		warm: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: warmMetric,
			Help: "1 once what is served was read and rendered ahead of its readers, as far as memory is meant for that, else 0.",
		}),
		watching: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "faqbase_watching",
			Help: "1 for the way the folder is watched (events, poll or off), 0 for the others.",
		}, []string{"mode"}),
	}
	m.watches(kb.WatchOff) // until it is
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "faqbase_info",
		Help:        "Always 1; its label says which program this is.",
		ConstLabels: prometheus.Labels{versionLabel: b.String()},
	})
	info.Set(1)
	m.registry.MustRegister(m.reindex, m.untaken, m.unread, m.warm, m.watching, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watches tells how the folder is watched: by events, poll or off.
func (m *metrics) watches(mode kb.WatchMode) {
	for _, other := range []kb.WatchMode{kb.WatchEvents, kb.WatchPoll, kb.WatchOff} {
		n := 0.
		if other == mode {
			n = 1
		}
		m.watching.WithLabelValues(string(other)).Set(n)
	}
}

// lost tells of an error of the folder. Where only its events cannot be had and
// kb.WatchAuto looks by itself instead, the folder is watched all the same.
func (m *metrics) lost(err error) {
	if m.auto && errors.As(err, new(*kb.WatchError)) {
		return
	}
	m.unread.Set(1)
}

// page answers with all metrics.
func (m *metrics) page() http.Handler { return metricsPage(m.registry) }

// publicPage answers with those that everybody may read. The threat is somebody who
// looks for programs with a known hole; the rule: nothing names the version of this one
// or of Go.
func (m *metrics) publicPage() http.Handler {
	return metricsPage(prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		families, err := m.registry.Gather()
		families = slices.DeleteFunc(families, func(f *dto.MetricFamily) bool { return f.GetName() == "go_info" })
		for _, f := range families {
			for _, metric := range f.Metric {
				// Labels are shared with what counts; a clone is shortened.
				metric.Label = slices.DeleteFunc(slices.Clone(metric.Label), func(l *dto.LabelPair) bool { return l.GetName() == versionLabel })
			}
		}
		return families, err
	}))
}

func metricsPage(from prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(from, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// admin is what --admin-addr serves: metrics and the profiles of package pprof.
func (m *metrics) admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.page())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return notForSites(mux)
}

// notForSites refuses what the page of another site makes a browser ask, links to the
// metrics and the list of profiles excepted. The threat is a stranger's page that cannot
// read a profile, but has one made after the other, each of which takes time and memory
// from those who search.
func notForSites(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, path := r.Header.Get("Sec-Fetch-Site"), r.URL.Path
		link := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" && (path == "/metrics" || path == "/debug/pprof/")
		if (site == "cross-site" || site == "same-site") && !link {
			http.Error(w, "other sites may link here and use nothing that is here", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// toLoopbackAlone refuses requests for another host than this machine. The threat is a
// page of a stranger whose name leads here (DNS rebinding), to which a browser on this
// machine would give what it reads.
func toLoopbackAlone(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopbackHost(r.Host) {
			http.Error(w, "want a request for this machine, as http://localhost/metrics", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}
