package index

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/registry"
	"golang.org/x/text/unicode/norm"

	// Each adds its analyser and its stop words to the registry. Polish is not among
	// them, as its table alone would be 2 MB of the program.
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ar"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/bg"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ca"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ckb"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/cs"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/da"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/de"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/el"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/es"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/eu"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/fa"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/fi"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/fr"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ga"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/gl"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/hi"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/hr"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/hu"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/hy"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/id"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/it"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/nl"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/no"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/pt"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ro"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/ru"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/sv"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/tr"
)

// A language is one whose words have other forms and other stop words than English
// ones. The language of pages in English, in one that is not known here and in those
// of [isUnspaced] scripts is nil: their words have English forms. Immutable.
type language struct {
	code string // ISO 639-1 or -3
	// number tells the language among all, from 1.
	number uint
	// compounds says that nouns are written together: "Datenbankverbindung".
	compounds bool
	script    *unicode.RangeTable // nil is Latin
	// detected says that a page may be taken to be in it without saying so. Those that
	// are not are too near to others.
	detected bool
	// stems says that Bleve has an analyser that brings words to their stems.
	stems bool
	// more are stop words beyond Bleve's list: words of questions, which that has few
	// of, and for languages that it has no list for, all.
	more string
}

// languages are all that are known, by code.
var languages = numbered([]*language{
	{code: "ar", script: unicode.Arabic, stems: true, detected: true, more: "ماذا لماذا كيف متى أين هل كم"},
	{code: "bg", script: unicode.Cyrillic, detected: true, more: "защо какво кога"},
	{code: "ca"},
	{code: "ckb", script: unicode.Arabic, stems: true, detected: true},
	{code: "cs", detected: true, more: "proč kolik jaký jaká jaké"},
	{code: "da", stems: true, detected: true, compounds: true, more: "hvordan hvorfor hvilken hvilke hvilket hvad hvem"},
	{code: "de", stems: true, detected: true, compounds: true, more: "warum wieso weshalb wann wer wem wen welche welcher welches gibt mein meine"},
	{code: "el", script: unicode.Greek, detected: true, more: "πως γιατι ποτε ποιο ποια και ειναι την της των στο στη"},
	{code: "es", stems: true, detected: true, more: "cómo qué cuándo dónde cuál cuáles quién puedo puede"},
	{code: "eu"},
	{code: "fa", script: unicode.Arabic, stems: true, detected: true, more: "چرا چگونه چطور کجا کدام چیست"},
	{code: "fi", stems: true, detected: true, compounds: true, more: "miten miksi milloin missä kuinka voiko onko"},
	{code: "fr", stems: true, detected: true, more: "comment pourquoi quand où quel quelle quels quelles quoi combien puis-je peut peut-on est-ce"},
	{code: "ga"},
	{code: "gl"},
	{code: "hi", script: unicode.Devanagari, stems: true, detected: true, more: "क्या कैसे क्यों कब कहाँ कहां कौन"},
	{code: "hr", stems: true, detected: true, more: "zašto kako kada gdje koliko"},
	{code: "hu", stems: true, detected: true, compounds: true, more: "miért hogyan mikor hol hány melyik lehet"},
	{code: "hy", script: unicode.Armenian, detected: true},
	{code: "id", detected: true, more: "apa bagaimana mengapa kapan"},
	{code: "it", stems: true, detected: true, more: "come perché quando dove quale quali posso può"},
	{code: "nl", stems: true, detected: true, compounds: true, more: "hoe waarom wanneer waar welke welk kan mijn"},
	{code: "no", stems: true, detected: true, compounds: true, more: "hvordan hvorfor hvilken hvilke hvilket hva hvem"},
	{code: "pl", detected: true, more: `jak dlaczego kiedy gdzie co kto czy czym który która które ile i w z na do nie się to jest są że od po za dla
		przez oraz lub albo ale jeśli może można być jako tak nad pod przed tym tego ten ta te tylko już bez ich jego jej mój moje`},
	{code: "pt", stems: true, detected: true, more: "como porquê por que quando onde qual quais quem posso pode"},
	{code: "ro", stems: true, detected: true, more: "cum când unde cine cât pot poate"},
	{code: "ru", script: unicode.Cyrillic, stems: true, detected: true, more: "почему зачем когда где куда кто какой какая какие сколько"},
	{code: "sv", stems: true, detected: true, compounds: true, more: "hur varför när vilken vilka vilket vad vem"},
	{code: "tr", stems: true, detected: true, more: "nasıl neden niçin nerede hangi kim kaç mı mi mu mü nedir"},
	{code: "uk", script: unicode.Cyrillic, detected: true, more: `як чому що коли де хто чи який яка які скільки і й та в у з на до не це є від по за для
		або але якщо може можна бути тільки вже без їх його її про під при`},
})

func numbered(list []*language) []*language {
	for i, l := range list {
		l.number = uint(i) + 1
	}
	return list
}

