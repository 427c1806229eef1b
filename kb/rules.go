package kb

import (
	"slices"
	"strings"
)

// A Rule is a kind of fault.
type Rule struct {
	// Name is what programs know it by. It never changes.
	Name string
	// Severities are those that its faults have, the worst first.
	Severities []Severity
	// Meaning says what is wrong and Mend how to put it right, in a sentence each.
	Meaning, Mend string
}

// Rules returns every rule that there is, by name: those of package kb, which the
// server reports too, and those of packages kb/lint and index, for which only a check
// asks. This list is the one place that documents them; "faqbase check --rules"
// prints it.
func Rules() []Rule {
	errors, warnings := []Severity{SeverityError}, []Severity{SeverityWarning}
	both := []Severity{SeverityError, SeverityWarning}
	rules := []Rule{
		// of the files, found when they are read
		{"bad-anchor", errors,
			"{#…} at the end of a heading is no anchor.",
			"Write {#name} of letters, digits and - _ : . alone."},
		{"bad-date", errors,
			"A date is not written YYYY-MM-DD.",
			"Write the day as 2026-11-20."},
		{"bad-move", errors,
			"An entry of moved is no path of a page and no anchor.",
			"Write a path such as python/old-name, or #old-anchor."},
		{"bad-slug", errors,
			"A slug is malformed, or a name has no letter or digit to make one of.",
			"Write the slug that the message gives, or add slug: to the tool."},
		{"bad-synonym", errors,
			"An entry of synonyms.yaml is neither a group of two words nor a rule with two sides.",
			"Write [word, word] or word => word."},
		{"bad-url", errors,
			"An address in tools.yaml does not begin with https:// or http://.",
			"Write the whole address."},
		{"bad-value", errors,
			"A value of front matter or of a file in the root is not what its key wants.",
			"Write what the message wants."},
		{"binary-file", errors,
			"The file is no text and is not read.",
			"Save it as text in UTF-8, or give it another extension."},
		{"broken-link", both,
			"A link leads to no page, heading or file; a warning where nothing of that name is ever served, or where an address outside cannot be meant so.",
			"Correct the address as the message says, or take the link away."},
		{"broken-yaml", errors,
			"An entry of a file in the root is no YAML.",
			"Correct it at the line given; a value with a colon wants quotes."},
		{"empty-page", both,
			"The file is empty; a warning where front matter or a title is all there is.",
			"Write a question and its answer, or delete the file."},
		{"expired", warnings,
			"The last day of a curation is over.",
			"Remove the curation or give it a later day."},
		{"front-matter", errors,
			"The front matter is no YAML, is not closed, or its questions are malformed.",
			"Correct it at the line given; it ends with a line ---."},
		{"invalid-utf8", errors,
			"The file is not UTF-8.",
			"Save it as UTF-8."},
		{"live-address", errors,
			"An entry of moved is a page or an anchor that is there.",
			"Remove the entry, or the page or heading."},
		{"missing-key", errors,
			"An entry of curations.yaml or golden.yaml lacks what it needs.",
			"Add the key that the message names."},
		{"near-key", warnings,
			"A key is nearly a known one.",
			"Write the known one."},
		{"no-answer", errors,
			"A question has no answer.",
			"Write one below it, or take the question away."},
		{"no-name", errors,
			"An entry of tools.yaml has no name.",
			"Add name:."},
		{"no-reason", warnings,
			"A curation has no reason.",
			"Say in reason: why, for whoever finds it later."},
		{"no-title", warnings,
			"A page has no title, so the name of its file is shown.",
			"Add title: to the front matter, or a heading of level 1."},
		{"pinned-and-hidden", errors,
			"A curation pins and hides one id.",
			"Remove one of both."},
		{"refused-link", errors,
			"A link is not shown: its scheme is not allowed, or it leads out of the folder.",
			"Use an allowed scheme, or put the target into the folder."},
		{"remote-picture", warnings,
			"A picture from another site is shown as a link to it.",
			"Put the picture beside the page."},
		{"repeated-anchor", errors,
			"Two headings have one {#id}.",
			"Give one of them another id."},
		{"repeated-key", errors,
			"A key is given twice.",
			"Keep one of them."},
		{"repeated-move", errors,
			"Two pages say that one old address has moved to them.",
			"Remove it from one of them."},
		{"repeated-page", errors,
			"Two files have one address; the second is not served.",
			"Rename one of them."},
		{"repeated-query", errors,
			"A query is in curations.yaml or golden.yaml twice.",
			"Make one entry of both."},
		{"repeated-tool", errors,
			"A tool or an alias is in tools.yaml twice.",
			"Make one entry of both, or remove the alias from one."},
		{"repeated-word", errors,
			"A word is twice in one entry of synonyms.yaml.",
			"Keep one of them."},
		{"slug-collision", errors,
			"Two values have one slug, and so one address.",
			"Write one of them everywhere, or give a tool slug:."},
		{"too-complex", errors,
			"The file is nested or wide beyond what anyone writes and is not read.",
			"Divide it."},
		{"too-large", errors,
			"The file is over 4 MiB and is not read.",
			"Divide it."},
		{"unknown-column", errors,
			`A column under "Quick comparison" names no tool of the page.`,
			"Write the tool's name, or add it to tools:."},
		{"unknown-id", errors,
			"An id in curations.yaml or golden.yaml is that of no page or question.",
			`Write the id of one; "faqbase list" has them all.`},
		{"unknown-question", errors,
			"A key under questions: is no question's anchor.",
			"Write {#anchor} at the end of the question, or correct the key."},
		{"unreadable", errors,
			"The file or folder cannot be read.",
			"Let faqbase read it, or correct the symbolic link."},
		{"unused-footnote", warnings,
			"Nothing refers to a footnote, so it is not shown.",
			"Add its mark to the text, or remove it."},

		// of all pages read together: package kb/lint
		{"contradiction", warnings,
			"Two comparisons, or one and tools.yaml, give one tool two values in one aspect.",
			"Correct one of them, or name the aspects apart."},
		{"missing-field", warnings,
			"A comparison or a tool lacks what at least half of the others have.",
			"Add what the message names."},
		{"near-duplicate-question", warnings,
			"Two questions of a page ask nearly the same.",
			"Make one question of both, with the other wording as an alias."},
		{"template-text", warnings,
			"More than 5 % of a page's sentences stand on two other pages as well.",
			"Say what is true of this page's subject alone."},

		// of the golden queries: package index
		{"golden", errors,
			"A golden query does not find what it must.",
			"Improve the question, its aliases or the synonyms; or mark the entry with miss: and the reason."},
		{"golden-miss", warnings,
			"A golden query that is marked as a miss succeeds.",
			"Remove miss."},
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	return rules
}
