package kb

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
	"go.yaml.in/yaml/v3"
)

// Front matter may be TOML between lines +++ or a JSON object, as Hugo and Zola write
// it. Both are read into nodes of YAML, so that keys, values and faults are the same.

var (
	// jsonMatter is how a file begins that has front matter in JSON.
	jsonMatter = regexp.MustCompile(`^\{[ \t\r\n]*"[^"\n]*"[ \t]*:`)
	// unclosedTOML is the head of a file that begins like front matter in TOML.
	unclosedTOML = regexp.MustCompile(`^\+\+\+[ \t]*\r?\n\s*[\w."-]+[ \t]*=`)
	// restOfLine is what may follow front matter in JSON on its last line.
	restOfLine = regexp.MustCompile(`^[ \t]*\r?(?:\n|$)`)
	// closingBrace is the end of front matter in JSON that is broken, and afterMatter
	// what it does not reach beyond: an empty line, a fence or a heading.
	closingBrace = regexp.MustCompile(`\n\}[ \t]*\r?(?:\n|$)`)
	afterMatter  = regexp.MustCompile("\n(?:[ \t]*\r?\n|```|~~~|#)")
)

// readOtherMatter reads front matter in TOML or JSON. body is src with its lines
// blank; ok is false where there is none.
func readOtherMatter(file string, src []byte) (m frontMatter, faults ErrorList, body []byte, ok bool) {
	if text, end, found := cutTOML(src); found {
		m, faults = readTOML(file, text)
		return m, faults, blanked(src, end), true
	}
	if jsonMatter.Match(src) {
		return readJSON(file, src)
	}
	return m, nil, src, false
}

// blanked is src with everything before end blank but its line ends.
func blanked(src []byte, end int) []byte {
	body := slices.Clone(src)
	for i := range body[:end] {
		if body[i] != '\n' {
			body[i] = ' '
		}
	}
	return body
}

// cutTOML finds the lines between "+++" and the next "+++" at the head of src.
func cutTOML(src []byte) (matter []byte, end int, ok bool) {
	isMark := func(line []byte) bool { return string(bytes.TrimRight(line, " \t\r\n")) == "+++" }
	start := 0
	for line := range bytes.Lines(src) {
		at := end
		end += len(line)
		switch {
		case at == 0 && !isMark(line):
			return nil, 0, false
		case at == 0:
			start = end
		case isMark(line):
			return src[start:at], end, true
		}
	}
	return nil, 0, false
}

// mostRepairs is how many lines of front matter are left out because they are broken.
const mostRepairs = 20

// readTOML reads TOML that begins on the second line of its file. Where it is broken,
// the line at fault is left out and the rest counts.
func readTOML(file string, src []byte) (m frontMatter, faults ErrorList) {
	r := yamlReader{file: file, offset: 1, last: 2 + bytes.Count(src, []byte("\n")), faults: &faults}
	sound := slices.Clone(src)
	for range mostRepairs {
		err := toml.Unmarshal(sound, &map[string]any{})
		if err == nil {
			break
		}
		line := 1
		if fault, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ = fault.Position()
		}
		m.broken = true
		faults.errorf(file, r.at(line), "front-matter", "broken TOML%s: %s; want key = value on each line, texts in quotes", keyOn(src, line), oneLine(strings.TrimPrefix(err.Error(), "toml: ")))
		if !blankLine(sound, line) {
			break
		}
	}
	r.page(tomlNodes(sound), &m)
	if m.broken && !m.saysDraft {
		m.keepOut(file, src, 1, &faults)
	}
	return m, faults
}

// keyOn names the key on a line of TOML for a message.
func keyOn(src []byte, line int) string {
	lines := bytes.Split(src, []byte("\n"))
	if line > len(lines) {
		return ""
	}
	key, _, ok := bytes.Cut(lines[line-1], []byte("="))
	if !ok {
		return ""
	}
	return " at " + abridge(string(key))
}

// blankLine makes a line of src blank. It tells whether there was anything on it.
func blankLine(src []byte, line int) bool {
	n, at, changed := 0, 0, false
	for text := range bytes.Lines(src) {
		if n++; n == line {
			for i, c := range text {
				if c != '\n' && c != ' ' {
					src[at+i], changed = ' ', true
				}
			}
		}
		at += len(text)
	}
	return changed
}

// tomlNodes makes a mapping of TOML, as far as it can be read.
func tomlNodes(src []byte) *yaml.Node {
	root := &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	table := root
	var p unstable.Parser
	p.Reset(src)
	lines := lineCounter{src: src}
	lineOf := func(n *unstable.Node) int { return lines.at(int(n.Raw.Offset)) }
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = root
			for keys := e.Key(); keys.Next(); {
				table = mappingAt(table, string(keys.Node().Data), lineOf(keys.Node()))
			}
		case unstable.KeyValue:
			setTOML(table, e, lineOf)
		}
	}
	return root
}

// setTOML puts a key with its value into a table.
func setTOML(table *yaml.Node, e *unstable.Node, lineOf func(*unstable.Node) int) {
	line := 1
	for keys := e.Key(); keys.Next(); {
		key := keys.Node()
		line = lineOf(key)
		if !keys.IsLast() {
			table = mappingAt(table, string(key.Data), line)
			continue
		}
		table.Content = append(table.Content, scalar(string(key.Data), "!!str", line), tomlValue(e.Value(), line, lineOf))
	}
}

