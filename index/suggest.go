package index

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"faqbase/kb"
)

// Limits of a completion: how many are given, and how much of what is typed and of
// what is offered is read. Beyond maxWords words nobody goes on typing, and what
// lies beyond maxLabelBytes in a question cannot be typed.
const (
	maxSuggestions = 50
	maxTypedBytes  = 512
	maxLabelBytes  = 1000
	maxPieces      = 3 // words that one typed word may be
)

// A completion is what can be suggested, with the texts by which it is found.
// Immutable.
type completion struct {
	Suggestion
	key    uint64  // the kind and the length of the text, see keyKind
	labels []label // its text, then its aliases
}

// The order of completions that fit equally well.
const (
	kindTool = iota
	kindCategory
	kindEcosystem
	kindPage
	kindQuestion
)

var kindNames = [...]string{kindTool: "tool", kindCategory: "category", kindEcosystem: "ecosystem", kindPage: "page", kindQuestion: "question"}

// A label is a name, title or question as its words, extra forms included.
type label struct {
	tokens []token
	end    uint16 // of its last word
}

// A token is a word of a label, by its number in the lexicon or its rank in a table, and where it stands.
// That tells neighbours apart from parts: "sql" and "alchemy" of "SQLAlchemy" follow
// each other, "nextjs" stands for both words of "Next.js".
type token struct {
	word       int32
	start, end uint16
}

// A lexicon numbers the words of labels; a number is never given twice. The tables that it
// gives are immutable.
type lexicon struct {
	// mu guards what follows, and the completions of the pages that have their numbers
	// from it.
	mu      sync.Mutex
	numbers map[string]int32
	texts   []string
	table   *wordTable
}

func newLexicon() *lexicon {
	return &lexicon{numbers: make(map[string]int32), table: &wordTable{}}
}

func (l *lexicon) number(text string) int32 {
	n, ok := l.numbers[text]
	if !ok {
		text = strings.Clone(text) // which may be part of a whole page
		n = int32(len(l.texts))
		l.numbers[text] = n
		l.texts = append(l.texts, text)
	}
	return n
}

// label makes the label of a text.
func (l *lexicon) label(text string) label {
	var lb label
	list := words(text[:min(len(text), maxLabelBytes)])
	lb.tokens = make([]token, 0, len(list))
	for _, w := range list {
		lb.tokens = append(lb.tokens, token{l.number(w.text), uint16(w.start), uint16(w.end)})
		lb.end = max(lb.end, uint16(w.end))
	}
	return lb
}

func (l *lexicon) completion(kind uint8, text, url string, aliases []string) *completion {
	c := &completion{
		Suggestion: Suggestion{Text: text, Kind: kindNames[kind], URL: url},
		key:        uint64(kind)<<keyKind | uint64(min(len(text), 1<<keyPart-1)),
		labels:     make([]label, 0, 1+len(aliases)),
	}
	c.labels = append(c.labels, l.label(text))
	for _, a := range aliases {
		c.labels = append(c.labels, l.label(a))
	}
	return c
}

// A wordTable is all words of a lexicon in order. A word's place in it is its rank.
type wordTable struct {
	words []tableWord
	rank  []int32 // by number
}

type tableWord struct {
	text    string
	letters uint32 // see letterSet
	number  int32
}

// sorted gives the table of all words, the one before if there are no new ones.
func (l *lexicon) sorted() *wordTable {
	old := l.table
	if len(old.rank) == len(l.texts) {
		return old
	}
	var fresh []tableWord
	for n := len(old.rank); n < len(l.texts); n++ {
		fresh = append(fresh, tableWord{l.texts[n], letterSet(l.texts[n]), int32(n)})
	}
	slices.SortFunc(fresh, func(a, b tableWord) int { return strings.Compare(a.text, b.text) })
	t := &wordTable{words: make([]tableWord, 0, len(l.texts)), rank: make([]int32, len(l.texts))}
	for _, w := range old.words {
		for len(fresh) > 0 && fresh[0].text < w.text {
			t.words = append(t.words, fresh[0])
			fresh = fresh[1:]
		}
		t.words = append(t.words, w)
	}
	t.words = append(t.words, fresh...)
	for i, w := range t.words {
		t.rank[w.number] = int32(i)
	}
	l.table = t
	return t
}

