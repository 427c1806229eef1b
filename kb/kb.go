// Package kb reads a knowledge base: a folder of Markdown pages, each a list of
// questions with their answers.
package kb

import (
	"io/fs"
	"time"
)

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
	// Sources are the addresses that were read to verify the page.
	Sources []string
	// Author, Owner and Lang are as the front matter gives them.
	Author, Owner, Lang string
	// Published, Updated, Verified and ReviewBy are days in UTC, zero where not given.
	Published, Updated, Verified, ReviewBy time.Time
	// Intro is the plain text before the first heading (an h1 that repeats the title apart).
	Intro string
	// Text is the plain text of everything that is neither intro nor question nor
	// comparison, with its headings; blocks are separated by line ends.
	Text string
	// Comparison is the quick comparison, nil if there is none.
	Comparison *Table
	// Questions are in the order of the page.
	Questions []*Question
	// Source is the file as it was read. Nobody may change it.
	Source []byte
	// Digest changes whenever anything about the page that a reader can see or
	// search changes: its source, its resolved facet values, its addresses.
	Digest Digest
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
}

// A Table is a quick comparison read as data.
type Table struct {
	// Line is the line of the table's head, from 1.
	Line int
	// Columns are the texts of the head after the first: tools in the library's
	// spelling where they name one of the page's tools.
	Columns []string
	Rows    []Row
}

// A Row compares all columns in one aspect.
type Row struct {
	Aspect string
	Line   int
	// Cells has one cell a column; a missing one is empty.
	Cells []Cell
}

// A Cell is what a row says of one tool. HTML is safe to show as it is.
type Cell struct {
	Tool, Text, HTML string
	Line             int
}

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
}

// A Tool is a developer tool that pages are about: an entry of tools.yaml, or
// only a name that a page gives. Facts that are not known are zero.
type Tool struct {
	Name, Slug          string
	Aliases             []string
	Category, Ecosystem []string
	// Pattern is the tool's architecture in a few words.
	Pattern string
	// Maturity is established, modern, emerging, maintenance or archived.
	Maturity string
	// Since is the year of the first release.
	Since                               int
	License, Homepage, Repository, Docs string
	// Skills leads to the tool in a skills registry.
	Skills []Link
	// Line is that of the entry in tools.yaml, 0 if there is none.
	Line int
}

// A Link is a label and an address.
type Link struct{ Label, URL string }

// A Facet is one of the ways by which a reader narrows a search.
type Facet string

// The facets, by their names in addresses and JSON.
const (
	FacetCategory  Facet = "category"
	FacetEcosystem Facet = "ecosystem"
	FacetTool      Facet = "tool"
)

// A Value is one value of a facet.
type Value struct {
	Name string // the library's one spelling
	Slug string // its name in addresses
	URL  string // its page
}

// Options say how pages are read.
type Options struct {
	// Base is put before every address that is written: "" or "https://x/help",
	// without a slash at its end.
	Base string
}

// A Library is a whole knowledge base at one moment. It is immutable and safe
// for concurrent use; libraries that follow each other share unchanged pages.
type Library struct {
	// Pages are in path order; drafts are left out.
	Pages []*Page
	// Tools are all tools that tools.yaml or a page names, by name.
	Tools []*Tool
	// Categories and Ecosystems are the values in use, by name.
	Categories, Ecosystems []Value
	// Faults are all faults of all files, sorted by file and line.
	Faults ErrorList
	// Digest changes with anything that is served.
	Digest Digest
	// Generation rises by one with each change of Digest. The first is 1.
	Generation uint64
	// contains unexported look-up tables
}

// Page returns the page with that path, or nil.
func (l *Library) Page(path string) *Page { panic("skeleton") }

// Question returns the question with that id, or nil.
func (l *Library) Question(id string) *Question { panic("skeleton") }

// Tool returns the tool with that name, alias or slug, or nil. Case does not matter.
func (l *Library) Tool(name string) *Tool { panic("skeleton") }

// Value returns the value of f with that name, alias or slug. Case does not matter.
func (l *Library) Value(f Facet, name string) (Value, bool) { panic("skeleton") }

// Values returns all values of f in use by a page, by name.
func (l *Library) Values(f Facet) []Value { panic("skeleton") }

// NumQuestions is the number of questions on all pages.
func (l *Library) NumQuestions() int { panic("skeleton") }

// Open opens a picture or other file beside the pages, by its path relative to
// the folder. The error is fs.ErrNotExist for everything that is not such a file.
func (l *Library) Open(path string) (fs.File, error) { panic("skeleton") }

// A Related is a page that has to do with another one, and why, in a few words.
type Related struct {
	Page   *Page
	Reason string
}

// Related returns at most n other pages that share tools, category or ecosystem
// with p, the closest first.
func (l *Library) Related(p *Page, n int) []Related { panic("skeleton") }

// Starter is the knowledge base that comes with the program.
func Starter() fs.FS { panic("skeleton") }

// Parse reads one page. file is its path relative to the folder. The page is what
// could be read, nil if nothing could; the error is an [ErrorList] of all faults.
func Parse(file string, src []byte, o Options) (*Page, error) { panic("skeleton") }

// URL is the page's address, with the base.
func (p *Page) URL() string { panic("skeleton") }

// Modified is the day the page was last changed as its author says: Updated,
// else Published, else zero.
func (p *Page) Modified() time.Time { panic("skeleton") }

// IntroHTML is the rendered text before the first heading. HTML is rendered on
// first use, once, and kept; safe for concurrent use.
func (p *Page) IntroHTML() string { panic("skeleton") }

// Blocks is everything after the intro, in order.
func (p *Page) Blocks() []Block { panic("skeleton") }

// URL is the question's address, with the base.
func (q *Question) URL() string { panic("skeleton") }

// HTML is the rendered answer.
func (q *Question) HTML() string { panic("skeleton") }

// TextHTML is the question with its inline Markdown rendered, links left out.
func (q *Question) TextHTML() string { panic("skeleton") }

// A Digest tells whether two things are the same.
type Digest [16]byte
