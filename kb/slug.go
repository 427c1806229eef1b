package kb

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug is the name of a tool, category or ecosystem in addresses: lower case, "+"
// is plus, "#" is sharp, a dot at the beginning is dot, every other run of signs
// and spaces is "-". It is "" for a name of signs alone.
func Slug(name string) string {
	name = strings.ToLower(norm.NFC.String(strings.TrimSpace(name)))
	if rest, ok := strings.CutPrefix(name, "."); ok {
		name = "dot" + rest
	}
	var b strings.Builder
	gap := false
	word := func(s string) {
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteString(s)
	}
	for _, r := range name {
		switch {
		case r == '+':
			word("plus")
		case r == '#':
			word("sharp")
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			word(string(r))
		default:
			gap = true
		}
	}
	return b.String()
}

// foldName is a name as names are compared: in NFC, lower case, with single spaces.
func foldName(s string) string { return strings.ToLower(norm.NFC.String(oneLine(s))) }

// sameName gives a test for names that are the same but for case and spaces.
func sameName(name string) func(string) bool {
	name = foldName(name)
	return func(other string) bool { return foldName(other) == name }
}
