package web

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
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
