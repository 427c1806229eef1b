package kb

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// The shapes that candidates have.
const (
	shapeHeading  = "heading"
	shapePrefixed = "prefixed line"
	shapeBold     = "bold line"
	shapeItem     = "list item"
	shapeSummary  = "summary"
	shapeTerm     = "term"
	shapeQuoted   = "quoted line"
	shapeLine     = "line"
	shapeMatter   = "front matter"
)

// A candidate is what may be a question and is no heading of the page itself.
type candidate struct {
	shape string
	line  int
	text  string // without prefix
	// asks says that it ends in a question mark, prefixed that it begins with Q: or
	// the like, labelled that its answer begins with A: or the like.
	asks, prefixed, labelled bool
	letter                   string // that prefix, if it is a letter of another language
	// bounded says that its answer is inside the same block: the rest of a list's
	// item, a <details>. The answer of others goes on to the next of their kind.
	bounded bool
	// answered says that there is something of an answer in the same block.
	answered  bool
	sentences bool // it is several, so that it may be but text that ends in a question
	italic    bool // it is not bold, but emphasised as a whole
	plain     bool // nothing marks it but that it stands alone in an item, above its answer
	contents  bool // all of it is a link to a place on this page
	inline    bool // the answer begins on the same line
	opens     bool // what is inside its block is to be looked through like a page
	block     int  // among the blocks that were looked through
	group     *group

	lead   *lead    // how it is cut out of its block
	rest   ast.Node // what holds its answer
	accept bool
}

// A group is what stands side by side in one list: its items mark questions, or
// they do not, as most of them do.
type group struct {
	members, asking int
	alike           int // those that begin with a line above the rest
}

// A lead is the line of a paragraph, or the beginning of one, that may be a question.
type lead struct {
	paragraph ast.Node
	first     int // of its lines
	lines     [][]ast.Node
	question  []ast.Node // what is the question of the nodes in the first line
	answer    []ast.Node // what follows it on the same line
}

// candidates finds those in blocks, in order.
func (r *reading) candidates(blocks []ast.Node) []*candidate {
	var all []*candidate
	for i, n := range blocks {
		found := r.candidatesIn(n)
		for _, c := range found {
			c.block = i
		}
		all = append(all, found...)
	}
	return all
}

func (r *reading) candidatesIn(n ast.Node) []*candidate {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return r.linesOf(n)
	case *ast.List:
		return r.itemsOf(n)
	case *fold:
		return r.foldOf(n)
	case *east.DefinitionList:
		return r.termsOf(n)
	case *ast.Blockquote:
		return r.quotedIn(n)
	}
	return nil
}

// linesOf finds the lines of a paragraph that may be questions: those with a
// prefix, those in bold, and the first one if it asks.
func (r *reading) linesOf(p ast.Node) []*candidate {
	if !r.mayAsk(p) {
		return nil
	}
	var all []*candidate
	lines := linesIn(r.src, p)
	for i := range lines {
		c := r.lineCandidate(p, lines, i)
		if c == nil || c.sentences {
			continue
		}
		c.answered = c.inline || i+1 < len(lines)
		if i+1 < len(lines) {
			c.labelled = c.answerPrefix().MatchString(r.textOf(lines[i+1]))
		} else if next := p.NextSibling(); next != nil && next.Type() == ast.TypeBlock {
			c.labelled = isParagraph(next) && c.answerPrefix().MatchString(inlineText(r.src, next))
		}
		all = append(all, c)
	}
	return all
}

// setText sets what c says, and what that tells.
func (c *candidate) setText(text string) {
	c.text, c.prefixed = withoutPrefix(text)
	if c.prefixed && !questionPrefix.MatchString(text) {
		c.letter = prefixOf(text)
	}
	c.asks = endsInQuestionMark(c.text)
}

// answerPrefix is what stands before the answer to a question with the prefix of c.
func (c *candidate) answerPrefix() *regexp.Regexp {
	if c.letter != "" {
		return letterAnswer
	}
	return answerPrefix
}

func isParagraph(n ast.Node) bool {
	return n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock
}

