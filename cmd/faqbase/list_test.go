package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// TestNothingInAFolderSteersTheTerminal prints pages that somebody else has written, with
// control characters in their text and in their names.
func TestNothingInAFolderSteersTheTerminal(t *testing.T) {
	const red, forged = "\x1b[31m", "\nother.md:1: forged\u202e\u009b1m"
	dir := t.TempDir()
	name := "a" + red + forged + ".md"
	for file, text := range map[string]string{
		name:   "# Page" + red + "\n\n### What is a gannet" + red + "?\n\nA bird" + red + ". [No page](no" + red + "where.md)\n\n### And then" + red + "?\n",
		"b.md": "---\n" + red + ": 1\n---\n### Why?\n\nSo.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Skipf("no such name here: %v", err)
		}
	}
	for _, args := range [][]string{
		{"check", dir},
		{"list", dir},
		{"list", dir, "--why", filepath.Join(dir, name)},
		{"search", "--kb", dir, "--index", "memory", "gannet"},
		{"search", "--kb", dir, "--index", "memory", "--explain", "gannet"},
	} {
		t.Run(strings.Join(args[:1], " "), func(t *testing.T) {
			var out, err bytes.Buffer
			run(t.Context(), args, &out, &err)
			for _, text := range []string{out.String(), err.String()} {
				if at := strings.IndexFunc(text, func(r rune) bool {
					return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
				}); at >= 0 {
					t.Errorf("%q in %q", text[at:at+1], text)
				}
				if strings.Contains(text, "\nother.md") {
					t.Errorf("a name makes a line of its own: %q", text)
				}
			}
			if out.Len() == 0 {
				t.Errorf("nothing is printed: %s", &err)
			}
		})
	}
}
