package kb

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// pageKeys are the keys of the front matter, questionKeys those of an entry
// under its key "questions".
var (
	pageKeys = []string{"title", "summary", "category", "ecosystem", "tools", "tags", "published", "updated", "verified",
		"sources", "review_by", "author", "owner", "lang", "draft", "aliases", "moved", "question", "questions"}
	questionKeys = []string{"aliases", "tools", "verified", "sources", "moved"}
)

// frontMatter is what a page says about itself.
type frontMatter struct {
	title, summary                         string
	category, ecosystem, tools             []string
	tags, aliases, sources                 []string
	moved                                  []move
	author, owner, lang                    string
	draft                                  bool
	saysDraft                              bool // the key draft could be told from others
	published, updated, verified, reviewBy time.Time
	questions                              map[string]questionMatter // by anchor
	question                               string                    // that the page answers
	titleLine, questionLine                int                       // those of their keys
	broken                                 bool                      // not YAML as a whole
}

// questionMatter is what the front matter says about one question.
type questionMatter struct {
	aliases, tools, sources []string
	verified                time.Time
	moved                   []move
	line                    int
}

// cutFrontMatter finds the front matter at the head of src: the lines between
// "---" and the next "---" or "...". body is src with these lines blank, so that
// offsets and lines stay what they were. ok is false where there is none.
func cutFrontMatter(src []byte) (matter, body []byte, ok bool) {
	first, rest, found := bytes.Cut(src, []byte("\n"))
	if !found || string(bytes.TrimRight(first, " \t\r")) != "---" {
		return nil, src, false
	}
	for start, at := len(src)-len(rest), len(src)-len(rest); at < len(src); {
		line, _, _ := bytes.Cut(src[at:], []byte("\n"))
		next := min(at+len(line)+1, len(src))
		if mark := string(bytes.TrimRight(line, " \t\r")); mark == "---" || mark == "..." {
			body = slices.Clone(src)
			for i := range body[:next] {
				if body[i] != '\n' {
					body[i] = ' '
				}
			}
			return src[start:at], body, true
		}
		at = next
	}
	return nil, src, false
}

// readFrontMatter reads YAML that begins on the second line of its file. ok is
// false where it is no front matter at all, but text between two rules; it may
// say even then that the page is a draft. Where the YAML is broken, every key that
// can be read on its own still counts.
func readFrontMatter(file string, src []byte) (m frontMatter, faults ErrorList, ok bool) {
	r := yamlReader{file: file, offset: 1, last: 1 + bytes.Count(src, []byte("\n")) + 1, faults: &faults}
	root, err := parseYAML(src)
	if err == nil {
		if root == nil {
			return m, nil, true
		}
		if root.Kind != yaml.MappingNode {
			m.keepOut(file, src, 1, &faults)
			return m, faults, false
		}
		r.page(root, &m)
		return m, faults, true
	}
	if !bytes.Contains(src, []byte(":")) {
		return m, nil, false
	}
	m.broken = true
	for _, c := range topLevelKeys(src) {
		r.offset = 1 + c.line
		root, err := parseYAML(c.text)
		switch {
		case err != nil:
			line, reason := yamlFault(err)
			faults.errorf(file, r.at(line), "front-matter", "broken YAML at %s: %s", c.name(), reason)
		case root != nil && root.Kind == yaml.MappingNode:
			r.page(root, &m)
		case root != nil:
			faults.errorf(file, r.at(1), "front-matter", "want key: value, not %q", abridge(string(c.text)))
		}
	}
	if len(faults) == 0 { // each key alone is sound, so a key is there twice or an anchor is missing
		line, reason := yamlFault(err)
		r.offset = 1
		faults.errorf(file, r.at(line), "front-matter", "broken YAML: %s", reason)
	}
	if !m.saysDraft {
		m.keepOut(file, src, 1, &faults)
	}
	return m, faults, true
}

// page reads the keys of the front matter.
func (r *yamlReader) page(root *yaml.Node, m *frontMatter) {
	for key, value := range r.pairs(root, "", pageKeys) {
		switch key.Value {
		case "title":
			m.title, m.titleLine = r.text(key, value), r.line(key)
		case "summary":
			m.summary = r.text(key, value)
		case "category":
			m.category = r.list(key, value)
		case "ecosystem":
			m.ecosystem = r.list(key, value)
		case "tools":
			m.tools = r.list(key, value)
		case "tags":
			m.tags = r.list(key, value)
		case "aliases":
			m.aliases = r.list(key, value)
		case "moved":
			m.moved = r.moves(key, value)
		case "sources":
			m.sources = r.list(key, value)
		case "author":
			m.author = strings.Join(r.list(key, value), ", ")
		case "owner":
			m.owner = strings.Join(r.list(key, value), ", ")
		case "lang":
			m.lang = r.text(key, value)
		case "draft":
			m.draft = r.draft(value) || m.draft || repeatsDraft(root)
			m.saysDraft = true
		case "published":
			m.published = r.date(key, value)
		case "updated":
			m.updated = r.date(key, value)
		case "verified":
			m.verified = r.date(key, value)
		case "review_by":
			m.reviewBy = r.date(key, value)
		case "question":
			m.question, m.questionLine = r.text(key, value), r.line(key)
		case "questions":
			m.questions = r.questions(key, value)
		}
	}
}

