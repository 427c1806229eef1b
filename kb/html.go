package kb

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlSource is the raw HTML of a block.
func htmlSource(src []byte, n *ast.HTMLBlock) []byte {
	var b bytes.Buffer
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		b.Write(segment.Value(src))
	}
	if n.HasClosure() {
		b.Write(n.ClosureLine.Value(src))
	}
	return b.Bytes()
}

// rawTag is the raw HTML of an inline node: one tag or one comment.
func rawTag(src []byte, n *ast.RawHTML) string {
	var b strings.Builder
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		b.Write(segment.Value(src))
	}
	return b.String()
}

// isBreak tells whether an inline tag is a line break.
func isBreak(tag string) bool {
	name := strings.ToLower(strings.Trim(tag, "</> \t\r\n"))
	return name == "br"
}

// unseen are the elements whose content is no text for readers.
var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true,
	atom.Iframe: true, atom.Svg: true, atom.Math: true, atom.Title: true, atom.Head: true}

// inlineElements are those that do not end a line of text.
var inlineElements = map[atom.Atom]bool{atom.A: true, atom.Abbr: true, atom.B: true, atom.Code: true, atom.Del: true, atom.Em: true,
	atom.Font: true, atom.I: true, atom.Ins: true, atom.Kbd: true, atom.Mark: true, atom.Q: true, atom.S: true, atom.Samp: true,
	atom.Small: true, atom.Span: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.Tt: true, atom.U: true, atom.Var: true}

// htmlText is what a reader sees of raw HTML: its text and the descriptions of
// its pictures, each block of it on a line of its own.
func htmlText(src []byte) string {
	var b strings.Builder
	var hidden atom.Atom // the element whose content is not shown
	depth := 0
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		t := z.Token()
		switch {
		case hidden != 0:
			switch {
			case t.DataAtom != hidden:
			case kind == html.StartTagToken:
				depth++
			case kind == html.EndTagToken:
				if depth--; depth == 0 {
					hidden = 0
				}
			}
		case kind == html.TextToken:
			b.WriteString(t.Data)
		case kind == html.StartTagToken && unseen[t.DataAtom]:
			hidden, depth = t.DataAtom, 1
		case kind == html.StartTagToken, kind == html.SelfClosingTagToken, kind == html.EndTagToken:
			if t.DataAtom == atom.Img && kind != html.EndTagToken {
				b.WriteString(" " + attribute(t.Attr, "alt") + " ")
			} else if !inlineElements[t.DataAtom] {
				b.WriteByte('\n')
			}
		}
	}
}

func attribute(all []html.Attribute, name string) string {
	for _, a := range all {
		if a.Namespace == "" && a.Key == name {
			return a.Val
		}
	}
	return ""
}

// kept are the elements of raw HTML that are shown as themselves, without
// attributes but those that safeHTML names.
var kept = map[atom.Atom]bool{atom.Abbr: true, atom.B: true, atom.Blockquote: true, atom.Br: true, atom.Caption: true, atom.Code: true,
	atom.Dd: true, atom.Del: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Em: true, atom.Hr: true, atom.I: true,
	atom.Ins: true, atom.Kbd: true, atom.Li: true, atom.Mark: true, atom.Ol: true, atom.P: true, atom.Pre: true, atom.S: true,
	atom.Samp: true, atom.Small: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Table: true, atom.Tbody: true,
	atom.Td: true, atom.Tfoot: true, atom.Th: true, atom.Thead: true, atom.Tr: true, atom.U: true, atom.Ul: true, atom.Var: true}

// safeHTML is raw HTML with nothing left that could run, reach out or break the
// page: the elements of kept, links and pictures with addresses that are allowed,
// and the text of all others. Headings become bold paragraphs, so that the
// outline of the page stays that of its Markdown.
func (r *reading) safeHTML(src []byte) string {
	body := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(bytes.NewReader(src), body)
	if err != nil { // nested too deeply
		return "<p>" + html.EscapeString(htmlText(src)) + "</p>\n"
	}
	var b strings.Builder
	for _, n := range nodes {
		r.writeSafe(&b, n)
	}
	text := strings.TrimSpace(b.String())
	if strings.Trim(emptyElements.ReplaceAllString(text, ""), " \t\r\n") == "" { // what a question was cut out of
		return ""
	}
	return "<div>" + text + "</div>\n"
}

// emptyElements finds the elements that nothing is left of.
var emptyElements = regexp.MustCompile(`</?(?:div|p|ul|ol|dl|blockquote)>`)

func (r *reading) writeSafe(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(html.EscapeString(n.Data))
		return
	}
	if n.Type != html.ElementNode || n.Namespace != "" || unseen[n.DataAtom] {
		return
	}
	b.WriteString(r.place(n.DataAtom, n.Attr))
	open, end := "", ""
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Summary:
		open, end = "<p><strong>", "</strong></p>"
	case atom.A:
		if open = r.safeLink(n.Attr); open != "" {
			end = "</a>"
		}
	case atom.Img:
		b.WriteString(r.safePicture(n.Attr, inLink(n)))
		return
	case atom.Br, atom.Hr:
		b.WriteString("<" + n.Data + ">")
		return
	default:
		if kept[n.DataAtom] {
			open, end = "<"+n.Data+">", "</"+n.Data+">"
		}
	}
	b.WriteString(open)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.writeSafe(b, c)
	}
	b.WriteString(end)
}

