package kb

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryRuleIsListed holds that Rules names every rule that the code gives, with
// its severities, and no other.
func TestEveryRuleIsListed(t *testing.T) {
	listed := map[string]bool{}
	given := map[string]bool{"no-answer hint": true, "empty-page hint": true} // of drafts
	for _, r := range Rules() {
		for _, s := range r.Severities {
			listed[r.Name+" "+string(s)] = true
		}
	}
	var files []string
	for _, pattern := range []string{"*.go", "lint/*.go", "../index/golden.go"} {
		some, err := filepath.Glob(pattern)
		if err != nil || len(some) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		files = append(files, some...)
	}
	calls := []*regexp.Regexp{
		regexp.MustCompile(`\b(error|warn)f\([^"\n]*?(?:"([a-z0-9-]+)"|\brule), "`),
		regexp.MustCompile(`\b(warning|hint)\("([a-z0-9-]+)"`),
		regexp.MustCompile(`Severity: kb\.Severity(Error|Warning|Hint), Rule: "([a-z0-9-]+)"`),
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, call := range calls {
			for _, m := range call.FindAllStringSubmatch(string(src), -1) {
				rule, severity := m[2], strings.ToLower(m[1])
				if rule == "" {
					rule = "broken-link"
				}
				if severity == "warn" {
					severity = "warning"
				}
				given[rule+" "+severity] = true
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(given))); diff != "" {
		t.Errorf("-listed +given:\n%s", diff)
	}
}

func TestRulesSayWhatIsWrongAndHowToMendIt(t *testing.T) {
	last := ""
	for _, r := range Rules() {
		if r.Name == last {
			t.Errorf("%s is there twice", r.Name)
		}
		last = r.Name
		for _, s := range r.Severities {
			if s != SeverityError && s != SeverityWarning && s != SeverityHint {
				t.Errorf("%s has the severity %q", r.Name, s)
			}
		}
		if len(r.Severities) == 0 || !strings.HasSuffix(r.Meaning, ".") || !strings.HasSuffix(r.Mend, ".") {
			t.Errorf("%s is not whole: %+v", r.Name, r)
		}
	}
}

func TestEveryPrefixIsLookedFor(t *testing.T) {
	for _, word := range []string{"Q", "qn", "Question", "fråga", "ſoru", "вопрос", "问", "질문", "سؤال", "问题1", "A", "ans", "réponse", "svar", "ответ", "答", "جواب", "P", "S", "В", "س"} {
		for _, mark := range []string{":", ".", `\.`, ")", " - ", "\t– ", " — ", "：", "、", "．", "）", " #12: ", "3)", " 4\t- "} {
			for _, before := range []string{"", " ", "\n\t"} {
				text := before + word + mark + "why?"
				found := questionPrefix.MatchString(text) || answerPrefix.MatchString(text) || letterPrefix.MatchString(text)
				if found && (!mayHavePrefix(text) || !mayHavePrefix([]byte(text))) {
					t.Errorf("%q has a prefix and is passed over", text)
				}
			}
		}
	}
	if text := "How do I connect: twice?"; mayHavePrefix(text) {
		t.Errorf("%q is not passed over", text)
	}
}
