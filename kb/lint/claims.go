package lint

import (
	"regexp"
	"slices"
	"strings"

	"faqbase/kb"
)

// bareClaims gives hints of comparisons that a reader has to take on trust.
func bareClaims(lib *kb.Library) (faults kb.ErrorList) {
	for _, p := range lib.Pages {
		var source []string // lines, once they are wanted
		m := newMask(lib, p)
		for i, passage := range p.Prose {
			if supported(passage) {
				continue
			}
			claim, sentence := claimIn(passage.Text, m)
			if claim == "" || i > 0 && backs(p, p.Prose[i-1], passage) || i+1 < len(p.Prose) && backs(p, p.Prose[i+1], passage) {
				continue
			}
			if source == nil {
				source = strings.Split(string(p.Source), "\n")
			}
			if hasFigures(source, passage.Line) || measures(p.Comparison, claim) {
				continue
			}
			faults = append(faults, hint("bare-claim", p.File, passage.Line,
				"%q in %q has no number, link or table beside it; say how much and who measured it, or leave it out", claim, shorten(sentence)))
		}
	}
	return faults
}

// The words that compare, by how they do.
const (
	moreWords    = `faster slower quicker smaller larger bigger lighter heavier cheaper safer`
	mostWords    = `fastest slowest quickest smallest largest biggest lightest cheapest safest`
	degreeWords  = `more less most least` // of a quality
	rankWords    = `better best superior larger largest bigger biggest stronger strongest higher lower`
	victoryWords = `outperform outperforms`
)

// comparingWords are those of which each of comparatives wants one.
var comparingWords = func() map[string]bool {
	all := map[string]bool{}
	for _, list := range []string{moreWords, mostWords, degreeWords, rankWords, victoryWords} {
		for word := range strings.FieldsSeq(list) {
			all[word] = true
		}
	}
	return all
}()

// The ways in which a sentence says that something is more or less than another. The
// claim is the second group.
var comparatives = func() []*regexp.Regexp {
	oneOf := func(words string) string { return strings.Join(strings.Fields(words), "|") }
	const (
		adverbs = `(?:(?:a (?:little|bit|lot)|much|far|even|also|often|usually|generally|significantly|considerably|slightly|clearly|noticeably|still|always|typically|by far|overall) )*`
		what    = `performance|throughput|latency|scalability|stability|security|documentation|docs|support|community|ecosystem|market|tooling`
		be      = `is|are|runs?|starts?|builds?|compiles?|loads?|performs?|keeps? \S+ \S+`
		have    = `has|have|offers?|gives?|provides?|delivers?|brings?`
	)
	quality := `(?:` + oneOf(degreeWords) + `) (?:stable|reliable|secure|mature|popular|efficient|performant|scalable|robust|accurate|lightweight|powerful)`
	more := oneOf(moreWords) + `|` + quality
	most := `best|` + oneOf(mostWords) + `|` + quality
	var all []*regexp.Regexp
	for _, pattern := range []string{
		`\b(` + be + `) ` + adverbs + `(` + more + `)\b`,
		`\b(` + be + `) (?:by far )?(the (?:` + most + `))\b`,
		`\b(` + have + `) (?:the |an? )?` + adverbs + `((?:` + oneOf(rankWords) + `) (?:` + what + `))\b`,
		`\b(uses?|needs?|takes?) ` + adverbs + `((?:less|more) (?:memory|RAM|CPU))\b`,
		`()\b(` + oneOf(victoryWords) + `)\b`,
	} {
		all = append(all, regexp.MustCompile(`(?i)`+pattern))
	}
	return all
}()

// mayClaim tells whether text has one of comparingWords, none of which has more letters
// than outperforms. Most texts have none, and this is much sooner known than what a
// sentence says.
func mayClaim(text string) bool {
	const longest = len("outperforms")
	var word [longest]byte
	n := 0 // letters of the present word
	for i := range len(text) {
		if c := text[i] | 0x20; c >= 'a' && c <= 'z' {
			if n < longest {
				word[n] = c
			}
			n++
			continue
		}
		if n <= longest && comparingWords[string(word[:n])] {
			return true
		}
		n = 0
	}
	return n <= longest && comparingWords[string(word[:n])]
}

