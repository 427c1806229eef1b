package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"faqbase/kb"
)

// awkward are faults with every character that a format has to escape.
var awkward = kb.ErrorList{
	{File: "go/a, b: 100%.md", Line: 3, Column: 7, Severity: kb.SeverityError, Rule: "broken-link", Msg: "no page at 50%.md,\r\nwant: x.md"},
	{File: "ü.md", Severity: kb.SeverityWarning, Rule: "no-title", Msg: "no <title> & no name"},
	{File: "a.md", Line: 9, Severity: kb.SeverityHint, Rule: "no-title", Msg: "it could be better"},
}

func reported(t *testing.T, format string, f folder, faults kb.ErrorList) string {
	t.Helper()
	var b strings.Builder
	if err := report(&b, format, f, faults); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFaultsAreAnnotationsOfGitHub(t *testing.T) {
	want := "::error file=go/a%2C b%3A 100%25.md,line=3,col=7,title=broken-link::no page at 50%25.md,%0D%0Awant: x.md\n" +
		"::warning file=ü.md,line=1,title=no-title::no <title> & no name\n" +
		"::notice file=a.md,line=9,title=no-title::it could be better\n"
	if diff := cmp.Diff(want, reported(t, formatGitHub, folder{}, awkward)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFilesAreNamedFromTheCheckout(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "repo", "docs", "faq"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	check := func(claim, dir, want string) {
		t.Helper()
		if got := (folder{dir: dir}).fromCheckout(); got != want {
			t.Errorf("%s: %s is %q, want %q", claim, dir, got, want)
		}
	}
	check("outside of a checkout, from the working directory", "repo/docs/faq", "repo/docs/faq")
	check("the working directory itself", ".", ".")
	check("the starter pages", "", "")
	// A file, as in a worktree.
	if err := os.WriteFile(filepath.Join("repo", ".git"), []byte("gitdir: elsewhere\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check("in a checkout", "repo/docs/faq", "docs/faq")
	check("its root", "repo", ".")
	t.Chdir(filepath.Join(root, "repo", "docs"))
	check("in a checkout, from a folder of it", "faq", "docs/faq")
	check("an absolute path", filepath.Join(root, "repo", "docs"), "docs")
}

func TestFaultsAreSARIF(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	log := reported(t, formatSARIF, folder{dir: "docs"}, awkward)
	t.Run("the log is what the standard demands", func(t *testing.T) {
		if err := sarifSchema(t).Validate(decoded(t, log)); err != nil {
			t.Errorf("%v\n%s", err, log)
		}
	})
	t.Run("the demands are such that a log can fail", func(t *testing.T) {
		for _, break_ := range [][2]string{
			{`"2.1.0"`, `"2.0.0"`}, {`"note"`, `"hint"`}, {`"startLine": 9`, `"startLine": 0`},
			{`"uri": "docs/a.md"`, `"uri": "/docs/a.md"`}, {`"uri": "docs/a.md"`, `"uri": "docs/a b.md"`}, {`"ruleId"`, `"rule"`},
		} {
			if !strings.Contains(log, break_[0]) {
				t.Fatalf("%s is not in the log", break_[0])
			}
			if sarifSchema(t).Validate(decoded(t, strings.Replace(log, break_[0], break_[1], 1))) == nil {
				t.Errorf("a log with %s is taken", break_[1])
			}
		}
	})
	t.Run("results say where and what, and their rules are there with help", func(t *testing.T) {
		var got sarifLog
		if err := json.Unmarshal([]byte(log), &got); err != nil {
			t.Fatal(err)
		}
		run := got.Runs[0]
		var lines []string
		for _, r := range run.Results {
			rule := run.Tool.Driver.Rules[r.RuleIndex]
			if rule.ID != r.RuleID || rule.Help.Text == "" {
				t.Errorf("%s has the rule %+v", r.RuleID, rule)
			}
			place := r.Locations[0].Physical
			lines = append(lines, strings.Join([]string{r.Level, place.Artifact.URI, r.Message.Text}, " | "))
		}
		want := []string{
			"error | docs/go/a,%20b:%20100%25.md | no page at 50%.md,\r\nwant: x.md",
			"warning | docs/%C3%BC.md | no <title> & no name",
			"note | docs/a.md | it could be better",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if region := run.Results[0].Locations[0].Physical.Region; region != (sarifRegion{3, 7}) {
			t.Errorf("region %+v", region)
		}
	})
	t.Run("without faults there is an empty list of results", func(t *testing.T) {
		log := reported(t, formatSARIF, folder{}, nil)
		if err := sarifSchema(t).Validate(decoded(t, log)); err != nil {
			t.Error(err)
		}
	})
}

// sarifSchema is what SARIF 2.1.0 demands of the parts that are written.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(filepath.Join(sourceDir, "testdata", "sarif.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sourceDir is the folder of this package, for tests that change the working
// directory.
var sourceDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

func TestAge(t *testing.T) {
	for text, want := range map[string]string{
		"365d": "8760h0m0s", "12w": "2016h0m0s", "720h": "720h0m0s", "0": "0s", "0d": "0s", "90m": "1h30m0s",
		"-1d": "", "1.5d": "", "d": "", "": "", "soon": "", "-5h": "", "200000000000d": "", "1y": "",
	} {
		var a age
		err := a.UnmarshalText([]byte(text))
		got := ""
		if err == nil {
			got = time.Duration(a).String()
		}
		if got != want {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
}
