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
	sections []Section
	lines    []string // of all headings and texts
}

// heading begins a section.
func (s *sectioning) heading(anchor, text string) {
	s.sections = append(s.sections, Section{Anchor: anchor, Heading: text})
	s.line(text)
}

// prose adds to the present section.
func (s *sectioning) prose(text string) {
	if text == "" {
		return
	}
	if len(s.sections) == 0 {
		s.sections = append(s.sections, Section{})
	}
	last := &s.sections[len(s.sections)-1]
	if last.Text != "" {
		last.Text += "\n"
	}
	last.Text += text
	s.line(text)
}

// question ends a heading that has nothing but it.
func (s *sectioning) question() {
	if n := len(s.sections); n > 0 && s.sections[n-1].Text == "" {
		s.sections = s.sections[:n-1]
	}
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
