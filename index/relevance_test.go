package index_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"faqbase/index"
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
			lib, err := kb.Load(os.DirFS(filepath.Join(root, set, "kb")), kb.Options{})
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
			success, mrr := relevance(t, e, filepath.Join(root, set))
			t.Logf("%s: Success@1 %.3f, MRR@10 %.3f", set, success, mrr)
			if success < floor.success || mrr < floor.mrr {
				t.Errorf("Success@1 %.3f, MRR@10 %.3f, want at least %.3f, %.3f", success, mrr, floor.success, floor.mrr)
			}
		})
	}
}

// relevance ranks the queries of a set, page hits left out.
func relevance(t *testing.T, e index.Searcher, dir string) (success, mrr float64) {
	judged := make(map[string]map[string]bool)
	for line := range lines(t, filepath.Join(dir, "qrels.tsv")) {
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "query_id" || f[2] == "0" {
			continue
		}
		if judged[f[0]] == nil {
			judged[f[0]] = make(map[string]bool)
		}
		judged[f[0]][f[1]] = true
	}
	n := 0.0
	for line := range lines(t, filepath.Join(dir, "queries.jsonl")) {
		var q struct{ ID, Text string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if judged[q.ID] == nil {
			continue
		}
		n++
		res, err := e.Search(context.Background(), index.Query{Text: q.Text, Size: 30})
		if err != nil {
			t.Fatal(err)
		}
		rank := 0
		for _, h := range res.Hits {
			if h.Question == nil {
				continue
			}
			rank++
			if rank > 10 {
				break
			}
			if judged[q.ID][h.Question.ID] {
				if rank == 1 {
					success++
				}
				mrr += 1 / float64(rank)
				break
			}
		}
	}
	return success / n, mrr / n
}

// lines gives the lines of a file.
func lines(t *testing.T, name string) func(func(string) bool) {
	return func(yield func(string) bool) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		s := bufio.NewScanner(f)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			if !yield(s.Text()) {
				return
			}
		}
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
	}
}
