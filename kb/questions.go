package kb

import (
	"slices"

	"github.com/yuin/goldmark/ast"
)

// This file alone decides what a question is, by the rules that the package
// comment states under "Questions". Where questions are marked by headings is in
// the first half, where by anything else in the second; candidates.go finds what
// they choose from, cut.go cuts it out of its block.

// A found is a block that stays as it is, or a question with its answer.
type found struct {
	block   ast.Node // nil for a question
	heading *ast.Heading
	answer  []ast.Node
	section string
	line    int // of the question
	from    int // the line that its source begins on
}

// A questionFinder goes through a page from its beginning to its end.
type questionFinder struct {
	*reading
	found []found
	asked int // questions found
	known map[*ast.Heading]headingText
}

// A headingText is what a heading says, and what that is.
type headingText struct {
	text    string
	asks    bool
	answers bool // it is the "A:" of the heading before it
	promise promise
}

// heading reads a heading once, however often it is looked at.
func (f *questionFinder) heading(h *ast.Heading) headingText {
	t, ok := f.known[h]
	if !ok {
		t.text = f.reading.text(h)
		rest, prefixed := withoutPrefix(t.text)
		t.asks = prefixed || endsInQuestionMark(rest)
		t.answers = !t.asks && mayHavePrefix(t.text) && answerPrefix.MatchString(t.text)
		t.promise = promiseOf(t.text)
		f.known[h] = t
	}
	return t
}

func (f *questionFinder) text(h *ast.Heading) string       { return f.heading(h).text }
func (f *questionFinder) promiseOf(h *ast.Heading) promise { return f.heading(h).promise }

// findQuestions divides the blocks of a page into questions and what is none.
func (r *reading) findQuestions(blocks []ast.Node) []found {
	f := questionFinder{reading: r, known: make(map[*ast.Heading]headingText, len(r.headings))}
	switch {
	case r.front.question != "":
		f.wholePage(blocks)
	case f.promises(blocks):
		start := 1 + slices.Index(blocks, ast.Node(r.titleHeading))
		if r.titleHeading == nil || f.hasSiblingsThatAsk(blocks, r.titleHeading) {
			start = 0
		}
		f.loose(blocks[:start], "", false)
		f.faq(blocks[start:], "")
	default:
		f.walk(blocks, "", 0)
	}
	if f.asked == 0 {
		f.titleQuestion(blocks)
	}
	return f.found
}

// promises tells whether the page as a whole promises questions: its title does, or
// its file by name, and no heading of it says where they are.
func (f *questionFinder) promises(blocks []ast.Node) bool {
	title := promiseOf(f.title)
	if f.titleHeading != nil && title != noPromise {
		return false // it is a heading and promises for what is under it
	}
	kind := max(title, filePromise(f.file))
	if f.untitled {
		kind = filePromise(f.file)
	}
	if kind == noPromise || kind == nearPromise && !f.asksSomewhere(blocks) {
		return false
	}
	return !slices.ContainsFunc(blocks, func(n ast.Node) bool {
		h, ok := n.(*ast.Heading)
		return ok && h != f.titleHeading && f.promiseOf(h) == fullPromise
	})
}

// asksSomewhere tells whether any heading or other candidate among blocks asks.
func (f *questionFinder) asksSomewhere(blocks []ast.Node) bool {
	return slices.ContainsFunc(blocks, func(n ast.Node) bool {
		if h, ok := n.(*ast.Heading); ok {
			return h != f.titleHeading && f.asks(h)
		}
		return slices.ContainsFunc(f.candidatesIn(n), func(c *candidate) bool { return c.asks || c.prefixed })
	})
}

// asks tells whether a heading asks by itself: it ends in a question mark or begins
// with "Q:" or the like.
func (f *questionFinder) asks(h *ast.Heading) bool { return f.heading(h).asks }

// wholePage makes one question of the front matter, with the page as its answer.
func (f *questionFinder) wholePage(blocks []ast.Node) {
	if !slices.ContainsFunc(blocks, f.isContent) {
		f.faults.errorf(f.file, f.front.questionLine, "no-answer", "question has no answer: %q; write one below the front matter", abridge(f.front.question))
		f.reject(f.front.questionLine, shapeMatter, f.front.question, ruleNoAnswer)
		f.keep(blocks...)
		return
	}
	h := ast.NewHeading(1)
	text := ast.NewString([]byte(f.front.question))
	text.SetRaw(true)
	h.AppendChild(h, text)
	f.noteAsked(f.front.questionLine, shapeMatter, f.front.question, ruleMatter)
	f.add(found{heading: h, answer: blocks, line: f.front.questionLine, from: 1})
}

