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
	return w.asOneLine()
}

// A textWriter writes the text of blocks without markup, for indexing: each block,
// item of a list, row of a table and line of code on a line of its own, soft line
// breaks as spaces, no empty lines.
type textWriter struct {
	src   []byte
	lines []byte // finished ones, separated by line ends
	line  []byte // the one being written
	prose []stretch
	cites bool // the block being written has a link or refers to a footnote
}

// A stretch is where the text of a block of prose is among the lines.
type stretch struct {
	block      ast.Node
	start, end int
	cites      bool
}

// begin makes w write another text, in the memory of the last one.
func (w *textWriter) begin(src []byte) {
	*w = textWriter{src: src, lines: w.lines[:0], line: w.line[:0], prose: w.prose[:0]}
}

// endLine finishes the present line.
func (w *textWriter) endLine() {
	if isOneLine(w.line) {
		put(w, w.line)
	} else {
		put(w, oneLine(string(w.line)))
	}
	w.line = w.line[:0]
}

// put writes a line that is finished.
func put[S string | []byte](w *textWriter, line S) {
	if len(line) == 0 {
		return
	}
	if len(w.lines) > 0 {
		w.lines = append(w.lines, '\n')
	}
	w.lines = append(w.lines, line...)
}

// asOneLine finishes the present line and gives all of them as one.
func (w *textWriter) asOneLine() string {
	w.endLine()
	for i, c := range w.lines {
		if c == '\n' {
			w.lines[i] = ' '
		}
	}
	return string(w.lines)
}

func (w *textWriter) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading, *summary, *east.DefinitionTerm:
		w.inlines(n)
		w.endLine()
	case *ast.Paragraph, *ast.TextBlock:
		start := len(w.lines)
		w.cites = false
		w.inlines(n)
		w.endLine()
		if end := len(w.lines); end > start {
			w.prose = append(w.prose, stretch{n, start, end, w.cites})
		}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		lines := n.Lines()
		for i := range lines.Len() {
			segment := lines.At(i)
			put(w, bytes.TrimRight(segment.Value(w.src), " \t\r\n"))
		}
	case *ast.HTMLBlock:
		for line := range strings.Lines(htmlText(htmlSource(w.src, n))) {
			put(w, oneLine(line))
		}
	case *east.TableRow, *east.TableHeader:
		first := true
		for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
			text := inlineText(w.src, cell)
			if text == "" {
				continue
			}
			if !first {
				w.line = append(w.line, ", "...)
			}
			first = false
			w.line = append(w.line, text...)
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
			w.line = append(w.line, value...)
		} else {
			w.line = append(w.line, unescape(value)...)
		}
		switch {
		case c.HardLineBreak():
			w.endLine()
		case c.SoftLineBreak():
			w.line = append(w.line, ' ')
		}
	case *ast.String:
		w.line = append(w.line, c.Value...)
	case *ast.AutoLink:
		w.cites = true
		w.line = append(w.line, c.Label(w.src)...)
	case *ast.RawHTML:
		if isBreak(rawTag(w.src, c)) {
			w.line = append(w.line, ' ')
		}
	case *east.FootnoteLink:
		w.cites = true
	case *markup:
		w.line = append(append(w.line, c.text...), ' ')
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
