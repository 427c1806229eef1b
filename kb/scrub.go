package kb

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// scrub blanks the lines of a page that other tools read and readers never see, so
// that they are no text of an answer: shortcodes ({{< x >}}, {% x %}), imports and
// exports of MDX (imports also before the first text of any page), labels of MyST, attributes of kramdown ({: .x}), marks of a table
// of contents, and the fences of ":::" blocks, whose inside stays. Fenced code
// and raw HTML that is shown as it is written are left alone. Offsets and lines stay what they were.
func scrub(file string, src []byte) []byte {
	if !bytes.ContainsAny(src, "{}") && !bytes.Contains(src, []byte(":::")) && !mayBeScrubbed.Match(src) {
		return src
	}
	mdx := strings.EqualFold(path.Ext(file), ".mdx")
	out, copied := src, false
	var fence []byte
	var verbatim []byte // the end of the element that the line is in
	at := 0
	imports := true    // may begin here: anywhere in MDX, else before the first text
	statement := false // inside an import or export of MDX
	for line := range bytes.Lines(src) {
		start := at
		at += len(line)
		text := bytes.TrimSpace(line)
		if fence == nil && verbatim == nil {
			verbatim = verbatimEnd(text)
		}
		if verbatim != nil {
			if bytes.Contains(bytes.ToLower(text), verbatim) || len(text) == 0 && string(verbatim) == "</code>" {
				verbatim = nil
			}
			imports = mdx
			continue
		}
		if mark := fenceOf(text); fence != nil {
			if len(mark) >= len(fence) && mark[0] == fence[0] && len(mark) == len(text) {
				fence = nil
			}
			continue
		} else if mark != nil {
			fence, imports = mark, mdx
			continue
		}
		statement = len(text) > 0 && (statement || imports && importStatement.Match(line) || mdx && exportStatement.Match(line))
		if !statement && !(len(text) > 0 && !indented(line) && unseenLine.Match(text)) {
			imports = imports && (mdx || len(text) == 0)
			continue
		}
		if !copied {
			out, copied = bytes.Clone(src), true
		}
		keep, fill := titleOf(text), byte(' ')
		if keep != nil {
			fill = '\t' // spaces would break the line behind it
		}
		for i := range line {
			if c := out[start+i]; c != '\n' && c != '\r' {
				out[start+i] = fill
			}
		}
		copy(out[start:], keep)
		statement = statement && !importEnd.Match(line)
	}
	return out
}

var (
	// mayBeScrubbed finds the lines to blank that have no braces.
	mayBeScrubbed = regexp.MustCompile(`(?im)^(?:import|export)\s|^\([\w.:-]+\)=\s*$|^\[{1,2}_?toc_?\]{1,2}\s*$`)
	// importStatement and exportStatement begin what MDX reads as script, up to an
	// empty line or importEnd. An import is all of its line, or opens a brace: prose may
	// begin with the word.
	importStatement = regexp.MustCompile(`^import\s+(?:(?:[^"']*\sfrom\s+)?["'][^"']+["']\s*;?\s*$|(?:\w+\s*,\s*)?\{[^}]*$)`)
	importEnd       = regexp.MustCompile(`(?:^import|\bfrom)\s+["'][^"']+["']\s*;?\s*$`)
	exportStatement = regexp.MustCompile(`^export\s+(?:default|const|let|var|function|\{|\*)`)
	// unseenLine is a line that is all one mark for another tool.
	unseenLine = regexp.MustCompile(`^(?:` +
		`(?:\{\{[<%][^{}]*[>%]\}\}\s*)+` + // Hugo
		`|(?:\{%[^{}]*%\}\s*)+` + // Jekyll, Liquid
		`|\{:[^{}]*\}` + // kramdown
		`|\{/\*.*\*/\}` + // a comment of MDX
		`|\([\w.:-]+\)=` + // MyST
		`|(?i:\[{1,2}_?toc_?\]{1,2})` +
		`|:{3,}(?:\s*\{?[\w-]*\}?)?(?:\[[^\[\]]*\]|\s[^:]*)?` + // Docusaurus, VitePress, MyST
		`)$`)
	// fenceTitle is the title that a ":::" block is given.
	fenceTitle = regexp.MustCompile(`^:{3,}\s*\{?[\w-]+\}?(?:\[([^\[\]]+)\]|\s+([^{:\s][^:]*))$`)
)

// titleOf is what readers see of a line that is blanked: the title of a ":::" block.
func titleOf(text []byte) []byte {
	m := fenceTitle.FindSubmatch(text)
	if m == nil {
		return nil
	}
	if m[1] != nil {
		return m[1]
	}
	return m[2]
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
