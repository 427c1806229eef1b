package kb

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// markdown reads and renders. Its footnotes are ours: goldmark gathers them at
// the end of a document, and here every answer has its own.
var markdown = newMarkdown(extension.Linkify)

// unlinked reads as markdown does but for addresses in the text, which it does not link.
var unlinked = newMarkdown().Parser()

func newMarkdown(more ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(append(more, extension.Strikethrough, extension.TaskList, extension.Table, extension.DefinitionList)...),
		goldmark.WithParserOptions(
			parser.WithAttribute(),
			parser.WithBlockParsers(util.Prioritized(boxParser{}, 90), util.Prioritized(extension.NewFootnoteBlockParser(), 999)),
			parser.WithInlineParsers(util.Prioritized(extension.NewFootnoteParser(), 101)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{}, 100))),
	)
}

// unclosedMatter is the head of a file that begins like front matter; emptyLine
// is where front matter that nobody closed ends at the latest.
var (
	unclosedMatter = regexp.MustCompile(`^---[ \t]*\r?\n\w+:(\s|$)`)
	emptyLine      = regexp.MustCompile(`\n[ \t\r]*\n`)
)

// Parse reads one page. file is its path relative to the folder. The page is what
// could be read, nil if nothing could; the error is an [ErrorList] of all faults.
func Parse(file string, src []byte, o Options) (*Page, error) {
	s := readSource(file, src, o)
	if s.page != nil && s.page.Comparison != nil {
		s.faults = append(s.faults, s.page.unnamedColumns()...)
	}
	return s.page, s.faults.sort().Err()
}

// A reading is a page while it is read: its tree of Markdown and what was found
// in it. Reading the same source again gives the same, which is how HTML can wait
// until someone wants it.
type reading struct {
	file, base string
	src        []byte // sound UTF-8, front matter blank
	lineStarts []int
	front      frontMatter
	unclosed   bool // the file is front matter that nobody closed, and no more
	doc        ast.Node
	labels     []label        // names for places that were on lines of their own
	headings   []*ast.Heading // all of them, also those in quotations and lists
	footnotes  map[int]*east.Footnote
	references map[*east.FootnoteLink]int // the key into footnotes

	anchors      map[*ast.Heading]string
	anchorLines  map[string]int
	repeats      map[string]int // how often a name was given again
	title        string
	untitled     bool            // title is the file's name
	titleHeading *ast.Heading    // the h1 that is the title or repeats it
	places       map[string]bool // ids in raw HTML that are anchors, true until they are written
	comparison   *east.Table
	headed       bool                  // the comparison is under a heading that names it
	tables       [][]string            // the columns of those that may be the comparison, nil if headed
	choice       int                   // the number of the comparison among them
	sections     map[*ast.Heading]bool // headings that group questions
	intro        []ast.Node
	prose        []Passage
	parts        []part
	links        []link
	faults       ErrorList
	writer       textWriter  // of the texts of its parts, one after the other
	why          *[]Decision // what was decided, nil if nobody asks
}

// A part is a piece of a page after its intro.
type part struct {
	kind    BlockKind
	nodes   []ast.Node   // of prose or an answer
	heading *ast.Heading // of a heading or a question
	section string       // of a question
	line    int          // of a question
	from    int          // the line that a question's source begins on
	next    int          // the line that what comes after a question begins on, 0 at the end of the file
}

// read reads everything about a page but its HTML.
func read(file string, src []byte, o Options) *reading { return readChoosing(ownChoice, file, src, o) }

// readChoosing is read for those who know which table is the comparison.
func readChoosing(choice int, file string, src []byte, o Options) *reading {
	r := newReading(file, src, o)
	r.parse()
	r.divide(choice)
	return r
}

