package kb

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
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
	for _, c := range []struct {
		of   any
		want []string
	}{{page, pageKeys}, {page["$defs"].(map[string]any)["question"], questionKeys}, {items, toolKeys}} {
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
	tools, _ := compiled(t, "tools")
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
	src, err := fs.ReadFile(Starter(), toolsFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := tools.Validate(asJSON(t, src)); err != nil {
		t.Error(err)
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
