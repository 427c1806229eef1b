package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFiguresAreQuantilesOfWhatWasMeasured(t *testing.T) {
	var list []time.Duration
	for i := range 1000 {
		list = append(list, time.Duration(1000-i)*time.Millisecond)
	}
	want := benchTimes{Count: 1000, P50: 501, P95: 950, P99: 990, Max: 1000}
	if diff := cmp.Diff(want, timesOf(list)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(benchTimes{Count: 1, P50: 7, P95: 7, P99: 7, Max: 7}, timesOf([]time.Duration{7 * time.Millisecond})); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresAreReadAsTables(t *testing.T) {
	r := benchReport{
		Version: "v1", Questions: 1000, Pages: 100, Source: 1_230_000, Build: 2345, Restart: 260, Warm: 2100, Index: 4_560_000,
		Memory: benchMemory{RSSIdle: 98_700_000, Heap: 12_300_000},
		Save:   benchTimes{P50: 121.4, P95: 163, Max: 183},
		Loads: []benchLoad{
			{Kind: "several words", Clients: 16, PerSecond: 1234.5, Bytes: 8190, benchTimes: benchTimes{P50: 1.234, P95: 5, P99: 19.99}},
		},
	}
	var s strings.Builder
	if err := r.print(&s); err != nil {
		t.Fatal(err)
	}
	const want = `faqbase v1
1000 questions on 100 pages, 1.2 MB of Markdown

first start, index built             2.35 s
start with nothing changed           0.26 s
then read and rendered ahead         2.10 s
index on disk                        4.6 MB
memory (RSS) before any search       98.7 MB
memory (RSS) after all of this       not known
of it in use by Go                   12.3 MB
save to searchable, p50 / p95 / max  121 / 163 / 183 ms

GET /search    clients  p50 ms  p95 ms  p99 ms  a second  body
several words  16       1.23    5.00    19.99   1234      8.2 kB
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKindOfQueryIsAskedAboutAQuestion(t *testing.T) {
	const question = "How do I stronted bleam in Zorbane?"
	for _, c := range []struct {
		kind string
		n    int
		want string
	}{
		{"typed so far", 0, "How d"},
		{"typed so far", 3, "How do I stronted blea"},
		{"several words", 0, "in Zorbane"},
		{"several words", 3, "I stronted bleam in Zorbane"},
		{"a typing mistake", 0, "in Zrobane"},
		{"the same again", 8, "bleam in Zorbane"},
	} {
		for _, kind := range benchKinds {
			if kind.name != c.kind {
				continue
			}
			if got := kind.query(question, c.n).Get("q"); got != c.want {
				t.Errorf("%s, %d: %q, want %q", c.kind, c.n, got, c.want)
			}
		}
	}
}
