// Package index makes the questions of a knowledge base searchable.
//
// # What is found
//
// A hit is an entry: a question, or a page as a whole. An entry is found by the words
// of six fields:
//
//	question    the question; of a page its title
//	names       its aliases; its tools with their aliases
//	context     the page's title, aliases, category, ecosystem and tags; the section
//	answer      the answer; of a page its summary and intro, and its text if it has no questions
//	comparison  the cells of a page's quick comparison
//	text        of a page that has questions, the headings and texts outside them
//
// One function makes words of text for the index, the query and the marks in what is
// shown (words.go). A query is read by readQuery (query.go); nothing that is typed is
// an error. Each of its words stands for index words, each with a factor (expand.go,
// rank.go):
//
//   - itself, other forms of the same stem, what it is written together with its
//     neighbour ("data base"), the compounds that it is a part of where nouns are
//     written together, and for the last word those that it begins;
//   - if the index has none of these, the parts of its name; then the words within
//     one typo from four letters and two from eight; then the two words that it is
//     when written apart ("djangoorm"), where they stand side by side. Words that the
//     index knows, but for those of which it has far shorter forms alone ("beginers"
//     has that of "begin"), numbers, quoted words, words of tools' names and names of
//     programs (useState) are never corrected. What was searched instead is told, and
//     Query.Exact searches the words as they are;
//   - what synonyms.yaml says that it may be called, of one word or several, and if it
//     says nothing, words of like meaning in everyday language (synonyms.txt).
//     Neither applies to quoted words.
//
// Which entries are listed depends on the words alone, never on facets, page, size or
// order: those that have every word that the index knows, stop words aside, and those
// that score at least half as well as the best (listed.go); and the pages of
// the tools that are compared or replaced, see below. So a further word
// narrows the list, and a long question still finds what is nearest to it. Facets are
// counted over exactly these entries, in one pass. Without a query all questions and
// the pages without questions are listed.
//
// # Languages
//
// A page is in the language that lang in its front matter names, else in the one that
// its text seems to be in (detect.go), else in English. In the pages of a language
// words have the forms that Bleve's analyser for it brings to one stem, and its stop
// words; Porter2 and the English ones for all others. A query has no language: a
// word stands for its forms in each language of the library, and for those of a
// language in its pages alone, so that a page in German does not change what is found
// in those in English. What is typed without accents finds what has them; "ae" is "ä"
// in German. Scripts without spaces, and Korean, are indexed by pairs of characters, and
// need no language.
//
// A stem is made of the word with its accents, which the index words have not; so each
// page's document keeps the forms of its words (forms.go).
//
// # The order
//
// By relevance, in tiers (order.go): what curations.yaml pins to the query, in its
// order; the question that is the query, of several by id; an alias or a page's title
// that is the query; the page of the tools of "A vs B" or "A or B", or the pages of the
// tool of "alternative to A" or "instead of A", read from the words without operators
// as they were corrected; then all else by score, equal ones by id. What
// curations.yaml hides is not listed.
//
// The score is BM25F over the fields, as the share of what an entry with endless
// occurrences of every word would have, plus the overlap of the question with the
// query. To the best fifty is added what their text tells (closeness.go): neighbouring
// words of the query that are neighbours there, and how much of the query the best
// sentence has. Texts are read as the numbers of their words (numbers.go), which are made
// once, by the first search that wants them or ahead of it (warm.go). All factors are in
// one struct, weights, with the figures that chose them. Without a query all are equal,
// so that the order is that of ids.
//
// An Explanation gives the parts of a score, and for an entry that is not among the
// hits what keeps it out (explain.go).
//
// Results are the same for the same library however the index came to be.
//
// # Suggestions
//
// Tools in use, categories, ecosystems, pages and questions are suggested if, for each
// typed word, one of their words begins with it (suggest.go); tools, pages and questions
// also by an alias. A typed word that begins nothing is tried as words written as one
// ("djangoorm"), and then as misspelt by the rules above, unfinished as it may be. Where
// nothing has all words, neighbours are written together ("type script"), then the
// stop words before the last word left out, and at last what was read as words written
// as one is tried as misspelt all the same. Best first means, one after the other: the
// fewest typos, and with more nothing is given; the name is what was typed, begins with
// it, has its words in order, has them in any order, and last a question of which an
// alias has them; tools, categories, ecosystems, pages, questions; a name before an
// alias; more whole words; the shorter text; the text; the address.
//
// All words stand in order in a table with their postings, so that only what has the
// rarest typed word is looked at. A page that stayed the same keeps its words from one
// library to the next, the table is kept until there is a new word, and the postings are
// made when a library is first asked for suggestions.
//
// # Related questions
//
// Questions of other pages are related (related.go) by what is like in their texts, the
// cosine of the words of questions and aliases weighed by how few questions have them,
// and by the share of their tools that both have; category and ecosystem count a little.
// Those that share no tool must be alike, the more the less they share. Two of a page are
// given at most. The reason is the text if that is much alike, else the tools, else the
// category.
//
// # Nothing found
//
// Where no hit is left, Results say which selections are in the way, or else which quotes
// and exclusions, and the nearest
// questions (nothing.go): those with any content word of the query, quotes left out;
// where none is known, those with words that begin as the longest words do, in three
// letters or more. Those that the query excludes come only if there are no others, and
// those within the selections alone if there are any.
//
// # Where things are
//
// Markdown is the truth and the library holds all text; the Bleve index holds the
// dictionary and the postings, and can be thrown away at any time. Bleve finds and
// this package scores, because Bleve's own scores do not carry over fields of
// different length. Documents are built by hand, without a mapping, so that the
// mapping that Bleve stores never changes; what is in them has a version of its own
// (schema). Lists of postings that were read are kept in memory, packed (kept.go). Of
// entries that a bound of their scores tells to be left out, or behind the others, the
// scores are not counted (listed.go).
//
// Each question and each page is a document. A page's document always exists and has
// a stored record: a key that sums up the texts of the page that are indexed, and
// the lengths of its entries' fields. Record and postings change in one batch, a
// batch has whole pages, and Apply compares keys: so a start, a restart, an edit and
// the start after a kill -9 are one code path, and only pages that differ are written.
// A page counts as held only if its documents are also there, each once.
//
// A search works on a state (state.go): a library, its catalog (catalog.go), the dictionary
// and a snapshot of the index that holds exactly that library. A state never changes. Apply
// makes the next one, for which it copies what stays the same (splice.go) and takes over the
// lists of postings that do (carry.go), and publishes it by the swap of a pointer; the old
// one is released when its last search has left. A snapshot keeps the files alive that Bleve
// has merged meanwhile; every two seconds, after failures less often, the engine looks
// whether there is a newer one of the same contents. Close asks running searches to stop.
// The dictionary is read anew from the index when it has grown by half, for it
// otherwise keeps every word that ever was.
//
// # On disk
//
//	DIR/faqbase.lock   marks the folder as an index; locked as long as the index is open
//	DIR/bleve-N        a Bleve index; the greatest N that is whole and of this schema counts
//
// An index that is closed is sealed with the sums of its files (seal.go), which the next
// start checks and removes: so any change of them is noticed. Of one whose process was
// killed the next start checks what Bleve and bbolt do not: each page of the snapshots
// (bolt.go), the checksum of each segment, and that all segments of all snapshots are
// there (damage.go). An index that is damaged or of another schema is removed and the
// next N begun, empty; one that cannot be read at the moment is an error and stays. If a
// batch cannot be written, the next N is filled beside,
// which counts only when it is whole, and then the old one is removed. If that fails
// too, as on a full disk, the next N is removed, searches go on in the last snapshot
// of the old one, and the next Apply opens it again and writes what differs. The
// number takes the place of renaming a finished index over an old one: an open one
// cannot be moved. A folder with other files but without faqbase.lock is refused.
// A folder that is removed while the index is open is made and locked again by the
// next Apply that writes.
//
// Segment files are mapped into memory. One that someone else cuts off while it is in
// use makes a search or an Apply that reads it an error, upon which the index is built
// anew (guard). Bleve also reads them in goroutines of its own, when it merges segments
// and when it lists the words of an index: there such a fault still ends the process.
//
// If a goroutine of Bleve's panics or cannot write, the index has failed: nobody waits
// for it any longer, another one is built beside it within seconds, and the one that
// failed is closed, or if that does not end, left open (generation.go). What is done
// about an index without being asked is told (Tell).
//
// An index in memory is the same without a folder. Bleve never merges it, so pages
// that changed are written together now and then, upon which their many small
// segments fall away (compactAfter).
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
	// On leaves the hits of one page, by its path, and "" those of all. It is one more
	// selection beside the facets, and their counts keep it.
	On string
	// Exact searches the words as they were typed, without correcting any.
	Exact bool
	// Explain asks for the Explanation of each hit, ExplainIDs for those of entries,
	// by id, wherever they are. Both cost time.
	Explain    bool
	ExplainIDs []string
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
	// Grouped is the number of hits after grouping, which is what can be paged;
	// without grouping it is Total.
	Grouped int
	Hits    []Hit
	// Facets have every value with a count above 0 and every selected one, by
	// count and then name.
	Facets map[kb.Facet][]FacetValue
	// Corrections are the words that were searched in another spelling.
	Corrections []Correction
	// Dropped are words that none of the listed hits has; Ignored are words past
	// the limit of 32.
	Dropped, Ignored []string
	// Unknown are typed selections that select nothing and are searched as words,
	// because the library has no such value; at most four.
	Unknown []UnknownValue
	// Compared are the tools, two or more, that the query's text wants side by side
	// ("gin vs echo"), in its order and the library's spelling.
	Compared []string
	// Explanations are those of Query.ExplainIDs, in their order.
	Explanations []Explanation
	// Blocked, Unfiltered and Nearest are filled where Total is 0 alone. Blocked has
	// each facet with a selection, and Unfiltered the number of hits without any;
	// both are empty where there are none either.
	Blocked    []Blocked
	Unfiltered int
	// Without are the quotes and exclusions but for which there were hits, at most
	// four; filled where no hit is there even without selections.
	Without []Operator
	// Nearest are at most three questions that have some of the words, or what is
	// near to them; none if Size is 0.
	Nearest []Hit
}

