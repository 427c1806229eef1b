package kb

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// How the values of front matter are written: in quotes, or without where they need
// none.
var (
	quotedKeys = []string{"title", "summary", "question", "aliases", "sources", "moved"}
	plainKeys  = []string{"category", "ecosystem", "tools", "tags", "author", "owner", "lang"}
	dayKeys    = []string{"published", "updated", "verified", "review_by"}
)

// formatMatter gives front matter in the usual form. ok is false where it has to stay
// as it is.
func formatMatter(src string) (out string, ok bool) {
	root, err := parseYAML([]byte(src))
	if err != nil || root == nil || root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 || refers(root) {
		return "", false
	}
	f := matterFormatter{lines: strings.SplitAfter(src, "\n")}
	if last := len(f.lines) - 1; f.lines[last] == "" {
		f.lines = f.lines[:last]
	}
	out = strings.Join(f.mapping(root, 0, len(f.lines), pageKeys, f.pageEntry), "")
	again, err := parseYAML([]byte(out))
	if err != nil || meaning(again) != meaning(root) || !slices.Equal(comments(again), comments(root)) {
		return "", false
	}
	return out, true
}

// refers tells whether YAML refers to other parts of itself, so that its order counts.
func refers(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, refers)
}

// meaning is what a piece of YAML says, whatever the order of its keys. A day is one
// in quotes too.
func meaning(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, meaning(n.Content[i])+": "+meaning(n.Content[i+1]))
		}
		slices.SortStableFunc(parts, func(a, b string) int {
			a, _, _ = strings.Cut(a, ": ")
			b, _, _ = strings.Cut(b, ": ")
			return strings.Compare(a, b)
		})
		return "{" + strings.Join(parts, "\n") + "}"
	case yaml.SequenceNode:
		for _, item := range n.Content {
			parts = append(parts, meaning(item))
		}
		return "[" + strings.Join(parts, "\n") + "]"
	}
	tag := n.ShortTag()
	if tag == "!!timestamp" {
		tag = "!!str"
	}
	return tag + " " + n.Value
}

// comments are the lines of all comments, sorted.
func comments(n *yaml.Node) []string {
	var all []string
	for _, text := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				all = append(all, line)
			}
		}
	}
	for _, c := range n.Content {
		all = append(all, comments(c)...)
	}
	slices.Sort(all)
	return all
}

// A matterFormatter formats front matter line by line, so that what it does not
// understand stays as it is.
type matterFormatter struct{ lines []string }

// An entry of a mapping is the lines before a key that belong to it, and its own.
type entry struct {
	key, value *yaml.Node
	head       []string
	from, to   int
}

// mapping gives the lines from and up to to, which are those of n, with its keys in
// the order of known, the others after them, and each of them as format gives it. A
// nil known keeps the order.
func (f matterFormatter) mapping(n *yaml.Node, from, to int, known []string, format func(entry) []string) []string {
	entries, before, after, ok := f.entries(n, from, to)
	if !ok {
		return f.lines[from:to]
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return order(known, a.key.Value) - order(known, b.key.Value) })
	out := slices.Clone(before)
	for _, e := range entries {
		out = append(append(out, e.head...), format(e)...)
	}
	return append(out, after...)
}

func order(known []string, key string) int {
	if i := slices.Index(known, key); i >= 0 {
		return i
	}
	return len(known)
}

// entries cuts the lines of a mapping into its entries, what stands before the first
// and what stands after the last. Comments and empty lines belong to the key below
// them, but those at the top that an empty line sets apart. ok is false where the
// mapping is not a key a line.
func (f matterFormatter) entries(n *yaml.Node, from, to int) (all []entry, before, after []string, ok bool) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry{key: n.Content[i], value: n.Content[i+1], from: n.Content[i].Line - 1, to: to}
		if e.from < from || e.from >= to || !f.begins(e.from, e.key) {
			return nil, nil, nil, false
		}
		start := from
		if len(all) > 0 {
			last := &all[len(all)-1]
			if e.from <= last.from {
				return nil, nil, nil, false
			}
			start = f.end(last.from, e.from, e.key.Column)
			last.to = start
		}
		e.head = f.lines[start:e.from]
		all = append(all, e)
	}
	if len(all) == 0 {
		return nil, nil, nil, false
	}
	first, last := &all[0], &all[len(all)-1]
	apart := 0
	for i, line := range first.head {
		if strings.TrimSpace(line) == "" {
			apart = i + 1
		}
	}
	before, first.head = first.head[:apart], first.head[apart:]
	last.to = f.end(last.from, to, last.key.Column)
	return all, before, f.lines[last.to:to], true
}

// begins tells whether a line begins with a key.
func (f matterFormatter) begins(line int, key *yaml.Node) bool {
	text := strings.TrimLeft(f.lines[line], " ")
	return len(f.lines[line])-len(text) == key.Column-1 && strings.HasPrefix(strings.TrimLeft(text, `"'`), key.Value)
}

