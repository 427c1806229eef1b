package index

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"faqbase/kb"
)

var tune = flag.Bool("tune", false, "let TestTune measure the weights of the ranking on the judged sets (some twenty minutes)")

// A choice is a weight with the values that are tried for it.
type choice struct {
	name   string
	set    func(w *weights, v float64)
	values []float64
}

var choices = []choice{
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

// A judgedSet is a library with queries whose answers are known.
type judgedSet struct {
	name    string
	engine  *Bleve
	lib     *kb.Library
	queries []judgedQuery
}

type judgedQuery struct {
	text    string
	fold    int // of two, by the query's group: paraphrases of one question stay together
	answers map[string]bool
}

func loadJudged(t *testing.T, root, name string) *judgedSet {
	s := &judgedSet{name: name}
	dir := filepath.Join(root, name)
	var err error
	if s.lib, err = kb.Load(os.DirFS(filepath.Join(dir, "kb")), kb.Options{}); err != nil {
		t.Fatal(err)
	}
	if s.engine, err = Open(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.engine.Close() })
	if err := s.engine.Apply(t.Context(), s.lib); err != nil {
		t.Fatal(err)
	}
	answers := make(map[string]map[string]bool)
	eachLine(t, filepath.Join(dir, "qrels.tsv"), func(line string) {
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "query_id" || f[2] == "0" {
			return
		}
		if answers[f[0]] == nil {
			answers[f[0]] = make(map[string]bool)
		}
		answers[f[0]][f[1]] = true
	})
	eachLine(t, filepath.Join(dir, "queries.jsonl"), func(line string) {
		var q struct{ ID, Text, Group string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if answers[q.ID] == nil {
			return
		}
		h := fnv.New32a()
		h.Write([]byte(q.Group))
		s.queries = append(s.queries, judgedQuery{q.Text, int(h.Sum32() % 2), answers[q.ID]})
	})
	return s
}

func eachLine(t *testing.T, name string, do func(string)) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		do(s.Text())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}

// A score is how many queries of a fold there are, how many have an answer first, and
// the sum of their reciprocal ranks among the first ten.
type foldScore struct{ n, first, reciprocal float64 }

func (f foldScore) plus(g foldScore) foldScore {
	return foldScore{f.n + g.n, f.first + g.first, f.reciprocal + g.reciprocal}
}

func (f foldScore) String() string {
	return fmt.Sprintf("%.4f/%.4f", f.first/f.n, f.reciprocal/f.n)
}

