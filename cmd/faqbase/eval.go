package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"faqbase/index/evaluate"
	"faqbase/kb"
)

type evalCommand struct {
	KB      string   `name:"kb" placeholder:"DIR" help:"The folder of pages (default: ./kb if it is there, else the starter pages). They are indexed in memory."`
	Queries string   `placeholder:"FILE" help:"The queries, one JSON object a line: id, text and group, which marks queries that ask for the same."`
	Qrels   string   `placeholder:"FILE" help:"Their right answers, one a line: query id, question id, grade, between tabs."`
	Set     []string `sep:"none" placeholder:"DIR" help:"A folder with kb, queries.jsonl and qrels.tsv; repeat it to measure several."`
	Variant []string `enum:"clean,typo1,typo2,half,nostop,all" default:"clean" help:"How the queries are typed: ${enum}; repeat it for several (${default})."`
	Seed    uint64   `default:"1" help:"What the typos of a variant are made from (${default})."`
	Fold    string   `enum:",0,1" default:"" placeholder:"0|1" help:"Only this half of the groups of queries."`
	URL     string   `name:"url" placeholder:"URL" help:"Measure the server at this address instead, by GET /search."`
	Output  string   `name:"run" placeholder:"FILE" help:"Write the answers there: query id, question id, rank, score, between tabs."`
	Compare string   `placeholder:"FILE" help:"List what moved since the run in this file."`
	JSON    bool     `help:"The figures as one JSON object, or one a line where there are several."`
	linksFlag
}

// requestTimeout bounds how long a server may take for one answer.
const requestTimeout = 30 * time.Second

// Validate checks what the types of the flags leave open.
func (c *evalCommand) Validate() error {
	if (c.Queries == "") != (c.Qrels == "") {
		return errors.New("--queries and --qrels go together")
	}
	if len(c.sets()) == 0 {
		return errors.New("nothing to measure; give --queries and --qrels, or a folder that has them with --set")
	}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("--url is the address of a server, as http://127.0.0.1:8080, not %q", c.URL)
		}
		if len(c.sets()) > 1 {
			return errors.New("a server has one knowledge base; with --url measure one set")
		}
	}
	if (c.Output != "" || c.Compare != "") && len(c.sets())*len(c.variants()) > 1 {
		return errors.New("--run and --compare are for one set in one variant")
	}
	return nil
}

// A judgedSet is where a set is.
type judgedSet struct{ name, kb, queries, qrels string }

// sets are the sets that the flags name.
func (c *evalCommand) sets() (sets []judgedSet) {
	if c.Queries != "" && c.Qrels != "" {
		sets = append(sets, judgedSet{c.Queries, c.KB, c.Queries, c.Qrels})
	}
	for _, dir := range c.Set {
		sets = append(sets, judgedSet{filepath.Base(dir), filepath.Join(dir, "kb"), filepath.Join(dir, "queries.jsonl"), filepath.Join(dir, "qrels.tsv")})
	}
	return sets
}