// mayAsk looks at the source of a paragraph for what a question begins or ends
// with, which most paragraphs do not have.
func (r *reading) mayAsk(p ast.Node) bool {
	lines := p.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		line := bytes.TrimSpace(segment.Value(r.src))
		if len(line) == 0 {
			continue
		}
		if line[0] == '*' || line[0] == '_' || line[0] == '<' || line[0] == '[' || line[0] == '{' || mayHavePrefix(line) && questionPrefix.Match(line[:min(len(line), 80)]) {
			return true
		}
		if i == 0 && (line[0] >= 0x80 || line[0] <= '9') { // a pictograph or number before the bold
			return true
		}
		if i == 0 && bytes.ContainsAny(line[max(0, len(line)-40):], "?;\u061F\uFF1F\u055E\u203D\u2047\u2048\u1367\uFE56\u037E") {
			return true
		}
	}
	return false
}

// linesIn cuts what is in a paragraph into its lines, at breaks that are in no
// emphasis or link.
func linesIn(src []byte, p ast.Node) [][]ast.Node {
	var lines [][]ast.Node
	var line []ast.Node
	for n := p.FirstChild(); n != nil; n = n.NextSibling() {
		line = append(line, n)
		breaks := false
		switch n := n.(type) {
		case *ast.Text:
			breaks = n.SoftLineBreak() || n.HardLineBreak()
		case *ast.RawHTML:
			breaks = isBreak(rawTag(src, n))
		}
		if breaks {
			lines, line = append(lines, line), nil
		}
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// textOf is the text of nodes of one line.
func (r *reading) textOf(nodes []ast.Node) string {
	w := textWriter{src: r.src}
	for _, n := range nodes {
		w.inline(n)
	}
	return w.asOneLine()
}

// mostAsked bounds how long a question can be that is marked by its end alone, in
// bytes: longer lines are sentences of a text.
const mostAsked = 400

// sentenceEnd is the end of a sentence inside a line.
var sentenceEnd = regexp.MustCompile(`[\pL\pN)][.!]\s+\pL`)

// lineCandidate makes a candidate of a line, nil if nothing marks it.
func (r *reading) lineCandidate(p ast.Node, lines [][]ast.Node, i int) *candidate {
	line := lines[i]
	text := r.textOf(line)
	if text == "" {
		return nil
	}
	c := &candidate{shape: shapeLine, line: r.lineAt(line, p), lead: &lead{paragraph: p, first: i, lines: lines, question: line}}
	bold, after := r.boldLead(line)
	if bold != nil {
		boldText := r.textOf(bold)
		switch rest := anchorAtEnd.ReplaceAllString(r.textOf(after), ""); {
		case !wordIn(rest):
			c.shape, c.italic = shapeBold, isItalic(bold)
		case isItalic(bold): // emphasis in a text
		case prefixOf(boldText) == boldText || bareName(boldText) == "q" || letterPrefix.FindString(boldText) == boldText: // **Q:** How?
		default:
			c.shape, c.inline = shapeBold, true
			c.lead.question, c.lead.answer = bold, after
			text = boldText
		}
	}
	c.setText(anchorAtEnd.ReplaceAllString(text, ""))
	if c.prefixed {
		c.shape = shapePrefixed
	}
	c.contents = leadsNowhereElse(c.lead.question)
	if c.shape == shapeLine && (i > 0 || !c.asks || len(c.text) > mostAsked) {
		return nil
	}
	c.sentences = c.shape == shapeLine && sentenceEnd.MatchString(c.text)
	if c.text == "" || len(c.text) > mostAsked {
		return nil
	}
	return c
}

// wordIn tells whether there is a letter or digit in s.
func wordIn(s string) bool { return bareName(s) != "" }

// isItalic tells whether the last of nodes is emphasis that is not strong.
func isItalic(nodes []ast.Node) bool {
	e, ok := nodes[len(nodes)-1].(*ast.Emphasis)
	return ok && !isBold(e)
}

// boldLead gives the nodes at the beginning of a line up to the end of what is bold or
// italic there, and what follows; nil if the line does not begin so. Numbers, marks,
// pictographs and anchors before it do not count.
func (r *reading) boldLead(line []ast.Node) (bold, after []ast.Node) {
	for i, n := range line {
		switch n := n.(type) {
		case *ast.Emphasis:
			return line[:i+1], line[i+1:]
		case *ast.RawHTML:
			switch name := tagName(rawTag(r.src, n)); name {
			case "b", "strong":
				for j := i + 1; j < len(line); j++ {
					if end, ok := line[j].(*ast.RawHTML); ok && rawTag(r.src, end) == "</"+name+">" {
						return line[:j+1], line[j+1:]
					}
				}
				return nil, nil
			}
		case *ast.Text:
			if !beforeBold.MatchString(string(unescape(n.Segment.Value(r.src)))) {
				return nil, nil
			}
		default:
			return nil, nil
		}
	}
	return nil, nil
}

// beforeBold is what may stand before the bold part of a bold line.
var beforeBold = regexp.MustCompile(`^[^\pL]*$|^\s*(?i:q|question)\s*\d*[.:)]\s*$`)

// isBold tells whether all of an emphasis is strong.
func isBold(e *ast.Emphasis) bool {
	if e.Level >= 2 {
		return true
	}
	inner, ok := e.FirstChild().(*ast.Emphasis)
	return ok && e.ChildCount() == 1 && isBold(inner)
}

// leadsNowhereElse tells whether all words of nodes are in links to places on the
// same page: so it is in a table of contents.
func leadsNowhereElse(nodes []ast.Node) bool {
	linked := false
	for _, n := range nodes {
		for {
			e, ok := n.(*ast.Emphasis)
			if !ok || e.ChildCount() != 1 {
				break
			}
			n = e.FirstChild()
		}
		switch n := n.(type) {
		case *ast.Link:
			if !bytes.HasPrefix(n.Destination, []byte("#")) {
				return false
			}
			linked = true
		case *ast.Text:
			if n.Segment.Len() > 3 {
				return false
			}
		case *ast.RawHTML:
		default:
			return false
		}
	}
	return linked
}

// itemsOf finds the items of a list that may be questions: those that begin with a
// heading, with something bold, with a prefix, or with a line that asks.
func (r *reading) itemsOf(list *ast.List) []*candidate {
	var all []*candidate
	g := &group{}
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		g.members++
		c := r.itemCandidate(item)
		if c == nil {
			continue
		}
		if c.asks || c.prefixed {
			g.asking++
		}
		if c.plain || c.bounded && !c.inline && c.answered {
			g.alike++
		}
		c.group = g
		all = append(all, c)
	}
	return all
}

func (r *reading) itemCandidate(item ast.Node) *candidate {
	first := item.FirstChild()
	switch n := first.(type) {
	case nil:
		return nil
	case *ast.Heading:
		c := &candidate{shape: shapeItem, line: r.line(n), bounded: true, answered: r.hasContent(n.NextSibling()), rest: item}
		c.setText(r.text(n))
		return c
	case *fold:
		if found := r.foldOf(n); len(found) == 1 {
			found[0].answered = found[0].answered || r.hasContent(n.NextSibling())
			return found[0]
		}
		return nil
	}
	if !isParagraph(first) {
		return nil
	}
	lines := linesIn(r.src, first)
	var c *candidate
	if r.mayAsk(first) {
		c = r.lineCandidate(first, lines, 0)
	}
	alone := item.NextSibling() == nil && item.PreviousSibling() == nil
	if c == nil {
		return r.plainItem(item, first, lines)
	}
	if c.sentences && !(alone && isNumbered(item)) && !(len(lines) == 1 && r.hasContent(first.NextSibling())) {
		return nil
	}
	c.answered = c.inline || len(c.lead.lines) > 1 || r.hasContent(first.NextSibling())
	if alone && !c.answered { // the number of a question whose answer is not indented
		return c
	}
	c.shape, c.bounded, c.rest = shapeItem, true, item
	return c
}

func isNumbered(item ast.Node) bool {
	list, ok := item.Parent().(*ast.List)
	return ok && list.IsOrdered()
}

// plainItem is an item whose first line has nothing that marks a question and stands
// alone above more: the rest of its list may show what it is.
func (r *reading) plainItem(item, first ast.Node, lines [][]ast.Node) *candidate {
	text := r.textOf(lines[0])
	if len(lines) != 1 || text == "" || len(text) > mostAsked || first.Kind() != ast.KindParagraph || !r.hasContent(first.NextSibling()) {
		return nil
	}
	return &candidate{shape: shapeItem, plain: true, line: r.line(first), text: text, bounded: true, answered: true, rest: item,
		contents: leadsNowhereElse(lines[0]), lead: &lead{paragraph: first, lines: lines, question: lines[0]}}
}

// hasContent tells whether n or a later sibling can be an answer.
func (r *reading) hasContent(n ast.Node) bool {
	for ; n != nil; n = n.NextSibling() {
		if r.isContent(n) {
			return true
		}
	}
	return false
}

func (r *reading) foldOf(f *fold) []*candidate {
	s := f.summary()
	if s == nil {
		return nil
	}
	c := &candidate{shape: shapeSummary, line: r.line(s), bounded: true, answered: r.hasContent(s.NextSibling()), rest: f}
	if c.setText(inlineText(r.src, s)); c.text == "" {
		return nil
	}
	return []*candidate{c}
}

func (r *reading) termsOf(list *east.DefinitionList) []*candidate {
	var all []*candidate
	g := &group{}
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != east.KindDefinitionTerm {
			continue
		}
		g.members++
		c := &candidate{shape: shapeTerm, line: r.line(n), bounded: true, rest: n, group: g}
		if c.setText(inlineText(r.src, n)); c.text == "" {
			continue
		}
		if next := n.NextSibling(); next != nil && next.Kind() == east.KindDefinitionDescription {
			c.answered = r.hasContent(next.FirstChild())
		}
		if c.asks {
			g.asking++
		}
		all = append(all, c)
	}
	return all
}

