package kb

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	kindFold    = ast.NewNodeKind("Fold")
	kindSummary = ast.NewNodeKind("Summary")
	kindMarkup  = ast.NewNodeKind("Markup")
)

// A fold is a <details> element with what is Markdown in it. Its first child is its
// summary.
type fold struct {
	ast.BaseBlock
	place string // its id
}

func (f *fold) Kind() ast.NodeKind         { return kindFold }
func (f *fold) Dump(src []byte, level int) { ast.DumpHelper(f, src, level, nil, nil) }
func (f *fold) summary() *summary          { s, _ := f.FirstChild().(*summary); return s }

// A summary is what a <details> element shows while it is closed.
type summary struct {
	ast.BaseBlock
	place string // its id, or the first in it
}

func (s *summary) Kind() ast.NodeKind         { return kindSummary }
func (s *summary) Dump(src []byte, level int) { ast.DumpHelper(s, src, level, nil, nil) }

// A markup is raw HTML that stands for the inside of a heading.
type markup struct {
	ast.BaseInline
	text, html string
}

func (m *markup) Kind() ast.NodeKind         { return kindMarkup }
func (m *markup) Dump(src []byte, level int) { ast.DumpHelper(m, src, level, nil, nil) }

func newMarkup(src []byte) *markup {
	return &markup{text: oneLine(htmlText(src)), html: inlineHTML(src)}
}

// cutPrefix takes what prefix matches from the beginning of it, with elements that had
// nothing else in them.
func (m *markup) cutPrefix(prefix *regexp.Regexp) {
	found := len(prefix.FindString(m.text))
	start := len(leadingTags.FindString(m.html))
	size := len(prefix.FindString(m.html[start:]))
	if size == 0 || found == 0 || found == len(m.text) {
		return
	}
	before, after := m.html[:start], strings.TrimLeft(m.html[start+size:], " ")
	for {
		end := closingTag.FindString(after)
		outer, empty := strings.CutSuffix(before, strings.Replace(end, "/", "", 1))
		if end == "" || !empty {
			break
		}
		before, after = outer, strings.TrimLeft(after[len(end):], " ")
	}
	m.text, m.html = strings.TrimLeft(m.text[found:], " "), before+after
}

// leadingTags are those before any text.
var leadingTags = regexp.MustCompile(`^(?:<[^<>]*>)*`)

// closingTag is the end of an element.
var closingTag = regexp.MustCompile(`^</[^<>]*>`)

// mostFolds is how deep <details> elements are looked for in each other.
const mostFolds = 20

// openHTML makes nodes of those elements of raw HTML that can be questions:
// headings, <details> elements and definition lists, which may go on for many blocks. Headings inside
// other elements are left alone unless they ask.
func (r *reading) openHTML() {
	var parents []ast.Node
	_ = ast.Walk(r.doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if b, ok := n.(*ast.HTMLBlock); ok && entering && hasElements(htmlSource(r.src, b)) && (len(parents) == 0 || parents[len(parents)-1] != b.Parent()) {
			parents = append(parents, b.Parent())
		}
		return ast.WalkContinue, nil
	})
	opened := map[ast.Node]bool{}
	for _, p := range parents {
		if opened[p] {
			continue
		}
		opened[p] = true
		s := &htmlStream{reading: r}
		for n := p.FirstChild(); n != nil; n = n.NextSibling() {
			if b, ok := n.(*ast.HTMLBlock); ok {
				s.split(b)
			} else {
				s.pieces = append(s.pieces, htmlPiece{node: n})
			}
		}
		p.RemoveChildren(p)
		s.match()
		for _, n := range s.take(0) {
			p.AppendChild(p, n)
		}
	}
}

