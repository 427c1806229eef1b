package kb

import (
	"strconv"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"
)

// A Golden is a query and what it must find. It is immutable.
type Golden struct {
	// Query is what is searched for, Question the id of the question or page that
	// must be among the first Within hits, which is 1 to 100.
	Query, Question string
	Within          int
	// Miss is why it is known not to be, "" if it has to be.
	Miss string
	// Line is that of the entry in golden.yaml.
	Line int
}

// maxWithin is the most hits that a golden query is given, those of one page of
// results.
const maxWithin = 100

var goldenKeys = []string{"query", "question", "within", "miss"}

// readGolden reads golden.yaml. Whether its ids are there is for the library to say.
func readGolden(src []byte) (golden []Golden, faults ErrorList) {
	type pair struct{ query, question string }
	lines := map[pair]int{}
	readItems(goldenFile, src, "queries (- {query: ..., question: ...})", &faults, func(r *yamlReader, entry *yaml.Node) {
		g := r.golden(entry)
		if g.Query == "" || g.Question == "" {
			return
		}
		p := pair{foldName(g.Query), g.Question}
		if first := lines[p]; first > 0 {
			r.errorf(entry, "repeated-query", "query %q and its question are already on line %d; keep one of them", abridge(g.Query), first)
			return
		}
		lines[p] = g.Line
		golden = append(golden, g)
	})
	return golden, faults
}

// golden reads an entry as far as it is sound.
func (r *yamlReader) golden(entry *yaml.Node) (g Golden) {
	if entry.Kind != yaml.MappingNode {
		r.errorf(entry, "bad-value", "want a query with %s, not %s", wanted(goldenKeys), kindName(entry))
		return g
	}
	g.Within, g.Line = 1, r.line(entry)
	for key, value := range r.pairs(entry, "", goldenKeys) {
		switch key.Value {
		case "query":
			g.Query = r.text(key, value)
		case "question":
			g.Question = normalID(r.text(key, value))
		case "within":
			g.Within = r.within(key, value)
		case "miss":
			g.Miss = r.text(key, value)
			if g.Miss == "" && (isNull(value) || value.Kind == yaml.ScalarNode) {
				r.errorf(value, "bad-value", "miss wants the reason for which the query is known to fail")
			}
		}
	}
	if g.Query == "" {
		r.errorf(entry, "missing-key", "entry has no query; add query:")
	}
	if g.Question == "" {
		r.errorf(entry, "missing-key", "entry has no question; add question: with the id of a question or page")
	}
	return g
}

// within reads a number of hits.
func (r *yamlReader) within(key, value *yaml.Node) int {
	s := r.text(key, value)
	if s == "" {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxWithin {
		r.errorf(value, "bad-value", "within is %q, want a number of hits from 1 to %d", abridge(s), maxWithin)
		return 1
	}
	return n
}

// golden checks the ids in golden.yaml against the pages that there are.
func (l *linkChecker) golden() {
	for _, g := range l.fileGolden {
		if now := l.present(goldenFile, g.Line, []string{g.Question}); len(now) > 0 {
			g.Question = now[0]
			l.Golden = append(l.Golden, g)
		}
	}
}

// normalID is an id as the library spells it, which is in NFC.
func normalID(id string) string { return norm.NFC.String(id) }
