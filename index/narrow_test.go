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
	lib := indextest.Generate(2000, 0)
	e := openWith(t, lib)
	asked := 0
	for i := 0; i < len(lib.Pages); i += 10 {
		words := strings.Fields(strings.TrimSuffix(lib.Pages[i].Questions[0].Text, "?"))
		tool := words[len(words)-1]
		subject := slices.MaxFunc(words[:len(words)-1], func(a, b string) int { return len(a) - len(b) })
		if len(subject) < 5 {
			continue
		}
		one := total(t, e, index.Query{Text: tool + " ?"})
		two := total(t, e, index.Query{Text: tool + " " + subject + " ?"})
		if two == 0 || two >= one {
			t.Errorf("%q gives %d, with %q %d", tool, one, subject, two)
		}
		asked++
	}
	if asked < 10 {
		t.Errorf("only %d queries", asked)
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
