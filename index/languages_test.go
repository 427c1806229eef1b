package index_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/index"
	"faqbase/kb"
)

// A languageCase is a line of testdata/languages.txt.
type languageCase struct{ lang, question, query, marked string }

func languageCases(t *testing.T) (list []languageCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/languages.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if part := strings.Split(strings.TrimSpace(line), " | "); len(part) == 4 && !strings.HasPrefix(line, "#") {
			list = append(list, languageCase{part[0], part[1], part[2], part[3]})
		}
	}
	if len(list) == 0 {
		t.Fatal("no cases")
	}
	return list
}

// openFiles gives an engine that holds the pages of files.
func openFiles(t *testing.T, files fstest.MapFS) *index.Bleve {
	t.Helper()
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if err := e.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	return e
}

func find(t *testing.T, e *index.Bleve, q index.Query) *index.Results {
	t.Helper()
	if q.Size == 0 {
		q.Size = 20
	}
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var marked = regexp.MustCompile(`<mark>(.*?)</mark>`)

// marks are what is marked in HTML, in order of the alphabet.
func marks(html string) []string {
	var list []string
	for _, m := range marked.FindAllStringSubmatch(html, -1) {
		list = append(list, strings.ReplaceAll(m[1], "&#39;", "'"))
	}
	slices.Sort(list)
	return list
}

// TestWordsOfAllLanguagesAreFound looks for questions of many languages in one library
// that has them all, and in one that says nothing of languages.
func TestWordsOfAllLanguagesAreFound(t *testing.T) {
	cases := languageCases(t)
	for _, given := range []bool{true, false} {
		files := fstest.MapFS{"en.md": {Data: []byte("# Help\n\n## Is it free?\n\nYes, it is free for everyone who wants to use it.\n")}}
		name := make(map[string]string)
		for i, c := range cases {
			if name[c.question] != "" {
				continue
			}
			front := ""
			if given {
				front = "---\nlang: " + c.lang + "\n---\n"
			}
			file := fmt.Sprintf("p%02d", i)
			name[c.question] = file
			files[file+".md"] = &fstest.MapFile{Data: []byte(front + "# Page\n\n## FAQ\n\n### " + c.question + "\n\n1234.\n")}
		}
		e := openFiles(t, files)
		for _, c := range cases {
			t.Run(fmt.Sprintf("given %v/%s %s", given, c.lang, c.query), func(t *testing.T) {
				for _, h := range find(t, e, index.Query{Text: c.query}).Hits {
					if h.Page.Path != name[c.question] || h.Question == nil {
						continue
					}
					want := strings.Split(c.marked, ", ")
					slices.Sort(want)
					if got := marks(h.QuestionHTML); !slices.Equal(got, want) {
						t.Errorf("marked %q, want %q", got, want)
					}
					return
				}
				t.Errorf("%q is not found", c.question)
			})
		}
	}
}

func page(lang, text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("---\nlang: " + lang + "\n---\n" + text)}
}

// ids are those of the hits, in order.
func ids(r *index.Results) []string {
	var list []string
	for _, h := range r.Hits {
		id := h.Page.Path
		if h.Question != nil {
			id = h.Question.ID
		}
		list = append(list, id)
	}
	return list
}

func TestPagesOfTwoLanguages(t *testing.T) {
	files := fstest.MapFS{
		"de.md": page("de", "# Hilfe\n\n## FAQ\n\n### Wie verwalte ich Docks und Häuser? {#docks}\n\nMit dem Schlüssel öffnet man die Tür. Der Server steht im Keller. "+
			"Die Verbindungen zur Datenbank werden im Keller gehalten, und zwar von früh bis spät, weil sie dort niemanden stören und weil es warm ist. Danach ist Ruhe.\n\n"+
			"### Was kostet die Wohnung? {#wohnung}\n\nDie Miete.\n"),
		"en.md": page("en", "# Help\n\n## FAQ\n\n### How do I dock a window? {#dock}\n\nDrag it to the edge.\n\n"+
			"### Are containers man made? {#man}\n\nThey die when their process ends.\n"),
	}
	e := openFiles(t, files)
	tests := []struct{ claim, query, want string }{
		{"German stems count in German pages alone", "docker", "de#docks"},
		{"English stems count in English pages", "docking", "en#dock"},
		{"an article does not narrow the list, nor widen it", "die häuser", "de#docks"},
		{"a German stop word is content in an English query", "man containers", "en#man"},
		{"words of both languages are found", "wohnung windows", "de#wohnung en#dock"},
		{"what is excluded in another language is left out", "häuser wohnung -miete", "de#docks"},
	}
	for _, tt := range tests {
		t.Run(tt.claim, func(t *testing.T) {
			got := ids(find(t, e, index.Query{Text: tt.query}))
			slices.Sort(got)
			want := strings.Fields(tt.want)
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %q, want %q", tt.query, got, want)
			}
		})
	}
	t.Run("a correction has the accents of the word", func(t *testing.T) {
		r := find(t, e, index.Query{Text: "schlüsesl"})
		if want := []index.Correction{{From: "schlüsesl", To: "schlüssel"}}; !slices.Equal(r.Corrections, want) || len(r.Hits) != 1 {
			t.Errorf("corrected %v with %d hits, want %v with one", r.Corrections, len(r.Hits), want)
		}
	})
	t.Run("the snippet is the sentence with the other form", func(t *testing.T) {
		h := find(t, e, index.Query{Text: "verbindung datenbanken"}).Hits[0]
		if got, want := marks(h.SnippetHTML), []string{"Datenbank", "Verbindungen"}; !slices.Equal(got, want) {
			t.Errorf("marked %q in %q, want %q", got, h.SnippetHTML, want)
		}
	})
	t.Run("an explanation says that it is another form", func(t *testing.T) {
		h := find(t, e, index.Query{Text: "haus", Explain: true}).Hits[0]
		if got := h.Explanation.Reasons[0].Text; !strings.Contains(got, "hauser (another form) in the question") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a question is suggested although stop words differ", func(t *testing.T) {
		list, err := e.Suggest(t.Context(), "wie kann ich häuser verw", 5)
		if err != nil || len(list) != 1 || list[0].Text != "Wie verwalte ich Docks und Häuser?" {
			t.Errorf("got %v, %v", list, err)
		}
	})
}

