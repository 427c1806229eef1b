package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"faqbase/e2e/chromium"
	"faqbase/kb/sample"
)

var typing = flag.Int("typing", 0, "measure how soon a page shows what is typed into that many questions")

// keyPause is between two keys of somebody who types fast: 80 words a minute.
const keyPause = 150 * time.Millisecond

// observeKeys notes, for each key, the longest of its events from the press to the
// next paint. Events under 16 ms are not told (https://www.w3.org/TR/event-timing/).
const observeKeys = `
	window.interactions = {};
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (e.interactionId) {
			interactions[e.interactionId] = Math.max(interactions[e.interactionId] ?? 0, e.duration);
		}
	}).observe({type: "event", durationThreshold: 16, buffered: true});`

// TestTyping measures the interaction to next paint (https://web.dev/articles/inp) of
// somebody who types questions into a large knowledge base, each cleared with Esc:
//
//	go test ./e2e -run Typing -typing 10000 -v
func TestTyping(t *testing.T) {
	if *typing == 0 {
		t.Skip("measures only with -typing N, the number of questions")
	}
	dir := t.TempDir()
	if err := sample.Write(dir, *typing); err != nil {
		t.Fatal(err)
	}
	tb := newTab(t, chromium.Start(t), serve(t, os.DirFS(dir)), desktop)
	tb.onNewPages(observeKeys)
	tb.open("/")
	tb.press("/")
	keys := 0
	pace := time.NewTicker(keyPause)
	defer pace.Stop()
	for page := range 4 {
		question := strings.ToLower(sample.Questions(page*7, sample.PerPage)[page])
		for _, r := range question {
			<-pace.C
			tb.press(string(r))
			keys++
		}
		tb.until("results of all that was typed", `!document.querySelector("#Q-results[aria-busy=true]") && document.querySelectorAll("#Q-results li").length`)
		<-pace.C
		tb.press("\x1b")
		keys++
	}
	tb.twoFrames() // an event is told with the frame after it
	var noted map[string]float64
	if err := json.Unmarshal([]byte(eval[string](tb, "JSON.stringify(interactions)")), &noted); err != nil {
		t.Fatal(err)
	}
	times := make([]float64, keys) // 0 for those under 16 ms
	i := 0
	for _, ms := range noted {
		if i < keys {
			times[i] = ms
		}
		i++
	}
	slices.Sort(times)
	at := func(share float64) float64 { return times[int(share*float64(keys-1))] }
	t.Logf("%d questions, %d keys: to the next paint p50 %.0f ms, p98 (INP) %.0f ms, longest %.0f ms; %d keys took 16 ms or more",
		*typing, keys, at(.5), at(.98), times[keys-1], len(noted))
}
