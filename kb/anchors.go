package kb

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// badAnchor finds what was meant to be an anchor at the end of a heading.
var badAnchor = regexp.MustCompile(`\{#[^{}]*\}\s*$`)

// nameHeadings gives every heading of a page its anchor, by GitHub's rule:
// explicit ones ({#id}) are taken first, then each other heading in order gets
// the slug of its text, and -1, -2 and so on where that is taken.
func (r *reading) nameHeadings() {
	r.anchors = make(map[*ast.Heading]string, len(r.headings))
	r.anchorLines = make(map[string]int, len(r.headings))
	for _, h := range r.headings {
		id, ok := explicitAnchor(h)
		if !ok {
			id, ok = r.closedAnchor(h)
		}
		if !ok {
			if bad := badAnchor.Find(r.lineOf(h)); bad != nil {
				r.faults.errorf(r.file, r.line(h), "bad-anchor", "%s is no anchor; want {#name} of letters, digits, -, _, : and .", abridge(string(bad)))
			}
			continue
		}
		if first, taken := r.anchorLines[id]; taken {
			r.faults.errorf(r.file, r.line(h), "repeated-anchor", "anchor {#%s} is already that of line %d; give this heading another one", id, first)
			continue
		}
		r.anchors[h], r.anchorLines[id] = id, r.line(h)
	}
	repeats := map[string]int{}
	for _, h := range r.headings {
		if _, named := r.anchors[h]; named {
			continue
		}
		slug := headingSlug(r.text(h))
		id := slug
		for _, taken := r.anchorLines[id]; taken; _, taken = r.anchorLines[id] {
			repeats[slug]++
			id = slug + "-" + strconv.Itoa(repeats[slug])
		}
		r.anchors[h], r.anchorLines[id] = id, r.line(h)
	}
}

// explicitAnchor is the anchor that the author gave a heading.
func explicitAnchor(h *ast.Heading) (string, bool) {
	value, _ := h.AttributeString("id")
	id, _ := value.([]byte)
	return string(id), len(id) > 0
}

// anchorAtEnd finds an anchor that closing number signs hid from the parser:
// "## Why? {#why} ##".
var anchorAtEnd = regexp.MustCompile(`\s*\{#([\pL\pM\pN_:.-]+)\}$`)

// closedAnchor takes such an anchor out of the heading's text.
func (r *reading) closedAnchor(h *ast.Heading) (string, bool) {
	last, ok := h.LastChild().(*ast.Text)
	if !ok {
		return "", false
	}
	found := anchorAtEnd.FindSubmatch(last.Segment.Value(r.src))
	if found == nil {
		return "", false
	}
	last.Segment.Stop -= len(found[0])
	return string(found[1]), true
}

// headingSlug is GitHub's name of a heading: lower case, only letters, marks,
// numbers, "_" and "-", spaces as "-". It is never empty.
func headingSlug(text string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Pc):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(text))
	if slug == "" {
		return "question"
	}
	return slug
}
