// Package kb reads a knowledge base: a folder of Markdown pages, each a list of
// questions with their answers.
//
// # Promises
//
//   - A [Library] is a whole knowledge base at one moment. It and everything in it
//     is immutable and safe for concurrent use. Libraries that follow each other
//     share the pages that did not change.
//   - A bad file never takes good content away. The sound part of a page is
//     served; where nothing of a file is sound, its last good page stays; every
//     fault is reported with file, line and the mend.
//   - Nothing that an author wrote is lost: the intro and the blocks of a page are
//     all of it, in order.
//   - HTML is safe to show as it is: no script, no handler, no style, no address
//     but http, https, mailto, tel, ftp and those of the site itself.
//   - HTML is rendered when it is first wanted, once, for a whole page. Reading
//     alone renders nothing but the cells of the comparison.
//
// # Files
//
// A page is a file that ends in .md, .markdown or .mdx, in folders of any depth.
// Names that begin with a dot, testdata and node_modules are left alone. A page's
// path is its file without the extension, in Unicode's form NFC; of two files with
// one path the second is an error and not served, and so is a page that would hide
// a picture or the source of another page (x.png.md, x.md.md). Files that end in
// png, jpg, jpeg, gif, webp, avif, svg or pdf are served beside the pages. In the
// root there may be tools.yaml with facts about tools, and synonyms.yaml,
// curations.yaml and golden.yaml, which say how to search.
//
// A symbolic link is followed by a relative path to what lies inside the folder, also
// to names that begin with a dot; one that leads out is a fault and nothing outside is
// ever read, unless [Linked] or [WatchOptions] says so. Linked folders are read under the link's name, cycles are cut. Only
// regular files are opened.
//
// Pages over 4 MiB, binary files and empty files are not read; at most 16 MiB of pages
// are read at the same time, one for each processor; what is no UTF-8 is
// served with U+FFFD in its place.
//
// # Watching
//
// An event only says "look". A look lists the folder and compares path, size, times,
// inode and mode of each file with those it knows; of what differs, or changed in the
// last two seconds, it reads the content and compares its digest; it parses what is
// new. [Load] is the first look, [Watch] all of them. A look comes after 70 ms without
// events; without any every 30 s; every 2 s where there are no events, or none of the
// last change, which [WatchOptions].InUse is told. If it finds
// that the folder is still changing (an event came meanwhile, a file is younger than
// 70 ms, one is gone of which no event told, or many changed at once), there is another
// look before there is a library, so that a checkout is one change and a page is not
// missed while it is saved; but at the latest 1 s after the first event. What cannot be
// read keeps its last version, what is not there any more is gone.
//
// # Pages
//
// A page is CommonMark with tables, strikethrough, task lists, autolinks,
// footnotes, alerts (> [!NOTE]) and fenced code, after optional front matter:
//
//	---
//	title: "SQLAlchemy vs Django ORM: which one for your Python project?"
//	category: ORMs
//	ecosystem: Python
//	tools: [SQLAlchemy, Django ORM]
//	updated: 2026-11-20
//	questions:                      # optional, by anchor
//	  together:
//	    aliases: ["two orms in one project"]
//	    tools: [SQLAlchemy]         # narrows the page's tools
//	---
//
// Lines that are all one mark for another tool are no text: shortcodes of Hugo and
// Jekyll, attributes of kramdown, labels of MyST, comments of MDX, marks of a table of
// contents. So it is with exports in .mdx, and with imports there or before the first
// text of any page. Code and <pre>, <code>, <script>, <style> and <textarea> are left
// alone. An id in such a line ({: #id}, or (id)= of MyST) is the anchor of the heading
// beside it, else a place on the page.
//
// What other tools make a box of is read as they do, up to 20 deep: the lines between
// ":::" marks (Docusaurus, VitePress, MyST), those that are further in than "!!!" or
// "???" (MkDocs), directives of MyST in fences such as {dropdown}, components of MDX
// between tags on lines of their own, and shortcodes in pairs. Of these, ones that
// are named details, dropdown, accordion, expand, collapse, toggle, spoiler, faq,
// question or the like, and all of "???", are as a <details> element with their title
// as its summary. Ones named note, tip, warning and so on are alerts. Of all others
// the title and what is inside stay in the text, and so does the title of one without
// an end. A component that is but a tag has its answer in the attribute of that name.
// Code in ":::" without an end is read as text and is a warning. What is between a
// shortcode highlight and its end is code.
//
// Front matter is YAML, TOML between lines +++, or a JSON object with nothing behind it
// on its last line. Its keys are title, summary, category, ecosystem, tools, tags,
// published, updated, verified, sources, review_by, author, owner, lang, draft,
// aliases, moved, question (what the page answers) and questions (there aliases, tools,
// verified, sources, moved). Lists may be one value. Dates are YYYY-MM-DD. A key within
// two edits of a known one is a warning; other unknown keys are left alone. Where the
// YAML is broken, each key that can be read alone counts; if nothing but headings is
// below it, there is no page, and the last good one stays. So it is with a file that is
// front matter without an end and, up to the first empty line, nothing else.
//
// draft is true or false (yes, on, no and off are too, and nothing is false); true
// keeps the page out. So does a value that is neither, and front matter that cannot
// be read or is not closed and has a line "draft:" that is not false. A file that is
// no more than such front matter is half written: the last good page stays.
//
// moved names old addresses that lead to the page: the path that a page had
// (python/old-name; /kb/python/old-name and python/old-name.md are the same), one
// with an anchor (python/old-name#why), or an anchor that this page had (#why). Under
// a question it names those that lead to the question; there a plain name (why) is an
// anchor that this page had. The first page in path order that names one has it; what
// is there has not moved.
//
//	moved: [python/old-name]
//	questions:
//	  speed:
//	    moved: [faster, python/old-name#quick]
//
// [Library.Moved] and [Library.MovedID] know them all. A server can lead on from a
// path alone, because browsers do not send anchors; so a page is told which old ones
// it is asked for, [Library.OldAnchors]: its own, and those of pages that have moved
// to it. Of a page that has moved as a whole, an anchor that the new page has too
// leads there. A link or an id in a file of the root that still has an old address is
// followed and a warning.
//
// Where front matter is silent, the title is the first h1, else the file's name;
// the ecosystem is the first folder; a title of the form "A vs B" gives the tools.
//
// [Format] writes a page in the usual form, with every question's anchor.
//
// What is on a page outside its intro and its questions is found as the page:
// [Page.Sections] are its headings there with what is under each, [Page.Text] all of it.
//
// A heading's anchor is its {#id}, which may stand among other attributes ({.wide
// #id}, {: #id .wide}; none of them is text), else its name by GitHub's rule: lower
// case, punctuation dropped, spaces as "-". Explicit ones are taken first, repeats
// get -1, -2 and so on, an empty one is "question". Questions that are no headings
// are named by the same rule after all headings; an id in them (<a name>, <details
// id>) is their anchor. Any other id in raw HTML is an anchor too if no heading has
// it. None begins with "Q-", which the names of everything around a page do.
//
// The quick comparison is the first table under a heading "Quick comparison", else
// the first table whose columns after the first all name tools of the page, by name
// or by an alias in tools.yaml. A cell that begins with the word Yes, No or Partly
// is wrapped in a span of class yes, no or part.
//
// # Questions
//
// What a question is, questions.go decides, by these rules in this order. [Why] tells
// for a page which of them made what a question or rejected it.
//
// A text asks if it ends in a question mark (that of any script; quotes, a pictograph
// or a remark in brackets may follow), if it ends as sentences of Japanese, Chinese and
// Korean do that ask without one, or if it begins with "Q:", "Q1.", "Question:" or the
// same in another language. A single letter of another language ("P:") counts where
// the rest ends so. An answer is any block but headings, rules and comments.
//
//	front-matter  The front matter has question: it is the question, the page its answer.
//	promise       A heading whose name is that of a FAQ promises questions, up to the next
//	              heading of its level or above. So do a title and, for the whole page, a
//	              file or folder of such a name. The name is "Frequently asked questions",
//	              "FAQ", "Questions", "Questions and answers" or the like in the languages
//	              that promises.go lists. Where it is only a part of the name ("Billing FAQ",
//	              faq-billing.md), something under it has to ask.
//	faq-heading   Under a promise the first headings are questions, whether they ask or
//	              not, each with all that is under it up to the next one. Of headings whose
//	              levels go up and down (h3, then h2) those that ask are of one level.
//	contents      But not a table of contents, by its name or because all of it links to
//	              places on the page;
//	part          not what is about the page, such as "See also";
//	section       not what groups questions: a heading without text of its own before
//	              deeper ones, unless it asks and they do not; one that does not ask over
//	              two or more deeper ones that all do; one over questions marked otherwise.
//	              The headings in it are questions by the same rules;
//	category      and not a heading that does not ask and has none under it, where most
//	              others are sections, all of whose questions ask, or, if it has no text of
//	              its own, where two or more questions that are marked otherwise come
//	              before all headings.
//	heading       Elsewhere every heading that asks is a question, with all that is under
//	              it up to the next of its level or above.
//	in-answer     What lies in an answer is no question.
//
// Where no heading is one, questions may be marked by other means. These are more
// easily believed under a promise, which is what "promised" says:
//
//	contents      A link to a place on the page is no question,
//	label         nor is what stands over an answer or a remark: "Answer", "Note".
//	summary       The summary of a <details> element or the title of a box that is one, if
//	              it asks or is promised.
//	term          A term of a definition list, also in raw HTML, if it asks or is promised.
//	prefixed      A line with "Q:" or the like, if it ends in a question mark (a single letter
//	              of another language does not count there), is followed by "A:", or is
//	              promised.
//	item          An item of a list that begins with a heading, with something in bold,
//	              with "Q:" or with a line that asks, if at least half of its list's items
//	              ask, and, where nothing is promised, at least two, or it is the only one
//	              of its list. Promised ones that do not ask are then questions as well. So
//	              are all items of a promised list of three or more if each begins with a
//	              line that stands above the rest of it, and one of them asks.
//	quoted        A heading or marked line in a quotation, if it asks; a quotation of one
//	              line that asks, if promised or one of several; promised, three or more
//	              quotations of one line, where nothing else is marked.
//	bold          A line that is bold as a whole, if it asks; promised, also one that is
//	              italic as a whole, and one that does not ask but has a space and ends in
//	              neither ":" nor ".", where half of its kind do ask and, if it is italic,
//	              no bold one does. The bold beginning of a line, if it asks and is
//	              promised or one of several.
//	line          The first line of a paragraph, if it asks and nothing around it is
//	              marked: promised, or three at least and every third paragraph.
//
// A line that is longer than 400 bytes is no question, nor is one without a mark that
// ends a sentence before its end, but for a number before it. A quotation in which
// nothing is a question stays one.
//
// The answer of an item, a summary or a term is the rest of it; that of the others
// goes on to the next of them or the next heading.
//
//	no-answer     What has no answer is no question; a heading without one is a fault.
//	title         A title that asks is a question where nothing else on the page is; the
//	              page is its answer. One that compares tools ("A vs B") is not.
//	page-title    Else the title is none.
//	statement     What no rule makes a question is none.
//
// A question's section is the heading that it is directly under, neither the title
// nor the one that promises. "Q:" and "A:" are left out where they mark, a single
// letter of another language where questions are promised or the answer has one too;
// a heading keeps its words.
//
// # Facet values
//
// Values of category, ecosystem and tool compare without case and have one
// spelling each: that of tools.yaml, else the one that front matter has most
// often, then the first in path order, else that of the folder or title. A tool's
// aliases and slug stand for its name. A folder whose slug is that of a known
// value is that value: dotnet is .NET.
//
// # Files in the root
//
// Each of them is a list. An entry that is not sound is left out and reported; where
// no entry is sound, those of the last good state stay.
//
// tools.yaml has facts about tools. A tool has a name; all else may be left out. Of
// an entry with a malformed value the rest counts. slug is its name in addresses,
// else made of the name; no two tools share one, nor a name or an alias. maturity is
// established, modern, emerging, maintenance or archived, since a year from 1940 to
// 2100, and addresses begin with https:// or http://. aliases, category and ecosystem
// are one value or a list, skills one entry or a list.
//
//	# tools.yaml
//	- name: SQLAlchemy
//	  slug: sqlalchemy
//	  aliases: [sqla, sql alchemy]
//	  category: ORMs
//	  ecosystem: Python
//	  pattern: Data Mapper with a Unit of Work
//	  maturity: established
//	  since: 2006
//	  license: MIT
//	  homepage: https://www.sqlalchemy.org/
//	  repository: https://github.com/sqlalchemy/sqlalchemy
//	  docs: https://docs.sqlalchemy.org/
//	  skills:
//	    - {label: sqlalchemy, url: "https://skills.example/sqlalchemy"}
//
// synonyms.yaml has groups of words that mean the same, and rules that hold in one
// direction: who searches for a word on the left means those on the right too. A
// word may be several; commas separate the words of a side. Case and spaces make no
// difference.
//
//	# synonyms.yaml
//	- [k8s, kubernetes]
//	- [log in, sign in, login]
//	- orm => object relational mapper
//	- db => database, data base
//
// curations.yaml has decisions about queries: what is first and what is not shown,
// as ids of questions and pages. until is the last day, in UTC, on which one counts;
// if it is malformed there is none. An id that is not there is left out, and so is a
// curation without any; what is pinned is not hidden. Of several curations of one
// query the first that has not expired counts.
//
//	# curations.yaml
//	- query: which orm                # or queries: [which orm, best orm]
//	  pin: [python/sqlalchemy-vs-django-orm#choose]
//	  hide: [go/gorm-vs-sqlc]
//	  reason: who asks so is new to Python
//	  until: 2027-01-31
//
// golden.yaml has queries and what they must find: the question or page that is
// among the first hits (within: 1 to 100, else the first). miss says why it is known
// not to be. The file changes nothing that is served, so it has no part in
// [Library.Digest].
//
//	# golden.yaml
//	- query: is django orm faster then sqlalchemy
//	  question: python/sqlalchemy-vs-django-orm#faster
//	  within: 3
//	  miss: no answer says so yet
//
// # HTML
//
// A question is an h3; headings in its answer begin at h4 and skip no level.
// Headings outside answers begin at h2; one that groups the questions of a FAQ is
// an h2 as well. Tables have explicit roles. Code is
//
//	<div class="codebox"><div><span>go</span></div><pre tabindex="0" role="group" aria-label="Code sample: go"><code>…
//
// with spans of the few classes that codeClass names; pages over 512 KiB are not
// highlighted. Alerts are <div class="alert alert-note"><p class="alert-title">.
// Each part of a page has its own footnotes, with ids that no other part has.
//
// Relative links to pages lead to their addresses, with or without extension, and
// those to pictures and files to theirs; "/x.md" is relative to the folder. None
// leads out of the folder. Links outside have rel="noopener noreferrer". Of raw
// HTML there remain text, plain elements without attributes, links and pictures.
// A picture from another site is a link to it, with its description as the text.
//
// # Faults
//
// Each fault has a rule, which never changes its name; [Rules] has them all. An
// error says that something is not served as written, a warning that it is and was
// probably not meant. A hint is advice that may be left alone. What shows only when
// all pages are read together is in package kb/lint.
package kb
