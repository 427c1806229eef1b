package lint

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"faqbase/kb"
)

// likeness is how much alike two questions or pages have to be for one to be named as
// what the other has become: 0 is nothing in common, 1 is all.
const likeness = 0.5

// mostLikened bounds the search for what is most like a lost one, which looks at
// everything that there is: where addresses are lost by the hundred, one entry each is
// not what mends them.
const mostLikened = 100

// Lost warns of the pages and questions that lib does not have any more and that
// nothing names under moved, so that links to them lead nowhere. was are pages as they
// were, those that have changed since suffice. It names what is most like a lost one,
// and what to write there. What is a draft now is not lost.
func Lost(was []*kb.Page, lib *kb.Library) kb.ErrorList {
	l := loser{lib: lib, old: map[string]bool{}, words: map[*kb.Question]asked{}, pages: map[*kb.Page]map[string]bool{}, matter: map[*kb.Page]*kb.MatterLines{}}
	for _, p := range was {
		l.old[p.Path] = true
		for _, q := range p.Questions {
			l.old[q.ID] = true
		}
	}
	for _, p := range was {
		l.page(p)
	}
	return l.faults
}

type loser struct {
	lib    *kb.Library
	old    map[string]bool              // ids of what was there
	words  map[*kb.Question]asked       // found once
	pages  map[*kb.Page]map[string]bool // so are these
	matter map[*kb.Page]*kb.MatterLines // and these
	faults kb.ErrorList
}

// asked are the words of a question and of its answer.
type asked struct{ question, answer map[string]bool }

// page looks for a page that was, and for its questions.
func (l *loser) page(was *kb.Page) {
	now := l.lib.Page(was.Path)
	if now == nil && l.lib.PageOf(was.File) != nil {
		return
	}
	if _, moved := l.lib.Moved(was.Path); now == nil && !moved {
		l.lostPage(was)
		return
	}
	for _, q := range was.Questions {
		if l.lib.Question(q.ID) != nil || now != nil && now.HasAnchor(q.Anchor) {
			continue
		}
		if _, moved := l.lib.MovedID(q.ID); !moved {
			l.lostQuestion(q, now)
		}
	}
}

func (l *loser) lostPage(was *kb.Page) {
	old := pageWords(was)
	var like *kb.Page
	best := likeness
	for _, p := range l.candidates() {
		if l.pages[p] == nil {
			l.pages[p] = pageWords(p)
		}
		if s := dice(old, l.pages[p]); !l.old[p.Path] && s >= best {
			like, best = p, s
		}
	}
	if like == nil {
		l.faults = append(l.faults, warning("lost-page", was.File, 0,
			"page %s is gone since the last commit, and links to it lead nowhere; write %s into the front matter of the page that its readers shall find, or put it back",
			was.Path, "moved: ["+yamlWord(was.Path)+"]"))
		return
	}
	l.faults = append(l.faults, warning("lost-page", like.File, max(l.line(like, "moved"), 1),
		"page %s is gone since the last commit, and links to it lead nowhere; if this is what became of it, %s", was.Path, l.movedTo(like, nil, was.Path)))
}

// lostQuestion names what became of a question, the page of which is now, nil if that
// has moved.
func (l *loser) lostQuestion(was *kb.Question, now *kb.Page) {
	old := asked{wordSet(was.Text), wordSet(was.Answer)}
	var like *kb.Question
	best := likeness
	for _, p := range l.candidates() {
		for _, q := range p.Questions {
			if l.old[q.ID] {
				continue
			}
			s := old.like(l.wordsOf(q))
			if p == now {
				s += 0.1 // most stay on their page
			}
			if s >= best && (like == nil || s > best) {
				like, best = q, s
			}
		}
	}
	switch {
	case like != nil:
		entry := was.ID
		if like.Page == now {
			entry = was.Anchor
		}
		line := cmp.Or(l.line(like.Page, "questions", like.Anchor), like.Line)
		l.faults = append(l.faults, warning("lost-anchor", like.Page.File, line,
			"question %s is gone since the last commit, and links to it lead nowhere; if this is what became of %q, %s",
			was.ID, shorten(was.Text), l.movedTo(like.Page, like, entry)))
	case now != nil:
		l.faults = append(l.faults, warning("lost-anchor", now.File, 0,
			"question %s (%q) is gone since the last commit, and links to it lead to the top of the page; %s if that is where they shall lead, or put it back",
			was.ID, shorten(was.Text), l.movedTo(now, nil, "#"+was.Anchor)))
	default:
		address, _ := l.lib.Moved(was.Page.Path)
		l.faults = append(l.faults, warning("lost-anchor", was.Page.File, 0,
			"question %s (%q) is gone since the last commit, and its page has moved to %s without it; name %s under moved where its readers shall find an answer",
			was.ID, shorten(was.Text), address, yamlWord(was.ID)))
	}
}

