package kb

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html/atom"
)

var kindBox = ast.NewNodeKind("Box")

// A box is a block that another tool makes of the lines between two marks, or of those
// that are further in than its mark: ":::" of Docusaurus, VitePress and MyST, "!!!" and
// "???" of MkDocs, directives in fences of MyST, components of MDX, shortcodes in pairs.
// It may have a title, a summary, as its first child. After parsing none is left: each
// becomes a fold, an alert or what is in it.
type box struct {
	ast.BaseBlock
	name    string    // in lower case: details, note, accordion
	place   string    // its id
	folds   bool      // it hides what is in it under its title
	code    bool      // what is in it is no Markdown
	info    *ast.Text // the language of its code, nil if none is named
	mark    []byte    // the run of signs that begins it, nil for other forms
	end     string    // the line that ends it, "" where mark or the indent does
	tagEnd  int       // where its opening tag ends in the source, 0 if on its line
	options bool      // the next line may be an option of MyST
	column  int       // of its mark
	indent  int       // of what is in it, -1 while it is unknown
	closed  bool      // its end was seen
	depth   int       // of boxes around it
}

func (b *box) Kind() ast.NodeKind         { return kindBox }
func (b *box) IsRaw() bool                { return b.code }
func (b *box) Dump(src []byte, level int) { ast.DumpHelper(b, src, level, nil, nil) }

// foldingName is that of boxes that hide what is in them until it is wanted, or say that
// their title is a question.
const foldingName = `(?:details|dropdown|collaps\w*|expan\w*|accordion[\w-]*|toggle|spoiler|disclosure|faq[\w-]*|question|qa)`

var foldingNames = regexp.MustCompile(`^` + foldingName + `$`)

// codeNames are directives with code in them.
var codeNames = []string{"code", "code-block", "code-cell", "sourcecode", "math", "mermaid", "eval-rst", "toctree", "graphviz"}

// codeShortcode is the shortcode of Hugo and the tag of Jekyll with code in it.
const codeShortcode = "highlight"

// boxAlerts are the alerts that boxes are, by their names.
var boxAlerts = map[string]string{"note": "Note", "info": "Note", "tip": "Tip", "hint": "Tip", "important": "Important",
	"warning": "Warning", "attention": "Warning", "caution": "Caution", "danger": "Caution", "error": "Caution"}

