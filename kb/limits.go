package kb

import "bytes"

// Limits on what no author writes and a machine might: the time and the stack
// that Markdown takes grow with the square of these.
const (
	mostNested   = 100  // quotations and lists inside each other, opened on one line
	mostColumns  = 500  // of a table
	mostBrackets = 2000 // "[" in one paragraph
)

// tooComplex names the first thing in src that would take too long to read, and
// its line; "" if there is none.
func tooComplex(src []byte) (line int, what string) {
	brackets := 0
	var fence []byte // that of the code the line is in
	for text := range bytes.Lines(src) {
		line++
		start := bytes.TrimLeft(text, " \t")
		if mark := start[:min(3, len(start))]; bytes.Equal(mark, []byte("```")) || bytes.Equal(mark, []byte("~~~")) {
			switch {
			case fence == nil:
				fence = mark
			case bytes.Equal(fence, mark):
				fence = nil
			}
		}
		if fence != nil {
			continue
		}
		if len(start) == 0 || bytes.IndexByte([]byte("\r\n-*+#|>0123456789"), start[0]) >= 0 {
			brackets = 0
		}
		brackets += bytes.Count(text, []byte("["))
		switch {
		case nested(text) > mostNested:
			return line, "more than 100 quotations or lists inside each other"
		case isDelimiterRow(text) && bytes.Count(text, []byte("|")) > mostColumns:
			return line, "a table of more than 500 columns"
		case brackets > mostBrackets:
			return line, "more than 2,000 brackets in one paragraph"
		}
	}
	return 0, ""
}

// nested counts the marks of quotations and lists at the beginning of a line.
func nested(line []byte) (n int) {
	for i, c := range line {
		switch c {
		case ' ', '\t':
		case '>':
			n++
		case '-', '*', '+':
			if i+1 >= len(line) || line[i+1] != ' ' && line[i+1] != '\t' {
				return n
			}
			n++
		case '.', ')':
			if i == 0 || line[i-1] < '0' || line[i-1] > '9' {
				return n
			}
			n++
		default:
			if c < '0' || c > '9' {
				return n
			}
		}
	}
	return n
}

// isDelimiterRow tells whether a line could be the one under a table's head.
func isDelimiterRow(line []byte) bool {
	for _, c := range line {
		switch c {
		case '|', '-', ':', ' ', '\t', '\r', '\n', '>':
		default:
			return false
		}
	}
	return true
}
