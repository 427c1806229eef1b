package kb

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Files returns the files of all pages in fsys in path order, drafts and those that
// are not served among them. The error is about the folder itself.
func Files(fsys fs.FS) ([]string, error) {
	l, err := list(context.Background(), fsys)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, f := range l.files {
		if isPage(f.path) {
			files = append(files, f.path)
		}
	}
	return files, nil
}

// Format gives a page, the file of that name, in its usual form: the front matter in
// one order and style, and for each question in a heading the anchor that it has as
// {#id}, within the braces of its other attributes if it has some, so that it stays
// when the question is worded anew. Nothing else is touched,
// neither line ends nor a byte order mark, and the page that is read is the same: its
// values, ids and answers. Formatting the result changes nothing. Of a page
// that cannot be read, or with broken front matter, src is the result and the error
// an [ErrorList] that says why.
//
// In front matter the known keys come first, in the order of the package comment.
// Prose and addresses (title, summary, question, aliases, sources, moved) stand in quotes,
// names and days without where they need none. Lists keep their form, in brackets or
// an item a line. What is not known, comments, and values of several lines are left
// as they are; a mapping with anchors or aliases of YAML is left alone altogether.
//
// Front matter in TOML and JSON is left as it is. In .mdx no anchors are written,
// because braces are code there.
func Format(file string, src []byte) ([]byte, error) {
	s := readSource(file, src, Options{})
	if s.page == nil {
		return src, s.faults.sort().Err()
	}
	for _, fault := range s.faults.sort() {
		if fault.Rule == "front-matter" || fault.Rule == "invalid-utf8" {
			return src, ErrorList{fault}
		}
	}
	f := formatter{file: file, want: s.page.content()}
	bom, text := cutMark(src)
	out := f.frontMatter(text)
	if !strings.EqualFold(path.Ext(file), ".mdx") {
		out = f.anchors(out)
	}
	return slices.Concat(bom, out), nil
}

// cutMark cuts off a byte order mark.
func cutMark(src []byte) (mark, text []byte) {
	if text, ok := bytes.CutPrefix(src, []byte("\uFEFF")); ok {
		return src[:len(src)-len(text)], text
	}
	return nil, src
}

// A formatter changes the text of a page as long as the page stays what it is.
type formatter struct {
	file string
	want []any // see Page.content
}

// keeps tells whether text is the same page.
func (f formatter) keeps(text []byte) bool {
	s := readSource(f.file, text, Options{})
	return s.page != nil && reflect.DeepEqual(s.page.content(), f.want)
}

// content is all that a page says, without the lines on which it does.
func (p *Page) content() []any {
	all := []any{p.Path, p.Title, p.Summary, p.Category, p.Ecosystem, p.Tools, p.Tags, p.Aliases, p.Moved, p.Sources,
		p.Author, p.Owner, p.Lang, p.Draft, p.Published, p.Updated, p.Verified, p.ReviewBy, p.Intro, p.Text}
	for _, m := range p.moves {
		all = append(all, m.old, m.to)
	}
	for _, s := range p.Prose {
		all = append(all, s.Text)
	}
	for _, q := range p.Questions {
		all = append(all, q.ID, q.Text, q.Aliases, q.Section, q.Tools, q.Answer, q.Verified, q.Sources)
	}
	if p.Comparison != nil {
		all = append(all, p.Comparison.Columns)
		for _, row := range p.Comparison.Rows {
			all = append(all, row.Aspect)
			for _, cell := range row.Cells {
				all = append(all, cell.Text)
			}
		}
	}
	return all
}

// frontMatter gives text with its front matter in the usual form.
func (f formatter) frontMatter(text []byte) []byte {
	matter, _, ok := cutFrontMatter(text)
	if !ok {
		return text
	}
	usual, ok := formatMatter(string(matter))
	if !ok {
		return text
	}
	start := bytes.IndexByte(text, '\n') + 1
	out := slices.Concat(text[:start], []byte(usual), text[start+len(matter):])
	if !f.keeps(out) {
		return text
	}
	return out
}

// An insertion is what is written at a place in a text: an anchor.
type insertion struct {
	at   int
	text string
}

// anchors gives text with the anchors of its questions written out, in the braces
// of other attributes where a heading has some.
func (f formatter) anchors(text []byte) []byte {
	s := readSource(f.file, text, Options{})
	if s.page == nil { // a byte order mark is all there is
		return text
	}
	body := read(f.file, text, Options{}).src // in which front matter is blank
	if len(body) != len(text) {
		return text
	}
	lines := bytes.SplitAfter(body, []byte("\n"))
	starts := make([]int, len(lines))
	for i := 1; i < len(lines); i++ {
		starts[i] = starts[i-1] + len(lines[i-1])
	}
	var all []insertion
	for _, q := range s.page.Questions {
		line, column := headingEnd(lines, q.Line-1)
		if line < 0 {
			continue
		}
		text := lines[line][:column]
		switch attributes, id := attributesAtEnd(text); {
		case id != "" || badAnchor.Match(text):
		case attributes > 0: // into their braces
			column = len(bytes.TrimRight(text[:column-1], " \t"))
			all = append(all, insertion{starts[line] + column, " #" + q.Anchor})
		default:
			all = append(all, insertion{starts[line] + column, " {#" + q.Anchor + "}"})
		}
	}
	slices.SortFunc(all, func(a, b insertion) int { return a.at - b.at })
	return insert(text, f.sound(text, nil, all))
}

// sound are those of more that, beside given, leave the page what it is.
func (f formatter) sound(text []byte, given, more []insertion) []insertion {
	if len(more) == 0 {
		return nil
	}
	if f.keeps(insert(text, merge(given, more))) {
		return more
	}
	if len(more) == 1 {
		return nil
	}
	half := len(more) / 2
	first := f.sound(text, given, more[:half])
	return append(slices.Clip(first), f.sound(text, merge(given, first), more[half:])...)
}

// merge puts insertions together in their order. Those of b come after those of a.
func merge(a, b []insertion) []insertion { return append(slices.Clip(a), b...) }

// insert writes anchors into text, in order.
func insert(text []byte, all []insertion) []byte {
	var out []byte
	last := 0
	for _, i := range all {
		out = append(append(out, text[last:i.at]...), i.text...)
		last = i.at
	}
	return append(out, text[last:]...)
}

var (
	// atxHeading is a line with a heading, also one in a quotation or a list: what it
	// says, and closing number signs.
	atxHeading = regexp.MustCompile(`^(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*#{1,6}[ \t]+[^ \t\r\n].*?([ \t]+#+)?[ \t\r\n]*$`)
	// underline is what makes a heading of the lines above it.
	underline = regexp.MustCompile(`^[ \t>]*(?:=+|-+)[ \t]*\r?\n?$`)
)

// headingEnd is the line and the column, in bytes, where the text of the heading ends
// that begins on a line. The line is -1 where there is no heading.
func headingEnd(lines [][]byte, line int) (at, column int) {
	const longest = 8 // lines of a heading
	text := lines[line]
	if m := atxHeading.FindSubmatchIndex(text); m != nil {
		if m[2] >= 0 {
			return line, m[2]
		}
		return line, len(bytes.TrimRight(text, " \t\r\n"))
	}
	for i := line + 1; i < min(len(lines), line+longest); i++ {
		if underline.Match(lines[i]) {
			return i - 1, len(bytes.TrimRight(lines[i-1], " \t\r\n"))
		}
		if len(bytes.TrimSpace(lines[i])) == 0 {
			break
		}
	}
	return -1, 0
}
