package index_test

import (
	"slices"
	"strings"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
)

// TestMoreWordsNarrow adds to a word of many entries another one of the same question.
func TestMoreWordsNarrow(t *testing.T) {
	t.Parallel()
	lib := indextest.Sample(2000)
	e := openWith(t, lib)
	asked, narrowed := 0, 0
	for i := 0; i < len(lib.Pages); i += 10 {
		q := lib.Pages[i].Questions[0]
		tool := q.Tools[0]
		words := slices.DeleteFunc(strings.Fields(strings.TrimRight(q.Text, "?")), func(w string) bool { return slices.Contains(q.Tools, w) })
		subject := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
		if len(subject) < 5 {
			continue
		}
		one := total(t, e, index.Query{Text: tool + " ?"})
		two := total(t, e, index.Query{Text: tool + " " + subject + " ?"})
		if two == 0 || two > one {
			t.Errorf("%q gives %d, with %q %d", tool, one, subject, two)
		}
		if two < one {
			narrowed++
		}
		asked++
	}
	// Where the first word is worth as much as the other, all that have it stay.
	if asked < 10 || narrowed < asked*3/4 {
		t.Errorf("%d of %d queries are narrowed", narrowed, asked)
	}
}

func total(t *testing.T, e index.Searcher, q index.Query) int {
	t.Helper()
	res, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return res.Total
}