// An UnknownValue is a selection that is typed with a value that the library does not
// have.
type UnknownValue struct {
	Facet kb.Facet
	Typed string   // "tool:djnago"
	Near  kb.Value // the value that may be meant, zero if none is near
	Text  string   // the query's text with that value, "" if none is near
}

// A Blocked is a facet by which hits are left out.
type Blocked struct {
	Facet  kb.Facet
	Values []string // that are selected
	Total  int      // hits without this facet's selection, every other one kept
}

// An Operator is a part of a query's text by which hits are left out.
type Operator struct {
	Typed    string // "-podman", or the words of a phrase without their quotes
	Excluded bool   // it is an exclusion, not a phrase
	Text     string // the query's text without the exclusion, or without these quotes
	Total    int    // hits of Text, every selection kept
}

// A Hit is a question, or a page whose title, tools, summary or comparison match.
type Hit struct {
	Page     *kb.Page
	Question *kb.Question // nil where the whole page is the hit
	// QuestionHTML and SnippetHTML are text with <mark> around what matched and
	// everything else escaped.
	QuestionHTML, SnippetHTML string
	// Section is the part of a page that the snippet's match is in, nil where it is
	// before the first one and for a question.
	Section *kb.Section
	Score   float64
	// Explanation says why it stands where it does, if Query.Explain is set.
	Explanation *Explanation
	// Asked says that the question, one of its aliases or the page's title is the query.
	Asked bool
	// Pinned is the curation that put the hit first, nil if none did.
	Pinned *kb.Curation
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

// A Suggester completes. It gives at most n suggestions, 50 at most, best first, each
// target once; of an n below 1, and of a text without words, none. Only the first 512
// bytes and 32 words of the text are read. Safe for concurrent use; an error is the
// context's or one of the engine itself.
type Suggester interface {
	Suggest(ctx context.Context, text string, n int) ([]Suggestion, error)
}

// A Related is a question that has to do with another one or with a page, and why: it
// is Similar, having like words, or both are about what they share.
type Related struct {
	Question *kb.Question
	Similar  bool
	kb.Shared
}

// A Relater knows which questions belong together. For the id of a question or the
// path of a page it gives at most n questions of other pages, the closest first; fewer
// where fewer have to do with it, none for an id that the library does not have. Safe
// for concurrent use; an error is the context's or one of the engine itself.
type Relater interface {
	Related(ctx context.Context, id string, n int) ([]Related, error)
}

// An Engine holds a library and finds in it. What all engines promise is written
// down as tests in package indextest.
type Engine interface {
	Searcher
	Suggester
	Relater
	// Apply makes the engine hold exactly lib. Searches go on meanwhile, each on
	// the state from before or after, never between.
	Apply(ctx context.Context, lib *kb.Library) error
	Close() error
}
