package kb

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inlineText is the text of what is inside a block, on one line.
func inlineText(src []byte, n ast.Node) string {
	w := textWriter{src: src}
	w.inlines(n)
	w.endLine()
	return strings.ReplaceAll(w.lines.String(), "\n", " ")
}

// A textWriter writes the text of blocks without markup, for indexing: each block,
// item of a list, row of a table and line of code on a line of its own, soft line
// breaks as spaces, no empty lines.
type textWriter struct {
	src   []byte
	lines strings.Builder // finished ones, separated by line ends
	line  strings.Builder // the one being written
	prose []stretch
	cites bool // the block being written has a link or refers to a footnote
}

// A stretch is where the text of a block of prose is among the lines.
type stretch struct {
	block      ast.Node
	start, end int
	cites      bool
}

// endLine finishes the present line.
func (w *textWriter) endLine() {
	w.put(oneLine(w.line.String()))
	w.line.Reset()
}

func (w *textWriter) put(line string) {
	if line == "" {
		return
	}
	if w.lines.Len() > 0 {
		w.lines.WriteByte('\n')
	}
	w.lines.WriteString(line)
}

func (w *textWriter) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading, *summary, *east.DefinitionTerm:
		w.inlines(n)
		w.endLine()
	case *ast.Paragraph, *ast.TextBlock:
		start := w.lines.Len()
		w.cites = false
		w.inlines(n)
		w.endLine()
		if end := w.lines.Len(); end > start {
			w.prose = append(w.prose, stretch{n, start, end, w.cites})
		}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		lines := n.Lines()
		for i := range lines.Len() {
			segment := lines.At(i)
			w.put(strings.TrimRight(string(segment.Value(w.src)), " \t\r\n"))
		}
	case *ast.HTMLBlock:
		for line := range strings.Lines(htmlText(htmlSource(w.src, n))) {
			w.put(oneLine(line))
		}
	case *east.TableRow, *east.TableHeader:
		first := true
		for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
			text := inlineText(w.src, cell)
			if text == "" {
				continue
			}
			if !first {
				w.line.WriteString(", ")
			}
			first = false
			w.line.WriteString(text)
		}
		w.endLine()
	case *ast.LinkReferenceDefinition, *ast.ThematicBreak:
	default:
		if n.Type() == ast.TypeInline {
			w.inlines(n)
			return
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			w.block(c)
		}
	}
}

func (w *textWriter) inlines(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.inline(c)
	}
}

func (w *textWriter) inline(n ast.Node) {
	switch c := n.(type) {
	case *ast.Text:
		value := c.Segment.Value(w.src)
		if c.IsRaw() || c.Parent().Kind() == ast.KindCodeSpan {
			w.line.Write(value)
		} else {
			w.line.Write(unescape(value))
		}
		switch {
		case c.HardLineBreak():
			w.endLine()
		case c.SoftLineBreak():
			w.line.WriteByte(' ')
		}
	case *ast.String:
		w.line.Write(c.Value)
	case *ast.AutoLink:
		w.cites = true
		w.line.Write(c.Label(w.src))
	case *ast.RawHTML:
		if isBreak(rawTag(w.src, c)) {
			w.line.WriteByte(' ')
		}
	case *east.FootnoteLink:
		w.cites = true
	case *markup:
		w.line.WriteString(c.text)
		w.line.WriteByte(' ')
	default:
		w.cites = w.cites || c.Kind() == ast.KindLink
		w.inlines(c)
	}
}

// unescape resolves backslashes and character references.
func unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') >= 0 {
		s = util.UnescapePunctuations(s)
	}
	if bytes.IndexByte(s, '&') >= 0 {
		s = util.ResolveEntityNames(util.ResolveNumericReferences(s))
	}
	return s
}