func TestTheLanguageOfAPageIsWhatItSaysElseWhatItsTextSeems(t *testing.T) {
	const german = "# Hilfe\n\n## FAQ\n\n### Wie verwalte ich mehrere Häuser?\n\nMit dem Schlüssel, den man von der Verwaltung bekommt, und nicht ohne.\n"
	tests := []struct {
		claim, lang, text string
		found             bool
	}{
		{"a tag", "de", german, true},
		{"a tag with a country", "de-AT", german, true},
		{"a tag in capitals, with an underscore", "DE_ch", german, true},
		{"the text where there is no tag", "", german, true},
		{"the text where the tag is none", "German", german, true},
		{"not the text where a tag says otherwise", "en", german, false},
		{"a text with too few words says nothing", "", "# Hilfe\n\n## FAQ\n\n### Häuser?\n\nDie Häuser.\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.claim, func(t *testing.T) {
			e := openFiles(t, fstest.MapFS{"a.md": page(`"`+tt.lang+`"`, tt.text)})
			if found := len(find(t, e, index.Query{Text: "haus x"}).Hits) > 0; found != tt.found {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestFormsOutliveARestartAndFollowAnEdit(t *testing.T) {
	dir := t.TempDir()
	open := func(lang string) (*index.Bleve, uint64) {
		t.Helper()
		lib, err := kb.Load(fstest.MapFS{"a.md": page(lang, "# Hilfe\n\n## FAQ\n\n### Häuser?\n\nViele.\n")}, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := index.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		return e, e.Indexed()
	}
	for _, step := range []struct {
		claim, lang string
		written     uint64
		found       int
	}{
		{"a first start writes", "de", 2, 1},
		{"a restart writes nothing and finds the same", "de", 0, 1},
		{"another language writes the page again", "en", 2, 0},
	} {
		e, written := open(step.lang)
		if found := len(find(t, e, index.Query{Text: "haus x"}).Hits); written != step.written || found != step.found {
			t.Errorf("%s: %d written and %d found, want %d and %d", step.claim, written, found, step.written, step.found)
		}
		e.Close()
	}
}

func TestScriptsWithoutSpaces(t *testing.T) {
	e := openFiles(t, fstest.MapFS{
		"ja.md": page("ja", "# ヘルプ\n\n## FAQ\n\n### データベースに接続するには？ {#db}\n\n設定を開きます。次に「接続」を選びます。\n\n### 料金はいくらですか？ {#price}\n\n無料です。\n"),
		"zh.md": page("zh", "# 帮助\n\n## FAQ\n\n### 如何连接数据库？ {#db}\n\n打开设置。\n\n### 如何备份数据？ {#backup}\n\n使用命令。\n"),
	})
	t.Run("a question as it is comes first, and is told", func(t *testing.T) {
		r := find(t, e, index.Query{Text: "料金はいくらですか"})
		if len(r.Hits) == 0 || r.Hits[0].Question.ID != "ja#price" || !r.Hits[0].Asked {
			t.Errorf("got %v", ids(r))
		}
	})
	t.Run("each character that is typed finds", func(t *testing.T) {
		for _, text := range []string{"备", "如何备", "备份", "备份数", "备份数据"} {
			if got := ids(find(t, e, index.Query{Text: text})); len(got) == 0 || got[0] != "zh#backup" {
				t.Errorf("%q finds %q", text, got)
			}
		}
	})
	t.Run("a word is excluded", func(t *testing.T) {
		if got := ids(find(t, e, index.Query{Text: "数据 -备份"})); slices.Contains(got, "zh#backup") || !slices.Contains(got, "zh#db") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a phrase is required", func(t *testing.T) {
		if got := ids(find(t, e, index.Query{Text: `"备份数据"`})); !slices.Equal(got, []string{"zh#backup"}) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("questions are suggested by what they begin with, before those that have it", func(t *testing.T) {
		for _, tt := range []struct{ typed, want string }{
			{"料金は", "料金はいくらですか？"}, {"データベ", "データベースに接続するには？"}, {"数据库", "如何连接数据库？"}, {"如何备", "如何备份数据？"}, {"库", "如何连接数据库？"},
		} {
			list, err := e.Suggest(t.Context(), tt.typed, 5)
			if err != nil || len(list) == 0 || list[0].Text != tt.want {
				t.Errorf("%q suggests %v, %v", tt.typed, list, err)
			}
		}
	})
	t.Run("what is near is told where nothing is found", func(t *testing.T) {
		if r := find(t, e, index.Query{Text: "备用"}); len(r.Hits) == 0 && len(r.Nearest) == 0 {
			t.Error("nothing is near")
		}
	})
}