// newReading is a reading whose front matter was read, and nothing else.
func newReading(file string, src []byte, o Options) *reading {
	r := &reading{file: file, base: o.Base, choice: noChoice}
	if !utf8.Valid(src) {
		src = bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	if bytes.HasPrefix(src, []byte("\uFEFF")) {
		src = src[3:]
	}
	r.src = src
	matter, body, ok := cutFrontMatter(src)
	if front, faults, body, is := readOtherMatter(file, src); is {
		r.front, r.faults, r.src = front, faults, body
		return r
	}
	if toml := unclosedTOML.Match(src); !ok && (toml || unclosedMatter.Match(src)) {
		mark := "---"
		if toml {
			mark = "+++"
		}
		r.faults.errorf(file, 1, "front-matter", "front matter is not closed; add a line %s after it", mark)
		r.unclosed = !emptyLine.Match(bytes.TrimSpace(src))
		r.front.keepOut(file, src, 0, &r.faults)
	}
	if ok {
		front, faults, isFront := readFrontMatter(file, matter)
		r.front, r.faults = front, faults
		if isFront {
			r.src = body
		}
	}
	return r
}

// parse reads the Markdown of a page.
func (r *reading) parse() {
	r.src, r.labels = scrub(r.file, r.src)
	r.lineStarts = lineStarts(r.src)
	r.doc = parseMarkdown(r.src)
	blocks, tags, folds := r.gather()
	left := r.labelHeadings()
	r.nameHeadings()
	r.namePlaces(blocks, tags, folds)
	r.keepLabels(left)
	r.keepTags(tags)
}

// lineStarts are the offsets at which the lines of src begin.
func lineStarts(src []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(src, []byte("\n")))
	for at := 0; ; {
		i := bytes.IndexByte(src[at:], '\n')
		if i < 0 {
			return starts
		}
		at += i + 1
		starts = append(starts, at)
	}
}

// gather finds the headings and footnotes, and turns quotations that begin with
// a mark such as [!NOTE] into alerts. It gives the raw HTML: blocks, and inline
// tags in order.
func (r *reading) gather() (blocks []*ast.HTMLBlock, tags []*ast.RawHTML, folds []*fold) {
	var lists []*east.FootnoteList
	var quotes []*ast.Blockquote
	var pictures []*ast.Image
	r.references = map[*east.FootnoteLink]int{}
	r.openBoxes()
	r.openHTML()
	_ = ast.Walk(r.doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			r.keepBraces(n)
			r.headings = append(r.headings, n)
		case *ast.Blockquote:
			quotes = append(quotes, n)
		case *ast.Image:
			pictures = append(pictures, n)
		case *east.FootnoteList:
			lists = append(lists, n)
		case *east.FootnoteLink:
			r.references[n] = n.Index
		case *ast.HTMLBlock:
			blocks = append(blocks, n)
		case *fold:
			folds = append(folds, n)
		case *ast.RawHTML:
			tags = append(tags, n)
		}
		return ast.WalkContinue, nil
	})
	for _, q := range quotes {
		r.makeAlert(q)
	}
	for _, n := range slices.Backward(pictures) { // those in others first
		r.linkRemote(n)
	}
	for _, n := range blocks {
		r.warnRemote(htmlSource(r.src, n), n)
	}
	for _, n := range tags {
		r.warnRemote([]byte(rawTag(r.src, n)), n)
	}
	for _, list := range lists {
		list.Parent().RemoveChild(list.Parent(), list)
		r.footnotes = map[int]*east.Footnote{}
		for c := list.FirstChild(); c != nil; c = c.NextSibling() {
			note := c.(*east.Footnote)
			if note.Index < 0 {
				r.faults.warnf(r.file, r.line(note), "unused-footnote", "nothing refers to footnote [^%s], so it is not shown; add the mark to the text", note.Ref)
				continue
			}
			r.footnotes[note.Index] = note
		}
	}
	return blocks, tags, folds
}

// keepBraces gives a heading back what the parser took for attributes though it
// has no anchor: "Why does {} not equal {}".
func (r *reading) keepBraces(h *ast.Heading) {
	if len(h.Attributes()) == 0 && !bytes.HasSuffix(bytes.TrimRight(r.lineOf(h), " \t\r\n"), []byte("}")) {
		return
	}
	if _, ok := explicitAnchor(h); ok || h.Lines().Len() == 0 {
		return
	}
	last := h.Lines().At(h.Lines().Len() - 1)
	end := last.Stop
	if i := bytes.IndexByte(r.src[end:], '\n'); i >= 0 {
		end += i
	} else {
		end = len(r.src)
	}
	rest := text.NewSegment(last.Stop, end)
	rest = rest.TrimRightSpace(r.src)
	if v := rest.Value(r.src); bytes.HasSuffix(v, []byte("}")) {
		h.AppendChild(h, ast.NewRawTextSegment(rest))
	}
}

