package lint

import (
	"slices"

	"faqbase/kb"
)

// A field is something that a page or an entry of tools.yaml may say about itself.
type field[T any] struct {
	name, mend string
	given      func(T) bool
}

var pageFields = []field[*kb.Page]{
	{"verdict", "write it before the first heading", func(p *kb.Page) bool { return p.Intro != "" || p.Summary != "" }},
	{"category", "add category: to the front matter", func(p *kb.Page) bool { return len(p.Category) > 0 }},
	{"ecosystem", "add ecosystem: to the front matter", func(p *kb.Page) bool { return len(p.Ecosystem) > 0 }},
	{"quick comparison", "add a table under a heading of that name", func(p *kb.Page) bool { return p.Comparison != nil }},
	{"verified", "add the day on which its claims were checked", func(p *kb.Page) bool {
		return !p.Verified.IsZero() || eachQuestion(p, func(q *kb.Question) bool { return !q.Verified.IsZero() })
	}},
	{"sources", "add the addresses that its claims were checked against", func(p *kb.Page) bool {
		return len(p.Sources) > 0 || eachQuestion(p, func(q *kb.Question) bool { return len(q.Sources) > 0 })
	}},
}

var toolFields = []field[*kb.Tool]{
	{"category", "add category:", func(t *kb.Tool) bool { return len(t.Category) > 0 }},
	{"ecosystem", "add ecosystem:", func(t *kb.Tool) bool { return len(t.Ecosystem) > 0 }},
	{"homepage", "add homepage:", func(t *kb.Tool) bool { return t.Homepage != "" }},
}

// missingFields warns of what comparisons and tools lack and at least half of their
// kind have.
func missingFields(lib *kb.Library) (faults kb.ErrorList) {
	var comparisons []*kb.Page
	for _, p := range lib.Pages {
		if compares(p) {
			comparisons = append(comparisons, p)
		}
	}
	for _, f := range pageFields {
		lacking := f.lacking(comparisons)
		for _, p := range lacking {
			faults = append(faults, warning("missing-field", p.File, 0, "no %s, which %d of %d comparisons have; %s",
				f.name, len(comparisons)-len(lacking), len(comparisons), f.mend))
		}
	}
	var entries []*kb.Tool
	for _, t := range lib.Tools {
		if t.Line > 0 {
			entries = append(entries, t)
		}
	}
	for _, f := range toolFields {
		lacking := f.lacking(entries)
		for _, t := range lacking {
			faults = append(faults, warning("missing-field", "tools.yaml", t.Line, "%s has no %s, which %d of %d tools have; %s",
				t.Name, f.name, len(entries)-len(lacking), len(entries), f.mend))
		}
	}
	return append(faults, unknownTools(lib, comparisons)...)
}

// lacking are those of all that do not give f, none if less than half of them do.
func (f field[T]) lacking(all []T) []T {
	var without []T
	for _, one := range all {
		if !f.given(one) {
			without = append(without, one)
		}
	}
	if 2*len(without) > len(all) {
		return nil
	}
	return without
}

func eachQuestion(p *kb.Page, given func(*kb.Question) bool) bool {
	return len(p.Questions) > 0 && !slices.ContainsFunc(p.Questions, func(q *kb.Question) bool { return !given(q) })
}

// unknownTools warns of tools that tools.yaml does not have, at the first comparison
// that names each.
func unknownTools(lib *kb.Library, comparisons []*kb.Page) (faults kb.ErrorList) {
	type naming struct {
		tool *kb.Tool
		page *kb.Page
	}
	var named []naming
	seen := map[*kb.Tool]bool{}
	for _, p := range comparisons {
		for _, name := range p.Tools {
			if t := lib.Tool(name); t != nil && !seen[t] {
				seen[t] = true
				named = append(named, naming{t, p})
			}
		}
	}
	entry := field[naming]{given: func(n naming) bool { return n.tool.Line > 0 }}
	lacking := entry.lacking(named)
	for _, n := range lacking {
		faults = append(faults, warning("missing-field", n.page.File, 0, "%s is not in tools.yaml, which has %d of the %d tools that are compared; add - name: %s",
			n.tool.Name, len(named)-len(lacking), len(named), n.tool.Name))
	}
	return faults
}
