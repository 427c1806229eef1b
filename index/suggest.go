package index

import (
	"cmp"
	"context"
	"strings"

	"faqbase/kb"
)

// maxSuggestions is the greatest number of suggestions that are given.
const maxSuggestions = 50

// A suggester completes what is typed from the names and questions of a library.
// Immutable.
type suggester struct {
	items []suggestion
}

type suggestion struct {
	Suggestion
	kind  int    // order of kinds
	words string // see searchable
}

// The order in which suggestions of equal fit are given.
const (
	kindTool = iota
	kindCategory
	kindEcosystem
	kindPage
	kindQuestion
)

func newSuggester(c *catalog) *suggester {
	g := &suggester{items: make([]suggestion, 0, len(c.entries))}
	add := func(kind int, name, text, url, words string) {
		g.items = append(g.items, suggestion{Suggestion{Text: text, Kind: name, URL: url}, kind, words})
	}
	for _, v := range c.lib.Values(kb.FacetTool) {
		add(kindTool, "tool", v.Name, v.URL, searchable(toolNames(c.lib, v.Name)...))
	}
	for _, v := range c.lib.Values(kb.FacetCategory) {
		add(kindCategory, "category", v.Name, v.URL, searchable(v.Name))
	}
	for _, v := range c.lib.Values(kb.FacetEcosystem) {
		add(kindEcosystem, "ecosystem", v.Name, v.URL, searchable(v.Name))
	}
	for _, e := range c.entries {
		if e.question != nil {
			add(kindQuestion, "question", e.question.Text, e.question.URL(), " "+e.norm)
		} else {
			add(kindPage, "page", e.page.Title, e.page.URL(), " "+e.norm)
		}
	}
	return g
}

// Suggest implements [Suggester]: things of which a word begins with each typed
// word, n at most. Those that begin with the typed text are first, then the kinds
// in the order tool, category, ecosystem, page, question, then the shorter text. A
// single letter completes only questions that begin with it.
func (b *Bleve) Suggest(ctx context.Context, text string, n int) ([]Suggestion, error) {
	b.life.RLock()
	defer b.life.RUnlock()
	if b.closed {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := b.acquire()
	if s == nil {
		return nil, nil
	}
	defer s.release()
	return s.suggester.suggest(text, min(n, maxSuggestions)), nil
}

func (g *suggester) suggest(text string, n int) []Suggestion {
	typed := plainWords(text)
	if len(typed) == 0 || n <= 0 {
		return nil
	}
	prefix := " " + strings.Join(typed, " ")
	letter := len(prefix) == 2 // begins a word of nearly every question
	type fit struct {
		item   *suggestion
		inside bool // the text does not begin with what was typed
	}
	var found []fit
	for i := range g.items {
		it := &g.items[i]
		inside := !strings.HasPrefix(it.words, prefix)
		if inside && letter && it.kind == kindQuestion {
			continue
		}
		if wordsBegin(it.words, typed) {
			found = append(found, fit{it, inside})
		}
	}
	compare := func(a, b fit) int {
		switch {
		case a.inside != b.inside && a.inside:
			return 1
		case a.inside != b.inside:
			return -1
		}
		return cmp.Or(
			cmp.Compare(a.item.kind, b.item.kind),
			cmp.Compare(len(a.item.Text), len(b.item.Text)),
			strings.Compare(a.item.Text, b.item.Text),
			strings.Compare(a.item.URL, b.item.URL),
		)
	}
	n = min(n, len(found))
	top(found, n, compare)
	var out []Suggestion
	for _, f := range found[:n] {
		out = append(out, f.item.Suggestion)
	}
	return out
}
