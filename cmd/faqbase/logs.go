package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// logFlags say what a server writes to standard error. A line for each request is for
// whoever runs a site; an author who has it in his terminal looks for the faults of
// his pages there, between which it would stand. So auto leaves it out where only this
// machine can ask, and a form that is asked for by name has it.
type logFlags struct {
	Log        string `enum:"auto,text,json" default:"auto" placeholder:"FORM" help:"Standard error as text or json, with a line for each request; auto is text, without such lines on a loopback address (${default})."`
	LogQueries bool   `name:"log-queries" help:"Have what readers search for in the log, which is nowhere in it otherwise."`
	Quiet      bool   `help:"Report errors alone."`
}

// requests tells whether each request is a line, for a server that listens on addr.
func (f logFlags) requests(addr string) bool {
	return f.Log == "text" || f.Log == "json" || !isLoopbackHost(addr)
}

// logger writes to w in the form that was asked for. The second result is for lines
// that are no log: they stay as they are in text, and are a message each in JSON.
func (f logFlags) logger(w io.Writer) (*slog.Logger, io.Writer) {
	o := &slog.HandlerOptions{Level: slog.LevelInfo}
	if f.Quiet {
		o.Level = slog.LevelError
	}
	if f.Log != "json" {
		return slog.New(slog.NewTextHandler(w, o)), w
	}
	log := slog.New(slog.NewJSONHandler(w, o))
	return log, &messages{log: slog.New(slog.NewJSONHandler(w, nil))}
}

// messages makes a message of a log of each line that is written. What a program says
// beside its log is for somebody to see to, hence the level; whoever writes has left
// out already what --quiet leaves out. Safe for concurrent use.
type messages struct {
	log *slog.Logger

	mu   sync.Mutex
	rest []byte // of a line that has not ended
}

func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rest = append(m.rest, p...)
	for {
		line, rest, ended := bytes.Cut(m.rest, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		m.log.Log(context.Background(), slog.LevelWarn, strings.TrimPrefix(string(line), "faqbase: "))
		m.rest = rest
	}
}
