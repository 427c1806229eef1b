package kb

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// notesOf gives the footnotes that blocks refer to, and those that these refer
// to, each once, in the order of the first mark.
func (r *reading) notesOf(blocks []ast.Node) []*east.Footnote {
	var notes []*east.Footnote
	seen := map[int]bool{}
	visit := func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if mark, ok := n.(*east.FootnoteLink); ok && entering {
			if key := r.references[mark]; !seen[key] && r.footnotes[key] != nil {
				seen[key] = true
				notes = append(notes, r.footnotes[key])
			}
		}
		return ast.WalkContinue, nil
	}
	for _, n := range blocks {
		_ = ast.Walk(n, visit)
	}
	for i := 0; i < len(notes); i++ { // grows while it is walked
		_ = ast.Walk(notes[i], visit)
	}
	return notes
}

// number gives the marks in blocks their numbers and ids for this part of the
// page alone, and returns the footnotes in order.
func (r *reading) number(blocks []ast.Node, prefix string) []*east.Footnote {
	notes := r.notesOf(blocks)
	if len(notes) == 0 {
		return nil
	}
	numbers := map[int]int{}
	all := append([]ast.Node{}, blocks...)
	for i, note := range notes {
		numbers[note.Index] = i + 1
		all = append(all, note)
	}
	marks := map[int]int{}
	for _, n := range all {
		_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			mark, ok := n.(*east.FootnoteLink)
			if !ok || !entering {
				return ast.WalkContinue, nil
			}
			mark.Index = numbers[r.references[mark]]
			mark.SetAttributeString("prefix", prefix)
			mark.RefIndex = marks[mark.Index]
			marks[mark.Index]++
			return ast.WalkContinue, nil
		})
	}
	return notes
}

// notes writes footnotes, each with a link back to its first mark.
func (w *htmlWriter) notes(notes []*east.Footnote, prefix string) {
	_, _ = w.out.WriteString("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n")
	for i, note := range notes {
		inside := newWriter(w.src)
		for c := note.FirstChild(); c != nil; c = c.NextSibling() {
			inside.node(c)
		}
		back := fmt.Sprintf(` <a class="footnote-backref" role="doc-backlink" href="#fnref-%s-%d" aria-label="Back to the mark of footnote %d">↩</a>`, prefix, i+1, i+1)
		body := inside.done()
		if text, ok := strings.CutSuffix(body, "</p>"); ok {
			body = text + back + "</p>"
		} else {
			body += back
		}
		_, _ = fmt.Fprintf(w.out, "<li id=\"fn-%s-%d\">%s</li>\n", prefix, i+1, body)
	}
	_, _ = w.out.WriteString("</ol>\n</section>\n")
}