func tomlValue(v *unstable.Node, line int, lineOf func(*unstable.Node) int) *yaml.Node {
	if v.Raw.Offset > 0 {
		line = lineOf(v)
	}
	switch v.Kind {
	case unstable.Array:
		list := &yaml.Node{Kind: yaml.SequenceNode, Line: line}
		for items := v.Children(); items.Next(); {
			list.Content = append(list.Content, tomlValue(items.Node(), line, lineOf))
		}
		return list
	case unstable.InlineTable:
		table := &yaml.Node{Kind: yaml.MappingNode, Line: line}
		for pairs := v.Children(); pairs.Next(); {
			setTOML(table, pairs.Node(), lineOf)
		}
		return table
	case unstable.Bool:
		return scalar(string(v.Data), "!!bool", line)
	case unstable.LocalDateTime, unstable.DateTime: // the day is what counts
		return scalar(string(v.Data[:min(len(v.Data), len("2006-01-02"))]), "!!str", line)
	}
	return scalar(string(v.Data), "!!str", line)
}

// mappingAt is the mapping under a key, made if it is not there.
func mappingAt(table *yaml.Node, key string, line int) *yaml.Node {
	for i := 0; i+1 < len(table.Content); i += 2 {
		if table.Content[i].Value == key && table.Content[i+1].Kind == yaml.MappingNode {
			return table.Content[i+1]
		}
	}
	inner := &yaml.Node{Kind: yaml.MappingNode, Line: line}
	table.Content = append(table.Content, scalar(key, "!!str", line), inner)
	return inner
}

func scalar(value, tag string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: value, Tag: tag, Line: line}
}

// A lineCounter tells the lines of offsets. It counts from the last one it was asked
// for, so that all of a file in order are one pass over it.
type lineCounter struct {
	src          []byte
	offset, ends int // the last offset, and the line ends before it
	counted      int // bytes, in all
}

// at is the line that an offset is on, from 1.
func (c *lineCounter) at(offset int) int {
	offset = max(0, min(offset, len(c.src)))
	from, to := min(c.offset, offset), max(c.offset, offset)
	n := bytes.Count(c.src[from:to], []byte("\n"))
	if offset < c.offset {
		n = -n
	}
	c.offset, c.ends, c.counted = offset, c.ends+n, c.counted+to-from
	return 1 + c.ends
}

// readJSON reads the JSON object that src begins with. One with text behind it on its
// last line is no front matter. One that is broken ends at the first line that is a
// closing brace alone, if no empty line, fence or heading comes before; else it is a
// fault and stays in the text, for nothing tells where it ends.
func readJSON(file string, src []byte) (m frontMatter, faults ErrorList, body []byte, ok bool) {
	d := newJSONReader(src)
	root, err := d.value(0)
	end := int(d.dec.InputOffset())
	if err == nil && !restOfLine.Match(src[end:]) {
		return m, nil, src, false
	}
	if err != nil {
		m.broken = true
		faults.errorf(file, d.line(), "front-matter", "broken JSON: %s; want keys and texts in double quotes, and commas only between entries", oneLine(err.Error()))
		head := src
		if after := afterMatter.FindIndex(src); after != nil {
			head = src[:after[0]+1]
		}
		closing := closingBrace.FindIndex(head)
		if closing == nil {
			m.keepOut(file, head, 0, &faults)
			return m, faults, src, true
		}
		end = closing[0] + len("\n}")
		root = &yaml.Node{Kind: yaml.MappingNode, Content: d.complete, Line: 1}
	}
	r := yamlReader{file: file, last: d.lines.at(end), faults: &faults}
	r.page(root, &m)
	if m.broken && !m.saysDraft {
		m.keepOut(file, src[:end], 0, &faults)
	}
	return m, faults, blanked(src, end), true
}

// A jsonReader reads JSON into nodes that know their lines.
type jsonReader struct {
	dec      *json.Decoder
	lines    lineCounter
	complete []*yaml.Node // the keys and values of the outermost object that were read whole
}

func newJSONReader(src []byte) *jsonReader {
	d := &jsonReader{dec: json.NewDecoder(bytes.NewReader(src)), lines: lineCounter{src: src}}
	d.dec.UseNumber()
	return d
}

// line is the one that was read last.
func (d *jsonReader) line() int { return d.lines.at(int(d.dec.InputOffset())) }

func (d *jsonReader) value(depth int) (*yaml.Node, error) {
	if depth > mostNested {
		return nil, errors.New("nested too deeply")
	}
	token, err := d.dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Line: d.line()}
		if token == '[' {
			n.Kind = yaml.SequenceNode
		}
		for d.dec.More() {
			inner, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, inner)
			if depth == 0 && len(n.Content)%2 == 0 {
				d.complete = n.Content
			}
		}
		_, err := d.dec.Token()
		return n, err
	case string:
		return scalar(token, "!!str", d.line()), nil
	case json.Number:
		return scalar(token.String(), "!!str", d.line()), nil
	case bool:
		if token {
			return scalar("true", "!!bool", d.line()), nil
		}
		return scalar("false", "!!bool", d.line()), nil
	}
	return scalar("", "!!null", d.line()), nil
}
