package web

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// maxStreams is how many event streams are open at once. Each holds a connection
// and a goroutine for as long as its reader likes.
const maxStreams = 4096

// Times of event streams.
const (
	pingEvery    = 15 * time.Second // keeps proxies from ending a silent stream
	writeTimeout = 10 * time.Second // for what a reader does not take

	streamsFullRetry = 30 * time.Second // for one stream too many
)

// An event is one change of what is served, encoded. It holds nothing of the libraries.
type event struct {
	id    string // the library's digest
	frame []byte // names the pages that changed
}

// newEvent is the event of publishing lib after old, which is nil for the first.
func newEvent(old, lib *kb.Library) *event {
	id := digestText(lib)
	return &event{id: id, frame: encodeEvent(id, lib.Generation, changedPaths(old, lib))}
}

func digestText(lib *kb.Library) string { return hex.EncodeToString(lib.Digest[:]) }

type eventJSON struct {
	Generation uint64   `json:"generation"`
	Paths      []string `json:"paths"`
}

func encodeEvent(id string, generation uint64, paths []string) []byte {
	data, err := json.Marshal(eventJSON{Generation: generation, Paths: paths})
	if err != nil {
		panic(err) // strings and numbers cannot fail
	}
	return fmt.Appendf(nil, "id: %s\nevent: library\ndata: %s\n\n", id, data)
}

