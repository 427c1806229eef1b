package kb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// This file alone decides what a question is.
//
// A question is a heading with an answer under it. Only headings of the page
// itself count, not those inside quotations and lists.
//
//   - Under a heading named "Frequently asked questions", "FAQ", "FAQs",
//     "Questions" or "Questions and answers", up to the next heading of its level
//     or above, the shallowest level present holds the questions, with or without
//     a question mark. A heading of that level that has nothing of its own before
//     deeper headings is a section, and the shallowest level under it holds its
//     questions.
//   - Elsewhere every heading that ends in a question mark is one, unless it lies
//     inside another question's answer or is the page's title.
//   - An answer reaches to the next heading of its question's level or above;
//     deeper headings belong to it. Rules and comments alone are no answer.
//   - A question's section is the heading that it is directly under, neither the
//     title nor the heading that promises questions.

// A span is a question among the blocks of a page: blocks[start] is its heading,
// what follows up to blocks[end] its answer.
type span struct {
	start, end int
	section    string
}

// findQuestions finds the questions among the blocks of a page, in order.
func (r *reading) findQuestions(blocks []ast.Node) []span {
	f := questionFinder{reading: r, blocks: blocks}
	var above []*ast.Heading // those that the present one is under, outermost first
	for i := 0; i < len(blocks); {
		h, ok := blocks[i].(*ast.Heading)
		if !ok {
			i++
			continue
		}
		for len(above) > 0 && above[len(above)-1].Level >= h.Level {
			above = above[:len(above)-1]
		}
		section := ""
		if len(above) > 0 && above[len(above)-1] != r.titleHeading {
			section = r.text(above[len(above)-1])
		}
		above = append(above, h)
		end := f.endOf(i, len(blocks))
		text := r.text(h)
		switch {
		case namesQuestions(text):
			f.faq(i+1, end)
			i = end
		case h != r.titleHeading && endsInQuestionMark(text) && f.add(i, end, section):
			i = end
		default:
			i++
		}
	}
	return f.spans
}

type questionFinder struct {
	*reading
	blocks []ast.Node
	spans  []span
}

// faq finds the questions in blocks[start:end], which are under a heading that
// promises questions.
func (f *questionFinder) faq(start, end int) {
	for i := range f.ofShallowestLevel(start, end) {
		next := f.endOf(i, end)
		if f.hasOwnText(i, next) || !f.hasHeading(i+1, next) {
			f.add(i, next, "")
			continue
		}
		h := f.blocks[i].(*ast.Heading)
		section := f.text(h)
		if namesQuestions(section) {
			section = ""
		}
		f.sections[h] = true
		for j := range f.ofShallowestLevel(i+1, next) {
			f.add(j, f.endOf(j, next), section)
		}
	}
}

// add notes the question blocks[i] with an answer up to end. A heading without
// any answer is a fault and no question, one without text is only no question.
func (f *questionFinder) add(i, end int, section string) bool {
	h := f.blocks[i].(*ast.Heading)
	if f.text(h) == "" {
		return false
	}
	if !slices.ContainsFunc(f.blocks[i+1:end], f.isContent) {
		f.faults.errorf(f.file, f.line(h), "no-answer", "question has no answer: %q; write one below it", abridge(f.text(h)))
		return false
	}
	f.spans = append(f.spans, span{i, end, section})
	return true
}

// endOf is where the part under heading blocks[i] ends, at most at limit.
func (f *questionFinder) endOf(i, limit int) int {
	level := f.blocks[i].(*ast.Heading).Level
	for j := i + 1; j < limit; j++ {
		if h, ok := f.blocks[j].(*ast.Heading); ok && h.Level <= level {
			return j
		}
	}
	return limit
}

// ofShallowestLevel gives the headings of the shallowest level in blocks[start:end].
func (f *questionFinder) ofShallowestLevel(start, end int) func(func(int) bool) {
	level := 7
	for _, n := range f.blocks[start:end] {
		if h, ok := n.(*ast.Heading); ok {
			level = min(level, h.Level)
		}
	}
	return func(yield func(int) bool) {
		for i := start; i < end; i++ {
			if h, ok := f.blocks[i].(*ast.Heading); ok && h.Level == level && !yield(i) {
				return
			}
		}
	}
}

