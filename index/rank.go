package index

import (
	"math"
	"slices"
	"strings"

	"faqbase/kb"
)

// weights are every number of the ranking in one place; rank.go's functions are
// the only ones to use them.
//
// The starting point is the scorer that was tuned on three sets at once
// (stackfaq125, covidfaq, datatalks).
type weights struct {
	k1         float64 // saturation of a word's occurrences
	field      [numFields]float64
	lengthNorm [numFields]float64 // b: how much a long field weakens an occurrence
	idfPower   float64
	stopWord   float64 // of a stop word's weight
	inflection float64 // another form of the same word
	prefix     float64 // a word that the last one begins
	part       float64 // a part of a name that is not known as a whole
	typo       [3]float64
	overlap    float64 // of the question overlap beside the words' score
	pairs      float64 // of words that follow each other as in the query
	pairsK     float64 // saturation of a pair's occurrences
	reranked   int     // entries, the best by all but pairs, for which pairs are counted
	page       float64 // of a page's score beside that of a question, if it has questions
	listed     float64 // share of the best score from which an entry without all words is listed
}

func defaultWeights() *weights {
	w := &weights{
		k1:         2,
		idfPower:   .75,
		stopWord:   .6,
		inflection: .6,
		prefix:     .6,
		part:       .6,
		typo:       [3]float64{1, .8, .6},
		overlap:    .2,
		pairs:      .4,
		pairsK:     1.2,
		reranked:   50,
		page:       .8,
		listed:     .5,
	}
	w.field = [numFields]float64{fieldQuestion: 4, fieldNames: 3, fieldContext: 2, fieldAnswer: 1, fieldComparison: 1}
	w.lengthNorm = [numFields]float64{fieldQuestion: .5, fieldNames: .5, fieldContext: .5, fieldAnswer: .8, fieldComparison: .8}
	return w
}

// wordWeight is what a word says that df of n entries have.
func (w *weights) wordWeight(df, n int, stop bool) float64 {
	idf := math.Log(1 + (float64(n-df)+.5)/(float64(df)+.5))
	u := math.Pow(idf, w.idfPower)
	if stop {
		u *= w.stopWord
	}
	return u
}

// boosts gives by field and entry what one occurrence of a word there is worth: the
// field's weight, less the longer the field is beside the average of those that are
// not empty.
func (w *weights) boosts(entries []*entry) [numFields][]float32 {
	var boosts [numFields][]float32
	for f := range numFields {
		total, filled := 0.0, 0.0
		for _, e := range entries {
			if l := e.lengths[f]; l > 0 {
				total += float64(l)
				filled++
			}
		}
		boosts[f] = make([]float32, len(entries))
		for i, e := range entries {
			if l := float64(e.lengths[f]); l > 0 {
				b := w.lengthNorm[f]
				boosts[f][i] = float32(w.field[f] / (1 - b + b*l/(total/filled)))
			}
		}
	}
	return boosts
}

// questionMasses gives for each entry the weight of its whole question: of each
// class of its words, by the number of questions that have it.
func (w *weights) questionMasses(entries []*entry, numClasses int) []float32 {
	df := make([]int32, numClasses)
	for _, e := range entries {
		for _, c := range e.classes {
			df[c]++
		}
	}
	weight := make([][2]float32, numClasses)
	for c, n := range df {
		if n > 0 {
			weight[c] = [2]float32{
				float32(w.wordWeight(int(n), len(entries), false)),
				float32(w.wordWeight(int(n), len(entries), true)),
			}
		}
	}
	mass := make([]float32, len(entries))
	for i, e := range entries {
		for k, c := range e.classes {
			if e.stops[k] {
				mass[i] += weight[c][1]
			} else {
				mass[i] += weight[c][0]
			}
		}
	}
	return mass
}

// ofKind is the factor of an entry's score for what it is: a page that has questions
// leaves the first place to them unless it is clearly what was meant.
func (w *weights) ofKind(e *entry) float64 {
	if e.question == nil && len(e.page.Questions) > 0 {
		return w.page
	}
	return 1
}

// The tiers of the order by relevance, before the score.
const (
	tierExact = iota // the question, or one of its aliases, is the query
	tierPair         // the page that compares the two tools asked for
	tierScore
)

