package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
	"faqbase/kb"
)

func TestExplained(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"gin.md": {Data: []byte("# Gin\n\n## Is Gin fast? {#fast}\n\nYes.\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := lib.Question("gin#fast")
	results := &index.Results{
		Hits: []index.Hit{{
			Page: q.Page, Question: q, QuestionHTML: "Is <mark>Gin</mark> fast?", SnippetHTML: "Yes.",
			Explanation: &index.Explanation{ID: q.ID, Rank: 1, Score: 12.3456, Reasons: []index.Reason{
				{Text: "put there by an editor"},
				{Text: "“gin” is in the question", Value: 12.5},
				{Text: "a page\x1b[31m of its own", Value: -.25},
			}},
		}},
		Explanations: []index.Explanation{{ID: "gin#slow", Reasons: []index.Reason{{Text: "no such question"}}}},
	}
	var got strings.Builder
	if err := printHits(&got, folder{dir: "pages"}, results); err != nil {
		t.Fatal(err)
	}
	want := ` 1. Is Gin fast?
    gin#fast  pages/gin.md:3
    Yes.
    rank 1, score 12.346
              put there by an editor
      12.500  “gin” is in the question
      -0.250  a page[31m of its own

 ?  gin#slow
    not listed
              no such question

`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
