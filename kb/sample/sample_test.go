package sample_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"faqbase/kb"
	"faqbase/kb/sample"
)

func TestTheSameArgumentsMakeTheSameFiles(t *testing.T) {
	first, second := slices.Collect(sample.Files(95)), slices.Collect(sample.Files(95))
	if len(first) != 1+sample.Pages(95) {
		t.Fatalf("%d files, want tools.yaml and %d pages", len(first), sample.Pages(95))
	}
	for i := range first {
		if first[i].Name != second[i].Name || !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("%s is not %s of the first time", second[i].Name, first[i].Name)
		}
	}
}

func TestALargerKnowledgeBaseBeginsWithTheSmaller(t *testing.T) {
	small, large := slices.Collect(sample.Files(100)), slices.Collect(sample.Files(300))
	for i := range small {
		if small[i].Name != large[i].Name || !bytes.Equal(small[i].Data, large[i].Data) {
			t.Errorf("%s differs", small[i].Name)
		}
	}
}

func TestItHasThatManyQuestionsAndNoFault(t *testing.T) {
	dir := t.TempDir()
	if err := sample.Write(dir, 215); err != nil {
		t.Fatal(err)
	}
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range lib.Faults {
		t.Error(fault)
	}
	if n := lib.NumQuestions(); n != 215 {
		t.Errorf("%d questions, want 215", n)
	}
	var asked []string
	for _, q := range lib.Page("cedar/page-000000").Questions {
		asked = append(asked, q.Text)
	}
	if diff := cmp.Diff(asked, sample.Questions(0, 10)); diff != "" {
		t.Errorf("the questions of the first page, and those that Questions tells:\n%s", diff)
	}
}

func TestAnEditChangesTheAnswersAlone(t *testing.T) {
	questions := func(edit int) (list []string) {
		for line := range strings.Lines(string(sample.Page(4, 10, edit).Data)) {
			if strings.HasPrefix(line, "### ") {
				list = append(list, line)
			}
		}
		return list
	}
	if !slices.Equal(questions(0), questions(1)) {
		t.Error("the questions differ")
	}
	if bytes.Equal(sample.Page(4, 10, 0).Data, sample.Page(4, 10, 1).Data) {
		t.Error("the answers are the same")
	}
}

// The figures are those of the package comment.
func TestWordsAreAsFrequentAsInFAQsThatPeopleWrote(t *testing.T) {
	counts := map[string]int{}
	var lengths []int
	all := 0
	for page := range 100 {
		text := string(sample.Page(page, 10, 0).Data)
		for i, part := range strings.Split(text, "\n### ") {
			if i == 0 {
				continue
			}
			_, answer, _ := strings.Cut(part, "}\n")
			list := strings.FieldsFunc(strings.ToLower(answer), func(r rune) bool { return r < 'a' || r > 'z' })
			lengths = append(lengths, len(list))
			for _, w := range list {
				counts[w]++
				all++
			}
		}
	}
	var ranks []int
	for _, n := range counts {
		ranks = append(ranks, n)
	}
	slices.Sort(ranks)
	slices.Reverse(ranks)
	slices.Sort(lengths)
	share := func(rank int) float64 { return 100 * float64(ranks[rank-1]) / float64(all) }
	for _, c := range []struct {
		name           string
		got, low, high float64
	}{
		{"the first word, % of all", share(1), 2.5, 5.5},
		{"the tenth", share(10), .5, 1.3},
		{"the hundredth", share(100), .08, .25},
		{"the thousandth", share(1000), .008, .025},
		{"different words", float64(len(counts)), 5000, 12000},
		{"words of an answer, median", float64(lengths[len(lengths)/2]), 55, 80},
		{"words of an answer, the longest tenth", float64(lengths[len(lengths)*9/10]), 140, 200},
	} {
		t.Logf("%s: %.3f", c.name, c.got)
		if c.got < c.low || c.got > c.high {
			t.Errorf("%s: %.3f, want %v to %v", c.name, c.got, c.low, c.high)
		}
	}
}
