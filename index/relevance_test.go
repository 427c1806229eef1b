package index_test

import (
	"os"
	"path/filepath"
	"testing"

	"faqbase/index"
	"faqbase/index/evaluate"
	"faqbase/kb"
)

// relevanceFloor are the figures below which a set must not fall: a little under
// what is reached, for sets of a few hundred questions.
var relevanceFloor = map[string]struct{ success, mrr float64 }{
	"stackfaq125": {.827, .885},
	"covidfaq":    {.632, .738},
	"datatalks":   {.844, .89},
}

// TestRelevance ranks judged queries. The sets are not part of the repository;
// FAQBASE_RELEVANCE names the folder that has them.
func TestRelevance(t *testing.T) {
	root := os.Getenv("FAQBASE_RELEVANCE")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data", "relevance")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("relevance not measured: no judged sets in %s; set FAQBASE_RELEVANCE", root)
	}
	for set, floor := range relevanceFloor {
		t.Run(set, func(t *testing.T) {
			lib, err := kb.Load(kb.Dir(filepath.Join(root, set, "kb")), kb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			e, err := index.Open("")
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if err := e.Apply(t.Context(), lib); err != nil {
				t.Fatal(err)
			}
			judged, err := evaluate.ReadSet(filepath.Join(root, set, "queries.jsonl"), filepath.Join(root, set, "qrels.tsv"))
			if err != nil {
				t.Fatal(err)
			}
			run, err := evaluate.Measure(t.Context(), judged, evaluate.Searcher(e))
			if err != nil {
				t.Fatal(err)
			}
			figures := judged.Figures(run)
			success, mrr := figures[evaluate.Success].Value, figures[evaluate.MRR].Value
			t.Logf("%s: Success@1 %.3f, MRR@10 %.3f", set, success, mrr)
			if success < floor.success || mrr < floor.mrr {
				t.Errorf("Success@1 %.3f, MRR@10 %.3f, want at least %.3f, %.3f", success, mrr, floor.success, floor.mrr)
			}
		})
	}
}
