package kb

import (
	"bufio"
	"bytes"
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// A rendering is the HTML of a page, made when it is first wanted. All copies of
// a page share one.
type rendering struct {
	once       sync.Once
	file, base string
	src        []byte
	choice     int // of the comparison

	intro   string
	blocks  []Block // Question is for the copy to fill in
	answers []answer
}

// An answer is the HTML of one question.
type answer struct{ question, body string }

// The levels of headings on a page: the title is the only h1, a question is an h3.
const (
	titleLevel    = 1
	questionLevel = 3
)

// Render makes the HTML of pages ahead of those who will ask for it, in the order of the
// library, as far as so many bytes of Markdown go, until ctx ends. Pages that stayed the
// same have theirs from the library before. Safe for concurrent use.
func (l *Library) Render(ctx context.Context, size int) {
	for _, p := range l.Pages {
		if size -= len(p.Source); size < 0 || ctx.Err() != nil {
			return
		}
		p.html()
	}
}

// html renders the page once.
func (p *Page) html() *rendering {
	p.rendered.once.Do(p.rendered.render)
	return p.rendered
}

func (h *rendering) render() {
	r := readChoosing(h.choice, h.file, h.src, Options{Base: h.base})
	h.intro = r.html(r.intro, titleLevel, 0, "intro")
	outline := titleLevel // the level of the last heading that is not in an answer
	for i, part := range r.parts {
		b := Block{Kind: part.kind}
		switch part.kind {
		case BlockProse:
			b.HTML = r.html(part.nodes, outline, 0, "part-"+strconv.Itoa(i))
		case BlockHeading:
			b.Level = max(2, min(part.heading.Level, outline+1))
			if r.sections[part.heading] {
				b.Level = questionLevel - 1
			}
			b.Anchor, b.Text = r.anchors[part.heading], r.text(part.heading)
			b.HTML = r.inner(part.heading)
			outline = b.Level
		case BlockQuestion:
			b.Anchor, b.Text = r.anchors[part.heading], r.text(part.heading)
			b.Level, b.index = questionLevel, len(h.answers)
			r.unlinkAll(part.heading)
			h.answers = append(h.answers, answer{
				question: r.inner(part.heading),
				body:     r.html(part.nodes, questionLevel, part.heading.Level, b.Anchor),
			})
			outline = questionLevel
		}
		h.blocks = append(h.blocks, b)
	}
}

// html renders blocks. Headings among them are put below the level above them:
// one of level from+1 or higher comes right below it, and no level is skipped.
// name makes the ids of footnotes unique.
func (r *reading) html(blocks []ast.Node, above, from int, name string) string {
	last := above
	for _, block := range blocks {
		_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.Heading:
				level := n.Level
				if from > 0 {
					level += above - from
				}
				n.Level = min(max(level, above+1), last+1, 6)
				last = n.Level
				n.RemoveAttributes()
				n.SetAttributeString("id", []byte(r.anchors[n]))
			case *fold:
				n.SetAttributeString("html", r.placeSpan(n.place))
			case *summary:
				n.SetAttributeString("html", r.placeSpan(n.place))
			case *ast.HTMLBlock:
				n.SetAttributeString("html", r.safeHTML(htmlSource(r.src, n)))
			}
			return ast.WalkContinue, nil
		})
	}
	var notes []*east.Footnote
	if len(r.footnotes) > 0 {
		notes = r.number(blocks, Slug(pagePath(r.file))+"-"+name)
	}
	w := newWriter(r.src)
	w.nodes(blocks)
	if len(notes) > 0 {
		w.notes(notes, Slug(pagePath(r.file))+"-"+name)
	}
	return w.done()
}

// inner renders what is inside a node.
func (r *reading) inner(n ast.Node) string {
	return newWriter(r.src).inner(n)
}

// unlinkAll leaves the text of all links, pictures and marks of footnotes in a heading.
func (r *reading) unlinkAll(h *ast.Heading) {
	var all []ast.Node
	_ = ast.Walk(h, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n.Kind() {
			case ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindRawHTML, east.KindFootnoteLink:
				all = append(all, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range all {
		if tag, ok := n.(*ast.RawHTML); ok {
			if s, _ := tag.AttributeString("html"); s != nil && linkTag.MatchString(s.(string)) {
				tag.RemoveAttributes()
			}
			continue
		}
		r.unlink(n)
	}
}

// linkTag finds the tags of links and pictures in what was kept of raw HTML.
var linkTag = regexp.MustCompile(`</?a\b|<img\b`)

// An htmlWriter renders nodes one after the other.
type htmlWriter struct {
	buffer bytes.Buffer
	out    *bufio.Writer
	src    []byte
}

func newWriter(src []byte) *htmlWriter {
	w := &htmlWriter{src: src}
	w.out = bufio.NewWriterSize(&w.buffer, 512)
	return w
}

func (w *htmlWriter) nodes(all []ast.Node) {
	for _, n := range all {
		w.node(n)
	}
}

// node renders one node. Writing to a buffer cannot fail, and no renderer of ours
// gives an error of its own.
func (w *htmlWriter) node(n ast.Node) { _ = markdown.Renderer().Render(w.out, w.src, n) }

// inner renders what is inside a node.
func (w *htmlWriter) inner(n ast.Node) string {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
	return w.done()
}

// done is what was rendered; w can then render more.
func (w *htmlWriter) done() string {
	_ = w.out.Flush()
	html := strings.TrimSuffix(w.buffer.String(), "\n")
	w.buffer.Reset()
	return html
}
