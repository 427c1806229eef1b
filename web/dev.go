package web

import (
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"faqbase/index"
	"faqbase/kb"
)

// recentSearches is how many searches --dev watches, the last ones.
const recentSearches = 50

// shownFaults is how many faults a page lists, of its own file and of all others each.
const shownFaults = 100

// A workshop is what a server has in dev alone: for whoever writes the pages. Safe
// for concurrent use.
type workshop struct {
	files  fs.FS  // templates and assets, read on every request
	dir    string // the folder of pages on disk, "" if there is none
	editor string // see Config
	told   func(text string)

	mu      sync.Mutex
	recent  []index.Query     // the oldest first
	first   map[string]string // the id of the first hit of each watched search, by its label
	digest  kb.Digest         // of the library that first is of
	moved   []string          // what the last change of the pages has moved
	stop    context.CancelFunc
	closed  bool
	looking sync.WaitGroup
}

// A place is a line of a file, with the address that opens it in an editor.
type place struct {
	Text string // file:line
	Open template.URL
}

// A faultView is a fault and where it is.
type faultView struct {
	place
	Warning bool
	Msg     string
}

// devView is what dev shows on every page.
type devView struct {
	Here, Elsewhere beginning[faultView] // of the file that the page is made of, and of all others
	Moved           []string             // first hits that the last change has moved

	workshop *workshop
}

// Any tells whether there is anything to show. Where there is not, an element without
// a role keeps its place for the script.
func (v *devView) Any() bool { return v.Here.Total+v.Elsewhere.Total+len(v.Moved) > 0 }

// view is what dev shows on the page that is made of a file, "" for one that is made of many.
func (w *workshop) view(lib *kb.Library, file string) *devView {
	v := &devView{workshop: w}
	if lib == nil {
		return v
	}
	var here, elsewhere []faultView
	for _, e := range lib.Faults {
		f := faultView{v.At(e.File, max(e.Line, 1)), e.Severity == kb.SeverityWarning, e.Msg}
		if e.File == file {
			here = append(here, f)
		} else {
			elsewhere = append(elsewhere, f)
		}
	}
	v.Here, v.Elsewhere = cutTo(here, shownFaults, ""), cutTo(elsewhere, shownFaults, "")
	w.mu.Lock()
	defer w.mu.Unlock()
	v.Moved = w.moved
	return v
}

// At is a line of a file.
func (v *devView) At(file string, line int) place {
	return place{fmt.Sprintf("%s:%d", file, line), template.URL(v.workshop.open(file, line))}
}

var (
	// editorPlaces are those that an address of an editor has to have one of.
	editorPlaces = regexp.MustCompile(`\{(?:path|file)\}`)
	// editorScheme begins one; those that run what follows open no file.
	editorScheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
	scriptScheme = regexp.MustCompile(`(?i)^(?:javascript|data|vbscript):`)
)

// checkEditor refuses what opens no file.
func checkEditor(address string) error {
	if address == "" || editorPlaces.MatchString(address) && editorScheme.MatchString(address) && !scriptScheme.MatchString(address) {
		return nil
	}
	return fmt.Errorf("editor %q: want an address with {path} or {file}, and {line}, such as vscode://file/{path}:{line}", address)
}

// open is the address that opens a line of a file, "" if there is no editor or no
// folder. Where the folder's path begins with a slash, none is doubled.
func (w *workshop) open(file string, line int) string {
	if w.editor == "" || w.dir == "" {
		return ""
	}
	path := escapeSegments(filepath.ToSlash(filepath.Join(w.dir, filepath.FromSlash(file))))
	address := strings.ReplaceAll(w.editor, "/{path}", "/"+strings.TrimPrefix(path, "/"))
	return strings.NewReplacer("{path}", path, "{file}", escapeSegments(file), "{line}", strconv.Itoa(line)).Replace(address)
}

