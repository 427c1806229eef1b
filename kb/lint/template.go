package lint

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

const (
	minWords = 6    // of template text, tools apart
	minPages = 3    // that a sentence stands on to be template text
	maxShare = 0.05 // of a page that may be template text
)

// A sentence is one of a page's prose, or a row of its comparison.
type sentence struct {
	text  string // as written
	key   string // the same for sentences that differ in nothing but tools
	line  int
	words int  // tools apart
	long  bool // enough to be template text
}

// A spread is where a sentence stands: its first place on each of the first pages
// that have it.
type spread struct {
	pages  int // at most minPages
	places [minPages]place
}

// add takes a place in the order of the pages.
func (s spread) add(at place) spread {
	if s.pages == minPages || s.pages > 0 && s.places[s.pages-1].file == at.file {
		return s
	}
	s.places[s.pages] = at
	s.pages++
	return s
}

// templateText warns of pages that share too much of their text with others.
func templateText(lib *kb.Library) (faults kb.ErrorList) {
	pages := make([][]sentence, len(lib.Pages))
	spreads := map[string]spread{} // by key
	for i, p := range lib.Pages {
		pages[i] = sentencesOf(p, newMask(lib, p))
		for _, s := range pages[i] {
			if s.long {
				spreads[s.key] = spreads[s.key].add(place{p.File, s.line})
			}
		}
	}
	for i, p := range lib.Pages {
		share, first := shared(pages[i], func(s sentence) bool { return s.long && spreads[s.key].pages == minPages })
		if share > maxShare {
			others := spreads[first.key].elsewhere(p.File)
			faults = append(faults, warning("template-text", p.File, first.line,
				"%.1f %% of this page's text is on two or more other pages, names of tools apart: %q is also at %s and %s; %s",
				100*share, shorten(first.text), others[0], others[1], mendTemplate(p)))
		}
	}
	return faults
}

// shared is the share of a page that is template text, and the first such sentence.
func shared(page []sentence, isTemplate func(sentence) bool) (share float64, first sentence) {
	all, template := 0, 0
	for _, s := range page {
		all += s.words
		if !isTemplate(s) {
			continue
		}
		if template == 0 || s.line < first.line {
			first = s
		}
		template += s.words
	}
	return float64(template) / float64(max(all, 1)), first
}

func mendTemplate(p *kb.Page) string {
	if len(p.Tools) > 1 {
		return "say what is true of " + strings.Join(p.Tools, " and ") + " alone"
	}
	return "say it once and link to it"
}

// elsewhere are the places that are not in file, at least two.
func (s spread) elsewhere(file string) []place {
	return slices.DeleteFunc(s.places[:], func(p place) bool { return p.file == file })
}

// sentencesOf are the sentences of a page, masked.
func sentencesOf(p *kb.Page, m mask) (all []sentence) {
	for _, passage := range p.Prose {
		for text := range splitSentences(passage.Text) {
			key, n := m.key(text)
			all = append(all, sentence{text, key, passage.Line, n, n >= minWords})
		}
	}
	if p.Comparison == nil {
		return all
	}
	for _, row := range p.Comparison.Rows {
		all = append(all, rowSentence(row, m))
	}
	return all
}

// rowSentence is a row of a comparison, which is long if its cells are.
func rowSentence(row kb.Row, m mask) sentence {
	cells := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		cells[i] = c.Text
	}
	said, n := m.key(strings.Join(cells, ", "))
	aspect, more := m.key(row.Aspect)
	return sentence{row.Aspect + ": " + strings.Join(cells, ", "), aspect + ": " + said, row.Line, n + more, n >= minWords}
}

// key is text with its tools masked, and the number of its words without them.
func (m mask) key(text string) (key string, n int) {
	var b strings.Builder
	b.Grow(len(text))
	for rest := words(text); len(rest) > 0; {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if _, length := m.at(rest); length > 0 {
			b.WriteByte('*')
			rest = rest[length:]
			continue
		}
		b.WriteString(rest[0])
		rest = rest[1:]
		n++
	}
	return b.String(), n
}

// splitSentences gives the sentences of a passage: up to a full stop, an exclamation
// or question mark before a space, or a line end.
func splitSentences(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, next := 0, 0 // of the sentence, and of what is not looked at yet
		for i, r := range text {
			if i < next {
				continue
			}
			end := i + utf8.RuneLen(r)
			switch r {
			case '\n', '。', '！', '？':
			case '.', '!', '?', '…':
				end += len(text[end:]) - len(strings.TrimLeft(text[end:], ".!?…\"')]”’»"))
				if after, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && !unicode.IsSpace(after) {
					next = end // no mark of this run ends a sentence
					continue
				}
				if r == '.' && isAbbreviation(text[start:i]) {
					continue // the next mark may: "plan B... Then"
				}
			default:
				continue
			}
			if !yield(strings.TrimSpace(text[start:end])) {
				return
			}
			start, next = end, end
		}
		if rest := strings.TrimSpace(text[start:]); rest != "" {
			yield(rest)
		}
	}
}

// isAbbreviation tells whether the full stop after text ends no sentence: after
// "e.g", "i.e" or an initial, and after "vs" and "cf".
func isAbbreviation(text string) bool {
	word := text[strings.LastIndexFunc(text, unicode.IsSpace)+1:]
	word = strings.TrimLeft(word, "(\"'[“‘«")
	if word == "vs" || word == "cf" {
		return true
	}
	for letters := range strings.SplitSeq(word, ".") {
		if r, size := utf8.DecodeRuneInString(letters); size != len(letters) || !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}