// A languageSet is a set of languages; the first bit is nil.
type languageSet uint64

// anyLanguage are all languages, inEnglish nil alone.
const (
	anyLanguage = ^languageSet(0)
	inEnglish   = languageSet(1)
)

// withEnglishForms are the languages in whose pages words have English forms, for want
// of others: nil and those without stems.
var withEnglishForms = func() languageSet {
	set := inEnglish
	for _, l := range languages {
		if !l.stems {
			set |= l.set()
		}
	}
	return set
}()

func (l *language) set() languageSet {
	if l == nil {
		return inEnglish
	}
	return 1 << l.number
}

// name is the code, "" of nil.
func (l *language) name() string {
	if l == nil {
		return ""
	}
	return l.code
}

// languageOfCode gives the language with a code.
func languageOfCode(code string) *language {
	i, ok := slices.BinarySearchFunc(languages, code, func(l *language, code string) int { return strings.Compare(l.code, code) })
	if !ok {
		return nil
	}
	return languages[i]
}

// taggedLanguage gives the language of a BCP 47 tag ("de-AT"); ok is false for what is
// none, as "German".
func taggedLanguage(tag string) (l *language, ok bool) {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")), "-")
	switch code {
	case "nb", "nn":
		code = "no"
	case "sr", "bs", "sh":
		code = "hr"
	}
	if n := len(code); n != 2 && n != 3 {
		return nil, false
	}
	return languageOfCode(code), true
}

// An analyser has what Bleve knows about a language.
type analyser struct {
	filters []analysis.TokenFilter // the last of which gives the stem
	stops   map[string]bool        // in normal form
}

// analysers has those of all languages, by number, made when first wanted.
var analysers = func() []func() *analyser {
	list := make([]func() *analyser, len(languages)+1)
	for i, l := range languages {
		list[i+1] = sync.OnceValue(func() *analyser { return newAnalyser(l) })
	}
	return list
}()

func newAnalyser(l *language) *analyser {
	a := &analyser{stops: make(map[string]bool)}
	cache := registry.NewCache()
	if l.stems {
		// Bleve's own are in the program, so that there is no error but that of
		// an analyser that is made otherwise, which the tests would show.
		if bleves, err := cache.AnalyzerNamed(l.code); err == nil {
			if d, ok := bleves.(*analysis.DefaultAnalyzer); ok {
				a.filters = d.TokenFilters
			}
		}
	}
	add := func(text string) {
		if list := plainWords(text); len(list) == 1 {
			a.stops[list[0]] = true
		}
	}
	if stops, err := cache.TokenMapNamed("stop_" + l.code); err == nil {
		for text := range stops {
			add(text)
		}
	}
	for _, text := range strings.Fields(l.more) {
		add(text)
	}
	return a
}

// isStop tells whether a word, in normal form, says little by itself in the language;
// those of English are in every language, as English is in every text about programs.
func (l *language) isStop(text string) bool {
	return stopWords[text] || l != nil && analysers[l.number]().stops[text]
}

// A form is a word of a language and its stem, both in normal form.
type form struct {
	language *language
	text     string
	stem     string
	spelled  string // the word in lower case with its accents
}

// appendForms appends the forms of a word that is written so: its stem, and that of
// the word without its accents where it is another, for that is how it may be typed.
// Stop words, and what has anything but letters, have none.
func (l *language) appendForms(dst []form, written, text string) []form {
	if !l.stems || l.isStop(text) || letterSet(text)&letterDigit != 0 || isBigram(text) {
		return dst
	}
	spelled := l.lower(written)
	if foldText(spelled) != text {
		return dst
	}
	n := len(dst)
	if stem := l.stem(spelled); stem != "" {
		dst = append(dst, form{l, text, stem, spelled})
	}
	if spelled != text {
		if stem := l.stem(text); stem != "" && (len(dst) == n || dst[n].stem != stem) {
			dst = append(dst, form{l, text, stem, spelled})
		}
	}
	return dst
}

// lower is a word in lower case, its accents composed.
func (l *language) lower(written string) string {
	if l.code == "tr" {
		return strings.ToLowerSpecial(unicode.TurkishCase, norm.NFC.String(written))
	}
	return composedLower(written)
}

// stem is what Bleve's analyser makes of a word in lower case, in normal form; "" for
// a stop word.
func (l *language) stem(word string) string {
	stream := analysis.TokenStream{{Term: []byte(word), End: len(word), Position: 1, Type: analysis.AlphaNumeric}}
	for _, f := range analysers[l.number]().filters {
		if stream = f.Filter(stream); len(stream) == 0 {
			return ""
		}
	}
	return foldText(string(stream[0].Term))
}

// isBigram tells whether a word is of a script that is indexed by pairs.
func isBigram(text string) bool {
	r, _ := decode(text, 0)
	return isUnspaced(r)
}
