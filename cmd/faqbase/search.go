package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/web"
)

type searchCommand struct {
	Query     []string `arg:"" optional:"" help:"What to find, in any words; -word leaves out the answers that have it. May be left out where a facet is chosen."`
	KB        string   `name:"kb" placeholder:"DIR" help:"The folder of pages (default: ./kb if it is there, else the starter pages)."`
	Category  []string `sep:"none" placeholder:"NAME" help:"Only answers of this category; repeat it to allow several."`
	Ecosystem []string `sep:"none" placeholder:"NAME" help:"Only answers of this ecosystem; repeat it to allow several."`
	Tool      []string `sep:"none" placeholder:"NAME" help:"Only answers about this tool; repeat it to allow several."`
	Size      int      `default:"10" placeholder:"N" help:"How many answers, 1 to 100 (${default})."`
	Exact     bool     `help:"Search for the words as they are, without correcting any."`
	Explain   bool     `help:"Say of each answer why it is where it is."`
	ID        []string `name:"id" sep:"none" placeholder:"ID" help:"Explain this question or page too, found or not; implies --explain. Repeat it for several."`
	JSON      bool     `help:"The JSON of GET /search."`
	linksFlag
	indexFlag
}

// withExclusions makes words of a query with a hyphen before them, such as -invoice,
// words and no flags, by a space before the hyphen: the flags of search have two.
func withExclusions(args []string) []string {
	if len(args) == 0 || args[0] != "search" {
		return args
	}
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && arg != "-h" {
			args[i] = " " + arg
		}
	}
	return args
}

// maxQueryBytes is the longest query, as for GET /search.
const maxQueryBytes = 512

// Validate checks what the types of the flags leave open.
func (c *searchCommand) Validate() error {
	if c.Size < 1 || c.Size > 100 {
		return fmt.Errorf("--size is 1 to 100, not %d", c.Size)
	}
	if n := len(c.text()); n > maxQueryBytes {
		return fmt.Errorf("a query has at most %d bytes, not %d", maxQueryBytes, n)
	}
	if c.text() == "" && len(c.Category)+len(c.Ecosystem)+len(c.Tool) == 0 {
		return errors.New("nothing to search for; give a query, as in faqbase search which orm is faster")
	}
	return nil
}

func (c *searchCommand) text() string {
	return strings.Join(strings.Fields(strings.Join(c.Query, " ")), " ")
}

// explains tells whether the answers are to be explained.
func (c *searchCommand) explains() bool { return c.Explain || len(c.ID) > 0 }

