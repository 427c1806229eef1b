package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
	"faqbase/kb"
)

// The long form: go test ./cmd/faqbase -run TestAbuse -changes 5000
var (
	changes = flag.Int("changes", 50, "make so many `changes` of a served folder in TestAbuse")
	seed    = flag.Uint64("seed", 0, "the `seed` of what is random; 0 is another one each time")
)

// random are the random numbers of a test, which says how to have the same again.
func random(t *testing.T) *rand.Rand {
	n := *seed
	for n == 0 {
		n = rand.Uint64() >> 32
	}
	t.Logf("again: -seed %d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// TestAbuse changes a folder at random in every way that editors, people and programs
// do, thousands of times in its long form, while it is served and searched. No search
// may fail or miss what nobody touched; at the end what is found is what is there, and
// the server takes no more memory, descriptors and goroutines than before.
func TestAbuse(t *testing.T) {
	rnd := random(t)
	dir := t.TempDir()
	unserved := measure(t)
	s := &storm{t: t, dir: dir, rnd: rnd}
	for i := range 20 {
		s.save(fmt.Sprintf("still/%d.md", i), s.page())
	}
	lasting := s.word()
	s.save("lasting.md", s.ask(lasting))
	written := len(s.words)
	h := serveHere(t, dir)
	h.settle(t, s.words)
	before := measure(t)

	ctx, calm := context.WithCancel(t.Context())
	var searchers sync.WaitGroup
	for range 2 {
		searchers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				for _, address := range []string{
					"/search?q=" + lasting,
					"/search?q=zq+work&size=20",
					fmt.Sprintf("/search?size=100&page=%d", 1+i%4),
					"/suggest?q=how+does+zq",
				} {
					if _, status, err := get(h.url + address); err != nil || status != http.StatusOK {
						t.Errorf("GET %s: status %d, %v", address, status, err)
						return
					}
				}
			}
		})
	}
	for range *changes {
		s.change()
		if ids := h.search(t, lasting).ids(); !slices.Equal(ids, []string{"lasting#q"}) {
			t.Errorf("a page that nobody touched is found as %v", ids)
		}
	}
	calm()
	searchers.Wait()
	s.mend()
	h.settle(t, s.words)

	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != "still" && f.Name() != "lasting.md" {
			s.must(os.RemoveAll(filepath.Join(dir, f.Name())))
		}
	}
	h.settle(t, s.words)
	if n := h.list(t); len(n) < written-1 {
		t.Errorf("%d entries, want those of %d pages", len(n), written)
	}
	within(t, func() string { return measure(t).beyond(before) })
	h.stop()
	within(t, func() string { return measure(t).beyond(unserved) })
}

// A host is a folder that this process serves.
type host struct {
	dir    string
	engine *index.Bleve
	url    string
	stderr output
	stop   func() // ends it as a signal does
}

// serveHere serves dir from an index on disk until stop is called.
func serveHere(t *testing.T, dir string) *host {
	t.Helper()
	engine, err := index.Open(filepath.Join(t.TempDir(), "index"))
	if err != nil {
		t.Fatal(err)
	}
	h := &host{dir: dir, engine: engine}
	ctx, cancel := context.WithCancel(context.Background())
	stdout, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		c := serveCommand{Addr: "127.0.0.1:0", Watch: kb.WatchAuto, PollInterval: time.Second, logFlags: logFlags{Quiet: true}}
		ended <- c.serve(ctx, console{out, &h.stderr}, slog.New(slog.NewTextHandler(&h.stderr, &slog.HandlerOptions{Level: slog.LevelError})), folder{dir: dir, fsys: kb.Dir(dir)}, engine, time.Now(), stopTimeout)
		out.Close()
	}()
	h.stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.stop)
	ready, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line (%v); standard error:\n%s", err, h.stderr.String())
	}
	h.url, _, _ = strings.Cut(ready, " ")
	return h
}

// An answer is what the tests read of the JSON of /search.
type answer struct {
	Total int
	Hits  []struct{ ID string }
}

// ids are those of the hits, in order of the alphabet.
func (a answer) ids() []string {
	var ids []string
	for _, h := range a.Hits {
		ids = append(ids, h.ID)
	}
	slices.Sort(ids)
	return ids
}

// search asks for a word as it is written.
func (h *host) search(t *testing.T, word string) (a answer) {
	return h.ask(t, url.Values{"q": {`"` + word + `"`}, "size": {"100"}})
}

func (h *host) ask(t *testing.T, query url.Values) (a answer) {
	t.Helper()
	body, status, err := get(h.url + "/search?" + query.Encode())
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal([]byte(body), &a)
	}
	if err != nil || status != http.StatusOK {
		t.Fatalf("search %v: status %d, %v\n%s", query, status, err, body)
	}
	return a
}