// lineOf is the last line of a heading's source.
func (r *reading) lineOf(h *ast.Heading) []byte {
	if h.Lines().Len() == 0 {
		return nil
	}
	start := h.Lines().At(h.Lines().Len() - 1).Start
	line, _, _ := bytes.Cut(r.src[start:], []byte("\n"))
	return line
}

// line is the line a node begins on, from 1; that of the nearest node around it
// where it does not know.
func (r *reading) line(n ast.Node) int {
	pos := -1
	for ; n != nil && pos < 0; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			pos = n.Lines().At(0).Start
		} else {
			pos = n.Pos()
		}
	}
	return r.lineOfPosition(pos)
}

// lineOfPosition is the line of the file that an offset in its source is on.
func (r *reading) lineOfPosition(pos int) int {
	pos = max(0, min(pos, len(r.src)-1))
	return sort.SearchInts(r.lineStarts, pos+1)
}

// text is the text of a heading.
func (r *reading) text(h *ast.Heading) string { return inlineText(r.src, h) }

// findTitle decides the title and which heading says the same.
func (r *reading) findTitle() {
	r.title = r.front.title
	for n := r.doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Level != 1 {
			continue
		}
		text := r.text(h)
		switch {
		case text == "":
			continue
		case r.title == "":
			r.title, r.titleHeading = text, h
		case strings.EqualFold(strings.TrimRight(text, ".!?: "), strings.TrimRight(r.title, ".!?: ")):
			r.titleHeading = h
		}
		break
	}
	if r.title == "" {
		r.title = r.front.question
	}
	if r.title == "" {
		r.title, r.untitled = path.Base(pagePath(r.file)), true
	}
}

// divide cuts the page into its intro and parts. choice is the number of the
// comparison among its tables.
func (r *reading) divide(choice int) {
	r.findTitle()
	r.findComparison(choice)
	var blocks []ast.Node
	for n := r.doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindLinkReferenceDefinition {
			blocks = append(blocks, n)
		}
	}
	r.sections = map[*ast.Heading]bool{}
	all := r.findQuestions(blocks)
	r.doc.RemoveChildren(r.doc)
	inIntro := true
	for i, f := range all {
		if f.block == nil {
			r.doc.AppendChild(r.doc, f.heading)
			for _, n := range f.answer {
				r.doc.AppendChild(r.doc, n)
			}
			r.parts = append(r.parts, part{kind: BlockQuestion, heading: f.heading, nodes: f.answer, section: f.section,
				line: f.line, from: f.from, next: r.nextLine(all[i+1:])})
			inIntro = false
			continue
		}
		n := f.block
		r.doc.AppendChild(r.doc, n)
		h, isHeading := n.(*ast.Heading)
		switch {
		case isHeading && (h == r.titleHeading || !h.HasChildren()):
		case isHeading:
			r.parts = append(r.parts, part{kind: BlockHeading, heading: h})
			inIntro = false
		case n == ast.Node(r.comparison):
			r.parts = append(r.parts, part{kind: BlockComparison})
			inIntro = false
		case inIntro:
			r.intro = append(r.intro, n)
		default:
			if len(r.parts) == 0 || r.parts[len(r.parts)-1].kind != BlockProse {
				r.parts = append(r.parts, part{kind: BlockProse})
			}
			last := &r.parts[len(r.parts)-1]
			last.nodes = append(last.nodes, n)
		}
	}
	r.nameQuestions()
	r.resolveLinks()
}

// nextLine is the line that the first of what follows a question begins on.
func (r *reading) nextLine(all []found) int {
	switch {
	case len(all) == 0:
		return 0
	case all[0].block == nil:
		return all[0].from
	}
	return r.line(all[0].block)
}

// sound tells whether anything was read that makes a page: where the front matter
// is broken, headings alone do not, for the file may be half written.
func (r *reading) sound() bool {
	written := func(p part) bool { return p.kind != BlockHeading }
	switch {
	case slices.ContainsFunc(r.parts, written):
		return true
	case r.unclosed:
		return false // the intro is the front matter
	}
	return !r.front.broken || len(r.intro) > 0
}

