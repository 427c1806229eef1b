// Package lint says of a knowledge base what an editor would say who has read all
// of its pages together.
//
// # Promises
//
//   - [Check] depends on the library and its options alone: it reads no file, no clock
//     and no network, and gives the same list for the same library and day.
//   - Nothing is an error, for nothing here keeps a page from being served.
//   - A knowledge base is measured by itself. No folder is told of front matter that
//     it does not use, and a team's FAQ without tools hears of repeated text and
//     questions alone.
//   - A doubtful case is no fault. With --strict a warning fails a build, and an
//     author who cannot mend it stops reading the others.
//   - The time grows with the text, not with the pairs of pages.
//   - [Lost], which compares a library with pages as they were, depends on these alone.
//
// The faults of a single file are those of package kb, which the server reports too.
// These here belong to the whole collection: the smallest edit of one page can give
// another one a warning or take it away. So only "faqbase check" asks for them.
//
// # Rules
//
// [kb.Rules] lists them all. What follows says how those of this package decide.
//
// # Words
//
// Words are compared in lower case and Unicode's form NFC, without punctuation. To
// mask the tools of a page is to replace each name and alias of a tool that the page
// or one of its questions is about, the longest first, by one mark.
//
// # template-text
//
// A sentence that is true of every pair of tools tells nobody which one to take, and
// it makes a search find every page for its words.
//
// A sentence is template text if it is the same, with the tools of its page masked,
// on three or more pages. Two pages may share one: somebody who writes about Gin
// twice may say twice what is true of Gin. It counts from six words on, marks apart,
// because shorter ones ("It depends on your team.") are how people talk. The share of
// a page is that of words, marks apart, in such sentences among those in all of its
// sentences, short ones too. Above 5 % it is a warning at the first such sentence: a
// sentence in a page of a thousand words is chance, a paragraph is a method.
//
// Sentences are those of [kb.Page.Prose], and each row of the quick comparison is
// one, its aspect and all of its cells. A row counts from six words in its cells on:
// that Async is Yes for both tools is true of many pairs. A single cell does not
// count, for what is said of a tool in one aspect should be the same everywhere.
// Questions do not count: "What is the difference between A and B?" is how people
// ask, and a page that asks it otherwise is found by fewer. Neither do other headings
// and titles, which give a collection its form, nor code, where a command is a
// command, nor other tables.
//
// # contradiction
//
// A reader who finds two values for one thing believes neither.
//
// What is compared are scalars of one kind that stand for one tool and one aspect in
// the quick comparisons of two pages. Aspects are the same without case, spaces and
// punctuation at the end. The kinds are
//
//   - an answer: a cell that begins with Yes, No or Partly, whatever follows;
//   - a number, which may be a version, a year or a date, and have one unit: "5432",
//     "v3.12", "2026-11", "100 ms", "3.9+". Those with different units are not
//     compared, and 1.01 is not 1.1, though 2026-03 is 2026-3;
//   - a licence, or several with "or", "and", commas or slashes: "MIT", "Apache 2.0",
//     "GPL-2.0-or-later".
//
// A value that only says less is the same: 3 and 3.12, 2013 and 2013-05, BSD and
// BSD-3-Clause. Everything else is free text, where two wordings need not disagree.
// The aspects Since, First release, Initial release and Year, and Licence and
// License, are also compared with what tools.yaml says.
//
// Aspects that only have a meaning beside the other column are left out: those with a
// word such as other, better, faster or more.
//
// The warning is at the later of two places in the order of the pages, tools.yaml
// first, and names the earliest that it contradicts.
//
// # near-duplicate-question
//
// Two questions that ask the same divide their readers and their answers.
//
// Two questions of one page and one section ask nearly the same if the same words
// remain after stop words and endings are dropped, at least two of them. Or, vs and
// than count as one word, so that "Should I use A or B?" is not "Can I use A and B?".
// Not, without, why, when, where and who remain, because they turn a question round,
// and so does what in a definition: "What is a code review?" is not "How do we do a
// code review?". Order does not matter, but for
//
//   - a question with a direction, such as from, to or into: "migrate from A to B";
//   - the order of the page's tools, unless one of the questions joins them by and,
//     or, vs or a comma: "Can A replace B?" is not "Can B replace A?".
//
// All words must be the same because one that is not makes another question nearly
// always: "Why pick A?" and "Why pick B?", "on Linux" and "on Windows". Questions with
// fewer remaining words must be the same word by word. Sections are apart since "How
// do I install it?" is asked in each of them.
//
// An alias that has the words of another question on its page is the same fault, in
// whatever section: a search for it finds two answers that claim to be the one.
//
// # duplicate-question
//
// So do two questions of two pages.
//
// They ask nearly the same by the rule above with at least three remaining words,
// which a question needs to say what it is about without its page, and pages of one
// lang. Pages that are about different tools do not ask the same unless the question
// names one. What three pages ask or more is what their readers expect of each: how to
// install it. From four such questions on it is the two pages that say the same, which
// is one warning. An alias is the same fault where it has the very words of another
// page's question.
//
// # duplicate-comparison
//
// Who looks for a comparison wants the one that there is.
//
// Two comparisons, as missing-field has them, are of the same tools if each names those
// of the other and no more, by whichever of their names, without case, spaces and signs,
// and if they are of one lang, which is en where a page names none.
//
// # missing-field
//
// What most pages of a kind have, readers expect of all of them.
//
// A comparison is a page with two or more tools that has a quick comparison or a
// title of the form "A vs B". If at least half of the comparisons have one of
//
//	verdict           text before the first heading, or a summary
//	category
//	ecosystem
//	quick comparison
//	verified          of the page, or of each question
//	sources           of the page, or of each question
//
// then it is missed where it is not. verified and sources are apart because a folder
// may date its checks and name no addresses. If tools.yaml has at least half of the
// tools that comparisons name, one that it does not have is missed, once, at the first
// page that names it. And in tools.yaml itself category, ecosystem and homepage are
// missed where at least half of the entries have them. Other facts are not: a tool
// need not have a licence or a year that could be checked.
//
// # stale and review-due
//
// What was true when someone checked it need not be now.
//
// A page or question is stale when the day of its verified lies further back than
// [Options.Stale]. A question's own day counts for it alone, and that of its page for
// the page. A review is due once the day of review_by is over. Pages without these
// days are not told of them, which is for missing-field to say.
//
// # bare-claim
//
// That one tool is faster than another is what readers come for, and what nobody
// should have to believe.
//
// A claim is a sentence in which something is faster, smaller, cheaper, more stable,
// the best and so on, has better performance or a larger community, or uses less
// memory, and which compares with than or names a tool of its page. It is no claim in
// a question, none after not, if, whether, can, would and the like in its clause, and
// none with because or since, for that is how one explains. It is bare without support: a link, a footnote or any
// number in its paragraph; a link or a number with a unit in the paragraph before or
// after it; a row with a number in a table near it; or one in the quick comparison for
// a claim of speed or size. Only English is understood.
//
// It is a hint since words alone do not tell what a reader will believe. No option
// makes a build fail for hints.
//
// # lost-page, lost-anchor
//
// What others link to, bookmark and cite stays where it is or says where it went.
//
// A page is lost if its path is that of no page now and of no entry under moved, and a
// question if its id is neither that of a question nor an anchor of its page. What is
// most like it, and was not there before, is named if at least half of its words are
// the same (by the coefficient of Dice): of a question those that ask or, from six on,
// those that answer; of a page those of its title and questions. The warning is there.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"faqbase/kb"
)

