package kb

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// badAnchor finds what was meant to be an anchor at the end of a heading.
var badAnchor = regexp.MustCompile(`\{:?\s*#[^{}]*\}\s*$`)

// frame is what the ids of all elements begin with that are around what an author
// wrote, so that no anchor may: whatever is looked for there would be found in a page.
const frame = "Q-"

func ofFrame(anchor string) bool { return strings.HasPrefix(anchor, frame) }

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
		if ofFrame(id) {
			r.refuseAnchor(r.line(h), id)
			continue
		}
		if first, taken := r.anchorLines[id]; taken {
			r.faults.errorf(r.file, r.line(h), "repeated-anchor", "anchor {#%s} is already that of line %d; give this heading another one", id, first)
			continue
		}
		r.anchors[h], r.anchorLines[id] = id, r.line(h)
	}
	r.repeats = map[string]int{}
	for _, h := range r.headings {
		if _, named := r.anchors[h]; !named {
			r.nameBySlug(h, headingSlug(r.text(h)), r.line(h))
		}
	}
}

func (r *reading) refuseAnchor(line int, id string) {
	r.faults.errorf(r.file, line, "bad-anchor", "anchor {#%s} begins with %s, as the names of everything around a page do; give it another name", abridge(id), frame)
}

// nameBySlug gives a heading the first name of its slug that is free.
func (r *reading) nameBySlug(h *ast.Heading, slug string, line int) {
	id := slug
	for _, taken := r.anchorLines[id]; taken; _, taken = r.anchorLines[id] {
		r.repeats[slug]++
		id = slug + "-" + strconv.Itoa(r.repeats[slug])
	}
	r.anchors[h], r.anchorLines[id] = id, line
}

// nameQuestions gives the questions that are no headings in the file their anchors,
// after all others, so that they change none: an explicit one, that of a place in
// raw HTML in the question, else by the rule for headings.
func (r *reading) nameQuestions() {
	var unnamed []part
	for _, p := range r.parts {
		if p.kind != BlockQuestion || r.anchors[p.heading] != "" {
			continue
		}
		id, ok := r.closedAnchor(p.heading)
		if !ok {
			id = r.takePlace(p.heading)
		}
		if ofFrame(id) {
			r.refuseAnchor(p.line, id)
			id = ""
		}
		if _, taken := r.anchorLines[id]; id == "" || taken {
			unnamed = append(unnamed, p)
			continue
		}
		r.anchors[p.heading], r.anchorLines[id] = id, p.line
	}
	for _, p := range unnamed {
		r.nameBySlug(p.heading, headingSlug(r.text(p.heading)), p.line)
	}
}

// takePlace takes the first id out of the raw HTML of a question, "" if there is none.
func (r *reading) takePlace(h *ast.Heading) string {
	if place, ok := h.AttributeString("place"); ok {
		id := place.(string)
		if _, is := r.places[id]; is {
			delete(r.places, id)
			delete(r.anchorLines, id)
		}
		return id
	}
	for n := h.FirstChild(); n != nil; n = n.NextSibling() {
		tag, ok := n.(*ast.RawHTML)
		if !ok {
			continue
		}
		id := firstPlace([]byte(rawTag(r.src, tag)))
		if _, is := r.places[id]; is {
			delete(r.places, id)
			delete(r.anchorLines, id)
			tag.RemoveAttributes()
			return id
		}
	}
	return ""
}

// explicitAnchor is the anchor that the author gave a heading.
func explicitAnchor(h *ast.Heading) (string, bool) {
	if place, ok := h.AttributeString("place"); ok { // in raw HTML
		return place.(string), true
	}
	value, _ := h.AttributeString("id")
	id, _ := value.([]byte)
	return string(id), len(id) > 0
}

// anchorAtEnd finds an anchor that closing number signs hid from the parser,
// "## Why? {#why} ##", and attributes: as kramdown has them, "{: #why .wide }", and as
// Pandoc, Hugo and Python-Markdown do, which begin with an id or a class, "{.wide #why}";
// "{-}" is Pandoc's "without a number". What else is in such braces, "{:ok, value}", is text.
var anchorAtEnd = regexp.MustCompile(`(?:\s*\{#` + anchorName + `\}|` +
	`\s*\{:\s*(?:` + braceAttribute + `\s+)*(?:#` + anchorName + `|` + braceAttribute + `)(?:\s+` + braceAttribute + `)*\s*\}|` +
	`\s+\{\s*(?:#` + anchorName + `|(?:` + braceClass + `|-)(?:\s+` + braceAttribute + `)*(?:\s+#` + anchorName + `)?)(?:\s+` + braceAttribute + `)*\s*\})$`)

const (
	anchorName     = `([\pL\pM\pN_:.-]+)`
	braceClass     = `\.[\w.-]+`
	braceAttribute = `(?:` + braceClass + `|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s{}"']+))`
)

// closedAnchor takes such an anchor out of the heading's text.
func (r *reading) closedAnchor(h *ast.Heading) (string, bool) {
	last, ok := h.LastChild().(*ast.Text)
	if !ok {
		return "", false
	}
	start := last.Segment.Start // of the texts at the end, which are cut at a brace
	for t := last; ; {
		if t, ok = t.PreviousSibling().(*ast.Text); !ok || t.Segment.Stop != start {
			break
		}
		start = t.Segment.Start
	}
	size, id := attributesAtEnd(r.src[start:last.Segment.Stop])
	if size == 0 {
		return "", false
	}
	for end := last.Segment.Stop - size; ; {
		t, ok := h.LastChild().(*ast.Text)
		if !ok || t.Segment.Stop <= end {
			break
		}
		if t.Segment.Start < end {
			t.Segment.Stop = end
			break
		}
		h.RemoveChild(h, t)
	}
	return id, id != ""
}

// attributesAtEnd is the size of the attributes at the end of a heading's text, 0 if
// there are none, and the anchor in them, "" if there is none.
func attributesAtEnd(text []byte) (size int, id string) {
	if !bytes.HasSuffix(text, []byte("}")) {
		return 0, ""
	}
	found := anchorAtEnd.FindSubmatch(text)
	if found == nil || bytes.HasSuffix(text[:len(text)-len(found[0])], []byte(`\`)) {
		return 0, ""
	}
	return len(found[0]), string(slices.Concat(found[1:]...))
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
