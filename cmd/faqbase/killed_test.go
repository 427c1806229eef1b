package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"faqbase/kb"
)

// The long form: go test ./cmd/faqbase -run TestKilled -kills 200
var kills = flag.Int("kills", 3, "kill the program so many `times` in TestKilled")

// TestKilled kills the program in the middle of whatever it does, again and again at
// random moments: while it starts and builds its index, and while a served folder is
// edited in every way. Each time the next one serves exactly what the folder holds, from
// the moment on that it says it is ready.
func TestKilled(t *testing.T) {
	rnd := random(t)
	dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "index")
	s := &storm{t: t, dir: dir, rnd: rnd}
	for i := range 40 {
		s.save(fmt.Sprintf("still/%d.md", i), s.page())
	}
	s.checkout()
	serve := []string{"--index", kept, "--poll-interval", "100ms", "--quiet", dir}
	begin := time.Now()
	p, err := startServe(processTimeout, "faqbase", dir, os.Environ(), serve...)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Since(begin)
	t.Cleanup(func() { _ = p.end(os.Kill) }) // where the test ends before it does
	starting, anew := 0, 0
	for round := range *kills {
		if err := p.end(os.Kill); err == nil {
			t.Fatal("it ended well although it was killed")
		}
		if rnd.IntN(8) == 0 {
			s.must(os.RemoveAll(kept))
			anew++
		}
		var stdout, stderr output
		victim := exec.Command("faqbase", append([]string{"serve", "--addr", "127.0.0.1:0"}, serve...)...)
		victim.Stdout, victim.Stderr = &stdout, &stderr
		s.must(victim.Start())
		life := rnd.Float64() * float64(start) / 2 // about as long as it takes to be ready with an index
		if rnd.IntN(2) == 0 {
			life *= 6
		}
		moment := time.After(time.Duration(life))
		for alive := true; alive; {
			select {
			case <-moment:
				alive = false
			default:
				s.change()
			}
		}
		s.must(victim.Process.Kill())
		if err := victim.Wait(); victim.ProcessState.Exited() {
			t.Fatalf("round %d: it ended by itself: %v\n%s", round, err, stderr.String())
		}
		if stdout.String() == "" {
			starting++
		}
		if p, err = startServe(processTimeout, "faqbase", dir, os.Environ(), serve...); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if round%20 == 19 {
			t.Logf("%d rounds, %d words", round+1, len(s.words))
		}
		differs, err := servesOtherThan(t.Context(), p.url, dir, pathsOf(t, dir, s.words, rnd))
		if err != nil || differs != "" {
			t.Fatalf("round %d: %v%s\nstandard error:\n%s", round, err, differs, p.stderr.String())
		}
	}
	if err := p.end(os.Interrupt); err != nil {
		t.Error(err)
	}
	t.Logf("%d kills, %d of them before it was ready, %d without an index from before", *kills, starting, anew)
}

// pathsOf are addresses of everything that the pages in dir hold, and of some searches.
func pathsOf(t *testing.T, dir string, words []string, rnd *rand.Rand) []string {
	t.Helper()
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/browse", "/suggest?q=zq", "/suggest?q=how+does"}
	for page := 1; page <= 1+(len(lib.Pages)+lib.NumQuestions())/100; page++ { // every entry
		paths = append(paths, fmt.Sprintf("/search?size=100&page=%d", page))
	}
	for _, q := range []string{"how does work", "zq", "wrok", "page without", words[0], words[len(words)-1], words[rnd.IntN(len(words))], words[rnd.IntN(len(words))][:5]} {
		paths = append(paths, "/search?size=50&q="+url.QueryEscape(q))
	}
	for range 3 {
		paths = append(paths, lib.Pages[rnd.IntN(len(lib.Pages))].URL())
	}
	return paths
}
