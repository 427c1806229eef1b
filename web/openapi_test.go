package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A description is openapi.json with its schemas. Safe for concurrent use.
type description struct {
	doc      map[string]any
	mu       sync.Mutex // guards the compiler
	compiler *jsonschema.Compiler
}

// described is openapi.json, but that a schema allows no field that it does not have:
// readers pass over what they do not know, the tests do not.
var described = sync.OnceValue(func() *description {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPISource))
	if err != nil {
		panic(err)
	}
	d := &description{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler()}
	for name, s := range d.components("schemas") {
		schema := s.(map[string]any)
		switch {
		case schema["allOf"] != nil:
			schema["unevaluatedProperties"] = false
		case schema["properties"] != nil && name != "Entry": // which is a part of others
			schema["additionalProperties"] = false
		}
	}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("openapi.json", doc); err != nil {
		panic(err)
	}
	return d
})

func (d *description) components(kind string) map[string]any {
	return d.doc["components"].(map[string]any)[kind].(map[string]any)
}

func (d *description) paths() map[string]any { return d.doc["paths"].(map[string]any) }

// schema compiles that at a JSON pointer.
func (d *description) schema(pointer ...string) (*jsonschema.Schema, error) {
	for i, p := range pointer {
		pointer[i] = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(p)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.compiler.Compile("openapi.json#/" + strings.Join(pointer, "/"))
}

// resolve follows the reference that v is, if it is one. at is where it leads.
func (d *description) resolve(v any, at ...string) (map[string]any, []string) {
	m := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return m, at
	}
	at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	v = d.doc
	for _, key := range at {
		v = v.(map[string]any)[key]
	}
	return v.(map[string]any), at
}

// template is the described path that a path is of, "" for none.
func (d *description) template(path string) string {
	if d.paths()[path] != nil {
		return path
	}
	for t := range d.paths() {
		if before, _, ok := strings.Cut(t, "{"); ok && strings.HasPrefix(path, before) && path != before {
			return t
		}
	}
	return ""
}

// A parameter is one that is described.
type parameter struct {
	Name, In string
	at       []string // its schema
	list     bool
	kind     string
}

func (d *description) parameters(template string) (all []parameter) {
	listed, _ := d.paths()[template].(map[string]any)["get"].(map[string]any)["parameters"].([]any)
	for i, p := range listed {
		v, at := d.resolve(p, "paths", template, "get", "parameters", strconv.Itoa(i))
		schema, _ := d.resolve(v["schema"])
		kind := schema["type"].(string)
		all = append(all, parameter{Name: v["name"].(string), In: v["in"].(string), at: append(at, "schema"), list: kind == "array", kind: kind})
	}
	return all
}

// check tells where an answer is not as it is described.
func (d *description) check(r *http.Request, status int, header http.Header, body []byte) error {
	template := d.template(r.URL.Path)
	mediaType, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if template == "" {
		if mediaType == "application/problem+json" && r.Method != http.MethodHead {
			return d.valid(body, "components", "schemas", "Problem")
		}
		return nil
	}
	code := strconv.Itoa(status)
	v, ok := d.paths()[template].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)[code]
	if !ok {
		return fmt.Errorf("status %s is not described", code)
	}
	response, at := d.resolve(v, "paths", template, "get", "responses", code)
	if err := checkHeaders(response, status, header); err != nil {
		return err
	}
	if err := d.checkParameters(template, r, status, body); err != nil {
		return err
	}
	content, _ := response["content"].(map[string]any)
	if status == http.StatusPartialContent || status == http.StatusRequestedRangeNotSatisfiable {
		return nil // a part of a file
	}
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("it has a body, which is not described: %.200s", body)
		}
		return nil
	}
	kind, _, _ := strings.Cut(mediaType, "/")
	if content[mediaType] == nil && content[kind+"/*"] == nil {
		return fmt.Errorf("type %q is not described", mediaType)
	}
	if strings.HasSuffix(mediaType, "json") && r.Method != http.MethodHead {
		return d.valid(body, append(at, "content", mediaType, "schema")...)
	}
	return nil
}

// checkHeaders holds that the headers that a reader acts on are described, and that
// those of errors and redirects are there.
func checkHeaders(response map[string]any, status int, header http.Header) error {
	described, _ := response["headers"].(map[string]any)
	for _, name := range []string{"ETag", "Location", "Retry-After", "Allow", "WWW-Authenticate"} {
		if got := header.Get(name); got != "" && described[name] == nil {
			return fmt.Errorf("header %s is not described", name)
		} else if got == "" && described[name] != nil && status >= 300 {
			return fmt.Errorf("no header %s", name)
		}
	}
	return nil
}

