package index_test

import (
	"strings"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

func TestHitsOnOnePage(t *testing.T) {
	t.Parallel()
	lib := indextest.Sample(400)
	e := openWith(t, lib)
	page := lib.Pages[3]
	search := func(q index.Query) *index.Results {
		t.Helper()
		res, err := e.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	text := lib.Pages[3].Questions[0].Text
	tool := page.Questions[0].Tools[0]
	t.Run("they are those of the whole list that are on it", func(t *testing.T) {
		want := 0
		for _, h := range search(index.Query{Text: text, Size: 100}).Hits {
			if h.Page == page {
				want++
			}
		}
		got := search(index.Query{Text: text, Size: 100, On: page.Path})
		if want == 0 || got.Total != want || len(got.Hits) != want {
			t.Errorf("%d hits, total %d, want %d", len(got.Hits), got.Total, want)
		}
	})
	t.Run("a value's count is what choosing it on the page gives", func(t *testing.T) {
		for _, v := range search(index.Query{Text: text, On: page.Path}).Facets[kb.FacetTool] {
			if total := search(index.Query{Text: text, On: page.Path, Tool: []string{v.Name}}).Total; total != v.Count {
				t.Errorf("%s: %d, counted %d", v.Name, total, v.Count)
			}
		}
	})
	t.Run("where a facet leaves nothing of it, the way out is counted on the page", func(t *testing.T) {
		res := search(index.Query{Text: text, On: page.Path, Tool: []string{"nothing of the kind"}})
		if res.Total != 0 || len(res.Blocked) != 1 || res.Blocked[0].Total != total(t, e, index.Query{Text: text, On: page.Path}) {
			t.Errorf("%d hits, blocked by %+v", res.Total, res.Blocked)
		}
	})
	t.Run("an explanation names the page", func(t *testing.T) {
		id := lib.Pages[4].Questions[0].ID
		res := search(index.Query{Text: tool, On: page.Path, Explain: true, ExplainIDs: []string{id}})
		if len(res.Explanations) != 1 || !strings.Contains(reasons(res.Explanations[0]), "one page leaves it out: "+page.Path) {
			t.Errorf("%+v", res.Explanations)
		}
	})
}

func TestAsked(t *testing.T) {
	e := openWith(t, indextest.Library(t, "-- a.md --\n# Wombats\n\n## Do wombats dig?\n\nYes.\n\n## Do they dig at night?\n\nWombats do.\n"))
	res, err := e.Search(t.Context(), index.Query{Text: "do WOMBATS dig", Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range res.Hits {
		if h.Asked != (i == 0) {
			t.Errorf("hit %d, %s: asked %t", i, h.QuestionHTML, h.Asked)
		}
	}
	if len(res.Hits) < 2 {
		t.Fatalf("%d hits", len(res.Hits))
	}
}

func reasons(e index.Explanation) string {
	var b strings.Builder
	for _, r := range e.Reasons {
		b.WriteString(r.Text + "\n")
	}
	return b.String()
}
