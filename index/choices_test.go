package index

import (
	"slices"
	"testing"
)

// A Choice is a weight with the values that are tried for it.
type Choice struct {
	Name   string
	Set    func(w *weights, v float64)
	Values []float64
}

// Choices are the weights that the judged sets can tell something about.
var Choices = []Choice{
	{"k1", func(w *weights, v float64) { w.k1 = v }, []float64{1.5, 2, 2.5, 3}},
	{"field question", func(w *weights, v float64) { w.field[fieldQuestion] = v }, []float64{4, 5, 6, 8}},
	{"field names", func(w *weights, v float64) { w.field[fieldNames] = v }, []float64{3, 4}},
	{"field context", func(w *weights, v float64) { w.field[fieldContext] = v }, []float64{1, 2}},
	{"length question", func(w *weights, v float64) { w.lengthNorm[fieldQuestion] = v }, []float64{.5, .75, 1}},
	{"length answer", func(w *weights, v float64) { w.lengthNorm[fieldAnswer] = v }, []float64{.8, .9, 1}},
	{"idfPower", func(w *weights, v float64) { w.idfPower = v }, []float64{.75, .9, 1}},
	{"stopWord", func(w *weights, v float64) { w.stopWord = v }, []float64{.55, .6, .65, .7}},
	{"inflection", func(w *weights, v float64) { w.inflection = v }, []float64{.5, .6, .7}},
	{"prefix", func(w *weights, v float64) { w.prefix = v }, []float64{.4, .6}},
	{"longer", func(w *weights, v float64) { w.longer = v }, []float64{0, .2, .6}},
	{"joined", func(w *weights, v float64) { w.joined = v }, []float64{0, .6, .8, 1}},
	{"general", func(w *weights, v float64) { w.general = v }, []float64{0, .2, .3, .4}},
	{"overlap", func(w *weights, v float64) { w.overlap = v }, []float64{0, .2, .25, .3, .35}},
	{"onlyInQuery", func(w *weights, v float64) { w.onlyInQuery = v }, []float64{.1, .3, .5}},
	{"onlyInAsked", func(w *weights, v float64) { w.onlyInAsked = v }, []float64{.5, .7, 1}},
	{"pairs", func(w *weights, v float64) { w.pairs = v }, []float64{0, .4, .5, .6}},
	{"pairIn answer", func(w *weights, v float64) { w.pairIn[inAnswer] = v }, []float64{.3, .6, 1}},
	{"pairsK", func(w *weights, v float64) { w.pairsK = v }, []float64{.4, .6, 1.2}},
	{"sentence", func(w *weights, v float64) { w.sentence = v }, []float64{0, .3, .4, .5, .6}},
	{"sentencePower", func(w *weights, v float64) { w.sentencePower = v }, []float64{1, 1.5, 2, 3}},
	{"around", func(w *weights, v float64) { w.around = v }, []float64{0, .3, .5, .7}},
	{"listed", func(w *weights, v float64) { w.listed = v }, []float64{.4, .5, .6, .7}},
}

// NeutralWeights are those of the scorer that everything began with.
func NeutralWeights() Weights {
	w := *defaultWeights()
	w.k1, w.idfPower, w.stopWord, w.inflection = 2, .75, .6, .6
	w.field[fieldQuestion], w.lengthNorm[fieldQuestion], w.lengthNorm[fieldAnswer] = 4, .5, .8
	w.overlap, w.onlyInQuery, w.onlyInAsked = .2, .5, .5
	w.pairs, w.pairIn, w.pairsK = .4, [3]float64{1, 1, 1}, 1.2
	w.sentence, w.sentencePower = .2, 1
	return w
}

func TestTuneCoversTheWeights(t *testing.T) {
	for _, c := range Choices {
		t.Run(c.Name+" changes something", func(t *testing.T) {
			changed := slices.ContainsFunc(c.Values, func(v float64) bool {
				w := *defaultWeights()
				c.Set(&w, v)
				return w != *defaultWeights()
			})
			if !changed {
				t.Error("all values are the one that is chosen")
			}
		})
	}
}
