package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"faqbase/index"
	"faqbase/kb"
)

// texts are the words of the interface in one language: all that templates and
// handlers say to people. A template says {{t.Search}}; where a text has a verb,
// {{printf t.SearchIn .Name}}; where it counts, {{call t.Answers .Total}}; where it
// has markup in it, it ranges over the parts of a [sentence]. The script has its own
// in each page, as JSON. The JSON with its problems, which error pages repeat, and the
// reasons of explanations, which are package index's, are English always.
//
// A translation is another value of this type, whose functions know the numbers,
// plurals and days of its language.
type texts struct {
	Lang, Dir string // of the interface, as attributes of the html element

	// Numbers and days.
	Number func(n int) string
	Day    func(day time.Time) string
	Answers, Pages, Questions, Tools, Comparisons,
	Rows, Faults func(n int) string

	// The frame of every page.
	DocumentTitle                          string
	Home, Skip, QuestionsName, SiteName    string
	SearchLabel, SearchHint, Search        string
	SearchKey, DarkTheme, Browse, ToolsNav string
	DevName, FaultsIn, FaultsHere          string
	FaultsElsewhere, FaultsLeft, Warning   string
	HitsMoved                              string
	HitMoved, NothingFound                 string
	Source, Edit                           string

	Script scriptTexts

	// The keyboard.
	Shortcuts, Close                                                string
	SlashSwitch                                                     sentence // {search}, {keys}
	Theme, ThemeSystem, ThemeLight, ThemeDark                       string
	NewTabKey, KeyNewTab, KeyAll                                    string
	KeyEnter, KeyEscape                                             string
	KeySearch, KeySearchAnywhere, KeyMove, KeyOpen, KeyClear, KeysH string

	// Lists and their parts.
	Breadcrumb, AllTools, AllQuestions, ToolsH, PagesH, QuestionsH, CategoriesH, ComparisonsH string
	NotKnown, Comparison, SideBySide, Aspect                                                  string
	Category, Ecosystem, Tool                                                                 string

	// Days of a page.
	Published, Updated, PublishedAndChecked, UpdatedAndChecked, Checked, LastChecked string

	// A page.
	AlsoAbout, AboutIn, SimilarQuestion                                                   string
	Related, RelatedQuestions, RelatedOn, Facts, Sources, OnThisPage, By, LinkTo, MovedTo string
	Pattern, Maturity, FirstRelease, Licence, Homepage, Repository, Documentation, Skills string

	// Filters.
	Filters, FiltersOn, ShowAll, ShowFewer, FindIn, Find, ApplyFilters string
	OthersLeft                                                         sentence // {n}, {example}
	FacetExample                                                       string
	Results                                                            string
	RemoveFilter, ClearAll                                             string

	// Results.
	AboutTools, About                          string
	NoAnswers                                  string
	AnswersFor                                 sentence // {answers}, {text}
	Sort, BestMatch, Newest, Title             string
	Corrected                                  sentence // {words}
	Correction                                 sentence // {to}, {from}
	SearchExactly                              string
	Quoted                                     string
	NotCorrected, SearchOtherSpellings         string
	Dropped, Ignored                           sentence // {words}
	Unknown                                    sentence // {typed}
	FacetValue, FilterBy                       string
	NoMore, BackToLast                         string
	BestAnswer, RecentH, KeepSearches, Forget  string
	ShowAnswer, PageTag, More, Why, AskedAbout string
	ListParts, Previous, Next, PartNumber      string
	RailName, Compare                          string
	Rank, NotListed, NotListedScore            string
	PopularH, NewestH                          string
	SearchLibrary, SearchLibraryTools          string

	// Nothing found.
	FiltersLeaveOut                                        string
	WithoutFacet, OrBetween, WithoutFilters, LinkCount     string
	LeavesOut, SearchWithout, NotWordByWord, WithoutQuotes string
	OtherWords, NoQuestions, NearestH                      string

	// Tools, categories and ecosystems.
	OtherTools, Also, SearchQuestionsAbout, NoQuestionAbout string
	NoTools, SearchIn                                       string
	ToolsDescription, ToolDescription, ValueDescription     string

	List                                           func(names []string) string // A, B and C
	Ecosystems, Categories                         func(n int) string
	AlternativesH, AlternativesTo                  string
	OnThePage, OnPagesTogether, AlsoIn             string
	WithoutCategory, OtherPages, EcosystemsH       string
	EcosystemKind                                  string // read after the name of one in a table: "Go ecosystem"
	BrowseEverything, BrowseDescription, NumbersOf string
	AllOf, NoPages                                 string
	AllPages, AllCategories, AllEcosystems         string
	ListIn, ListPart, ListDescription              string
	EverythingOr                                   sentence // {everything}, {tools}
	EverythingLink                                 string

	// Tools side by side.
	CompareNames, CompareTools, CompareWith, With         string
	CompareWithOther, CompareWithOthers, InFull           string
	CompareDescription, ChooseDescription, TwoToFour      string
	RemoveTool, Swap, SwapTools, AddTool, Add             string
	OnlyDifferences, AllRows, DownloadCSV, Hidden         string
	NotCompared, NoRowDiffers, NothingKnown, SourceNumber string

	// Errors.
	DoYouMean                              string
	NothingHere, OneMoment, PerhapsYouWant string
	AllOr                                  sentence // {questions}, {tools}, {everything}
	AllQuestionsLink, AllToolsLink         string
}

