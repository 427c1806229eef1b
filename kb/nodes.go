package kb

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// nodeRenderer renders those nodes of Markdown whose HTML is not goldmark's own:
// tables with roles, code with classes, links as they were resolved, alerts, raw
// HTML made harmless. It holds nothing, so that one serves all pages at once.
type nodeRenderer struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindAlert, renderAlert)
	reg.Register(kindFold, renderFold)
	reg.Register(kindSummary, renderSummary)
	reg.Register(kindMarkup, renderMarkup)
	reg.Register(kindSpot, renderSpot)
	reg.Register(ast.KindLink, renderLink)
	reg.Register(ast.KindAutoLink, renderAutoLink)
	reg.Register(ast.KindImage, renderImage)
	reg.Register(ast.KindCodeBlock, renderCode)
	reg.Register(ast.KindFencedCodeBlock, renderCode)
	reg.Register(ast.KindHTMLBlock, renderRawHTML)
	reg.Register(ast.KindRawHTML, renderRawHTML)
	reg.Register(east.KindTable, renderTable)
	reg.Register(east.KindTableHeader, renderTableHeader)
	reg.Register(east.KindTableRow, renderTableRow)
	reg.Register(east.KindTableCell, renderTableCell)
	reg.Register(east.KindFootnoteLink, renderFootnoteMark)
	reg.Register(east.KindTaskCheckBox, renderTask)
}

func renderAlert(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		title := n.(*alert).title
		_, _ = fmt.Fprintf(w, "<div class=\"alert alert-%s\"><p class=\"alert-title\">%s</p>\n", strings.ToLower(title), title)
	} else {
		_, _ = w.WriteString("</div>\n")
	}
	return ast.WalkContinue, nil
}

// writePlace writes the place that was put before a node.
func writePlace(w util.BufWriter, n ast.Node) {
	if s, ok := n.AttributeString("html"); ok {
		_, _ = w.WriteString(s.(string))
	}
}

// renderFold shows what is in a <details> element, open.
func renderFold(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		writePlace(w, n)
	}
	return ast.WalkContinue, nil
}

func renderSummary(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		writePlace(w, n)
		_, _ = w.WriteString("<div><p><strong>")
	} else {
		_, _ = w.WriteString("</strong></p></div>\n")
	}
	return ast.WalkContinue, nil
}

func renderSpot(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		writePlace(w, n)
	}
	return ast.WalkSkipChildren, nil
}

func renderMarkup(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(n.(*markup).html)
	}
	return ast.WalkSkipChildren, nil
}

func renderLink(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	l := n.(*ast.Link)
	_, _ = w.WriteString(`<a href="`)
	_, _ = w.Write(util.EscapeHTML(l.Destination))
	_ = w.WriteByte('"')
	writeTitle(w, l.Title)
	writeRel(w, n)
	_ = w.WriteByte('>')
	return ast.WalkContinue, nil
}

func renderAutoLink(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	l := n.(*ast.AutoLink)
	_, _ = w.WriteString(`<a href="`)
	url := util.URLEscape(l.URL(src), false)
	if l.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(url), []byte("mailto:")) {
		_, _ = w.WriteString("mailto:")
	}
	_, _ = w.Write(util.EscapeHTML(url))
	_ = w.WriteByte('"')
	writeRel(w, n)
	_ = w.WriteByte('>')
	_, _ = w.Write(util.EscapeHTML(l.Label(src)))
	_, _ = w.WriteString("</a>")
	return ast.WalkContinue, nil
}

func renderImage(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	i := n.(*ast.Image)
	_, _ = w.WriteString(`<img src="`)
	_, _ = w.Write(util.EscapeHTML(i.Destination))
	_, _ = w.WriteString(`" alt="` + html.EscapeString(inlineText(src, n)) + `"`)
	writeTitle(w, i.Title)
	_, _ = w.WriteString(` loading="lazy">`)
	return ast.WalkSkipChildren, nil
}

func writeTitle(w util.BufWriter, title []byte) {
	if title == nil {
		return
	}
	_, _ = w.WriteString(` title="`)
	ghtml.DefaultWriter.Write(w, title)
	_ = w.WriteByte('"')
}

func writeRel(w util.BufWriter, n ast.Node) {
	if rel, ok := n.AttributeString("rel"); ok {
		_, _ = fmt.Fprintf(w, ` rel="%s"`, rel)
	}
}

func renderTable(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<table role=\"table\">\n")
	} else {
		_, _ = w.WriteString("</table>\n")
	}
	return ast.WalkContinue, nil
}

func renderTableHeader(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<thead role=\"rowgroup\">\n<tr role=\"row\">\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</tr>\n</thead>\n")
	if n.NextSibling() != nil {
		_, _ = w.WriteString("<tbody role=\"rowgroup\">\n")
	}
	return ast.WalkContinue, nil
}

func renderTableRow(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<tr role=\"row\">\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</tr>\n")
	if n.NextSibling() == nil {
		_, _ = w.WriteString("</tbody>\n")
	}
	return ast.WalkContinue, nil
}

// renderTableCell makes the first cell of a row its head; an empty one is no head
// of anything.
func renderTableCell(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	cell := n.(*east.TableCell)
	tag, attributes := "td", ` role="cell"`
	if cell.HasChildren() {
		switch {
		case n.Parent().Kind() == east.KindTableHeader:
			tag, attributes = "th", ` scope="col" role="columnheader"`
		case n.PreviousSibling() == nil:
			tag, attributes = "th", ` scope="row" role="rowheader"`
		}
	}
	if !entering {
		_, _ = w.WriteString("</" + tag + ">\n")
		return ast.WalkContinue, nil
	}
	if cell.Alignment != east.AlignNone {
		attributes += ` align="` + cell.Alignment.String() + `"`
	}
	_, _ = w.WriteString("<" + tag + attributes + ">")
	return ast.WalkContinue, nil
}

func renderTask(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		state := `aria-label="Not done"`
		if n.(*east.TaskCheckBox).IsChecked {
			state = `aria-label="Done" checked`
		}
		_, _ = w.WriteString(`<input type="checkbox" disabled ` + state + `> `)
	}
	return ast.WalkContinue, nil
}

func renderFootnoteMark(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	mark := n.(*east.FootnoteLink)
	prefix, ok := n.AttributeString("prefix")
	if !entering || !ok {
		return ast.WalkContinue, nil
	}
	id := fmt.Sprintf("fnref-%s-%d", prefix, mark.Index)
	if mark.RefIndex > 0 {
		id += "-" + strconv.Itoa(mark.RefIndex+1)
	}
	_, _ = fmt.Fprintf(w, `<sup id="%s"><a class="footnote-ref" role="doc-noteref" href="#fn-%s-%d">%d</a></sup>`, id, prefix, mark.Index, mark.Index)
	return ast.WalkContinue, nil
}

// renderRawHTML writes what was kept of raw HTML.
func renderRawHTML(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if s, ok := n.AttributeString("html"); ok && entering {
		_, _ = w.WriteString(s.(string))
	}
	return ast.WalkSkipChildren, nil
}
