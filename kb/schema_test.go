package kb

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compiled(t *testing.T, name string) (schema *jsonschema.Schema, doc map[string]any) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(name)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, v); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(name), v.(map[string]any)
}

func asJSON(t *testing.T, src []byte) any {
	t.Helper()
	root, err := parseYAML(src)
	if err != nil {
		t.Fatal(err)
	}
	var untag func(n *yaml.Node)
	untag = func(n *yaml.Node) { // a day is text to an editor
		if n.Tag == "!!timestamp" {
			n.Tag = "!!str"
		}
		for _, c := range n.Content {
			untag(c)
		}
	}
	var v any
	if root != nil {
		untag(root)
		if err := root.Decode(&v); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemasHaveTheKeysThatAreRead(t *testing.T) {
	keys := func(of any) []string {
		return slices.Sorted(maps.Keys(of.(map[string]any)["properties"].(map[string]any)))
	}
	_, page := compiled(t, "page")
	_, tools := compiled(t, "tools")
	items := tools["items"].(map[string]any)
	_, curations := compiled(t, "curations")
	_, golden := compiled(t, "golden")
	for _, c := range []struct {
		of   any
		want []string
	}{{page, pageKeys}, {page["$defs"].(map[string]any)["question"], questionKeys}, {items, toolKeys},
		{curations["items"], curationKeys}, {golden["items"], goldenKeys}} {
		if diff := cmp.Diff(slices.Sorted(slices.Values(c.want)), keys(c.of)); diff != "" {
			t.Errorf("-read +in the schema:\n%s", diff)
		}
	}
	var want []any
	for _, m := range maturities {
		want = append(want, m)
	}
	if diff := cmp.Diff(append(want, nil), items["properties"].(map[string]any)["maturity"].(map[string]any)["enum"]); diff != "" {
		t.Error(diff)
	}
}

func TestStarterFitsTheSchemas(t *testing.T) {
	page, _ := compiled(t, "page")
	lib, err := Load(Starter(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lib.Pages {
		matter, _, ok := cutFrontMatter(p.Source)
		if !ok {
			continue
		}
		if err := page.Validate(asJSON(t, matter)); err != nil {
			t.Errorf("%s: %v", p.File, err)
		}
	}
	for _, file := range []string{toolsFile, synonymsFile, goldenFile} {
		schema, _ := compiled(t, strings.TrimSuffix(file, ".yaml"))
		src, err := fs.ReadFile(Starter(), file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, src)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// What a schema takes is read without a fault, and what it refuses is a fault.
func TestSchemasTakeWhatIsRead(t *testing.T) {
	read := map[string]func(src []byte) ErrorList{
		"page":      func(src []byte) ErrorList { _, faults, _ := readFrontMatter("a.md", src); return faults },
		"tools":     func(src []byte) ErrorList { _, faults := readTools(src); return faults },
		"synonyms":  func(src []byte) ErrorList { _, faults := readSynonyms(src); return faults },
		"curations": func(src []byte) ErrorList { _, faults := readCurations(src); return faults },
		"golden":    func(src []byte) ErrorList { _, faults := readGolden(src); return faults },
	}
	for name, samples := range map[string]map[string]bool{
		"page":      {"question: Why?": true, "question: [a, b]": false, "question:": true, "lang: de": true},
		"tools":     {"- {name: A, since: 2006}": true, "": true, "- name: ''": false},
		"synonyms":  {"- [js, javascript]\n- orm => object relational mapper\n- db => database, data base": true, "- [js]": false, "- js": false, "- a, b": false, "- a = b": false, "- {a: b}": false, "- => b": false, "- [a, '-']": false, "- [a, b => c]": false, "- [a, a]": false},
		"curations": {"- {query: a, pin: x, reason: r}": true, "- {queries: [a, b], hide: [x], reason: r, until: 2027-01-31}": true, "- {query: a, reason: r}": false, "- {pin: x, reason: r}": false, "- {query: a, pin: [], reason: r}": false, "- {query: a, pin: x, reason: r, until: soon}": false, "- a": false, "query: a": false},
		"golden":    {"- {query: a, question: p#q}": true, "- {query: a, question: p, within: 3, miss: none yet}": true, "- {query: a}": false, "- {question: p}": false, "- {query: a, question: p, within: 0}": false, "- {query: a, question: p, within: 101}": false, "- {query: a, question: p, miss: ''}": false, "- a": false},
	} {
		schema, _ := compiled(t, name)
		for sample, want := range samples {
			if err := schema.Validate(asJSON(t, []byte(sample))); (err == nil) != want {
				t.Errorf("%s: the schema says %v of %q", name, err, sample)
			}
			if faults := read[name]([]byte(sample)); (len(faults) == 0) != want {
				t.Errorf("%s: the reader says %v of %q", name, faults, sample)
			}
		}
	}
}

func TestSchemasRefuseWhatIsAFault(t *testing.T) {
	for name, samples := range map[string][]string{
		"page":  {"updated: yesterday", "draft: maybe", "title: [a, b]", "questions: [a]", "questions: {a: {verified: soon}}", "tools: {a: b}"},
		"tools": {"- slug: x", "- {name: A, maturity: old}", "- {name: A, since: 12}", "- {name: A, homepage: example.com}", "name: A"},
	} {
		schema, _ := compiled(t, name)
		for _, s := range samples {
			if schema.Validate(asJSON(t, []byte(s))) == nil {
				t.Errorf("%s: %q is taken", name, s)
			}
		}
	}
}
