package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"faqbase/kb/sample"
)

// A soak serves a folder for a long time, to visitors who search, complete, read and
// listen to changes while the folder is edited all the time, and looks whether anything
// is answered wrongly, becomes slower or grows.
const (
	soakVisitors = 4                     // that search, complete and read
	soakPause    = 10 * time.Millisecond // between two requests of one of them
	soakStreams  = 4                     // event streams that are open at a time
	soakEdit     = 50 * time.Millisecond // from one edit to the next: 20 a second
	soakExtra    = 20                    // pages that come and go, at most at once
	soakSample   = time.Second           // from one look at what the process takes to the next
	soakParts    = 5                     // of the time, which are compared

	// shortestJudged is the shortest soak from which it can be told that something grows.
	shortestJudged = time.Minute
)

// What is flat: the last part of a soak has at most so many times what the first has.
const (
	flatLatency = 1.5 // what else the machine does counts too
	flatUse     = 1.25
)

// A soakReport is what a soak has found.
type soakReport struct {
	Version   string     `json:"version"`
	Questions int        `json:"questions"`
	Seconds   float64    `json:"seconds"`
	Edits     int        `json:"edits"`
	Requests  int        `json:"requests"`
	Events    int        `json:"events"` // that streams were told
	Parts     []soakPart `json:"parts"`
}

// A soakPart is one part of the time: the latency of /search, and the most that the
// process took at any look, of the heap the least, which is what was left of it by the
// garbage collector.
type soakPart struct {
	Search     benchTimes `json:"search"`
	Heap       uint64     `json:"heap_bytes"`
	RSS        uint64     `json:"rss_bytes"`
	Goroutines uint64     `json:"goroutines"`
	Open       uint64     `json:"open_files"`
}

// A soaker is a soak while it goes on. Its counts are safe for concurrent use.
type soaker struct {
	*bencher
	site      string
	addresses []string // that visitors ask for
	client    *http.Client
	start     time.Time // of the first part

	mu     sync.Mutex
	times  [soakParts][]time.Duration
	report soakReport
}

// part is the part of the time that it is, -1 before the first and after the last.
func (s *soaker) part() int {
	since := time.Since(s.start)
	if since < 0 || since >= s.Soak {
		return -1
	}
	return int(since * soakParts / s.Soak)
}

// soak serves the folder for b.Soak, after a tenth of that in which what is kept is
// filled, and at most half a minute. An error is one of the server's, or of an answer
// that is wrong.
func (b *bencher) soak(ctx context.Context) (_ *soakReport, err error) {
	b.note("making %d questions", b.Questions)
	if err := sample.Write(b.dir, b.Questions); err != nil {
		return nil, err
	}
	b.note("building the index")
	p, _, err := b.serve()
	if err != nil {
		return nil, err
	}
	if err := p.end(os.Interrupt); err != nil { // what building took is not part of it
		return nil, err
	}
	if p, _, err = b.serve(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.end(os.Interrupt)) }()
	s := &soaker{
		bencher: b, site: p.url,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: soakVisitors, DisableCompression: true}},
	}
	defer s.client.CloseIdleConnections()
	s.report = soakReport{Version: readBuild().String(), Questions: b.Questions, Seconds: b.Soak.Seconds(), Parts: make([]soakPart, soakParts)}
	s.addresses = s.visits()
	warm := min(b.Soak/10, 30*time.Second)
	b.note("searching and editing for %v", warm+b.Soak)
	s.start = time.Now().Add(warm)
	if err := s.run(ctx, warm+b.Soak); err != nil {
		return nil, errors.Join(err, errors.New(strings.TrimSpace(p.stderr.String())))
	}
	for i := range s.report.Parts {
		s.report.Parts[i].Search = timesOf(s.times[i])
	}
	b.note("comparing all answers with those of a new index")
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	return &s.report, nil
}

// run does everything at once until the time is over or something fails.
func (s *soaker) run(ctx context.Context, long time.Duration) error {
	until, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	g, until := errgroup.WithContext(until)
	for visitor := range soakVisitors {
		g.Go(func() error { return s.visit(until, visitor) })
	}
	for range soakStreams {
		g.Go(func() error { return s.listen(until) })
	}
	g.Go(func() error { return s.edit(until) })
	g.Go(func() error { return s.watch(until) })
	err := g.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil // the time is over
	}
	return err
}

// mostVisits bounds how many different queries of a kind there are.
const mostVisits = 1000

// visits are what visitors ask for in turn: searches of every kind, completions and
// pages.
func (s *soaker) visits() (addresses []string) {
	n := min(mostVisits, s.Questions)
	var lists [][]string
	for _, kind := range benchKinds {
		if list := s.queries(s.site+"/search", kind, n); len(list) > 0 {
			lists = append(lists, list)
		}
	}
	for i := range n {
		for _, list := range lists {
			addresses = append(addresses, list[i%len(list)])
		}
		page := i * 7 % sample.Pages(s.Questions)
		words := sample.Questions(page, 1)[0]
		name := strings.TrimSuffix(sample.Page(page, 1, 0).Name, ".md")
		addresses = append(addresses, s.site+"/suggest?q="+url.QueryEscape(words[:min(len(words), 3+i%9)]), s.site+"/kb/"+name)
	}
	return addresses
}