// candidates are the pages among which the most alike is looked for.
func (l *loser) candidates() []*kb.Page {
	if len(l.faults) >= mostLikened {
		return nil
	}
	return l.lib.Pages
}

// line is that on which the front matter of a page gives a key.
func (l *loser) line(p *kb.Page, keys ...string) int {
	if l.matter[p] == nil {
		l.matter[p] = p.MatterLines()
	}
	return l.matter[p].Line(keys...)
}

// movedTo says what to write so that an old address leads to a page or a question of it:
// as YAML, unless the front matter is in another language.
func (l *loser) movedTo(p *kb.Page, q *kb.Question, old string) string {
	switch {
	case inYAML(p):
	case q == nil:
		return fmt.Sprintf("add %q to the list moved in its front matter", old)
	default:
		return fmt.Sprintf("add %q to the list moved of %q under questions in the front matter", old, q.Anchor)
	}
	list := "moved: [" + yamlWord(old) + "]"
	if q == nil {
		if l.line(p, "moved") > 0 {
			return "add " + yamlWord(old) + " to moved: in its front matter"
		}
		return "add " + list + " to its front matter"
	}
	anchor := yamlWord(q.Anchor)
	switch {
	case l.line(p, "questions", q.Anchor, "moved") > 0:
		return "add " + yamlWord(old) + " to moved: of " + anchor + " under questions: in the front matter"
	case l.line(p, "questions", q.Anchor) > 0:
		return "add " + list + " to " + anchor + " under questions: in the front matter"
	case l.line(p, "questions") > 0:
		return "add " + anchor + ": {" + list + "} under questions: in the front matter"
	}
	return "add questions: {" + anchor + ": {" + list + "}} to the front matter"
}

// inYAML tells whether the front matter of a page is in YAML, or would be.
func inYAML(p *kb.Page) bool {
	src := strings.TrimPrefix(string(p.Source), "\uFEFF")
	return !strings.HasPrefix(src, "+++") && !strings.HasPrefix(src, "{")
}

// plainWord is what needs no quotes in YAML.
var plainWord = regexp.MustCompile(`^\p{L}[\p{L}\p{N}_./#-]*$`)

func yamlWord(s string) string {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
	default:
		if plainWord.MatchString(s) {
			return s
		}
	}
	return strconv.Quote(s)
}

// wordsOf are those of a question, found once.
func (l *loser) wordsOf(q *kb.Question) asked {
	a, ok := l.words[q]
	if !ok {
		a = asked{wordSet(q.Text), wordSet(q.Answer)}
		l.words[q] = a
	}
	return a
}

// like is how much alike two questions are: in what they ask or, from a few words on,
// in what they answer.
func (a asked) like(b asked) float64 {
	const few = 6
	s := dice(a.question, b.question)
	if min(len(a.answer), len(b.answer)) >= few {
		s = max(s, dice(a.answer, b.answer))
	}
	return s
}

func pageWords(p *kb.Page) map[string]bool {
	text := []string{p.Title}
	for _, q := range p.Questions {
		text = append(text, q.Text)
	}
	return wordSet(strings.Join(text, " "))
}

func wordSet(text string) map[string]bool { return set(strings.Join(words(text), " ")) }

// dice is the coefficient of Dice (1945): twice what two sets share by what they have.
func dice(a, b map[string]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	shared := 0
	for word := range a {
		if b[word] {
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}
