package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"

	"faqbase/kb"
)

// nearDuplicates warns of questions that ask what another one of their page does.
func nearDuplicates(lib *kb.Library) (faults kb.ErrorList) {
	for _, p := range lib.Pages {
		faults = append(faults, repeatedQuestions(p, newMask(lib, p))...)
		faults = append(faults, repeatedAliases(p)...)
	}
	return faults
}

// An inquiry is a question as questions are compared.
type inquiry struct {
	*kb.Question
	content  []string // its words without stop words and endings, in order
	directed []string // content with the words of direction; nil if there are none
	tools    []string // in order
	joined   bool     // the tools are joined by and, or, vs or a comma
}

func repeatedQuestions(p *kb.Page, m mask) (faults kb.ErrorList) {
	alike := map[string][]inquiry{} // in the order of the page
	for _, q := range p.Questions {
		i := newInquiry(q, m)
		key := i.key()
		if n := slices.IndexFunc(alike[key], i.asks); n >= 0 {
			first := alike[key][n]
			faults = append(faults, warning("near-duplicate-question", p.File, q.Line,
				"%q asks nearly what %q on line %d does; make one question of both, and its other wording an alias",
				shorten(q.Text), shorten(first.Text), first.Line))
			continue
		}
		alike[key] = append(alike[key], i)
	}
	return faults
}

// repeatedAliases warns of aliases that are another question of the page.
func repeatedAliases(p *kb.Page) (faults kb.ErrorList) {
	asked := map[string]*kb.Question{}
	for _, q := range p.Questions {
		if key := wording(q.Text); asked[key] == nil {
			asked[key] = q
		}
	}
	for _, q := range p.Questions {
		own := wording(q.Text)
		for _, alias := range q.Aliases {
			key := wording(alias)
			if other := asked[key]; other != nil && key != own {
				faults = append(faults, warning("near-duplicate-question", p.File, q.Line,
					"alias %q of this question is the question on line %d; take it away, or make one question of both",
					shorten(alias), other.Line))
			}
		}
	}
	return faults
}

// duplicates warns of questions that another page asks too, at the later of the two,
// and of aliases that are a question of another page.
func duplicates(lib *kb.Library) (faults kb.ErrorList) {
	var inquiries []inquiry
	alike := map[string]*askers{} // by subject
	asked := map[string]inquiry{} // by wording, the first
	for _, p := range lib.Pages {
		m := newMask(lib, p)
		for _, q := range p.Questions {
			i := newInquiry(q, m)
			inquiries = append(inquiries, i)
			if key := i.subject(); key != "" {
				if alike[key] == nil {
					alike[key] = &askers{about: map[string][]inquiry{}}
				}
				alike[key].add(i)
			}
			if key := language(p) + "\n" + wording(q.Text); asked[key].Question == nil {
				asked[key] = i
			}
		}
	}
	pairs := map[pair][]duplicate{}
	for _, i := range inquiries {
		if all := alike[i.subject()]; all != nil {
			if first := all.firstElsewhere(i); first != nil {
				between := pair{i.Page, first.Page}
				pairs[between] = append(pairs[between], duplicate{i.Question, first})
			}
		}
		for _, alias := range i.Aliases {
			other := asked[language(i.Page)+"\n"+wording(alias)]
			if other.Question != nil && other.Page != i.Page && other.subject() != "" && !i.apart(other) {
				faults = append(faults, warning("duplicate-question", i.Page.File, i.Line,
					"alias %q of this question is the question at %s; take it away, or keep one question of both", shorten(alias), place{other.Page.File, other.Line}))
			}
		}
	}
	for between, all := range pairs {
		faults = append(faults, between.faults(all)...)
	}
	return faults
}

// subject is the same for questions that may ask the same on two pages: their language,
// their words and their direction, "" if these are too few to tell what they are about without the page.
func (i inquiry) subject() string {
	content := slices.Compact(slices.Sorted(slices.Values(i.content)))
	if len(content) < minContent {
		return ""
	}
	return language(i.Page) + "\n" + strings.Join(content, " ") + "\n" + strings.Join(i.directed, " ")
}

// A pair is two pages, the later one first.
type pair struct{ page, earlier *kb.Page }

// A duplicate is a question and an earlier one that asks the same.
type duplicate struct{ question, first *kb.Question }

// manyDuplicates of one pair of pages are told as one fault: it is the pages that say
// the same.
const manyDuplicates = 4

func (between pair) faults(all []duplicate) (faults kb.ErrorList) {
	if len(all) >= manyDuplicates {
		d := all[0]
		return kb.ErrorList{warning("duplicate-question", between.page.File, d.question.Line,
			"%d questions of this page are on %s too, the first is %q on its line %d; keep one page of both, or say in each question what it is about",
			len(all), between.earlier.File, shorten(d.first.Text), d.first.Line)}
	}
	for _, d := range all {
		faults = append(faults, warning("duplicate-question", between.page.File, d.question.Line,
			"%q asks nearly what %q at %s does; keep one and link to it, or say in both what they are about",
			shorten(d.question.Text), shorten(d.first.Text), place{d.first.Page.File, d.first.Line}))
	}
	return faults
}

// askers are the questions of one subject, in the order of the pages. Of those of a page
// that compare alike there is the first.
type askers struct {
	all   []inquiry
	about map[string][]inquiry // those about a tool, and under "" those about none
}

