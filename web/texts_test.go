package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"golang.org/x/net/html"

	"faqbase/index"
	"faqbase/kb"
)

// saidInAttributes are the attributes that people read or hear.
var saidInAttributes = map[string]bool{"alt": true, "aria-label": true, "aria-description": true, "label": true, "placeholder": true, "title": true}

// literals are the texts for people in a template: letters between tags, in the
// attributes that are read out, and strings in actions that look like words.
func literals(tree *parse.Tree) (found []string) {
	var markup strings.Builder
	var walk func(n parse.Node)
	walk = func(n parse.Node) {
		if n == nil || reflect.ValueOf(n).IsNil() {
			return
		}
		branch := func(b *parse.BranchNode) {
			walk(b.Pipe)
			walk(b.List)
			walk(b.ElseList)
		}
		switch n := n.(type) {
		case *parse.ListNode:
			for _, child := range n.Nodes {
				walk(child)
			}
		case *parse.TextNode:
			markup.Write(n.Text)
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.TemplateNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			for _, command := range n.Cmds {
				for _, arg := range command.Args {
					walk(arg)
				}
			}
		case *parse.StringNode:
			if wordy.MatchString(n.Text) {
				found = append(found, n.Text)
			}
		}
	}
	walk(tree.Root)
	inside := strings.NewReplacer("<noscript>", "", "</noscript>", "").Replace(markup.String()) // else no markup to the tokenizer
	for z := html.NewTokenizer(strings.NewReader(inside)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return found
		}
		token := z.Token()
		if kind == html.TextToken && strings.ContainsFunc(token.Data, unicode.IsLetter) {
			found = append(found, strings.TrimSpace(token.Data))
		}
		for _, a := range token.Attr {
			if saidInAttributes[a.Key] && strings.ContainsFunc(a.Val, unicode.IsLetter) {
				found = append(found, a.Val)
			}
		}
	}
}

// wordy are strings with a capital, or with two words.
var wordy = regexp.MustCompile(`^\pL* |^\p{Lu}\p{Ll}`)

