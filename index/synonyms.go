package index

import (
	_ "embed"
	"slices"
	"strings"

	"faqbase/kb"
)

// generalText are everyday words that mean nearly the same in questions about
// software, a group a line; # begins a comment.
//
//go:embed synonyms.txt
var generalText string

// generalSynonyms are generalText by the stem of each word. They never change.
var generalSynonyms = func() map[string][]string {
	table := make(map[string][]string)
	for line := range strings.Lines(generalText) {
		line, _, _ = strings.Cut(line, "#")
		group := strings.Fields(line)
		for _, word := range group {
			key := stem(word)
			for _, other := range group {
				if stem(other) != key && !slices.Contains(table[key], other) {
					table[key] = append(table[key], other)
				}
			}
		}
	}
	return table
}()

// A synonym is what a word of a query may be called instead: one word or several that
// stand next to each other. A general one is not of the library.
type synonym struct {
	words   []string
	general bool
}

// synonyms are what words of queries may be called instead, by what synonyms.yaml
// says and, for words of which it says nothing, by generalSynonyms. Immutable.
type synonyms struct {
	rules map[string][]synonymRule // by the first word of from
}

// A synonymRule says that words which follow each other may be called otherwise.
type synonymRule struct {
	from []string
	to   [][]string
}

func newSynonyms(list []kb.Synonym) *synonyms {
	s := &synonyms{rules: make(map[string][]synonymRule)}
	for _, entry := range list {
		for _, from := range entry.From {
			rule := synonymRule{from: plainWords(from)}
			for _, to := range entry.To {
				if words := plainWords(to); len(words) > 0 && !slices.Equal(words, rule.from) {
					rule.to = append(rule.to, words)
				}
			}
			if len(rule.from) > 0 && len(rule.to) > 0 {
				s.rules[rule.from[0]] = append(s.rules[rule.from[0]], rule)
			}
		}
	}
	return s
}

// of gives the synonyms of each word of a request. Where a rule is about several
// words, what they mean together stands for each of them. Quoted words and stop
// words by themselves have none.
func (s *synonyms) of(r *request) [][]synonym {
	means := make([][]synonym, len(r.words))
	add := func(n int, syn synonym) {
		if !slices.ContainsFunc(means[n], func(o synonym) bool { return slices.Equal(o.words, syn.words) }) {
			means[n] = append(means[n], syn)
		}
	}
	for i, n := range r.sequence {
		for _, rule := range s.rules[r.words[n].text] {
			if !r.follow(i, rule.from) {
				continue
			}
			for k := range rule.from {
				for _, to := range rule.to {
					add(r.sequence[i+k], synonym{words: to})
				}
			}
		}
	}
	for n, w := range r.words {
		if len(means[n]) > 0 || w.stop || w.quoted || len(s.rules[w.text]) > 0 {
			continue
		}
		for _, word := range generalSynonyms[stem(w.text)] {
			add(n, synonym{words: []string{word}, general: true})
		}
	}
	return means
}

// follow tells whether these words, none of them quoted, stand at a place of the query.
func (r *request) follow(at int, words []string) bool {
	if at+len(words) > len(r.sequence) {
		return false
	}
	for k, text := range words {
		if w := r.words[r.sequence[at+k]]; w.quoted || w.text != text {
			return false
		}
	}
	return true
}
