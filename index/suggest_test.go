package index

import (
	"slices"
	"strings"
	"testing"

	"faqbase/kb"
)

func TestSuggestBounds(t *testing.T) {
	names := make([]string, 80)
	for i := range names {
		names[i] = "alpha"
	}
	b := openTest(t, "", testLibrary(t, names...))
	for name, c := range map[string]struct {
		text string
		n    int
		want int
	}{
		"as many as asked for are given":      {"what", 3, 3},
		"fifty at most":                       {"what", 1000, 50},
		"none for none":                       {"what", 0, 0},
		"none for less than none":             {"what", -1, 0},
		"none for spaces":                     {"  ", 5, 0},
		"none for bytes that are no text":     {"\xff\xfe\x00", 5, 0},
		"what is far too long is read partly": {"what " + strings.Repeat(" ", maxTypedBytes) + "nowhere", 5, 5},
		"words past the limit are not read":   {strings.Repeat("p ", maxWords) + "nowhere", 5, 5},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := b.Suggest(t.Context(), c.text, c.n)
			if err != nil || len(got) != c.want {
				t.Errorf("got %d suggestions, want %d: %v", len(got), c.want, err)
			}
		})
	}
	t.Run("a closed engine says so", func(t *testing.T) {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Suggest(t.Context(), "what", 5); err != ErrClosed {
			t.Errorf("suggest: %v", err)
		}
		if _, err := b.Related(t.Context(), "p00", 5); err != ErrClosed {
			t.Errorf("related: %v", err)
		}
	})
}

func TestSuggestShares(t *testing.T) {
	b := openTest(t, "", testLibrary(t, "alpha", "beta"))
	first := b.state.Load().suggester.filled()
	if err := b.Apply(t.Context(), testLibrary(t, "alpha", "gamma")); err != nil {
		t.Fatal(err)
	}
	second := b.state.Load().suggester.filled()
	t.Run("words are sorted anew only where there are new ones", func(t *testing.T) {
		if first.table != second.table {
			t.Error("another table for an edited answer")
		}
	})
	t.Run("words that are gone begin nothing", func(t *testing.T) {
		// A page that goes takes its words along, the table keeps them.
		if err := b.Apply(t.Context(), &kb.Library{}); err != nil {
			t.Fatal(err)
		}
		g := b.state.Load().suggester.filled()
		if len(g.table.words) == 0 {
			t.Fatal("no words left to test with")
		}
		for _, w := range g.table.words {
			if p, ok := g.begins(w.text); ok {
				t.Errorf("%s begins %v", w.text, p)
			}
		}
	})
}

func TestBeginning(t *testing.T) {
	for _, c := range []struct {
		typed, word string
		limit, want int
	}{
		{"djagno", "django", 1, 1},
		{"djag", "django", 1, 1}, // djan
		{"postgers", "postgresql", 2, 1},
		{"posgr", "postgresql", 1, 1},
		{"fsater", "faster", 1, 1},
		{"commits", "commit", 1, 1},
		{"qwer", "django", 1, 2},
		{"abcd", "ab", 1, 2}, // nothing is left to compare
		{"café", "cafe", 1, 1},
	} {
		var m editMatrix
		if got := m.beginning([]rune(c.typed), c.word, c.limit); got != c.want {
			t.Errorf("%s, %s: got %d, want %d", c.typed, c.word, got, c.want)
		}
	}
}

func FuzzSuggest(f *testing.F) {
	lib := testLibrary(f, "alpha", "beta gamma", "delta")
	b := openTest(f, "", lib)
	for _, s := range []string{"p", "page o", "pgae", "pageone", "c++ .net 1.2.3", "日本語", "-d \"", "tool:x", "\xff", "İstanbul ß", "a'b’s", "xʼ ʼ"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		got, err := b.Suggest(t.Context(), text, n)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > max(0, min(n, maxSuggestions)) {
			t.Errorf("%d suggestions, asked for %d", len(got), n)
		}
		for i, s := range got {
			if slices.ContainsFunc(got[:i], func(other Suggestion) bool { return other.URL == s.URL }) {
				t.Errorf("%s twice", s.URL)
			}
		}
		again, err := b.Suggest(t.Context(), text, n)
		if err != nil || !slices.Equal(got, again) {
			t.Errorf("got %v, then %v, %v", got, again, err)
		}
	})
}
