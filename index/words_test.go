package index

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	data, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		text, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "->")
		if !ok || strings.HasPrefix(line, "# ") {
			continue
		}
		n++
		text, want = strings.TrimSpace(text), strings.TrimSpace(want)
		t.Run(text, func(t *testing.T) {
			if got := showWords(words(text)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	if n == 0 {
		t.Fatal("no cases")
	}
}

// showWords gives the words, then the extra forms in brackets.
func showWords(ws []word) string {
	var base, extra []string
	for _, w := range ws {
		if w.extra {
			extra = append(extra, w.text)
		} else {
			base = append(base, w.text)
		}
	}
	s := strings.Join(base, " ")
	if len(extra) > 0 {
		s += " [" + strings.Join(extra, " ") + "]"
	}
	return s
}

func TestWordPlaces(t *testing.T) {
	text := "Ask O'Reilly's Node.js (C++) 数据库"
	var got []string
	for _, w := range words(text) {
		got = append(got, w.text+"="+text[w.start:w.end])
	}
	want := []string{"ask=Ask", "oreilly=O'Reilly", "node=Node", "js=js", "nodejs=Node.js", "c++=C++", "数据=数据", "据库=据库"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzWords(f *testing.F) {
	data, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f.Add(line)
	}
	f.Add("a\xff'b\xc3-\u200dc\u0301 .\u0301x ++#")
	f.Fuzz(func(t *testing.T, s string) {
		pos := -1
		for _, w := range words(s) {
			switch {
			case w.start < 0 || w.start >= w.end || w.end > len(s):
				t.Fatalf("%q: %+v is not within", s, w)
			case w.text == "" || len(w.text) > maxWordBytes*maxCompoundParts+2 || strings.ContainsAny(w.text, " \x00"):
				t.Fatalf("%q: bad text %+v", s, w)
			case !utf8.ValidString(w.text):
				t.Fatalf("%q: invalid %+v", s, w)
			case !w.extra && w.pos != pos+1:
				t.Fatalf("%q: %+v after place %d", s, w, pos)
			case w.span < 1 || w.pos > pos+1:
				t.Fatalf("%q: place of %+v", s, w)
			}
			if !w.extra {
				pos = w.pos
			}
		}
	})
}

func TestNear(t *testing.T) {
	found := newVocabulary()
	for _, w := range strings.Fields("context content contents django sqlalchemy postgres postgresql orm 1234567 контекст") {
		found.fields[w] = 1
	}
	d := (&dictionary{}).with(found, newClasses())
	tests := []struct {
		claim, text string
		edits       int
		want        string
	}{
		{"a dropped letter", "contxt", 1, "context"},
		{"an added letter", "djanngo", 1, "django"},
		{"a changed letter", "djingo", 1, "django"},
		{"swapped neighbours are one edit", "dajngo", 1, "django"},
		{"two edits", "sqlalcemi", 2, "sqlalchemy"},
		{"all within two edits", "postgrs", 2, "postgres"},
		{"beyond the limit", "dxxngo", 1, ""},
		{"words with digits are left alone", "1234568", 2, ""},
		{"edits are counted in characters", "контест", 1, "контекст"},
		{"the word itself is at no distance", "content", 1, "content contents context"},
	}
	for _, tt := range tests {
		t.Run(tt.claim, func(t *testing.T) {
			list := d.near(tt.text, tt.edits)
			slices.SortStableFunc(list, func(a, b near) int { return a.distance - b.distance })
			var got []string
			for _, n := range list {
				got = append(got, d.words[n.word].text)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestDictionary(t *testing.T) {
	c := newClasses()
	a := (&dictionary{}).with(&vocabulary{fields: map[string]fieldSet{"migrate": 1, "migrations": 2, "zebra": 1}}, c)
	t.Run("words of one stem are a class", func(t *testing.T) {
		i, _ := a.find("migrate")
		var got []string
		for _, k := range a.class(a.words[i].class) {
			got = append(got, a.words[k].text)
		}
		if strings.Join(got, " ") != "migrate migrations" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("more words make another dictionary with all of them", func(t *testing.T) {
		b := a.with(&vocabulary{fields: map[string]fieldSet{"migrating": 1, "aardvark": 1, "zebra": 2}}, c)
		var got []string
		for _, w := range b.words {
			got = append(got, w.text)
		}
		if strings.Join(got, " ") != "aardvark migrate migrating migrations zebra" {
			t.Errorf("got %v", got)
		}
		if i, _ := b.find("zebra"); b.words[i].fields != 3 {
			t.Errorf("fields of zebra: %b", b.words[i].fields)
		}
		if len(a.words) != 3 {
			t.Error("the first dictionary changed")
		}
	})
	t.Run("nothing new leaves it as it is", func(t *testing.T) {
		if a.with(&vocabulary{fields: map[string]fieldSet{"zebra": 1}}, c) != a {
			t.Error("another dictionary")
		}
	})
	t.Run("a prefix is a range", func(t *testing.T) {
		if from, to := a.withPrefix("migra"); from != 0 || to != 2 {
			t.Errorf("%d to %d", from, to)
		}
		if from, to := a.withPrefix("zz"); from != to {
			t.Errorf("%d to %d", from, to)
		}
	})
}