func TestTextsAreInOnePlace(t *testing.T) {
	s, err := New(Config{Searcher: empty(nil)})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for page, set := range readTemplates(t, s) {
		for _, tmpl := range set {
			seen++
			for _, text := range literals(tmpl) {
				t.Errorf("%s, template %s says %q; texts belong into texts.go", page, tmpl.Name, text)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d templates were read", seen)
	}
	for source, want := range map[string]string{
		`<p>Hello {{.}}</p>`:                              "Hello",
		`<p>{{if .}}<b>{{.}}</b> more{{end}}</p>`:         "more",
		`<input placeholder="Find {{.}}">`:                "Find ",
		`<noscript><b>Turn {{.}}</b></noscript>`:          "Turn",
		`{{printf "two words"}}`:                          "two words",
		`{{range .}}{{else}}{{with .}}None{{end}}{{end}}`: "None",
		`{{template "x" (print "Word")}}`:                 "Word",
		`<a class="tag" href="{{print "/tools/"}}" aria-labelledby="Q-x">{{.}}, – {{.}}</a>{{template "words"}}`: "",
	} {
		trees, err := parse.Parse("x", source, "", "", map[string]any{"print": 0, "printf": 0})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(literals(trees["x"]), "|"); got != strings.TrimSpace(want) && got != want {
			t.Errorf("%s says %q, want %q", source, got, want)
		}
	}
}

// readTemplates parses each file of templates by itself, before html/template
// changes what it has parsed.
func readTemplates(t *testing.T, s *Server) map[string]map[string]*parse.Tree {
	t.Helper()
	files, err := fs.Glob(embedded, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	builtins := make(map[string]any)
	for _, name := range strings.Fields("and call html index slice js len not or print printf println urlquery eq ge gt le lt ne") {
		builtins[name] = 0
	}
	sets := make(map[string]map[string]*parse.Tree)
	for _, file := range files {
		source, err := fs.ReadFile(embedded, file)
		if err != nil {
			t.Fatal(err)
		}
		if sets[file], err = parse.Parse(file, string(source), "", "", s.templateFuncs(s.assets), builtins); err != nil {
			t.Fatal(err)
		}
	}
	return sets
}

// scriptStrings are comments, which are left out, and the strings of a script.
var scriptStrings = regexp.MustCompile(`//[^\n]*|/\*[\s\S]*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|` + "`(?:\\\\.|[^`\\\\])*`")

// shownByScript is what stands directly before a string that a script shows or tells
// a screen reader.
var shownByScript = regexp.MustCompile(`(?:\b(?:say|sayLater|append|replaceChildren)\(|\bmake\("\w*", "[^"]*", |\b(?:textContent|ariaLabel|title|placeholder)(?: =|:) |"aria-label", )$`)

// wordyInScript are strings with a capital, or with a space before a word.
var wordyInScript = regexp.MustCompile(`^\pL* \pL|^\p{Lu}\p{Ll}`)

// namesInScript are what browsers call keys and errors.
var namesInScript = regexp.MustCompile(`^(?:Arrow\w+|Enter|Escape|AbortError)$`)

// scriptTextsOf are the texts for people in a script: strings that look like words,
// and those that have a letter and are shown.
func scriptTextsOf(source string) (found []string) {
	for _, at := range scriptStrings.FindAllStringIndex(source, -1) {
		text := source[at[0]:at[1]]
		if text[0] == '/' {
			continue
		}
		text = text[1 : len(text)-1]
		line := source[strings.LastIndexByte(source[:at[0]], '\n')+1 : at[0]]
		shown := strings.ContainsFunc(text, unicode.IsLetter) && shownByScript.MatchString(line)
		if shown || wordyInScript.MatchString(text) && !namesInScript.MatchString(text) {
			found = append(found, text)
		}
	}
	return found
}

func TestTheScriptHasNoTextOfItsOwn(t *testing.T) {
	source, err := fs.ReadFile(embedded, "assets/app.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range scriptTextsOf(string(source)) {
		t.Errorf("app.js says %q; texts belong into texts.go", text)
	}
	for source, want := range map[string]string{
		`say("copied");`:             "copied",
		`button.textContent = "ok";`: "ok",
		`const m = failed ? "Not copied" : texts.copied; // "so"`: "Not copied",
		"say(`${n} found`)":                                "${n} found",
		`sayLater(n + " found");`:                          " found",
		`make("a", "", "reload")`:                          "reload",
		`bar.replaceChildren("reload", link);`:             "reload",
		`field.setAttribute("aria-label", "find");`:        "find",
		`make("a", "tag", text); $("Q-bar").hidden = true`: "",
		`if (event.key === "Enter") say(texts.copied)`:     "",
	} {
		if got := strings.Join(scriptTextsOf(source), "|"); got != want {
			t.Errorf("%s says %q, want %q", source, got, want)
		}
	}
}

func TestTextsOfTheScriptAreComplete(t *testing.T) {
	source, err := fs.ReadFile(embedded, "assets/app.js")
	if err != nil {
		t.Fatal(err)
	}
	said := make(map[string]bool)
	for _, m := range regexp.MustCompile(`\btexts\.(\w+)`).FindAllStringSubmatch(string(source), -1) {
		said[m[1]] = true
	}
	v := reflect.ValueOf(ui.Script)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		if v.Field(i).IsZero() {
			t.Errorf("there is no text %s", name)
		}
		if !said[name] {
			t.Errorf("app.js does not say %s", name)
		}
		delete(said, name)
	}
	for name := range said {
		t.Errorf("app.js says texts.%s, which there is not", name)
	}
	page := parseDocument(t, open(t, load(t, kb.Starter(), ""), Config{}).get("/").body)
	var sent scriptTexts
	for _, n := range page.all {
		if id, _ := attr(n, "id"); id == "Q-texts" {
			err = json.Unmarshal([]byte(text(n)), &sent)
		}
	}
	if err != nil || !reflect.DeepEqual(sent, ui.Script) {
		t.Errorf("a page gives the script %+v (%v), want %+v", sent, err, ui.Script)
	}
}

func TestTextsAreComplete(t *testing.T) {
	v := reflect.ValueOf(*ui)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("there is no text %s", v.Type().Field(i).Name)
		}
	}
	var said strings.Builder // by templates and handlers, less the declarations
	templates, err := fs.Glob(embedded, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range templates {
		source, err := fs.ReadFile(embedded, file)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(source)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			said.Write(source)
		}
	}
	names := make(map[string]bool)
	for _, m := range regexp.MustCompile(`\b(?:t|ui)\.(\w+)`).FindAllStringSubmatch(said.String(), -1) {
		names[m[1]] = true
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if !names[name] {
			t.Errorf("nobody says %s", name)
		}
	}
}

