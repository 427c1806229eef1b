package web

import (
	"faqbase/kb"
)

// A countedValue is a value of a facet with what there is of it.
type countedValue struct {
	kb.Value
	Pages, Questions int
}

// countValues counts the pages and questions of each value of a facet that the
// pages have, by name.
func countValues(lib *kb.Library, pages []*kb.Page, f kb.Facet) []countedValue {
	counts := make(map[string]*countedValue)
	for _, p := range pages {
		for _, name := range p.Values(f) {
			n := counts[name]
			if n == nil {
				value, _ := lib.Value(f, name)
				n = &countedValue{Value: value}
				counts[name] = n
			}
			n.Pages++
			n.Questions += len(p.Questions)
		}
	}
	var out []countedValue
	for _, v := range lib.Values(f) {
		if n := counts[v.Name]; n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// countTools counts the pages about each tool of the library, and the questions:
// those that are about it, which may be fewer than its pages have.
func countTools(lib *kb.Library) []countedValue {
	pages, questions := make(map[string]int), countQuestions(lib)
	for _, p := range lib.Pages {
		for _, name := range p.Tools {
			pages[name]++
		}
	}
	out := make([]countedValue, 0, len(lib.Tools))
	for _, t := range lib.Tools {
		value, _ := lib.Value(kb.FacetTool, t.Name)
		out = append(out, countedValue{value, pages[t.Name], questions[t.Name]})
	}
	return out
}

// countQuestions counts the questions about each tool.
func countQuestions(lib *kb.Library) map[string]int {
	questions := make(map[string]int)
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			for _, t := range q.Tools {
				questions[t]++
			}
		}
	}
	return questions
}
