package kb

import (
	"slices"

	"github.com/yuin/goldmark/ast"
)

// The rules by which something is a question or is none, as the package comment
// states them.
const (
	ruleMatter   = "front-matter"
	ruleTitle    = "title"
	ruleMark     = "heading"
	ruleEntry    = "faq-heading"
	rulePrefixed = "prefixed"
	ruleBold     = "bold"
	ruleItem     = "item"
	ruleSummary  = "summary"
	ruleTerm     = "term"
	ruleQuoted   = "quoted"
	ruleLine     = "line"

	rulePromise   = "promise"
	ruleSection   = "section"
	ruleContents  = "contents"
	rulePart      = "part"
	ruleCategory  = "category"
	ruleLabel     = "label"
	ruleTitleOnly = "page-title"
	ruleInAnswer  = "in-answer"
	ruleNoAnswer  = "no-answer"
	ruleStatement = "statement"
)

// ruleOf is the rule by which a candidate of a shape is a question.
var ruleOf = map[string]string{shapePrefixed: rulePrefixed, shapeBold: ruleBold, shapeItem: ruleItem, shapeSummary: ruleSummary,
	shapeTerm: ruleTerm, shapeQuoted: ruleQuoted, shapeLine: ruleLine}

// reasons say why something is a question by a rule, or is none.
var reasons = map[string]string{
	ruleMatter:    "the front matter gives the question; the page is its answer",
	ruleTitle:     "the title asks and nothing else on the page does; the page is its answer",
	ruleMark:      "a heading that ends in a question mark or begins with Q:",
	ruleEntry:     "a heading of the first level under one that promises questions",
	rulePrefixed:  "a line that begins with Q: or the like",
	ruleBold:      "a line in bold",
	ruleItem:      "an item of a list whose items begin with questions",
	ruleSummary:   "the summary of a <details> element or the title of a box",
	ruleTerm:      "a term of a definition list",
	ruleQuoted:    "a quotation that asks",
	ruleLine:      "a line that asks, where nothing is marked",
	rulePromise:   "names questions; they are under it",
	ruleSection:   "groups the questions under it",
	ruleContents:  "a table of contents",
	rulePart:      "is about the page, such as See also",
	ruleCategory:  "asks nothing, beside sections whose questions all ask or below questions that are marked otherwise",
	ruleLabel:     "stands over an answer or a remark, such as Answer or Note",
	ruleTitleOnly: "is the title of a page that has questions",
	ruleInAnswer:  "lies in the answer to another question",
	ruleNoAnswer:  "has no answer",
	ruleStatement: "does not ask, and nothing promises that it does",
}

// A Decision says whether something on a page is a question, and why.
type Decision struct {
	Line     int    `json:"line"`  // in the page's file, from 1
	Shape    string `json:"shape"` // what it is: heading, bold line, list item, ...
	Text     string `json:"text"`  // plain
	Question bool   `json:"question"`
	Rule     string `json:"rule"` // its name in the package comment
	Why      string `json:"why"`  // the rule in words
}

// Why gives what may be a question on a page, in the order of its lines, and the
// rule that made it one or rejected it. The arguments are those of [Parse]; the
// error says why the file is not read at all.
func Why(file string, src []byte, o Options) ([]Decision, error) {
	if faults := refuse(file, src); len(faults) > 0 {
		return nil, faults.Err()
	}
	r := newReading(file, src, o)
	r.why = &[]Decision{}
	r.parse()
	r.divide(ownChoice)
	all := *r.why
	slices.SortStableFunc(all, func(a, b Decision) int { return a.Line - b.Line })
	return all, nil
}

func (r *reading) reject(line int, shape, text, rule string) {
	if r.why != nil {
		*r.why = append(*r.why, Decision{Line: line, Shape: shape, Text: text, Rule: rule, Why: reasons[rule]})
	}
}

// rejectCandidate notes a candidate that is no question, if anything marks it as one.
func (r *reading) rejectCandidate(c *candidate, rule string) {
	if !c.plain {
		r.reject(c.line, c.shape, c.letter+c.text, rule)
	}
}

func (r *reading) noteAsked(line int, shape, text, rule string) {
	if r.why != nil {
		*r.why = append(*r.why, Decision{Line: line, Shape: shape, Text: text, Rule: rule, Why: reasons[rule], Question: true})
	}
}

func (r *reading) noteHeading(h *ast.Heading, rule string) {
	if r.why != nil {
		r.reject(r.line(h), shapeHeading, r.text(h), rule)
	}
}

// noteInside notes what lies in an answer and would be a question elsewhere, once for
// each line.
func (r *reading) noteInside(answer []ast.Node) {
	if r.why == nil {
		return
	}
	noted := map[int]bool{}
	for _, n := range answer {
		_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			if h, ok := n.(*ast.Heading); ok {
				r.noteHeading(h, ruleInAnswer)
				return ast.WalkSkipChildren, nil
			}
			for _, c := range r.candidatesIn(n) {
				if c.shape != shapeLine && !noted[c.line] {
					noted[c.line] = true
					r.rejectCandidate(c, ruleInAnswer)
				}
			}
			return ast.WalkContinue, nil
		})
	}
}