// questions reads the value of the key "questions".
func (r *yamlReader) questions(key, value *yaml.Node) map[string]questionMatter {
	if isNull(value) {
		return nil
	}
	if value.Kind != yaml.MappingNode {
		r.errorf(value, "front-matter", "questions wants anchors as keys (questions: {together: {aliases: [...]}}), not %s", kindName(value))
		return nil
	}
	all := map[string]questionMatter{}
	for anchor, entry := range r.pairs(value, "questions", nil) {
		q := questionMatter{line: r.line(anchor)}
		if isNull(entry) {
			continue
		}
		if entry.Kind != yaml.MappingNode {
			r.errorf(entry, "front-matter", "questions.%s wants %s, not %s", anchor.Value, wanted(questionKeys), kindName(entry))
			continue
		}
		for key, value := range r.pairs(entry, "questions."+anchor.Value, questionKeys) {
			switch key.Value {
			case "aliases":
				q.aliases = r.list(key, value)
			case "tools":
				q.tools = r.list(key, value)
			case "sources":
				q.sources = r.list(key, value)
			case "verified":
				q.verified = r.date(key, value)
			case "moved":
				q.moved = r.moves(key, value)
			}
		}
		all[strings.TrimPrefix(anchor.Value, "#")] = q
	}
	return all
}

// yamlReader reads values and notes what is wrong with them.
type yamlReader struct {
	file   string
	offset int // lines of the file before the YAML
	last   int // line that a fault can be on
	faults *ErrorList
}

// at is the line of the file for a line of the YAML. YAML knows more line ends
// than editors do, such as U+2028.
func (r *yamlReader) at(line int) int { return min(line+r.offset, r.last) }

func (r *yamlReader) line(n *yaml.Node) int { return r.at(n.Line) }

func (r *yamlReader) errorf(n *yaml.Node, rule, format string, args ...any) {
	r.faults.errorf(r.file, r.line(n), rule, format, args...)
	r.faults.inColumn(n.Column)
}

// pairs gives the keys and values of a mapping, aliases resolved and repeated
// keys left out. Where known
// names the keys, one that is nearly one of them is a fault.
func (r *yamlReader) pairs(n *yaml.Node, where string, known []string) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		lines := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			if first := lines[key.Value]; first > 0 {
				r.errorf(key, "repeated-key", "key %q is already on line %d; keep one of them", key.Value, first)
				continue
			}
			lines[key.Value] = r.line(key)
			if known != nil && !slices.Contains(known, key.Value) {
				if near := nearest(key.Value, slices.Values(known), 2); near != "" {
					if where != "" {
						near = near + " in " + where
					}
					r.faults.warnf(r.file, r.line(key), "near-key", "unknown key %q, want %s", key.Value, near)
					r.faults.inColumn(key.Column)
				}
				continue
			}
			if !yield(key, value) {
				return
			}
		}
	}
}

// text reads one value.
func (r *yamlReader) text(key, value *yaml.Node) string {
	if isNull(value) {
		return ""
	}
	if value.Kind != yaml.ScalarNode {
		r.errorf(value, "bad-value", "%s wants one value, not %s", key.Value, kindName(value))
		return ""
	}
	return oneLine(value.Value)
}

// list reads one value or a list of values, without empty ones and repeats.
func (r *yamlReader) list(key, value *yaml.Node) []string {
	if value.Kind != yaml.SequenceNode {
		if s := r.text(key, value); s != "" {
			return []string{s}
		}
		return nil
	}
	var all []string
	for _, item := range value.Content {
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		if s := r.text(key, item); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// moves reads old addresses with the lines on which they stand.
func (r *yamlReader) moves(key, value *yaml.Node) (all []move) {
	lines := map[string]int{}
	for _, item := range value.Content {
		if text := oneLine(item.Value); lines[text] == 0 {
			lines[text] = r.line(item)
		}
	}
	for _, old := range r.list(key, value) {
		m := move{old: old, line: lines[old]}
		if m.line == 0 {
			m.line = r.line(key)
		}
		all = append(all, m)
	}
	return all
}

// date reads a day.
func (r *yamlReader) date(key, value *yaml.Node) time.Time {
	s := r.text(key, value)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		r.errorf(value, "bad-date", "%s is %q, want a day as YYYY-MM-DD", key.Value, abridge(s))
		return time.Time{}
	}
	return t
}

// draft reads whether the page is one. What cannot be read keeps it out: a page
// that is shown too late does less harm than one that is shown too early.
func (r *yamlReader) draft(value *yaml.Node) bool {
	if isNull(value) {
		return false
	}
	if value.Kind == yaml.ScalarNode {
		if draft, ok := readBool(value.Value); ok {
			return draft
		}
	}
	r.errorf(value, "bad-value", "draft is %s, want true or false; the page is not served until it is", kindName(value))
	return true
}

// repeatsDraft tells whether the key draft is there twice and not false each time.
func repeatsDraft(root *yaml.Node) bool {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "draft" {
			continue
		}
		if draft, ok := readBool(root.Content[i+1].Value); draft || !ok {
			return true
		}
	}
	return false
}