// list are the ids of all entries that are served.
func (h *host) list(t *testing.T) (ids []string) {
	t.Helper()
	for page := 1; ; page++ {
		a := h.ask(t, url.Values{"size": {"100"}, "page": {fmt.Sprint(page)}})
		ids = append(ids, a.ids()...)
		if len(a.Hits) == 0 {
			return ids
		}
	}
}

// settle waits until what is found is what the folder holds. words are all that its
// pages ever had.
func (h *host) settle(t *testing.T, words []string) {
	t.Helper()
	within(t, func() string { return h.differs(t, words) })
}

// differs tells where what is found is not what the folder holds, "" if nowhere.
func (h *host) differs(t *testing.T, words []string) string {
	t.Helper()
	there := heldBy(t, h.dir)
	var all []string
	for _, ids := range there {
		all = append(all, ids...)
	}
	slices.Sort(all)
	listed := h.list(t)
	slices.Sort(listed)
	if diff := cmp.Diff(all, listed); diff != "" {
		return "listed (-want +got):\n" + diff
	}
	for _, w := range words {
		if got, want := h.search(t, w).ids(), there[w]; !slices.Equal(got, want) {
			return fmt.Sprintf("%s is found in %v, want %v", w, got, want)
		}
	}
	return h.differsFromFresh(t, words)
}

// differsFromFresh tells where the index answers otherwise than one that is built at
// once of the folder.
func (h *host) differsFromFresh(t *testing.T, words []string) string {
	t.Helper()
	lib, err := kb.Load(kb.Dir(h.dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := memoryIndex(t.Context(), lib)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	queries := []string{"", "how does work", "zq", "wrok", "page without", words[0], words[len(words)/2][:4], words[len(words)-1] + "x"}
	for _, text := range queries {
		q := index.Query{Text: text, Size: 50}
		if diff := cmp.Diff(told(t, fresh, q), told(t, h.engine, q)); diff != "" {
			return fmt.Sprintf("%q, unlike a fresh index (-want +got):\n%s", text, diff)
		}
	}
	return ""
}

// told is what an engine answers, as text.
func told(t *testing.T, e index.Searcher, q index.Query) string {
	t.Helper()
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, r.Total, r.Corrections, r.Dropped, r.Facets)
	for _, hit := range r.Hits {
		fmt.Fprintln(&b, hit.Page.File, hit.QuestionHTML, hit.SnippetHTML, hit.Score)
	}
	for _, hit := range r.Nearest {
		fmt.Fprintln(&b, "nearest", hit.Page.File, hit.QuestionHTML, hit.Score)
	}
	return b.String()
}

// abusePatience is how long a difference may last: to compare thousands of pages takes
// a while.
const abusePatience = 2 * time.Minute

// within waits until there is no difference any more.
func within(t *testing.T, differs func() string) {
	t.Helper()
	var last string
	if !pollFor(abusePatience, func() bool { last = differs(); return last == "" }) {
		t.Fatal(last)
	}
}

// storedWord is a word that a page of a storm has and no other page ever had, with the
// anchor of its question if it is in one.
var storedWord = regexp.MustCompile(`(zq[a-j]+)(?: work\? \{#(\w+)\})?\n`)

// heldBy are the ids by which each word is to be found, read without the help of the
// program: every page below dir, through symbolic links too.
func heldBy(t *testing.T, dir string) map[string][]string {
	t.Helper()
	held := make(map[string][]string)
	var walk func(folder string)
	walk = func(folder string) {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			info, err := os.Stat(filepath.Join(dir, name))
			switch {
			case strings.HasPrefix(e.Name(), "."), os.IsNotExist(err):
			case err != nil:
				t.Fatal(err)
			case info.IsDir():
				walk(name)
			case path.Ext(name) == ".md":
				src, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range storedWord.FindAllStringSubmatch(string(src), -1) {
					id := strings.TrimSuffix(name, ".md")
					if m[2] != "" {
						id += "#" + m[2]
					}
					held[m[1]] = append(held[m[1]], id)
				}
			}
		}
	}
	walk("")
	for _, ids := range held {
		slices.Sort(ids)
	}
	return held
}

// A storm changes a folder at random. What cannot be changed as things are stays.
type storm struct {
	t     *testing.T
	dir   string
	rnd   *rand.Rand
	words []string // of all pages that were ever written
}

func (s *storm) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *storm) at(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// word is a word of letters alone that nobody has, so that nothing corrects it.
func (s *storm) word() string {
	w := "zq" + strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprintf("%05d", len(s.words)))
	s.words = append(s.words, w)
	return w
}

func (s *storm) ask(words ...string) string {
	var b strings.Builder
	b.WriteString("# Page\n")
	anchor := "q"
	for _, w := range words {
		fmt.Fprintf(&b, "\n## How does %s work? {#%s}\n\nAs one would think.\n", w, anchor)
		anchor += "q"
	}
	return b.String()
}

