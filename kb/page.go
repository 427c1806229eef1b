package kb

import (
	"cmp"
	"slices"
	"time"
)

// Options say how pages are read.
type Options struct {
	// Base is put before every address that is written: "" or "https://x/help",
	// without a slash at its end.
	Base string
	// Now is the clock by which curations expire; nil is [time.Now].
	Now func() time.Time
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// A Page is one Markdown file: what it says about itself in its front matter,
// its quick comparison and its questions. A Page is immutable and safe for
// concurrent use once it is part of a [Library].
type Page struct {
	// Path is the page's name everywhere: its file relative to the folder, with
	// "/", without extension, in NFC ("python/sqlalchemy-vs-django-orm").
	Path string
	// File is the file it was read from, relative to the folder, with "/".
	File string
	// Title is the front matter's title, else the first h1, else the file's name.
	Title string
	// Summary is the front matter's summary, plain text; empty if not given.
	Summary string
	// Category, Ecosystem and Tools are the page's facet values, each in the one
	// spelling that the library uses.
	Category, Ecosystem, Tools []string
	// Tags and Aliases are other words that people search this page by.
	Tags, Aliases []string
	// Moved are old addresses and anchors that lead here, as the front matter
	// gives them for the page as a whole. [Library.Moved] follows them and those of
	// the questions.
	Moved []string
	// Sources are the addresses that were read to verify the page.
	Sources []string
	// Author, Owner and Lang are as the front matter gives them.
	Author, Owner, Lang string
	// Draft pages are no part of a [Library].
	Draft bool
	// Published, Updated, Verified and ReviewBy are days in UTC, zero where not given.
	Published, Updated, Verified, ReviewBy time.Time
	// Intro is the plain text before the first heading (an h1 that repeats the title apart).
	Intro string
	// Text is the plain text of everything that is neither intro nor question nor
	// comparison, with its headings; blocks are separated by line ends.
	Text string
	// Sections are what Text is of, heading by heading.
	Sections []Section
	// Prose is all of it that is written in sentences, in the order of the page: the
	// paragraphs and the items of lists, in answers too; no headings, tables, code
	// or raw HTML. A footnote is in each part of the page that refers to it.
	Prose []Passage
	// Comparison is the quick comparison, nil if there is none.
	Comparison *Table
	// Questions are in the order of the page.
	Questions []*Question
	// Source is the file as it was read. Nobody may change it.
	Source []byte
	// Digest changes whenever anything about the page that a reader can see or
	// search changes: its source, its resolved facet values, its addresses.
	Digest Digest

	base string // of every address
	// rendered is shared by all copies of the page.
	rendered *rendering
	// read is the page as [Parse] gave it, of which this one is a copy with the
	// library's spellings; nil if this is it.
	read *Page
	// tables are the columns of the tables that may be the comparison, nil if one is
	// under a heading of that name; choice is the number of the one that is.
	tables [][]string
	choice int
	// chosen is read again with the library's choice of the comparison, nil where the
	// page chose the same.
	chosen *Page
	// weak says which facet values were not written in the front matter, so that
	// any other spelling is preferred.
	weakEcosystem, weakTools bool
	// narrowed are the Questions that have tools of their own.
	narrowed []*Question
	// anchors are those of all headings, with their lines; links are those into the
	// folder.
	anchors map[string]int
	links   []link
	moves   []move // Moved, with lines
	// sourceSum is the digest of Source.
	sourceSum Digest
}

// A Passage is a paragraph or an item of a list.
type Passage struct {
	Line int    // the one it begins on in Page.File, from 1
	Text string // plain, a line end only where the author forced one
	// Cites tells whether a link or the mark of a footnote is in it.
	Cites bool
}

// A Question is one question of a page and its answer. Immutable like its page.
type Question struct {
	// ID is the page's path, "#" and the anchor.
	ID string
	// Anchor names the question within its page.
	Anchor string
	// Text is the question as plain text, without Markdown.
	Text string
	// Aliases are other ways to ask it, from the front matter.
	Aliases []string
	// Section is the heading that groups it on its page, "" if none.
	Section string
	// Tools are the tools that the question is about: its own where the front
	// matter narrows them, else those of the page.
	Tools []string
	// Answer is the answer as plain text, code included, one line per block,
	// sentence breaks of the source kept inside a block as spaces.
	Answer string
	// Verified and Sources are the question's own, else zero.
	Verified time.Time
	Sources  []string
	// Line is the line of the question in Page.File, from 1.
	Line int
	// Page is the page the question is on.
	Page *Page

	index    int  // in Page.Questions
	from     int  // the line that its source begins on
	next     int  // the line that what comes after the answer begins on, 0 where nothing does
	ownTools bool // the front matter narrows Tools
}

// URL is the page's address, with the base.
func (p *Page) URL() string { return p.base + pageAddress(p.Path, "") }

// narrowed are those of questions that have tools of their own.
func narrowed(questions []*Question) (own []*Question) {
	for _, q := range questions {
		if q.ownTools {
			own = append(own, q)
		}
	}
	return own
}

// question returns the question of the page with that anchor, or nil. Questions stand in
// the order of their lines, which is that of the file.
func (p *Page) question(anchor string) *Question {
	line, ok := p.anchors[anchor]
	if !ok {
		return nil
	}
	i, _ := slices.BinarySearchFunc(p.Questions, line, func(q *Question, line int) int { return cmp.Compare(q.Line, line) })
	for _, q := range p.Questions[i:] {
		if q.Anchor == anchor {
			return q
		}
		if q.Line > line {
			break
		}
	}
	return nil
}

// HasAnchor tells whether a heading of the page, or raw HTML on it, has that anchor.
func (p *Page) HasAnchor(anchor string) bool { return p.anchors[anchor] > 0 }

// Modified is the day the page was last changed as its author says: Updated,
// else Published, else zero.
func (p *Page) Modified() time.Time {
	if !p.Updated.IsZero() {
		return p.Updated
	}
	return p.Published
}

// IntroHTML is the rendered text before the first heading. HTML is rendered on
// first use, once, and kept; safe for concurrent use.
func (p *Page) IntroHTML() string { return p.html().intro }

// Blocks is everything after the intro, in order.
func (p *Page) Blocks() []Block {
	blocks := slices.Clone(p.html().blocks)
	for i := range blocks {
		if blocks[i].Kind == BlockQuestion {
			blocks[i].Question = p.Questions[blocks[i].index]
		}
	}
	return blocks
}

// URL is the question's address, with the base.
func (q *Question) URL() string { return q.Page.base + pageAddress(q.Page.Path, q.Anchor) }

// HTML is the rendered answer.
func (q *Question) HTML() string { return q.Page.html().answers[q.index].body }

// TextHTML is the question with its inline Markdown rendered, links left out.
func (q *Question) TextHTML() string { return q.Page.html().answers[q.index].question }

// A BlockKind says what a [Block] holds.
type BlockKind int

// The kinds of blocks that a page is made of.
const (
	BlockProse      BlockKind = iota // HTML
	BlockHeading                     // Level, Anchor, Text, HTML (of the heading's inside)
	BlockQuestion                    // Question
	BlockComparison                  // the page's Comparison
)

// A Block is a part of a page. All blocks in their order are the whole page:
// nothing that the author wrote is left out.
type Block struct {
	Kind     BlockKind
	Level    int // of a heading, 2 to 6
	Anchor   string
	Text     string
	HTML     string
	Question *Question

	index int // of the question
}