// Options say what depends on the day.
type Options struct {
	// Now is the moment by which a review is due and from which an age is counted; zero
	// is long ago, when nothing was.
	Now time.Time
	// Stale is the age from which on what was verified is stale; 0 for never.
	Stale time.Duration
}

// Check gives the faults that show when all pages of lib are read together, sorted
// by file, line, rule and message.
func Check(lib *kb.Library, o Options) kb.ErrorList {
	rules := []func(*kb.Library) kb.ErrorList{templateText, nearDuplicates, duplicates, duplicateComparisons, contradictions, missingFields, bareClaims,
		func(lib *kb.Library) kb.ErrorList { return stale(lib, o) }}
	lists := make([]kb.ErrorList, len(rules))
	var running sync.WaitGroup
	for i, rule := range rules {
		running.Go(func() { lists[i] = rule(lib) })
	}
	running.Wait()
	faults := slices.Concat(lists...)
	slices.SortFunc(faults, func(a, b *kb.Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Msg, b.Msg))
	})
	return faults
}

// warning is a fault; line is 0 where it is the file's as a whole.
func warning(rule, file string, line int, format string, args ...any) *kb.Error {
	return &kb.Error{File: file, Line: line, Severity: kb.SeverityWarning, Rule: rule, Msg: fmt.Sprintf(format, args...)}
}

// hint is advice.
func hint(rule, file string, line int, format string, args ...any) *kb.Error {
	e := warning(rule, file, line, format, args...)
	e.Severity = kb.SeverityHint
	return e
}

// A place is a line of a file.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// shorten makes s fit into a message.
func shorten(s string) string {
	const most = 60
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