// titleQuestion makes a question of a title that asks, where nothing else does: the
// page is its answer. A title that compares tools is the name of a page.
func (f *questionFinder) titleQuestion(blocks []ast.Node) {
	if !endsInQuestionMark(f.title) || f.comparison != nil || len(titleTools(f.title)) > 0 || f.front.broken {
		return
	}
	start := 0
	h := f.titleHeading
	line := f.front.titleLine
	if h != nil {
		start = 1 + slices.Index(blocks, ast.Node(h))
		line = f.line(h)
	} else {
		h = ast.NewHeading(1)
		text := ast.NewString([]byte(f.title))
		text.SetRaw(true)
		h.AppendChild(h, text)
	}
	if start == 0 && f.titleHeading != nil || !slices.ContainsFunc(blocks[start:], f.isContent) {
		return
	}
	f.found = nil
	f.keep(blocks[:start]...)
	if f.titleHeading != nil {
		f.found = f.found[:start-1]
	}
	from := line
	if f.titleHeading == nil {
		from = 1
	}
	f.noteAsked(line, shapeHeading, f.title, ruleTitle)
	f.add(found{heading: h, answer: blocks[start:], line: line, from: from})
}

func (f *questionFinder) keep(blocks ...ast.Node) {
	for _, n := range blocks {
		f.found = append(f.found, found{block: n})
	}
}

func (f *questionFinder) add(q found) {
	for i, n := range q.answer {
		q.answer[i] = asParagraph(n)
	}
	f.found = append(f.found, q)
	f.asked++
	f.noteInside(q.answer)
}

// walk goes through blocks where nothing promises questions: every heading that
// asks is one, and what is marked as one by other means.
func (f *questionFinder) walk(blocks []ast.Node, section string, depth int) {
	var above []*ast.Heading // those that the present one is under, outermost first
	for i := 0; i < len(blocks); {
		h, ok := blocks[i].(*ast.Heading)
		if !ok {
			end := nextHeading(blocks, i)
			f.loose(blocks[i:end], f.sectionOf(above, section), false)
			i = end
			continue
		}
		for len(above) > 0 && above[len(above)-1].Level >= h.Level {
			above = above[:len(above)-1]
		}
		under := f.sectionOf(above, section)
		above = append(above, h)
		end := endOf(blocks, i, f.answerLabel)
		kind := f.promiseOf(h)
		switch {
		case kind == fullPromise, kind == nearPromise && f.asksSomewhere(blocks[i+1:end]):
			f.noteHeading(h, rulePromise)
			f.keep(h)
			f.faq(blocks[i+1:end], "")
			i = end
		case h == f.titleHeading && !f.hasSiblingsThatAsk(blocks, h):
			if f.asks(h) {
				f.noteHeading(h, ruleTitleOnly)
			} else {
				f.noteHeading(h, ruleStatement)
			}
			f.keep(h)
			i++
		case f.asks(h) && f.ask(h, blocks[i+1:end], under, ruleMark):
			i = end
		default:
			if !f.asks(h) {
				f.noteHeading(h, ruleStatement)
			}
			f.keep(h)
			i++
		}
	}
}

// hasSiblingsThatAsk tells whether other headings of the level of the title ask, so
// that the title is but the first question.
func (f *questionFinder) hasSiblingsThatAsk(blocks []ast.Node, title *ast.Heading) bool {
	return f.asks(title) && slices.ContainsFunc(blocks, func(n ast.Node) bool {
		h, ok := n.(*ast.Heading)
		return ok && h != title && h.Level == title.Level && f.asks(h)
	})
}

// sectionOf is the heading that groups what is under the last of above.
func (f *questionFinder) sectionOf(above []*ast.Heading, outer string) string {
	if len(above) == 0 || above[len(above)-1] == f.titleHeading {
		return outer
	}
	return f.text(above[len(above)-1])
}

// A faqEntry is a heading in a part that promises questions, with what is under it.
type faqEntry struct {
	heading *ast.Heading
	own     []ast.Node // up to the first deeper heading
	deeper  []ast.Node // from there on
	rule    string
}

