package web

import (
	"bytes"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// What /question gives a question as, beside JSON.
const (
	asHTML     = "html"     // its answer for a place among answers of other pages
	asMarkdown = "markdown" // its part of the page's source
)

// answerAs answers /question with as=.
func answerAs(c *gin.Context, q *kb.Question, as string) error {
	if as == asMarkdown {
		c.Data(http.StatusOK, "text/markdown; charset=utf-8", questionSource(q))
		return nil
	}
	c.Header("Content-Security-Policy", contentPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(amongOthers(q.HTML(), q.Page.URL())))
	return nil
}

var (
	fence     = regexp.MustCompile("^ {0,3}(```+|~~~+)([^`]*)$")
	atx       = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]|$)`)
	underline = regexp.MustCompile(`^ {0,3}(=+|-+)[ \t]*$`)
)

// questionSource is the part of a page's source that asks and answers a question:
// from its heading to the next one that is not below it.
func questionSource(q *kb.Question) []byte {
	lines := bytes.SplitAfter(q.Page.Source, []byte("\n"))
	if q.Line < 1 || q.Line > len(lines) {
		return nil
	}
	lines = lines[q.Line-1:]
	level, end := 0, len(lines)
	var open []byte // the fence of the code block that a line is in
	for i, line := range lines {
		line = bytes.TrimRight(line, "\r\n")
		if m := fence.FindSubmatch(line); m != nil {
			switch {
			case open == nil:
				open = m[1]
			case bytes.HasPrefix(m[1], open) && len(bytes.TrimSpace(m[2])) == 0:
				open = nil
			}
			continue
		}
		if open != nil {
			continue
		}
		found := headingLevel(line, lines, i)
		switch {
		case found == 0:
		case level == 0:
			level = found
		case found <= level:
			end = i
		}
		if end < len(lines) {
			break
		}
	}
	return append(bytes.TrimRight(bytes.Join(lines[:end], nil), "\r\n\t "), '\n')
}

// headingLevel is the level of the heading that begins in a line, 0 where none does.
func headingLevel(line []byte, lines [][]byte, i int) int {
	if m := atx.FindSubmatch(line); m != nil {
		return len(m[1])
	}
	if len(bytes.TrimSpace(line)) == 0 || i+1 == len(lines) {
		return 0
	}
	switch m := underline.FindSubmatch(bytes.TrimRight(lines[i+1], "\r\n")); {
	case m == nil:
		return 0
	case m[1][0] == '=':
		return 1
	default:
		return 2
	}
}