// hasOwnText tells whether heading blocks[i] has something before deeper headings.
func (f *questionFinder) hasOwnText(i, end int) bool {
	for _, n := range f.blocks[i+1 : end] {
		if n.Kind() == ast.KindHeading {
			return false
		}
		if f.isContent(n) {
			return true
		}
	}
	return false
}

func (f *questionFinder) hasHeading(start, end int) bool {
	return slices.ContainsFunc(f.blocks[start:end], func(n ast.Node) bool { return n.Kind() == ast.KindHeading })
}

// isContent tells whether a block can be an answer: headings, rules and comments
// cannot.
func (f *questionFinder) isContent(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Heading, *ast.ThematicBreak:
		return false
	case *ast.HTMLBlock:
		src := htmlSource(f.src, n)
		return strings.TrimSpace(htmlText(src)) != "" || hasPicture(src)
	}
	return true
}

// namesQuestions tells whether a heading promises that questions are under it.
func namesQuestions(heading string) bool {
	switch strings.ToLower(strings.TrimRight(heading, " :.?!")) {
	case "frequently asked questions", "faq", "faqs", "questions", "questions and answers":
		return true
	}
	return false
}

// endsInQuestionMark knows the question marks of other scripts too.
func endsInQuestionMark(heading string) bool {
	heading = strings.TrimRight(heading, " ")
	return strings.HasSuffix(heading, "?") || strings.HasSuffix(heading, "？") || strings.HasSuffix(heading, "؟")
}

// hasPicture tells whether raw HTML shows a picture.
func hasPicture(src []byte) bool {
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "img" {
				return true
			}
		}
	}
}

// question makes the question of a part.
func (r *reading) question(p *Page, part part) *Question {
	anchor := r.anchors[part.heading]
	own := r.front.questions[anchor]
	q := &Question{
		ID: p.Path + "#" + anchor, Anchor: anchor, Text: r.text(part.heading), Section: part.section,
		Aliases: own.aliases, Tools: own.tools, Verified: own.verified, Sources: own.sources,
		Answer: r.plain(part.nodes...), Line: r.line(part.heading), Page: p, index: len(p.Questions), ownTools: len(own.tools) > 0,
	}
	if !q.ownTools {
		q.Tools = p.Tools
	}
	if part.next != nil {
		q.next = r.line(part.next)
	}
	return q
}

// Source is the Markdown of the question and its answer, as it stands in the file,
// without the empty lines after it.
func (q *Question) Source() []byte {
	lines := bytes.SplitAfter(q.Page.Source, []byte("\n"))
	if q.next > 0 {
		lines = lines[:q.next-1]
	}
	return append(bytes.TrimRight(bytes.Join(lines[q.Line-1:], nil), "\r\n\t "), '\n')
}

// matchQuestions reports the keys under "questions" that are no question's anchor.
func (r *reading) matchQuestions(p *Page) {
	known := map[string]bool{}
	for _, q := range p.Questions {
		known[q.Anchor] = true
	}
	for _, anchor := range r.front.anchors() {
		if known[anchor] {
			continue
		}
		line := r.front.questions[anchor].line
		near := nearest(anchor, func(yield func(string) bool) {
			for _, q := range p.Questions {
				if !yield(q.Anchor) {
					return
				}
			}
		}, few(anchor))
		switch {
		case r.anchorLines[anchor] > 0:
			r.faults.errorf(r.file, line, "unknown-question", "the heading of anchor %q on line %d is no question", anchor, r.anchorLines[anchor])
		case near != "":
			r.faults.errorf(r.file, line, "unknown-question", "no question has the anchor %q, want %q", anchor, near)
		default:
			r.faults.errorf(r.file, line, "unknown-question", "no question has the anchor %q; write {#%s} at the end of its heading", anchor, anchor)
		}
	}
}
