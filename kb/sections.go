package kb

import "strings"

// A Section is text of a page outside its questions, with the heading that it is under.
// A heading that does nothing but group questions is none.
type Section struct {
	// Anchor and Heading are "" for text that is under no heading.
	Anchor, Heading string
	// Text is plain, its blocks separated by line ends; empty where the heading has
	// nothing but deeper headings under it.
	Text string
}

// sectioning gathers the sections of a page, part by part.
type sectioning struct {
	found []Section // their texts are still to be joined
	texts [][]string
	lines []string // of all headings and texts
}

// heading begins a section.
func (s *sectioning) heading(anchor, text string) {
	s.begin(Section{Anchor: anchor, Heading: text})
	s.line(text)
}

func (s *sectioning) begin(section Section) {
	s.found, s.texts = append(s.found, section), append(s.texts, nil)
}

// prose adds to the present section.
func (s *sectioning) prose(text string) {
	if text == "" {
		return
	}
	if len(s.found) == 0 {
		s.begin(Section{})
	}
	last := len(s.texts) - 1
	s.texts[last] = append(s.texts[last], text)
	s.line(text)
}

// question ends a heading that has nothing but it.
func (s *sectioning) question() {
	if n := len(s.found); n > 0 && s.texts[n-1] == nil {
		s.found, s.texts = s.found[:n-1], s.texts[:n-1]
	}
}

// sections are all that were begun.
func (s *sectioning) sections() []Section {
	for i, texts := range s.texts {
		s.found[i].Text = strings.Join(texts, "\n")
	}
	return s.found
}

func (s *sectioning) line(text string) {
	if text != "" {
		s.lines = append(s.lines, text)
	}
}

// text is all headings and texts in order.
func (s *sectioning) text() string { return strings.Join(s.lines, "\n") }

// SectionURL is the address of a section of the page, with the base.
func (p *Page) SectionURL(s *Section) string { return p.base + pageAddress(p.Path, s.Anchor) }
