package kb

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"
)

// The files in the root of a knowledge base that are not pages. Each is a list.
const (
	toolsFile     = "tools.yaml"
	synonymsFile  = "synonyms.yaml"
	curationsFile = "curations.yaml"
	goldenFile    = "golden.yaml"
)

// A config is what these files hold, nil where there is none.
type config struct {
	tools, synonyms, curations, golden []byte
}

// isConfig tells whether the file is one of those in the root that are not pages.
func isConfig(file string) bool {
	switch file {
	case toolsFile, synonymsFile, curationsFile, goldenFile:
		return true
	}
	return false
}

// lasting is what was read of a file, or what was read of it last if nothing in it
// is sound now.
func lasting[T any](now []T, faults ErrorList, last []T) []T {
	if len(now) == 0 && len(faults) > 0 {
		return last
	}
	return now
}

// readItems gives each item of the list in src to read. want names the items.
// Where the YAML is broken, every item that can be read on its own still counts.
func readItems(file string, src []byte, want string, faults *ErrorList, read func(r *yamlReader, item *yaml.Node)) {
	r := &yamlReader{file: file, last: bytes.Count(src, []byte("\n")) + 1, faults: faults}
	all := func(root *yaml.Node) {
		for _, item := range root.Content {
			if item.Kind == yaml.AliasNode {
				item = item.Alias
			}
			read(r, item)
		}
	}
	root, err := parseYAML(src)
	switch {
	case err == nil && root == nil:
		return
	case err == nil && root.Kind != yaml.SequenceNode:
		r.errorf(root, "bad-value", "want a list of %s, not %s", want, kindName(root))
		return
	case err == nil:
		all(root)
		return
	}
	for _, c := range entries(src) {
		r.offset = c.line
		root, err := parseYAML(c.text)
		if err != nil {
			line, reason := yamlFault(err)
			faults.errorf(file, r.at(line), "broken-yaml", "broken YAML: %s", reason)
		} else if root != nil && root.Kind == yaml.SequenceNode {
			all(root)
		}
	}
	if len(*faults) == 0 {
		line, reason := yamlFault(err)
		r.offset = 0
		faults.errorf(file, r.at(line), "broken-yaml", "broken YAML: %s", reason)
	}
}

// entries cuts a list into its items: each line that begins with "-" begins one.
func entries(src []byte) []chunk {
	var all []chunk
	line := 0
	for text := range bytes.Lines(src) {
		switch {
		case bytes.HasPrefix(text, []byte("-")):
			all = append(all, chunk{text: slices.Clone(text), line: line})
		case len(all) > 0:
			last := &all[len(all)-1]
			last.text = append(last.text, text...)
		}
		line++
	}
	return all
}
