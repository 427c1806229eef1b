package index

import (
	"context"
	"fmt"
	"strings"

	"faqbase/kb"
)

// goldenFile is where the golden queries of a knowledge base are.
const goldenFile = "golden.yaml"

// goldenDepth is how far CheckGolden looks for a hit that is not where it is wanted.
const goldenDepth = 100

// CheckGolden asks s the golden queries of lib, which must be the library that s
// holds. A query whose question or page is not among its first hits is an error, and
// one that is marked as a miss and succeeds is a warning. The faults are in the order
// of the file; the error is one of s.
func CheckGolden(ctx context.Context, s Searcher, lib *kb.Library) (kb.ErrorList, error) {
	var faults kb.ErrorList
	for _, g := range lib.Golden {
		res, err := s.Search(ctx, Query{Text: g.Query, Size: max(goldenDepth, g.Within)})
		if err != nil {
			return nil, fmt.Errorf("golden query %q: %w", g.Query, err)
		}
		ids := make([]string, len(res.Hits))
		place := 0
		for i, h := range res.Hits {
			ids[i] = h.id()
			if place == 0 && ids[i] == g.Question {
				place = i + 1
			}
		}
		found := place > 0 && place <= g.Within
		switch {
		case found && g.Miss != "":
			faults = append(faults, &kb.Error{
				File: goldenFile, Line: g.Line, Severity: kb.SeverityWarning, Rule: "golden-miss",
				Msg: fmt.Sprintf("query %q: %s is at place %d; remove miss", g.Query, g.Question, place),
			})
		case !found && g.Miss == "":
			faults = append(faults, &kb.Error{
				File: goldenFile, Line: g.Line, Severity: kb.SeverityError, Rule: "golden",
				Msg: fmt.Sprintf("query %q: want %s among the first %d, got %s", g.Query, g.Question, g.Within, gotGolden(ids, place)),
			})
		}
	}
	return faults, nil
}

// shownGolden is the number of hits that a fault names.
const shownGolden = 3

// gotGolden says what was found instead of the hit that is at place, 0 for nowhere.
func gotGolden(ids []string, place int) string {
	if len(ids) == 0 {
		return "nothing"
	}
	got := strings.Join(ids[:min(len(ids), shownGolden)], ", ")
	switch {
	case place > 0:
		return fmt.Sprintf("%s (it is at place %d)", got, place)
	case len(ids) < goldenDepth:
		return got + " (it is not found)"
	default:
		return fmt.Sprintf("%s (it is not among the first %d)", got, goldenDepth)
	}
}

// id is the id of the question or page that was hit.
func (h Hit) id() string {
	if h.Question != nil {
		return h.Question.ID
	}
	return h.Page.Path
}