func TestReasons(t *testing.T) {
	for want, r := range map[string]index.Related{
		"similar question":              {Similar: true, Shared: kb.Shared{Tools: []string{"uv"}}},
		"also about npm, pnpm and Yarn": {Shared: kb.Shared{Tools: []string{"npm", "pnpm", "Yarn"}, Category: []string{"C"}}},
		"ORMs in Python":                {Shared: kb.Shared{Category: []string{"ORMs", "C"}, Ecosystem: []string{"Python"}}},
		"also about ORMs":               {Shared: kb.Shared{Category: []string{"ORMs"}}},
		"also about Python":             {Shared: kb.Shared{Ecosystem: []string{"Python"}}},
	} {
		if got := ui.related(r); got != want {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for s, want := range map[sentence]string{
		"{a} for {b}.": "[ a][ for ][ b][.]",
		"plain":        "[plain]",
		"":             "",
		"a {b":         "[a ][ b]",
	} {
		var got strings.Builder
		for _, part := range s.Parts() {
			if part.Place != "" {
				fmt.Fprintf(&got, "[ %s]", part.Place)
			} else {
				fmt.Fprintf(&got, "[%s]", part.Text)
			}
		}
		if got.String() != want {
			t.Errorf("%q has the parts %s, want %s", s, got.String(), want)
		}
	}
	if got := sentence("{a} for {b}.").With(map[string]string{"a": "1", "b": "{a}"}); got != "1 for {a}." {
		t.Errorf("with texts it is %q", got)
	}
}

func TestLanguageOfPages(t *testing.T) {
	page := func(lang string) string {
		return "---\ntitle: Foreign\nlang: \"" + lang + "\"\npublished: 2026-01-02\ntools: [Gin, Echo]\n---\n\nIntro.\n\n## Why foreign?\n\nSo.\n"
	}
	for lang, want := range map[string]string{
		"de":         `lang="de"`,
		"ar":         `lang="ar" dir="rtl"`,
		"he-IL":      `lang="he-IL" dir="rtl"`,
		"ur":         `lang="ur" dir="rtl"`,
		"az-Arab":    `lang="az-Arab" dir="rtl"`,
		"uz":         `lang="uz"`,
		"":           ``,
		"Klingon!":   ``,
		`"><script>`: ``,
	} {
		source := strings.ReplaceAll(page(lang), `""><script>"`, `"\"><script>"`)
		lib := load(t, fixture(t, map[string]string{"foreign.md": source}), "")
		s := open(t, lib, Config{})
		body := s.get("/kb/foreign").want(t, 200, "text/html").body
		validate(t, "/kb/foreign", body)
		var article, meta string
		for _, n := range parseDocument(t, body).all {
			var b strings.Builder
			for _, a := range n.Attr {
				if a.Key == "lang" || a.Key == "dir" {
					fmt.Fprintf(&b, ` %s="%s"`, a.Key, a.Val)
				}
			}
			class, _ := attr(n, "class")
			switch {
			case n.Data == "html" && b.String() != ` lang="en" dir="ltr"`:
				t.Errorf("%s: the interface has%s", lang, b.String())
			case n.Data == "article":
				article = strings.TrimSpace(b.String())
			case class == "meta" && meta == "":
				meta = strings.TrimSpace(b.String())
			}
		}
		if article != want {
			t.Errorf("%q: the article has %s, want %s", lang, article, want)
		}
		wantMeta := ""
		if want != "" {
			wantMeta = `lang="en"`
			if strings.Contains(want, "rtl") {
				wantMeta += ` dir="ltr"`
			}
		}
		if meta != wantMeta {
			t.Errorf("%q: what the interface says in it has %s, want %s", lang, meta, wantMeta)
		}
		if want != "" {
			for _, path := range []string{"/?q=foreign", "/tools/gin"} {
				if body := s.get(path).body; !strings.Contains(body, want+">Why ") && !strings.Contains(body, want+">Why <mark>") {
					t.Errorf("%s: %s does not say that the question is in %s", lang, path, want)
				}
			}
		}
	}
}

// TestStylesKnowNoLeftAndRight holds the styles to what follows the direction of the
// text, apart from columns that an author aligned.
func TestStylesKnowNoLeftAndRight(t *testing.T) {
	css, err := fs.ReadFile(embedded, "assets/app.css")
	if err != nil {
		t.Fatal(err)
	}
	physical := regexp.MustCompile(`(?:^|[\s;{])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)`)
	uneven := regexp.MustCompile(`(?:margin|padding|inset|border-radius)\s*:\s*([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+)\s*[;}]`)
	for i, line := range strings.Split(string(css), "\n") {
		rest := regexp.MustCompile(`\[align="\w+"\] \{[^}]*\}`).ReplaceAllString(line, "")
		rest = regexp.MustCompile(`calc\([^;]*?\)`).ReplaceAllString(rest, "calc")
		for _, found := range physical.FindAllString(rest, -1) {
			t.Errorf("app.css:%d: %s", i+1, strings.TrimSpace(found))
		}
		for _, m := range uneven.FindAllStringSubmatch(rest, -1) {
			if m[2] != m[4] {
				t.Errorf("app.css:%d: left and right differ in %s", i+1, m[0])
			}
		}
	}
}