// checkParameters holds that what is answered is described as valid, and that what is
// refused is described.
func (d *description) checkParameters(template string, r *http.Request, status int, body []byte) error {
	given := parseParams(r.URL.RawQuery)
	var names []string
	for _, p := range d.parameters(template) {
		if p.In != "query" {
			continue
		}
		names = append(names, p.Name)
		if status != http.StatusOK || !given.Has(p.Name) || p.Name == "id" && !given.Has("explain") && template != "/question" {
			continue
		}
		var value any = given.Get(p.Name)
		switch {
		case p.list:
			var list []any
			for _, v := range given[p.Name] {
				if !slices.Contains(list, any(v)) && v != "" { // which count for nothing
					list = append(list, v)
				}
			}
			value = list
		case p.kind == "integer":
			value = json.Number(given.Get(p.Name))
		}
		schema, err := d.schema(p.at...)
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			return fmt.Errorf("parameter %s is answered and described otherwise: %w", p.Name, err)
		}
	}
	if status != http.StatusBadRequest || r.Method == http.MethodHead {
		return nil
	}
	var p problem
	if json.Unmarshal(body, &p) == nil && p.Parameter != "" && !slices.Contains(names, p.Parameter) {
		return fmt.Errorf("parameter %s is refused and not described", p.Parameter)
	}
	return nil
}

// valid holds JSON against the schema at a pointer.
func (d *description) valid(body []byte, pointer ...string) error {
	schema, err := d.schema(pointer...)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w in %.200s", err, body)
	}
	return schema.Validate(v)
}