var (
	// colonBox is the line of ":::" with a name, a title or both; a title in brackets or
	// in braces comes first.
	colonBox = regexp.MustCompile(`^(:{3,})[ \t]*(\{?)([A-Za-z][\w-]*)?\}?(?:\[([^\[\]]*)\])?(?:\{([^{}]*)\})?[ \t]*(.*?)[ \t]*:*[ \t]*$`)
	// fenceBox is a directive of MyST in a fence.
	fenceBox = regexp.MustCompile("^(`{3,}|~{3,})\\{([A-Za-z][\\w-]*)\\}[ \\t]*([^`]*?)[ \\t]*$")
	// fenceBoxNames are the directives in fences with Markdown in them.
	fenceBoxNames = []string{"admonition", "dropdown", "details", "note", "tip", "hint", "important", "warning", "attention", "caution", "danger",
		"error", "seealso", "question", "card", "tab-item", "margin", "sidebar", "epigraph"}
	// indentedBox is an admonition of MkDocs.
	indentedBox = regexp.MustCompile(`^(!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*(?:[ \t]+[\w-]+)*)?[ \t]*(?:"(.*)")?[ \t]*$`)
	// shortcodeBox is a shortcode of Hugo or a tag of Liquid that has an end.
	shortcodeBox = regexp.MustCompile(`^(?:\{\{([<%])\s*([\w-]+)\s+([^{}]*?)\s*[>%]\}\}|\{%-?\s*([\w-]+)\s+([^{}]*?)\s*-?%\})$`)
	// shortcodeLine is a line of either, or the end of one, that is left to boxes.
	shortcodeLine = regexp.MustCompile(`^(?:\{\{[<%]\s*/?\s*|\{%-?\s*(?:end)?)(?:` + foldingName + `|` + codeShortcode + `)(?:\s|[>%])`)
	// codeInfo is the language of the code in a box.
	codeInfo = regexp.MustCompile(`^(?::+[ \t]*\{?(?:code|code-block|code-cell|sourcecode)\}?|\{(?:\{[<%]|%-?)\s*` + codeShortcode + `)\s+["']?([A-Za-z][\w#+.-]*)(?:[\s"',]|$)`)
	// boxTitle is the title among the attributes of a box, boxID its id.
	boxTitle = regexp.MustCompile(`(?:^|[\s{,])(?:title|question|summary|header|heading|label)=\{?(?:"([^"\n]+)"|'([^'\n]+)')`)
	quoted   = regexp.MustCompile(`^["“]([^"“”\n]+)["”]`)
	// boxAnswer is the answer among the attributes of a component.
	boxAnswer = regexp.MustCompile(`(?:^|\s)answer=\{?(?:"([^"]+)"|'([^']+)')`)
	// calloutName is that of a box of Quarto among its attributes, calloutFolds says
	// that it can be opened and closed.
	calloutName  = regexp.MustCompile(`\.callout-(\w+)`)
	calloutFolds = regexp.MustCompile(`\bcollapse=`)
	boxID        = regexp.MustCompile(`(?:^|\s)id=(?:"([^"\s]+)"|'([^'\s]+)')`)
	// componentName is that of an element that only MDX and its like know.
	componentName = regexp.MustCompile(`^<([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:\.[A-Z]\w*)?)`)
	// boxEnd is the end of a component or a shortcode, or a line of colons.
	boxEnd        = regexp.MustCompile(`(?m)</[A-Z][\w.]*>|\{\{[<%]\s*(/[\w-]+)\s*[>%]\}\}|\{%-?\s*(end[\w-]+)\s*-?%\}|^[ \t>]*(:{3,})[ \t\r]*$`)
	directiveLine = regexp.MustCompile(`^:[\w-]+:(?:\s.*)?$`)
)

// endsKey is that of the boxEnds of a page.
var endsKey = parser.NewContextKey()

// longestColons is the longest run of colons that is told from longer ones.
const longestColons = 20

// A boxEnds is where the ends of boxes are in the source of a page, in order.
type boxEnds struct {
	of     map[string][]int       // by what a box has as its end
	colons [longestColons + 1]int // the last line of as many colons, or more
	read   int                    // bytes that were looked at
	inTags int                    // and those in tags of components
}

// find finds all ends in one pass.
func (ends *boxEnds) find(src []byte) {
	ends.of = map[string][]int{}
	ends.read += len(src)
	for _, m := range boxEnd.FindAllSubmatchIndex(src, -1) {
		from, to := m[0], m[1]
		switch {
		case m[6] >= 0:
			for n := min(m[7]-m[6], longestColons); n >= 3; n-- {
				ends.colons[n] = m[0]
			}
			continue
		case m[2] >= 0:
			from, to = m[2], m[3]
		case m[4] >= 0:
			from, to = m[4], m[5]
		}
		end := string(src[from:to])
		ends.of[end] = append(ends.of[end], from)
	}
}

// A boxParser parses boxes. It holds nothing, so that one serves all pages at once.
type boxParser struct{}

func (boxParser) Trigger() []byte             { return []byte{':', '`', '~', '!', '?', '{', '<'} }
func (boxParser) CanInterruptParagraph() bool { return true }
func (boxParser) CanAcceptIndentedLine() bool { return false }

func (boxParser) Close(ast.Node, text.Reader, parser.Context) {}

// A boxLine is a line that may begin a box.
type boxLine struct {
	text   []byte // without white space around it
	start  int    // where it begins in the source
	reader text.Reader
	pc     parser.Context
}

