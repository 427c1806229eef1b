package index

import (
	"testing"
	"testing/fstest"

	"faqbase/kb"
)

func TestSelections(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte(
		"---\ncategory: ORMs\ntools: [SQLAlchemy, Django ORM]\nquestions:\n  fast:\n    aliases: [\"is category:orms slow\"]\n---\n## FAQ\n### Is tool:sqlalchemy fast? {#fast}\nNo.\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		claim, text, rest string
		tokens            []string
	}{
		{"nothing selects nothing", "", "", nil},
		{"words stay as they are", "  a  b ", "  a  b ", nil},
		{"a known value is taken out", "fast tool:sqlalchemy orm", "fast orm", []string{"tool:sqlalchemy"}},
		{"any space ends it", "fast\ttool:sqlalchemy\u00a0orm", "fast orm", []string{"tool:sqlalchemy"}},
		{"a value in straight quotes may have spaces", `tool:"Django ORM" fast`, "fast", []string{`tool:"Django ORM"`}},
		{"and in curly quotes", "tool:“Django ORM” fast", "fast", []string{"tool:“Django ORM”"}},
		{"the name of the facet may be in capitals", "TOOL:sqlalchemy CATEGORY:orms", "", []string{"TOOL:sqlalchemy", "CATEGORY:orms"}},
		{"an unknown value is words", "tool:flask fast", "tool:flask fast", nil},
		{"a facet without a value is a word", "tool: fast", "tool: fast", nil},
		{"an unclosed quote is words", `tool:"Django ORM`, `tool:"Django ORM`, nil},
		{"what stands in quotes is words", `"tool:sqlalchemy fast"`, `"tool:sqlalchemy fast"`, nil},
		{"a token in a word is none", "subtool:sqlalchemy http://tool:80", "subtool:sqlalchemy http://tool:80", nil},
		{"a question is read as it stands", "is TOOL:sqlalchemy fast", "is TOOL:sqlalchemy fast", nil},
		{"so is an alias of one", "is category:orms slow", "is category:orms slow", nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			list, rest := Selections(c.text, lib)
			if rest != c.rest {
				t.Errorf("rest %q, want %q", rest, c.rest)
			}
			var tokens []string
			for _, s := range list {
				tokens = append(tokens, c.text[s.Start:s.End])
			}
			if len(tokens) != len(c.tokens) {
				t.Fatalf("selections %q, want %q", tokens, c.tokens)
			}
			for i := range tokens {
				if tokens[i] != c.tokens[i] {
					t.Errorf("selection %q, want %q", tokens[i], c.tokens[i])
				}
			}
		})
	}
}
