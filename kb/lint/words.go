package lint

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"faqbase/kb"
)

// words are the words of s as they are compared.
func words(s string) []string {
	s = fold(s)
	all := make([]string, 0, len(s)/5+1)
	start := -1
	for i, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r):
			if start >= 0 {
				all = append(all, s[start:i])
			}
			start = -1
		case start < 0:
			start = i
		}
	}
	if start >= 0 {
		all = append(all, s[start:])
	}
	return all
}

func fold(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// A mask finds the tools of a page among words: the names and aliases that begin
// with a word, the longest first.
type mask map[string][]toolName

type toolName struct {
	words []string
	tool  string
}

// newMask is the mask of a page: for the tools that it or one of its questions is
// about.
func newMask(lib *kb.Library, p *kb.Page) mask {
	m := mask{}
	m.add(lib, p.Tools)
	for _, q := range p.Questions {
		m.add(lib, q.Tools)
	}
	for _, names := range m {
		slices.SortStableFunc(names, func(a, b toolName) int { return len(b.words) - len(a.words) })
	}
	return m
}

func (m mask) add(lib *kb.Library, tools []string) {
	for _, tool := range tools {
		names := []string{tool}
		if t := lib.Tool(tool); t != nil {
			names = append(names, t.Aliases...)
		}
		for _, name := range names {
			if w := words(name); len(w) > 0 && !slices.ContainsFunc(m[w[0]], func(n toolName) bool { return slices.Equal(n.words, w) }) {
				m[w[0]] = append(m[w[0]], toolName{w, tool})
			}
		}
	}
}

// at is the tool whose name words begin with, and how many of them it takes; 0 if
// they begin with none.
func (m mask) at(words []string) (tool string, n int) {
	for _, name := range m[words[0]] {
		if len(name.words) <= len(words) && slices.Equal(name.words, words[:len(name.words)]) {
			return name.tool, len(name.words)
		}
	}
	return "", 0
}