func (p boxParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || len(line) < pos+3 {
		return nil, parser.NoChildren
	}
	depth := depthOfBoxes(parent)
	if depth >= mostFolds {
		return nil, parser.NoChildren
	}
	l := boxLine{text: bytes.TrimSpace(line[pos:]), start: segment.Start + pos - segment.Padding, reader: reader, pc: pc}
	var b *box
	switch {
	case bytes.HasPrefix(l.text, []byte(":::")):
		b = l.colons()
	case l.text[0] == '`' || l.text[0] == '~':
		b = l.directive()
	case l.text[0] == '!' || l.text[0] == '?':
		b = l.admonition()
	case l.text[0] == '{':
		b = l.shortcode()
	case l.text[0] == '<':
		b = l.component()
	}
	if b == nil {
		return nil, parser.NoChildren
	}
	b.depth, b.column = depth, pc.BlockIndent()
	if l.text[0] != '<' || b.tagEnd > 0 { // else it went over its tag
		reader.AdvanceToEOL()
	}
	return b, parser.HasChildren
}

// depthOfBoxes is how many boxes a block is in.
func depthOfBoxes(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if b, ok := n.(*box); ok {
			return b.depth + 1
		}
	}
	return 0
}

// titled gives a box the title that is at an offset of the line.
func (l boxLine) titled(b *box, title []byte) {
	if len(bytes.TrimSpace(title)) == 0 {
		return
	}
	at := l.start + bytes.Index(l.text, title)
	l.titledAt(b, at, len(title))
}

func (l boxLine) titledAt(b *box, at, size int) {
	s := &summary{}
	s.SetPos(at)
	s.Lines().Append(text.NewSegment(at, at+size))
	b.AppendChild(b, s)
}

// colons begins a box between lines of colons. A line that ends none is an empty one.
func (l boxLine) colons() *box {
	m := colonBox.FindSubmatch(l.text)
	if m == nil {
		return nil
	}
	b := &box{name: strings.ToLower(string(m[3])), mark: m[1], options: len(m[2]) > 0, indent: -1}
	if b.name == "" && len(m[6]) == 0 && len(m[4]) == 0 {
		b.closed = true
		return b
	}
	b.folds = foldingNames.MatchString(b.name)
	b.code = slices.Contains(codeNames, b.name) && l.ends().colons[min(len(m[1]), longestColons)] > l.start
	if b.code {
		b.info = l.language()
	}
	inBraces := m[5]
	if len(m[2]) > 0 && b.name == "" {
		inBraces = m[6]
	}
	switch attributes := boxTitle.FindSubmatch(inBraces); {
	case len(m[4]) > 0:
		l.titled(b, m[4])
	case attributes != nil:
		l.titled(b, slices.Concat(attributes[1], attributes[2]))
		if callout := calloutName.FindSubmatch(inBraces); callout != nil {
			b.name, b.folds = string(callout[1]), calloutFolds.Match(inBraces)
		}
	case len(m[2]) == 0 || b.folds || slices.Contains(fenceBoxNames, b.name): // of others it is no title
		l.titled(b, m[6])
	}
	return b
}

// directive begins a box in a fence.
func (l boxLine) directive() *box {
	m := fenceBox.FindSubmatch(l.text)
	if m == nil || !slices.Contains(fenceBoxNames, strings.ToLower(string(m[2]))) {
		return nil
	}
	b := &box{name: strings.ToLower(string(m[2])), mark: m[1], options: true, indent: -1}
	b.folds = foldingNames.MatchString(b.name)
	l.titled(b, m[3])
	return b
}

// admonition begins a box of the lines that are four columns further in. Those that
// can be opened and closed fold, and those that are questions by name.
func (l boxLine) admonition() *box {
	m := indentedBox.FindSubmatch(l.text)
	if m == nil || !l.indentedBelow() {
		return nil
	}
	name, _, _ := strings.Cut(strings.ToLower(string(m[2])), " ")
	b := &box{name: name, indent: 4, closed: true}
	b.folds = m[1][0] == '?' || foldingNames.MatchString(name)
	l.titled(b, m[3])
	return b
}

// indentedBelow tells whether the next line with text is further in.
func (l boxLine) indentedBelow() bool {
	src := l.reader.Source()
	begin := 1 + bytes.LastIndexByte(src[:l.start], '\n')
	column := l.start - begin
	rest := src[l.start:]
	for range 3 {
		_, below, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			return false
		}
		line, _, _ := bytes.Cut(below, []byte("\n"))
		if line = bytes.TrimRight(line, " \t\r"); len(line) > 0 {
			width, _ := util.IndentWidth(bytes.TrimLeft(line, ">"), 0)
			return width+len(line)-len(bytes.TrimLeft(line, ">")) >= min(column, 3)+4
		}
		rest = below
	}
	return false
}

