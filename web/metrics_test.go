package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"faqbase/index"
)

func TestAServerThatCouldNotBeMadeHasRegisteredNothing(t *testing.T) {
	registry := prometheus.NewRegistry()
	c := Config{Searcher: empty(nil), Metrics: registry, AllowOrigin: "nonsense"}
	if _, err := New(c); err == nil {
		t.Fatal("nonsense is taken for an origin")
	}
	if all, err := registry.Gather(); err != nil || len(all) != 0 {
		t.Errorf("%d families are registered, %v", len(all), err)
	}
	c.AllowOrigin = ""
	if _, err := New(c); err != nil {
		t.Error(err)
	}
}

func TestOnlySearchesOfVisitorsCount(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{Dev: true})
	count := func() (n float64) {
		for _, outcome := range outcomes {
			n += testutil.ToFloat64(s.metrics.searches.WithLabelValues(outcome))
		}
		return n
	}
	for _, c := range []struct {
		path  string
		count float64
	}{
		{"/readyz", 0}, {"/nowhere/django", 0}, {"/", 1}, {"/search?q=django", 1}, {"/facets/tool", 1}, {"/browse", 0}, {"/suggest?q=dj", 0},
	} {
		before := count()
		s.get(c.path)
		if got := count() - before; got != c.count {
			t.Errorf("%s counts as %v searches, want %v", c.path, got, c.count)
		}
	}
	before := count()
	s.Publish(load(t, fixture(t, map[string]string{"new.md": "# New\n\nText.\n"}), ""))
	s.dev.looking.Wait()
	if got := count() - before; got != 0 {
		t.Errorf("the looks of dev count as %v searches", got)
	}
}

// TestMetricsTellWhatHappens does each thing and reads how it is told.
func TestMetricsTellWhatHappens(t *testing.T) {
	lib := load(t, fixture(t, map[string]string{"broken.md": "# Broken\n\n## Empty?\n"}), "")
	next := load(t, fixture(t, map[string]string{"new.md": "# New\n\nText.\n"}), "")
	synctest.Test(t, func(t *testing.T) {
		letGo := make(chan struct{})
		f := fake{search: func(ctx context.Context, q index.Query) (*index.Results, error) {
			found := &index.Results{Library: lib, Query: q, Total: 1}
			switch word, _, _ := strings.Cut(q.Text, " "); word {
			case "slow":
				<-letGo
			case "corrected":
				found.Corrections = []index.Correction{{From: "corrected", To: "right"}}
			case "nothing":
				found.Total = 0
			case "timeout":
				<-ctx.Done()
				return nil, ctx.Err()
			case "failed":
				return nil, errors.New("no")
			}
			return found, nil
		}}
		registry := prometheus.NewRegistry()
		s, err := New(Config{Searcher: f, Metrics: registry, MetricsPage: promhttp.HandlerFor(registry, promhttp.HandlerOpts{})})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.queue = newQueue(1, 1)
		want := func(when string, lines ...string) {
			t.Helper()
			text := "\n" + asked(s, "192.0.2.1:1", "/metrics").Body.String()
			for _, line := range lines {
				if !strings.Contains(text, "\n"+line+"\n") {
					name, _, _ := strings.Cut(line, " ")
					at := max(0, strings.Index(text, "\n"+name))
					t.Errorf("%s: no %s but %.200s", when, line, text[at:])
				}
			}
		}
		ask := func(path string) int { return asked(s, "192.0.2.1:1", path).Code }
		want("before the first library", "faqbase_generation 0", "faqbase_pages 0", `faqbase_searches_total{outcome="found"} 0`, "faqbase_search_places 1", "faqbase_search_queue_capacity 1")
		s.Publish(lib)
		want("after it", "faqbase_generation 1", "faqbase_pages "+fmt.Sprint(len(lib.Pages)), "faqbase_questions "+fmt.Sprint(lib.NumQuestions()), "faqbase_faults "+fmt.Sprint(len(lib.Faults)))
		for word, outcome := range map[string]string{"some": "found", "corrected": "corrected", "nothing": "nothing", "timeout": "timeout", "failed": "failed"} {
			ask("/search?q=" + word)
			want(word, `faqbase_searches_total{outcome="`+outcome+`"} 1`)
		}
		want("after five searches", "faqbase_search_duration_seconds_count 5", "faqbase_replayed_total 0")
		ask("/search?q=some")
		want("one of them again", "faqbase_search_duration_seconds_count 5", "faqbase_replayed_total 1", `faqbase_http_request_duration_seconds_count{route="/search",status="200"} 4`)
		done := make(chan int, 2)
		for i := range 2 {
			go func() { done <- ask(fmt.Sprintf("/search?q=slow+%d", i)) }()
		}
		synctest.Wait()
		want("with a full queue", "faqbase_searches_running 1", "faqbase_searches_waiting 1")
		if status := ask("/search?q=more"); status != http.StatusServiceUnavailable {
			t.Errorf("status %d with a full queue", status)
		}
		want("after one more", `faqbase_searches_total{outcome="limited"} 1`)
		close(letGo)
		<-done
		<-done
		want("with an empty queue", "faqbase_searches_running 0", "faqbase_searches_waiting 0")
		ctx, leave := context.WithCancel(t.Context())
		go s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil))
		synctest.Wait()
		want("with an open page", "faqbase_event_streams 1")
		leave()
		synctest.Wait()
		want("when it is closed", "faqbase_event_streams 0")
		s.Publish(next)
		want("after a change", "faqbase_pages "+fmt.Sprint(len(next.Pages)), "faqbase_faults "+fmt.Sprint(len(next.Faults)))
	})
}
