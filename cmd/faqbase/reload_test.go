package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faqbase/kb"
)

// BenchmarkSaveToSearchable edits a page of the starter pages twenty times while
// the program serves them, and measures from before the file is written until
// GET /search finds the new word. It reports the median and the longest of the
// twenty.
func BenchmarkSaveToSearchable(b *testing.B) {
	const edits = 20
	dir, cache := b.TempDir(), b.TempDir()
	if err := os.CopyFS(dir, kb.Starter()); err != nil {
		b.Fatal(err)
	}
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	page := lib.Pages[len(lib.Pages)/2]
	file := filepath.Join(dir, filepath.FromSlash(page.File))

	p, err := startServe(processTimeout, "faqbase", dir, append(os.Environ(), "XDG_CACHE_HOME="+cache), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := p.end(os.Interrupt); err != nil {
			b.Error(err)
		}
	}()

	var times []time.Duration
	round := 0
	for b.Loop() {
		for range edits {
			round++
			word := "zq" + strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprintf("%06d", round))
			src := fmt.Sprintf("%s\n### What is %s? {#measured}\n\nA word that no page had before: %s.\n", page.Source, word, word)
			start := time.Now()
			if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
				b.Fatal(err)
			}
			address := p.url + "/search?size=1&q=" + url.QueryEscape(word)
			want := fmt.Sprintf("%q", page.Path+"#measured")
			var body string
			found := poll(func() bool {
				var status int
				var err error
				body, status, err = get(address)
				if err != nil || status != http.StatusOK {
					b.Fatalf("GET %s: status %d, %v\n%s", address, status, err, body)
				}
				return strings.Contains(body, want) && strings.Contains(body, "What is "+word)
			})
			if !found {
				b.Fatalf("%s was not found: %s", word, body)
			}
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(times[len(times)/2]), "median-ms")
	b.ReportMetric(ms(times[len(times)-1]), "max-ms")
}