// A suggester completes what is typed from the names, titles and questions of a
// library. Safe for concurrent use.
type suggester struct {
	lib     *kb.Library
	pages   []*pageEntries
	lexicon *lexicon
	// What follows is made when it is first wanted, once: a start need not wait for it, and
	// most libraries that are applied while somebody writes are never asked.
	filling sync.Once
	table   *wordTable
	items   []*completion
	// languages are those of the pages, whose stop words may be left out.
	languages []*language
	// The labels of item i are labels[labelStart[i]:labelStart[i+1]]. They are copies
	// that lie side by side, and their words are ranks: nearly all of a one-letter
	// completion is to read them.
	labels     []label
	labelStart []int32
	// The items that have the word of rank r are items[i] for the numbers i in
	// postings[start[r]:start[r+1]]. Words that no item has any longer have none.
	start    []int32
	postings []int32
}

// filled is g with all that it is made of.
func (g *suggester) filled() *suggester {
	g.filling.Do(func() {
		g.gather()
		g.post()
	})
	return g
}

// gather takes the completions of pages that stayed the same from the pages, and puts
// those of others there.
func (g *suggester) gather() {
	lib, l := g.lib, g.lexicon
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range lib.Values(kb.FacetTool) {
		g.items = append(g.items, l.completion(kindTool, v.Name, v.URL, toolNames(lib, v.Name)[1:]))
	}
	for _, v := range lib.Values(kb.FacetCategory) {
		g.items = append(g.items, l.completion(kindCategory, v.Name, v.URL, nil))
	}
	for _, v := range lib.Values(kb.FacetEcosystem) {
		g.items = append(g.items, l.completion(kindEcosystem, v.Name, v.URL, nil))
	}
	for _, p := range g.pages {
		if !slices.Contains(g.languages, p.language) {
			g.languages = append(g.languages, p.language)
		}
		if p.completions == nil {
			p.completions = append(p.completions, l.completion(kindPage, p.page.Title, p.page.URL(), p.page.Aliases))
			for _, q := range p.page.Questions {
				p.completions = append(p.completions, l.completion(kindQuestion, q.Text, q.URL(), q.Aliases))
			}
		}
		g.items = append(g.items, p.completions...)
	}
	g.table = l.sorted()
}

// post copies the labels and fills the postings.
func (g *suggester) post() {
	var labels, tokens int
	for _, it := range g.items {
		labels += len(it.labels)
		for _, lb := range it.labels {
			tokens += len(lb.tokens)
		}
	}
	g.labels, g.labelStart = make([]label, 0, labels), make([]int32, 1, len(g.items)+1)
	all := make([]token, 0, tokens)
	for _, it := range g.items {
		for _, lb := range it.labels {
			from := len(all)
			for _, t := range lb.tokens {
				t.word = g.table.rank[t.word]
				all = append(all, t)
			}
			g.labels = append(g.labels, label{all[from:], lb.end})
		}
		g.labelStart = append(g.labelStart, int32(len(g.labels)))
	}
	g.start = make([]int32, len(g.table.words)+1)
	last := make([]int32, len(g.table.words)) // item that had the word last, from 1
	each := func(do func(rank, item int32)) {
		clear(last)
		for i := range g.items {
			item := int32(i)
			for _, lb := range g.labelsOf(item) {
				for _, t := range lb.tokens {
					if last[t.word] != item+1 {
						last[t.word] = item + 1
						do(t.word, item)
					}
				}
			}
		}
	}
	each(func(rank, _ int32) { g.start[rank+1]++ })
	for r := range g.table.words {
		g.start[r+1] += g.start[r]
	}
	g.postings = make([]int32, g.start[len(g.table.words)])
	next := slices.Clone(g.start)
	each(func(rank, item int32) {
		g.postings[next[rank]] = item
		next[rank]++
	})
}

func (g *suggester) labelsOf(item int32) []label {
	return g.labels[g.labelStart[item]:g.labelStart[item+1]]
}

// Suggest implements [Suggester].
func (b *Bleve) Suggest(ctx context.Context, text string, n int) (list []Suggestion, err error) {
	err = b.read(ctx, func(ctx context.Context, s *state) (err error) {
		m, _ := b.typing.Get().(*typing)
		if m == nil {
			m = &typing{}
		}
		defer b.typing.Put(m)
		m.suggester = s.suggester.filled()
		defer func() { m.suggester = nil }()
		list, err = m.suggest(ctx, text, n)
		return err
	})
	return list, err
}

// typing is the working memory of one completion.
type typing struct {
	*suggester
	seen   []uint32 // by item, the round in which it was seen
	round  uint32
	fits   []fit
	matrix editMatrix
}

// A fit is an item that has what was typed; of two the one with the lesser key is
// better.
type fit struct {
	item *completion
	key  uint64
}

