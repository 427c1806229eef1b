package main

import (
	"errors"
	"fmt"
	"io"

	"faqbase/kb"
)

// faultLine is a fault as check and serve print it, on one line. A fault of a whole file
// points at its first line, so that every one can be opened.
func faultLine(e *kb.Error) string {
	msg := e.Msg
	if e.Severity != kb.SeverityError {
		msg = string(e.Severity) + ": " + msg
	}
	return printable(fmt.Sprintf("%s:%d: %s", e.File, max(e.Line, 1), msg))
}

// A tally is how many faults there are of each severity.
type tally struct{ errors, warnings, hints int }

func count(faults kb.ErrorList) (n tally) {
	for _, e := range faults {
		switch e.Severity {
		case kb.SeverityError:
			n.errors++
		case kb.SeverityWarning:
			n.warnings++
		default:
			n.hints++
		}
	}
	return n
}

// plural is a number and its noun: "1 page", "2 pages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// A faultLog tells of the faults of a knowledge base as it changes: of each one
// when it appears and when it is mended, and of nothing in between; hints are for check.
// It is for one goroutine.
type faultLog struct {
	w     io.Writer
	quiet bool // errors alone
	known map[faultKey]int
	read  bool   // the folder, once
	dir   string // what was last said about the folder itself
}

// A faultKey tells faults apart. The line is not part of it: an edit further up
// moves a fault and makes no new one.
type faultKey struct{ file, rule, msg string }

// library reports what is new and what is mended in faults, those of the library
// as it is now.
func (l *faultLog) library(faults kb.ErrorList) {
	if l.dir != "" {
		l.dir = ""
		if l.read {
			l.note("the folder can be read again")
		} else {
			l.note("the folder can be read")
		}
	}
	l.read = true
	left := make(map[faultKey]int, len(faults))
	mended := l.known
	for _, e := range faults {
		if e.Severity == kb.SeverityHint || l.quiet && e.Severity != kb.SeverityError {
			continue
		}
		key := faultKey{e.File, e.Rule, e.Msg}
		left[key]++
		if mended[key] > 0 {
			mended[key]--
			continue
		}
		fmt.Fprintln(l.w, faultLine(e))
	}
	n := 0
	for _, count := range mended {
		n += count
	}
	l.known = left
	switch {
	case n == 0:
	case len(left) == 0:
		l.note("all faults are mended")
	default:
		l.note(plural(n, "fault") + " mended")
	}
}

// trouble reports that the folder itself cannot be read, once for each reason, or
// how its changes are noticed instead of by events.
func (l *faultLog) trouble(err error) {
	if errors.As(err, new(*kb.WatchError)) { // kb tells it once
		fmt.Fprintf(l.w, "faqbase: %v\n", err)
		return
	}
	if l.dir == err.Error() {
		return
	}
	l.dir = err.Error()
	if l.read {
		fmt.Fprintf(l.w, "faqbase: %v; the pages as last read are still served\n", err)
	} else {
		fmt.Fprintf(l.w, "faqbase: %v; nothing is served until it can be read\n", err)
	}
}

func (l *faultLog) note(msg string) {
	if !l.quiet {
		fmt.Fprintf(l.w, "faqbase: %s\n", msg)
	}
}
