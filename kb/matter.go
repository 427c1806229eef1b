package kb

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// MatterLine returns the line in [Page.File] on which the front matter gives a key,
// as [MatterLines.Line] does. It reads the front matter again, which is for those who
// ask once.
func (p *Page) MatterLine(keys ...string) int { return p.MatterLines().Line(keys...) }

// MatterLines are the lines on which the front matter of a page gives its keys. They
// are not safe for concurrent use.
type MatterLines struct {
	root  *yaml.Node // nil if there is no front matter, or it cannot be read
	above int        // lines of the file before those of root
	given map[*yaml.Node]map[string]matterKey
}

// A matterKey is a key of a mapping, the first of its name.
type matterKey struct {
	line  int
	value *yaml.Node
}

// MatterLines reads the front matter again, which is for those who report faults, not
// for every page.
func (p *Page) MatterLines() *MatterLines {
	m := &MatterLines{given: map[*yaml.Node]map[string]matterKey{}}
	_, src := cutMark(p.Source)
	if matter, _, ok := cutFrontMatter(src); ok {
		m.above = 1
		if root, err := parseYAML(matter); err == nil {
			m.root = root
		}
	} else if matter, _, ok := cutTOML(src); ok {
		m.root, m.above = tomlNodes(matter), 1
	} else if jsonMatter.Match(src) {
		d := newJSONReader(src)
		if root, err := d.value(0); err == nil {
			m.root = root
		}
	}
	return m
}

// Line returns the line in [Page.File] on which a key is given, from 1; 0 where it is
// not or the front matter cannot be read. Keys name one inside others from the outside
// in: "questions", "together", "verified".
func (m *MatterLines) Line(keys ...string) int {
	node, line := m.root, 0
	for _, name := range keys {
		if node != nil && node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		if node == nil || node.Kind != yaml.MappingNode {
			return 0
		}
		key, ok := m.keys(node)[name]
		if !ok {
			return 0
		}
		line, node = key.line, key.value
	}
	return line
}

// keys are those of a mapping.
func (m *MatterLines) keys(node *yaml.Node) map[string]matterKey {
	if m.given[node] == nil {
		all := map[string]matterKey{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if name := strings.TrimPrefix(key.Value, "#"); all[name].value == nil {
				all[name] = matterKey{key.Line + m.above, node.Content[i+1]}
			}
		}
		m.given[node] = all
	}
	return m.given[node]
}