// claimIn finds a claim in a passage: one that compares with than, or in a sentence
// that names a tool of the page.
func claimIn(text string, m mask) (claim, sentence string) {
	if !mayClaim(text) {
		return "", ""
	}
	for s := range splitSentences(text) {
		for _, pattern := range comparatives {
			at := pattern.FindStringSubmatchIndex(s)
			if at == nil || hedged.MatchString(clause(s[:at[0]])) || reasoned.MatchString(s) || strings.HasSuffix(s, "?") {
				continue
			}
			rest := s[at[1]:]
			if end := strings.IndexAny(rest, ",;:"); end >= 0 {
				rest = rest[:end]
			}
			if strings.Contains(rest, " than ") || m.names(s) {
				return s[at[4]:at[5]], s
			}
		}
	}
	return "", ""
}

// hedged knows a clause that claims nothing.
var hedged = regexp.MustCompile(`(?i)\b(not|no|never|neither|nor|nothing|none|if|whether|unless|until|where|when|while|as long as|can|could|may|might|would|should|what|which|how)\b|n't\b`)

// reasoned knows a sentence that says why.
var reasoned = regexp.MustCompile(`(?i)\b(because|since|as long as|therefore|due to)\b`)

// clause is the part of a sentence after its last comma, colon or semicolon.
func clause(s string) string { return s[strings.LastIndexAny(s, ",;:")+1:] }

// names tells whether s names a tool.
func (m mask) names(s string) bool {
	for rest := words(s); len(rest) > 0; rest = rest[1:] {
		if _, n := m.at(rest); n > 0 {
			return true
		}
	}
	return false
}

// supported tells whether a passage has a link or any number.
func supported(p kb.Passage) bool { return p.Cites || strings.ContainsAny(p.Text, "0123456789") }

// figure is a number with a unit, as a measurement has.
var figure = regexp.MustCompile(`(?i)[0-9]\s*(%|×|x\b|times\b|[nµum]?s\b|ms\b|seconds?\b|minutes?\b|[kmg]i?b\b|bytes\b|lines\b|requests?\b|stars\b)`)

// backs tells whether a neighbour of a passage, under the same heading, has a link or
// a measurement.
func backs(p *kb.Page, neighbour, passage kb.Passage) bool {
	if !neighbour.Cites && !figure.MatchString(neighbour.Text) {
		return false
	}
	first, last := min(neighbour.Line, passage.Line), max(neighbour.Line, passage.Line)
	return !slices.ContainsFunc(p.Questions, func(q *kb.Question) bool { return first < q.Line && q.Line <= last })
}

// hasFigures tells whether a table under the same heading, at most nearLines away, has
// a row with a number.
func hasFigures(source []string, line int) bool {
	row := func(text string) bool {
		return strings.HasPrefix(strings.TrimSpace(text), "|") && strings.ContainsAny(text, "0123456789")
	}
	const nearLines = 15
	for i := line - 1; i >= max(0, line-nearLines) && i < len(source) && !strings.HasPrefix(source[i], "#"); i-- {
		if row(source[i]) {
			return true
		}
	}
	for i := line; i < min(len(source), line+nearLines) && !strings.HasPrefix(source[i], "#"); i++ {
		if row(source[i]) {
			return true
		}
	}
	return false
}

// The aspects in which a claim is about speed or about size.
var (
	aboutSpeed = regexp.MustCompile(`(?i)speed|fast|quick|slow|perform|throughput|latency|time|bench|start|requests`)
	aboutSize  = regexp.MustCompile(`(?i)size|small|larg|big|light|heav|weight|memory|ram|footprint|bundle|binary`)
)

// measures tells whether a comparison has a row with a number in what a claim is about.
func measures(t *kb.Table, claim string) bool {
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.Rows, func(r kb.Row) bool {
		same := aboutSpeed.MatchString(claim) && aboutSpeed.MatchString(r.Aspect) || aboutSize.MatchString(claim) && aboutSize.MatchString(r.Aspect)
		return same && slices.ContainsFunc(r.Cells, func(c kb.Cell) bool { return strings.ContainsAny(c.Text, "0123456789") })
	})
}