// page is a page with words of its own: mostly with questions, sometimes without.
func (s *storm) page() string {
	switch s.rnd.IntN(5) {
	case 0:
		return "# Page without questions\n\nIt speaks of " + s.word() + "\n"
	case 1:
		return s.ask(s.word(), s.word(), s.word())
	}
	return s.ask(s.word())
}

// save puts a file in its place by way of a temporary one.
func (s *storm) save(name, content string) {
	s.must(os.MkdirAll(filepath.Dir(s.at(name)), 0o777))
	s.must(os.WriteFile(s.at(name)+".tmp", []byte(content), 0o666))
	s.must(os.Rename(s.at(name)+".tmp", s.at(name)))
}

func (s *storm) folder() string {
	f := fmt.Sprintf("d%d", s.rnd.IntN(6))
	if s.rnd.IntN(3) == 0 {
		f += fmt.Sprintf("/e%d", s.rnd.IntN(3))
	}
	return f
}

func (s *storm) file() string { return fmt.Sprintf("%s/%d.md", s.folder(), s.rnd.IntN(20)) }

// A stormChange makes one change.
type stormChange struct {
	weight int
	do     func(*storm)
}

var stormChanges = []stormChange{
	{30, func(s *storm) { s.save(s.file(), s.page()) }},
	{15, func(s *storm) { // written in place, in two halves
		f, err := os.OpenFile(s.at(s.file()), os.O_WRONLY|os.O_TRUNC, 0)
		if err != nil {
			return
		}
		defer f.Close()
		content := s.page()
		half := len(content) / 2
		for _, part := range []string{content[:half], content[half:]} {
			_, err := f.WriteString(part)
			s.must(err)
		}
	}},
	{15, func(s *storm) { os.Remove(s.at(s.file())) }},
	{15, func(s *storm) { os.Rename(s.at(s.file()), s.at(s.file())) }},
	{6, func(s *storm) { os.Rename(s.at(s.folder()), s.at(s.folder())) }},
	{2, func(s *storm) { os.RemoveAll(s.at(s.folder())) }},
	{4, func(s *storm) { // half written, until someone mends it
		if file := s.at(s.file()); exists(file) {
			s.must(os.WriteFile(file, []byte("---\ntitle: ["), 0o666))
		}
	}},
	{4, func(s *storm) { // permission is taken, and given back with the next change of this kind
		if os.Geteuid() == 0 { // who reads everything; package kb takes permission as another user
			return
		}
		file := s.at(s.file())
		if info, err := os.Stat(file); err == nil {
			s.must(os.Chmod(file, info.Mode().Perm()^0o444))
		}
	}},
	{4, (*storm).mount},
	{1, (*storm).checkout},
	{10, func(s *storm) { editors[s.rnd.IntN(len(editors))].save(s.at(s.file()), s.page()) }},
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// change makes one change at random.
func (s *storm) change() {
	sum := 0
	for _, c := range stormChanges {
		sum += c.weight
	}
	n := s.rnd.IntN(sum)
	for _, c := range stormChanges {
		if n -= c.weight; n < 0 {
			c.do(s)
			return
		}
	}
}

// mount swaps what a link leads to, as Kubernetes does with the files of a ConfigMap.
func (s *storm) mount() {
	data := fmt.Sprintf("mounted/..%d", len(s.words))
	for i := range 3 {
		s.save(fmt.Sprintf("%s/%d.md", data, i), s.page())
	}
	old, _ := os.Readlink(s.at("mounted/..data"))
	s.must(os.Symlink(path.Base(data), s.at("mounted/..data_tmp")))
	s.must(os.Rename(s.at("mounted/..data_tmp"), s.at("mounted/..data")))
	for i := range 3 {
		os.Symlink(fmt.Sprintf("..data/%d.md", i), s.at(fmt.Sprintf("mounted/%d.md", i)))
	}
	if old != "" {
		s.must(os.RemoveAll(s.at("mounted/" + old)))
	}
}

// checkout replaces two hundred files at once, as the switch to another branch does.
func (s *storm) checkout() {
	gone, err := filepath.Glob(s.at("branch/*/*.md"))
	s.must(err)
	for _, file := range gone {
		s.must(os.Remove(file))
	}
	for range 100 {
		name := s.at(fmt.Sprintf("branch/%d/%d.md", s.rnd.IntN(5), s.rnd.IntN(60)))
		s.must(os.MkdirAll(filepath.Dir(name), 0o777))
		s.must(os.WriteFile(name, []byte(s.page()), 0o666))
	}
}

// mend gives all permissions back and writes anew what is half written: of such files
// the last good state is served, which is nowhere else to be compared with.
func (s *storm) mend() {
	s.must(filepath.WalkDir(s.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(name) != ".md" {
			return err
		}
		s.must(os.Chmod(name, 0o666))
		src, err := os.ReadFile(name)
		s.must(err)
		if !storedWord.Match(src) {
			s.must(os.WriteFile(name, []byte(s.page()), 0o666))
		}
		return nil
	}))
}

