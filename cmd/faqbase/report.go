package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"faqbase/kb"
)

// The formats in which check prints faults.
const (
	formatText   = "text"
	formatJSON   = "json"
	formatGitHub = "github"
	formatSARIF  = "sarif"
)

// report writes the faults of f in a format.
func report(w io.Writer, format string, f folder, faults kb.ErrorList) error {
	switch format {
	case formatJSON:
		return reportJSON(w, faults)
	case formatGitHub:
		return reportGitHub(w, f, faults)
	case formatSARIF:
		return reportSARIF(w, f, faults)
	}
	for _, e := range faults {
		if _, err := fmt.Fprintf(w, "%s [%s]\n", faultLine(e), e.Rule); err != nil {
			return err
		}
	}
	return nil
}

// A faultJSON is a fault as check --json prints it.
type faultJSON struct {
	File     string      `json:"file"`
	Line     int         `json:"line"`
	Column   int         `json:"column,omitempty"`
	Severity kb.Severity `json:"severity"`
	Rule     string      `json:"rule"`
	Message  string      `json:"message"`
}

func reportJSON(w io.Writer, faults kb.ErrorList) error {
	lines := newJSONLines(w)
	for _, e := range faults {
		if err := lines.Encode(faultJSON{e.File, max(e.Line, 1), e.Column, e.Severity, e.Rule, e.Msg}); err != nil {
			return err
		}
	}
	return nil
}

// reportGitHub writes a workflow command for each fault, which GitHub shows beside
// the line. What the commands are is at
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func reportGitHub(w io.Writer, f folder, faults kb.ErrorList) error {
	var b strings.Builder
	place := f.fromCheckout()
	for _, e := range faults {
		command := map[kb.Severity]string{kb.SeverityError: "error", kb.SeverityWarning: "warning", kb.SeverityHint: "notice"}[e.Severity]
		fmt.Fprintf(&b, "::%s file=%s,line=%d,", command, escapeProperty(path.Join(place, e.File)), max(e.Line, 1))
		if e.Column > 0 {
			fmt.Fprintf(&b, "col=%d,", e.Column)
		}
		fmt.Fprintf(&b, "title=%s::%s\n", escapeProperty(e.Rule), escapeCommand(e.Msg))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escapeCommand lets the text of a workflow command have any characters.
func escapeCommand(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty does so for the value of a property.
func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeCommand(s))
}

// fromCheckout is the folder as seen from the root of the git checkout that it lies
// in, else from the working directory, with "/"; "" for the starter pages. Where
// there is no way from there, it is the folder as it was named.
func (f folder) fromCheckout() string {
	if f.dir == "" {
		return ""
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return filepath.ToSlash(f.dir)
	}
	root := checkout(dir)
	if root == "" {
		if root, err = os.Getwd(); err != nil {
			return filepath.ToSlash(f.dir)
		}
	}
	from, err := filepath.Rel(root, dir)
	if err != nil {
		return filepath.ToSlash(f.dir)
	}
	return filepath.ToSlash(from)
}

// checkout is the root of the git checkout that dir lies in, "" if in none.
func checkout(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil { // a file in a worktree
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
}

// The parts of a SARIF 2.1.0 log that faults need, with the names that the standard
// gives them: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string      `json:"id"`
		ShortDescription sarifText   `json:"shortDescription"`
		Help             sarifText   `json:"help"`
		Default          sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

// reportSARIF writes one log with one run. Its rules are all that there are, so that
// one that is kept is one that was asked.
func reportSARIF(w io.Writer, f folder, faults kb.ErrorList) error {
	rules := kb.Rules()
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "faqbase", Version: readBuild().String()}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, r := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules,
			sarifRule{r.Name, sarifText{r.Meaning}, sarifText{r.Meaning + " " + r.Mend}, sarifConfig{sarifLevel(r.Severities[0])}})
	}
	place := f.fromCheckout()
	for _, e := range faults {
		uri := url.URL{Path: path.Join(place, e.File)}
		run.Results = append(run.Results, sarifResult{
			RuleID:    e.Rule,
			RuleIndex: slices.IndexFunc(rules, func(r kb.Rule) bool { return r.Name == e.Rule }),
			Level:     sarifLevel(e.Severity),
			Message:   sarifText{e.Msg},
			Locations: []sarifLocation{{sarifPhysical{sarifArtifact{uri.String()}, sarifRegion{max(e.Line, 1), e.Column}}}},
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifLevel(s kb.Severity) string {
	switch s {
	case kb.SeverityError:
		return "error"
	case kb.SeverityWarning:
		return "warning"
	default:
		return "note"
	}
}
