package index_test

import (
	"fmt"
	"strings"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
	"faqbase/kb/sample"
)

var benchSizes = []int{1000, 10000}

func BenchmarkApply(b *testing.B) {
	for _, n := range benchSizes {
		lib := indextest.Sample(n)
		for _, place := range []string{"memory", "disk"} {
			open := func(b *testing.B) *index.Bleve {
				dir := ""
				if place == "disk" {
					dir = b.TempDir()
				}
				e, err := index.Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				return e
			}
			apply := func(b *testing.B, e *index.Bleve, lib *kb.Library) {
				if err := e.Apply(b.Context(), lib); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(fmt.Sprintf("%s/all/%d", place, n), func(b *testing.B) {
				for b.Loop() {
					e := open(b)
					apply(b, e, lib)
					e.Close()
				}
			})
			b.Run(fmt.Sprintf("%s/one-page/%d", place, n), func(b *testing.B) {
				libs := []*kb.Library{lib, edited(lib, 1), edited(lib, 2)}
				e := open(b)
				defer e.Close()
				apply(b, e, lib)
				for i := 0; b.Loop(); i++ {
					apply(b, e, libs[(i+1)%len(libs)])
				}
			})
			if place == "memory" {
				continue
			}
			b.Run(fmt.Sprintf("%s/restart/%d", place, n), func(b *testing.B) {
				dir := b.TempDir()
				start := func() {
					e, err := index.Open(dir)
					if err != nil {
						b.Fatal(err)
					}
					apply(b, e, lib)
					e.Close()
				}
				start()
				for b.Loop() {
					start()
				}
			})
		}
	}
}

// edited is lib with one page changed.
func edited(lib *kb.Library, edit int) *kb.Library {
	other := *lib
	other.Pages = append([]*kb.Page(nil), lib.Pages...)
	p := *other.Pages[len(other.Pages)/2]
	p.Questions = append([]*kb.Question(nil), p.Questions...)
	q := *p.Questions[0]
	q.Answer = fmt.Sprint(q.Answer, " edit", edit)
	p.Questions[0] = &q
	other.Pages[len(other.Pages)/2] = &p
	return &other
}

// misspelt is a word with its fourth and fifth letters swapped.
func misspelt(word string) string { return word[:3] + word[4:5] + word[3:4] + word[5:] }

// benchQueries are what people type, from cheap to dear.
func benchQueries(lib *kb.Library) map[string]index.Query {
	page := lib.Pages[len(lib.Pages)/2]
	q, one, other := page.Questions[3].Text, page.Tools[0], page.Tools[1]
	f := strings.Fields(strings.TrimSuffix(q, "?"))
	last := f[len(f)-1]
	return map[string]index.Query{
		"tool":           {Text: one, Size: 10},
		"two words":      {Text: f[len(f)-3] + " " + last, Size: 10},
		"question":       {Text: q, Size: 10},
		"half a word":    {Text: "how do i " + f[3][:2], Size: 10},
		"letter":         {Text: "s", Size: 10},
		"typo":           {Text: misspelt(other) + " " + last, Size: 10},
		"stop words":     {Text: "what is the best way to", Size: 10},
		"facet":          {Text: q, Size: 10, Tool: []string{one, other}, Ecosystem: page.Ecosystem},
		"nothing typed":  {Size: 10},
		"count alone":    {Text: q},
		"hundred hits":   {Text: "use " + last, Size: 100},
		"nothing":        {Text: "xylophonic " + one + `logy "` + one + " without " + other + `"`, Size: 10},
		"page of a pair": {Text: one + " vs " + other, Size: 10},
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range benchSizes {
		lib := indextest.Sample(n)
		e, err := index.Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		if err := e.Apply(b.Context(), lib); err != nil {
			b.Fatal(err)
		}
		for name, q := range benchQueries(lib) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				total := 0
				for b.Loop() {
					r, err := e.Search(b.Context(), q)
					if err != nil {
						b.Fatal(err)
					}
					total = r.Total
				}
				b.ReportMetric(float64(total), "total")
			})
		}
	}
}

// BenchmarkKinds asks what readers send, each query once, of ten thousand questions
// with the words of real ones.
func BenchmarkKinds(b *testing.B) {
	const questions = 10000
	e := openWith(b, indextest.Sample(questions))
	texts := make(map[string][]string)
	for page := range sample.Pages(questions) {
		for i, q := range sample.Questions(page, sample.PerPage) {
			list := strings.Fields(strings.TrimRight(q, "?"))
			n := page + i
			whole := 1 + n%(len(list)-1)
			texts["typed"] = append(texts["typed"], strings.Join(list[:whole], " ")+" "+list[whole][:1+n%len(list[whole])])
			texts["words"] = append(texts["words"], strings.Join(list[max(0, len(list)-2-n%4):], " "))
		}
	}
	for kind, list := range texts {
		b.Run(kind, func(b *testing.B) {
			i := 0
			for b.Loop() {
				if _, err := e.Search(b.Context(), index.Query{Text: list[i*37%len(list)], Size: 10}); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	for _, n := range benchSizes {
		e, err := index.Open("")
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		lib := indextest.Sample(n)
		if err := e.Apply(b.Context(), lib); err != nil {
			b.Fatal(err)
		}
		for _, text := range benchTyped(lib) {
			b.Run(fmt.Sprintf("%s/%d", text, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := e.Suggest(b.Context(), text, 8); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// benchTyped is what a reader has typed so far: a letter, words that nearly all
// questions have, a name, typos, words written as one or apart, nothing that is there.
func benchTyped(lib *kb.Library) []string {
	tools := lib.Pages[len(lib.Pages)/2].Tools
	one, other := tools[0], tools[1]
	return []string{
		"d", "s", "how do", "how do i " + one[:3], "what is the best way to", misspelt(other), misspelt(other) + " o", "hwo do i " + misspelt(other),
		one + other, other[:3] + " " + other[3:],
		"xylophone zzzzzzzz", "is it safe to to to to to to to to to to to to to to to to to to to to to to to to to to to to to i",
	}
}

func BenchmarkRelated(b *testing.B) {
	for _, n := range benchSizes {
		e, err := index.Open("")
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		lib := indextest.Sample(n)
		if err := e.Apply(b.Context(), lib); err != nil {
			b.Fatal(err)
		}
		p := lib.Pages[len(lib.Pages)/2]
		for _, id := range []string{p.Path, p.Questions[3].ID} {
			b.Run(fmt.Sprintf("%s/%d", id, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if r, err := e.Related(b.Context(), id, 6); err != nil || len(r) == 0 {
						b.Fatal(r, err)
					}
				}
			})
		}
	}
}