// hasElements tells whether raw HTML has a tag that openHTML looks for.
func hasElements(src []byte) bool {
	for i := bytes.IndexByte(src, '<'); i >= 0 && i+2 < len(src); {
		switch rest := bytes.TrimPrefix(src[i+1:min(len(src), i+10)], []byte("/")); {
		case len(rest) > 1 && rest[0]|0x20 == 'h' && rest[1] >= '1' && rest[1] <= '6',
			len(rest) > 1 && rest[0]|0x20 == 'd' && (rest[1]|0x20 == 'l' || rest[1]|0x20 == 't' || rest[1]|0x20 == 'd'),
			len(rest) > 6 && (bytes.EqualFold(rest[:7], []byte("details")) || bytes.EqualFold(rest[:7], []byte("summary"))):
			return true
		}
		next := bytes.IndexByte(src[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

// An htmlPiece is a node, a tag of <details>, <summary>, <dl> or <dd> between nodes, or
// a <dt> with its node.
type htmlPiece struct {
	node ast.Node
	tag  atom.Atom
	end  bool
	id   string
	pos  int
}

// An htmlStream is what is in a block, cut at the tags that matter.
type htmlStream struct {
	*reading
	pieces []htmlPiece
	closed []bool // which pieces begin a <details> element or a <dl> that has an end
	at     int
	read   int // bytes that were looked through for tags
}

// wrappers are the elements in which others may be taken for blocks of the page.
var wrappers = map[atom.Atom]bool{atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Center: true,
	atom.Details: true, atom.Body: true, atom.Html: true, atom.Aside: true}

// voids are the elements that have no end.
var voids = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Wbr: true, atom.Source: true,
	atom.Meta: true, atom.Link: true, atom.Col: true, atom.Embed: true, atom.Area: true, atom.Base: true, atom.Track: true, atom.P: true, atom.Li: true}

// split cuts a block of raw HTML into pieces.
func (s *htmlStream) split(n *ast.HTMLBlock) {
	src := htmlSource(s.src, n)
	if n.HTMLBlockType != ast.HTMLBlockType6 && n.HTMLBlockType != ast.HTMLBlockType7 || !hasElements(src) {
		s.pieces = append(s.pieces, htmlPiece{node: n})
		return
	}
	block := newHTMLBlock(n)
	done := 0
	flush := func(end int) {
		if len(bytes.TrimSpace(src[done:end])) > 0 {
			s.pieces = append(s.pieces, htmlPiece{node: block.part(done, end)})
		}
	}
	var open []atom.Atom // elements that nothing is cut out of
	depth := 0           // of wrappers
	tags := s.tagsOf(src)
	for i := 0; i < len(tags); i++ {
		switch t := tags[i]; {
		case voids[t.name] || t.name == 0: // what is no element of HTML ends with no tag of it
		case len(open) > 0 || !t.ends && !wrappers[t.name] && t.name != atom.Summary && !isListTag(t.name) && headingLevel(t.name) == 0 && !inlineElements[t.name]:
			if !t.ends {
				open = append(open, t.name)
			} else if i := slices.Index(open, t.name); i >= 0 {
				open = open[:i]
			}
		case t.name == atom.Dt && !t.ends:
			end := i + 1 // it may have none
			for end < len(tags) && !isListTag(tags[end].name) {
				end++
			}
			to := len(src)
			if end < len(tags) {
				to = tags[end].start
			}
			flush(t.start)
			s.pieces = append(s.pieces, htmlPiece{node: newTerm(src[t.stop:to], block.position(t.start)), tag: atom.Dt, pos: block.position(t.start)})
			done, i = to, end-1
		case t.name == atom.Details || t.name == atom.Summary || isListTag(t.name):
			flush(t.start)
			s.pieces = append(s.pieces, htmlPiece{tag: t.name, end: t.ends, id: t.place, pos: block.position(t.start)})
			done = t.stop
		case wrappers[t.name] && t.ends:
			depth--
		case wrappers[t.name]:
			depth++
		case headingLevel(t.name) > 0 && !t.ends:
			end := i + 1
			for end < len(tags) && headingLevel(tags[end].name) == 0 {
				end++
			}
			if end == len(tags) || !tags[end].ends || tags[end].name != t.name {
				continue
			}
			inside := src[t.stop:tags[end].start]
			if depth > 0 && !endsInQuestionMark(oneLine(htmlText(inside))) {
				continue
			}
			h := s.newHeading(headingLevel(t.name), inside, block.position(t.start))
			if t.place != "" {
				h.SetAttributeString("place", t.place)
			}
			flush(t.start)
			s.pieces = append(s.pieces, htmlPiece{node: h})
			done, i = tags[end].stop, end
		}
	}
	flush(len(src))
}

// An htmlTag is one at the beginning or the end of an element, and where it is.
type htmlTag struct {
	name        atom.Atom
	ends        bool
	start, stop int
	place       string // its id
}

// tagsOf gives the tags in raw HTML, those that are their own end left out.
func (s *htmlStream) tagsOf(src []byte) []htmlTag {
	var all []htmlTag
	offset := 0
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		kind := z.Next()
		start := offset
		offset += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			s.read += offset
			return all
		case html.StartTagToken, html.EndTagToken:
			t := z.Token()
			all = append(all, htmlTag{t.DataAtom, kind == html.EndTagToken, start, offset, placeName(t.DataAtom, t.Attr)})
		}
	}
}

// isListTag tells whether an element is that of a definition list or in one.
func isListTag(a atom.Atom) bool { return a == atom.Dl || a == atom.Dt || a == atom.Dd }

// newTerm makes a term of the inside of a <dt>.
func newTerm(inside []byte, pos int) *east.DefinitionTerm {
	term := east.NewDefinitionTerm()
	term.Lines().Append(text.NewSegment(pos, pos)) // a term has no other position
	term.AppendChild(term, newMarkup(inside))
	return term
}

// newHeading makes a heading of the inside of an element.
func (r *reading) newHeading(level int, inside []byte, pos int) *ast.Heading {
	h := ast.NewHeading(level)
	h.SetPos(pos)
	h.AppendChild(h, newMarkup(inside))
	if id := firstPlace(inside); id != "" {
		h.SetAttributeString("place", id)
	}
	return h
}

func headingLevel(a atom.Atom) int {
	return 1 + slices.Index([]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}, a)
}