// visit asks for all addresses one after the other, from a place of its own on and again
// and again until ctx ends.
func (s *soaker) visit(ctx context.Context, visitor int) error {
	for i := visitor * len(s.addresses) / soakVisitors; ; i++ {
		address := s.addresses[i%len(s.addresses)]
		asked := time.Now()
		if _, err := fetch(ctx, s.client, address, io.Discard); err != nil {
			return err
		}
		took := time.Since(asked)
		s.mu.Lock()
		s.report.Requests++
		if part := s.part(); part >= 0 && strings.Contains(address, "/search?") {
			s.times[part] = append(s.times[part], took)
		}
		s.mu.Unlock()
		if err := pause(ctx, soakPause); err != nil {
			return err
		}
	}
}

// listen reads an event stream, leaves after a hundred events and comes back, until
// ctx ends.
func (s *soaker) listen(ctx context.Context) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.site+"/events", nil)
		if err != nil {
			return err
		}
		resp, err := s.client.Do(req)
		if err != nil {
			return err
		}
		events := 0
		for lines := bufio.NewScanner(resp.Body); events < 100 && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "event: ") {
				events++
			}
		}
		_ = resp.Body.Close() // it may have been left early
		s.mu.Lock()
		s.report.Events += events
		s.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case resp.StatusCode != http.StatusOK:
			return fmt.Errorf("/events: status %d", resp.StatusCode)
		case events < 100:
			return errors.New("/events: the stream ended")
		}
	}
}

// edit changes a file every soakEdit until ctx ends.
func (s *soaker) edit(ctx context.Context) error {
	tick := time.NewTicker(soakEdit)
	defer tick.Stop()
	if err := os.MkdirAll(filepath.Join(s.dir, "extra"), 0o755); err != nil {
		return err
	}
	for edits := new(soakEdits); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := s.change(edits.next()); err != nil {
			return err
		}
		s.mu.Lock()
		s.report.Edits++
		s.mu.Unlock()
	}
}

// change makes one change of the folder.
func (s *soaker) change(c soakChange) error {
	number := c.n * 37 % sample.Pages(s.Questions)
	page := sample.Page(number, min(sample.PerPage, s.Questions-number*sample.PerPage), c.n)
	extra := func(n int) string { return filepath.Join(s.dir, "extra", strconv.Itoa(n)+".md") }
	switch {
	case c.goes != 0 && c.comes != 0:
		return os.Rename(extra(c.goes), extra(c.comes))
	case c.goes != 0:
		return os.Remove(extra(c.goes))
	case c.comes != 0:
		return os.WriteFile(extra(c.comes), page.Data, 0o644)
	}
	return os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(page.Name)), page.Data, 0o644)
}

// soakEdits is the sequence of changes of a soak: mostly a page is written anew, now
// and then an extra one comes, goes or gets another name. At most soakExtra of them are
// there at once.
type soakEdits struct {
	n     int
	last  int   // of the extra pages that there have been
	there []int // the extra pages that are there, the oldest first
}

// A soakChange is the n-th change: the extra page comes is made, goes is removed, with
// both goes becomes comes, and with neither a page is written anew.
type soakChange struct{ n, comes, goes int }

func (e *soakEdits) next() soakChange {
	e.n++
	c := soakChange{n: e.n}
	switch e.n % 10 {
	case 3:
		c.comes = e.last + 1
	case 6:
		if len(e.there) == soakExtra {
			c.goes = e.there[0]
		}
	case 9:
		c.comes, c.goes = e.last+1, e.there[0]
	}
	if c.goes != 0 {
		e.there = e.there[1:]
	}
	if c.comes != 0 {
		e.last = c.comes
		e.there = append(e.there, c.comes)
	}
	return c
}

// watch looks at what the process takes until ctx ends.
func (s *soaker) watch(ctx context.Context) error {
	for {
		taken, err := s.taken(ctx)
		if err != nil {
			return err
		}
		s.mu.Lock()
		if i := s.part(); i >= 0 {
			part := &s.report.Parts[i]
			part.RSS, part.Goroutines, part.Open = max(part.RSS, taken.RSS), max(part.Goroutines, taken.Goroutines), max(part.Open, taken.Open)
			if part.Heap == 0 || taken.Heap < part.Heap {
				part.Heap = taken.Heap
			}
		}
		s.mu.Unlock()
		if err := pause(ctx, min(soakSample, s.Soak/(2*soakParts))); err != nil {
			return err
		}
	}
}

