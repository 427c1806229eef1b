package index

import (
	"math"
	"slices"
)

// weights are every number of the ranking in one place.
//
// The rule: an entry's score is
//
//	score = kind × elsewhere × (words + overlap × D + pairs × B + sentence × S − accent × A)
//
// words is BM25F as a share. For each word of the query, its occurrences are added up
// over the fields, each with the factor of the index word, the weight of the field and
// less the longer the field is: t. It gives the word's weight u × t / (t + k1), and the
// sum is divided by that of an entry with endless occurrences of every word.
//
// D, the overlap, compares the query with the entry's question as sets of words, by
// weight: what both have, over that and a part of what only one of them has. Aliases
// are compared likewise, each as a question that counts a little less.
//
// B is the share of neighbouring words of the query that are neighbours in a sentence
// of the entry. S is the share of the query's words that the best sentence has, as a
// power, so that one with most of them counts far more than one with half. A is the
// share of words that the entry has with other accents only.
//
// A word that begins others and is known itself ("go", "vue") weighs by itself alone:
// what it may become adds little, as a synonym does. elsewhere is less than 1 for an
// entry about none of the tools that the query means, so that an answer about another
// tool with all the other words stays behind those about this one.
//
// Words and D are known from postings for every entry. B, S and A need the text and
// are counted for the best by words and D; together they never take away, so that
// those stay before the others.
//
// Beside each weight are the figures of two other values: Success@1 in thousandths of
// stackfaq125, covidfaq and datatalks, where these weights have 830 639 847 and, with
// question 6 and longer .6 as when the others were measured, 834 635 845. TestTune measures them.
// Its cross-validation, two folds over groups from a neutral start, gives 834 619 843
// (MRR@10 892 728 891). A weight without figures is beyond what the sets can tell.
type weights struct {
	k1         float64            // t at which a word has given half of its weight
	field      [numFields]float64 // what an occurrence is worth in a field of average length
	lengthNorm [numFields]float64 // b: how much of that depends on the length, 0 to 1
	idfPower   float64            // u = idf to this power
	stopWord   float64            // of a stop word's u

	// Factors of index words that stand for a word of the query.
	inflection float64    // another form of the same word
	prefix     float64    // a word that the last one begins, which stands for nothing else
	longer     float64    // a word that the last one begins, which stands for itself or another form already
	joined     float64    // a word written together with its neighbour ("data base"), or apart
	part       float64    // a part of a name that is not known as a whole
	typo       [3]float64 // by number of edits
	notNamed   float64    // of a near word that is not the correction named, beside the one that is
	synonym    float64    // what synonyms.yaml says
	general    float64    // what generalSynonyms say

	overlap       float64    // of D
	onlyInQuery   float64    // in D, of words that only the query has
	onlyInAsked   float64    // in D, of words that only the question has
	alias         float64    // of an alias's D and S beside the question's own
	pairs         float64    // of B
	pairIn        [3]float64 // what a pair is worth in the question, an alias, the answer
	pairsK        float64    // occurrences of a pair that give half of its weight
	pairFactor    float64    // least factor of the words of a pair
	sentence      float64    // of S
	sentencePower float64
	around        float64 // in S, of words that the page has around an entry: title, section, tools
	accent        float64 // of A
	reranked      int     // entries for which B, S and A are counted
	page          float64 // kind of a page that has questions, which leaves the first place to them
	elsewhere     float64 // of the score of an entry about none of the tools which the query means
	listed        float64 // share of the best score from which an entry without all words is listed
}

func defaultWeights() *weights {
	w := &weights{
		k1:         2,   // 1.5: 822 620 848; 2.5: 839 644 842
		idfPower:   .9,  // .75: 834 630 841; 1: 835 623 846
		stopWord:   .65, // .55: 836 620 848; .7: 834 639 842
		inflection: .5,  // .6: 832 626 846; .7: 833 623 845
		prefix:     .6,  // .4: 834 637 845
		// The same with the last word cut in half (--variant half) are 817 577 835;
		// .6: 828 633 846, half 820 571 838; 0: 830 637 846, half 814 569 824.
		longer:      .2,
		joined:      .8, // 0: 829 646 845; 1: 834 634 844
		part:        .6,
		typo:        [3]float64{1, .8, .6},
		notNamed:    .85, // 1: with two typos (--variant typo2) 817 620 829 instead of 816 621 829
		synonym:     .5,
		general:     .3,  // 0: 813 632 845; .4: 834 634 844
		overlap:     .27, // 0: 799 577 857; .35: 836 643 839
		onlyInQuery: .3,  // .1: 833 638 841; .5: 832 620 846
		onlyInAsked: .7,  // .5: 834 637 842; 1: 834 633 846
		alias:       .9,
		pairs:       .5, // 0: 835 637 837; .6: 829 630 845
		// In the answer .3: 834 641 840; 1: 829 627 847.
		pairIn:        [3]float64{inQuestion: 1, inAlias: 1, inAnswer: .6},
		pairsK:        .6, // .4: 830 630 845; 1.2: 832 640 843
		pairFactor:    .5,
		sentence:      .5, // 0: 830 632 813; .6: 831 626 845
		sentencePower: 2,  // 1: 828 637 843; 3: 833 627 841
		around:        .5, // 0 and .7: the same, as the titles of the sets say nothing
		accent:        .02,
		reranked:      50,
		page:          .8,
		// The sets have no tools. 1: "n+1 problem eloquent" and "pip --help" find other tools first.
		elsewhere: .6,
		listed:    .5, // MRR@10 of covidfaq .743; .6: .738; .7: .727
	}
	// Question 4: 828 627 850; 8: 835 633 840.
	w.field = [numFields]float64{fieldQuestion: 5, fieldNames: 4, fieldContext: 2, fieldAnswer: 1, fieldComparison: 1, fieldText: .5}
	// Question .5: 831 622 843; answer .8: 831 635 841; answer 1: 832 628 846.
	w.lengthNorm = [numFields]float64{fieldQuestion: 1, fieldNames: .5, fieldContext: .5, fieldAnswer: .9, fieldComparison: .8, fieldText: .9}
	return w
}

