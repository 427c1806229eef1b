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
// Every tab fails its test on an error in the console, an exception that nothing
// caught and a violation of the content security policy. The policy forbids eval,
// which chromedp.Poll is made of: wait with tab.until instead.
//
// Pictures of each kind of page, in both widths and both colour schemes:
//
//	go test ./e2e -run Screenshots -screenshots DIR
package e2e