// page makes the page of what was read. src is the file.
func (r *reading) page(src []byte) *Page {
	m := r.front
	p := &Page{
		Path: pagePath(r.file), File: r.file, Title: r.title, Summary: m.summary,
		Category: m.category, Ecosystem: m.ecosystem, Tools: m.tools, Tags: m.tags, Aliases: m.aliases,
		Sources: m.sources, Author: m.author, Owner: m.owner, Lang: m.lang, Draft: m.draft,
		Published: m.published, Updated: m.updated, Verified: m.verified, ReviewBy: m.reviewBy,
		Source: src, base: r.base, sourceSum: fileDigest(r.file, src),
		anchors: r.anchorLines, links: r.links,
		moves: m.moves(), tables: r.tables, choice: r.choice,
		rendered: &rendering{file: r.file, src: src, base: r.base, choice: r.choice},
	}
	for _, m := range m.moved {
		p.Moved = append(p.Moved, m.old)
	}
	if len(p.Ecosystem) == 0 {
		if folder, _, ok := strings.Cut(p.Path, "/"); ok {
			p.Ecosystem, p.weakEcosystem = []string{folder}, true
		}
	}
	if len(p.Tools) == 0 {
		p.Tools, p.weakTools = titleTools(p.Title), true
	}
	p.Intro = r.plain(r.intro...)
	var outside sectioning
	for _, part := range r.parts {
		switch part.kind {
		case BlockProse:
			outside.prose(r.plain(part.nodes...))
		case BlockHeading:
			outside.heading(r.anchors[part.heading], r.text(part.heading))
		case BlockQuestion:
			outside.question()
			p.Questions = append(p.Questions, r.question(p, part))
		}
	}
	p.narrowed = narrowed(p.Questions)
	p.Prose = r.prose
	p.Sections, p.Text = outside.sections(), outside.text()
	if r.comparison != nil {
		p.Comparison = r.table(r.comparison)
	}
	r.matchQuestions(p)
	if r.untitled {
		r.faults.warnf(r.file, 1, "no-title", "no title, so the file's name is shown; add title: to the front matter")
	}
	if len(r.intro) == 0 && len(r.parts) == 0 {
		r.faults.warnf(r.file, 0, "empty-page", "the page has no text; write a question and its answer below the title")
	}
	p.Digest = p.digest()
	return p
}

// plain is the plain text of blocks, with the footnotes that they refer to. Its
// prose is kept for the page.
func (r *reading) plain(blocks ...ast.Node) string {
	w := &r.writer
	w.begin(r.src)
	for _, n := range blocks {
		w.block(n)
	}
	if len(r.footnotes) > 0 {
		for _, note := range r.notesOf(blocks) {
			w.block(note)
		}
	}
	text := string(w.lines)
	for _, s := range w.prose {
		r.prose = append(r.prose, Passage{Line: r.line(s.block), Text: strings.TrimPrefix(text[s.start:s.end], "\n"), Cites: s.cites})
	}
	return text
}

// pagePath is a file's path without its extension, in NFC.
func pagePath(file string) string {
	return norm.NFC.String(strings.TrimSuffix(file, path.Ext(file)))
}

// digest covers what a reader can see or search.
func (p *Page) digest() Digest {
	parts := []string{string(p.sourceSum[:]), p.base, p.Path}
	list := func(names []string) { parts = append(append(parts, names...), "") }
	list(p.Category)
	list(p.Ecosystem)
	list(p.Tools)
	for _, q := range p.Questions {
		if q.ownTools {
			list(append([]string{q.Anchor}, q.Tools...))
		}
	}
	if p.Comparison != nil {
		list(append([]string{strconv.Itoa(p.choice)}, p.Comparison.Columns...))
	}
	return digest(parts...)
}

// isBinary tells whether src is no text: it has NUL bytes, or is mostly no UTF-8.
func isBinary(src []byte) bool {
	if bytes.IndexByte(src, 0) >= 0 {
		return true
	}
	head := src[:min(len(src), 8<<10)]
	if utf8.Valid(head) {
		return false
	}
	bad := 0
	for i := 0; i < len(head); {
		r, size := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		}
		i += size
	}
	return bad*3 > len(head)
}
