package indextest

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing/fstest"

	"faqbase/kb"
)

// Generate makes a library of about that many questions, ten a page, the same for
// the same arguments. Another edit changes the answers of every tenth page. Words
// are as frequent as in prose: a few in most answers, most in a few.
func Generate(questions, edit int) *kb.Library {
	lib, err := kb.Load(Pages(questions, edit), kb.Options{})
	if err != nil {
		panic(err) // a folder in memory can always be read
	}
	return lib
}

// questionForms are how people ask, %s being a subject.
var questionForms = []string{
	"How do I %s in %s?", "Why does %s fail with %s?", "What is the best way to %s using %s?", "Can I %s without %s?",
	"Is it safe to %s when %s is running?", "When should I %s instead of using %s?", "Does %s support %s?", "Where does %s store %s?",
}

var generatedTools = strings.Fields(`django flask sqlalchemy celery redis postgres mysql sqlite docker kubernetes terraform ansible
	react vue svelte angular webpack vite eslint prettier jest vitest rails sinatra sidekiq bundler rspec gin echo fiber gorm ent
	tokio axum serde cargo maven gradle spring hibernate quarkus pandas numpy polars dask airflow prefect kafka rabbitmq nginx`)

// Pages are the pages of Generate as files.
func Pages(questions, edit int) fs.FS {
	files := make(fstest.MapFS)
	vocabulary := generatedWords(6000)
	for page := range (questions + 9) / 10 {
		seed := uint64(page)
		rnd := rand.New(rand.NewPCG(seed, 1))
		body := rand.New(rand.NewPCG(seed, 2))
		if page%10 == edit%10 {
			body = rand.New(rand.NewPCG(seed, 2+uint64(edit)))
		}
		zipf := func(r *rand.Rand) func() string {
			z := rand.NewZipf(r, 1.1, 4, uint64(len(vocabulary)-1))
			return func() string { return vocabulary[z.Uint64()] }
		}
		word, answer := zipf(rnd), zipf(body)
		tool := func() string { return generatedTools[rnd.IntN(len(generatedTools))] }
		a, b := tool(), tool()
		var s strings.Builder
		fmt.Fprintf(&s, "---\ntitle: %s vs %s %d\ncategory: category %d\ntools: [%s, %s]\nupdated: 2026-%02d-%02d\n---\n\nA summary of %s and %s.\n\n## FAQ\n",
			a, b, page, page%17, a, b, 1+page%12, 1+page%28, word(), word())
		for range min(10, questions-page*10) {
			subject := word() + " " + word()
			if rnd.IntN(2) == 0 {
				subject += " " + word()
			}
			fmt.Fprintf(&s, "\n### "+questionForms[rnd.IntN(len(questionForms))]+"\n\n", subject, tool())
			for sentence := range 4 + body.IntN(8) {
				if sentence%3 == 2 {
					s.WriteString("\n\n")
				}
				for w := range 6 + body.IntN(14) {
					if w > 0 {
						s.WriteByte(' ')
					}
					s.WriteString(answer())
				}
				s.WriteString(". ")
			}
			s.WriteByte('\n')
		}
		name := fmt.Sprintf("%s/page-%05d.md", []string{"python", "go", "ruby", "javascript", "rust", "java"}[page%6], page)
		files[name] = &fstest.MapFile{Data: []byte(s.String())}
	}
	return files
}

// generatedWords are words as frequent as their place says: function words, then
// made-up ones with English endings.
func generatedWords(n int) []string {
	list := strings.Fields("the to of and a in is it that for you with on this be are as not can or if from by an will use when your at which")
	onsets := strings.Fields("b c d f g h j l m n p r s t v w br cl cr dr fl gr pl pr st tr qu")
	vowels := strings.Fields("a e i o u ea ou ai")
	codas := strings.Fields("n r t l s m ck nd st rt x p")
	endings := []string{"", "", "", "s", "ing", "ed", "er", "tion", "ment", "able"}
	rnd := rand.New(rand.NewPCG(7, 7))
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	seen := make(map[string]bool)
	for len(list) < n {
		w := pick(onsets) + pick(vowels) + pick(codas)
		if rnd.IntN(3) > 0 {
			w += pick(vowels) + pick(codas)
		}
		w += pick(endings)
		if !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
}