// taken is what the process takes now.
func (s *soaker) taken(ctx context.Context) (now soakPart, err error) {
	err = readMetrics(ctx, s.client, s.site, map[string]*uint64{
		"go_memstats_heap_alloc_bytes":  &now.Heap,
		"process_resident_memory_bytes": &now.RSS,
		"go_goroutines":                 &now.Goroutines,
		"process_open_fds":              &now.Open,
	})
	return now, err
}

// settle writes a last page, waits until it is found, and wants every answer to be
// that of the folder as it is then.
func (s *soaker) settle(ctx context.Context) error {
	if _, err := s.save(ctx, s.site); err != nil {
		return err
	}
	paths := []string{"/browse", "/suggest?q=" + url.QueryEscape(sample.Tool(0)[:2])}
	for page := range min(100, 1+(s.Questions+s.Questions/sample.PerPage+soakExtra*(sample.PerPage+1))/100) {
		paths = append(paths, fmt.Sprintf("/search?size=100&page=%d", 1+page))
	}
	for _, address := range s.addresses[:100] {
		paths = append(paths, strings.TrimPrefix(address, s.site))
	}
	differs, err := servesOtherThan(ctx, s.site, s.dir, paths)
	if err == nil && differs != "" {
		err = errors.New("a wrong answer: " + differs)
	}
	return err
}

// A soakRow is one figure of each part.
type soakRow struct {
	name   string
	of     func(soakPart) float64
	format string
	most   float64 // that the last is to the first, if it is flat
}

var soakRows = [...]soakRow{
	{"GET /search, p50 ms", func(p soakPart) float64 { return p.Search.P50 }, "%.2f", flatLatency},
	{"GET /search, p99 ms", func(p soakPart) float64 { return p.Search.P99 }, "%.2f", flatLatency},
	{"heap, least, MB", func(p soakPart) float64 { return float64(p.Heap) / 1e6 }, "%.1f", flatUse},
	{"memory (RSS), most, MB", func(p soakPart) float64 { return float64(p.RSS) / 1e6 }, "%.1f", flatUse},
	{"goroutines, most", func(p soakPart) float64 { return float64(p.Goroutines) }, "%.0f", flatUse},
	{"open files, most", func(p soakPart) float64 { return float64(p.Open) }, "%.0f", flatUse},
}

// ratio is how many times the first part's figure the last part's is, 0 if that is not
// known.
func (r soakRow) ratio(parts []soakPart) float64 {
	first, last := r.of(parts[0]), r.of(parts[len(parts)-1])
	if first == 0 {
		return 0
	}
	return last / first
}

// grown names what is not flat. A soak that is too short tells nothing.
func (r *soakReport) grown() error {
	if r.Seconds < shortestJudged.Seconds() {
		return nil
	}
	var grown []string
	for _, row := range soakRows {
		if n := row.ratio(r.Parts); n > row.most {
			grown = append(grown, fmt.Sprintf("%s: %.2f times, at most %.2f", row.name, n, row.most))
		}
	}
	if grown == nil {
		return nil
	}
	return errors.New("the last part is not as the first: " + strings.Join(grown, "; "))
}

// print writes the figures as a table.
func (r *soakReport) print(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "faqbase %s\n%s, %v: %s, %s, %s told to streams; no error and no wrong answer\n\n", r.Version,
		plural(r.Questions, "question"), time.Duration(r.Seconds*float64(time.Second)), plural(r.Requests, "request"), plural(r.Edits, "edit"), plural(r.Events, "change"))
	head := []string{""}
	for i := range r.Parts {
		head = append(head, fmt.Sprintf("part %d", i+1))
	}
	table := [][]string{append(head, "last to first")}
	for _, row := range soakRows {
		line := []string{row.name}
		for _, p := range r.Parts {
			line = append(line, fmt.Sprintf(row.format, row.of(p)))
		}
		table = append(table, append(line, fmt.Sprintf("%.2f", row.ratio(r.Parts))))
	}
	writeTable(&s, "", table)
	_, err := io.WriteString(w, s.String())
	return err
}

// runSoak is bench with --soak.
func (b *bencher) runSoak(ctx context.Context, con console) error {
	report, err := b.soak(ctx)
	if err != nil {
		return err
	}
	if b.JSON {
		enc := json.NewEncoder(con.out)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	} else {
		err = report.print(con.out)
	}
	return errors.Join(err, report.grown())
}

// readMetrics reads what the process behind a site says that it takes. A figure that
// this system does not have stays 0.
func readMetrics(ctx context.Context, client *http.Client, site string, into map[string]*uint64) error {
	var body bytes.Buffer
	if _, err := fetch(ctx, client, site+"/metrics", &body); err != nil {
		return err
	}
	for line := range strings.Lines(body.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		to := into[name]
		if to == nil {
			continue
		}
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return errors.New("metrics: " + line)
		}
		*to = uint64(f)
	}
	return nil
}
