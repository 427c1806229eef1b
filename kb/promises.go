package kb

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// promisingNames are what a heading is called that promises questions, in lower
// case, without punctuation. Those of genericNames promise only when they are all
// of the heading.
var (
	promisingNames = []string{
		"faq", "faqs", "frequently asked questions", "frequent questions", "commonly asked questions", "common questions", // English
		"häufig gestellte fragen", "häufige fragen", "oft gestellte fragen", // German
		"foire aux questions", "questions fréquentes", "questions fréquemment posées", "questions courantes", // French
		"preguntas frecuentes", "preguntas más frecuentes", // Spanish
		"preguntes freqüents",                                                     // Catalan
		"perguntas frequentes", "perguntas mais frequentes", "dúvidas frequentes", // Portuguese
		"domande frequenti", "domande più frequenti", // Italian
		"veelgestelde vragen", "veel gestelde vragen", // Dutch
		"vanliga frågor", "vanliga frågor och svar", // Swedish
		"ofte stilte spørsmål", "vanlige spørsmål", // Norwegian
		"ofte stillede spørgsmål",                           // Danish
		"usein kysytyt kysymykset", "usein kysyttyä", "ukk", // Finnish
		"często zadawane pytania", "najczęściej zadawane pytania", // Polish
		"často kladené otázky", "často kladené dotazy", "časté dotazy", "časté otázky", // Czech, Slovak
		"gyakran ismételt kérdések", "gyakori kérdések", "gyik", // Hungarian
		"întrebări frecvente",                               // Romanian
		"често задавани въпроси", "често постављана питања", // Bulgarian, Serbian
		"часто задаваемые вопросы", "частые вопросы", "чаво", // Russian
		"часті запитання", "поширені запитання", "часті питання", // Ukrainian
		"συχνές ερωτήσεις",                                    // Greek
		"sıkça sorulan sorular", "sık sorulan sorular", "sss", // Turkish
		"الأسئلة الشائعة", "أسئلة شائعة", "الأسئلة المتكررة", // Arabic
		"שאלות נפוצות",                          // Hebrew
		"سوالات متداول", "پرسش\u200cهای متداول", // Persian
		"अक्सर पूछे जाने वाले प्रश्न", "अक्सर पूछे जाने वाले सवाल", // Hindi
		"常见问题", "常见问题解答", "常見問題", "常見問題解答", "常见问答", // Chinese
		"よくある質問", "よくあるご質問", // Japanese
		"자주 묻는 질문",                                           // Korean
		"câu hỏi thường gặp",                                 // Vietnamese
		"pertanyaan umum", "pertanyaan yang sering diajukan", // Indonesian
		"คำถามที่พบบ่อย", // Thai
	}
	genericNames = []string{
		"questions", "questions and answers", "questions answers", "q a", "q and a", "qa",
		"fragen", "fragen und antworten", "questions et réponses", "questions réponses", "preguntas y respuestas", "perguntas e respostas",
		"domande e risposte", "vragen en antwoorden", "frågor och svar", "pytania i odpowiedzi", "вопросы и ответы", "вопрос ответ",
		"soru cevap", "שאלות ותשובות", "أسئلة وأجوبة", "问答", "问题解答", "質問と回答", "よくある質問と回答", "질문과 답변", "자주 묻는 질문과 답변", "tanya jawab",
	}
	// contentsNames are those of a table of contents.
	contentsNames = []string{"contents", "table of contents", "toc", "on this page", "in this page", "topics", "index", "quick links",
		"inhalt", "inhaltsverzeichnis", "table des matières", "sommaire", "contenido", "índice", "tabla de contenidos", "sumário", "indice",
		"inhoud", "innehåll", "spis treści", "obsah", "содержание", "оглавление", "зміст", "içindekiler", "目录", "目錄", "目次", "목차"}
	// partNames are those of headings that are about the page and not about its subject.
	partNames = []string{"introduction", "see also", "further reading", "references", "related links", "related topics", "related articles",
		"related pages", "additional resources", "about this page", "about this faq", "about this document"}
	// labels stand over an answer or a remark, and ask nothing.
	labels = []string{"answer", "answers", "show answer", "see answer", "view answer", "the answer", "solution", "show solution", "hint", "show hint", "reply", "response",
		"click to expand", "click here", "click to view", "click to show", "click me", "expand", "show more", "more", "read more", "learn more", "show", "toggle", "details", "show details", "more details",
		"note", "notes", "important", "warning", "caution", "tip", "tips", "info", "attention", "example", "examples", "code", "output", "log", "logs", "screenshot", "screenshots",
		"antwort", "lösung", "hinweis", "beispiel", "réponse", "solution", "remarque", "exemple", "respuesta", "solución", "nota", "ejemplo", "resposta", "solução", "risposta", "soluzione",
		"antwoord", "svar", "odpowiedź", "odpověď", "ответ", "решение", "відповідь", "cevap", "答案", "回答", "解答", "答え", "답변", "정답"}
)

