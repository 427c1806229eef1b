package web

import (
	"faqbase/index"
	"faqbase/kb"
)

// What makes the first hit clearly the best, so that its answer is open from the
// start. Over the first answers to the queries of three public sets (covidfaq, datatalks,
// stackfaq125) 79 of 100 are right, and of those that this opens, a third, 97.
const (
	bestScore = 0.8
	bestLead  = 4.0 / 3 // times the score of the next question
)

// isBest tells whether the first hit of an answer is clearly the best: a question
// that is first by relevance, and is what was asked word by word, or pinned by an
// editor, or far ahead of the next. Where no other question is found there is
// nothing to be ahead of, and the score decides.
func isBest(a *answer) bool {
	hits := a.found.Hits
	if len(hits) == 0 || a.asked.Page > 1 || a.asked.Sort != index.ByRelevance || a.asked.On != "" {
		return false
	}
	first := hits[0]
	switch {
	case first.Question == nil:
		return false
	case first.Asked || first.Pinned != nil:
		return true
	case first.Score < bestScore:
		return false
	}
	for _, hit := range hits[1:] {
		if hit.Question != nil && hit.Score*bestLead > first.Score {
			return false
		}
	}
	return true
}

// How many bytes of HTML the answers within one list may have together, the best one
// among them, which has a bound of its own: the longest answer in those sets has 13,013.
// Later and longer ones are fetched when they are opened. It keeps a fragment within its
// budget.
const (
	answersInPlace = 9_000
	bestInPlace    = 14_000
)

// groupsByItself tells whether the search page groups what was asked: a list by
// relevance of all pages, where one page would else fill it. Whoever lists
// everything, or the newest, wants each.
func groupsByItself(q index.Query) bool {
	return q.Text != "" && q.Sort == index.ByRelevance && q.On == ""
}

// onPage is the first page of what was asked among the questions of one page.
func onPage(settled index.Query, page *kb.Page) index.Query {
	settled.On, settled.Page = page.Path, 1
	return settled
}

// onlyPage is the chip of the one page whose hits are shown.
func (s *Server) onlyPage(lib *kb.Library, settled index.Query) chip {
	name := settled.On
	if page := lib.Page(name); page != nil {
		name = shortTitle(page.Title)
	}
	settled.On, settled.Page = "", 1
	return chip{ID: "Q-chip-on", Facet: ui.PageTag, Name: name, URL: s.address("/", settled)}
}
