package indextest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"faqbase/index"
)

// runEdits applies random edits one after the other and compares the last state with
// that of an engine which was given the library at once: how an index came to be
// must not be seen.
func runEdits(t *testing.T, open func(t *testing.T) index.Engine) {
	words := strings.Fields("commit branch commits branches rebase merge merging github git-lfs node.js nodejs café index indexes C++ query queries")
	queries := []string{"", `"commit merging"`, "gitology", "commit", "branch merg", "how to rebase branches", "gitub", "node js", "cafe", "c++", "quer", "indexs commits"}
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.SampledFrom(words)
		sentence := rapid.Custom(func(rt *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 1, 6).Draw(rt, "words"), " ")
		})
		e := open(t)
		pages := make(map[string]string)
		lib := Library(t, "")
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			for range rapid.IntRange(1, 3).Draw(rt, "edits") {
				name := fmt.Sprintf("p%d.md", rapid.IntRange(0, 5).Draw(rt, "page"))
				if rapid.IntRange(0, 4).Draw(rt, "remove") == 0 {
					delete(pages, name)
					continue
				}
				var b strings.Builder
				fmt.Fprintf(&b, "---\ntools: [%s]\ncategory: %s\n---\n\nIntro %s.\n\n## FAQ\n", word.Draw(rt, "tool"), word.Draw(rt, "category"), sentence.Draw(rt, "intro"))
				for i := range rapid.IntRange(0, 3).Draw(rt, "questions") {
					fmt.Fprintf(&b, "\n### %s? {#q%d}\n\n%s.\n", sentence.Draw(rt, "question"), i, sentence.Draw(rt, "answer"))
				}
				pages[name] = b.String()
			}
			lib = Library(t, archive(pages))
			apply(t, e, lib)
		}
		fresh := open(t)
		apply(t, fresh, lib)
		for _, q := range queries {
			query := index.Query{Text: q, Size: 50}
			if got, want := summary(search(t, e, query)), summary(search(t, fresh, query)); got != want {
				rt.Fatalf("query %q:\n--- after edits\n%s--- at once\n%s", q, got, want)
			}
		}
		for _, typed := range []string{"c", "git", "nodej", "comit", "merge bran", "gitlfs", "is a"} {
			if got, want := suggestions(t, e, typed), suggestions(t, fresh, typed); got != want {
				rt.Fatalf("suggest %q:\n--- after edits\n%s--- at once\n%s", typed, got, want)
			}
		}
		for _, p := range lib.Pages {
			for _, id := range []string{p.Path, p.Path + "#q0"} {
				if got, want := relatedTo(t, e, id), relatedTo(t, fresh, id); got != want {
					rt.Fatalf("related to %q:\n--- after edits\n%s--- at once\n%s", id, got, want)
				}
			}
		}
		fresh.Close()
		e.Close()
	})
}

// suggestions are what an engine suggests, as text.
func suggestions(t testing.TB, e index.Engine, typed string) string {
	t.Helper()
	list, err := e.Suggest(context.Background(), typed, 20)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintln(list)
}

// why is what relates a question, as text.
func why(r index.Related) string {
	switch {
	case r.Similar:
		return "similar"
	case len(r.Tools) > 0:
		return "tools " + strings.Join(r.Tools, ", ")
	default:
		return "category " + strings.Join(r.Category, ", ")
	}
}

// relatedTo are the questions related to an entry, as text.
func relatedTo(t testing.TB, e index.Engine, id string) string {
	t.Helper()
	list, err := e.Related(context.Background(), id, 20)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s (%s)\n", r.Question.ID, why(r))
	}
	return b.String()
}

func archive(pages map[string]string) string {
	names := make([]string, 0, len(pages))
	for n := range pages {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "-- %s --\n%s", n, pages[n])
	}
	return b.String()
}