func (a *askers) add(i inquiry) {
	if n := len(a.all); n > 0 {
		if last := a.all[n-1]; last.Page == i.Page && last.joined == i.joined && slices.Equal(last.tools, i.tools) && slices.Equal(last.Tools, i.Tools) {
			return
		}
	}
	a.all = append(a.all, i)
	for _, tool := range i.Tools {
		a.about[tool] = append(a.about[tool], i)
	}
	if len(i.Tools) == 0 {
		a.about[""] = append(a.about[""], i)
	}
}

// near are the lists of those that are not apart from i. One may be in several.
func (a *askers) near(i inquiry) [][]inquiry {
	if len(i.tools) > 0 || len(i.Tools) == 0 {
		return [][]inquiry{a.all}
	}
	lists := [][]inquiry{a.about[""]}
	for _, tool := range i.Tools {
		lists = append(lists, a.about[tool])
	}
	return lists
}

// firstElsewhere is the first question that asks what i does on an earlier page, nil if
// there is none. A question that stands on many pages is one that each of them is
// expected to answer; no more than those are looked at.
func (a *askers) firstElsewhere(i inquiry) (first *kb.Question) {
	var pages []*kb.Page
	for _, list := range a.near(i) {
		for _, other := range list {
			if other.Page == i.Page || !i.asks(other) || slices.Contains(pages, other.Page) {
				continue
			}
			if pages = append(pages, other.Page); len(pages) >= minPages-1 {
				return nil
			}
			if other.Page.Path < i.Page.Path && (first == nil || other.Page.Path < first.Page.Path) {
				first = other.Question
			}
		}
	}
	return first
}

// apart tells whether two questions that name no tool are about different ones.
func (i inquiry) apart(other inquiry) bool {
	if len(i.tools) > 0 || len(i.Tools) == 0 || len(other.Tools) == 0 {
		return false
	}
	return !slices.ContainsFunc(i.Tools, func(tool string) bool { return slices.Contains(other.Tools, tool) })
}

// minContent is the number of words that tell what a question is about without its
// page.
const minContent = 3

// wording is a text without case and punctuation.
func wording(text string) string { return strings.Join(terms(text), " ") }

func newInquiry(q *kb.Question, m mask) inquiry {
	i := inquiry{Question: q}
	asked := terms(q.Text)
	if isDefinition(asked) {
		i.content = []string{"what"}
	}
	all := slices.Clone(i.content)
	for _, term := range asked {
		switch {
		case directions[term] && len(i.content) > 0:
			all = append(all, term)
			continue
		case isNegation(term):
			term = "not"
		case choices[term]:
			term = "or"
		case stopWords[term]:
			continue
		default:
			term = stem(term)
		}
		i.content, all = append(i.content, term), append(all, term)
	}
	if len(all) > len(i.content) {
		i.directed = all
	}
	i.tools, i.joined = m.order(q.Text)
	return i
}

// key is the same for questions that may ask the same.
func (i inquiry) key() string {
	content := slices.Compact(slices.Sorted(slices.Values(i.content)))
	if len(content) < 2 {
		return i.Section + "\n?" + wording(i.Text)
	}
	return i.Section + "\n" + strings.Join(content, " ")
}

// asks tells whether two questions with one key ask the same.
func (i inquiry) asks(other inquiry) bool {
	return slices.Equal(i.directed, other.directed) && (i.joined || other.joined || slices.Equal(i.tools, other.tools))
}

// order gives the tools of a question in order, and whether and, or, vs or a comma
// alone stands between two of them.
func (m mask) order(text string) (tools []string, joined bool) {
	between := []string{}
	for rest := words(text); len(rest) > 0; {
		tool, n := m.at(rest)
		if n == 0 {
			between = append(between, rest[0])
			rest = rest[1:]
			continue
		}
		if len(tools) > 0 && (len(between) == 0 || len(between) == 1 && joins[between[0]]) {
			joined = true
		}
		tools, between, rest = append(tools, tool), between[:0], rest[n:]
	}
	return tools, joined
}

// terms are the words of a question. Signs within a word are part of it, for C++
// is not C, and so is a sign that stands alone, but for the question mark.
func terms(text string) []string {
	fields := strings.Fields(strings.TrimRight(fold(text), " ?？؟"))
	all := make([]string, 0, len(fields))
	for _, field := range fields {
		word := strings.Trim(field, ".,;:!?()[]{}\"'`“”‘’«»…")
		if word == "" {
			all = append(all, field)
			continue
		}
		word = strings.TrimSuffix(strings.ReplaceAll(word, "’", "'"), "'s")
		if strings.ContainsAny(word, "-/") {
			all = append(all, strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '/' })...)
		} else {
			all = append(all, word)
		}
	}
	return all
}

// isDefinition tells "What is a code review?" from "How do we do code review?".
func isDefinition(terms []string) bool {
	return len(terms) > 0 && terms[0] == "what" && !slices.ContainsFunc(terms[1:], func(term string) bool {
		return stopWords[term] && !articles[term]
	})
}

// isNegation knows can't and doesn't too.
func isNegation(term string) bool {
	return term == "not" || term == "no" || term == "never" || term == "cannot" || strings.HasSuffix(term, "n't")
}

// stem is an English word without its ending.
func stem(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }) {
		return word
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// The words of a question that are not its content.
var (
	joins      = set("and or vs versus")
	choices    = set("or vs versus than")
	directions = set("from to into onto over before after")
	articles   = set("is are a an the")
	stopWords  = set(`a about actually all am an and any are as at be been being best between both by can could did do does exactly
		for from good had has have having here how i i'd if i'm in into is it its just let main me most my of on onto one our
		over possible really should so some such that the their them then there these they this those to too us was way we were
		what which will with would you your`)
)

// set has the words of list.
func set(list string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		words[word] = true
	}
	return words
}