// readBool reads what YAML 1.1 and 1.2 and their readers take for true and false.
// Nothing is false.
func readBool(s string) (value, ok bool) {
	switch strings.ToLower(oneLine(s)) {
	case "true", "yes", "on", "y", "t", "1":
		return true, true
	case "false", "no", "off", "n", "f", "0", "":
		return false, true
	}
	return false, false
}

// draftLine is a line that gives the key draft, with its value.
var draftLine = regexp.MustCompile(`(?m)^[ \t]*["']?draft["']?[ \t]*[:=][ \t]*([^#,\r\n]*)`)

// mayBeDraft finds in front matter that is no YAML a line by which the page may be
// a draft: what it says and on which line of src.
func mayBeDraft(src []byte) (text string, line int) {
	for _, m := range draftLine.FindAllSubmatchIndex(src, -1) {
		value := strings.Trim(strings.TrimSpace(string(src[m[2]:m[3]])), `"'`)
		if draft, ok := readBool(value); draft || !ok {
			return abridge(string(src[m[0]:m[1]])), 1 + bytes.Count(src[:m[2]], []byte("\n"))
		}
	}
	return "", 0
}

// keepOut makes the page a draft if its front matter, which begins on the line
// after offset and cannot be read, may say so.
func (m *frontMatter) keepOut(file string, src []byte, offset int, faults *ErrorList) {
	if text, line := mayBeDraft(src); line > 0 && !m.draft {
		m.draft = true
		faults.errorf(file, line+offset, "front-matter", "%q may say that the page is a draft, so what is here is not served until the front matter can be read", text)
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(abridge(n.Value))
	}
}

// parseYAML gives the root of the first document, nil if it is empty.
func parseYAML(src []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 || len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, nil
	}
	return doc.Content[0], nil
}

// yamlFault takes the line, from 1, and the reason from an error of the YAML library.
func yamlFault(err error) (int, string) {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if _, scanErr := fmt.Sscanf(reason, "line %d:", &line); scanErr == nil {
		_, reason, _ = strings.Cut(reason, ": ")
	}
	if strings.Contains(reason, "mapping values") { // a colon in the text
		reason += "; put the value in quotes"
	}
	return max(line, 1), oneLine(reason)
}

// chunk is the text of one key of a mapping with everything under it.
type chunk struct {
	text []byte
	line int // lines before it
}

func (c chunk) name() string {
	key, _, _ := bytes.Cut(c.text, []byte(":"))
	return abridge(oneLine(string(key)))
}

// topLevelKeys cuts a mapping into its keys: each line that is not indented, not
// a comment and not an item of a list begins one.
func topLevelKeys(src []byte) []chunk {
	var all []chunk
	line := 0
	for text := range bytes.Lines(src) {
		begins := len(bytes.TrimSpace(text)) > 0 && !bytes.ContainsAny(text[:1], " \t#-]}")
		switch {
		case begins:
			all = append(all, chunk{text: slices.Clone(text), line: line})
		case len(all) > 0:
			last := &all[len(all)-1]
			last.text = append(last.text, text...)
		}
		line++
	}
	return all
}

// wanted lists names as people do: "a, b or c".
func wanted(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// oneLine trims s and makes every run of white space a space.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isOneLine tells whether s is surely as oneLine leaves it, which most texts are.
func isOneLine[S string | []byte](s S) bool {
	space := true // before the first byte none may be
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ', c == 0xC2, c >= 0xE1 && c <= 0xE3: // white space of other scripts begins so
			return false
		}
		space = false
	}
	return !space || len(s) == 0
}

// abridge shortens s for a message.
func abridge(s string) string {
	const most = 60
	s = oneLine(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// anchors gives the anchors under the key "questions", in order.
func (m frontMatter) anchors() []string { return slices.Sorted(maps.Keys(m.questions)) }