func (e faqEntry) blocks() []ast.Node { return append(slices.Clip(e.own), e.deeper...) }

// faq finds the questions in blocks that are under a heading that promises them.
func (f *questionFinder) faq(blocks []ast.Node, section string) {
	first := nextHeading(blocks, 0)
	asked := f.asked
	f.loose(blocks[:first], section, true)
	marked := f.asked > asked+1
	blocks = f.levelled(blocks[first:])
	var entries []faqEntry
	for i := 0; i < len(blocks); {
		end := endOf(blocks, i, f.answerLabel)
		own := nextHeading(blocks[:end], i+1)
		e := faqEntry{heading: blocks[i].(*ast.Heading), own: blocks[i+1 : own], deeper: blocks[own:end]}
		e.rule = f.judge(e, section)
		entries = append(entries, e)
		i = end
	}
	f.dropCategories(entries)
	if marked {
		f.dropBeside(entries)
	}
	for _, e := range entries {
		f.take(e, section)
	}
}

// levelled ends the confusion of a list whose first question is of a deeper level
// than a later one: those between these levels that ask are of one.
func (f *questionFinder) levelled(blocks []ast.Node) []ast.Node {
	if len(blocks) == 0 {
		return nil
	}
	first := blocks[0].(*ast.Heading)
	shallowest := first.Level
	for _, n := range blocks {
		if h, ok := n.(*ast.Heading); ok {
			shallowest = min(shallowest, h.Level)
		}
	}
	if shallowest == first.Level || !f.asks(first) {
		return blocks
	}
	deepest := first.Level
	for _, n := range blocks {
		if h, ok := n.(*ast.Heading); ok && h.Level <= deepest && f.asks(h) {
			h.Level = shallowest
		}
	}
	return blocks
}

// judge decides what a heading in a part that promises questions is, by itself.
func (f *questionFinder) judge(e faqEntry, section string) string {
	text := f.text(e.heading)
	asks := f.asks(e.heading)
	hasOwn := slices.ContainsFunc(e.own, f.isContent)
	asking, deeper := 0, 0
	for n := range shallowest(e.deeper) {
		deeper++
		if f.asks(n) {
			asking++
		}
	}
	switch name := bareName(text); {
	case text == "":
		return ruleStatement
	case asks && (hasOwn || deeper > 0 && asking == 0):
		return ruleEntry
	case f.promiseOf(e.heading) != noPromise && (deeper > 0 || f.marked(e.own)):
		return ruleSection
	case slices.Contains(contentsNames, name), f.isContents(e.own) && deeper == 0:
		return ruleContents
	case slices.Contains(partNames, name):
		return rulePart
	case !asks && f.marked(e.own):
		return ruleSection
	case hasOwn && !asks && asking > 1 && asking == deeper:
		return ruleSection
	case hasOwn:
		return ruleEntry
	case deeper > 0 && (section == "" || asking > 0):
		return ruleSection
	}
	return ruleEntry
}

// dropCategories finds the headings that are none of the questions where their
// equals are sections: all questions there ask, and these only tell something.
func (f *questionFinder) dropCategories(entries []faqEntry) {
	sections, questions, others := 0, 0, 0
	for _, e := range entries {
		if e.rule == ruleEntry {
			others++
		}
		if e.rule != ruleSection {
			continue
		}
		sections++
		for h := range shallowest(e.deeper) {
			if !f.asks(h) {
				return
			}
			questions++
		}
	}
	if sections < 2 || sections <= others || questions < 3 {
		return
	}
	for i, e := range entries {
		if e.rule == ruleEntry && !f.asks(e.heading) && len(e.deeper) == 0 {
			entries[i].rule = ruleCategory
		}
	}
}

// dropBeside finds the headings without text of their own that ask nothing, nor have
// any below that do, where questions that are marked otherwise come before all headings.
func (f *questionFinder) dropBeside(entries []faqEntry) {
	asks := func(n ast.Node) bool { h, ok := n.(*ast.Heading); return ok && f.asks(h) }
	for i, e := range entries {
		if (e.rule == ruleEntry || e.rule == ruleSection) && !f.asks(e.heading) && !slices.ContainsFunc(e.own, f.isContent) && !slices.ContainsFunc(e.deeper, asks) {
			entries[i].rule = ruleCategory
		}
	}
}

