package evaluate

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"faqbase/kb"
)

// MaxQueryBytes is the longest query that a server takes.
const MaxQueryBytes = 512

// maxLine is the longest line of a file, in bytes.
const maxLine = 1 << 20

// A Query is a query with its right answers.
type Query struct {
	ID, Text string
	Group    string         // queries of a group ask for the same; "" is its own
	Grades   map[string]int // of the right answers, above 0, by question id
}

// group names what is drawn together; a query without a group cannot be taken for
// a group of that name.
func (q Query) group() string {
	if q.Group == "" {
		return "query " + q.ID
	}
	return "group " + q.Group
}

// A Set is queries with their right answers. Immutable.
type Set struct {
	// Queries are those with a right answer, in the order of their file.
	Queries []Query
	// Unjudged is the number of queries that were left out, for want of a right
	// answer; Cut of those that were longer than [MaxQueryBytes].
	Unjudged, Cut int

	ids map[string]bool // of all queries, those left out included
}

// ReadSet reads a set from its two files. The error is a [kb.ErrorList] if they
// have faults.
func ReadSet(queries, qrels string) (*Set, error) {
	s := &Set{}
	var faults kb.ErrorList
	byID := make(map[string]int)
	if err := readFile(queries, &faults, func(r io.Reader) kb.ErrorList {
		return s.readQueries(queries, r, byID)
	}); err != nil {
		return nil, err
	}
	if err := readFile(qrels, &faults, func(r io.Reader) kb.ErrorList {
		return s.readJudgements(qrels, r, byID, queries)
	}); err != nil {
		return nil, err
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	all := len(s.Queries)
	s.Queries = slices.DeleteFunc(s.Queries, func(q Query) bool { return len(q.Grades) == 0 })
	s.Unjudged = all - len(s.Queries)
	if len(s.Queries) == 0 {
		return nil, fmt.Errorf("%s gives none of the %d queries of %s a right answer", qrels, all, queries)
	}
	s.ids = make(map[string]bool, all)
	for id := range byID {
		s.ids[id] = true
	}
	return s, nil
}

func readFile(name string, faults *kb.ErrorList, read func(io.Reader) kb.ErrorList) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	*faults = append(*faults, read(f)...)
	return nil
}

// An identifier is a string, or a number as it is written.
type identifier string

func (id *identifier) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		var n json.Number
		err := json.Unmarshal(b, &n)
		*id = identifier(n)
		return err
	}
	return json.Unmarshal(b, (*string)(id))
}

// readQueries adds the queries of a file to s and their places to byID.
func (s *Set) readQueries(file string, r io.Reader, byID map[string]int) (faults kb.ErrorList) {
	lineOf := make(map[string]int)
	for n, line := range lines(r, fault(&faults, file)) {
		fail := func(format string, args ...any) { fault(&faults, file)(n, fmt.Sprintf(format, args...)) }
		var q struct {
			ID    identifier `json:"id"`
			Text  string     `json:"text"`
			Group identifier `json:"group"`
		}
		if err := json.Unmarshal(line, &q); err != nil {
			reason := "not a query"
			if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
				reason = "not JSON: " + err.Error()
			}
			fail(`%s; want {"id": "…", "text": "…", "group": "…"}`, reason)
			continue
		}
		id, text := string(q.ID), strings.TrimSpace(q.Text)
		switch {
		case id == "":
			fail("query without an id")
			continue
		case strings.ContainsAny(id, "\t\r\n"):
			fail("query id %q has a tab or a line end", id)
			continue
		case text == "":
			fail("query %s without a text", id)
			continue
		case lineOf[id] > 0:
			fail("query id %s is that of line %d", id, lineOf[id])
			continue
		}
		lineOf[id] = n
		if len(text) > MaxQueryBytes {
			s.Cut++
			text = cut(text)
		}
		byID[id] = len(s.Queries)
		s.Queries = append(s.Queries, Query{ID: id, Text: text, Group: string(q.Group)})
	}
	return faults
}

