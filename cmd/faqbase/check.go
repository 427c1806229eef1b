package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/kb/lint"
)

type checkCommand struct {
	Dir    string `arg:"" optional:"" name:"dir" env:"FAQBASE_KB" help:"The folder of pages (default: ./kb if it is there, else the starter pages)."`
	Strict bool   `help:"Warnings count as errors."`
	JSON   bool   `help:"One JSON object a line: file, line, severity, rule, message."`
}

// A faultJSON is a fault as check --json prints it.
type faultJSON struct {
	File     string      `json:"file"`
	Line     int         `json:"line"`
	Severity kb.Severity `json:"severity"`
	Rule     string      `json:"rule"`
	Message  string      `json:"message"`
}

// Run lists all faults of the knowledge base: those of its files, those that show
// when all pages are read together, and those of its golden queries.
func (c *checkCommand) Run(ctx context.Context, con console) error {
	_, lib, err := openLibrary(c.Dir)
	if err != nil {
		return err
	}
	golden, err := checkGolden(ctx, lib)
	if err != nil {
		return err
	}
	faults := slices.Concat(lib.Faults, lint.Check(lib), golden)
	slices.SortStableFunc(faults, func(a, b *kb.Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	lines := newJSONLines(con.out)
	for _, e := range faults {
		if c.JSON {
			err = lines.Encode(faultJSON{e.File, max(e.Line, 1), e.Severity, e.Rule, e.Msg})
		} else {
			_, err = fmt.Fprintln(con.out, faultLine(e))
		}
		if err != nil {
			return err
		}
	}
	errors, warnings := count(faults)
	fmt.Fprintf(con.err, "faqbase: %s: %s, %s\n", size(lib), plural(errors, "error"), plural(warnings, "warning"))
	if errors > 0 || c.Strict && warnings > 0 {
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
