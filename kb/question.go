package kb

import (
	"bytes"
)

// question makes the question of a part.
func (r *reading) question(p *Page, part part) *Question {
	anchor := r.anchors[part.heading]
	own := r.front.questions[anchor]
	q := &Question{
		ID: p.Path + "#" + anchor, Anchor: anchor, Text: r.text(part.heading), Section: part.section,
		Aliases: own.aliases, Tools: own.tools, Verified: own.verified, Sources: own.sources,
		Answer: r.plain(part.nodes...), Line: part.line, Page: p, from: part.from, index: len(p.Questions), next: part.next, ownTools: len(own.tools) > 0,
	}
	if !q.ownTools {
		q.Tools = p.Tools
	}
	return q
}

// Source is the Markdown of the question and its answer, as it stands in the file,
// without the empty lines after it.
func (q *Question) Source() []byte {
	lines := bytes.SplitAfter(q.Page.Source, []byte("\n"))
	if q.next > 0 {
		lines = lines[:max(q.next-1, q.Line)]
	}
	return append(bytes.TrimRight(bytes.Join(lines[q.from-1:], nil), "\r\n\t "), '\n')
}

// matchQuestions reports the keys under "questions" that are no question's anchor.
func (r *reading) matchQuestions(p *Page) {
	if len(r.front.questions) == 0 {
		return
	}
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