// shortcode begins a box between a shortcode and its end. One without an end has
// nothing but its title in it, an end alone nothing.
func (l boxLine) shortcode() *box {
	if !shortcodeLine.Match(l.text) || !bracesLine.Match(l.text) {
		return nil
	}
	empty := &box{end: "/", closed: true}
	m := shortcodeBox.FindSubmatch(l.text)
	if m == nil {
		return empty
	}
	name, attributes, end := m[2], m[3], "/"
	if m[4] != nil {
		name, attributes, end = m[4], m[5], "end"
	}
	end += string(name)
	closed := l.nextEnd(end, l.start) >= 0
	if closed && string(name) == codeShortcode {
		return &box{name: codeShortcode, code: true, info: l.language(), indent: -1, end: end}
	}
	title := quoted.FindSubmatch(attributes)
	if title == nil {
		title = boxTitle.FindSubmatch(attributes)
	}
	if title == nil {
		return empty
	}
	b := empty
	if closed {
		b = &box{name: strings.ToLower(string(name)), indent: -1, folds: true, end: end}
	}
	l.titled(b, slices.Concat(title[1:]...))
	return b
}

// language is that of the code in a box, as a fence has it, nil if none is named.
func (l boxLine) language() *ast.Text {
	m := codeInfo.FindSubmatchIndex(l.text)
	if m == nil {
		return nil
	}
	return ast.NewTextSegment(text.NewSegment(l.start+m[2], l.start+m[3]))
}

// component begins a box between the tags of a component. Its opening tag may go on
// for some lines; what follows it on its line is in the box. One without an end has
// nothing but its title and its answer in it, if these are attributes.
func (l boxLine) component() *box {
	m := componentName.FindSubmatch(l.text)
	if m == nil || atom.Lookup(bytes.ToLower(m[1])) != 0 {
		return nil
	}
	src := l.reader.Source()
	size, alone := l.ends().tagSize(src[l.start:])
	if size == 0 {
		return nil
	}
	tag := src[l.start : l.start+size]
	rest, _, _ := bytes.Cut(src[l.start+size:], []byte("\n"))
	rest = bytes.TrimSpace(rest)
	b := &box{name: strings.ToLower(string(m[1])), indent: -1, end: "</" + string(m[1]) + ">"}
	b.folds = foldingNames.MatchString(b.name)
	title := boxTitle.FindSubmatchIndex(tag)
	if title != nil {
		from, to := max(title[2], title[4]), max(title[3], title[5])
		l.titledAt(b, l.start+from, to-from)
	}
	if id := boxID.FindSubmatch(tag); id != nil {
		b.place = string(slices.Concat(id[1], id[2]))
	}
	end := l.nextEnd(b.end, l.start+size)
	switch {
	case alone:
		if title == nil || len(rest) > 0 {
			return nil
		}
		b.closed = true
		b.folds = l.answered(b, tag) && b.folds
	case end < 0:
		if title == nil {
			return nil
		}
		b.name, b.folds, b.closed = "", false, true
	case len(rest) == 0:
	case bytes.Contains(rest, []byte(b.end)):
		if !bytes.HasSuffix(rest, []byte(b.end)) || bytes.Count(rest, []byte(b.end)) > 1 {
			return nil // a component in a line of text
		}
		b.closed = size <= len(l.text)
	case !endsLine(src[end+len(b.end):]):
		return nil
	}
	if size > len(l.text) {
		b.tagEnd = l.start + size
		return b
	}
	if len(rest) > 0 {
		l.reader.Advance(l.pc.BlockOffset() + size)
	} else {
		l.reader.AdvanceToEOL()
	}
	return b
}

// answered gives a box the answer that is among the attributes of its tag, if there is one.
func (l boxLine) answered(b *box, tag []byte) bool {
	answer := boxAnswer.FindSubmatchIndex(tag)
	if answer == nil {
		return false
	}
	p := ast.NewParagraph()
	at := l.start + max(answer[2], answer[4])
	p.SetPos(at)
	for line := range bytes.Lines(tag[max(answer[2], answer[4]):max(answer[3], answer[5])]) {
		if len(bytes.TrimSpace(line)) > 0 {
			segment := text.NewSegment(at, at+len(line))
			p.Lines().Append(segment.TrimLeftSpace(l.reader.Source()))
		}
		at += len(line)
	}
	b.AppendChild(b, p)
	return p.Lines().Len() > 0
}

