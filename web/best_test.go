package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/index"
	"faqbase/kb"
)

func TestBestAnswer(t *testing.T) {
	question := func(score float64) index.Hit { return index.Hit{Question: &kb.Question{}, Score: score} }
	asked := question(.3)
	asked.Asked = true
	pinned := question(.1)
	pinned.Pinned = &kb.Curation{}
	page := index.Hit{Score: 2}
	for claim, c := range map[string]struct {
		hits []index.Hit
		asks index.Query
		best bool
	}{
		"a question that was asked word by word":  {[]index.Hit{asked, question(.3)}, index.Query{}, true},
		"a question that an editor has pinned":    {[]index.Hit{pinned, question(.9)}, index.Query{}, true},
		"one far ahead of the next question":      {[]index.Hit{question(1.2), question(.8)}, index.Query{}, true},
		"pages between do not count":              {[]index.Hit{question(1.2), page, question(.8)}, index.Query{}, true},
		"the only one with a good score":          {[]index.Hit{question(.9)}, index.Query{}, true},
		"not one that is hardly ahead":            {[]index.Hit{question(1.2), question(1)}, index.Query{}, false},
		"not one with a low score, however ahead": {[]index.Hit{question(.5), question(.1)}, index.Query{}, false},
		"not a page": {[]index.Hit{page, question(.1)}, index.Query{}, false},
		"not the first of the second result page": {[]index.Hit{asked}, index.Query{Page: 2}, false},
		"not the newest":                            {[]index.Hit{asked}, index.Query{Sort: index.ByUpdated}, false},
		"not among the questions of one page":       {[]index.Hit{asked}, index.Query{On: "a"}, false},
		"and where nothing was found there is none": {nil, index.Query{}, false},
	} {
		t.Run(claim, func(t *testing.T) {
			if c.asks.Sort == "" {
				c.asks.Sort = index.ByRelevance
			}
			if got := isBest(&answer{asked: c.asks, found: &index.Results{Hits: c.hits}}); got != c.best {
				t.Errorf("got %t", got)
			}
		})
	}

	s := open(t, load(t, fixture(t, nil), ""), Config{})
	t.Run("it is open, with its link and its date, and the others are closed", func(t *testing.T) {
		body := s.get("/?q="+url.QueryEscape("Is Peewee still maintained?")).want(t, 200, "text/html").body
		validate(t, "/", body)
		_, rest, _ := strings.Cut(body, `<li class="hit">`)
		first, rest, _ := strings.Cut(rest, "</article>")
		for _, want := range []string{`<details class="answer best" open><summary>Best answer</summary>`, `href="/kb/python/peewee#is-peewee-still-maintained"`, `<time datetime=`} {
			if !strings.Contains(first, want) {
				t.Errorf("the first hit has no %s", want)
			}
		}
		if strings.Contains(rest, "answer best") || strings.Contains(rest, `class="answer" open`) {
			t.Error("another one is open")
		}
	})
}

// quokkas is a page of n questions, each with an answer of that many bytes.
func quokkas(n, bytes int) string {
	var b strings.Builder
	b.WriteString("# Diggers\n\n")
	for i := range n {
		fmt.Fprintf(&b, "## Does quokka %d dig?\n\n%s\n\n", i, strings.Repeat("It digs. ", bytes/9))
	}
	return b.String()
}

func TestGroupedByPage(t *testing.T) {
	s := open(t, load(t, fstest.MapFS{
		"q/quokkas.md": {Data: []byte(quokkas(8, 90))},
		"w.md":         {Data: []byte("# Wombats\n\n## Is a wombat a quokka?\n\nNo.\n")},
	}, ""), Config{})
	hits := func(body string) int { return strings.Count(body, `<li class="hit">`) }
	t.Run("a page gives three answers, and a link shows the others", func(t *testing.T) {
		body := s.get("/?q=quokka").want(t, 200, "text/html").body
		if n := hits(body); n != 4 {
			t.Errorf("%d hits, want 3 of one page and 1 of the other", n)
		}
		if !strings.Contains(body, `<a class="more" href="/?q=quokka&amp;on=q%2Fquokkas">5 more on this page</a>`) {
			t.Error("no link to the others")
		}
		body = s.get("/?q=quokka&on=q/quokkas").want(t, 200, "text/html").body
		validate(t, "/?q=quokka&on=q/quokkas", body)
		if n := hits(body); n != 8 {
			t.Errorf("%d hits on the page, want 8", n)
		}
		if !strings.Contains(body, `id="Q-chip-on" href="/?q=quokka" aria-label="Remove filter Page: Diggers"`) {
			t.Error("no chip that leads back")
		}
	})
	t.Run("lists of everything and the newest have each", func(t *testing.T) {
		for _, query := range []string{"", "?q=quokka&sort=updated"} {
			if n := hits(s.get("/" + query).body); n != 9 {
				t.Errorf("%q: %d hits, want 9", query, n)
			}
		}
	})
	t.Run("the JSON has one page's hits too", func(t *testing.T) {
		if data := decode(t, s.get("/search?q=quokka&on=w")); data.Total != 1 || data.Query.On != "w" {
			t.Errorf("%d hits on %q", data.Total, data.Query.On)
		}
	})
}

func TestALongAnswerIsOpenWhereItIsTheBest(t *testing.T) {
	long := func(bytes int) *site {
		page := "---\ntitle: Wombats\n---\n\n## Why do wombats dig?\n\n" + strings.Repeat("Burrows keep them cool. ", bytes/24) + "\n\n## Where do wombats dig?\n\nIn clay.\n"
		return open(t, load(t, fstest.MapFS{"w.md": {Data: []byte(page)}}, ""), Config{})
	}
	const query = "/?q=why+do+wombats+dig"
	if body := long(bestInPlace - 200).get(query).body; strings.Count(body, `<details class="answer best" open>`) != 1 {
		t.Error("the best answer is not open although there is room for it")
	}
	body := long(2 * bestInPlace).get(query).body
	if strings.Contains(body, `class="answer best"`) || strings.Count(body, `<a class="answer" href="/kb/w#why-do-wombats-dig"`) != 1 {
		t.Error("an answer without room is not a link")
	}
	if !strings.Contains(body, "<details class=\"answer\"><summary>Show the answer</summary>") {
		t.Error("it leaves no room for the others")
	}
}

func TestAnswersThatDoNotComeWithTheList(t *testing.T) {
	s := open(t, load(t, fstest.MapFS{
		"a.md": {Data: []byte(quokkas(3, 7000))},
		"b.md": {Data: []byte(quokkas(3, 2700))},
		"c.md": {Data: []byte(quokkas(3, 2700))},
	}, ""), Config{})
	body := s.get("/?q=digs").want(t, 200, "text/html").body
	validate(t, "/?q=digs", body)
	if inside, links := strings.Count(body, `<details class="answer`), strings.Count(body, `<a class="answer" href="/kb/`); inside != 3 || links != 6 {
		t.Errorf("%d answers within, %d linked; want what fits into %d bytes, then links", inside, links, answersInPlace)
	}
}
