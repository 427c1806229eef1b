package kb

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// A label is a name for a place that stands on a line of its own: of kramdown
// ({: #id}), for what it directly follows or else precedes, or of MyST ((id)=), for
// what comes next.
type label struct {
	line   int // in the page's file, from 1
	id     string
	follow bool // it may follow what it names
}

// scrub blanks the lines of a page that other tools read and readers never see, so
// that they are no text of an answer: shortcodes ({{< x >}}, {% x %}) but those that
// are boxes, imports and exports of MDX (imports also before the first text of any
// page), labels of MyST, attributes of kramdown ({: .x}) and marks of a table of
// contents, in quotations too. Fenced code and raw HTML that is shown as it is written
// are left alone. Offsets and lines stay what they were. The labels are in order.
func scrub(file string, src []byte) ([]byte, []label) {
	s := scrubber{mdx: strings.EqualFold(path.Ext(file), ".mdx"), imports: true}
	out, copied := src, false
	var labels []label
	at, n := 0, 0
	for line := range bytes.Lines(src) {
		start := at
		at += len(line)
		n++
		from, ok := s.unseen(line)
		if !ok {
			continue
		}
		if !copied {
			out, copied = bytes.Clone(src), true
		}
		if id, follow := labelOf(bytes.TrimSpace(line[from:])); id != "" {
			labels = append(labels, label{n, id, follow})
		}
		for i := start + from; i < at; i++ {
			if c := out[i]; c != '\n' && c != '\r' {
				out[i] = ' '
			}
		}
	}
	return out, labels
}

// A scrubber goes through the lines of a page.
type scrubber struct {
	mdx       bool
	fence     []byte // of the code that the line is in
	quoted    bool   // that code is in a quotation
	verbatim  []byte // the end of the element that the line is in
	imports   bool   // may begin here: anywhere in MDX, else before the first text
	statement bool   // the line is inside an import or export of MDX
}

// unseen tells whether readers see nothing of a line from an offset on.
func (s *scrubber) unseen(line []byte) (from int, ok bool) {
	for from < len(line) && (line[from] == ' ' || line[from] == '\t') {
		from++
	}
	text := line[from:]
	if s.fence == nil && s.verbatim == nil && !s.statement && !mayBeUnseen(text) {
		s.imports = s.imports && (s.mdx || len(bytes.TrimSpace(text)) == 0)
		return 0, false
	}
	quoted := len(text) > 0 && text[0] == '>'
	if quoted {
		text = bytes.TrimLeft(text, "> \t")
	}
	from = len(line) - len(text)
	text = bytes.TrimSpace(text)
	if s.fence != nil && s.quoted && !quoted { // the quotation ended, and its code with it
		s.fence = nil
	}
	if s.fence == nil && s.verbatim == nil {
		s.verbatim = verbatimEnd(text)
	}
	if s.verbatim != nil {
		if bytes.Contains(bytes.ToLower(text), s.verbatim) || len(text) == 0 && string(s.verbatim) == "</code>" {
			s.verbatim = nil
		}
		s.imports = s.mdx
		return 0, false
	}
	if mark := fenceOf(text); s.fence != nil {
		if len(mark) >= len(s.fence) && mark[0] == s.fence[0] && len(mark) == len(text) && quoted == s.quoted {
			s.fence = nil
		}
		return 0, false
	} else if mark != nil {
		s.fence, s.quoted, s.imports = mark, quoted, s.mdx
		return 0, false
	}
	s.statement = len(text) > 0 && (s.statement || s.imports && importStatement.Match(line) || s.mdx && exportStatement.Match(line))
	if s.statement {
		s.statement = !importEnd.Match(line)
		return 0, true
	}
	if len(text) == 0 || !quoted && indented(line) || !isUnseen(text) {
		s.imports = s.imports && (s.mdx || len(text) == 0)
		return 0, false
	}
	return from, true
}

// mayBeUnseen looks at the first signs of a line, which most lines do not have.
func mayBeUnseen(text []byte) bool {
	if len(text) < 3 {
		return false
	}
	switch text[0] {
	case '{', '[', '(', '<', '`', '~', '>':
		return true
	case 'i':
		return bytes.HasPrefix(text, []byte("import"))
	case 'e':
		return bytes.HasPrefix(text, []byte("export"))
	}
	return false
}

// isUnseen tells whether a line is all one mark for another tool.
func isUnseen(text []byte) bool {
	switch text[0] {
	case '{':
		return bracesLine.Match(text) && !shortcodeLine.Match(text)
	case '(':
		return mystLabel.Match(text)
	case '[':
		return contentsMark.Match(text)
	}
	return false
}

var (
	// importStatement and exportStatement begin what MDX reads as script, up to an
	// empty line or importEnd. An import is all of its line, or opens a brace: prose may
	// begin with the word.
	importStatement = regexp.MustCompile(`^import\s+(?:(?:[^"']*\sfrom\s+)?["'][^"']+["']\s*;?\s*$|(?:\w+\s*,\s*)?\{[^}]*$)`)
	importEnd       = regexp.MustCompile(`(?:^import|\bfrom)\s+["'][^"']+["']\s*;?\s*$`)
	exportStatement = regexp.MustCompile(`^export\s+(?:default|const|let|var|function|\{|\*)`)
	bracesLine      = regexp.MustCompile(`^(?:` +
		`(?:\{\{[<%][^{}]*[>%]\}\}\s*)+` + // Hugo
		`|(?:\{%[^{}]*%\}\s*)+` + // Jekyll, Liquid
		`|\{:[^{}]*\}` + // kramdown
		`|\{/\*.*\*/\}` + // a comment of MDX
		`)$`)
	mystLabel    = regexp.MustCompile(`^\(([\w.:-]+)\)=$`)
	contentsMark = regexp.MustCompile(`^(?i:\[{1,2}_?toc_?\]{1,2})$`)
	kramdownID   = regexp.MustCompile(`^\{:[^{}]*?#([\pL\pM\pN_:.-]+)[^{}]*\}$`)
)

// labelOf is the name that a line gives a place, "" if it gives none.
func labelOf(text []byte) (id string, follow bool) {
	if m := mystLabel.FindSubmatch(text); m != nil {
		return string(m[1]), false
	}
	if m := kramdownID.FindSubmatch(text); m != nil {
		return string(m[1]), true
	}
	return "", false
}

// verbatimElement begins raw HTML whose inside is no Markdown, up to its end.
var verbatimElement = regexp.MustCompile(`(?i)^<(pre|script|style|textarea|code)(?:[\s>]|$)`)

// verbatimEnd is the end of such an element that a line begins with, nil if there is none.
func verbatimEnd(text []byte) []byte {
	m := verbatimElement.FindSubmatch(text)
	if m == nil {
		return nil
	}
	return []byte("</" + strings.ToLower(string(m[1])) + ">")
}

// fenceOf is the run of signs that begins or ends fenced code, nil if there is none.
func fenceOf(text []byte) []byte {
	if len(text) < 3 || text[0] != '`' && text[0] != '~' {
		return nil
	}
	n := 0
	for n < len(text) && text[n] == text[0] {
		n++
	}
	if n < 3 || text[0] == '`' && bytes.IndexByte(text[n:], '`') >= 0 {
		return nil
	}
	return text[:n]
}

// indented tells whether a line may be indented code.
func indented(line []byte) bool {
	return bytes.HasPrefix(line, []byte("    ")) || bytes.HasPrefix(line, []byte("\t"))
}
