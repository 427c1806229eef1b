// Package e2e tests faqbase in a real browser: web.Server over kb.Watch of a copy
// of the starter pages, of pages that are made to break it and of none, with an
// index in memory, seen through Chromium.
//
// It holds tests alone, and no other package uses it. The tests want two things
// that do not come with Go and are skipped, with a line that says so, where they
// are missing:
//
//   - Chromium: $CHROMIUM, else chromium, chromium-browser or google-chrome on
//     the PATH;
//   - axe-core, for the checks of accessibility: npm ci --ignore-scripts in this
//     folder.
//
// With REQUIRE_BROWSER=1, as in continuous integration, they fail instead.
//
// TestBrowser has one browser for all claims, in groups that can be run by themselves
// (go test ./e2e -run 'TestBrowser/^keys$'):
//
//	pages     every kind of page in every look: errors, policy, axe, 320 px
//	search    results, filters, corrections, reasons, with script and without
//	history   what the address says of a search and where Back leads
//	reader    suggestions, marks, copying, recent searches, the theme
//	opened    what happens on a page while it is read
//	focus     where the focus goes and what screen readers are told
//	keys      what keys do, and where they are left alone
//	shift     pages stand still
//	looks     forced colours, contrast, motion, print
//	compare   tools side by side, by keyboard
//	live      changes of the pages, and a server that goes away
//	reload    what a changed page says
//	dev       what authors see of their changes
//	hostile   pages and storage that are made to break the frame
//	empty     no pages at all
//	machines  what is told to machines; pages from right to left
//	untrusted nothing that Markdown attempts is run
//
// Every tab fails its test on an error in the console, an exception that nothing
// caught and a violation of the content security policy. The policy forbids eval,
// which chromedp.Poll is made of: wait with tab.until instead.
//
// Pictures of each kind of page, in all widths and both colour schemes, in print, in
// forced colours and with more contrast, all of them or those of some kinds:
//
//	go test ./e2e -timeout 1h -run Screenshots -screenshots DIR
//	go test ./e2e -run 'Screenshots/^(tool|tools)-375' -screenshots DIR
//
// The folder audit has a script that runs axe on every kind of page in every look and
// Lighthouse on the main ones, and prints a table; it is no part of the tests, as
// installing Lighthouse takes longer than they do:
//
//	npm --prefix e2e/audit ci --ignore-scripts
//	npm --prefix e2e/audit run audit
package e2e