// fullPromises are the names that promise where they are all of a heading.
var fullPromises = func() map[string]bool {
	all := make(map[string]bool)
	for _, name := range slices.Concat(promisingNames, genericNames) {
		all[name] = true
	}
	return all
}()

// A promise says whether questions are to be expected under a name.
type promise int

const (
	noPromise   promise = iota
	nearPromise         // the name is part of it: "Questions about billing: FAQ"; holds where anything asks
	fullPromise         // it is the whole of it
)

// nameParts are what a title such as "Redux FAQ: Performance | Redux" is made of.
var nameParts = regexp.MustCompile(`\s+[-–—|·>/»]\s+|[:|·：｜]\s*`)

// bracketed is a remark in brackets.
var bracketed = regexp.MustCompile(`\s*[(（\[][^()（）\[\]]*[)）\]]\s*`)

// promiseOf tells what a heading or title promises.
func promiseOf(text string) promise {
	for _, s := range withoutRemarks(text) {
		if fullPromises[s] {
			return fullPromise
		}
	}
	if endsInQuestionMark(text) {
		return noPromise
	}
	for _, part := range nameParts.Split(text, -1) {
		for _, part := range withoutRemarks(part) {
			if slices.ContainsFunc(promisingNames, func(s string) bool { return isPart(part, s) }) {
				return nearPromise
			}
		}
	}
	return noPromise
}

// withoutRemarks are the bare names that text may have: all of it, and without what is
// in brackets.
func withoutRemarks(text string) []string {
	if !strings.ContainsAny(text, "(（[") {
		return []string{bareName(text)}
	}
	return []string{bareName(text), bareName(bracketed.ReplaceAllString(text, " "))}
}

// isPart tells whether name begins or ends with the words of s, or is s. In languages
// without spaces between words (Chinese, Japanese, Korean) s may be anywhere in it.
func isPart(name, s string) bool {
	switch more := len(name) - len(s); {
	case more <= 0:
		return name == s
	case name[len(s)] == ' ' && strings.HasPrefix(name, s), name[more-1] == ' ' && strings.HasSuffix(name, s):
		return true
	}
	return s[0] >= 0xE3 && strings.Contains(name, s)
}

// filePromise tells what the name of a file, or of the folder it is in, promises.
func filePromise(file string) promise {
	name := bareName(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	folder := bareName(path.Base(path.Dir(file)))
	for _, s := range promisingNames {
		switch {
		case folder == s:
			return nearPromise
		case !strings.Contains(name, s):
		case isPart(name, s) && (s[0] < 0xE3 || name == s), strings.Contains(name, " "+s+" "):
			return nearPromise
		}
	}
	return noPromise
}

// bareName is text in lower case with its letters, marks and digits, everything
// else a space: as names are compared. "F.A.Q." is faq.
func bareName(text string) string {
	if strings.Contains(text, ".") {
		text = strings.ReplaceAll(strings.ToLower(text), "f.a.q", "faq")
	}
	var name strings.Builder
	name.Grow(len(text))
	apart := false
	for _, r := range text {
		if r = unicode.ToLower(r); !isOfName(r) {
			apart = true
			continue
		}
		if apart && name.Len() > 0 {
			name.WriteByte(' ')
		}
		apart = false
		name.WriteRune(r)
	}
	return name.String()
}

// isOfName tells what a bare name keeps of a text in lower case.
func isOfName(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	switch r {
	case '\uFE0F', '\u20E3': // variation selector, keycap
		return false
	case '\u200C': // joiner in Persian
		return true
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// questionMarks are those that end a question in the scripts that have their own.
// Spanish begins with one as well; Armenian has it in the word that is stressed.
var questionMarks = []string{"?", "？", "؟", "\u037E", "⁇", "⁈", "‽", "﹖", "፧", "՞"}

// endsInQuestionMark tells whether text asks: it ends in the question mark of any
// script, but for closing quotes, a pictograph or a remark in brackets behind it.
func endsInQuestionMark(text string) bool {
	text = strings.TrimRightFunc(text, mayFollowMark)
	if text == "" {
		return false
	}
	hasMark := func(s string) bool {
		return slices.ContainsFunc(questionMarks, func(mark string) bool { return strings.HasSuffix(s, mark) })
	}
	if hasMark(text) || asksByItsEnd(text) {
		return true
	}
	switch last := text[len(text)-1]; {
	case last == ')' || last == ']' || strings.HasSuffix(text, "）"):
		open := strings.LastIndexAny(text, "([（")
		return open > 0 && hasMark(strings.TrimRightFunc(text[:open], mayFollowMark))
	case last == ';': // the Greek mark, as most keyboards have it
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Greek, r) })
	}
	return strings.ContainsRune(text, '՞')
}

