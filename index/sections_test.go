package index_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"faqbase/index"
)

func TestTextOutsideQuestionsIsFound(t *testing.T) {
	const text = "# Widgets\n\nWidgets are small.\n\n## Installing\n\nFetch the tarball. Then run the marvellous installer, and wait for the green lamp to be lit by it, " +
		"which takes as long as it takes on a machine that has other things to do than this one and was bought in another century.\n\n" +
		"## Upkeep\n\nOil the gearbox every fortnight.\n\n## FAQ\n\n### Is it free? {#free}\n\nYes.\n\n### Can the gearbox break? {#break}\n\nNever.\n\n" +
		"## Colophon {#end}\n\nSet in Garamond.\n"
	e := openFiles(t, fstest.MapFS{"widgets.md": {Data: []byte(text)}})
	tests := []struct {
		claim, query string
		want         []string // ids
		anchor       string   // of the page's section
		marked       []string
	}{
		{"text before the questions", "marvellous installer", []string{"widgets"}, "installing", []string{"marvellous installer"}},
		{"text after them", "garamond", []string{"widgets"}, "end", []string{"Garamond"}},
		{"a heading without a question mark", "colophon", []string{"widgets"}, "end", []string{"Colophon"}},
		{"the intro is in no section", "small", []string{"widgets"}, "", []string{"small"}},
		{"a typo in it", "fortnihgt", []string{"widgets"}, "upkeep", []string{"fortnight"}},
		{"a phrase in it", `"green lamp"`, []string{"widgets"}, "installing", []string{"green lamp"}},
		{"not what has an excluded phrase", `gearbox -"gearbox break"`, []string{"widgets"}, "upkeep", []string{"gearbox"}},
		{"an answer comes first", "gearbox", []string{"widgets#break", "widgets"}, "upkeep", []string{"gearbox"}},
		{"a heading that only groups questions is no text of the page", "faq", nil, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.claim, func(t *testing.T) {
			r := find(t, e, index.Query{Text: tt.query})
			if got := ids(r); !slices.Equal(got, tt.want) || r.Total != len(tt.want) {
				t.Fatalf("found %q of %d, want %q", got, r.Total, tt.want)
			}
			if len(tt.want) == 0 {
				return
			}
			h := r.Hits[len(r.Hits)-1]
			anchor := ""
			if h.Section != nil {
				anchor = h.Section.Anchor
			}
			if got := marks(h.SnippetHTML); anchor != tt.anchor || !slices.Equal(got, tt.marked) {
				t.Errorf("section %q and %q in %q, want %q and %q", anchor, got, h.SnippetHTML, tt.anchor, tt.marked)
			}
		})
	}
}

func TestAWordThatOnlySharesAStemIsCorrected(t *testing.T) {
	e := openFiles(t, fstest.MapFS{"a.md": {Data: []byte("# Guide\n\n## FAQ\n\n### Where do I begin? {#begin}\n\nHere.\n\n### Is it for beginners? {#for}\n\nYes.\n")}})
	for _, tt := range []struct{ query, corrected, first string }{
		{"beginers guide", "beginners", "a#for"},
		{"beginner", "", "a#for"},
		{"beginning here", "", "a#begin"},
	} {
		r := find(t, e, index.Query{Text: tt.query})
		corrected := ""
		if len(r.Corrections) > 0 {
			corrected = r.Corrections[0].To
		}
		if got := ids(r); corrected != tt.corrected || len(got) == 0 || got[0] != tt.first {
			t.Errorf("%q is corrected to %q and finds %q, want %q and %s first", tt.query, corrected, got, tt.corrected, tt.first)
		}
	}
	if r := find(t, e, index.Query{Text: "beginers guide", Exact: true}); len(r.Corrections) > 0 {
		t.Errorf("corrected %v although the words are wanted as they are", r.Corrections)
	}
}
