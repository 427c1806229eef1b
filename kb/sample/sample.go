// Package sample makes knowledge bases of any size, to measure with.
//
// What it makes depends on its arguments alone, so that two runs, and two
// machines, measure the same. The words mean nothing, but they are as frequent as
// those of FAQs that people wrote. The figures behind it were counted in four of
// them (a course's FAQ of 947 questions, 125 threads about web applications, 68
// questions about an illness, and the starter pages):
//
//   - The r-th most frequent word is as frequent as 1/(r+6)^1.25 says (Mandelbrot's
//     form of Zipf's law): the first is 3 % of all words, the tenth 1 %, the hundredth
//     0.1 %, the thousandth 0.016 %; in people's FAQs 3 to 5, 0.9, 0.15 and 0.015.
//     Words are taken from a list of 50,000, so that a larger knowledge base has more
//     of them (Heaps' law).
//   - An answer has 65 words in the median and 85 in the mean, one in ten more than
//     165 (log-normal). A question has 9 to 10.
//   - A page is about something: a quarter of its words come from the few that it has
//     more often than other pages.
//   - A third of the answers have code, a fifth a list; every page compares two
//     tools in a table.
package sample

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// PerPage is how many questions a page has, the last one excepted.
const PerPage = 10

// A File is one page, or tools.yaml.
type File struct {
	Name string // relative to the folder, with slashes
	Data []byte
}

// Files are the files of a knowledge base with that many questions, in the order
// of their pages. Safe for concurrent use.
func Files(questions int) iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(File{"tools.yaml", toolsFile()}) {
			return
		}
		for page := range Pages(questions) {
			if !yield(Page(page, min(PerPage, questions-page*PerPage), 0)) {
				return
			}
		}
	}
}

// Pages is how many pages that many questions fill.
func Pages(questions int) int { return (questions + PerPage - 1) / PerPage }

