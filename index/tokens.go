package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// A Selection is a facet value that is typed into the text of a query, as tool:gin
// or tool:"Django ORM".
type Selection struct {
	Facet      kb.Facet
	Value      kb.Value
	Start, End int // of the whole token in the text, in bytes
}

// Selections are the facet values that text selects, in its order, and the text that
// is left without them. Values that lib does not know select nothing and stay words,
// as does what stands in quotes, and all of a text that is a question, title or alias
// of lib.
func Selections(text string, lib *kb.Library) (list []Selection, rest string) {
	list, _ = selections(text, lib)
	if len(list) == 0 || isTitle(normalize(text), lib) {
		return nil, text
	}
	var b strings.Builder
	at := 0
	for _, s := range list {
		b.WriteString(text[at:s.Start])
		b.WriteByte(' ')
		at = s.End
	}
	b.WriteString(text[at:])
	return list, strings.Join(strings.Fields(b.String()), " ")
}

// selections are those of a text that is no question, and those of values that lib does
// not know, which have the name that was typed.
func selections(text string, lib *kb.Library) (list, unknown []Selection) {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		if _, end, ok := quoted(text, i); ok {
			i = end
			continue
		}
		end, _ := exclusionAt(text, i)
		switch s, known := selectionAt(text, i, end, lib); {
		case known:
			list = append(list, s)
			end = s.End
		case s.Value.Name != "":
			unknown = append(unknown, s)
		}
		i = end
	}
	return list, unknown
}

// selectionAt reads the selection in text[i:end], or beyond end if its value is quoted.
// Where lib does not know the value, it has the name that was typed.
func selectionAt(text string, i, end int, lib *kb.Library) (Selection, bool) {
	name, value, found := strings.Cut(text[i:end], ":")
	f := kb.Facet(strings.ToLower(name))
	if !found || value == "" || !slices.Contains(facets, f) {
		return Selection{}, false
	}
	if inside, after, ok := quoted(text, i+len(name)+1); ok {
		value, end = text[inside.start:inside.end], after
	}
	value = strings.TrimSpace(value)
	v, known := lib.Value(f, value)
	if !known {
		v.Name = value
	}
	return Selection{Facet: f, Value: v, Start: i, End: end}, known
}

// maxUnknownValues is how many unknown values are told of.
const maxUnknownValues = 4

// unknownValue tells of a selection in text whose value lib does not know.
func unknownValue(text string, s Selection, lib *kb.Library) UnknownValue {
	u := UnknownValue{Facet: s.Facet, Typed: text[s.Start:s.End]}
	if near, ok := lib.NearValue(s.Facet, s.Value.Name); ok {
		u.Near = near
		u.Text = text[:s.Start] + string(s.Facet) + ":" + near.Slug + text[s.End:]
	}
	return u
}

// isTitle tells whether a normal form is that of a question, title or alias of lib.
func isTitle(norm string, lib *kb.Library) bool {
	is := func(s string) bool { return normalize(s) == norm }
	return slices.ContainsFunc(lib.Pages, func(p *kb.Page) bool {
		return is(p.Title) || slices.ContainsFunc(p.Aliases, is) || slices.ContainsFunc(p.Questions, func(q *kb.Question) bool {
			return is(q.Text) || slices.ContainsFunc(q.Aliases, is)
		})
	})
}
