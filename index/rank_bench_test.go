package index_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

// BenchmarkRanking tells how much of a search is ranking: putting in order what was
// found, with reading the text of the best. The library is made of ten thousand
// questions and the queries are some of them.
func BenchmarkRanking(b *testing.B) {
	lib := indextest.Sample(10000)
	e := openWith(b, lib)
	var queries []string
	for i := 0; i < len(lib.Pages); i += len(lib.Pages) / 50 {
		queries = append(queries, lib.Pages[i].Questions[i%10].Text)
	}
	var search, rank time.Duration
	i := 0
	for b.Loop() {
		q := index.Query{Text: queries[i%len(queries)], Size: 10}
		i++
		start := time.Now()
		if _, err := e.Search(b.Context(), q); err != nil {
			b.Fatal(err)
		}
		search += time.Since(start)
		w, err := e.Work(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		rank += w.Ranking
	}
	b.ReportMetric(search.Seconds()*1000/float64(b.N), "ms/search")
	b.ReportMetric(rank.Seconds()*1000/float64(b.N), "ms/rank")
}

// hostileQuery has 32 words, each a typo from words of the library.
func hostileQuery(lib *kb.Library) string {
	var list []string
	seen := make(map[string]bool)
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			for w := range strings.FieldsFuncSeq(q.Answer, func(r rune) bool { return r < 'a' || r > 'z' }) {
				if len(w) >= 6 && w[3] != w[4] && !seen[w] && len(list) < 32 {
					seen[w] = true
					list = append(list, w[:3]+w[4:5]+w[3:4]+w[5:])
				}
			}
		}
	}
	return strings.Join(list, " ")
}

func BenchmarkHostile(b *testing.B) {
	lib := indextest.Sample(10000)
	e := openWith(b, lib)
	q := index.Query{Text: hostileQuery(lib), Size: 10}
	for b.Loop() {
		if _, err := e.Search(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/search")
}

// TestWorkIsBounded counts what a query can make the engine read.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	lib := indextest.Sample(2000)
	e := openWith(t, lib)
	limit := index.WorkLimit(2000 + len(lib.Pages))
	for name, text := range map[string]string{
		"32 words with typos":      hostileQuery(lib),
		"beginnings of most words": "s t c d b p m l r f g h n st tr pr",
		"stop words alone":         strings.Repeat("the of and a in is it that for you with on ", 3),
		"phrases of one word":      strings.Repeat(`"a" `, 128),
		"phrases of stop words":    `"of the" "to the" "in the" "of the"`,
		"excluded phrases":         "how -of-the -to-the -in-the",
	} {
		t.Run(name, func(t *testing.T) {
			w, err := e.Work(t.Context(), index.Query{Text: text, Size: 10})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", w)
			if w.Terms == 0 {
				t.Fatal("nothing found, so that nothing was measured")
			}
			if w.Lists > limit.Lists || w.Postings > limit.Postings || w.Texts > limit.Texts || w.Kept > limit.Kept {
				t.Errorf("%+v, want at most %+v", w, limit)
			}
		})
	}
}

// countedContext ends when it was asked left times whether it has.
type countedContext struct {
	context.Context
	left, asked int
}

func (c *countedContext) Err() error {
	c.asked++
	if c.asked > c.left {
		return context.DeadlineExceeded
	}
	return nil
}

// TestSearchEnds ends the context at any point of a search.
func TestSearchEnds(t *testing.T) {
	lib := indextest.Sample(500)
	e := openWith(t, lib)
	for name, text := range map[string]string{
		"phrases":          `"of the" "to the"`,
		"phrases of one":   `"the" "of"`,
		"excluded phrases": "how -of-the -to-the -in-the",
		"a typo":           misspelt(lib.Pages[0].Tools[0]),
	} {
		t.Run(name, func(t *testing.T) {
			q := index.Query{Text: text, Size: 10}
			all := &countedContext{Context: t.Context(), left: 1 << 30}
			w, err := e.Work(all, q)
			if err != nil {
				t.Fatal(err)
			}
			if all.asked < max(1, w.Texts) {
				t.Errorf("asked %d times while %d entries were read", all.asked, w.Texts)
			}
			for n := 0; n < all.asked; n += 1 + all.asked/50 {
				ctx := &countedContext{Context: t.Context(), left: n}
				if _, err := e.Work(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("ended at %d of %d: error %v", n, all.asked, err)
				}
				if over := ctx.asked - n; over > 8 {
					t.Errorf("ended at %d of %d: went on for %d more", n, all.asked, over)
				}
			}
		})
	}
}
