package kb

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// MatterLine returns the line in [Page.File] on which the front matter gives a key,
// from 1; 0 where it does not or cannot be read. Keys name one inside others from the
// outside in: "questions", "together", "verified". It reads the front matter again,
// which is for those who report a fault, not for every page.
func (p *Page) MatterLine(keys ...string) int {
	matter, _, ok := cutFrontMatter([]byte(strings.TrimPrefix(string(p.Source), "\uFEFF")))
	if !ok {
		return 0
	}
	node, err := parseYAML(matter)
	line := 0
	for _, name := range keys {
		if err != nil || node == nil || node.Kind != yaml.MappingNode {
			return 0
		}
		found := false
		for i := 0; i+1 < len(node.Content) && !found; i += 2 {
			if key := node.Content[i]; strings.TrimPrefix(key.Value, "#") == name {
				line, node, found = key.Line+1, node.Content[i+1], true
			}
		}
		if !found {
			return 0
		}
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
	}
	return line
}
