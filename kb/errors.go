package kb

import (
	"fmt"
	"strings"
)

// A Severity says how bad a fault is.
type Severity string

// An error means that something an author wrote is not served as written; a
// warning means that it is, and is probably not what was meant.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// An Error is a fault in a file of a knowledge base.
type Error struct {
	File     string // relative to the folder, with "/"
	Line     int    // from 1; 0 where the fault is the file's as a whole
	Severity Severity
	// Rule names the kind of fault for programs ("broken-link"); it never changes.
	Rule string
	// Msg says what is wrong and how to mend it.
	Msg string
}

// Error gives file:line: text, which editors and terminals can open.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// An ErrorList is a list of faults, sorted by file, line and rule.
type ErrorList []*Error

// Error gives one fault a line.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns l as an error, nil if it is empty.
func (l ErrorList) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
