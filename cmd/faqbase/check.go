package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/kb/lint"
)

type checkCommand struct {
	folderArg
	Strict bool   `help:"Warnings count as errors. Hints never do."`
	Format string `enum:"text,json,github,sarif" default:"text" help:"How faults are printed: text, one a line as file:line: text; json, one object a line (file, line, column if known, severity, rule, message); github, as annotations of a GitHub workflow; sarif, one SARIF 2.1.0 log. The last two name files from the root of the git checkout, else from the working directory."`
	JSON   bool   `help:"The same as --format json."`
	Hints  bool   `help:"List hints too: advice about good pages, which is wrong at times."`
	Stale  age    `default:"365d" placeholder:"AGE" help:"Warn of what was verified longer ago than this, such as 365d, 12w or 720h; 0 for never (${default})."`
	Today  day    `placeholder:"DATE" help:"Check as on this day, YYYY-MM-DD: what is stale or has expired by then (default: today)."`
	Rules  bool   `help:"List the rules with what they mean, and check nothing."`
}

// Validate checks what the types of the flags leave open.
func (c *checkCommand) Validate() error {
	if c.JSON && c.Format != formatText && c.Format != formatJSON {
		return fmt.Errorf("--json is --format json; it cannot be --format %s as well", c.Format)
	}
	if c.JSON {
		c.Format = formatJSON
	}
	return nil
}

// Run lists all faults of the knowledge base: those of its files, those that show
// when all pages are read together or against the last commit, and those of its golden
// queries.
func (c *checkCommand) Run(ctx context.Context, con console) error {
	if c.Rules {
		return printRules(con.out)
	}
	now := time.Now()
	if !c.Today.IsZero() {
		now = c.Today.Time
	}
	f, err := c.open()
	if err != nil {
		return err
	}
	lib, err := f.load(kb.Options{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	golden, err := checkGolden(ctx, lib)
	if err != nil {
		return err
	}
	was, err := committed(ctx, f.dir)
	if err != nil {
		fmt.Fprintf(con.err, "faqbase: lost anchors were not checked: %v\n", err)
	}
	faults := slices.Concat(lib.Faults, lint.Check(lib, lint.Options{Now: now, Stale: time.Duration(c.Stale)}), lint.Lost(was, lib), golden)
	slices.SortStableFunc(faults, func(a, b *kb.Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	n := count(faults)
	if !c.Hints {
		faults = slices.DeleteFunc(faults, func(e *kb.Error) bool { return e.Severity == kb.SeverityHint })
	}
	if err := report(con.out, c.Format, f, faults); err != nil {
		return err
	}
	summary := fmt.Sprintf("%s: %s, %s", size(lib), plural(n.errors, "error"), plural(n.warnings, "warning"))
	switch {
	case n.hints > 0 && c.Hints:
		summary += ", " + plural(n.hints, "hint")
	case n.hints > 0:
		summary += ", " + plural(n.hints, "hint") + " (--hints lists them)"
	}
	fmt.Fprintf(con.err, "faqbase: %s\n", summary)
	if n.errors > 0 || c.Strict && n.warnings > 0 {
		return errFaults
	}
	return nil
}

// checkGolden asks the golden queries of lib, if it has any, of an index in memory.
func checkGolden(ctx context.Context, lib *kb.Library) (faults kb.ErrorList, err error) {
	if len(lib.Golden) == 0 {
		return nil, nil
	}
	engine, err := memoryIndex(ctx, lib)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	return index.CheckGolden(ctx, engine, lib)
}

// printRules writes for each rule its name and severities, and below them what it
// means and how a fault is mended.
func printRules(w io.Writer) error {
	var b strings.Builder
	for _, r := range kb.Rules() {
		severities := make([]string, len(r.Severities))
		for i, s := range r.Severities {
			severities[i] = string(s)
		}
		fmt.Fprintf(&b, "%s (%s)\n    %s\n    %s\n", r.Name, strings.Join(severities, " or "), r.Meaning, r.Mend)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// An age is a length of time on the command line: one of Go's, or a number of days
// (d) or weeks (w). It is not negative.
type age time.Duration

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *age) UnmarshalText(text []byte) error {
	s := string(text)
	unit := time.Duration(0)
	switch {
	case strings.HasSuffix(s, "d"):
		unit = 24 * time.Hour
	case strings.HasSuffix(s, "w"):
		unit = 7 * 24 * time.Hour
	}
	d, err := time.ParseDuration(s)
	if unit > 0 {
		var n int
		n, err = strconv.Atoi(s[:len(s)-1])
		d = time.Duration(n) * unit
		if err == nil && d/unit != time.Duration(n) {
			err = strconv.ErrRange
		}
	}
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no age, want one such as 365d, 12w or 720h, or 0", s)
	}
	*a = age(d)
	return nil
}

// A day on the command line is written YYYY-MM-DD. It begins at midnight UTC.
type day struct{ time.Time }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *day) UnmarshalText(text []byte) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return fmt.Errorf("%q is no day, want one as YYYY-MM-DD", text)
	}
	return nil
}
