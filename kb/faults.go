package kb

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Severity says how bad a fault is.
type Severity string

// An error means that something an author wrote is not served as written; a
// warning means that it is, and is probably not what was meant; a hint is advice
// that an author may leave alone.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityHint    Severity = "hint"
)

// An Error is a fault in a file of a knowledge base.
type Error struct {
	File     string // relative to the folder, with "/"
	Line     int    // from 1; 0 where the fault is the file's as a whole
	Column   int    // from 1, in characters; 0 where it is not known
	Severity Severity
	// Rule names the kind of fault for programs ("broken-link"), as [Rules] do.
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

// sort puts l in order and drops repeats, which are the same but for their column.
func (l ErrorList) sort() ErrorList {
	slices.SortStableFunc(l, func(a, b *Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Msg, b.Msg), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(l, func(a, b *Error) bool {
		repeat := *b
		repeat.Column = a.Column
		return *a == repeat
	})
}

// errorf and warnf add a fault to l.
func (l *ErrorList) errorf(file string, line int, rule, format string, args ...any) {
	*l = append(*l, &Error{File: file, Line: line, Severity: SeverityError, Rule: rule, Msg: fmt.Sprintf(format, args...)})
}

func (l *ErrorList) warnf(file string, line int, rule, format string, args ...any) {
	*l = append(*l, &Error{File: file, Line: line, Severity: SeverityWarning, Rule: rule, Msg: fmt.Sprintf(format, args...)})
}

// inColumn says where on its line the fault is that was added last.
func (l *ErrorList) inColumn(column int) { (*l)[len(*l)-1].Column = column }

// nearest returns the name among names that is the fewest edits away from s, at
// most max; "" if there is none. An edit adds, drops or changes a letter or swaps
// two neighbours.
func nearest(s string, names iter.Seq[string], max int) string {
	best, bestDistance := "", max+1
	for name := range names {
		if d := distance(s, name, bestDistance); d < bestDistance || d == bestDistance && d <= max && name < best {
			best, bestDistance = name, d
		}
	}
	return best
}

// distance is the number of edits between a and b, or limit+1 if it is more than limit.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	if d := len(s) - len(t); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	lastLeast := 0 // the least in last; rows to come have none that is less than in both
	for i := 1; i <= len(s); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit && lastLeast > limit {
			return limit + 1
		}
		before, last, row, lastLeast = last, row, before, least
	}
	return min(last[len(t)], limit+1)
}