// tierOf gives an entry's tier. pair are the tools of "A vs B", if it was asked.
func tierOf(e *entry, r *request, pair []string) int {
	if r.norm != "" && (e.norm == r.norm || slices.Contains(e.aliases, r.norm)) {
		return tierExact
	}
	if pair != nil && e.question == nil && len(e.page.Tools) == len(pair) &&
		!slices.ContainsFunc(pair, func(name string) bool { return !slices.Contains(e.page.Tools, name) }) {
		return tierPair
	}
	return tierScore
}

// pairWords are what stands between two tools that are to be compared.
var pairWords = []string{" vs ", " versus ", " or ", " against ", " compared to ", " compared with "}

// pairOf reads "A vs B" and its like and returns the names of the two tools, nil if
// the query is not of that form.
func pairOf(r *request, lib *kb.Library) []string {
	text := " " + strings.Join(strings.Fields(strings.ToLower(strings.TrimRight(r.query.Text, " ?!."))), " ") + " "
	text = strings.ReplaceAll(text, " vs. ", " vs ")
	if rest, ok := strings.CutPrefix(text, " difference between "); ok {
		text = strings.Replace(rest, " and ", " vs ", 1)
	}
	for _, sep := range pairWords {
		left, right, found := strings.Cut(text, sep)
		if !found {
			continue
		}
		a, b := lib.Tool(strings.TrimSpace(left)), lib.Tool(strings.TrimSpace(right))
		if a != nil && b != nil && a != b {
			return []string{a.Name, b.Name}
		}
	}
	return nil
}

// wordPairs are the neighbouring words of a query. That they follow each other in an
// entry too cannot be told from postings; it is counted in the text of the best.
type wordPairs struct {
	weights *weights
	words   map[string]uint32 // by index word, the query's words that it stands for
	list    []wordPair
	total   float64
	counts  []int // working memory
}

type wordPair struct {
	first, second uint32 // bits of the words
	weight        float64
}

// newWordPairs returns nil if the query has no two different words side by side.
func newWordPairs(r *request, m *match) *wordPairs {
	if m == nil || len(r.sequence) < 2 {
		return nil
	}
	p := &wordPairs{weights: m.weights}
	for i := 1; i < len(r.sequence); i++ {
		a, b := r.sequence[i-1], r.sequence[i]
		if a == b {
			continue
		}
		weight := (m.words[a].weight + m.words[b].weight) / 2
		p.total += weight
		if m.words[a].df > 0 && m.words[b].df > 0 {
			p.list = append(p.list, wordPair{1 << a, 1 << b, weight})
		}
	}
	if len(p.list) == 0 {
		return nil
	}
	p.counts = make([]int, len(p.list))
	p.words = make(map[string]uint32)
	for i, w := range m.words {
		for _, t := range w.terms {
			if t.factor >= .5 {
				p.words[m.state.dictionary.words[t.word].text] |= 1 << i
			}
		}
	}
	return p
}

// add adds the worth of the pairs to the scores.
func (p *wordPairs) add(s *state, list []ranked) {
	var buf []word
	for i := range list {
		e := s.entries[list[i].entry]
		clear(p.counts)
		buf = p.count(e.text(), buf)
		buf = p.count(e.answer(), buf)
		sum := 0.0
		for k, n := range p.counts {
			sum += p.list[k].weight * float64(n) / (float64(n) + p.weights.pairsK)
		}
		list[i].score += p.weights.pairs * sum / p.total * p.weights.ofKind(e)
	}
}

// count counts the pairs in the sentences of a text.
func (p *wordPairs) count(text string, buf []word) []word {
	buf = appendWords(buf[:0], text)
	var before uint32 // what the word before stands for
	end := 0          // of the word before
	for i := 0; i < len(buf); {
		w := buf[i]
		bits := p.words[w.text]
		for i++; i < len(buf) && buf[i].extra; i++ {
			bits |= p.words[buf[i].text]
		}
		if before != 0 && bits != 0 && !endsSentence(text[end:max(end, w.start)]) {
			for k, pair := range p.list {
				if before&pair.first != 0 && bits&pair.second != 0 {
					p.counts[k]++
				}
			}
		}
		before, end = bits, w.end
	}
	return buf
}

// endsSentence tells whether a sentence ends in what stands between two words.
func endsSentence(between string) bool {
	for i := 0; i < len(between); i++ {
		switch between[i] {
		case '\n':
			return true
		case '.', '!', '?':
			if i+1 < len(between) && (between[i+1] == ' ' || between[i+1] == '\n') {
				return true
			}
		}
	}
	return false
}
