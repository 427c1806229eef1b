package index

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"faqbase/kb"
)

func TestUnknownValues(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte(
		"---\ntitle: Frameworks\ncategory: Web frameworks\ntools: [SQLAlchemy, Django ORM]\n---\n## FAQ\n### Is it fast? {#fast}\nNo.\n")},
		"tools.yaml": {Data: []byte("- name: Django ORM\n  aliases: [dj-orm-of-old]\n")}}, kb.Options{})
	if err != nil || len(lib.Faults) > 0 {
		t.Fatal(err, lib.Faults)
	}
	for _, c := range []struct {
		claim, text string
		want        []UnknownValue
	}{
		{"a known value is none", "tool:sqlalchemy fast", nil},
		{"a word is none, nor a facet without value, nor what stands in quotes", `fast tool: "tool:x"`, nil},
		{"without one near it is told alone", "fast tool:kubernetes", []UnknownValue{{Facet: kb.FacetTool, Typed: "tool:kubernetes"}}},
		{"one that begins so is near", "tool:sql fast", []UnknownValue{{kb.FacetTool, "tool:sql", lib.Values(kb.FacetTool)[1], "tool:sqlalchemy fast"}}},
		{"so is one a few letters away", "fast TOOL:SQLAlchmey orm", []UnknownValue{{kb.FacetTool, "TOOL:SQLAlchmey", lib.Values(kb.FacetTool)[1], "fast tool:sqlalchemy orm"}}},
		{"also by an alias", "tool:dj-orm-of-odl", []UnknownValue{{kb.FacetTool, "tool:dj-orm-of-odl", lib.Values(kb.FacetTool)[0], "tool:django-orm"}}},
		{"a value in quotes is replaced with them", `category:"web framwork" fast`, []UnknownValue{{kb.FacetCategory, `category:"web framwork"`, lib.Values(kb.FacetCategory)[0], "category:web-frameworks fast"}}},
		{"four are told", "tool:k1 tool:k2 tool:k3 tool:k4 tool:k5", []UnknownValue{{Facet: kb.FacetTool, Typed: "tool:k1"},
			{Facet: kb.FacetTool, Typed: "tool:k2"}, {Facet: kb.FacetTool, Typed: "tool:k3"}, {Facet: kb.FacetTool, Typed: "tool:k4"}}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			b, err := Open("")
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			if err := b.Apply(t.Context(), lib); err != nil {
				t.Fatal(err)
			}
			found, err := b.Search(t.Context(), Query{Text: c.text})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, found.Unknown); diff != "" {
				t.Error(diff)
			}
		})
	}
}

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
