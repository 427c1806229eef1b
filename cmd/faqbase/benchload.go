package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"faqbase/kb/sample"
)

// A benchKind is one kind of query: query makes one about a question, n being its
// number among all that were made.
type benchKind struct {
	name    string
	repeats bool // a few queries are asked again and again
	query   func(question string, n int) url.Values
}

// benchKinds are what readers send: what is typed so far, a few words, a few words
// with a slip, words within facets. All of a kind are different, but for the last,
// which is a few words again and again.
var benchKinds = [...]benchKind{
	{"typed so far", false, func(question string, n int) url.Values {
		words := strings.Fields(question)
		whole := 1 + n%(len(words)-1)
		next := words[whole]
		return url.Values{"q": {strings.Join(words[:whole], " ") + " " + next[:1+n%len(next)]}}
	}},
	{"several words", false, func(question string, n int) url.Values { return url.Values{"q": {severalWords(question, n)}} }},
	{"a typing mistake", false, func(question string, n int) url.Values {
		words := strings.Fields(severalWords(question, n))
		longest := 0
		for i, w := range words {
			if len(w) > len(words[longest]) {
				longest = i
			}
		}
		if w := words[longest]; len(w) > 3 {
			at := 1 + n%(len(w)-2)
			words[longest] = w[:at] + w[at+1:at+2] + w[at:at+1] + w[at+2:]
		}
		return url.Values{"q": {strings.Join(words, " ")}}
	}},
	{"words and facets", false, func(question string, n int) url.Values {
		return url.Values{"q": {severalWords(question, n)}, "ecosystem": {sample.Ecosystem(n), sample.Ecosystem(n + 5)}, "tool": {sample.Tool(n), sample.Tool(n + 7), sample.Tool(n + 31)}}
	}},
	{"the same again", true, repeatedQuery},
}

// severalWords are two to five words of a question, from its end, where its subject is.
func severalWords(question string, n int) string {
	words := strings.Fields(strings.TrimRight(question, "?"))
	return strings.Join(words[max(0, len(words)-2-n%4):], " ")
}

// numRepeated is how many different queries are asked again and again.
const numRepeated = 50

func repeatedQuery(question string, _ int) url.Values {
	return url.Values{"q": {severalWords(question, 1)}}
}

// queries yields the addresses of so many queries of a kind, all different but for
// those that repeat; none was asked before in this run.
func (b *bencher) queries(address string, kind benchKind, n int) []string {
	want := n
	if kind.repeats {
		want = numRepeated
	}
	var list []string
	for tries := 0; len(list) < want && tries < 20*n; tries++ {
		page := b.asked % sample.Pages(b.Questions)
		for _, question := range sample.Questions(page, min(sample.PerPage, b.Questions-page*sample.PerPage)) {
			a := address + "?" + kind.query(question, b.asked+len(list)).Encode()
			if len(list) < want && (kind.repeats || !b.seen[a]) {
				b.seen[a] = true
				list = append(list, a)
			}
		}
		b.asked++
	}
	return list
}

// mostQueries bounds how many queries of a kind are made for one second.
const mostQueries = 2000

// load asks queries of a kind for b.Time, by that many clients at a time, each of
// which asks the next when it has read the answer.
func (b *bencher) load(ctx context.Context, address string, kind benchKind, clients int) (benchLoad, error) {
	list := b.queries(address, kind, int(b.Time.Seconds()*mostQueries)+numRepeated)
	if len(list) == 0 {
		return benchLoad{}, fmt.Errorf("no queries of the kind %q are left; take more --questions", kind.name)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	if kind.repeats { // once each, unmeasured
		for _, a := range list {
			if _, err := fetch(ctx, client, a, io.Discard); err != nil {
				return benchLoad{}, err
			}
		}
	}
	var next, size atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	g, ctx := errgroup.WithContext(ctx)
	start := time.Now()
	for range clients {
		g.Go(func() error {
			var times []time.Duration
			for time.Since(start) < b.Time {
				i := int(next.Add(1)) - 1
				if i >= len(list) && !kind.repeats {
					break // all were asked
				}
				asked := time.Now()
				n, err := fetch(ctx, client, list[i%len(list)], io.Discard)
				if err != nil {
					return err
				}
				times = append(times, time.Since(asked))
				size.Add(n)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return benchLoad{}, err
	}
	took := time.Since(start)
	return benchLoad{
		Kind: kind.name, Clients: clients,
		PerSecond:  float64(len(all)) / took.Seconds(),
		Bytes:      int(size.Load() / int64(len(all))),
		benchTimes: timesOf(all),
	}, nil
}

// fetch copies the body of an address to w; every status but 200 is an error.
func fetch(ctx context.Context, client *http.Client, address string, w io.Writer) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
		return 0, fmt.Errorf("%s: status %d: %s", address, resp.StatusCode, text)
	}
	return io.Copy(w, resp.Body)
}

// saveTimeout is how long a saved page may take to be found.
const saveTimeout = time.Minute

// save writes pages one after the other, each with a word that no page had before,
// and measures from before the write until /search finds the word.
func (b *bencher) save(ctx context.Context, site string) (benchTimes, error) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	var times []time.Duration
	for edit := range b.Edits {
		number := edit * 37 % sample.Pages(b.Questions)
		page := sample.Page(number, min(sample.PerPage, b.Questions-number*sample.PerPage), 1)
		// No word of the sample has a q before another consonant.
		word := "zq" + strings.Map(func(r rune) rune { return 'b' + r - '0' }, strconv.Itoa(100000+edit))
		data := append(bytes.Clone(page.Data), "\nA new word: "+word+".\n"...)
		start := time.Now()
		if err := os.WriteFile(filepath.Join(b.dir, filepath.FromSlash(page.Name)), data, 0o644); err != nil {
			return benchTimes{}, err
		}
		address := site + "/search?size=1&exact=1&q=" + word
		for found := false; !found; {
			var body bytes.Buffer
			if _, err := fetch(ctx, client, address, &body); err != nil {
				return benchTimes{}, err
			}
			found = bytes.Contains(body.Bytes(), []byte("<mark>"+word))
			switch {
			case found:
			case time.Since(start) > saveTimeout:
				return benchTimes{}, fmt.Errorf("%s was saved and not found for %v", page.Name, saveTimeout)
			default:
				if err := pause(ctx, 2*time.Millisecond); err != nil { // leave the processors to what is measured
					return benchTimes{}, err
				}
			}
		}
		times = append(times, time.Since(start))
	}
	return timesOf(times), nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// memoryOf is what the process behind a site takes, as its metrics tell: RSS by the
// system, and the heap in use. 0 is a figure that this system does not have.
func memoryOf(ctx context.Context, site string) (rss, heap uint64, err error) {
	err = readMetrics(ctx, http.DefaultClient, site, map[string]*uint64{"process_resident_memory_bytes": &rss, "go_memstats_heap_inuse_bytes": &heap})
	return rss, heap, err
}
