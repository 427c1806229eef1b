package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"faqbase/kb/sample"
)

type benchCommand struct {
	Questions int           `default:"10000" placeholder:"N" help:"How many questions the knowledge base has that is made and measured (${default})."`
	Time      time.Duration `default:"3s" placeholder:"TIME" help:"How long each kind of query is asked (${default})."`
	Edits     int           `default:"40" placeholder:"N" help:"How many edits are timed (${default})."`
	Soak      time.Duration `placeholder:"TIME" help:"Instead serve so long, as 10m, while it is searched and edited 20 times a second, and tell what is answered wrongly, becomes slower or grows; not together with --time or --edits."`
	JSON      bool          `name:"json" help:"Print the figures as JSON."`
	Floor     int           `hidden:"" placeholder:"BYTES" help:"Answer every request with that many bytes from memory instead; what a measured server is compared with."`
}

// fewestQuestions are enough that each kind of query has some of its own.
const fewestQuestions = 100

// Validate checks what the types of the flags leave open.
func (c *benchCommand) Validate(line *kong.Context) error {
	if other := givenAs(line, "time", "edits"); c.Soak > 0 && other != "" {
		return fmt.Errorf("--soak and %s cannot be used together; leave one out", other)
	}
	switch {
	case c.Questions < fewestQuestions:
		return fmt.Errorf("--questions is at least %d, not %d", fewestQuestions, c.Questions)
	case c.Time <= 0:
		return fmt.Errorf("--time is a time above 0, as 3s, not %v", c.Time)
	case c.Soak < 0:
		return fmt.Errorf("--soak is a time above 0, as 10m, not %v", c.Soak)
	case c.Edits < 1:
		return fmt.Errorf("--edits is at least 1, not %d", c.Edits)
	}
	return nil
}

// givenAs is the first of the flags of these names that the command line or the
// environment has, as it is written there; "" if none is.
func givenAs(line *kong.Context, names ...string) string {
	for _, given := range line.Path {
		if given.Flag != nil && slices.Contains(names, given.Flag.Name) {
			return "--" + given.Flag.Name
		}
	}
	for _, flag := range line.Flags() {
		if !slices.Contains(names, flag.Name) {
			continue
		}
		for _, variable := range flag.Envs {
			if _, ok := os.LookupEnv(variable); ok {
				return variable
			}
		}
	}
	return ""
}

// A benchReport is what bench has measured. Times are in milliseconds, sizes in
// bytes.
type benchReport struct {
	Version   string      `json:"version"`
	Questions int         `json:"questions"`
	Pages     int         `json:"pages"`
	Source    int64       `json:"source_bytes"` // of the Markdown
	Build     float64     `json:"build_ms"`     // from the start of the program to its first answer, without an index
	Index     int64       `json:"index_bytes"`
	Restart   float64     `json:"restart_ms"` // the same with an index that holds the pages
	Warm      float64     `json:"warm_ms"`    // from then on until it has worked ahead of its readers
	Memory    benchMemory `json:"memory"`
	Save      benchTimes  `json:"save_to_searchable"`
	Loads     []benchLoad `json:"search"`
}

// A benchMemory is what a process takes: RSS is what the system says, Heap what Go
// has in use. 0 is not known here.
type benchMemory struct {
	RSSIdle  uint64 `json:"rss_idle_bytes"`
	RSSAfter uint64 `json:"rss_after_bytes"` // after all searches and edits
	Heap     uint64 `json:"heap_bytes"`
}