func TestEveryAddressIsDescribed(t *testing.T) {
	s := serve(t, nil, Config{Searcher: empty(nil)})
	var served, told []string
	param := regexp.MustCompile(`[:*](\w+)`)
	for _, r := range s.router.(*gin.Engine).Routes() {
		if r.Method == http.MethodGet {
			served = append(served, param.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	for path, item := range described().paths() {
		told = append(told, path)
		if n := len(item.(map[string]any)); n != 1 {
			t.Errorf("%s: %d methods are described, want get alone", path, n)
		}
	}
	slices.Sort(served)
	slices.Sort(told)
	if diff := cmp.Diff(served, told); diff != "" {
		t.Errorf("-served +described\n%s", diff)
	}
}

func TestEveryParameterIsDescribed(t *testing.T) {
	var told, read []string
	for path := range described().paths() {
		for _, p := range described().parameters(path) {
			if p.In == "query" {
				told = append(told, p.Name)
			}
		}
	}
	for _, f := range facetNames {
		read = append(read, string(f))
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	reads := regexp.MustCompile(`(?:params|RawQuery\))\.(?:Get|Has)\("(\w+)"|params\["(\w+)"\]|\bread\w+\((?:params|parse.*RawQuery\)), "(\w+)"`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reads.FindAllStringSubmatch(string(src), -1) {
			read = append(read, m[1]+m[2]+m[3])
		}
	}
	slices.Sort(told)
	slices.Sort(read)
	if diff := cmp.Diff(slices.Compact(read), slices.Compact(told)); diff != "" {
		t.Errorf("-read +described\n%s", diff)
	}
}

func TestSchemasHaveTheFieldsOfTheTypes(t *testing.T) {
	types := map[string]any{
		"Search": searchJSON{}, "Query": queryJSON{}, "Correction": correctionJSON{}, "Hit": hitJSON{}, "Entry": entryJSON{},
		"Page": pageJSON{}, "Section": sectionJSON{}, "Pinned": pinnedJSON{}, "Explanation": explanationJSON{}, "Reason": reasonJSON{},
		"Blocked": blockedJSON{}, "Operator": operatorJSON{}, "Neighbour": neighbourJSON{}, "Facets": facetsJSON{}, "Value": valueJSON{},
		"FacetValues": facetJSON{}, "Suggestions": suggestionsJSON{}, "Suggestion": suggestionJSON{}, "Question": questionJSON{},
		"Related": relatedJSON{}, "Unknown": unknownJSON{}, "Ready": readyJSON{}, "LibraryEvent": eventJSON{}, "Problem": problem{},
	}
	d := described()
	for name, s := range d.components("schemas") {
		properties, required := d.fields(s)
		if properties == nil {
			continue
		}
		v, ok := types[name]
		if !ok {
			t.Errorf("%s is of no type", name)
			continue
		}
		delete(types, name)
		fields, always := jsonFields(reflect.TypeOf(v))
		if diff := cmp.Diff(fields, properties); diff != "" {
			t.Errorf("%s: -type +schema\n%s", name, diff)
		}
		if diff := cmp.Diff(always, required); diff != "" {
			t.Errorf("%s, what is always there: -type +schema\n%s", name, diff)
		}
	}
	for name := range types {
		t.Errorf("no schema %s", name)
	}
}

// fields are the properties of a schema and those that are required, in order.
func (d *description) fields(v any) (properties, required []string) {
	schema, _ := d.resolve(v)
	all, _ := schema["allOf"].([]any)
	for _, part := range all {
		p, r := d.fields(part)
		properties, required = append(properties, p...), append(required, r...)
	}
	own, _ := schema["properties"].(map[string]any)
	for name := range own {
		properties = append(properties, name)
	}
	must, _ := schema["required"].([]any)
	for _, name := range must {
		required = append(required, name.(string))
	}
	slices.Sort(properties)
	slices.Sort(required)
	return properties, required
}

// jsonFields are the fields of a type in JSON and those that are never left out.
func jsonFields(t reflect.Type) (fields, always []string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			a, b := jsonFields(f.Type)
			fields, always = append(fields, a...), append(always, b...)
		case name != "" && f.IsExported():
			fields = append(fields, name)
			if !strings.Contains(options, "omit") {
				always = append(always, name)
			}
		}
	}
	slices.Sort(fields)
	slices.Sort(always)
	return fields, always
}

func TestWhatIsDescribedIsExplained(t *testing.T) {
	d := described()
	for name := range d.components("schemas") {
		schema, err := d.schema("components", "schemas", name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if schema.Description == "" && name != "FacetName" {
			t.Errorf("%s: no description", name)
		}
	}
	for name, p := range d.components("parameters") {
		if p.(map[string]any)["description"] == "" {
			t.Errorf("%s: no description", name)
		}
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	for _, c := range []struct{ base, server, origin string }{
		{"", "/", ""},
		{"https://x.example/help/", "https://x.example/help", "*"},
	} {
		s := serve(t, nil, Config{Searcher: empty(nil), BaseURL: c.base, Version: "v1.2.3-secret"})
		r := s.get("/openapi.json").want(t, 200, "application/json")
		var doc struct {
			OpenAPI string
			Info    struct{ Version string }
			Servers []struct{ URL string }
		}
		if err := json.Unmarshal([]byte(r.body), &doc); err != nil {
			t.Fatal(err)
		}
		if len(doc.Servers) != 1 || doc.Servers[0].URL != c.server {
			t.Errorf("servers %v, want %s", doc.Servers, c.server)
		}
		if strings.Contains(r.body, "1.2.3") || doc.Info.Version != "1" {
			t.Error("the program's version is told")
		}
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != c.origin {
			t.Errorf("may be read by %q, want %q", got, c.origin)
		}
		if again := s.get("/openapi.json", "If-None-Match", r.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("status %d for its tag", again.StatusCode)
		}
	}
}

// TestTheCheckOfAnswersCanFail holds that answers are really held against their
// description.
func TestTheCheckOfAnswersCanFail(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	good := s.get("/search?q=orm")
	problem := s.get("/search?size=0")
	for _, c := range []struct {
		claim, path string
		status      int
		header      http.Header
		body        string
	}{
		{"a field that is not described", "/search", 200, good.Header, strings.Replace(good.body, `"total"`, `"extra":1,"total"`, 1)},
		{"a field of a hit that is not described", "/search", 200, good.Header, strings.Replace(good.body, `"score"`, `"extra":1,"score"`, 1)},
		{"a field that is missing", "/search", 200, good.Header, strings.Replace(good.body, `"took_ms"`, `"took"`, 1)},
		{"a status", "/search", 402, good.Header, good.body},
		{"a type", "/search", 200, http.Header{"Content-Type": {"text/plain"}}, good.body},
		{"a problem without a status", "/search", 400, problem.Header, `{"title":"x"}`},
		{"a parameter that is answered", "/search?size=500", 200, good.Header, good.body},
		{"a parameter that is refused", "/suggest?match=1", 400, problem.Header, `{"title":"x","status":400,"parameter":"match"}`},
		{"no Retry-After", "/search", 503, problem.Header, strings.Replace(problem.body, "400", "503", 1)},
		{"no JSON", "/search", 200, good.Header, "{"},
	} {
		r, err := http.NewRequest(http.MethodGet, c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if described().check(r, c.status, c.header, []byte(c.body)) == nil {
			t.Errorf("%s is not noticed", c.claim)
		}
	}
}
