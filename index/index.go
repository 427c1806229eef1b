// Package index makes the questions of a knowledge base searchable.
package index

import (
	"context"

	"faqbase/kb"
)

// A Query is what a reader asks for. Size 0 gives counts and facets alone.
type Query struct {
	Text string
	// Category, Ecosystem and Tool are chosen facet values, each by name, alias or
	// slug: OR within one, AND between them.
	Category, Ecosystem, Tool []string
	Page                      int // from 1; 0 is 1
	Size                      int // hits on a page, 0 to 100
	Sort                      Sort
	Group                     bool // at most three questions of a page
}

// A Sort is an order of hits.
type Sort string

const (
	ByRelevance Sort = "relevance"
	ByUpdated   Sort = "updated" // newest first, undated last
	ByTitle     Sort = "title"
)

// Results answer a query.
type Results struct {
	// Library is the state of the knowledge base that was searched.
	Library *kb.Library
	// Query is the query as it was understood: facet values in the library's
	// spelling, selections typed as tool:… included, Page at least 1.
	Query Query
	Total int
	Hits  []Hit
	// Facets have every value with a count above 0 and every selected one, by
	// count and then name.
	Facets map[kb.Facet][]FacetValue
	// Corrections are the words that were searched in another spelling.
	Corrections []Correction
	// Dropped are words that none of the listed hits has; Ignored are words past
	// the limit of 32.
	Dropped, Ignored []string
}

// A Hit is a question, or a page whose title, tools, summary or comparison match.
type Hit struct {
	Page     *kb.Page
	Question *kb.Question // nil where the whole page is the hit
	// QuestionHTML and SnippetHTML are text with <mark> around what matched and
	// everything else escaped.
	QuestionHTML, SnippetHTML string
	Score                     float64
	// More is the number of further hits of the same page that grouping left out.
	More int
}

// A FacetValue is a value with the number of hits that selecting it alone in its
// facet gives.
type FacetValue struct {
	kb.Value
	Count    int
	Selected bool
}

// A Correction is a word that the knowledge base does not know and the word that
// was searched instead.
type Correction struct{ From, To string }

// A Searcher finds. Safe for concurrent use; an error is the context's or one of
// the engine itself, never one of the query's.
type Searcher interface {
	Search(ctx context.Context, q Query) (*Results, error)
}

// A Suggestion completes what a reader types.
type Suggestion struct {
	Text string
	Kind string // question, tool, category, ecosystem or page
	URL  string
}

// A Suggester completes.
type Suggester interface {
	Suggest(ctx context.Context, text string, n int) ([]Suggestion, error)
}

// An Engine holds a library and finds in it. What all engines promise is written
// down as tests in package indextest.
type Engine interface {
	Searcher
	Suggester
	// Apply makes the engine hold exactly lib. Searches go on meanwhile, each on
	// the state from before or after, never between.
	Apply(ctx context.Context, lib *kb.Library) error
	Close() error
}