// benchTimes are quantiles of measured times.
type benchTimes struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// timesOf sorts list.
func timesOf(list []time.Duration) benchTimes {
	if len(list) == 0 {
		return benchTimes{}
	}
	slices.Sort(list)
	at := func(share float64) float64 { return milliseconds(list[int(share*float64(len(list)-1)+.5)]) }
	return benchTimes{Count: len(list), P50: at(.5), P95: at(.95), P99: at(.99), Max: at(1)}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A benchLoad is one kind of query, asked by so many clients at a time.
type benchLoad struct {
	Kind      string  `json:"kind"`
	Clients   int     `json:"clients"`
	PerSecond float64 `json:"per_second"`
	Bytes     int     `json:"bytes"` // of a body, in the mean
	benchTimes
}

// benchClients are the numbers of clients that ask at once.
var benchClients = [...]int{1, 16}

// Run makes a knowledge base, serves it by a process of its own and measures.
func (c *benchCommand) Run(ctx context.Context, con console) (err error) {
	if c.Floor > 0 {
		return serveFloor(ctx, con, c.Floor)
	}
	dir, err := os.MkdirTemp("", "faqbase-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := bencher{benchCommand: *c, dir: filepath.Join(dir, "kb"), index: filepath.Join(dir, "index"), notes: con.err, seen: make(map[string]bool)}
	if b.program, err = os.Executable(); err != nil {
		return err
	}
	if c.Soak > 0 {
		return b.runSoak(ctx, con)
	}
	report, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(con.out)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	return report.print(con.out)
}

// A bencher measures the program on a folder that it makes. For one goroutine.
type bencher struct {
	benchCommand
	program, dir, index string
	notes               io.Writer
	asked               int             // pages that queries were made of
	seen                map[string]bool // addresses of queries that were asked
}

func (b *bencher) note(format string, args ...any) {
	fmt.Fprintf(b.notes, "bench: "+format+"\n", args...)
}

func (b *bencher) measure(ctx context.Context) (_ *benchReport, err error) {
	b.note("making %d questions", b.Questions)
	if err := sample.Write(b.dir, b.Questions); err != nil {
		return nil, err
	}
	r := &benchReport{Version: readBuild().String(), Questions: b.Questions, Pages: sample.Pages(b.Questions)}
	if r.Source, err = sizeOf(b.dir); err != nil {
		return nil, err
	}

	b.note("building the index")
	p, took, err := b.serve()
	if err != nil {
		return nil, err
	}
	r.Build = milliseconds(took)
	if err := p.end(os.Interrupt); err != nil {
		return nil, err
	}
	if r.Index, err = sizeOf(b.index); err != nil {
		return nil, err
	}
	b.note("starting again")
	if p, took, err = b.serve(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.end(os.Interrupt)) }()
	r.Restart = milliseconds(took)
	if r.Warm, err = b.warm(ctx, p.url); err != nil {
		return nil, err
	}
	if r.Memory.RSSIdle, _, err = memoryOf(ctx, p.url); err != nil {
		return nil, err
	}

	for _, kind := range benchKinds {
		for _, clients := range benchClients {
			b.note("%s, %s", kind.name, plural(clients, "client"))
			load, err := b.load(ctx, p.url+"/search", kind, clients)
			if err != nil {
				return nil, err
			}
			r.Loads = append(r.Loads, load)
		}
	}
	floor, err := b.floors(ctx, r.Loads[len(r.Loads)-1].Bytes)
	if err != nil {
		return nil, err
	}
	r.Loads = append(r.Loads, floor...)

	b.note("saving pages")
	if r.Save, err = b.save(ctx, p.url); err != nil {
		return nil, err
	}
	r.Memory.RSSAfter, r.Memory.Heap, err = memoryOf(ctx, p.url)
	return r, err
}

// patience is how long the program may take to be ready: a million questions are
// indexed within it on a slow disk.
func (b *bencher) patience() time.Duration {
	return processTimeout + time.Duration(b.Questions)*5*time.Millisecond
}

// serve starts the program on the folder; it took that long until it was ready.
func (b *bencher) serve() (*process, time.Duration, error) {
	start := time.Now()
	p, err := startServe(b.patience(), b.program, ".", os.Environ(), b.dir, "--index", b.index, "--quiet")
	return p, time.Since(start), err
}

// warm waits until the program has worked ahead of its readers, which begins a moment
// after it is ready, and tells how long that took in milliseconds.
func (b *bencher) warm(ctx context.Context, site string) (took float64, err error) {
	start := time.Now()
	for {
		var warm uint64
		if err := readMetrics(ctx, http.DefaultClient, site, map[string]*uint64{warmMetric: &warm}); err != nil {
			return 0, err
		}
		switch took := time.Since(start); {
		case warm == 1:
			return milliseconds(took), nil
		case took > b.patience():
			return 0, fmt.Errorf("the program had not worked ahead of its readers after %v", b.patience())
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// floorKind names the measurement of a server that does nothing but answer.
const floorKind = "the same size from memory"

// floors measures a server that only answers with so many bytes.
func (b *bencher) floors(ctx context.Context, size int) (_ []benchLoad, err error) {
	b.note("a body of the same size from memory")
	p, err := startProcess(processTimeout, b.program, ".", os.Environ(), "bench", "--floor", strconv.Itoa(size))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.end(os.Interrupt)) }()
	var loads []benchLoad
	for _, clients := range benchClients {
		load, err := b.load(ctx, p.url+"/search", benchKind{floorKind, true, repeatedQuery}, clients)
		if err != nil {
			return nil, err
		}
		loads = append(loads, load)
	}
	return loads, nil
}

// serveFloor answers every request with the same bytes until ctx ends, by the same
// HTTP server as serve, with nothing before it.
func serveFloor(ctx context.Context, con console, size int) error {
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	body := slices.Repeat([]byte(" "), size)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := newHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // a client that is gone is no fault of the server
	}))
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if _, err := fmt.Fprintf(con.out, "%s  the floor\n", address(listener.Addr())); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// sizeOf is the size of all files below dir.
func sizeOf(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// print writes the figures as tables.
func (r *benchReport) print(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "faqbase %s\n%s on %s, %s of Markdown\n\n", r.Version, plural(r.Questions, "question"), plural(r.Pages, "page"), megabytes(uint64(r.Source)))
	row := func(name, value string) []string { return []string{name, value} }
	writeTable(&s, "", [][]string{
		row("first start, index built", seconds(r.Build)),
		row("start with nothing changed", seconds(r.Restart)),
		row("then read and rendered ahead", seconds(r.Warm)),
		row("index on disk", megabytes(uint64(r.Index))),
		row("memory (RSS) before any search", megabytes(r.Memory.RSSIdle)),
		row("memory (RSS) after all of this", megabytes(r.Memory.RSSAfter)),
		row("of it in use by Go", megabytes(r.Memory.Heap)),
		row("save to searchable, p50 / p95 / max", fmt.Sprintf("%.0f / %.0f / %.0f ms", r.Save.P50, r.Save.P95, r.Save.Max)),
	})
	s.WriteByte('\n')
	table := [][]string{{"GET /search", "clients", "p50 ms", "p95 ms", "p99 ms", "a second", "body"}}
	for _, l := range r.Loads {
		table = append(table, []string{
			l.Kind, strconv.Itoa(l.Clients),
			fmt.Sprintf("%.2f", l.P50), fmt.Sprintf("%.2f", l.P95), fmt.Sprintf("%.2f", l.P99),
			fmt.Sprintf("%.0f", l.PerSecond), fmt.Sprintf("%.1f kB", float64(l.Bytes)/1000),
		})
	}
	writeTable(&s, "", table)
	_, err := w.Write([]byte(s.String()))
	return err
}

func seconds(ms float64) string { return fmt.Sprintf("%.2f s", ms/1000) }

func megabytes(n uint64) string {
	if n == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
