package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/web"
)

type serveCommand struct {
	folderArg
	Addr         string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"The address to listen on; port 0 picks a free one (${default})."`
	Watch        kb.WatchMode  `default:"auto" enum:"auto,events,poll,off" placeholder:"MODE" help:"How changes of the folder are noticed: auto, events, poll or off (${default})."`
	PollInterval time.Duration `default:"2s" placeholder:"TIME" help:"Time between two looks at the folder when it is polled (${default})."`
	AdminAddr    string        `name:"admin-addr" placeholder:"HOST:PORT" help:"Serve /metrics and profiles (/debug/pprof/) on an address of their own, and no more on --addr."`
	Title        string        `placeholder:"NAME" help:"The name of the site."`
	BaseURL      string        `name:"base-url" placeholder:"URL" help:"The address under which others reach the site; put before every address that is written."`
	EditURL      string        `name:"edit-url" placeholder:"URL" help:"Where a page is edited, with {file} for its file, as https://github.com/me/faq/edit/main/{file}."`
	AllowOrigin  string        `placeholder:"ORIGIN" help:"The origin whose pages may read the JSON (CORS), or * for all; not together with --auth-file."`
	AuthFile     string        `name:"auth-file" placeholder:"FILE" help:"Everything but /healthz and /readyz wants a name and password of this file, as htpasswd -B writes it; a change of it counts within a second."`
	RateLimit    rateFlag      `name:"rate-limit" default:"auto" placeholder:"N[:BURST]" help:"Requests a second that one client may make, and how many at once (four times as many if left out); 0 is no limit, auto is none on a loopback address without --trusted-proxy, else 50:200 (${default})."`
	TrustedProxy []networkFlag `name:"trusted-proxy" placeholder:"ADDRESS" help:"A proxy, or a network of them as 10.0.0.0/8, whose X-Forwarded-For or Forwarded tells who a client is."`
	Dev          bool          `help:"For whoever writes the pages: show faults, the lines of questions and which first hits a save has moved; read templates and assets from a checkout of this program on every request."`
	Editor       string        `placeholder:"URL" help:"With --dev: the address that opens a file, with {path} or {file}, and {line}; or the name of an editor, or none (default: that of $$VISUAL or $$EDITOR if it has one, else vscode://file/{path}:{line})."`
	logFlags
	indexFlag
}

// Validate checks what the types of the flags leave open.
func (c *serveCommand) Validate() error {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return fmt.Errorf("--addr is HOST:PORT, as 127.0.0.1:8080, not %q", c.Addr)
	}
	if c.AdminAddr != "" {
		if _, _, err := net.SplitHostPort(c.AdminAddr); err != nil {
			return fmt.Errorf("--admin-addr is HOST:PORT, as 127.0.0.1:8081, not %q", c.AdminAddr)
		}
	}
	if c.PollInterval <= 0 {
		return fmt.Errorf("--poll-interval is a time above 0, as 2s, not %v", c.PollInterval)
	}
	return nil
}

// How long a request may take to arrive, a connection may idle, and a stop may
// take; requests have three fifths of that to end by themselves. Event streams set
// a limit of their own for each write.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 5 * time.Minute // a large picture over a slow line
	idleTimeout       = 2 * time.Minute
	stopTimeout       = 5 * time.Second
	maxHeaderBytes    = 64 << 10
)

// newHTTPServer is a server of h with those limits.
func newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
}

// untilInterrupt is ctx until the process is told to stop. After that a second
// signal ends the process at once.
func untilInterrupt(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// Run serves the knowledge base until ctx ends or the process is told to stop. A
// second signal ends the process at once.
func (c *serveCommand) Run(ctx context.Context, con console) error {
	start := time.Now()
	collectAt(startGCPercent, os.Getenv("GOGC"))
	ctx, stop := untilInterrupt(ctx)
	defer stop()

	f, err := c.folderArg.open()
	if err != nil {
		return err
	}
	log, notes := c.logger(con.err)
	con.err = notes
	engine, err := c.indexFlag.open(f, notes)
	if errors.Is(err, index.ErrLocked) {
		return fmt.Errorf("%w; stop that process, or name another place with --index (--index memory keeps none on disk)", err)
	}
	if err != nil {
		return err
	}
	return c.serve(ctx, con, log, f, engine, start, stopTimeout)
}

// serve serves f until ctx ends or a part of it fails, and closes engine. It returns
// at the latest stopTimeout after that: what is still running then, whatever it
// waits for, is left behind and named in the error.
func (c *serveCommand) serve(ctx context.Context, con console, log *slog.Logger, f folder, engine engine, start time.Time, stopTimeout time.Duration) error {
	counts := newMetrics(readBuild(), c.Watch)
	metricsPage := counts.publicPage()
	if c.AdminAddr != "" {
		metricsPage = nil
	}
	dir, editor, err := c.workplace(f)
	if err != nil {
		return errors.Join(err, engine.Close())
	}
	users, err := c.users(con.err)
	if err != nil {
		return errors.Join(err, engine.Close())
	}
	site, err := web.New(web.Config{
		Metrics:     counts.registry,
		MetricsPage: metricsPage,
		Searcher:    engine,
		Title:       c.Title,
		BaseURL:     c.BaseURL,
		EditURL:     c.EditURL,
		AllowOrigin: c.AllowOrigin,
		Version:     readBuild().String(),

		Users:          users,
		Local:          isLoopbackHost(c.Addr),
		Rate:           c.RateLimit.on(c.Addr, len(c.TrustedProxy) > 0),
		TrustedProxies: networks(c.TrustedProxy),

		Dev:    c.Dev,
		Dir:    dir,
		Editor: editor,
		Told:   func(text string) { fmt.Fprintf(con.err, "faqbase: %s\n", text) },
		Log:    log,

		LogRequests: c.requests(c.Addr),
		LogQueries:  c.LogQueries,
	})
	if err != nil {
		return errors.Join(usagef("%v", err), engine.Close())
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("%w; choose another address with --addr", err), engine.Close())
	}
	if c.Dev && !isLoopbackHost(listener.Addr().String()) {
		fmt.Fprintf(con.err, "faqbase: --dev shows paths of this machine and searches of all visitors to everybody who reaches %s\n", listener.Addr())
	}
	admin, err := c.serveAdmin(ctx, counts, log, con.err)
	if err != nil {
		return errors.Join(err, listener.Close(), engine.Close())
	}
	defer admin()
	var waiting unasked
	requests, endRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer endRequests()
	server := newHTTPServer(site)
	server.BaseContext = func(net.Listener) context.Context { return requests }
	server.ConnState = waiting.follow
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)

	told := ctx
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		site.Close()
		waiting.close()
		patience := stopTimeout * 3 / 5
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if server.Shutdown(deadline) != nil {
			endRequests()
			return errors.Join(fmt.Errorf("requests were still running after %v and were cut off", patience), server.Close())
		}
		return nil
	})
	settled := make(chan struct{}) // closed when no page is read or indexed any more
	g.Go(func() error {
		defer close(settled)
		var bar *progress
		if !c.Quiet && isTerminal(con.err) {
			bar = newProgress(con.err)
		}
		p := publisher{
			engine:   engine,
			publish:  site.Publish,
			faults:   faultLog{w: con.err, quiet: c.Quiet},
			log:      log,
			metrics:  counts,
			progress: bar,
			ahead:    ahead(engine, counts),
			read:     func() { collectAt(buildGCPercent, os.Getenv("GOGC")) },
			ready: func(lib *kb.Library) error {
				collectAt(gcPercentOf(heapInUse()), os.Getenv("GOGC"))
				_, err := fmt.Fprintf(con.out, "%s  %s, %s, ready in %v\n", address(listener.Addr()),
					plural(len(lib.Pages), "page"), plural(lib.NumQuestions(), "question"), time.Since(start).Round(time.Millisecond))
				return err
			},
		}
		return p.run(ctx, func(ctx context.Context) iter.Seq2[*kb.Library, error] {
			return c.libraries(ctx, f, bar, counts.watches)
		})
	})
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(g.Wait(), engine.Close()) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(stopTimeout):
	}
	left := "a search"
	select {
	case <-settled:
	default:
		left = "the reading or indexing of the pages"
	}
	err = fmt.Errorf("%s had not ended %v after the stop began and was given up", left, stopTimeout)
	if told.Err() == nil { // a part has failed
		err = errors.Join(context.Cause(ctx), err)
	}
	return err
}

// renderedAhead is how many bytes of Markdown are rendered before anybody asks: about
// twenty thousand questions, whose HTML takes twice as much memory.
const renderedAhead = 16 << 20

// ahead gives what makes the first searches of a library as fast as all others, and tells
// counts when it is done. What fails here fails in the searches too, which tell of it.
func ahead(engine engine, counts *metrics) func(context.Context, *kb.Library) {
	return func(ctx context.Context, lib *kb.Library) {
		if engine.Warm(ctx) != nil {
			return
		}
		lib.Render(ctx, renderedAhead)
		if ctx.Err() != nil {
			return
		}
		debug.FreeOSMemory() // what was read and made for this library alone
		counts.warm.Set(1)
	}
}

// How much garbage Go may leave beside what is in use before it collects it, in per cent.
// While a start reads the pages, little is in use, and to look for it again and again as
// it grows is a fifth of the work. To fill an index takes more memory than all else, and
// has the usual. Later most of what is in use stays as long as the library, so that 100
// would be as much again: with 80 an answer from memory takes no longer, and with 50 the
// heap of a large library, past largeHeap bytes, takes 150 MB less for 100,000 questions.
const (
	startGCPercent = 200
	buildGCPercent = 100
	gcPercent      = 80
	largeGCPercent = 50
	largeHeap      = 256 << 20
)

// gcPercentOf is that of a library which is served, when so many bytes are in use.
func gcPercentOf(heap uint64) int {
	if heap > largeHeap {
		return largeGCPercent
	}
	return gcPercent
}

// heapInUse is the size of what Go has allocated and not yet collected, in bytes.
func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// collectAt sets that, unless Go's environment variable GOGC says it.
func collectAt(percent int, gogc string) {
	if gogc == "" {
		debug.SetGCPercent(percent)
	}
}

// serveAdmin serves the metrics and profiles on c.AdminAddr, if there is one, until
// stop is called. Who else can reach it is told on w.
func (c *serveCommand) serveAdmin(ctx context.Context, counts *metrics, log *slog.Logger, w io.Writer) (stop func(), err error) {
	if c.AdminAddr == "" {
		return func() {}, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.AdminAddr)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another address with --admin-addr", err)
	}
	h := counts.admin()
	if isLoopbackHost(c.AdminAddr) {
		h = toLoopbackAlone(h)
	}
	if !isLoopbackHost(listener.Addr().String()) {
		fmt.Fprintf(w, "faqbase: --admin-addr shows metrics and profiles of this program to everybody who reaches %s\n", listener.Addr())
	}
	server := newHTTPServer(h)
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the metrics are no more served", "error", err)
		}
	}()
	log.Info("metrics and profiles", "url", address(listener.Addr())+"/metrics")
	return func() {
		_ = server.Close() // nobody waits for a profile of a program that ends
		<-ended
	}, nil
}

// workplace is where --dev finds the pages on disk, and the address of the editor.
func (c *serveCommand) workplace(f folder) (dir, editor string, err error) {
	if !c.Dev || f.dir == "" {
		return "", "", nil
	}
	if dir, err = filepath.Abs(f.dir); err != nil {
		return "", "", err
	}
	editor, err = editorAddress(c.Editor, os.Getenv)
	return dir, editor, err
}

// libraries yields the knowledge base and, if it is a folder, yields it again
// whenever it has changed. inUse is told how that is noticed.
func (c *serveCommand) libraries(ctx context.Context, f folder, bar *progress, inUse func(kb.WatchMode)) iter.Seq2[*kb.Library, error] {
	o := kb.Options{Base: strings.TrimRight(c.BaseURL, "/")}
	if f.dir == "" {
		return func(yield func(*kb.Library, error) bool) { yield(f.load(o)) }
	}
	w := kb.WatchOptions{Options: o, Linked: c.FollowLinks, Mode: c.Watch, Interval: c.PollInterval, InUse: inUse}
	if bar != nil {
		w.Progress = bar.read
	}
	return kb.Watch(ctx, f.dir, w)
}

// address is where a server that listens on addr can be reached from the same
// machine, as a URL.
func address(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// unasked are the connections that have not asked for anything yet. Browsers open
// some in advance, and http.Server.Shutdown takes each for a running request in its
// first seconds. Safe for concurrent use.
type unasked struct {
	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// follow is an http.Server's ConnState.
func (u *unasked) follow(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.closed:
		_ = c.Close() // the server is about to stop: nobody is left to answer it
	default:
		if u.conns == nil {
			u.conns = make(map[net.Conn]bool)
		}
		u.conns[c] = true
	}
}

// close closes them, and those that still come.
func (u *unasked) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.conns {
		_ = c.Close()
	}
}
