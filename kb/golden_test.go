package kb

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestGolden loads each archive in testdata as a folder and compares everything
// that was read with its file "want". The archive's comment is the claim.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			o := Options{Now: newYear}
			if base, ok := strings.CutPrefix(lastLine(string(archive.Comment)), "base: "); ok {
				o.Base = base
			}
			files := fstest.MapFS{}
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			l, err := Load(files, o)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(l)
			if *update {
				if want < 0 {
					archive.Files = append(archive.Files, txtar.File{Name: "want"})
					want = len(archive.Files) - 1
				}
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatalf("%s has no file want; run go test ./kb -run TestGolden -update and read what it writes", name)
			}
			if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// newYear is the clock of the archives.
func newYear() time.Time { return time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC) }

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// dump writes everything about a library that is not zero.
func dump(l *Library) string {
	var b strings.Builder
	w := &dumper{out: &b}
	for _, p := range l.Pages {
		w.line("page %s", p.Path)
		w.in(func() { w.page(p) })
	}
	for _, t := range l.Tools {
		w.line("tool %s", t.Name)
		w.in(func() {
			w.field("slug", t.Slug)
			w.list("aliases", t.Aliases)
			w.list("category", t.Category)
			w.list("ecosystem", t.Ecosystem)
			w.field("pattern", t.Pattern)
			w.field("maturity", t.Maturity)
			if t.Since != 0 {
				w.field("since", fmt.Sprint(t.Since))
			}
			w.field("license", t.License)
			w.field("homepage", t.Homepage)
			w.field("repository", t.Repository)
			w.field("docs", t.Docs)
			for _, s := range t.Skills {
				w.field("skill", s.Label+" "+s.URL)
			}
		})
	}
	for _, f := range []Facet{FacetCategory, FacetEcosystem, FacetTool} {
		for _, v := range l.Values(f) {
			w.line("%s %s: %s", f, v.Name, v.URL)
		}
	}
	for _, s := range l.Synonyms {
		switch {
		case s.Mutual:
			w.line("synonyms line %d: %s", s.Line, strings.Join(s.From, " = "))
		default:
			w.line("synonyms line %d: %s => %s", s.Line, strings.Join(s.From, " | "), strings.Join(s.To, " | "))
		}
	}
	for _, c := range l.Curations {
		w.line("curation line %d: %s", c.Line, strings.Join(c.Queries, " | "))
		w.in(func() {
			w.list("pin", c.Pin)
			w.list("hide", c.Hide)
			w.field("reason", c.Reason)
			w.day("until", c.Until)
		})
	}
	for _, g := range l.Golden {
		w.line("golden line %d: %s: %s within %d", g.Line, g.Query, g.Question, g.Within)
		w.in(func() { w.field("miss", g.Miss) })
	}
	for _, old := range slices.Sorted(maps.Keys(l.moved)) {
		address, _ := l.Moved(old)
		w.line("moved %s: %s", old, address)
	}
	for _, p := range l.Pages {
		for _, old := range l.OldAnchors(p) {
			w.line("old anchor %s#%s: %s", p.Path, old.Anchor, old.URL)
			w.in(func() {
				if old.Question != nil {
					w.field("question", old.Question.Text)
				}
			})
		}
	}
	for _, asset := range slices.Sorted(maps.Keys(l.assets)) {
		w.line("file %s", asset)
	}
	for _, e := range l.Faults {
		w.line("%s %s %s", e.Severity, e.Rule, e)
	}
	return b.String()
}

type dumper struct {
	out    *strings.Builder
	indent string
}

func (w *dumper) in(f func()) {
	w.indent += "  "
	f()
	w.indent = w.indent[2:]
}

func (w *dumper) line(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		w.out.WriteString(strings.TrimRight(w.indent+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
}

func (w *dumper) field(name, value string) {
	switch {
	case value == "":
	case strings.Contains(value, "\n"):
		w.line("%s:", name)
		w.in(func() { w.line("%s", value) })
	default:
		w.line("%s: %s", name, value)
	}
}

func (w *dumper) list(name string, values []string) { w.field(name, strings.Join(values, " | ")) }

func (w *dumper) day(name string, t time.Time) {
	if !t.IsZero() {
		w.field(name, t.Format(time.DateOnly))
	}
}

func (w *dumper) page(p *Page) {
	w.field("url", p.URL())
	w.field("title", p.Title)
	w.field("summary", p.Summary)
	w.list("category", p.Category)
	w.list("ecosystem", p.Ecosystem)
	w.list("tools", p.Tools)
	w.list("tags", p.Tags)
	w.list("aliases", p.Aliases)
	w.list("moved", p.Moved)
	w.list("sources", p.Sources)
	w.field("author", p.Author)
	w.field("owner", p.Owner)
	w.field("lang", p.Lang)
	w.day("published", p.Published)
	w.day("updated", p.Updated)
	w.day("verified", p.Verified)
	w.day("review_by", p.ReviewBy)
	w.field("intro", p.Intro)
	w.field("intro html", p.IntroHTML())
	w.field("text", p.Text)
	for _, b := range p.Blocks() {
		switch b.Kind {
		case BlockProse:
			w.field("prose", b.HTML)
		case BlockHeading:
			w.line("h%d #%s: %s", b.Level, b.Anchor, b.Text)
			if b.HTML != b.Text {
				w.in(func() { w.field("html", b.HTML) })
			}
		case BlockQuestion:
			w.line("question line %d: %s", b.Question.Line, b.Question.Text)
			w.in(func() { w.question(b.Question) })
		case BlockComparison:
			w.line("comparison here")
		}
	}
	if p.Comparison != nil {
		w.line("comparison line %d: %s", p.Comparison.Line, strings.Join(p.Comparison.Columns, " | "))
		w.in(func() { w.rows(p.Comparison.Rows) })
	}
}

func (w *dumper) rows(rows []Row) {
	for _, r := range rows {
		w.line("line %d: %s", r.Line, r.Aspect)
		w.in(func() {
			for _, c := range r.Cells {
				w.line("%s: %s", c.Tool, c.Text)
				if c.HTML != c.Text {
					w.in(func() { w.field("html", c.HTML) })
				}
			}
		})
	}
}

func (w *dumper) question(q *Question) {
	w.field("id", q.ID)
	w.field("url", q.URL())
	if q.TextHTML() != q.Text {
		w.field("text html", q.TextHTML())
	}
	w.field("section", q.Section)
	w.list("aliases", q.Aliases)
	if !slices.Equal(q.Tools, q.Page.Tools) {
		w.list("tools", q.Tools)
	}
	w.day("verified", q.Verified)
	w.list("sources", q.Sources)
	w.field("answer", q.Answer)
	w.field("html", q.HTML())
}
