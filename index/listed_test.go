package index_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
)

// TestBoundsAreNotBelowScores asks of each entry that is found whether its score is within
// the bounds by which entries are left out unscored.
func TestBoundsAreNotBelowScores(t *testing.T) {
	t.Parallel()
	lib := indextest.Sample(500)
	e := openWith(t, lib)
	for i := 0; i < len(lib.Pages); i += 5 {
		question := lib.Pages[i].Questions[i%3].Text
		for _, text := range []string{question, question[:len(question)/2], "using " + question[:1], "the of and a in is to"} {
			scores, most, byWords, err := e.Bounds(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			for k, score := range scores {
				if most[k] < score || byWords[k] < score {
					t.Fatalf("%q: score %v, bounds %v and %v", text, score, most[k], byWords[k])
				}
			}
		}
	}
}

// TestPagesOfHitsAreOneOrder reads the hits page by page and compares them with all at
// once, past the fifty whose texts are read.
func TestPagesOfHitsAreOneOrder(t *testing.T) {
	t.Parallel()
	e := openWith(t, indextest.Sample(1000))
	for _, sort := range []index.Sort{index.ByRelevance, index.ByTitle, index.ByUpdated} {
		for _, group := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, grouped %v", sort, group), func(t *testing.T) {
				of := func(page, size int) (list []string) {
					r, err := e.Search(t.Context(), index.Query{Text: "how do i", Sort: sort, Group: group, Page: page, Size: size})
					if err != nil {
						t.Fatal(err)
					}
					for _, h := range r.Hits {
						list = append(list, fmt.Sprintln(h.Page.Path, h.QuestionHTML, h.Score, h.More))
					}
					if page == 1 && len(list) != min(size, r.Grouped) {
						t.Fatalf("%d hits of %d", len(list), r.Grouped)
					}
					return list
				}
				all := of(1, 100)
				if len(all) <= 50 {
					t.Fatalf("%d hits are too few to tell", len(all))
				}
				for page := range len(all) / 7 {
					if got, want := of(page+1, 7), all[page*7:page*7+7]; !slices.Equal(got, want) {
						t.Fatalf("page %d: %v, want %v", page+1, got, want)
					}
				}
			})
		}
	}
}

// TestAPageOfManyQuestionsLeavesRoom asks for grouped hits where the best are nearly all of
// one page.
func TestAPageOfManyQuestionsLeavesRoom(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("-- a.md --\n# Redis\n\n")
	for i := range 100 {
		fmt.Fprintf(&b, "## Redis %d?\n\nRedis redis.\n\n", i)
	}
	for i := range 5 {
		fmt.Fprintf(&b, "-- b%d.md --\n# Other\n\n## What is a cache of page %d?\n\nA store that keeps what was asked for, as %sdoes.\n\n", i, i, strings.Repeat("redis ", 1+i))
	}
	e := openWith(t, indextest.Library(t, b.String()))
	for _, sort := range []index.Sort{index.ByRelevance, index.ByTitle} {
		r, err := e.Search(t.Context(), index.Query{Text: "\"redis\"", Sort: sort, Group: true, Page: 1, Size: 9})
		if err != nil {
			t.Fatal(err)
		}
		more, pages := 0, make(map[string]int)
		for _, h := range r.Hits {
			pages[h.Page.Path]++
			more += h.More
			if h.Score <= 0 {
				t.Errorf("by %s the score of %s is %v", sort, h.Page.Path, h.Score)
			}
		}
		if sort == index.ByRelevance && !slices.IsSortedFunc(r.Hits[1:], func(a, b index.Hit) int { return cmp.Compare(b.Score, a.Score) }) {
			t.Error("the hits after the page that is called so are not in the order of their scores")
		}
		if len(r.Hits) != 9 || len(pages) != 6 || more != 97 {
			t.Errorf("by %s %d hits of %v, %d more; want 9 of 6 pages, 97 more", sort, len(r.Hits), pages, more)
		}
	}
}