// wordWeight is u: what a word says that df of n entries have.
func (w *weights) wordWeight(df, n int, stop bool) float64 {
	idf := math.Log(1 + (float64(n-df)+.5)/(float64(df)+.5))
	u := math.Pow(idf, w.idfPower)
	if stop {
		u *= w.stopWord
	}
	return u
}

// saturate is the share of its weight that a word gives for its occurrences t.
func (w *weights) saturate(t float64) float64 { return t / (t + w.k1) }

// overlapOf is D of a query and a question by the weight of their words: what both
// have, all of the query's and all of the question's.
func (w *weights) overlapOf(both, query, question float64) float64 {
	apart := w.onlyInQuery*max(0, query-both) + w.onlyInAsked*max(0, question-both)
	return both / max(both+apart, .25)
}

// pairShare is the share of its weight that a pair gives for n occurrences.
func (w *weights) pairShare(n float64) float64 { return n / (n + w.pairsK) }

// sentenceShare is S of a sentence that has this share of the query's words.
func (w *weights) sentenceShare(share float64) float64 {
	return math.Pow(min(share, 1), w.sentencePower)
}

// close is what B, S and A add to a score.
func (w *weights) close(b, s, a float64) float64 {
	return max(0, w.pairs*b+w.sentence*s-w.accent*a)
}

// kind is the factor of an entry's score for what it is.
func (w *weights) kind(e *entry) float64 {
	if e.question == nil && len(e.page.Questions) > 0 {
		return w.page
	}
	return 1
}

// boosts gives by field and entry what one occurrence of a word there is worth: the
// field's weight, less the longer the field is beside the average of those that are
// not empty.
func (w *weights) boosts(lengths []fieldLengths) [numFields][]float32 {
	var boosts [numFields][]float32
	for f := range numFields {
		total, filled := 0.0, 0.0
		for i := range lengths {
			if l := lengths[i][f]; l > 0 {
				total += float64(l)
				filled++
			}
		}
		boost := func(length uint32) float32 {
			b := w.lengthNorm[f]
			return float32(w.field[f] / (1 - b + b*float64(length)/(total/filled)))
		}
		var known [256]float32 // by length: most fields are short
		boosts[f] = make([]float32, len(lengths))
		for i := range lengths {
			switch l := lengths[i][f]; {
			case l == 0:
			case int(l) >= len(known):
				boosts[f][i] = boost(l)
			default:
				if known[l] == 0 {
					known[l] = boost(l)
				}
				boosts[f][i] = known[l]
			}
		}
	}
	return boosts
}

// A classWeight is what a class of words weighs in a question, where its word is none and
// where it is a stop word.
type classWeight struct{ word, stop float32 }

// classWeights gives the weight of each class of words by the number of entries, of so
// many, that ask with it.
func (w *weights) classWeights(askers []int32, entries int) []classWeight {
	weights := make([]classWeight, len(askers))
	known := make(map[int32]classWeight) // by number of entries: most classes are in few
	for c, n := range askers {
		weight, ok := known[n]
		if !ok {
			weight = classWeight{
				word: float32(w.wordWeight(int(n), entries, false)),
				stop: float32(w.wordWeight(int(n), entries, true)),
			}
			known[n] = weight
		}
		weights[c] = weight
	}
	return weights
}

// mass is the weight of all words of a question.
func (a *asked) mass(weights []classWeight) (sum float32) {
	for k, c := range a.classes {
		if a.stops[k] {
			sum += weights[c].stop
		} else {
			sum += weights[c].word
		}
	}
	return sum
}

// masses gives the masses of the questions of entries. Those of entries that stay are the
// same as before where what is asked is: then no weight has changed.
func masses(entries []*entry, weights []classWeight, s *splice, before *catalog) []float32 {
	mass := func(e *entry) float32 { return e.asked.mass(weights) }
	known := before.classWeights
	if len(known) == 0 || len(known) > len(weights) || !slices.Equal(known, weights[:len(known)]) {
		s = anew(entries)
	}
	return spliced(s, before.mass, mass)
}