// endsLine tells whether there is nothing but white space up to the end of the line.
func endsLine(src []byte) bool {
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return len(bytes.TrimSpace(line)) == 0
}

// tagSize is how long the tag is that a component begins with, 0 if it is none, and
// whether it is all of it. Its attributes may be in braces, with tags in them. It is
// looked for in so many bytes alone that a page of tags without ends is read in a time
// that grows as the page does.
func (ends *boxEnds) tagSize(src []byte) (size int, alone bool) {
	src = src[:min(len(src), longestTag)]
	var quote byte
	depth := 0
	for i, c := range src {
		ends.inTags++
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '>' && depth <= 0 && src[i-1] != '=':
			return i + 1, src[i-1] == '/'
		case c == '\n' && i+1 < len(src) && (src[i+1] == '\n' || src[i+1] == '\r'):
			return 0, false
		}
	}
	return 0, false
}

// longestTag is how long the tag of a component can be, in bytes.
const longestTag = 2 << 10

// ends gives the ends of boxes on the page.
func (l boxLine) ends() *boxEnds {
	ends, _ := l.pc.Get(endsKey).(*boxEnds)
	if ends == nil {
		ends = &boxEnds{}
		l.pc.Set(endsKey, ends)
		ends.find(l.reader.Source())
	}
	return ends
}

// nextEnd is where in the source the first end of a kind from an offset on is, -1 if
// there is none.
func (l boxLine) nextEnd(end string, from int) int {
	all := l.ends().of[end]
	i, _ := slices.BinarySearch(all, from)
	if i == len(all) {
		return -1
	}
	return all[i]
}

func (boxParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	b := node.(*box)
	line, segment := reader.PeekLine()
	inTag := segment.Start < b.tagEnd
	if inTag {
		if segment.Stop <= b.tagEnd || endsLine(reader.Source()[b.tagEnd:]) {
			reader.AdvanceToEOL()
			return parser.Continue | parser.NoChildren
		}
		reader.Advance(b.tagEnd - segment.Start + segment.Padding)
		line, segment = reader.PeekLine()
	}
	trimmed := bytes.TrimSpace(line)
	if b.mark == nil && b.end == "" {
		return b.continueIndented(reader, line, len(trimmed) == 0)
	}
	width, _ := util.IndentWidth(line, reader.LineOffset())
	near := width < max(b.column, b.indent)+4 // what is further in is code
	switch {
	case b.closed:
		return parser.Close
	case b.options && directiveLine.Match(trimmed):
		reader.AdvanceToEOL()
		return parser.Continue | parser.NoChildren
	case b.code && !(near && b.endsWith(trimmed)):
		b.Lines().Append(segment)
		reader.AdvanceToEOL()
		return parser.Continue | parser.NoChildren
	}
	b.options = false
	switch inCode := b.inFence(width, pc); {
	case inCode:
	case near && b.endsWith(trimmed) && !b.hasOpen(trimmed):
		b.closed = true
		reader.AdvanceToEOL()
		return parser.Close
	case (near || b.indent < 0) && b.end != "" && b.end[0] == '<' && bytes.HasSuffix(trimmed, []byte(b.end)) && !b.hasOpen([]byte(b.end)):
		b.closed = true // with this line
	}
	if len(trimmed) > 0 && b.mark == nil && !inTag {
		b.dedent(reader, line)
	}
	return parser.Continue | parser.HasChildren
}

// inFence tells whether a line that begins in a column is in fenced code in b.
func (b *box) inFence(column int, pc parser.Context) bool {
	last := pc.LastOpenedBlock().Node
	if _, ok := last.(*ast.FencedCodeBlock); !ok {
		return false
	}
	for n := last.Parent(); n != nil && n != ast.Node(b); n = n.Parent() {
		switch n := n.(type) {
		case *ast.ListItem: // code ends with what it is in
			column -= n.Offset
		case *ast.Blockquote:
			return false
		case *box:
			if n.mark == nil && n.end == "" {
				column -= n.indent
			}
		}
	}
	return column >= 0
}

