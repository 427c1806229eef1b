package web

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"faqbase/index"
	"faqbase/kb"
)

const (
	longAnswer        = 6000 // bytes of HTML past which an answer that is not the best is fetched when it is opened
	comparisonsBeside = 6    // the hits, of those among them
)

// hitView is one hit.
type hitView struct {
	ID          string // of the element
	URL         string
	TitleHTML   string
	SnippetHTML string
	AnswerHTML  string // "" where it is fetched when it is opened
	Best        bool   // its answer is open from the start
	Page        *kb.Page
	Question    *kb.Question
	Tools       []*kb.Tool
	More        int // further hits of its page, at MoreURL
	MoreURL     string
	Explanation *index.Explanation // nil unless asked for
	Why         string             // the address where it is, "" where it is here or there is no query
}

// IsComparison tells whether the hit is a page with a quick comparison.
func (h hitView) IsComparison() bool { return h.Question == nil && h.Page.Comparison != nil }

// Way leads to the hit: ecosystems and categories, a name that is both once.
func (h hitView) Way() []string {
	way := slices.Clone(h.Page.Ecosystem)
	for _, name := range h.Page.Category {
		if !slices.Contains(way, name) {
			way = append(way, name)
		}
	}
	return way
}

func newHitView(lib *kb.Library, n int, hit index.Hit) hitView {
	v := hitView{
		ID:          fmt.Sprintf("Q-hit-%d", n),
		URL:         hit.Page.URL(),
		TitleHTML:   hit.QuestionHTML,
		SnippetHTML: hit.SnippetHTML,
		AnswerHTML:  hit.Page.IntroHTML(),
		Page:        hit.Page,
		Question:    hit.Question,
		More:        hit.More,
		Explanation: hit.Explanation,
	}
	tools := hit.Page.Tools
	if hit.Question != nil {
		v.URL, v.AnswerHTML = hit.Question.URL(), hit.Question.HTML()
		tools = hit.Question.Tools
	}
	if s := hit.Section; s != nil {
		v.URL = hit.Page.SectionURL(s)
	}
	v.AnswerHTML = amongOthers(v.AnswerHTML, hit.Page.URL())
	v.Tools = toolsNamed(lib, tools)
	return v
}

// amongOthers is the HTML of an answer for a place where answers of several pages
// stand together: without ids, which are unique on their page alone, and with links
// to them that lead there.
func amongOthers(answer, page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(answer)); ; {
		kind := z.Next()
		if kind == html.ErrorToken { // the end
			return b.String()
		}
		raw := string(z.Raw()) // Token changes what Raw is of
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			token, changed := z.Token(), false
			token.Attr = slices.DeleteFunc(token.Attr, func(a html.Attribute) bool {
				changed = changed || a.Key == "id"
				return a.Key == "id"
			})
			for i, a := range token.Attr {
				if a.Key == "href" && strings.HasPrefix(a.Val, "#") {
					token.Attr[i].Val = page + a.Val
					changed = true
				}
			}
			if changed {
				raw = token.String()
			}
		}
		b.WriteString(raw)
	}
}

func toolsNamed(lib *kb.Library, names []string) []*kb.Tool {
	var tools []*kb.Tool
	for _, name := range names {
		if t := lib.Tool(name); t != nil {
			tools = append(tools, t)
		}
	}
	return tools
}
