package kb

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A counted is what a person found in a file: a row of expected.tsv.
type counted struct {
	path, first, last string
	questions, asking int
	ambiguous         bool
}

func readCounted(t *testing.T) []counted {
	t.Helper()
	f, err := os.Open(filepath.Join(wild(), "expected.tsv"))
	if err != nil {
		t.Skipf("no counts of files in the wild: %v; name a folder with expected.tsv in FAQBASE_WILD", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []counted
	for _, row := range rows[1:] {
		questions, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		asking, err := strconv.Atoi(row[4])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, counted{row[0], row[2], row[3], questions, asking, strings.HasPrefix(row[6], "AMBIGUOUS")})
	}
	return all
}

// marksInText are what is left of Markdown in the rows of expected.tsv.
var marksInText = regexp.MustCompile("[`*\\\\]|^Q\\d+\\\\?\\.\\s*")

// sameQuestion compares a question with one as a person noted it, which may be its
// first line only.
func sameQuestion(got, want string) bool {
	plain := func(s string) string {
		return oneLine(string(unescape([]byte(marksInText.ReplaceAllString(s, "")))))
	}
	return want != "" && strings.HasPrefix(plain(got), plain(want))
}

// TestAPersonFindsTheSameQuestionsInTheWild holds how much of what people count in
// other projects' files is found. Rows that can be counted two ways allow all numbers
// between the two.
func TestAPersonFindsTheSameQuestionsInTheWild(t *testing.T) {
	rows := readCounted(t)
	l, err := Load(os.DirFS(wild()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var right, got, want int
	for _, row := range rows {
		p := l.files[row.path]
		if p == nil {
			t.Errorf("%s: no page", row.path)
			continue
		}
		want += row.questions
		got += len(p.Questions)
		n := len(p.Questions)
		number := n == row.questions || row.ambiguous && n >= row.asking && n <= row.questions
		if n > 0 && number && sameQuestion(p.Questions[0].Text, row.first) && sameQuestion(p.Questions[n-1].Text, row.last) {
			right++
			continue
		}
		t.Logf("%s: %d questions, a person counts %d", row.path, n, row.questions)
	}
	t.Logf("%d of %d files right, %d questions of %d", right, len(rows), got, want)
	if right < len(rows)-2 {
		t.Errorf("%d of %d files right, want all but 2", right, len(rows))
	}
	if off := max(got, want) - min(got, want); 50*off > want {
		t.Errorf("%d questions in all, want %d ± 2 %%", got, want)
	}
}