// Write writes Files below dir, which is made if it is not there.
func Write(dir string, questions int) error {
	for f := range Files(questions) {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ecosystems are the folders of the pages.
var ecosystems = [...]string{"cedar", "delta", "ember", "fjord", "grove", "haven", "islet", "jetty", "karst", "lagoon", "mesa", "notch"}

const (
	numTools      = 120
	numCategories = 18
	vocabulary    = 50_000
	topicWords    = 40 // that a page has more often than others
)

// toolName is the name of a tool, made of two syllables that no other word has.
func toolName(i int) string {
	first := [...]string{"Zor", "Vex", "Quil", "Jab", "Nim", "Tav", "Wyn", "Kip", "Oxo", "Ylo"}
	last := [...]string{"bane", "dash", "flux", "gate", "hive", "kite", "loom", "mint", "nest", "port", "rail", "stem"}
	return first[i%len(first)] + last[i/len(first)%len(last)]
}

func toolsFile() []byte {
	var s strings.Builder
	for i := range numTools {
		fmt.Fprintf(&s, "- name: %s\n  category: Category %d\n  ecosystem: %s\n  maturity: established\n  since: %d\n  license: MIT\n",
			toolName(i), i%numCategories, ecosystems[i%len(ecosystems)], 1990+i%36)
	}
	return []byte(s.String())
}

// Page makes the page of that number, from 0, with so many questions. Another edit
// is another text of its answers under the same questions.
func Page(number, questions, edit int) File {
	asked := newWriter(number, 1, number)
	answers := newWriter(number, 2+uint64(edit), number)
	a := asked.rnd.IntN(numTools)
	b := (a + 1 + asked.rnd.IntN(numTools-1)) % numTools
	first, second := toolName(a), toolName(b)
	folder := ecosystems[number%len(ecosystems)]

	var s strings.Builder
	fmt.Fprintf(&s, "---\ntitle: %q\ncategory: Category %d\necosystem: %s\ntools: [%s, %s]\nupdated: 2026-%02d-%02d\n---\n\n",
		fmt.Sprintf("%s vs %s, %s %d", first, second, asked.word(), number), number%numCategories, folder, first, second, 1+number%12, 1+number%28)
	s.WriteString(asked.sentence(18))
	fmt.Fprintf(&s, "\n\n## Quick comparison\n\n| Aspect | %s | %s |\n|---|---|---|\n", first, second)
	for range 6 {
		fmt.Fprintf(&s, "| %s %s | %s | %s |\n", asked.word(), asked.word(), asked.words(4), asked.words(4))
	}
	s.WriteString("\n## Frequently asked questions\n")
	for i := range questions {
		fmt.Fprintf(&s, "\n### %s {#q%d}\n\n", asked.question(first, second), i)
		answers.answer(&s)
	}
	return File{fmt.Sprintf("%s/page-%06d.md", folder, number), []byte(s.String())}
}

// Questions are the texts of the questions of [Page], for queries about them.
func Questions(page, questions int) []string {
	_, text, _ := strings.Cut(string(Page(page, questions, 0).Data), "\n## Frequently asked questions\n")
	list := strings.Split(text, "\n### ")[1:]
	for i, asked := range list {
		list[i], _, _ = strings.Cut(asked, " {#")
	}
	return list
}

// Tool and Ecosystem are values of facets that pages have.
func Tool(i int) string      { return toolName(i % numTools) }
func Ecosystem(i int) string { return ecosystems[i%len(ecosystems)] }

// A writer makes text about one topic. Not safe for concurrent use.
type writer struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	topic int // where the words of the topic begin in the vocabulary
}

// newWriter is a writer about a topic, whose text depends on page and stream alone.
func newWriter(page int, stream uint64, topic int) *writer {
	rnd := rand.New(rand.NewPCG(uint64(page), stream))
	return &writer{
		rnd:  rnd,
		zipf: rand.NewZipf(rnd, 1.25, 6, vocabulary-1),
		// Eighty topics, of the words between the 60th and the 3,260th.
		topic: 60 + topic*7919%80*topicWords,
	}
}

func (w *writer) word() string {
	list := words()
	if w.rnd.IntN(4) == 0 {
		return list[w.topic+w.rnd.IntN(topicWords)]
	}
	return list[w.zipf.Uint64()]
}

func (w *writer) words(n int) string {
	var s strings.Builder
	for i := range n {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(w.word())
	}
	return s.String()
}

func (w *writer) sentence(n int) string {
	text := w.words(n)
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// forms are how people ask: %s is a subject, %t a tool.
var forms = [...]string{
	"How do I %s in %t?", "Why does %t fail with %s?", "What is the best way to %s using %t?", "Can I %s without %t?",
	"Is it safe to %s when %t is running?", "When should I %s instead of using %t?", "Does %t support %s?", "Where does %t store %s?",
	"%s does not work with %t, what now?", "What is %s?",
}

func (w *writer) question(first, second string) string {
	tool := first
	if w.rnd.IntN(2) == 0 {
		tool = second
	}
	text := strings.NewReplacer("%s", w.words(2+w.rnd.IntN(4)), "%t", tool).Replace(forms[w.rnd.IntN(len(forms))])
	return strings.ToUpper(text[:1]) + text[1:]
}

// answer writes an answer of log-normal length, in paragraphs of a few sentences.
func (w *writer) answer(s *strings.Builder) {
	const median, sigma, longest = 65, 0.74, 1000
	left := min(longest, max(8, int(median*math.Exp(sigma*w.rnd.NormFloat64()))))
	for sentence := 1; left > 0; sentence++ {
		n := min(left, 8+w.rnd.IntN(14))
		left -= n
		text := w.sentence(n)
		switch w.rnd.IntN(12) {
		case 0:
			text = "**" + text + "**"
		case 1:
			text = "`" + w.word() + "` " + text
		}
		s.WriteString(text)
		if sentence%3 == 0 && left > 0 {
			s.WriteString("\n\n")
		} else {
			s.WriteByte(' ')
		}
	}
	s.WriteByte('\n')
	if w.rnd.IntN(3) == 0 {
		fmt.Fprintf(s, "\n```sh\n%s --%s %s\n%s | %s\n```\n", w.word(), w.word(), w.word(), w.word(), w.word())
	}
	if w.rnd.IntN(5) == 0 {
		s.WriteByte('\n')
		for range 3 {
			fmt.Fprintf(s, "- %s\n", w.words(6))
		}
	}
}

// words is the vocabulary, the most frequent first: the function words of English,
// then words that look like English and are none.
var words = sync.OnceValue(func() []string {
	list := strings.Fields("the to of and a in is it that for you with on this be are as not can or if from by an will use when your at which " +
		"have i how do what has was but all there they we more one so about no out up only then than other into any")
	onsets := strings.Fields("b c d f g h j l m n p r s t v w br cl cr dr fl gr pl pr st tr qu sh th sp")
	vowels := strings.Fields("a e i o u ea ou ai")
	codas := strings.Fields("n r t l s m ck nd st rt x p")
	endings := []string{"", "", "", "s", "ing", "ed", "er", "tion", "ment", "able"}
	rnd := rand.New(rand.NewPCG(7, 7))
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	seen := make(map[string]bool, vocabulary)
	for _, w := range list {
		seen[w] = true
	}
	for len(list) < vocabulary {
		w := pick(onsets) + pick(vowels) + pick(codas)
		if rnd.IntN(4) > 0 {
			w += pick(vowels) + pick(codas)
		}
		w += pick(endings)
		if !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
})