// A typedWord is a word as it was typed: one of several chains of words that stand
// next to each other, nearly always a single one of a single word. Without chains it
// begins nothing.
type typedWord struct {
	text   string
	chains [][]piece
}

// A piece stands for the words of the ranks from up to to, or for those in near.
type piece struct {
	from, to int32
	exact    bool   // from is the typed word itself
	near     []near // by rank
}

// suggest looks at the context before each typed word, as one without a beginning is
// compared with every word that there is.
func (m *typing) suggest(ctx context.Context, text string, n int) ([]Suggestion, error) {
	n = min(n, maxSuggestions)
	typed := plainWords(text[:min(len(text), maxTypedBytes)])
	typed = typed[:min(len(typed), maxWords)]
	if n <= 0 || len(typed) == 0 {
		return nil, nil
	}
	query := make([]typedWord, len(typed))
	for i, w := range typed {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		query[i] = m.read(w)
	}
	found := m.findAny(query)
	if len(found) == 0 && m.misspelt(query) {
		found = m.findAny(query)
	}
	if len(found) == 0 {
		return nil, ctx.Err()
	}
	n = min(n, len(found))
	top(found, n, func(a, b fit) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Or(strings.Compare(a.item.Text, b.item.Text), strings.Compare(a.item.URL, b.item.URL))
	})
	// With fewer typos in what is best, the others are something else.
	out := make([]Suggestion, 0, n)
	for _, f := range found[:n] {
		if f.typos() > found[0].typos() {
			break
		}
		out = append(out, f.item.Suggestion)
	}
	return out, nil
}

// read finds what a typed word may stand for: the words that it begins; if there are
// none, words written as one; if there are none, those that it begins but for typos.
func (m *typing) read(text string) typedWord {
	w := typedWord{text: text}
	if p, ok := m.begins(text); ok {
		w.chains = [][]piece{{p}}
		return w
	}
	if list := m.pairsWith(text); len(list) > 0 {
		w.chains = [][]piece{{{near: list}}}
		return w
	}
	if w.chains = m.split(text, nil, nil); len(w.chains) > 0 {
		return w
	}
	if list := m.near(text); len(list) > 0 {
		w.chains = [][]piece{{{near: list}}}
	}
	return w
}

// pairsWith gives the pairs of characters that end in a lone one.
func (m *typing) pairsWith(text string) []near {
	if !isBigram(text) || utf8.RuneCountInString(text) > 1 {
		return nil
	}
	var list []near
	for r := range m.table.words {
		if strings.HasSuffix(m.table.words[r].text, text) && isBigram(m.table.words[r].text) && m.start[r] < m.start[r+1] {
			list = append(list, near{word: int32(r)})
		}
	}
	return list
}

// misspelt reads the words that were taken for words written as one again, as words
// with typos ("fastpi" for "fastapi"), and tells whether any may be one.
func (m *typing) misspelt(query []typedWord) bool {
	any := false
	for i := range query {
		w := &query[i]
		if len(w.chains) == 0 || len(w.chains[0]) == 1 {
			continue
		}
		if list := m.near(w.text); len(list) > 0 {
			w.chains = [][]piece{{{near: list}}}
			any = true
		}
	}
	return any
}

// begins gives the words that begin with text, if any item has one.
func (g *suggester) begins(text string) (piece, bool) {
	words := g.table.words
	from := sort.Search(len(words), func(i int) bool { return words[i].text >= text })
	n := sort.Search(len(words)-from, func(k int) bool { return !strings.HasPrefix(words[from+k].text, text) })
	p := piece{from: int32(from), to: int32(from + n)}
	if n == 0 || g.start[p.from] == g.start[p.to] {
		return p, false
	}
	p.exact = words[from].text == text
	return p, true
}

// split appends the ways to read text as several words, each whole but the last,
// after those in before.
func (g *suggester) split(text string, before []piece, chains [][]piece) [][]piece {
	for i := len(text) - 1; i > 1; i-- {
		if !utf8.RuneStart(text[i]) {
			continue
		}
		first, ok := g.begins(text[:i])
		if !ok || !first.exact || g.start[first.from] == g.start[first.from+1] {
			continue
		}
		first.to = first.from + 1
		chain := append(slices.Clip(before), first)
		if last, ok := g.begins(text[i:]); ok {
			chains = append(chains, append(slices.Clip(chain), last))
		}
		if len(chain) < maxPieces-1 {
			chains = g.split(text[i:], chain, chains)
		}
	}
	return chains
}

