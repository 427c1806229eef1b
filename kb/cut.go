package kb

import (
	"cmp"
	"regexp"
	"sort"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// A piece is a block of a page, or a question that was cut out of one with what
// of its answer was in the same block.
type piece struct {
	block   ast.Node // nil for a question
	c       *candidate
	heading *ast.Heading
	answer  []ast.Node
	from    int // the line that its source begins on
}

// pieces cuts blocks at the candidates that were accepted.
func (r *reading) pieces(blocks []ast.Node, candidates []*candidate) []piece {
	var all []piece
	for i, n := range blocks {
		var here []*candidate
		for len(candidates) > 0 && candidates[0].block == i {
			if candidates[0].accept {
				here = append(here, candidates[0])
			}
			candidates = candidates[1:]
		}
		switch {
		case len(here) == 0:
			all = append(all, piece{block: n})
		case here[0].opens:
			all = append(all, piece{block: n, c: here[0]})
		case n.Kind() == ast.KindList && here[0].bounded:
			all = append(all, r.cutList(n.(*ast.List), here)...)
		case n.Kind() == east.KindDefinitionList:
			all = append(all, r.cutTerms(n, here)...)
		case n.Kind() == kindFold:
			all = append(all, r.cutFold(n.(*fold), here[0]))
		default:
			all = append(all, r.cutLines(n, here)...)
		}
	}
	return all
}

// questionHeading makes a heading of nodes that are a question.
func (r *reading) questionHeading(nodes []ast.Node, pos int) *ast.Heading {
	h := ast.NewHeading(6)
	h.SetPos(pos)
	for _, n := range nodes {
		if parent := n.Parent(); parent != nil {
			parent.RemoveChild(parent, n)
		}
		switch n := n.(type) {
		case *ast.Emphasis:
			if isBold(n) || len(nodes) == 1 {
				r.unwrap(h, n)
				continue
			}
		case *ast.RawHTML:
			if name := tagName(r.withoutEnd(n)); name == "b" || name == "strong" || name == "br" || name == "u" {
				continue
			}
		case *ast.Text:
			n.SetSoftLineBreak(false)
			n.SetHardLineBreak(false)
		}
		h.AppendChild(h, n)
	}
	return h
}

// cutQuestionPrefix takes "Q1." or the like from the beginning of a question.
func (r *reading) cutQuestionPrefix(h *ast.Heading) {
	prefix := questionPrefix
	if text := r.text(h); !questionPrefix.MatchString(text) && prefixOf(text) != "" {
		prefix = letterPrefix
	}
	cutPrefix(r.src, h, prefix)
}

// withoutEnd is a tag as if it were an opening one.
func (r *reading) withoutEnd(n *ast.RawHTML) string {
	tag := rawTag(r.src, n)
	if len(tag) > 2 && tag[1] == '/' {
		return "<" + tag[2:]
	}
	return tag
}

// unwrap appends what is in bold to h: all of a question is one.
func (r *reading) unwrap(h *ast.Heading, n ast.Node) {
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		n.RemoveChild(n, c)
		if e, ok := c.(*ast.Emphasis); ok && isBold(e) {
			r.unwrap(h, e)
			continue
		}
		h.AppendChild(h, c)
	}
}

// leaves are the texts in a block in order, those in code left out.
func leaves(n ast.Node) []*ast.Text {
	var all []*ast.Text
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				all = append(all, n)
			}
		}
		return ast.WalkContinue, nil
	})
	return all
}

// cutPrefix takes what prefix matches from the beginning of the text of n.
func cutPrefix(src []byte, n ast.Node, prefix *regexp.Regexp) {
	if m, ok := n.FirstChild().(*markup); ok {
		m.cutPrefix(prefix)
		return
	}
	texts := leaves(n)
	var head []byte
	for _, t := range texts {
		head = append(head, t.Segment.Value(src)...)
		if t.SoftLineBreak() {
			head = append(head, ' ')
		}
		if len(head) > 100 {
			break
		}
	}
	size := len(prefix.Find(head))
	if size == 0 || size == len(head) && !hasMore(n) {
		return
	}
	for _, t := range texts {
		if size <= 0 {
			break
		}
		length := t.Segment.Len()
		cut := min(size, length)
		t.Segment = t.Segment.WithStart(t.Segment.Start + cut)
		size -= cut
		if cut < length {
			break
		}
		if t.SoftLineBreak() || t.HardLineBreak() {
			t.SetSoftLineBreak(false)
			t.SetHardLineBreak(false)
			size--
		}
		removeEmpty(t, n)
	}
}

