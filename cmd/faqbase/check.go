package main

import (
	"fmt"

	"faqbase/kb"
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

// Run lists all faults of the knowledge base.
func (c *checkCommand) Run(con console) error {
	f, err := openFolder(c.Dir)
	if err != nil {
		return err
	}
	lib, err := f.load(kb.Options{})
	if err != nil {
		return err
	}
	lines := newJSONLines(con.out)
	for _, e := range lib.Faults {
		if c.JSON {
			err = lines.Encode(faultJSON{e.File, max(e.Line, 1), e.Severity, e.Rule, e.Msg})
		} else {
			_, err = fmt.Fprintln(con.out, faultLine(e))
		}
		if err != nil {
			return err
		}
	}
	errors, warnings := count(lib.Faults)
	fmt.Fprintf(con.err, "faqbase: %s with %s: %s, %s\n", plural(len(lib.Pages), "page"),
		plural(lib.NumQuestions(), "question"), plural(errors, "error"), plural(warnings, "warning"))
	if errors > 0 || c.Strict && warnings > 0 {
		return errFaults
	}
	return nil
}