// near gives the words that text begins but for the typos that it may have.
func (m *typing) near(text string) []near {
	edits := typosAllowed(text)
	if edits == 0 {
		return nil
	}
	letters := letterSet(text)
	from := []rune(text)
	var list []near
	for r := range m.table.words {
		w := &m.table.words[r]
		if bits.OnesCount32(letters&^w.letters) > edits || w.letters&letterDigit != 0 || m.start[r] == m.start[r+1] {
			continue
		}
		if n := m.matrix.beginning(from, w.text, edits); n <= edits {
			list = append(list, near{int32(r), n})
		}
	}
	return list
}

// beginning is the least distance of a from any beginning of text that has three
// letters or more, or any number above limit.
func (m *editMatrix) beginning(a []rune, text string, limit int) int {
	m.to = m.to[:0]
	for _, r := range text {
		if len(m.to) == len(a)+limit {
			break
		}
		m.to = append(m.to, r)
	}
	if len(m.to) < max(3, len(a)-limit) || m.distanceRow(a, limit) > limit {
		return limit + 1
	}
	return slices.Min(m.prev[3:])
}

// findAny gives the items that have all words of the query; if there are none, those
// that have them with neighbours joined, or but for stop words.
func (m *typing) findAny(query []typedWord) []fit {
	found := m.find(query)
	if len(found) == 0 {
		found = m.findJoined(query)
	}
	if len(found) == 0 {
		found = m.findContent(query)
	}
	return found
}

// find gives the items that have all words of the query.
func (m *typing) find(query []typedWord) []fit {
	rarest, fewest := -1, 0
	for i, w := range query {
		n := 0
		for _, chain := range w.chains {
			m.eachRange(&chain[0], func(items []int32) { n += len(items) })
		}
		if n == 0 {
			return nil
		}
		if rarest < 0 || n < fewest {
			rarest, fewest = i, n
		}
	}
	if rarest < 0 {
		return nil
	}
	m.fits = m.fits[:0]
	if len(m.seen) < len(m.items) {
		m.seen, m.round = make([]uint32, len(m.items)), 0
	}
	m.round++
	if m.round == 0 {
		clear(m.seen)
		m.round = 1
	}
	for _, chain := range query[rarest].chains {
		m.eachRange(&chain[0], func(items []int32) {
			for _, i := range items {
				if m.seen[i] == m.round {
					continue
				}
				m.seen[i] = m.round
				if key, ok := m.fit(i, query); ok {
					m.fits = append(m.fits, fit{m.items[i], key})
				}
			}
		})
	}
	return m.fits
}

// findJoined tries neighbouring words written together ("type script").
func (m *typing) findJoined(query []typedWord) []fit {
	for i := 1; i < len(query); i++ {
		text := query[i-1].text + query[i].text
		p, ok := m.begins(text)
		if !ok {
			continue
		}
		joined := slices.Concat(query[:i-1], []typedWord{{text, [][]piece{{p}}}}, query[i+1:])
		if found := m.find(joined); len(found) > 0 {
			return found
		}
	}
	return nil
}

// findContent leaves out the stop words before the last word: "how to undo a co"
// is to find "How do I undo a commit?".
func (m *typing) findContent(query []typedWord) []fit {
	var content []typedWord
	for i, w := range query {
		if i == len(query)-1 || !m.isStop(w.text) {
			content = append(content, w)
		}
	}
	if len(content) == len(query) || m.isStop(content[0].text) {
		return nil
	}
	return m.find(content)
}

// isStop tells whether a word is a stop word of any language of the pages.
func (g *suggester) isStop(text string) bool {
	return stopWords[text] || slices.ContainsFunc(g.languages, func(l *language) bool { return l.isStop(text) })
}

// eachRange calls do with the items of the words of a piece.
func (g *suggester) eachRange(p *piece, do func(items []int32)) {
	if p.near == nil {
		do(g.postings[g.start[p.from]:g.start[p.to]])
		return
	}
	for _, n := range p.near {
		do(g.postings[g.start[n.word]:g.start[n.word+1]])
	}
}

// How well a label fits, best first.
const (
	fitEqual  = iota // it is what was typed
	fitBegins        // it begins with what was typed
	fitInOrder
	fitAnyOrder
	// fitOfAlias is added to the fit of a question's alias: a question is to be read,
	// and those that show what was typed are first.
	fitOfAlias = 4
)

// The parts of a key, by how far they are shifted: typos, one of the fits, the kind,
// whether it is an alias that fits, how many words are not whole, the text's length.
const (
	keyTypos = 40
	keyFit   = 36
	keyKind  = 32
	keyAlias = 24
	keyPart  = 16
)