// firstPlace is the first id or name of a place in raw HTML.
func firstPlace(src []byte) string {
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if id := placeName(t.DataAtom, t.Attr); id != "" {
				return id
			}
		}
	}
}

// An htmlBlock is a block of raw HTML that knows where each of its lines begins in
// its source.
type htmlBlock struct {
	*ast.HTMLBlock
	lines  []text.Segment
	starts []int
	looked int // lines that were looked at, in all
}

func newHTMLBlock(n *ast.HTMLBlock) *htmlBlock {
	b := &htmlBlock{HTMLBlock: n, lines: htmlLines(n)}
	at := 0
	for _, segment := range b.lines {
		b.starts = append(b.starts, at)
		at += segment.Len()
	}
	return b
}

// lineAt is the index of the line that an offset in the source is on.
func (b *htmlBlock) lineAt(offset int) int {
	return max(0, sort.Search(len(b.starts), func(i int) bool { b.looked++; return b.starts[i] > offset })-1)
}

// part is the block from one offset in its source to another.
func (b *htmlBlock) part(from, to int) *ast.HTMLBlock {
	part := ast.NewHTMLBlock(b.HTMLBlockType)
	lines := text.NewSegments()
	for i := b.lineAt(from); i < len(b.lines) && b.starts[i] < to; i++ {
		b.looked++
		segment := b.lines[i]
		start, stop := max(from-b.starts[i], 0), min(to-b.starts[i], segment.Len())
		if start < stop {
			// A tab that was cut in half is before the segment and counts too.
			if segment.Padding > 0 {
				start, stop = max(start-segment.Padding, 0), max(stop-segment.Padding, 0)
			}
			lines.Append(text.NewSegment(segment.Start+start, segment.Start+stop))
		}
	}
	part.SetLines(lines)
	part.SetPos(b.position(from))
	return part
}

// position is where an offset in the source of the block is in the file.
func (b *htmlBlock) position(offset int) int {
	if len(b.lines) == 0 {
		return b.Pos()
	}
	i := b.lineAt(offset)
	segment, offset := b.lines[i], offset-b.starts[i]
	if offset >= segment.Len() {
		return segment.Stop
	}
	return segment.Start + max(offset-segment.Padding, 0)
}

func htmlLines(n *ast.HTMLBlock) []text.Segment {
	lines := n.Lines().Sliced(0, n.Lines().Len())
	if n.HasClosure() {
		lines = append(slices.Clip(lines), n.ClosureLine)
	}
	return lines
}

// take makes nodes of the pieces up to the end of the present <details> element, or
// of all that are left.
func (s *htmlStream) take(depth int) []ast.Node {
	var all []ast.Node
	for s.at < len(s.pieces) {
		if p := s.pieces[s.at]; p.tag == atom.Details && p.end && depth > 0 {
			return all
		}
		if n := s.next(depth); n != nil {
			all = append(all, n)
		}
	}
	return all
}

// next makes a node of what begins with the present piece, nil of the end of nothing.
func (s *htmlStream) next(depth int) ast.Node {
	p := s.pieces[s.at]
	switch {
	case isListTag(p.tag) && !p.end && depth < mostFolds:
		return s.takeList(depth + 1)
	case p.tag == atom.Details && !p.end && depth < mostFolds && s.closed[s.at]:
		s.at++
		f := &fold{place: p.id}
		f.SetPos(p.pos)
		for _, n := range s.take(depth + 1) {
			f.AppendChild(f, n)
		}
		s.at++
		return f
	case p.tag == atom.Summary && !p.end:
		return s.takeSummary()
	}
	s.at++
	if term, ok := p.node.(*east.DefinitionTerm); ok { // too deep in others
		paragraph := ast.NewParagraph()
		paragraph.AppendChild(paragraph, term.FirstChild())
		return paragraph
	}
	return p.node
}