// variants are the variants that the flags name, each once.
func (c *evalCommand) variants() (list []evaluate.Variant) {
	if slices.Contains(c.Variant, "all") {
		return evaluate.Variants
	}
	for _, v := range c.Variant {
		if v := evaluate.Variant(v); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// Run measures each set in each variant.
func (c *evalCommand) Run(ctx context.Context, con console) error {
	report := evalReport{several: len(c.sets())*len(c.variants()) > 1}
	for _, set := range c.sets() {
		if err := c.measure(ctx, con.err, set, &report); err != nil {
			return err
		}
	}
	if c.JSON {
		return report.printJSON(con.out)
	}
	return report.print(con.out)
}

// measure adds the rows of one set to report.
func (c *evalCommand) measure(ctx context.Context, notes io.Writer, where judgedSet, report *evalReport) (err error) {
	var lib *kb.Library
	if c.URL == "" {
		if _, lib, err = c.openLibrary(where.kb); err != nil {
			return err
		}
	}
	set, err := evaluate.ReadSet(where.queries, where.qrels)
	if err != nil {
		return inputError(notes, err)
	}
	var was evaluate.Run
	if c.Compare != "" {
		if was, err = set.ReadRun(c.Compare); err != nil {
			return inputError(notes, err)
		}
	}
	noteSet(notes, where, set, lib)
	if c.Fold != "" {
		set = set.Fold(int(c.Fold[0] - '0'))
		if len(set.Queries) == 0 {
			return fmt.Errorf("no query of %s is in fold %s", where.queries, c.Fold)
		}
	}
	rank, done, err := c.ranker(ctx, lib)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, v := range c.variants() {
		typed := set.Variant(v, c.Seed)
		run, err := evaluate.Measure(ctx, typed, rank)
		if err != nil {
			return fmt.Errorf("measure %s: %w", where.name, err)
		}
		if c.Output != "" {
			if err := writeFile(c.Output, func(w io.Writer) error { return typed.WriteRun(w, run) }); err != nil {
				return err
			}
		}
		row := evalRow{set: where.name, variant: v, fold: c.Fold, queries: len(typed.Queries), figures: typed.Figures(run)}
		if was != nil {
			moved := evaluate.Compare(typed, was, run)
			row.compared, row.moved = c.Compare, &moved
		}
		report.rows = append(report.rows, row)
	}
	return nil
}

// ranker is what is measured: an engine in memory that holds lib, or the server if
// one is named. The index of a folder that is being served is left alone, and the
// figures are the same. done gives back what it holds.
func (c *evalCommand) ranker(ctx context.Context, lib *kb.Library) (rank evaluate.Ranker, done func() error, err error) {
	if c.URL != "" {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		client := &http.Client{Transport: transport, Timeout: requestTimeout}
		return evaluate.Server(client, c.URL), func() error { transport.CloseIdleConnections(); return nil }, nil
	}
	engine, err := memoryIndex(ctx, lib)
	if err != nil {
		return nil, nil, err
	}
	return evaluate.Searcher(engine), engine.Close, nil
}

// maxFaults is the number of faults of a judged set that are listed.
const maxFaults = 20

// inputError lists the faults of an input file. A file that is not there is wrong
// usage.
func inputError(notes io.Writer, err error) error {
	var faults kb.ErrorList
	switch {
	case errors.As(err, &faults):
		for _, e := range faults[:min(len(faults), maxFaults)] {
			fmt.Fprintln(notes, faultLine(e))
		}
		return fmt.Errorf("%s in the judged set; nothing was measured", plural(len(faults), "fault"))
	case errors.Is(err, fs.ErrNotExist):
		return usageError{err.Error()}
	default:
		return err
	}
}

// noteSet says what of a set cannot count as its author meant. lib is nil where it
// is not known.
func noteSet(notes io.Writer, where judgedSet, set *evaluate.Set, lib *kb.Library) {
	if set.Unjudged > 0 {
		fmt.Fprintf(notes, "faqbase: %s: %s left out, for want of a right answer in %s\n", where.queries, queryCount(set.Unjudged), where.qrels)
	}
	if set.Cut > 0 {
		fmt.Fprintf(notes, "faqbase: %s: %s cut to %d bytes\n", where.queries, queryCount(set.Cut), evaluate.MaxQueryBytes)
	}
	if lib == nil {
		return
	}
	if missing := set.Missing(lib); len(missing) > 0 {
		answers := plural(len(missing), "right answer")
		fmt.Fprintf(notes, "faqbase: %s: %s not in the pages and counted as not found:\n  %s\n", where.qrels, answers, strings.Join(missing, "\n  "))
	}
}

func queryCount(n int) string {
	if n == 1 {
		return "1 query"
	}
	return fmt.Sprintf("%d queries", n)
}
