package kb

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// addMatter adds the heads of all pages among the cases: front matter in YAML, TOML
// and JSON, sound and broken.
func addMatter(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if head := file.Data[:min(len(file.Data), 2<<10)]; isPage(file.Name) && len(head) > 0 && bytes.IndexByte([]byte("-+{"), head[0]) >= 0 {
				f.Add(head)
			}
		}
	}
}

// FuzzReadFrontMatter reads anything as the head of a page and holds what is promised
// of every value, and that nothing of the text below is lost or moved.
func FuzzReadFrontMatter(f *testing.F) {
	addMatter(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		r := newReading("a.md", src, Options{})
		checkFaults(t, src, r.faults.sort().Err())
		m := r.front
		for _, list := range [][]string{m.category, m.ecosystem, m.tools, m.tags, m.aliases, m.sources} {
			checkText(t, list...)
		}
		for _, text := range []string{m.title, m.summary, m.author, m.owner, m.lang, m.question} {
			if text != oneLine(text) {
				t.Errorf("text %q", text)
			}
		}
		lines := bytes.Count(src, []byte("\n")) + 1
		onLine := func(line int) {
			if line < 1 || line > lines {
				t.Errorf("line %d of %d", line, lines)
			}
		}
		if m.question != "" {
			onLine(m.questionLine)
		}
		for _, old := range m.moves() {
			onLine(old.line)
		}
		for _, q := range m.questions {
			onLine(q.line)
			for _, list := range [][]string{q.aliases, q.tools, q.sources} {
				checkText(t, list...)
			}
		}
		for _, day := range []time.Time{m.published, m.updated, m.verified, m.reviewBy} {
			if !day.IsZero() && day != day.UTC().Truncate(24*time.Hour) {
				t.Errorf("day %v", day)
			}
		}
		sound := bytes.TrimPrefix(bytes.ToValidUTF8(src, []byte("\uFFFD")), []byte("\uFEFF"))
		if len(r.src) != len(sound) || bytes.Count(r.src, []byte("\n")) != bytes.Count(sound, []byte("\n")) {
			t.Fatalf("%d bytes of %d are left", len(r.src), len(sound))
		}
		text := bytes.TrimLeft(r.src, " \n")
		if !bytes.HasSuffix(sound, text) {
			t.Errorf("the text %q is none of %q", text, sound)
		}
		if again := newReading("a.md", src, Options{}); !slices.Equal(again.front.tools, m.tools) || again.front.title != m.title {
			t.Errorf("read %+v, then %+v", m, again.front)
		}
	})
}