func escapeSegments(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// remember notes a search and its first hit, to tell when that moves. What somebody
// has typed on the way to a longer query is forgotten.
func (w *workshop) remember(q index.Query, found *index.Results) {
	if q.Text == "" || q.Page > 1 || q.Sort != index.ByRelevance && q.Sort != "" {
		return
	}
	q = index.Query{Text: q.Text, Category: q.Category, Ecosystem: q.Ecosystem, Tool: q.Tool, On: q.On, Exact: q.Exact, Size: 1}
	label := searchLabel(q)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.recent = slices.DeleteFunc(w.recent, func(r index.Query) bool { return searchLabel(r) == label })
	if n := len(w.recent); n > 0 && strings.HasPrefix(q.Text, w.recent[n-1].Text) {
		w.recent = w.recent[:n-1]
	}
	if len(w.recent) == recentSearches {
		w.recent = w.recent[1:]
	}
	w.recent = append(w.recent, q)
	if _, known := w.first[label]; !known {
		if w.first == nil {
			w.first = map[string]string{}
		}
		w.first[label] = firstHit(found)
	}
}

// searchLabel is a search in words: its text and the values that are chosen.
func searchLabel(q index.Query) string {
	chosen := slices.Concat(q.Category, q.Ecosystem, q.Tool)
	if q.On != "" {
		chosen = append(chosen, q.On)
	}
	label := fmt.Sprintf(ui.Quoted, q.Text)
	if len(chosen) > 0 {
		label += " (" + strings.Join(chosen, ", ") + ")"
	}
	return label
}

// firstHit is the id of what is found first, "" if nothing is.
func firstHit(found *index.Results) string {
	switch {
	case len(found.Hits) == 0:
		return ""
	case found.Hits[0].Question != nil:
		return found.Hits[0].Question.ID
	}
	return found.Hits[0].Page.Path
}

// look searches again for what is watched, beside what else goes on, and then tells
// what has moved and that it is done. A look that a newer library makes vain ends.
func (w *workshop) look(lib *kb.Library, search func(context.Context, index.Query) (*index.Results, error), done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	if w.stop != nil {
		w.stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	queries := slices.Clone(w.recent)
	for _, g := range lib.Golden {
		queries = append(queries, index.Query{Text: g.Query, Size: 1})
	}
	var before map[string]string // what holds still
	if lib.Digest == w.digest {
		before = maps.Clone(w.first)
	}
	w.looking.Go(func() {
		now := map[string]string{}
		for _, q := range queries {
			label := searchLabel(q)
			if id, known := before[label]; known {
				now[label] = id
			}
			if _, known := now[label]; known {
				continue
			}
			found, err := search(ctx, q)
			if err != nil {
				continue // a recent search keeps the hit that it had, a golden query begins anew
			}
			now[label] = firstHit(found)
		}
		w.mu.Lock()
		if ctx.Err() != nil {
			w.mu.Unlock()
			return
		}
		moved := movedHits(lib, queries, w.first, now)
		if lib.Digest != w.digest {
			w.moved = moved
		}
		w.settle(lib, now)
		w.mu.Unlock()
		for _, text := range moved {
			if w.told != nil {
				w.told(text)
			}
		}
		done()
	})
}

// settle keeps the first hits of lib, with those of searches that have come meanwhile,
// and forgets what is not watched any more. The caller holds the lock.
func (w *workshop) settle(lib *kb.Library, now map[string]string) {
	for _, q := range w.recent {
		label := searchLabel(q)
		if id, known := w.first[label]; known {
			if _, asked := now[label]; !asked {
				now[label] = id
			}
		}
	}
	w.first, w.digest = now, lib.Digest
}

// movedHits says of each search whose first hit is another one what it was and is.
func movedHits(lib *kb.Library, queries []index.Query, was, now map[string]string) (all []string) {
	for _, q := range queries {
		label := searchLabel(q)
		from, known := was[label]
		to, found := now[label]
		if !known || !found || from == to {
			continue
		}
		if id, ok := lib.MovedID(from); ok && id == to {
			continue
		}
		page, anchor, _ := strings.Cut(from, "#")
		if other, otherAnchor, _ := strings.Cut(to, "#"); page == other && anchor != "" && otherAnchor != "" {
			from, to = "#"+anchor, "#"+otherAnchor
		}
		text := fmt.Sprintf(ui.HitMoved, label, orNothing(from), orNothing(to))
		if !slices.Contains(all, text) { // a golden query that was searched for too
			all = append(all, text)
		}
	}
	return all
}

func orNothing(id string) string {
	if id == "" {
		return ui.NothingFound
	}
	return id
}

// close ends the look that goes on, and there are no more.
func (w *workshop) close() {
	w.mu.Lock()
	w.closed = true
	if w.stop != nil {
		w.stop()
	}
	w.mu.Unlock()
	w.looking.Wait()
}