// measure ranks all queries by these weights.
func (s *judgedSet) measure(t *testing.T, w weights) (folds [2]foldScore) {
	s.engine.weights = &w
	if err := s.engine.swap(s.lib, s.engine.store.current, s.engine.pages, s.engine.state.Load().dictionary, s.engine.classes); err != nil {
		t.Fatal(err)
	}
	st := s.engine.acquire()
	defer st.release()
	var mu sync.Mutex
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		wait.Go(func() {
			sc := &scratch{}
			for i := first; i < len(s.queries); i += workers {
				q := s.queries[i]
				r := readQuery(Query{Text: q.text, Size: 10}, st.catalog)
				m := &match{scratch: sc, ctx: t.Context(), state: st, weights: &w}
				if err := m.run(&r); err != nil {
					t.Error(err)
					return
				}
				r.tools = comparedIn(&r, m)
				listed, err := m.listed(&r)
				if err != nil {
					t.Error(err)
					return
				}
				list := st.order(r.tools.add(listed, &r, m), &r, m)
				m.arrange(&r, list, st, 30)
				score := foldScore{n: 1}
				rank := 0
				for _, x := range list {
					e := st.entries[x.entry]
					if e.question == nil {
						continue
					}
					if rank++; rank > 10 {
						break
					}
					if q.answers[e.id] {
						score.reciprocal = 1 / float64(rank)
						if rank == 1 {
							score.first = 1
						}
						break
					}
				}
				sc.reset()
				mu.Lock()
				folds[q.fold] = folds[q.fold].plus(score)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return folds
}

// setWeight is what a set counts for in what is tuned for: datatalks, with most
// queries and the least to gain, twice.
var setWeight = map[string]float64{"stackfaq125": 1, "covidfaq": 1, "datatalks": 2}

// worth is what is tuned for: the mean of Success@1 and MRR@10 over the sets.
func worth(sets []*judgedSet, of func(i int) foldScore) float64 {
	sum, total := 0.0, 0.0
	for i, s := range sets {
		f := of(i)
		sum += setWeight[s.name] * (f.first + f.reciprocal) / 2 / f.n
		total += setWeight[s.name]
	}
	return sum / total
}

// TestTune shows how the weights were chosen:
//
//	go test ./index -run TestTune -tune -v -timeout 2h
//
// First each weight's values with all others as they are, then two-fold
// cross-validation over groups: from a neutral start, each weight in turn takes the
// value that is best on one half, and the other half is measured.
func TestTune(t *testing.T) {
	if !*tune {
		t.Skip("weights not measured: it takes long; set -tune")
	}
	root := os.Getenv("FAQBASE_RELEVANCE")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data", "relevance")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("weights not measured: no judged sets in %s; set FAQBASE_RELEVANCE", root)
	}
	var sets []*judgedSet
	for _, name := range []string{"stackfaq125", "covidfaq", "datatalks"} {
		sets = append(sets, loadJudged(t, root, name))
	}
	all := func(w weights) [][2]foldScore {
		var out [][2]foldScore
		for _, s := range sets {
			out = append(out, s.measure(t, w))
		}
		return out
	}
	show := func(name string, f [][2]foldScore) {
		line := fmt.Sprintf("%-24s", name)
		for i := range sets {
			line += " " + f[i][0].plus(f[i][1]).String()
		}
		t.Logf("%s  %.4f", line, worth(sets, func(i int) foldScore { return f[i][0].plus(f[i][1]) }))
	}
	t.Log("Success@1/MRR@10 of stackfaq125, covidfaq, datatalks; what is tuned for")
	show("as chosen", all(*defaultWeights()))
	for _, c := range choices {
		for _, v := range c.values {
			w := *defaultWeights()
			if c.set(&w, v); w != *defaultWeights() {
				show(fmt.Sprintf("%s %g", c.name, v), all(w))
			}
		}
	}
	unseen := make([][2]foldScore, len(sets))
	for fold := range 2 {
		w := neutralWeights()
		seen := func(f [][2]foldScore) float64 { return worth(sets, func(i int) foldScore { return f[i][fold] }) }
		best := all(w)
		for _, c := range choices {
			start := w
			for _, v := range c.values {
				next := start
				if c.set(&next, v); next == start {
					continue
				}
				if f := all(next); seen(f) > seen(best) {
					w, best = next, f
				}
			}
		}
		for i := range sets {
			unseen[i][1-fold] = best[i][1-fold]
		}
		t.Logf("fold %d: %+v", fold, w)
	}
	show("cross-validated", unseen)
}

// neutralWeights are those of the scorer that everything began with.
func neutralWeights() weights {
	w := *defaultWeights()
	w.k1, w.idfPower, w.stopWord, w.inflection = 2, .75, .6, .6
	w.field[fieldQuestion], w.lengthNorm[fieldQuestion], w.lengthNorm[fieldAnswer] = 4, .5, .8
	w.overlap, w.onlyInQuery, w.onlyInAsked = .2, .5, .5
	w.pairs, w.pairIn, w.pairsK = .4, [3]float64{1, 1, 1}, 1.2
	w.sentence, w.sentencePower = .2, 1
	return w
}

func TestTuneCoversTheWeights(t *testing.T) {
	for _, c := range choices {
		t.Run(c.name+" changes something", func(t *testing.T) {
			changed := slices.ContainsFunc(c.values, func(v float64) bool {
				w := *defaultWeights()
				c.set(&w, v)
				return w != *defaultWeights()
			})
			if !changed {
				t.Error("all values are the one that is chosen")
			}
		})
	}
}