// cut is the beginning of text that a server takes.
func cut(text string) string {
	n := min(len(text), MaxQueryBytes)
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// readJudgements adds the judgements of a file to the queries of s. byID has their
// places and queries is the file they are from.
func (s *Set) readJudgements(file string, r io.Reader, byID map[string]int, queries string) (faults kb.ErrorList) {
	type pair struct{ query, question string }
	type judgement struct{ line, grade int }
	judged := make(map[pair]judgement)
	first := true
	for n, line := range lines(r, fault(&faults, file)) {
		fail := func(format string, args ...any) { fault(&faults, file)(n, fmt.Sprintf(format, args...)) }
		heading := first
		first = false
		columns := strings.Split(string(line), "\t")
		if len(columns) != 3 {
			fail("%d columns, want query_id, doc_id and grade between tabs", len(columns))
			continue
		}
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		query, question := columns[0], columns[1]
		grade, err := strconv.Atoi(columns[2])
		if err != nil && heading && query == "query_id" {
			continue
		}
		if err != nil || grade < 0 {
			fail("grade %q, want a whole number from 0", columns[2])
			continue
		}
		at, known := byID[query]
		p := pair{query, question}
		old, again := judged[p]
		switch {
		case !known:
			fail("unknown query id %q, want one of %s", query, queries)
			continue
		case question == "":
			fail("judgement of query %s without a doc_id", query)
			continue
		case again && old.grade != grade:
			fail("query %s and %s have grade %d here and %d in line %d", query, question, grade, old.grade, old.line)
			continue
		}
		judged[p] = judgement{n, grade}
		if grade == 0 {
			continue
		}
		if s.Queries[at].Grades == nil {
			s.Queries[at].Grades = make(map[string]int)
		}
		s.Queries[at].Grades[question] = grade
	}
	return faults
}

// fault adds a fault in a line of file to list.
func fault(list *kb.ErrorList, file string) func(line int, msg string) {
	return func(line int, msg string) {
		*list = append(*list, &kb.Error{File: file, Line: line, Severity: kb.SeverityError, Rule: "judged-set", Msg: msg})
	}
}

// lines are the lines of r that are not blank, with their numbers from 1, without a
// byte order mark. What cannot be read is told to fail.
func lines(r io.Reader, fail func(line int, msg string)) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		s := bufio.NewScanner(r)
		s.Buffer(nil, maxLine)
		n := 0
		for s.Scan() {
			n++
			line := s.Bytes()
			if n == 1 {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			if len(bytes.TrimSpace(line)) > 0 && !yield(n, line) {
				return
			}
		}
		switch err := s.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			fail(n+1, fmt.Sprintf("a line of more than %d bytes", maxLine))
		case err != nil:
			fail(n+1, err.Error())
		}
	}
}

// Missing are the right answers that lib does not have, by id.
func (s *Set) Missing(lib *kb.Library) []string {
	var ids []string
	for _, q := range s.Queries {
		for id := range q.Grades {
			if lib.Question(id) == nil {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Fold is one half of s, 0 or 1: the groups are split by a hash of their names, so
// that weights that were chosen on one half can be judged by the other.
func (s *Set) Fold(n int) *Set {
	return s.with(func(q Query) (Query, bool) {
		sum := sha256.Sum256([]byte(q.group()))
		return q, int(sum[0]&1) == n
	})
}

// Variant is s with its queries as v has them. Clean is s itself.
func (s *Set) Variant(v Variant, seed uint64) *Set {
	return s.with(func(q Query) (Query, bool) {
		q.Text = cut(v.Of(q.ID, q.Text, seed))
		return q, true
	})
}

// with is s with its queries changed, without those for which change says no.
func (s *Set) with(change func(Query) (Query, bool)) *Set {
	other := *s
	other.Queries = nil
	for _, q := range s.Queries {
		if q, ok := change(q); ok {
			other.Queries = append(other.Queries, q)
		}
	}
	return &other
}

// ReadRun reads a run of s from a file. Answers after rank [Depth] and those of
// queries that s leaves out are not kept. The error is a [kb.ErrorList] if the file
// has faults.
func (s *Set) ReadRun(file string) (Run, error) {
	run := make(Run)
	var faults kb.ErrorList
	if err := readFile(file, &faults, func(r io.Reader) kb.ErrorList {
		return s.readRun(file, r, run)
	}); err != nil {
		return nil, err
	}
	return run, faults.Err()
}

func (s *Set) readRun(file string, r io.Reader, run Run) (faults kb.ErrorList) {
	type place struct {
		rank int
		Answer
	}
	places := make(map[string][]place)
	for n, line := range lines(r, fault(&faults, file)) {
		fail := func(format string, args ...any) { fault(&faults, file)(n, fmt.Sprintf(format, args...)) }
		columns := strings.Split(strings.TrimRight(string(line), "\r"), "\t")
		if len(columns) != 4 {
			fail("%d columns, want query id, question id, rank and score between tabs", len(columns))
			continue
		}
		query, question := columns[0], columns[1]
		rank, err := strconv.Atoi(columns[2])
		if err != nil || rank < 1 {
			fail("rank %q, want a whole number from 1", columns[2])
			continue
		}
		score, err := strconv.ParseFloat(columns[3], 64)
		if err != nil {
			fail("score %q, want a number", columns[3])
			continue
		}
		if !s.ids[query] {
			fail("unknown query id %q; the run is one of another set", query)
			continue
		}
		places[query] = append(places[query], place{rank, Answer{question, score}})
	}
	for query, list := range places {
		slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(a.rank, b.rank) })
		for _, p := range list[:min(len(list), Depth)] {
			run[query] = append(run[query], p.Answer)
		}
	}
	return faults
}

// WriteRun writes run as a file, the queries in the order of s.
func (s *Set) WriteRun(w io.Writer, run Run) error {
	b := bufio.NewWriter(w)
	for _, q := range s.Queries {
		for i, a := range run[q.ID] {
			fmt.Fprintf(b, "%s\t%s\t%d\t%.6f\n", q.ID, a.Question, i+1, a.Score)
		}
	}
	return b.Flush()
}
