package web

import (
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
)

func TestQuestionAs(t *testing.T) {
	const page = "---\ntitle: Wombats\n---\n\nIntro.\n\n" +
		"## What do wombats dig? {#dig}\n\nHoles, see [there](#where).\n\n### By the way\n\n```sh\n# a comment\n## no heading\n```\n\n" +
		"Where do they dig? {#where}\n---------------------------\n\nDown under.\n\n***\n\nThe end.\n\n" +
		"# Another part\n\n## Last?\n\nYes."
	s := open(t, load(t, fstest.MapFS{"a.md": {Data: []byte(page)}, "crlf.md": {Data: []byte("# A\r\n\r\n## One?\r\n\r\nYes.\r\n\r\n## Two?\r\n\r\nNo.\r\n")}}, ""), Config{})
	get := func(id, as string) string {
		return "/question?as=" + as + "&id=" + url.QueryEscape(id)
	}
	for claim, c := range map[string]struct{ id, want string }{
		"a section goes to the next heading that is not below it": {"a#dig", "## What do wombats dig? {#dig}\n\nHoles, see [there](#where).\n\n### By the way\n\n```sh\n# a comment\n## no heading\n```\n"},
		"a heading may be underlined":                             {"a#where", "Where do they dig? {#where}\n---------------------------\n\nDown under.\n\n***\n\nThe end.\n"},
		"the last one goes to the end":                            {"a#last", "## Last?\n\nYes.\n"},
		"lines may end as on Windows":                             {"crlf#one", "## One?\r\n\r\nYes.\n"},
	} {
		t.Run(claim, func(t *testing.T) {
			if got := s.get(get(c.id, "markdown")).want(t, 200, "text/markdown").body; got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	t.Run("as HTML it is the answer for a place among others", func(t *testing.T) {
		got := s.get(get("a#dig", "html")).want(t, 200, "text/html").body
		if !strings.Contains(got, `href="/kb/a#where"`) || strings.Contains(got, "id=") || strings.Contains(got, "<html") {
			t.Error(got)
		}
	})
	t.Run("what it is not given as is told", func(t *testing.T) {
		s.get(get("a#dig", "pdf")).want(t, 400, "application/problem+json")
		s.get(get("a#nothing", "html")).want(t, 404, "application/problem+json")
	})
}

func TestAHitThatIsAPageNamesTheSectionOfItsSnippet(t *testing.T) {
	const page = "# Wombats\n\nIntro.\n\n## Why do they dig?\n\nFor holes.\n\n## Versions\n\nThe quokka release.\n"
	s := open(t, load(t, fstest.MapFS{"a.md": {Data: []byte(page)}}, ""), Config{})
	body := s.get("/search?q=quokka").want(t, 200, "application/json").body
	if want := `"section":{"heading":"Versions","url":"/kb/a#versions"}`; !strings.Contains(body, want) {
		t.Errorf("no %s in\n%s", want, body)
	}
	if body := s.get("/search?q=holes").body; strings.Contains(body, `"section"`) {
		t.Errorf("a question has a section:\n%s", body)
	}
}
