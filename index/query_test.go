package index

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"faqbase/kb"
)

// smallCatalog is of a page with two tools, one of two words.
func smallCatalog(t testing.TB) *catalog {
	t.Helper()
	lib, err := kb.Load(fstest.MapFS{"python/a.md": {Data: []byte(
		"---\ncategory: ORMs\ntools: [SQLAlchemy, Django ORM]\n---\n## FAQ\n### Is tool:flask -fast? {#fast}\nNo, <b>not</b> & never.\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := newClasses()
	var pages []*pageEntries
	for _, p := range lib.Pages {
		key := keyOf(lib, p, nil)
		pages = append(pages, entriesOf(p, nil, key, documentsOf(lib, p, nil, key, newVocabulary()).lengths, c))
	}
	catalog, _ := newCatalog(lib, pages, c.len(), defaultWeights(), nil)
	return catalog
}

func TestReadQuery(t *testing.T) {
	c := smallCatalog(t)
	tests := []struct{ claim, text, words, excluded, tool string }{
		{"free words", "Django orm", "django orm", "", ""},
		{"a known tool is a selection", "tool:sqlalchemy fast", "fast", "", "SQLAlchemy"},
		{"a tool of two words is quoted", `fast tool:"django orm"`, "fast", "", "Django ORM"},
		{"the facet's name may be in capitals", "Tool:SQLAlchemy", "", "", "SQLAlchemy"},
		{"an unknown tool is words", "tool:flask", "tool flask", "", ""},
		{"another name before a colon is words", "error: foo", "error foo", "", ""},
		{"a tool without a name is a word", "tool:", "tool", "", ""},
		{"a long word after - is excluded", "orm -django", "orm", "django", ""},
		{"a phrase after - is excluded as one", `orm -"django admin" fast`, "orm fast", "django admin", ""},
		{"a - before a quote without its counterpart is passed over", `orm -"django`, "orm django", "", ""},
		{"nothing in an excluded phrase selects", `orm -"use tool:sqlalchemy"`, "orm", "use tool sqlalchemy", ""},
		{"a compound after - is excluded as a phrase", "orm -django-orm", "orm", "django orm", ""},
		{"a short word after - is a word", "compose up -d", "compose up d", "", ""},
		{"a word after -- is a word", "compose --help", "compose help", "", ""},
		{"a - inside a word is none of this", "django-orm", "django orm", "", ""},
		{"a lone - is nothing", "orm - django", "orm django", "", ""},
		{"exclusions alone are words", "-django", "django", "", ""},
		{"a question is read as it stands", "is tool:flask -fast", "is tool flask fast", "", ""},
		{"repeated words are one", "orm orm ORM", "orm", "", ""},
		{"nothing but signs has no words", "?!", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.claim, func(t *testing.T) {
			r := readQuery(Query{Text: tt.text}, c, &dictionary{})
			var got, excluded []string
			for _, w := range r.words {
				got = append(got, w.text)
			}
			for _, e := range r.excluded {
				excluded = append(excluded, strings.Join(e, " "))
			}
			if s := strings.Join(got, " "); s != tt.words {
				t.Errorf("words %q, want %q", s, tt.words)
			}
			if s := strings.Join(excluded, ","); s != tt.excluded {
				t.Errorf("excluded %q, want %q", s, tt.excluded)
			}
			if s := strings.Join(r.query.Tool, ","); s != tt.tool {
				t.Errorf("tools %q, want %q", s, tt.tool)
			}
			if r.query.Text != tt.text {
				t.Errorf("text %q was changed", r.query.Text)
			}
		})
	}
	t.Run("only the last word is a beginning", func(t *testing.T) {
		r := readQuery(Query{Text: "fast djan"}, c, &dictionary{})
		if r.words[0].prefix || !r.words[1].prefix {
			t.Errorf("%+v", r.words)
		}
	})
	t.Run("a quoted last word is no beginning", func(t *testing.T) {
		if r := readQuery(Query{Text: `fast "djan"`}, c, &dictionary{}); r.words[1].prefix || !r.words[1].quoted {
			t.Errorf("%+v", r.words)
		}
	})
}

func FuzzReadQuery(f *testing.F) {
	for _, s := range []string{
		"", " ", `"`, `""`, `"a" "b`, "tool:", `tool:"`, `tool:""`, `tool:"django orm" -x -yyy --zzz`, "-", "--", "-a-b-c",
		"category:orms ecosystem:python tool:sqlalchemy", "is tool:flask -fast?", "“curly” „low“", "c++ -c++ .net", "\xff\xfe -\xff",
		strings.Repeat("word ", 40), strings.Repeat("-abc ", 40), "数据库 -数据库",
	} {
		f.Add(s)
	}
	c := smallCatalog(f)
	f.Fuzz(func(t *testing.T, text string) {
		r := readQuery(Query{Text: text}, c, &dictionary{})
		if r.query.Text != text || r.query.Page != 1 {
			t.Fatalf("query changed: %+v", r.query)
		}
		if len(r.words) > maxWords {
			t.Fatalf("%d words", len(r.words))
		}
		for _, w := range r.words {
			if w.text == "" || w.typed == "" || w.count < 1 {
				t.Fatalf("word %+v", w)
			}
		}
		for _, list := range append(r.phrases, r.excluded...) {
			if len(list) == 0 {
				t.Fatal("empty phrase")
			}
		}
		if r.blank && len(r.words) > 0 {
			t.Fatal("blank, with words")
		}
	})
}

var markTags = regexp.MustCompile(`</?mark>`)

// FuzzMarkup marks arbitrary words of arbitrary texts: without the marks, the text
// must be as it was, escaped.
func FuzzMarkup(f *testing.F) {
	f.Add("Is <b>C++</b> & Node.js fast?", "c++ nodejs js")
	f.Add("one two  three\nfour", "one two three four")
	f.Add("<mark>x</mark>", "mark x")
	f.Add("a\xffb 数据库", "b 数据 据库")
	f.Fuzz(func(t *testing.T, text, marked string) {
		mk := &marker{words: make(map[string]uint32), weight: []float64{1}}
		for _, w := range words(marked) {
			mk.words[w.text] = 1
		}
		out := markup(text, mk.matches(text))
		if got, want := markTags.ReplaceAllString(out, ""), html.EscapeString(text); got != want {
			t.Fatalf("%q became %q", want, got)
		}
		if strings.Count(out, "<mark>") != strings.Count(out, "</mark>") {
			t.Fatalf("unbalanced %q", out)
		}
		if !utf8.ValidString(text) {
			return
		}
		e := &entry{question: &kb.Question{Answer: text}}
		if s, _ := mk.snippet(e); strings.ContainsAny(markTags.ReplaceAllString(s, ""), "<>") {
			t.Fatalf("unescaped %q", s)
		}
	})
}