// takeList makes a definition list of the pieces up to its end, or up to a heading or
// the end of what it is in; a heading in a <dd> of a list with an end is in the list.
// What stands beside its terms is in the description before.
func (s *htmlStream) takeList(depth int) ast.Node {
	list := east.NewDefinitionList(0, nil)
	list.SetPos(s.pieces[s.at].pos)
	var description *east.DefinitionDescription
	describe := func() {
		description = east.NewDefinitionDescription()
		list.AppendChild(list, description)
	}
	inside := false // of a <dd>
	closed := s.closed[s.at]
	if s.pieces[s.at].tag == atom.Dl {
		s.at++
	}
	for s.at < len(s.pieces) {
		p := s.pieces[s.at]
		_, heading := p.node.(*ast.Heading)
		switch {
		case p.tag == atom.Dl && p.end:
			s.at++
			return list
		case p.tag == atom.Details && p.end, heading && !(inside && closed):
			return list
		case p.tag == atom.Dt:
			s.at++
			if p.node != nil { // it begins
				list.AppendChild(list, p.node)
				description, inside = nil, false
			}
		case p.tag == atom.Dd:
			s.at++
			if inside = !p.end; inside {
				describe()
			}
		default:
			n := s.next(depth)
			if n == nil {
				continue
			}
			if description == nil {
				describe()
			}
			description.AppendChild(description, n)
		}
	}
	return list
}

// match finds which <details> elements and which <dl> have an end.
func (s *htmlStream) match() {
	s.closed = make([]bool, len(s.pieces))
	open := map[atom.Atom][]int{}
	for i, p := range s.pieces {
		if p.tag != atom.Details && p.tag != atom.Dl {
			continue
		}
		outer := open[p.tag]
		switch {
		case !p.end:
			open[p.tag] = append(outer, i)
		case len(outer) > 0:
			s.closed[outer[len(outer)-1]] = true
			open[p.tag] = outer[:len(outer)-1]
		}
	}
}

// takeSummary makes a summary of the pieces up to its end. What is in it may be raw
// HTML or, between empty lines, Markdown.
func (s *htmlStream) takeSummary() ast.Node {
	sum := &summary{place: s.pieces[s.at].id}
	sum.SetPos(s.pieces[s.at].pos)
	worded := false // there is text before the present piece
	add := func(n ast.Node, words bool) {
		if worded && words {
			sum.AppendChild(sum, &markup{text: " ", html: " "})
		}
		worded = worded || words
		sum.AppendChild(sum, n)
	}
	for s.at++; s.at < len(s.pieces); s.at++ {
		p := s.pieces[s.at]
		if p.node == nil {
			if p.tag == atom.Summary {
				s.at++
			}
			break
		}
		switch n := p.node.(type) {
		case *ast.HTMLBlock:
			src := htmlSource(s.src, n)
			m := newMarkup(src)
			add(m, m.text != "")
			sum.place = cmp.Or(sum.place, firstPlace(src))
		case *ast.Paragraph, *ast.Heading, *ast.TextBlock:
			if h, ok := n.(*ast.Heading); ok && sum.place == "" {
				sum.place, _ = explicitAnchor(h)
			}
			for first := true; n.HasChildren(); first = false {
				add(n.FirstChild(), first)
			}
		default:
			return sum
		}
	}
	return sum
}

// inlineHTML is the inside of a heading in raw HTML with nothing left but plain
// elements inside a line.
func inlineHTML(src []byte) string {
	nodes, err := html.ParseFragment(bytes.NewReader(src), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil { // nested too deeply
		return html.EscapeString(oneLine(htmlText(src)))
	}
	var b strings.Builder
	for _, n := range nodes {
		writeInline(&b, n)
	}
	return strings.TrimSpace(b.String())
}

func writeInline(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(html.EscapeString(n.Data))
		return
	case n.Type != html.ElementNode || n.Namespace != "" || unseen[n.DataAtom]:
		return
	case n.DataAtom == atom.Img:
		b.WriteString(html.EscapeString(" " + attribute(n.Attr, "alt") + " "))
		return
	}
	plain := kept[n.DataAtom] && inlineElements[n.DataAtom] && n.DataAtom != atom.B && n.DataAtom != atom.Strong
	switch {
	case plain:
		b.WriteString("<" + n.Data + ">")
	case !inlineElements[n.DataAtom]:
		b.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeInline(b, c)
	}
	if plain {
		b.WriteString("</" + n.Data + ">")
	}
}