func (f fit) typos() uint64 { return f.key >> keyTypos }

// fit tells whether an item has all words of the query, and how well.
func (g *suggester) fit(item int32, query []typedWord) (key uint64, ok bool) {
	for i, lb := range g.labelsOf(item) {
		k, fits := g.fitLabel(&lb, query)
		if !fits {
			continue
		}
		if i > 0 {
			k |= 1 << keyAlias
			if it := g.items[item]; it.Kind == kindNames[kindQuestion] {
				k |= fitOfAlias << keyFit
			}
		}
		if !ok || k < key {
			key, ok = k, true
		}
	}
	return key | g.items[item].key, ok
}

func (g *suggester) fitLabel(lb *label, query []typedWord) (key uint64, ok bool) {
	var typos [maxWords]int8 // of each word at its best
	total := 0
	for i := range query {
		if !query[i].typo() {
			continue
		}
		least, found := leastTypos(lb, &query[i])
		if !found {
			return 0, false
		}
		typos[i] = int8(least)
		total += least
	}
	level := fitBegins
	parts, end := 0, uint16(0)
	for i := range query {
		p := findPlace(lb, &query[i], int(typos[i]), end)
		if !p.found && end == 0 {
			return 0, false // nor anywhere
		}
		if !p.found {
			level = fitAnyOrder
			break
		}
		if level == fitBegins && p.start != lb.next(end) {
			level = fitInOrder
		}
		if !p.whole {
			parts++
		}
		end = p.end
	}
	switch {
	case level == fitAnyOrder:
		parts = 0
		for i := range query {
			p := findPlace(lb, &query[i], int(typos[i]), 0)
			if !p.found {
				return 0, false
			}
			if !p.whole {
				parts++
			}
		}
	case level == fitBegins && parts == 0 && end == lb.end:
		level = fitEqual
	}
	return uint64(total)<<keyTypos | uint64(level)<<keyFit | uint64(parts)<<keyPart, true
}

// typo tells whether the word is taken to be misspelt.
func (w *typedWord) typo() bool { return len(w.chains) == 1 && w.chains[0][0].near != nil }

// leastTypos is the least number of typos with which the label may have a word.
func leastTypos(lb *label, w *typedWord) (least int, ok bool) {
	for _, chain := range w.chains {
		for _, t := range lb.tokens {
			if n, hit := chain[0].typos(t.word); hit && (!ok || n < least) {
				least, ok = n, true
				if n == 0 {
					return 0, true
				}
			}
		}
	}
	return least, ok
}

// typos tells whether a piece stands for the word of a rank, and with how many typos.
func (p *piece) typos(rank int32) (int, bool) {
	if p.near == nil {
		return 0, rank >= p.from && rank < p.to
	}
	i, ok := slices.BinarySearchFunc(p.near, rank, func(n near, r int32) int { return cmp.Compare(n.word, r) })
	if !ok {
		return 0, false
	}
	return p.near[i].distance, true
}

// next is where the first word at or after a place begins.
func (lb *label) next(from uint16) uint16 {
	next := lb.end
	for _, t := range lb.tokens {
		if t.start >= from {
			next = min(next, t.start)
		}
	}
	return next
}

// A place is where a label has a typed word.
type place struct {
	found      bool
	start, end uint16
	whole      bool // the word is not only begun
}

// findPlace gives the first place from on where the label has the word with so many typos.
func findPlace(lb *label, w *typedWord, typos int, from uint16) place {
	var best place
	for _, chain := range w.chains {
		for _, t := range lb.tokens {
			if t.start < from {
				continue
			}
			p := placeAt(lb, chain, typos, t)
			if p.found && (!best.found || p.end < best.end || p.end == best.end && p.whole && !best.whole) {
				best = p
			}
		}
	}
	return best
}

// placeAt tells whether the chain stands where t does.
func placeAt(lb *label, chain []piece, typos int, t token) place {
	n, ok := chain[0].typos(t.word)
	if !ok || n > typos {
		return place{}
	}
	if len(chain) == 1 {
		return place{true, t.start, t.end, chain[0].exact && t.word == chain[0].from}
	}
	next := lb.next(t.end)
	var best place
	for _, u := range lb.tokens {
		if u.start != next || u.start < t.end {
			continue
		}
		if p := placeAt(lb, chain[1:], typos, u); p.found && (!best.found || p.end < best.end) {
			best = p
		}
	}
	best.start = t.start
	return best
}