// editors save a file as they do, with what they leave beside it meanwhile. What
// cannot be done because the folder is gone is not.
var editors = []struct {
	name string
	save func(file, content string)
}{
	{"vim", func(file, content string) {
		dir, base := filepath.Split(file)
		swap := filepath.Join(dir, "."+base+".swp")
		os.WriteFile(swap, []byte("b0VIM 9.1"), 0o600)
		os.WriteFile(filepath.Join(dir, "4913"), nil, 0o666)
		os.Remove(filepath.Join(dir, "4913"))
		os.Rename(file, file+"~")
		os.WriteFile(file, []byte(content), 0o666)
		os.Remove(file + "~")
		os.Remove(swap)
	}},
	{"emacs", func(file, content string) {
		dir, base := filepath.Split(file)
		lock, auto := filepath.Join(dir, ".#"+base), filepath.Join(dir, "#"+base+"#")
		os.Symlink("author@host.1234:1790000000", lock)
		os.WriteFile(auto, []byte(content), 0o666)
		os.Rename(file, file+"~")
		os.WriteFile(file, []byte(content), 0o666)
		os.Remove(auto)
		os.Remove(lock)
		os.Remove(file + "~")
	}},
	{"JetBrains", func(file, content string) {
		os.WriteFile(file+"___jb_tmp___", []byte(content), 0o666)
		os.Rename(file, file+"___jb_old___")
		os.Rename(file+"___jb_tmp___", file)
		os.Remove(file + "___jb_old___")
	}},
	{"VS Code", func(file, content string) {
		os.WriteFile(file, nil, 0o666)
		os.WriteFile(file, []byte(content), 0o666)
	}},
	{"sed", func(file, content string) {
		temp := filepath.Join(filepath.Dir(file), "sedAbC123")
		os.WriteFile(temp, []byte(content), 0o666)
		os.Rename(temp, file)
	}},
}

// A usage is what the process takes.
type usage struct {
	goroutines int
	heap       uint64         // bytes that are in use
	open       map[string]int // descriptors by what they are of
	watches    int            // of folders by inotify
}

// measure measures what the process takes. Where there is no /proc, descriptors and
// watches are none.
func measure(t *testing.T) usage {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	u := usage{open: make(map[string]int)}
	runtime.GC()
	runtime.GC() // what finalizers and pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.heap, u.goroutines = m.HeapAlloc, runtime.NumGoroutine()
	descriptors, _ := os.ReadDir("/proc/self/fd")
	for _, d := range descriptors {
		of, err := os.Readlink("/proc/self/fd/" + d.Name())
		if err != nil {
			continue // the one by which the list was read
		}
		u.open[kindOf(of)]++
		if of == "anon_inode:inotify" {
			info, _ := os.ReadFile("/proc/self/fdinfo/" + d.Name())
			u.watches += strings.Count(string(info), "inotify wd:")
		}
	}
	return u
}

// kindOf says what a descriptor is of.
func kindOf(file string) string {
	switch {
	case strings.HasSuffix(file, " (deleted)"):
		return "deleted files"
	case strings.HasSuffix(file, ".zap"):
		return "segments"
	}
	kind, _, _ := strings.Cut(file, ":")
	return kind
}

// How much more than before may be taken: Bleve merges segments when it sees fit, and
// words that were once there are forgotten when they have become many.
const (
	moreSegments = 12
	moreHeap     = 4 << 20
)

// beyond tells what u takes that before did not, "" if nothing.
func (u usage) beyond(before usage) string {
	switch {
	case u.goroutines > before.goroutines:
		stacks := make([]byte, 1<<20)
		return fmt.Sprintf("%d goroutines, before %d:\n%s", u.goroutines, before.goroutines, stacks[:runtime.Stack(stacks, true)])
	case u.heap > before.heap+before.heap/4+moreHeap:
		return fmt.Sprintf("%d bytes in use, before %d", u.heap, before.heap)
	case u.watches > before.watches:
		return fmt.Sprintf("%d folders are watched, before %d", u.watches, before.watches)
	}
	for _, kind := range slices.Sorted(maps.Keys(u.open)) {
		most := before.open[kind]
		if kind == "segments" && most > 0 {
			most += moreSegments
		}
		if u.open[kind] > most {
			return fmt.Sprintf("%d open descriptors of %s, before %d", u.open[kind], kind, before.open[kind])
		}
	}
	return ""
}