// end is where the entry that begins on the line from ends: before the comments and
// empty lines above the line to, but for comments that are further in than column.
func (f matterFormatter) end(from, to, column int) int {
	for to > from+1 {
		text := strings.TrimLeft(f.lines[to-1], " ")
		indent := len(f.lines[to-1]) - len(text)
		if text = strings.TrimSpace(text); text != "" && (text[0] != '#' || indent >= column) {
			break
		}
		to--
	}
	return to
}

// pageEntry is an entry of the front matter in the usual form.
func (f matterFormatter) pageEntry(e entry) []string {
	if e.key.Value != "questions" || !isBlock(e.value) {
		return f.simple(e)
	}
	head := f.lines[e.from : e.from+1]
	rest := f.mapping(e.value, e.from+1, e.to, nil, func(q entry) []string {
		if !isBlock(q.value) {
			return f.lines[q.from:q.to]
		}
		return append(slices.Clone(f.lines[q.from:q.from+1]), f.mapping(q.value, q.from+1, q.to, questionKeys, f.simple)...)
	})
	return append(slices.Clone(head), rest...)
}

// isBlock tells whether a value is a mapping with a key a line.
func isBlock(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}

// simple is an entry with one value or a list of values in the usual form, all else
// as it is.
func (f matterFormatter) simple(e entry) []string {
	lines := f.lines[e.from:e.to]
	comment, ok := f.comment(e)
	if !ok || e.value.Kind == yaml.SequenceNode && len(e.value.Content) == 0 {
		return lines
	}
	key, end := strings.Repeat(" ", e.key.Column-1)+e.key.Value+":", comment+lineEnd(lines[0])
	if e.value.Kind == yaml.ScalarNode {
		text, ok := usual(e.key.Value, e.value)
		if !ok || len(lines) > 1 {
			return lines
		}
		return []string{key + " " + text + end}
	}
	var items []string
	for _, item := range e.value.Content {
		text, ok := usual(e.key.Value, item)
		if !ok {
			return lines
		}
		items = append(items, text)
	}
	switch {
	case e.value.Kind != yaml.SequenceNode:
		return lines
	case e.value.Style&yaml.FlowStyle != 0:
		return []string{key + " [" + strings.Join(items, ", ") + "]" + end}
	case len(items) != len(lines)-1:
		return lines
	}
	out := []string{key + end}
	for i, item := range items {
		out = append(out, strings.Repeat(" ", e.key.Column+1)+"- "+item+lineEnd(lines[i+1]))
	}
	return out
}

// comment is the comment at the end of an entry's first line, with the spaces before
// it. ok is false where there are other comments in the entry.
func (f matterFormatter) comment(e entry) (text string, ok bool) {
	all := comments(e.value)
	if e.key.LineComment != "" {
		all = append(all, e.key.LineComment)
	}
	switch len(all) {
	case 0:
		return "", true
	case 1:
		line := strings.TrimRight(f.lines[e.from], " \t\r\n")
		before, found := strings.CutSuffix(line, all[0])
		return line[len(strings.TrimRight(before, " \t")):], found
	}
	return "", false
}

func lineEnd(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

var (
	// day is one that is written as days are.
	day = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	// plainName is text that no reader of YAML takes for anything else, in a list or
	// outside; someWords are those that some do.
	plainName = regexp.MustCompile(`^\p{L}[\p{L}\p{N}+._/-]*(?: [\p{L}\p{N}+._/(-][\p{L}\p{N}+._/()-]*)*$`)
	someWords = regexp.MustCompile(`(?i)^(?:y|n|yes|no|on|off|true|false|null|inf|nan|\.inf|\.nan)$`)
)

// usual is how a value of a key is written. ok is false where it stays as it is.
func usual(key string, n *yaml.Node) (text string, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.TaggedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || isNull(n) {
		return "", false
	}
	for _, r := range n.Value {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0xA0 || r == 0xFEFF || r == 0x2028 || r == 0x2029 {
			return "", false
		}
	}
	isText, isPlain := n.ShortTag() == "!!str", n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0
	switch {
	case slices.Contains(dayKeys, key):
		return n.Value, day.MatchString(n.Value)
	case !slices.Contains(quotedKeys, key) && !slices.Contains(plainKeys, key):
		return "", false
	case !isText: // a number, say, that is to stay one
		return n.Value, true
	case slices.Contains(quotedKeys, key):
		return inQuotes(n.Value), true
	case isPlain || plainName.MatchString(n.Value) && !someWords.MatchString(n.Value):
		return n.Value, true
	}
	return inQuotes(n.Value), true
}

// inQuotes writes text in double quotes, in single ones where it has double ones.
func inQuotes(s string) string {
	if strings.ContainsAny(s, `"\`) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return `"` + s + `"`
}