// quotedIn finds what may be questions in a quotation: the quotation as a whole, if it
// is one line; else what is inside, if a heading or a marked line in it asks.
func (r *reading) quotedIn(q *ast.Blockquote) []*candidate {
	for n := q.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			c := &candidate{shape: shapeQuoted, line: r.line(h), bounded: true, opens: true, answered: r.hasContent(n.NextSibling()), rest: q}
			if c.setText(r.text(h)); c.asks || c.prefixed {
				return []*candidate{c}
			}
			continue
		}
		if inner, ok := n.(*fold); ok {
			if c := r.foldOf(inner); len(c) == 1 && c[0].answered && (c[0].asks || c[0].prefixed) {
				c[0].shape, c[0].opens, c[0].rest = shapeQuoted, true, q
				return c
			}
			continue
		}
		if !isParagraph(n) {
			continue
		}
		lines := linesIn(r.src, n)
		var c *candidate
		if r.mayAsk(n) {
			c = r.lineCandidate(n, lines, 0)
		}
		switch alone := q.ChildCount() == 1 && len(lines) == 1; {
		case c == nil && alone && r.textOf(lines[0]) != "":
			return []*candidate{{shape: shapeQuoted, plain: true, line: r.line(n), text: r.textOf(lines[0]), contents: leadsNowhereElse(lines[0]),
				lead: &lead{paragraph: n, lines: lines, question: lines[0]}}}
		case c == nil || c.sentences:
		case alone && !c.inline:
			if c.shape != shapePrefixed {
				c.shape = shapeQuoted
			}
			return []*candidate{c}
		case c.shape != shapeLine && (c.asks || c.prefixed) && (c.inline || len(lines) > 1 || r.hasContent(n.NextSibling())):
			c.shape, c.bounded, c.opens, c.answered, c.rest = shapeQuoted, true, true, true, q
			return []*candidate{c}
		}
	}
	return nil
}

// withoutPrefix is the text of a question without "Q1." or the like before it.
func withoutPrefix(text string) (string, bool) {
	if found := prefixOf(text); found != "" && found != text {
		return oneLine(text[len(found):]), true
	}
	return oneLine(text), false
}

// isLabel tells whether text stands over an answer or a remark and asks nothing.
func isLabel(text string) bool {
	return slices.Contains(labels, bareName(text)) || slices.Contains(contentsNames, bareName(text))
}

// tagName is the name of an opening tag, "" for anything else.
func tagName(tag string) string {
	name := strings.TrimPrefix(tag, "<")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	return strings.ToLower(name)
}

// isStatement tells whether a line in bold that does not ask may stand among those
// that do: a few words, and not the head of a list or the end of a sentence.
func isStatement(text string) bool {
	return strings.ContainsAny(text, " \u3000") && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, ".")
}

// isContent tells whether a block can be an answer: headings, rules and comments
// cannot.
func (r *reading) isContent(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Heading, *ast.ThematicBreak, *ast.LinkReferenceDefinition, *spot:
		return false
	case *ast.HTMLBlock:
		src := htmlSource(r.src, n)
		return strings.TrimSpace(htmlText(src)) != "" || hasPicture(src)
	}
	return true
}