// take does with a heading as was decided.
func (f *questionFinder) take(e faqEntry, section string) {
	switch e.rule {
	case ruleEntry:
		if f.ask(e.heading, e.blocks(), section, ruleEntry) {
			return
		}
		f.keep(e.heading)
		f.keep(e.blocks()...)
	case ruleSection:
		f.noteHeading(e.heading, ruleSection)
		f.sections[e.heading] = true
		f.keep(e.heading)
		name := f.text(e.heading)
		if f.promiseOf(e.heading) == fullPromise {
			name = ""
		}
		f.faq(e.blocks(), name)
	default:
		f.noteHeading(e.heading, e.rule)
		f.keep(e.heading)
		f.keep(e.blocks()...)
		f.noteInside(e.blocks())
	}
}

// ask notes a question that is a heading. One without any answer is a fault and no
// question, one without text is only no question.
func (f *questionFinder) ask(h *ast.Heading, answer []ast.Node, section, rule string) bool {
	text := f.text(h)
	if text == "" {
		return false
	}
	if !slices.ContainsFunc(answer, f.isContent) && !slices.ContainsFunc(answer, f.isAnswerLabel) {
		f.faults.errorf(f.file, f.line(h), "no-answer", "question has no answer: %q; write one below it", abridge(text))
		f.noteHeading(h, ruleNoAnswer)
		return false
	}
	f.noteAsked(f.line(h), shapeHeading, text, rule)
	f.add(found{heading: h, answer: answer, section: section, line: f.line(h), from: f.line(h)})
	return true
}

// answerLabel tells whether a heading is the "A:" of the heading before it.
func (f *questionFinder) answerLabel(h *ast.Heading) bool { return f.heading(h).answers }

func (f *questionFinder) isAnswerLabel(n ast.Node) bool {
	h, ok := n.(*ast.Heading)
	return ok && f.answerLabel(h)
}

// nextHeading is where in blocks the first heading from start on is.
func nextHeading(blocks []ast.Node, start int) int {
	for i := start; i < len(blocks); i++ {
		if blocks[i].Kind() == ast.KindHeading {
			return i
		}
	}
	return len(blocks)
}

// endOf is where the part under heading blocks[i] ends.
func endOf(blocks []ast.Node, i int, answers func(*ast.Heading) bool) int {
	level := blocks[i].(*ast.Heading).Level
	for j := i + 1; j < len(blocks); j++ {
		if h, ok := blocks[j].(*ast.Heading); ok && h.Level <= level && !(h.Level == level && j == nextHeading(blocks, i+1) && answers(h)) {
			return j
		}
	}
	return len(blocks)
}

// shallowest gives the headings of the shallowest level in blocks.
func shallowest(blocks []ast.Node) func(func(*ast.Heading) bool) {
	level := 7
	for _, n := range blocks {
		if h, ok := n.(*ast.Heading); ok {
			level = min(level, h.Level)
		}
	}
	return func(yield func(*ast.Heading) bool) {
		for _, n := range blocks {
			if h, ok := n.(*ast.Heading); ok && h.Level == level && !yield(h) {
				return
			}
		}
	}
}

// isContents tells whether blocks are nothing but links to places on the page.
func (f *questionFinder) isContents(blocks []ast.Node) bool {
	links := 0
	for _, n := range blocks {
		list, ok := n.(*ast.List)
		if !ok {
			if f.isContent(n) {
				return false
			}
			continue
		}
		other := false
		_ = ast.Walk(list, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering || !isParagraph(n) {
				return ast.WalkContinue, nil
			}
			var inside []ast.Node
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				inside = append(inside, c)
			}
			if links++; !leadsNowhereElse(inside) {
				other = true
				return ast.WalkStop, nil
			}
			return ast.WalkContinue, nil
		})
		if other {
			return false
		}
	}
	return links > 0
}

// marked tells whether blocks without headings are questions that are marked by
// other means: they begin with one that asks. A single "Question:" only says again
// what the heading above it says.
func (f *questionFinder) marked(blocks []ast.Node) bool {
	all := f.candidates(blocks)
	if len(all) == 0 {
		return false
	}
	f.choose(blocks, all, true)
	all = slices.DeleteFunc(all, func(c *candidate) bool { return !c.accept || c.shape == shapeLine || !c.asks && !c.prefixed })
	switch {
	case len(all) == 0:
		return false
	case len(all) > 1:
		return true
	}
	first := slices.IndexFunc(blocks, f.isContent)
	return all[0].shape != shapePrefixed && all[0].block == first
}

