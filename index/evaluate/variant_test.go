package evaluate

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestVariantsGolden types each line of testdata/queries.txt in every variant.
func TestVariantsGolden(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("testdata", "queries.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, text := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		for _, v := range Variants {
			fmt.Fprintf(&b, "%-7s %s\n", v, v.Of(fmt.Sprint("q", i), text, 1))
		}
		b.WriteByte('\n')
	}
	golden := filepath.Join("testdata", "variants.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("(-want +got); -update writes it anew\n%s", diff)
	}
}

func TestVariants(t *testing.T) {
	const text = "is the Database schema MIGRATED automatically by django"
	words := strings.Fields(text)
	// changed are the places of the words of typed that are not those of text.
	changed := func(typed string) (places []int) {
		for i, w := range strings.Fields(typed) {
			if w != words[i] {
				places = append(places, i)
			}
		}
		return places
	}
	t.Run("a typo is in one word of five or more letters and is one edit", func(t *testing.T) {
		for i := range 2000 {
			typed := Typo1.Of(fmt.Sprint(i), text, 1)
			places := changed(typed)
			if len(places) != 1 || len(words[places[0]]) < minTypoLetters || !oneEdit(words[places[0]], strings.Fields(typed)[places[0]]) {
				t.Fatalf("%q", typed)
			}
		}
	})
	t.Run("two typos are in two words, one edit each", func(t *testing.T) {
		for i := range 2000 {
			typed := Typo2.Of(fmt.Sprint(i), text, 1)
			places := changed(typed)
			if len(places) != 2 {
				t.Fatalf("%q", typed)
			}
			for _, p := range places {
				if len(words[p]) < minTypoLetters || !oneEdit(words[p], strings.Fields(typed)[p]) {
					t.Fatalf("%q", typed)
				}
			}
		}
	})
	t.Run("two typos in the only long word never leave it as it is", func(t *testing.T) {
		for i := range 2000 {
			if typed := Typo2.Of(fmt.Sprint(i), "a django orm", 1); typed == "a django orm" || !strings.HasPrefix(typed, "a ") || !strings.HasSuffix(typed, " orm") {
				t.Fatalf("%q", typed)
			}
		}
	})
	t.Run("every kind of typo happens", func(t *testing.T) {
		var longer, shorter, replaced, swapped int
		for i := range 2000 {
			typed := []rune(Typo1.Of(fmt.Sprint(i), "python", 1))
			same := slices.Compare(slices.Sorted(slices.Values(typed)), slices.Sorted(slices.Values([]rune("python")))) == 0
			switch {
			case len(typed) > 6:
				longer++
			case len(typed) < 6:
				shorter++
			case same:
				swapped++
			default:
				replaced++
			}
		}
		for kind, n := range map[string]int{"put in": longer, "left out": shorter, "replaced": replaced, "swapped": swapped} {
			if n < 400 || n > 600 {
				t.Errorf("%s: %d of 2000, want about 500", kind, n)
			}
		}
	})
	t.Run("another seed and another query make another typo", func(t *testing.T) {
		a := Typo1.Of("a", text, 1)
		if a != Typo1.Of("a", text, 1) {
			t.Error("the same seed and id give another typo")
		}
		if a == Typo1.Of("a", text, 2) || a == Typo1.Of("b", text, 1) {
			t.Errorf("%q again", a)
		}
	})
	t.Run("keys are neighbours of each other", func(t *testing.T) {
		for i, keys := range neighbours {
			for _, k := range keys {
				if !strings.ContainsRune(neighbours[k-'a'], rune('a'+i)) {
					t.Errorf("%c is beside %c but not the other way", 'a'+i, k)
				}
			}
		}
	})
}

// oneEdit tells whether b is a with a letter put in, left out or replaced, or two
// neighbours swapped.
func oneEdit(a, b string) bool {
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	a, b = a[start:len(a)-end], b[start:len(b)-end]
	return len(a)+len(b) == 1 || len(a) == 1 && len(b) == 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// FuzzVariants types any text in every variant: it stays text, none is empty that
// was not, and the same again is the same.
func FuzzVariants(f *testing.F) {
	f.Add("q1", "How do I undo the last commit?", uint64(1))
	f.Add("q2", "don’t", uint64(2))
	f.Add("", "ααααα 12345 \xff", uint64(3))
	f.Fuzz(func(t *testing.T, id, text string, seed uint64) {
		if !utf8.ValidString(text) || strings.TrimSpace(text) == "" {
			return
		}
		for _, v := range Variants {
			typed := v.Of(id, text, seed)
			if !utf8.ValidString(typed) || strings.TrimSpace(typed) == "" {
				t.Errorf("%s of %q is %q", v, text, typed)
			}
			if again := v.Of(id, text, seed); again != typed {
				t.Errorf("%s of %q is %q, then %q", v, text, typed, again)
			}
		}
	})
}
