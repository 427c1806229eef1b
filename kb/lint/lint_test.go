package lint

import (
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"faqbase/kb"
)

// newYear is the day of the tests.
var newYear = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

var update = flag.Bool("update", false, "write what the tests got into testdata")

// TestGolden loads each archive in testdata as a folder, which is without faults for
// kb itself, and compares the faults with its file "want". The archive's comment is
// the claim.
func TestGolden(t *testing.T) {
	eachArchive(t, "testdata", func(t *testing.T, archive *txtar.Archive) kb.ErrorList {
		return Check(folder(t, archive), Options{Now: newYear, Stale: 365 * 24 * time.Hour})
	})
}

// eachArchive compares the faults that check gives for each archive in dir with its file
// "want", or writes them there.
func eachArchive(t *testing.T, dir string, check func(t *testing.T, archive *txtar.Archive) kb.ErrorList) {
	archives, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in %s: %v", dir, err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
				if f.Name == "want" {
					want = string(f.Data)
				}
				return f.Name == "want"
			})
			var b strings.Builder
			for _, e := range check(t, archive) {
				fmt.Fprintln(&b, e.Severity, e.Rule, e)
			}
			got := b.String()
			if *update {
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// folder loads the files of an archive.
func folder(t *testing.T, archive *txtar.Archive) *kb.Library {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range lib.Faults {
		if e.Rule != "no-title" {
			t.Errorf("not meant: %s", e)
		}
	}
	return lib
}

func TestStarterHasNoWarnings(t *testing.T) {
	lib, err := kb.Load(kb.Starter(), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range Check(lib, Options{Now: newYear, Stale: 365 * 24 * time.Hour}) {
		if e.Severity != kb.SeverityHint {
			t.Error(e)
		}
	}
}

func TestScalars(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want string // same, other or apart: of different kinds or free text
	}{
		{"Yes", "yes, since 2.0", "same"},
		{"Yes", "Partly", "other"},
		{"No", "none", "apart"},
		{"5432", "5,432", "same"},
		{"5432", "54,32", "apart"},
		{"3", "3.12", "same"},
		{"v3.12", "3.12.x", "same"},
		{"3.9", "3.12", "other"},
		{"2026-03", "2026-3", "same"},
		{"2026-03-01", "2026-3-1", "same"},
		{"2026", "2027-01-01", "other"},
		{"2026-01", "2026-10", "other"},
		{"1.01", "1.1", "other"},
		{"1.0.1", "1.0.01", "other"},
		{"1.0", "1.00", "other"},
		{"01.5", "1.5", "same"},
		{"1.05-02", "1.05-2", "same"},
		{"0", "00", "same"},
		{"100 ms", "100ms", "same"},
		{"100 ms", "1 s", "apart"},
		{"1 MB", "2 mb", "other"},
		{"50%", "60 %", "other"},
		{"3.9+", "3.9", "apart"},
		{"3, or 4", "5", "apart"},
		{"MIT", "MIT License", "same"},
		{"MIT", "Apache-2.0", "other"},
		{"MIT", "MIT OR Apache-2.0", "other"},
		{"Apache-2.0 or MIT", "MIT / Apache 2.0", "same"},
		{"GPLv3", "GNU GPL v3", "same"},
		{"GPL-3.0-only", "GPLv2", "other"},
		{"BSD", "BSD-3-Clause", "same"},
		{"MIT", "free for personal use", "apart"},
		{"MIT", "MIT for the core, else commercial and closed", "apart"},
		{"V8", "V9", "apart"},
		{"", "", "apart"},
	} {
		a, okA := scalarOf(kb.Cell{Text: c.a})
		b, okB := scalarOf(kb.Cell{Text: c.b})
		got := "apart"
		switch {
		case !okA || !okB || a.kind != b.kind:
		case a.agrees(b):
			got = "same"
		default:
			got = "other"
		}
		if got != c.want {
			t.Errorf("%q and %q: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestDossier holds that a claim contradicts the first of all earlier ones that it
// cannot be true with, though not all of them are kept.
func TestDossier(t *testing.T) {
	texts := []string{"Yes", "Yes, in 2", "No", "3", "v3", "3.1", "3.1.2", "3.2", "3 ms", "4 ms", "2026", "2026-03", "2026-3",
		"MIT", "MIT License", "Apache", "Apache-2.0", "Apache 2.0 or MIT", "MIT, Apache-2.0"}
	rapid.Check(t, func(t *rapid.T) {
		known := dossier{}
		var all []claim
		file := 0
		for line, text := range rapid.SliceOf(rapid.SampledFrom(texts)).Draw(t, "texts") {
			if rapid.Bool().Draw(t, "new file") {
				file++
			}
			value, ok := scalarOf(kb.Cell{Text: text})
			if !ok {
				t.Fatalf("%q is free text", text)
			}
			c := claim{topic{"Alpha", "aspect"}, value, text, place{fmt.Sprint(file), line}}
			want := slices.IndexFunc(all, func(other claim) bool {
				return c.at.file != other.at.file && c.value.kind == other.value.kind && !c.value.agrees(other.value)
			})
			switch got := known.add(c); {
			case want < 0 && got != nil:
				t.Fatalf("%q at %s contradicts %q at %s", text, c.at, got.text, got.at)
			case want >= 0 && (got == nil || got.at != all[want].at):
				t.Fatalf("%q at %s: %v, want %q at %s", text, c.at, got, all[want].text, all[want].at)
			}
			all = append(all, c)
		}
	})
}

// TestDossierKeepsValues holds that what a claim is compared with does not grow with
// the wordings of a value.
func TestDossierKeepsValues(t *testing.T) {
	known := dossier{}
	for c := range wordings(1000) {
		known.add(c)
	}
	for about, r := range known {
		if len(r.claims) != 1 || len(r.agreed) != 1 {
			t.Errorf("%v: %d claims and %d values are kept, want one", about, len(r.claims), len(r.agreed))
		}
	}
}

// wordings are claims of one value, each in other words and in another file.
func wordings(n int) iter.Seq[claim] {
	return func(yield func(claim) bool) {
		for i := range n {
			cell := kb.Cell{Text: fmt.Sprintf("Yes, in %d", i)}
			value, _ := scalarOf(cell)
			if !yield(claim{topic{"Alpha", "async"}, value, cell.Text, place{fmt.Sprint(i), 1}}) {
				return
			}
		}
	}
}

func BenchmarkDossier(b *testing.B) {
	for _, n := range []int{1000, 4000} {
		claims := slices.Collect(wordings(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				known := dossier{}
				for _, c := range claims {
					known.add(c)
				}
			}
		})
	}
}

func TestSplitSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"One. Two! Three?":            {"One.", "Two!", "Three?"},
		"Use 3.12, e.g. on a server.": {"Use 3.12, e.g. on a server."},
		"pip vs. uv. So it is.":       {"pip vs. uv.", "So it is."},
		`He said "no." Then he left.`: {`He said "no."`, "Then he left."},
		"Wait... what?! Yes":          {"Wait...", "what?!", "Yes"},
		"Since 2.0. It is fast":       {"Since 2.0.", "It is fast"},
		"Take plan B... Then rest":    {"Take plan B...", "Then rest"},
		"See ...here. Or not":         {"See ...here.", "Or not"},
		"one line\nanother":           {"one line", "another"},
		"一。二！":                        {"一。", "二！"},
		"":                            nil,
	} {
		if got := slices.Collect(splitSentences(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	t.Run("no sentence loses or repeats anything", rapid.MakeCheck(func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab.!?…。 \n\")(é"))).Draw(t, "text")
		joined := strings.Join(slices.Collect(splitSentences(text)), "")
		if got, want := withoutSpace(joined), withoutSpace(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}))
	t.Run("sentences are in the text and in its order", rapid.MakeCheck(func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("aeg.!?…。 \n\")(é")))).Draw(t, "text")
		rest := text
		for s := range splitSentences(text) {
			_, after, ok := strings.Cut(rest, s)
			if !ok {
				t.Fatalf("%q is not in %q", s, rest)
			}
			rest = after
		}
	}))
	// Minutes, if each stop looked at the rest of its run.
	t.Run("a long run of stops", func(t *testing.T) {
		text := strings.Repeat(".", 200_000) + "a"
		if got := slices.Collect(splitSentences(text)); len(got) != 1 || got[0] != text {
			t.Errorf("%d sentences, want the text as one", len(got))
		}
	})
}

func BenchmarkSplitSentences(b *testing.B) {
	for _, n := range []int{10_000, 40_000} {
		text := strings.Repeat(".", n) + "a"
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for range splitSentences(text) {
				}
			}
		})
	}
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// BenchmarkCheck checks a thousand of the starter pages, each many times over.
func BenchmarkCheck(b *testing.B) {
	const pages = 1000
	starter, err := kb.Load(kb.Starter(), kb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	files := fstest.MapFS{}
	for i := range pages {
		p := starter.Pages[i%len(starter.Pages)]
		files[fmt.Sprintf("%s-%d.md", p.Path, i)] = &fstest.MapFile{Data: p.Source}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(Check(lib, Options{Now: newYear, Stale: 365 * 24 * time.Hour})) < pages {
			b.Fatal("copies are not found")
		}
	}
}