// loose finds the questions in blocks without headings. promised says that
// something above them promises questions.
func (f *questionFinder) loose(blocks []ast.Node, section string, promised bool) {
	all := f.candidates(blocks)
	if len(all) == 0 {
		f.keep(blocks...)
		return
	}
	rules := f.choose(blocks, all, promised)
	f.unanswered(blocks, all, rules)
	pieces := f.pieces(blocks, all)
	for i, c := range all {
		if !c.accept {
			f.rejectCandidate(c, rules[i])
		}
	}
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if p.c == nil {
			f.keep(p.block)
			continue
		}
		if p.c.opens {
			f.open(p.block, section, promised)
			continue
		}
		answer := p.answer
		if !p.c.bounded {
			for i+1 < len(pieces) && pieces[i+1].c == nil {
				i++
				answer = append(answer, pieces[i].block)
			}
		}
		if labelled := f.unlabel(answer, p.c); promised || labelled || p.c.letter == "" {
			f.cutQuestionPrefix(p.heading)
		} else { // the letter is a name
			p.c.text = p.c.letter + p.c.text
		}
		trimInline(f.src, p.heading)
		f.noteAsked(p.c.line, p.c.shape, p.c.text, ruleOf[p.c.shape])
		f.add(found{heading: p.heading, answer: answer, section: section, line: p.c.line, from: p.from})
	}
}

// open looks through what is in a quotation or a <details> element. One in which
// nothing is a question stays as it is.
func (f *questionFinder) open(block ast.Node, section string, promised bool) {
	var inside []ast.Node
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		inside = append(inside, n)
	}
	found, asked := len(f.found), f.asked
	if block.Kind() == kindFold && len(inside) > 0 {
		f.keep(inside[0])
		inside = inside[1:]
	}
	if promised {
		f.faq(inside, section)
	} else {
		f.walk(inside, section, 0)
	}
	if f.asked == asked {
		f.found = f.found[:found]
		f.keep(block)
	}
}

// unlabel takes the "A:" from the beginning of the answer to a candidate, if there is one.
func (f *questionFinder) unlabel(answer []ast.Node, c *candidate) bool {
	if len(answer) == 0 {
		return false
	}
	prefix := c.answerPrefix()
	if n, ok := answer[0].(*ast.HTMLBlock); ok && c.prefixed {
		src := htmlSource(f.src, n)
		size := len(prefix.Find(src))
		if 0 < size && size < len(src) {
			answer[0] = newHTMLBlock(n).part(size, len(src))
		}
		return size > 0
	}
	if !isParagraph(answer[0]) {
		return false
	}
	labelled := prefix.MatchString(inlineText(f.src, answer[0]))
	cutPrefix(f.src, answer[0], prefix)
	trimInline(f.src, answer[0])
	return labelled
}

// choose decides which candidates are questions, and gives for each the rule.
func (f *questionFinder) choose(blocks []ast.Node, all []*candidate, promised bool) []string {
	s := survey(all)
	rules := make([]string, len(all))
	for i, c := range all {
		rules[i] = s.judge(c, promised)
		c.accept = rules[i] == ruleOf[c.shape]
	}
	prefixed := slices.ContainsFunc(all, func(c *candidate) bool { return c.accept && c.shape == shapePrefixed })
	for i, c := range all {
		if c.accept && prefixed && (c.shape == shapeBold || c.shape == shapeQuoted) {
			c.accept, rules[i] = false, ruleInAnswer
		}
	}
	if !slices.ContainsFunc(all, func(c *candidate) bool { return c.accept }) {
		f.chooseLines(blocks, all, rules, promised)
	}
	f.dropInside(all, rules)
	return rules
}

// chooseLines makes questions of unmarked lines that ask, where nothing is marked:
// all of them where questions are promised, else only if such pages are made of them.
func (f *questionFinder) chooseLines(blocks []ast.Node, all []*candidate, rules []string, promised bool) {
	lines, paragraphs := 0, 0
	for _, c := range all {
		if c.shape == shapeLine && !c.contents {
			lines++
		}
	}
	for _, n := range blocks {
		if isParagraph(n) {
			paragraphs++
		}
	}
	if !promised && (lines < 3 || lines*3 < paragraphs) {
		return
	}
	for i, c := range all {
		if c.shape == shapeLine && !c.contents {
			c.accept, rules[i] = true, ruleOf[shapeLine]
		}
	}
}