// scriptTexts are what assets/app.js says, where they are fields of texts.
type scriptTexts struct {
	Copy           string `json:"copy"`
	CopyLink       string `json:"copyLink"`
	CopyMarkdown   string `json:"copyMarkdown"`
	CopyLinkTo     string `json:"copyLinkTo"`     // {question}
	CopyMarkdownOf string `json:"copyMarkdownOf"` // {question}
	Copied         string `json:"copied"`
	NotCopied      string `json:"notCopied"`

	NoSearch    string `json:"noSearch"`
	NoReasons   string `json:"noReasons"`
	NoAnswer    string `json:"noAnswer"`
	NoValues    string `json:"noValues"`
	ValuesFound string `json:"valuesFound"` // {n}

	Suggestions      string            `json:"suggestions"`
	SuggestionsFound string            `json:"suggestionsFound"` // {n}
	Kinds            map[string]string `json:"kinds"`            // of suggestions, by those in JSON

	Marked       string `json:"marked"`
	Unmark       string `json:"unmark"`
	PageChanged  string `json:"pageChanged"`
	PagesChanged string `json:"pagesChanged"`
	Reload       string `json:"reload"`
	Updated      string `json:"updated"`
}

// ui is what this program says.
var ui = &texts{
	Lang: "en",
	Dir:  "ltr",

	Number:      groupThousands,
	Day:         func(day time.Time) string { return day.Format("2 Jan 2006") },
	Answers:     counted("answer", "answers"),
	Pages:       counted("page", "pages"),
	Questions:   counted("question", "questions"),
	Tools:       counted("tool", "tools"),
	Comparisons: counted("comparison", "comparisons"),
	Rows:        counted("row", "rows"),
	Faults:      counted("fault", "faults"),

	DocumentTitle:   "%s - %s",
	Home:            "%s home",
	Skip:            "Skip to content",
	QuestionsName:   "Questions",
	SiteName:        "Site",
	SearchLabel:     "Search questions and answers",
	SearchHint:      "Search %s",
	Search:          "Search",
	SearchKey:       "Ctrl K",
	DarkTheme:       "Dark theme",
	Browse:          "Browse",
	ToolsNav:        "Tools",
	FaultsIn:        "%s in the pages",
	DevName:         "For whoever writes the pages",
	FaultsHere:      "%s on this page",
	FaultsElsewhere: "%s in other files",
	FaultsLeft:      "%s more, which faqbase check lists",
	Warning:         "Warning:",
	HitsMoved:       "First hits that the last change has moved",
	HitMoved:        "%s: was %s, is now %s",
	NothingFound:    "nothing",
	Source:          "Markdown source",
	Edit:            "Edit this page",

	Script: scriptTexts{
		Copy:           "Copy",
		CopyLink:       "Copy link",
		CopyMarkdown:   "Copy Markdown",
		CopyLinkTo:     "Copy link: {question}",
		CopyMarkdownOf: "Copy Markdown: {question}",
		Copied:         "Copied",
		NotCopied:      "Not copied",

		NoSearch:    "The search did not answer. Try again.",
		NoReasons:   "The reasons did not come. Try again.",
		NoAnswer:    "The answer did not come. Try again.",
		NoValues:    "The values could not be looked up. Type on to try again.",
		ValuesFound: "{n} found",

		Suggestions:      "Suggestions",
		SuggestionsFound: "Suggestions: {n}",
		Kinds: map[string]string{
			"question":  "Question",
			"tool":      "Tool",
			"category":  "Category",
			"ecosystem": "Ecosystem",
			"page":      "Page",
		},

		Marked:       "The words searched for are marked.",
		Unmark:       "Clear",
		PageChanged:  "This page changed.",
		PagesChanged: "The pages changed.",
		Reload:       "Reload",
		Updated:      "This page was updated.",
	},

	Shortcuts:         "Keyboard shortcuts",
	Close:             "Close",
	SlashSwitch:       "Single keys: {search} and {keys}",
	Theme:             "Theme",
	ThemeSystem:       "System",
	ThemeLight:        "Light",
	ThemeDark:         "Dark",
	NewTabKey:         "Ctrl Enter",
	KeyNewTab:         "open in a new tab",
	KeyAll:            "all keys",
	KeyEnter:          "Enter",
	KeyEscape:         "Esc",
	KeySearch:         "search",
	KeySearchAnywhere: "search, from anywhere",
	KeyMove:           "move in results",
	KeyOpen:           "open",
	KeyClear:          "clear, then leave the field",
	KeysH:             "Keys",

	Breadcrumb:   "Breadcrumb",
	AllTools:     "All tools",
	AllQuestions: "All questions",
	ToolsH:       "Tools",
	PagesH:       "Pages",
	QuestionsH:   "Questions",
	CategoriesH:  "Categories",
	ComparisonsH: "Comparisons",
	NotKnown:     "not known",
	Comparison:   "Comparison",
	SideBySide:   "%s side by side",
	Aspect:       "Aspect",
	Category:     "Category",
	Ecosystem:    "Ecosystem",
	Tool:         "Tool",

	Published:           "Published",
	Updated:             "Updated",
	PublishedAndChecked: "Published and checked",
	UpdatedAndChecked:   "Updated and checked",
	Checked:             "Checked",
	LastChecked:         "Last checked against its sources",

	AlsoAbout:        "also about %s",
	AboutIn:          "%s in %s",
	SimilarQuestion:  "similar question",
	Related:          "Related",
	RelatedQuestions: "Related questions",
	RelatedOn:        "%s, on %s",
	Facts:            "Facts",
	Sources:          "Sources",
	OnThisPage:       "On this page",
	By:               "By %s",
	LinkTo:           "Link to %s",
	MovedTo:          "This has moved:",
	Pattern:          "Pattern",
	Maturity:         "Maturity",
	FirstRelease:     "First release",
	Licence:          "Licence",
	Homepage:         "Homepage",
	Repository:       "Repository",
	Documentation:    "Documentation",
	Skills:           "Skills",

	Filters:      "Filters",
	FiltersOn:    "%d on",
	ShowFewer:    "Show fewer",
	ShowAll:      "Show all",
	FindIn:       "Find in %s",
	Find:         "Find",
	ApplyFilters: "Apply filters",
	OthersLeft:   "and {n} others: type {example} in the search field",
	FacetExample: "%s:name",
	Results:      "results",
	RemoveFilter: "Remove filter %s: %s",
	ClearAll:     "Clear all",

	AboutTools:           "Questions and answers about %s",
	About:                "Questions and answers",
	NoAnswers:            "No answers",
	AnswersFor:           "{answers} for {text}",
	Sort:                 "Sort",
	BestMatch:            "Best match",
	Newest:               "Newest",
	Title:                "Title",
	Corrected:            "Searched for {words}.",
	Correction:           "{to} instead of {from}",
	SearchExactly:        "Search for exactly %s",
	Quoted:               "“%s”",
	NotCorrected:         "No spelling is corrected.",
	SearchOtherSpellings: "Search for other spellings too",
	Dropped:              "No answer here has {words}.",
	Ignored:              "Too many words; left out: {words}.",
	Unknown:              "{typed} filters nothing: there is no such value.",
	FacetValue:           "%s: %s",
	FilterBy:             "Filter by %s",
	NoMore:               "There are no more answers.",
	BackToLast:           "Back to the last ones",
	BestAnswer:           "Best answer",
	RecentH:              "Recent searches",
	KeepSearches:         "Keep searches in this browser",
	Forget:               "Clear",
	ShowAnswer:           "Show the answer",
	PageTag:              "Page",
	More:                 "%s more on this page",
	Why:                  "Why this result",
	AskedAbout:           "Asked about",
	ListParts:            "Parts of the list",
	Previous:             "Previous",
	Next:                 "Next",
	PartNumber:           "Part %d",
	RailName:             "Related",
	Compare:              "Compare",
	Rank:                 "Rank %d, score %s",
	NotListed:            "Not listed",
	NotListedScore:       "Not listed, score %s",
	PopularH:             "Tools",
	NewestH:              "Newest pages",
	SearchLibrary:        "Search %s on %s.",
	SearchLibraryTools:   "Search %s on %s about %s.",

	FiltersLeaveOut: "The filters leave out every answer.",
	WithoutFacet:    "Without %s: %s",
	OrBetween:       " or ",
	WithoutFilters:  "Without any filter",
	LinkCount:       ": %s",
	LeavesOut:       "%s leaves out %s.",
	SearchWithout:   "Search without it",
	NotWordByWord:   "No answer has “%s” word by word.",
	WithoutQuotes:   "Search without the quotes",
	OtherWords:      "Fewer or other words may find more: the name of a tool, or what it should do.",
	NoQuestions:     "There are no questions here.",
	NearestH:        "Nearest questions",

	OtherTools:           "Other tools",
	Also:                 "Also: %s",
	SearchQuestionsAbout: "Search the %s about %s",
	NoQuestionAbout:      "There is no question about %s yet.",
	NoTools:              "No page names a tool yet.",
	SearchIn:             "Search in %s",
	ToolsDescription:     "%s by category, with the questions about each.",
	ToolDescription:      "%s: facts, %s and %s.",
	ValueDescription:     "%s: %s on %s.",

	List:              listNames,
	Ecosystems:        counted("ecosystem", "ecosystems"),
	Categories:        counted("category", "categories"),
	AlternativesH:     "Alternatives",
	AlternativesTo:    "Alternatives to %s",
	OnThePage:         "on the page %s",
	OnPagesTogether:   "on %s together",
	AlsoIn:            "also in %s",
	WithoutCategory:   "Without a category",
	OtherPages:        "Other pages",
	EcosystemsH:       "Ecosystems",
	EcosystemKind:     "ecosystem",
	BrowseEverything:  "Browse everything",
	BrowseDescription: "Everything there is: %s, %s, %s and %s.",
	NumbersOf:         "The numbers are of questions.",
	AllOf:             "All %s",
	AllPages:          "All pages",
	AllCategories:     "All categories",
	AllEcosystems:     "All ecosystems",
	ListIn:            "%s: %s",
	ListPart:          "%s, part %d",
	ListDescription:   "%s (%s).",
	NoPages:           "There are no pages yet.",
	EverythingOr:      "{everything} or {tools}",
	EverythingLink:    "everything",

	CompareNames:       "Compare %s",
	CompareTools:       "Compare tools",
	CompareWith:        "Compare with",
	With:               "with",
	CompareWithOther:   "Compare %s with another tool",
	CompareWithOthers:  "Compare with other tools",
	InFull:             "In full, with questions and answers:",
	CompareDescription: "%s: %s, each value with its source.",
	ChooseDescription:  "Put two to four of %s side by side.",
	TwoToFour:          "Two to four tools, by name.",
	RemoveTool:         "Remove %s",
	Swap:               "swap",
	SwapTools:          "Swap %s and %s",
	AddTool:            "Add a tool",
	Add:                "Add",
	OnlyDifferences:    "Only differences",
	AllRows:            "Show all rows",
	DownloadCSV:        "Download as CSV",
	Hidden:             "%s hidden: equal, or known of fewer than two",
	NotCompared:        "not compared",
	NoRowDiffers:       "No row differs.",
	NothingKnown:       "Nothing is known of these tools yet.",
	SourceNumber:       "Source %d: %s",

	DoYouMean:        "Do you mean",
	NothingHere:      "There is nothing at this address",
	OneMoment:        "One moment",
	PerhapsYouWant:   "Perhaps you want",
	AllOr:            "{questions}, {tools} or {everything}",
	AllQuestionsLink: "All questions",
	AllToolsLink:     "all tools",
}