// hasMore tells whether there is something in n besides texts.
func hasMore(n ast.Node) bool {
	more := false
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		switch c.(type) {
		case *ast.CodeSpan, *ast.Image, *ast.AutoLink, *markup:
			more = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return more
}

// removeEmpty takes away n and what around it becomes empty by that, below top.
func removeEmpty(n, top ast.Node) {
	for n != top && !n.HasChildren() {
		parent := n.Parent()
		parent.RemoveChild(parent, n)
		n = parent
	}
}

// trimInline takes away the white space at both ends of what is in a block.
func trimInline(src []byte, n ast.Node) {
	for {
		t, ok := n.FirstChild().(*ast.Text)
		if !ok {
			break
		}
		t.Segment = t.Segment.TrimLeftSpace(src)
		if t.Segment.Len() > 0 {
			break
		}
		n.RemoveChild(n, t)
	}
	for {
		t, ok := n.LastChild().(*ast.Text)
		if !ok {
			return
		}
		t.SetSoftLineBreak(false)
		t.SetHardLineBreak(false)
		t.Segment = t.Segment.TrimRightSpace(src)
		if t.Segment.Len() > 0 {
			return
		}
		n.RemoveChild(n, t)
	}
}

// paragraph makes a paragraph of nodes of another one, nil if there is nothing in
// them.
func (r *reading) paragraph(nodes []ast.Node, of ast.Node) ast.Node {
	p := ast.NewParagraph()
	start, last := -1, -1 // where the first and the last of nodes begin
	for _, n := range nodes {
		pos := r.position(n)
		if start < 0 {
			start = pos
		}
		last = max(last, pos)
		if parent := n.Parent(); parent != nil {
			parent.RemoveChild(parent, n)
		}
		p.AppendChild(p, n)
	}
	trimInline(r.src, p)
	if !p.HasChildren() {
		return nil
	}
	lines := text.NewSegments()
	all := of.Lines()
	for i := sort.Search(all.Len(), func(i int) bool { return all.At(i).Stop > start }); i < all.Len() && all.At(i).Start <= last; i++ {
		segment := all.At(i)
		lines.Append(segment.WithStart(max(segment.Start, start)))
	}
	p.SetLines(lines)
	return p
}

// asParagraph makes a paragraph of the text of a tight list, for it is in none any more.
func asParagraph(n ast.Node) ast.Node {
	if n.Kind() != ast.KindTextBlock {
		return n
	}
	p := ast.NewParagraph()
	p.SetLines(n.Lines())
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		p.AppendChild(p, c)
	}
	return p
}

// position is where an inline node begins in the source, -1 where nothing tells.
func (r *reading) position(n ast.Node) int {
	pos := -1
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			pos = n.Segment.Start
		case *ast.RawHTML:
			if n.Segments.Len() > 0 {
				pos = n.Segments.At(0).Start
			}
		default:
			if n.Type() == ast.TypeInline && !n.HasChildren() {
				pos = n.Pos()
			}
		}
		if pos >= 0 {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return pos
}

// lineAt is the line of the file that nodes of a paragraph begin on.
func (r *reading) lineAt(nodes []ast.Node, p ast.Node) int {
	for _, n := range nodes {
		if pos := r.position(n); pos >= 0 {
			return r.lineOfPosition(pos)
		}
	}
	return r.line(p)
}

// cutLines cuts a paragraph, or the one in a list or quotation, at its questions.
func (r *reading) cutLines(block ast.Node, here []*candidate) []piece {
	p, lines := here[0].lead.paragraph, here[0].lead.lines
	outer := p != block // a list or a quotation of one line
	var all []piece
	keep := func(from, to int) {
		var nodes []ast.Node
		for _, line := range lines[from:to] {
			nodes = append(nodes, line...)
		}
		if q := r.paragraph(nodes, p); q != nil {
			all = append(all, piece{block: q})
		}
	}
	if !outer {
		keep(0, here[0].lead.first)
	}
	for i, c := range here {
		end := len(lines)
		if i+1 < len(here) {
			end = here[i+1].lead.first
		}
		q := r.cutLead(c, end)
		if outer {
			q.from = r.line(block)
			q.answer = append(q.answer, laterSiblings(p)...)
		}
		all = append(all, q)
	}
	return all
}