// dropInside takes the lists and the like that lie in the answer of a line above
// them.
func (f *questionFinder) dropInside(all []*candidate, rules []string) {
	inAnswer := false
	for i, c := range all {
		switch {
		case !c.accept:
		case !c.bounded:
			inAnswer = true
		case inAnswer:
			c.accept, rules[i] = false, ruleInAnswer
		}
	}
}

// unanswered takes away the lines that nothing follows but the next question.
func (f *questionFinder) unanswered(blocks []ast.Node, all []*candidate, rules []string) {
	next := len(blocks) // the block of the question after the present one
	nextLine := 0       // and its line there
	for i, c := range slices.Backward(all) {
		if !c.accept {
			continue
		}
		if !c.bounded {
			answered := c.inline
			last := len(c.lead.lines)
			if next == c.block {
				last = nextLine
			}
			answered = answered || c.lead.first+1 < last
			for j := c.block + 1; j < next && !answered; j++ {
				answered = f.isContent(blocks[j])
			}
			if next < len(blocks) && next != c.block {
				answered = answered || nextLine > 0
			}
			if !answered {
				c.accept, rules[i] = false, ruleNoAnswer
				continue
			}
			nextLine = c.lead.first
		} else {
			nextLine = 0
		}
		next = c.block
	}
}

// A style is how the candidates of a stretch of blocks are marked: what one of them
// is depends on the others.
type style struct {
	boldLines, boldAsking int // lines that are bold as a whole
	italics, italicAsking int // those that are italic
	leads, leadsAsking    int // bold beginnings of a line that goes on
	quoted                int // quotations that ask
	quotedLines           int // quotations of one line
	others                int // candidates in all, but lines that nothing marks
}

// survey takes the style of candidates.
func survey(all []*candidate) style {
	var s style
	for _, c := range all {
		if c.shape == shapeQuoted && !c.opens {
			s.quotedLines++
		}
		if c.shape != shapeLine {
			s.others++
		}
		switch {
		case c.contents || isLabel(c.text):
		case c.shape == shapeQuoted && c.asks:
			s.quoted++
		case c.shape == shapeBold && c.inline:
			s.leads++
			if c.asks {
				s.leadsAsking++
			}
		case c.shape == shapeBold && c.italic:
			s.italics++
			if c.asks {
				s.italicAsking++
			}
		case c.shape == shapeBold:
			s.boldLines++
			if c.asks {
				s.boldAsking++
			}
		}
	}
	return s
}

// judge decides a candidate, as far as those that come later do not matter.
func (s style) judge(c *candidate, promised bool) string {
	yes := ruleOf[c.shape]
	asks := c.asks || c.prefixed
	switch {
	case c.contents:
		return ruleContents
	case isLabel(c.text):
		return ruleLabel
	case c.bounded && !c.answered:
		return ruleNoAnswer
	}
	switch c.shape {
	case shapeSummary, shapeTerm:
		if asks || promised {
			return yes
		}
	case shapePrefixed:
		if promised || c.labelled || c.asks && c.letter == "" {
			return yes
		}
	case shapeItem:
		if promised && !c.inline && c.lead != nil && c.group.asking > 0 && c.group.members > 2 && c.group.alike == c.group.members {
			return yes
		}
		if c.plain || c.group.asking == 0 || 2*c.group.asking < c.group.members {
			return ruleStatement
		}
		if c.lead == nil || c.prefixed || asks && (promised || c.group.asking > 1 || c.group.members == 1 && c.lead != nil && !c.inline) {
			if asks || promised {
				return yes
			}
		}
		if !asks && promised && c.lead != nil {
			return yes
		}
	case shapeQuoted:
		if c.plain && promised && s.quotedLines > 2 && s.quotedLines == s.others {
			return yes
		}
		if asks && (promised || c.opens || s.quoted > 1) {
			return yes
		}
	case shapeBold:
		switch {
		case c.italic && !promised:
		case c.inline && c.asks && (promised || s.leadsAsking > 1):
			return yes
		case !c.inline && c.asks:
			return yes
		case c.inline || !promised || !isStatement(c.text):
		case c.italic && s.boldAsking == 0 && s.italicAsking > 0 && 2*s.italicAsking >= s.italics:
			return yes
		case !c.italic && s.boldAsking > 0 && 2*s.boldAsking >= s.boldLines:
			return yes
		}
	}
	return ruleStatement
}