// askingEnds end a sentence that asks in languages that need no mark for it: Japanese,
// Chinese and Korean.
var askingEnds = []string{"ますか", "ですか", "ませんか", "でしょうか", "ましたか", "吗", "嗎", "습니까", "입니까", "인가요", "나요", "까요"}

// asksByItsEnd tells whether text ends as such sentences do, with or without a full stop.
func asksByItsEnd(text string) bool {
	text = strings.TrimSuffix(text, "。")
	return text != "" && text[len(text)-1] >= 0x80 && slices.ContainsFunc(askingEnds, func(end string) bool { return strings.HasSuffix(text, end) })
}

// mayFollowMark tells whether r may stand behind the mark that ends a question.
func mayFollowMark(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'”’»›」』*_.:!…", r) || unicode.In(r, unicode.So, unicode.Sk, unicode.Mn, unicode.Cf)
}

// questionPrefix and answerPrefix are what some write before a question and its
// answer: "Q1.", "Question:", "A:". They match in Markdown, where a full stop may
// have a backslash.
var (
	questionPrefix = regexp.MustCompile(`^\s*(?i:q|qn|question|frage|pregunta|pergunta|domanda|vraag|fråga|spørgsmål|spørsmål|pytanie|otázka|вопрос|питання|soru|问|問|質問|질문|سؤال|问题[ \t]*#?\d)[ \t]*#?\d{0,4}[ \t]*(?:\\?[.:)]|[：、．）]|[ \t]+[-–—])[ \t]*`)
	answerPrefix   = regexp.MustCompile(`^\s*(?i:a|ans|answer|antwort|réponse|respuesta|resposta|risposta|antwoord|svar|odpowiedź|odpověď|ответ|відповідь|cevap|答|答案|回答|답|답변|جواب)[ \t]*#?\d{0,4}[ \t]*(?:\\?[.:)]|[：、．）]|[ \t]+[-–—])[ \t]*`)
)

// letterPrefix and letterAnswer are the single letters that stand for "question" and
// "answer" in languages other than English: "P:", "R:". They may be names as well, so
// they count only where the rest asks, and above such an answer.
var (
	letterPrefix = regexp.MustCompile(`^\s*(?:[PDFSOВПЕ]|问题|س|ש)\d{0,3}[ \t]*[:：][ \t]*`)
	letterAnswer = regexp.MustCompile(`^\s*(?:[RAOCОВΑ]|ج|ת)\d{0,3}[ \t]*[:：][ \t]*`)
)

// mayHavePrefix looks at what most texts do not begin with: a word of ASCII, a number
// if there is one, and a mark; or any other letter.
func mayHavePrefix[S string | []byte](text S) bool {
	i := 0
	skip := func(is func(c byte) bool) {
		for i < len(text) && is(text[i]) {
			i++
		}
	}
	skip(func(c byte) bool { return c <= ' ' })
	skip(func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' })
	skip(func(c byte) bool { return c == ' ' || c == '\t' || c == '#' || c >= '0' && c <= '9' })
	return i < len(text) && (text[i] >= 0x80 || strings.IndexByte(`\.:)-`, text[i]) >= 0)
}

// prefixOf is what stands before a question as "Q1." does, "" if there is nothing.
func prefixOf(text string) string {
	if !mayHavePrefix(text) {
		return ""
	}
	if found := questionPrefix.FindString(text); found != "" {
		return found
	}
	if found := letterPrefix.FindString(text); found != "" && endsInQuestionMark(text) {
		return found
	}
	return ""
}
