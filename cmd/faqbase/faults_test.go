package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"faqbase/kb"
)

func TestFaultLog(t *testing.T) {
	title := &kb.Error{File: "a.md", Line: 2, Severity: kb.SeverityError, Rule: "title", Msg: "no title"}
	lower := &kb.Error{File: "a.md", Line: 9, Severity: kb.SeverityError, Rule: "title", Msg: "no title"}
	link := &kb.Error{File: "b.md", Severity: kb.SeverityWarning, Rule: "broken-link", Msg: "no page at c.md"}
	gone := errors.New("open pages: no such file or directory")

	deaf := &kb.WatchError{Err: errors.New("listen to changes of pages: no space left on device; looking every 2s instead")}

	// Each step is a state of the folder and what is said when it is reached.
	type step struct {
		faults  kb.ErrorList
		trouble error
		want    string
	}
	tests := []struct {
		claim string
		quiet bool
		steps []step
	}{
		{"a fault is told once", false, []step{
			{faults: kb.ErrorList{title, link}, want: "a.md:2: no title\nb.md:1: warning: no page at c.md\n"},
			{faults: kb.ErrorList{title, link}},
		}},
		{"a fault that an edit has moved is not new", false, []step{
			{faults: kb.ErrorList{title}, want: "a.md:2: no title\n"},
			{faults: kb.ErrorList{lower}},
		}},
		{"the same fault twice in a file is two faults", false, []step{
			{faults: kb.ErrorList{title}, want: "a.md:2: no title\n"},
			{faults: kb.ErrorList{title, lower}, want: "a.md:9: no title\n"},
			{faults: kb.ErrorList{lower}, want: "faqbase: 1 fault mended\n"},
		}},
		{"mended faults are told, and told again when they come back", false, []step{
			{faults: kb.ErrorList{title, link}, want: "a.md:2: no title\nb.md:1: warning: no page at c.md\n"},
			{faults: kb.ErrorList{link}, want: "faqbase: 1 fault mended\n"},
			{want: "faqbase: all faults are mended\n"},
			{faults: kb.ErrorList{link}, want: "b.md:1: warning: no page at c.md\n"},
		}},
		{"a folder that vanished is told once, and that it is back", false, []step{
			{faults: kb.ErrorList{title}, want: "a.md:2: no title\n"},
			{trouble: gone, want: "faqbase: open pages: no such file or directory; the pages as last read are still served\n"},
			{trouble: gone},
			{faults: kb.ErrorList{title}, want: "faqbase: the folder can be read again\n"},
		}},
		{"that there are no events is told as it is, and says nothing of the folder", false, []step{
			{},
			{trouble: deaf, want: "faqbase: listen to changes of pages: no space left on device; looking every 2s instead\n"},
			{},
		}},
		{"of a folder that cannot be read at first nothing is said to be served", false, []step{
			{trouble: gone, want: "faqbase: open pages: no such file or directory; nothing is served until it can be read\n"},
			{want: "faqbase: the folder can be read\n"},
			{trouble: gone, want: "faqbase: open pages: no such file or directory; the pages as last read are still served\n"},
		}},
		{"quiet is errors alone", true, []step{
			{faults: kb.ErrorList{title, link}, want: "a.md:2: no title\n"},
			{trouble: gone, want: "faqbase: open pages: no such file or directory; the pages as last read are still served\n"},
			{},
		}},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			var out strings.Builder
			l := faultLog{w: &out, quiet: test.quiet}
			for i, s := range test.steps {
				out.Reset()
				if s.trouble != nil {
					l.trouble(s.trouble)
				} else {
					l.library(s.faults)
				}
				if diff := cmp.Diff(s.want, out.String()); diff != "" {
					t.Errorf("step %d (-want +got):\n%s", i+1, diff)
				}
			}
		})
	}
}
