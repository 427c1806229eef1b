package index_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

func starter(t testing.TB) *kb.Library {
	t.Helper()
	lib, err := kb.Load(kb.Starter(), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestExactQuestionIsFirst asks every question of the starter pages.
func TestExactQuestionIsFirst(t *testing.T) {
	t.Parallel()
	lib := starter(t)
	e := openWith(t, lib)
	byNorm := make(map[string]string) // the smallest id of a question
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			n := index.Normalize(q.Text)
			if id, ok := byNorm[n]; !ok || q.ID < id {
				byNorm[n] = q.ID
			}
		}
	}
	asked := 0
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			res, err := e.Search(t.Context(), index.Query{Text: q.Text, Size: 1})
			if err != nil {
				t.Fatal(err)
			}
			asked++
			want := byNorm[index.Normalize(q.Text)]
			if len(res.Hits) == 0 || indextest.ID(res.Hits[0]) != want {
				t.Errorf("%q: first is not %s", q.Text, want)
			}
		}
	}
	if asked == 0 {
		t.Fatal("no questions")
	}
}

// TestReasonsAddUp explains the hits of all kinds of queries.
func TestReasonsAddUp(t *testing.T) {
	t.Parallel()
	lib := starter(t)
	e := openWith(t, lib)
	queries := []string{
		"sqlalchemy", "sqlalchemy vs django orm", "faster orm", "fastr orm", "which is faster", "python test", "migrations in djangoo",
		"remove a package", "difference between docker and podman", "js", "how do i", "pstgres conection pool", "sql alchemy",
	}
	for _, p := range lib.Pages[:3] {
		queries = append(queries, p.Questions[0].Text, p.Title)
	}
	explained := 0
	for _, q := range queries {
		res, err := e.Search(t.Context(), index.Query{Text: q, Size: 100, Explain: true, ExplainIDs: []string{lib.Pages[0].Questions[0].ID}})
		if err != nil {
			t.Fatal(err)
		}
		check := func(x *index.Explanation, score float64) {
			sum := 0.0
			for _, r := range x.Reasons {
				if r.Text == "" || strings.HasSuffix(r.Text, `""`) {
					t.Errorf("%q: %s: reason without words: %q", q, x.ID, r.Text)
				}
				if len(r.Text) > 130 {
					t.Errorf("%q: %s: reason of %d bytes, too long for a phone: %s", q, x.ID, len(r.Text), r.Text)
				}
				sum += r.Value
			}
			if math.Abs(sum-score) > 1e-5 || x.Score != score {
				t.Errorf("%q: %s: reasons add up to %v, score %v, explained as %v:\n%+v", q, x.ID, sum, score, x.Score, x.Reasons)
			}
			explained++
		}
		for i, h := range res.Hits {
			if h.Explanation == nil || h.Explanation.Rank != i+1 || h.Explanation.ID != indextest.ID(h) {
				t.Fatalf("%q: hit %d has explanation %+v", q, i, h.Explanation)
			}
			check(h.Explanation, h.Score)
		}
		for i := range res.Explanations {
			check(&res.Explanations[i], res.Explanations[i].Score)
		}
	}
	if explained < 100 {
		t.Errorf("only %d explanations", explained)
	}
}

// TestScoresFall asks that the score of each hit is at most that of the one before
// where nothing but the score orders them, also beyond those whose text is read.
func TestScoresFall(t *testing.T) {
	t.Parallel()
	e := openWith(t, indextest.Sample(1500))
	res, err := e.Search(t.Context(), index.Query{Text: "how do i use what is best", Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Hits) < 60 {
		t.Fatalf("%d hits, too few to tell", len(res.Hits))
	}
	for i := 1; i < len(res.Hits); i++ {
		if res.Hits[i].Score > res.Hits[i-1].Score {
			t.Errorf("hit %d has score %v, the one before %v", i+1, res.Hits[i].Score, res.Hits[i-1].Score)
		}
	}
}

// TestScoresAreTheSameInAnyOrder asks that an order asked for changes no score, also
// where there are more hits than those whose text is read.
func TestScoresAreTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	e := openWith(t, indextest.Sample(1500))
	scores := func(sort index.Sort) map[string]float64 {
		all := make(map[string]float64)
		for page := 1; ; page++ {
			res, err := e.Search(t.Context(), index.Query{Text: "how do i use what is best", Sort: sort, Page: page, Size: 40})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Hits) == 0 {
				return all
			}
			for _, h := range res.Hits {
				all[indextest.ID(h)] = h.Score
			}
		}
	}
	want := scores(index.ByRelevance)
	if len(want) < 60 {
		t.Fatalf("%d hits, too few to tell", len(want))
	}
	for _, sort := range []index.Sort{index.ByTitle, index.ByUpdated} {
		got := scores(sort)
		differ := 0
		for id, score := range want {
			if got[id] != score {
				differ++
			}
		}
		if differ > 0 || len(got) != len(want) {
			t.Errorf("by %s %d of %d hits have another score, and there are %d", sort, differ, len(want), len(got))
		}
	}
}

func TestCurationEnds(t *testing.T) {
	lib := indextest.Library(t, `
-- a.md --
## FAQ
### How do I deploy? {#how}
Run deploy.
### What comes first? {#first}
This.
-- curations.yaml --
- query: deploy
  pin: [a#first]
  until: 2030-06-30
  reason: until the move
`)
	e := openWith(t, lib)
	for _, tt := range []struct {
		claim, now string
		first      string
	}{
		{"on the last day it holds", "2030-06-30T23:59:59Z", "a#first"},
		{"the day after it does not", "2030-07-01T00:00:00Z", "a#how"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			e.SetNow(func() time.Time { return now })
			res, err := e.Search(t.Context(), index.Query{Text: "deploy", Size: 1})
			if err != nil || len(res.Hits) == 0 {
				t.Fatal(res, err)
			}
			if got := indextest.ID(res.Hits[0]); got != tt.first {
				t.Errorf("first %s, want %s", got, tt.first)
			}
		})
	}
}

// TestSynonymsAreLive applies a library of which synonyms.yaml alone has changed.
func TestSynonymsAreLive(t *testing.T) {
	const page = "-- a.md --\n## FAQ\n### How do I scale kubernetes? {#scale}\nWith nodes.\n"
	e := openWith(t, indextest.Library(t, page))
	total := func() int {
		res, err := e.Search(t.Context(), index.Query{Text: "k8s", Size: 1})
		if err != nil {
			t.Fatal(err)
		}
		return res.Total
	}
	if n := total(); n != 0 {
		t.Fatalf("%d hits without the synonym", n)
	}
	written := e.Indexed()
	if err := e.Apply(t.Context(), indextest.Library(t, page+"-- synonyms.yaml --\n- [k8s, kubernetes]\n")); err != nil {
		t.Fatal(err)
	}
	if n := total(); n != 1 {
		t.Errorf("%d hits with the synonym, want 1", n)
	}
	if e.Indexed() != written {
		t.Errorf("%d documents were written again", e.Indexed()-written)
	}
}