// Run prints the best answers. That there are none is no failure.
func (c *searchCommand) Run(ctx context.Context, con console) (err error) {
	f, lib, err := c.openLibrary(c.KB)
	if err != nil {
		return err
	}
	engine, err := c.open(f, con.err)
	if errors.Is(err, index.ErrLocked) {
		engine, err = openIndex("", con.err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if err := engine.Apply(ctx, lib); err != nil {
		return err
	}
	if c.JSON {
		return c.printJSON(ctx, con.out, engine, lib)
	}
	results, err := engine.Search(ctx, index.Query{
		Text:      c.text(),
		Category:  c.Category,
		Ecosystem: c.Ecosystem,
		Tool:      c.Tool,
		Page:      1,
		Size:      c.Size,
		Sort:      index.ByRelevance,

		Exact:      c.Exact,
		Explain:    c.explains(),
		ExplainIDs: c.ID,
	})
	if err != nil {
		return err
	}
	if err := printHits(con.out, f, results); err != nil {
		return err
	}
	return c.printSummary(con.err, results)
}

// printJSON writes what a server over the same pages answers to GET /search,
// because it asks one.
func (c *searchCommand) printJSON(ctx context.Context, w io.Writer, engine engine, lib *kb.Library) error {
	site, err := web.New(web.Config{Searcher: engine, Version: readBuild().String()})
	if err != nil {
		return err
	}
	defer site.Close()
	site.Publish(lib)
	query := url.Values{
		"q":         {c.text()},
		"category":  c.Category,
		"ecosystem": c.Ecosystem,
		"tool":      c.Tool,
		"size":      {strconv.Itoa(c.Size)},
	}
	if c.Exact {
		query.Set("exact", "1")
	}
	if c.explains() {
		query.Set("explain", "1")
		query["id"] = c.ID
	}
	answer, err := answerOf(ctx, site, "/search?"+query.Encode())
	if err != nil {
		return err
	}
	if answer.status != http.StatusOK {
		return fmt.Errorf("search: %s", strings.TrimSpace(answer.body.String()))
	}
	_, err = answer.body.WriteTo(w)
	return err
}

// printHits writes three lines for each hit: its number and question, where it
// is, and the best passage, with what matched in bold on a terminal. Below them are
// the reasons, if they were asked for, and last the entries that were asked about.
func printHits(w io.Writer, f folder, r *index.Results) error {
	bold := styled(w)
	var b strings.Builder
	for i, h := range r.Hits {
		line, id := 1, h.Page.Path
		if h.Question != nil {
			line, id = h.Question.Line, h.Question.ID
		}
		fmt.Fprintf(&b, "%2d. %s\n    %s  %s:%d\n", i+1, marked(h.QuestionHTML, bold), printable(id), printable(f.path(h.Page.File)), line)
		if s := marked(h.SnippetHTML, bold); s != "" {
			fmt.Fprintf(&b, "    %s\n", s)
		}
		if h.Explanation != nil {
			writeExplanation(&b, *h.Explanation)
		}
		b.WriteByte('\n')
	}
	for _, e := range r.Explanations {
		fmt.Fprintf(&b, " ?  %s\n", printable(e.ID))
		writeExplanation(&b, e)
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeExplanation writes the place of an entry and below it the reasons, with
// their numbers under each other.
func writeExplanation(b *strings.Builder, e index.Explanation) {
	switch {
	case e.Rank > 0:
		fmt.Fprintf(b, "    rank %d, score %.3f\n", e.Rank, e.Score)
	case e.Score != 0:
		fmt.Fprintf(b, "    not listed, score %.3f\n", e.Score)
	default:
		b.WriteString("    not listed\n")
	}
	for _, r := range e.Reasons {
		value := ""
		if r.Value != 0 {
			value = strconv.FormatFloat(r.Value, 'f', 3, 64)
		}
		fmt.Fprintf(b, "    %8s  %s\n", value, printable(r.Text))
	}
}

// printSummary says how many answers there are and what was searched for.
func (c *searchCommand) printSummary(w io.Writer, r *index.Results) error {
	var b strings.Builder
	for _, x := range r.Corrections {
		fmt.Fprintf(&b, "faqbase: searched for %q instead of %q; --exact does not\n", x.To, x.From)
	}
	if len(r.Dropped) > 0 && r.Total > 0 {
		fmt.Fprintf(&b, "faqbase: no answer here has %s\n", quoted(r.Dropped))
	}
	for _, u := range r.Unknown {
		fmt.Fprintf(&b, "faqbase: %s filters nothing: there is no such %s", u.Typed, u.Facet)
		if u.Text != "" {
			fmt.Fprintf(&b, "; perhaps %s:%s", u.Facet, u.Near.Slug)
		}
		b.WriteString("\n")
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&b, "faqbase: too many words; left out: %s\n", quoted(r.Ignored))
	}
	switch {
	case r.Total == 0:
		b.WriteString("faqbase: no answers; try fewer or other words\n")
		for _, x := range r.Blocked {
			if x.Total > 0 {
				fmt.Fprintf(&b, "faqbase: without %s %s: %s\n", x.Facet, quoted(x.Values), plural(x.Total, "answer"))
			}
		}
		for _, op := range r.Without {
			what := "the quotes around " + strconv.Quote(op.Typed)
			if op.Excluded {
				what = strconv.Quote(op.Typed)
			}
			fmt.Fprintf(&b, "faqbase: without %s: %s\n", what, plural(op.Total, "answer"))
		}
		for _, h := range r.Nearest {
			fmt.Fprintf(&b, "faqbase: nearest: %s\n", marked(h.QuestionHTML, false))
		}
	case r.Total > len(r.Hits):
		fmt.Fprintf(&b, "faqbase: %s, the best %d are shown\n", plural(r.Total, "answer"), len(r.Hits))
	default:
		fmt.Fprintf(&b, "faqbase: %s\n", plural(r.Total, "answer"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted lists words in a message.
func quoted(words []string) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = strconv.Quote(w)
	}
	return strings.Join(list, ", ")
}

// marked is text with <mark> around what matched as it is shown in a terminal,
// on one line.
func marked(s string, bold bool) string {
	on, off := "", ""
	if bold {
		on, off = "\x1b[1m", "\x1b[0m"
	}
	var b strings.Builder
	for i, part := range strings.Split(strings.ReplaceAll(s, "</mark>", "<mark>"), "<mark>") {
		text := printable(html.UnescapeString(part))
		if i%2 == 1 {
			text = on + text + off
		}
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}