// cutLead cuts a question out of its paragraph, with what follows it there up to
// line end.
func (r *reading) cutLead(c *candidate, end int) piece {
	l := c.lead
	answer := append([]ast.Node{}, l.answer...)
	for _, line := range l.lines[l.first+1 : end] {
		answer = append(answer, line...)
	}
	q := piece{c: c, from: c.line, heading: r.questionHeading(l.question, max(0, r.positionOf(l.question)))}
	if p := r.paragraph(answer, l.paragraph); p != nil {
		if c.inline {
			cutPrefix(r.src, p, dashPrefix)
		}
		q.answer = []ast.Node{p}
	}
	return q
}

// dashPrefix is what some write between a question and an answer on one line.
var dashPrefix = regexp.MustCompile(`^\s*[-–—:]+\s+`)

func (r *reading) positionOf(nodes []ast.Node) int {
	for _, n := range nodes {
		if pos := r.position(n); pos >= 0 {
			return pos
		}
	}
	return -1
}

// cutList cuts a list into the questions that its items are, and lists of the others.
func (r *reading) cutList(list *ast.List, here []*candidate) []piece {
	var all []piece
	var others *ast.List
	number := list.Start
	for item := list.FirstChild(); item != nil; {
		next := item.NextSibling()
		if len(here) > 0 && (here[0].rest == item || here[0].rest == item.FirstChild()) {
			q := r.cutItem(item, here[0])
			q.from = r.line(item)
			all, others, here = append(all, q), nil, here[1:]
		} else {
			if others == nil {
				others = ast.NewList(list.Marker)
				others.IsTight, others.Start = list.IsTight, number
				all = append(all, piece{block: others})
			}
			others.AppendChild(others, item)
		}
		number++
		item = next
	}
	return all
}

func (r *reading) cutItem(item ast.Node, c *candidate) piece {
	first := item.FirstChild()
	var q piece
	switch n := first.(type) {
	case *ast.Heading:
		q = piece{c: c, heading: n}
	case *fold:
		q = r.cutFold(n, c)
	default:
		q = r.cutLead(c, len(c.lead.lines))
	}
	q.answer = append(q.answer, laterSiblings(first)...)
	return q
}

// laterSiblings are the nodes that follow n beside it.
func laterSiblings(n ast.Node) []ast.Node {
	var all []ast.Node
	for n = n.NextSibling(); n != nil; n = n.NextSibling() {
		all = append(all, n)
	}
	return all
}

// cutFold makes a question of a <details> element.
func (r *reading) cutFold(f *fold, c *candidate) piece {
	s := f.summary()
	var inside []ast.Node
	for n := s.FirstChild(); n != nil; n = n.NextSibling() {
		inside = append(inside, n)
	}
	q := piece{c: c, from: r.line(f)}
	q.answer = append(q.answer, laterSiblings(s)...)
	q.heading = r.questionHeading(inside, s.Pos())
	if place := cmp.Or(s.place, f.place); place != "" {
		q.heading.SetAttributeString("place", place)
	}
	return q
}

// cutTerms cuts a definition list into its questions, and lists of the others.
func (r *reading) cutTerms(list ast.Node, here []*candidate) []piece {
	var all []piece
	var others ast.Node
	asked := false // the descriptions that follow are an answer
	for n := list.FirstChild(); n != nil; {
		next := n.NextSibling()
		switch {
		case len(here) > 0 && here[0].rest == n:
			var inside []ast.Node
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				inside = append(inside, c)
			}
			pos := r.positionOf(inside)
			if pos < 0 { // in raw HTML
				pos = n.Lines().At(0).Start
			}
			all = append(all, piece{c: here[0], from: here[0].line, heading: r.questionHeading(inside, pos)})
			asked, others, here = true, nil, here[1:]
		case asked && n.Kind() == east.KindDefinitionDescription:
			last := &all[len(all)-1]
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				last.answer = append(last.answer, c)
			}
		default:
			if asked = false; others == nil {
				others = east.NewDefinitionList(0, nil)
				all = append(all, piece{block: others})
			}
			others.AppendChild(others, n)
		}
		n = next
	}
	return all
}