// facet is the name of a facet.
func (t *texts) facet(f kb.Facet) string {
	switch f {
	case kb.FacetCategory:
		return t.Category
	case kb.FacetEcosystem:
		return t.Ecosystem
	default:
		return t.Tool
	}
}

// shared says in a few words what relates two pages or questions.
func (t *texts) shared(s kb.Shared) string {
	switch {
	case len(s.Tools) > 0:
		return fmt.Sprintf(t.AlsoAbout, t.List(s.Tools))
	case len(s.Category) > 0 && len(s.Ecosystem) > 0:
		return fmt.Sprintf(t.AboutIn, s.Category[0], s.Ecosystem[0])
	case len(s.Category) > 0:
		return fmt.Sprintf(t.AlsoAbout, s.Category[0])
	default:
		return fmt.Sprintf(t.AlsoAbout, t.List(s.Ecosystem))
	}
}

// related says in a few words why a question is related.
func (t *texts) related(r index.Related) string {
	if r.Similar {
		return t.SimilarQuestion
	}
	return t.shared(r.Shared)
}

// sorts are the orders that results may have.
func (t *texts) sorts() []sortOption {
	return []sortOption{
		{Value: index.ByRelevance, Label: t.BestMatch},
		{Value: index.ByUpdated, Label: t.Newest},
		{Value: index.ByTitle, Label: t.Title},
	}
}

// counted makes the function that writes a number with its noun, in a language that
// has two forms of it.
func counted(one, many string) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return "1 " + one
		}
		return groupThousands(n) + " " + many
	}
}

// groupThousands writes 1284 as 1,284.
func groupThousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// listNames writes names in a row: A, B and C.
func listNames(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// A sentence is a text with places for markup, which stand in braces wherever the
// language wants them.
type sentence string

// A sentencePart is a text or the name of a place, the other being empty.
type sentencePart struct{ Text, Place string }

// Parts are the texts and places of a sentence in order.
func (s sentence) Parts() []sentencePart {
	var parts []sentencePart
	rest := string(s)
	for rest != "" {
		text, after, found := strings.Cut(rest, "{")
		if text != "" {
			parts = append(parts, sentencePart{Text: text})
		}
		if !found {
			break
		}
		place, after, _ := strings.Cut(after, "}")
		parts, rest = append(parts, sentencePart{Place: place}), after
	}
	return parts
}

// With puts a text at each place, for where there is no markup.
func (s sentence) With(texts map[string]string) string {
	var b strings.Builder
	for _, part := range s.Parts() {
		fmt.Fprint(&b, part.Text, texts[part.Place])
	}
	return b.String()
}