// continueIndented goes on with a box that ends where the text is not further in.
func (b *box) continueIndented(reader text.Reader, line []byte, blank bool) parser.State {
	if blank {
		return parser.Continue | parser.HasChildren
	}
	if width, _ := util.IndentWidth(line, reader.LineOffset()); width < b.indent {
		return parser.Close
	}
	b.dedent(reader, line)
	return parser.Continue | parser.HasChildren
}

// dedent goes over the white space that all lines in the box begin with, as its first
// one does.
func (b *box) dedent(reader text.Reader, line []byte) {
	width, _ := util.IndentWidth(line, reader.LineOffset())
	if b.indent < 0 {
		b.indent = width
	}
	if width = min(width, b.indent); width > 0 {
		if pos, padding := util.IndentPosition(line, reader.LineOffset(), width); pos >= 0 {
			reader.AdvanceAndSetPadding(pos, padding)
		}
	}
}

// endsWith tells whether a line, without white space around it, ends the box.
func (b *box) endsWith(line []byte) bool {
	switch {
	case len(line) == 0:
		return false
	case b.mark != nil:
		n := len(line) - len(bytes.TrimLeft(line, string(b.mark[:1])))
		return n == len(line) && n >= len(b.mark)
	case b.end[0] == '<':
		return string(line) == b.end
	}
	return line[0] == '{' && strings.Trim(string(line), "{}<>%- \t") == b.end
}

// hasOpen tells whether there is a box in b that line ends.
func (b *box) hasOpen(line []byte) bool {
	for n := b.LastChild(); n != nil; n = n.LastChild() {
		if inner, ok := n.(*box); ok && !inner.closed && (inner.mark != nil || inner.end != "") && inner.endsWith(line) {
			return true
		}
	}
	return false
}

// openBoxes makes of each box what readers see of it.
func (r *reading) openBoxes() {
	var all []*box
	_ = ast.Walk(r.doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if b, ok := n.(*box); ok && entering {
			all = append(all, b)
		}
		return ast.WalkContinue, nil
	})
	for _, b := range slices.Backward(all) { // those in others first
		if b.mark != nil && !b.closed && slices.Contains(codeNames, b.name) {
			r.faults.warnf(r.file, r.lineOfPosition(b.Pos()), "unclosed-box", "%s %s is not closed; add a line %s below it", b.mark, b.name, b.mark)
		}
		openBox(b)
	}
}

// openBox makes a fold of a box that hides what is in it, an alert of one that is
// named so, and nothing but its title and what is in it of any other.
func openBox(b *box) {
	parent := b.Parent()
	title, _ := b.FirstChild().(*summary)
	var whole ast.Node
	switch alert := boxAlerts[b.name]; {
	case b.code:
		whole = ast.NewFencedCodeBlock(b.info)
		whole.SetLines(b.Lines())
		b.RemoveChildren(b)
	case title != nil && b.folds && b.closed:
		whole = &fold{place: b.place}
	case alert != "" && b.closed:
		whole = newAlert(alert)
	}
	if whole != nil {
		whole.SetPos(b.Pos())
		parent.InsertBefore(parent, b, whole)
	}
	for n := b.FirstChild(); n != nil; n = b.FirstChild() {
		b.RemoveChild(b, n)
		if f, ok := whole.(*fold); n == ast.Node(title) && !(ok && f != nil) {
			n = title.paragraph()
		}
		if whole != nil {
			whole.AppendChild(whole, n)
		} else {
			parent.InsertBefore(parent, b, n)
		}
	}
	parent.RemoveChild(parent, b)
}

// paragraph makes a paragraph of a title.
func (s *summary) paragraph() ast.Node {
	p := ast.NewParagraph()
	p.SetPos(s.Pos())
	p.SetLines(s.Lines())
	for n := s.FirstChild(); n != nil; n = s.FirstChild() {
		s.RemoveChild(s, n)
		p.AppendChild(p, n)
	}
	return p
}