// changedPaths are the paths of the pages that are new, gone or different in
// lib, in order. A page is different also when the facts of one of its tools are, and
// when one of its old anchors leads elsewhere.
func changedPaths(old, lib *kb.Library) []string {
	paths := []string{}
	if old == nil {
		for _, p := range lib.Pages {
			paths = append(paths, p.Path)
		}
		return paths
	}
	before := make(map[string]*kb.Page, len(old.Pages))
	for _, p := range old.Pages {
		before[p.Path] = p
	}
	tools := changedTools(old, lib)
	for _, p := range lib.Pages {
		was, ok := before[p.Path]
		delete(before, p.Path)
		if !ok || was.Digest != p.Digest || slices.ContainsFunc(p.Tools, func(t string) bool { return tools[t] }) ||
			!slices.EqualFunc(old.OldAnchors(was), lib.OldAnchors(p), sameLead) {
			paths = append(paths, p.Path)
		}
	}
	for path := range before {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// sameLead tells whether two old anchors lead readers to the same place.
func sameLead(a, b kb.OldAnchor) bool { return a.Anchor == b.Anchor && a.URL == b.URL }

// changedTools are the names of the tools whose facts differ.
func changedTools(old, lib *kb.Library) map[string]bool {
	changed := make(map[string]bool)
	before := make(map[string]*kb.Tool, len(old.Tools))
	for _, t := range old.Tools {
		before[t.Name] = t
	}
	for _, t := range lib.Tools {
		was, ok := before[t.Name]
		if !ok {
			changed[t.Name] = true
			continue
		}
		a, b := *was, *t
		a.Line, b.Line = 0, 0 // an entry that only moved says the same
		if !reflect.DeepEqual(a, b) {
			changed[t.Name] = true
		}
	}
	return changed
}

// A feed is the series of events, each leading to the next, so that a slow
// reader misses none and costs the others nothing.
type feed struct {
	mu     sync.Mutex
	recent []*link // the last events, oldest first
	// newest is the frame for readers whose library is unknown: it names every page of
	// the newest library, the only one that is kept for it.
	newest func() []byte
	closed chan struct{}
	once   sync.Once

	streams atomic.Int64 // that are open
}

// A link holds an event and, once next is closed, leads to the one after.
type link struct {
	event *event        // nil before the first
	next  chan struct{} // closed when after is set
	after *link
}

// recentEvents is how many events a reader can have missed and still be told
// exactly what changed.
const recentEvents = 64

func newFeed() *feed {
	return &feed{recent: []*link{{next: make(chan struct{})}}, closed: make(chan struct{})}
}

// publish tells of lib, which comes after old; that is nil for the first.
func (f *feed) publish(old, lib *kb.Library) {
	e := newEvent(old, lib)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.newest = sync.OnceValue(func() []byte { return newEvent(nil, lib).frame })
	f.append(e)
}

// publishDev tells open pages that what dev shows on them has changed. The id is that
// of the event before, which the readers keep.
func (f *feed) publishDev() {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.recent[len(f.recent)-1]
	if last.event == nil {
		return
	}
	f.append(&event{id: last.event.id, frame: []byte("event: dev\ndata: {}\n\n")})
}

// append adds an event. The caller holds the lock.
func (f *feed) append(e *event) {
	last := f.recent[len(f.recent)-1]
	last.after = &link{event: e, next: make(chan struct{})}
	f.recent = append(f.recent, last.after)
	if len(f.recent) > recentEvents {
		f.recent = slices.Delete(f.recent, 0, 1)
	}
	close(last.next)
}

func (f *feed) close() { f.once.Do(func() { close(f.closed) }) }

// from is the link after which a reader goes on who has seen the library with
// that digest, "" for one who comes new. missed gives the frame to begin with for a
// reader whose library is not known here, else it is nil.
func (f *feed) from(seen string) (at *link, missed func() []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.recent[len(f.recent)-1]
	if seen == "" || last.event == nil {
		return last, nil
	}
	for _, l := range slices.Backward(f.recent) {
		if l.event != nil && l.event.id == seen {
			return l, nil
		}
	}
	return last, f.newest
}

// events answers /events.
func (s *Server) events(c *gin.Context) error {
	select {
	case <-s.feed.closed:
		return &problem{Title: "shutting down", Status: http.StatusServiceUnavailable, retry: 2}
	default:
	}
	if c.Request.Method != http.MethodHead {
		if s.feed.streams.Add(1) > maxStreams {
			s.feed.streams.Add(-1)
			return &problem{Title: "too many streams", Status: http.StatusServiceUnavailable, Detail: "every event stream is taken", retry: int(streamsFullRetry.Seconds())}
		}
		defer s.feed.streams.Add(-1)
		done, ok := s.limiter.open(s.proxies.client(c.Request))
		if !ok {
			return tooMany("you have too many event streams open", streamsFullRetry)
		}
		defer done()
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	seen := c.GetHeader("Last-Event-ID")
	if seen == "" {
		seen = parseParams(c.Request.URL.RawQuery).Get("since")
	}
	st := &stream{w: c.Writer, rc: http.NewResponseController(c.Writer), over: func() bool { return s.dismissed(c) }}
	at, missed := s.feed.from(seen)
	// Readers come back after a pause of their own, not all at once.
	hello := fmt.Appendf(nil, "retry: %d\n\n", 1000+rand.IntN(2000))
	switch {
	case missed != nil:
		hello = append(hello, missed()...)
	case at.event != nil && at.event.id != seen:
		// An id without data is no event, but is sent back as Last-Event-ID.
		hello = fmt.Appendf(hello, "id: %s\n\n", at.event.id)
	}
	if err := st.write(hello); err != nil {
		return nil
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-at.next:
			first := at.event == nil
			at = at.after
			switch {
			case first && seen == at.event.id:
				continue // a restart with the library that this reader has
			case first && seen == "":
				err = st.write(fmt.Appendf(nil, "id: %s\n\n", at.event.id))
			default:
				err = st.write(at.event.frame)
			}
		case <-ping.C:
			err = st.write([]byte(": ping\n\n"))
		case <-c.Request.Context().Done():
			return nil
		case <-s.feed.closed:
			return nil
		}
		if err != nil {
			return nil // the reader is gone, or is none any more
		}
	}
}

// A stream is the way to one reader.
type stream struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	over func() bool // asked before each write, whether the reader may be told no more
}

// errOver is that of a stream whose reader may be told no more.
var errOver = errors.New("the stream is over")

// write sends b at once. The deadline holds for this write alone: the
// server's own, made for pages, would end the stream.
func (st *stream) write(b []byte) error {
	if st.over() {
		return errOver
	}
	if err := st.deadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := st.w.Write(b); err != nil {
		return err
	}
	if err := st.rc.Flush(); err != nil {
		return err
	}
	return st.deadline(time.Time{})
}

func (st *stream) deadline(t time.Time) error {
	if err := st.rc.SetWriteDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
