package evaluate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"faqbase/kb"
)

// readSet reads a set from the text of its two files, which faults name q and r.
func readSet(t *testing.T, queries, qrels string) (*Set, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"q": queries, "r": qrels} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return ReadSet("q", "r")
}

// TestReadSetFaults reads the cases of testdata/faults.txtar: files N/q and N/r, and
// N/want with the faults.
func TestReadSetFaults(t *testing.T) {
	a, err := txtar.ParseFile(filepath.Join("testdata", "faults.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	cases := make(map[string]map[string]string)
	for _, f := range a.Files {
		claim, file, _ := strings.Cut(f.Name, "/")
		if cases[claim] == nil {
			cases[claim] = make(map[string]string)
		}
		cases[claim][file] = string(f.Data)
	}
	for claim, files := range cases {
		t.Run(claim, func(t *testing.T) {
			_, err := readSet(t, files["q"], files["r"])
			if err == nil {
				t.Fatalf("no fault, want\n%s", files["want"])
			}
			if diff := cmp.Diff(strings.TrimSpace(files["want"]), err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReadSet(t *testing.T) {
	t.Run("queries, groups and right answers; other keys, grade 0 and the heading are left alone", func(t *testing.T) {
		s, err := readSet(t,
			"\ufeff"+`{"id":"a","text":" undo commit ","group":"undo","course":"git"}`+"\r\n\n"+`{"id":7,"text":"revert","group":2}`+"\n"+`{"id":"c","text":"no answer"}`,
			"query_id\tdoc_id\tgrade\r\na\tp#x\t2\r\na\tp#y\t0\na\tp#x\t2\n7\tp#x\t1\nc\tp#y\t0\n")
		if err != nil {
			t.Fatal(err)
		}
		want := &Set{
			Queries: []Query{
				{ID: "a", Text: "undo commit", Group: "undo", Grades: map[string]int{"p#x": 2}},
				{ID: "7", Text: "revert", Group: "2", Grades: map[string]int{"p#x": 1}},
			},
			Unjudged: 1,
		}
		if diff := cmp.Diff(want, s, cmpopts.IgnoreUnexported(Set{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("the heading may be missing", func(t *testing.T) {
		s, err := readSet(t, `{"id":"a","text":"x"}`, "a\tp#x\t1")
		if err != nil || len(s.Queries) != 1 {
			t.Errorf("%v, %v", s, err)
		}
	})
	t.Run("a query longer than a server takes is cut between runes", func(t *testing.T) {
		s, err := readSet(t, `{"id":"a","text":"x`+strings.Repeat("é", 400)+`"}`, "a\tp#x\t1")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Queries[0].Text; s.Cut != 1 || got != "x"+strings.Repeat("é", 255) {
			t.Errorf("cut %d, %d bytes: %q", s.Cut, len(got), got)
		}
	})
	t.Run("a file that is not there", func(t *testing.T) {
		if _, err := ReadSet(filepath.Join(t.TempDir(), "none"), "r"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"p.md": {Data: []byte("### What is it? {#it}\n\nA page.\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := readSet(t, `{"id":"a","text":"x"}`+"\n"+`{"id":"b","text":"y"}`, "a\tp#it\t1\na\tp#gone\t1\nb\tp#gone\t1\nb\tp\t1\nb\tq#z\t0\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p", "p#gone"}, s.Missing(lib)); diff != "" {
		t.Errorf("right answers that are no question of the library, each once (-want +got)\n%s", diff)
	}
}

func TestFold(t *testing.T) {
	s, _ := drawn(400, 2, func(int) int { return 1 })
	var halves [2]map[string]bool
	n := 0
	for i := range halves {
		halves[i] = make(map[string]bool)
		for _, q := range s.Fold(i).Queries {
			halves[i][q.Group] = true
			n++
		}
	}
	t.Run("every query is in one half", func(t *testing.T) {
		if n != len(s.Queries) {
			t.Errorf("%d queries, want %d", n, len(s.Queries))
		}
	})
	t.Run("a group is in one half alone", func(t *testing.T) {
		for g := range halves[0] {
			if halves[1][g] {
				t.Errorf("group %s is in both", g)
			}
		}
	})
	t.Run("the halves are of about one size", func(t *testing.T) {
		if len(halves[0]) < 80 || len(halves[1]) < 80 {
			t.Errorf("%d and %d groups", len(halves[0]), len(halves[1]))
		}
	})
}

func TestRunFile(t *testing.T) {
	s, err := readSet(t, `{"id":"a","text":"x"}`+"\n"+`{"id":"b","text":"y"}`+"\n"+`{"id":"c","text":"not judged"}`, "a\tp#1\t1\nb\tp#2\t1\n")
	if err != nil {
		t.Fatal(err)
	}
	run := Run{"a": {{"p#1", 1.25}, {"p#2", .5}}, "b": {{"p#9", 1e-9}}}
	write := func(text string) string {
		name := filepath.Join(t.TempDir(), "run.tsv")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	t.Run("a run is read as it was written", func(t *testing.T) {
		var b strings.Builder
		if err := s.WriteRun(&b, run); err != nil {
			t.Fatal(err)
		}
		want := "a\tp#1\t1\t1.250000\na\tp#2\t2\t0.500000\nb\tp#9\t1\t0.000000\n"
		if b.String() != want {
			t.Errorf("got\n%swant\n%s", b.String(), want)
		}
		got, err := s.ReadRun(write(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(run, got, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("lines may be in any order, and deeper than is looked", func(t *testing.T) {
		var b strings.Builder
		for rank := 15; rank > 0; rank-- {
			fmt.Fprintf(&b, "a\tp#%d\t%d\t1\r\n", rank, rank)
		}
		got, err := s.ReadRun(write(b.String()))
		if err != nil || len(got["a"]) != Depth || got["a"][0].Question != "p#1" || got["a"][9].Question != "p#10" {
			t.Errorf("%v, %v", got, err)
		}
	})
	t.Run("a query without a right answer is known, another one is a fault", func(t *testing.T) {
		name := write("c\tp#1\t1\t1\nz\tp#1\t1\t1\na\tp#1\t0\t1\na\tp#1\t1\tx\na\tp#1\n")
		_, err := s.ReadRun(name)
		want := name + `:2: unknown query id "z"; the run is one of another set
` + name + `:3: rank "0", want a whole number from 1
` + name + `:4: score "x", want a number
` + name + `:5: 2 columns, want query id, question id, rank and score between tabs`
		if err == nil || err.Error() != want {
			t.Errorf("got\n%v\nwant\n%s", err, want)
		}
	})
}

// FuzzReadSet reads any two files: each fault has its line, and a set without faults
// can be measured.
func FuzzReadSet(f *testing.F) {
	f.Add(`{"id":"a","text":"x","group":"g"}`, "query_id\tdoc_id\tgrade\na\tp#x\t1\n")
	f.Add(`{"id":1,"text":"é"}`+"\n{", "1\tp#x\t-1\n\n1\n")
	f.Add("\ufeff[]", "\x00")
	f.Fuzz(func(t *testing.T, queries, qrels string) {
		s := &Set{}
		byID := make(map[string]int)
		faults := s.readQueries("q", strings.NewReader(queries), byID)
		faults = append(faults, s.readJudgements("r", strings.NewReader(qrels), byID, "q")...)
		for _, e := range faults {
			if e.Line < 1 || e.Msg == "" {
				t.Errorf("fault without a line or a text: %+v", e)
			}
		}
		if len(faults) > 0 {
			return
		}
		run := make(Run)
		for _, q := range s.Queries {
			if len(q.Grades) == 0 {
				return
			}
			for id := range q.Grades {
				run[q.ID] = append(run[q.ID], Answer{Question: id})
			}
			if len(q.Text) > MaxQueryBytes {
				t.Errorf("query %q has %d bytes", q.ID, len(q.Text))
			}
		}
		if len(s.Queries) > 0 {
			if e := s.Figures(run)[Success]; e != (Estimate{1, 1, 1}) {
				t.Errorf("right answers give %+v", e)
			}
		}
	})
}