// inLink tells whether n is inside a link.
func inLink(n *html.Node) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.DataAtom == atom.A {
			return true
		}
	}
	return false
}

// safeLink is the opening tag of a link in raw HTML, "" if its address is not allowed.
func (r *reading) safeLink(attributes []html.Attribute) string {
	href := attribute(attributes, "href")
	a := r.resolve(string(util.URLEscape([]byte(href), false)))
	switch {
	case href == "" || a.href == "":
		return ""
	case a.outside:
		return `<a href="` + html.EscapeString(a.href) + `" rel="noopener noreferrer">`
	}
	return `<a href="` + html.EscapeString(a.href) + `">`
}

// safePicture is a picture in raw HTML, or its description if its address is not
// allowed. One from another site is a link, or its text where it is in a link.
func (r *reading) safePicture(attributes []html.Attribute, linked bool) string {
	src, alt := attribute(attributes, "src"), html.EscapeString(attribute(attributes, "alt"))
	a := r.resolve(string(util.URLEscape([]byte(src), false)))
	switch {
	case src == "" || a.href == "":
		return alt
	case !isRemote(src):
		return `<img src="` + html.EscapeString(a.href) + `" alt="` + alt + `" loading="lazy">`
	}
	if strings.TrimSpace(alt) == "" {
		alt = html.EscapeString(a.href)
	}
	if linked {
		return alt
	}
	return `<a href="` + html.EscapeString(a.href) + `" rel="noopener noreferrer">` + alt + `</a>`
}

// place is an empty element with the id that a tag of raw HTML has, or the name of
// an <a>, so that links to it work; "" if there is none or it is taken.
func (r *reading) place(name atom.Atom, attributes []html.Attribute) string {
	return r.placeSpan(placeName(name, attributes))
}

func (r *reading) placeSpan(id string) string {
	if !r.places[id] {
		return ""
	}
	r.places[id] = false
	return `<span id="` + html.EscapeString(id) + `"></span>`
}

func placeName(name atom.Atom, attributes []html.Attribute) string {
	id := attribute(attributes, "id")
	if id == "" && name == atom.A {
		id = attribute(attributes, "name")
	}
	if strings.ContainsAny(id, " \t\r\n\f") || ofFrame(id) {
		return ""
	}
	return id
}

// namePlaces takes the ids in raw HTML as anchors, after those of the headings.
func (r *reading) namePlaces(blocks []*ast.HTMLBlock, tags []*ast.RawHTML, folds []*fold) {
	r.places = map[string]bool{}
	name := func(id string, n ast.Node) {
		if _, taken := r.anchorLines[id]; id != "" && !taken {
			r.places[id] = true
			r.anchorLines[id] = r.line(n)
		}
	}
	add := func(src []byte, n ast.Node) {
		for z := html.NewTokenizer(bytes.NewReader(src)); ; {
			switch z.Next() {
			case html.ErrorToken:
				return
			case html.StartTagToken, html.SelfClosingTagToken:
				t := z.Token()
				name(placeName(t.DataAtom, t.Attr), n)
			}
		}
	}
	for _, f := range folds {
		if ofFrame(f.place) { // of a box: those of HTML are left out
			r.refuseAnchor(r.line(f), f.place)
			f.place = ""
		}
		name(f.place, f)
		if s := f.summary(); s != nil {
			name(s.place, s)
		}
	}
	for _, n := range blocks {
		add(htmlSource(r.src, n), n)
	}
	for _, n := range tags {
		add([]byte(rawTag(r.src, n)), n)
	}
}

// keepTags marks the inline tags of raw HTML that are shown: those of kept
// elements and links that are closed among the same siblings, pictures and line
// breaks.
func (r *reading) keepTags(tags []*ast.RawHTML) {
	type openTag struct {
		node *ast.RawHTML
		name atom.Atom
		html string
	}
	var open []openTag
	for i, n := range tags {
		if i > 0 && tags[i-1].Parent() != n.Parent() {
			open = open[:0]
		}
		z := html.NewTokenizer(strings.NewReader(rawTag(r.src, n)))
		kind := z.Next()
		t := z.Token()
		switch {
		case kind == html.EndTagToken:
			at := len(open) - 1
			for at >= 0 && open[at].name != t.DataAtom {
				at--
			}
			if at >= 0 {
				start := open[at].node
				before, _ := start.AttributeString("html")
				place, _ := before.(string)
				start.SetAttributeString("html", place+open[at].html)
				n.SetAttributeString("html", "</"+t.Data+">")
				open = open[:at]
			}
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			n.SetAttributeString("html", r.place(t.DataAtom, t.Attr))
			switch {
			case t.DataAtom == atom.Br:
				n.SetAttributeString("html", "<br>")
			case t.DataAtom == atom.Img:
				isLink := func(o openTag) bool { return o.name == atom.A }
				n.SetAttributeString("html", r.safePicture(t.Attr, slices.ContainsFunc(open, isLink) || hasAncestor(n, ast.KindLink)))
			case t.DataAtom == atom.A:
				if link := r.safeLink(t.Attr); link != "" && !hasAncestor(n, ast.KindLink) {
					open = append(open, openTag{n, atom.A, link})
				}
			case kept[t.DataAtom] && inlineElements[t.DataAtom]:
				open = append(open, openTag{n, t.DataAtom, "<" + t.Data + ">"})
			}
		}
	}
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
