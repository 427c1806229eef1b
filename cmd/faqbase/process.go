package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// processTimeout bounds how long the program may take to be ready with few pages, and
// to end.
const processTimeout = 30 * time.Second

// A process is the program, serving, as bench and the tests start it.
type process struct {
	url    string // from its ready line
	ready  string // that line
	cmd    *exec.Cmd
	stdout bytes.Buffer // complete once done is closed
	stderr output
	done   chan struct{} // closed when the process has ended
	err    error         // how it ended, once done is closed
}

// An output keeps what a process has written so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// startServe runs program, which is faqbase, as faqbase serve on a free port and
// waits until it is ready, for which it has the time timeout. It runs in dir with env.
func startServe(timeout time.Duration, program, dir string, env []string, args ...string) (*process, error) {
	return startProcess(timeout, program, dir, env, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
}

// startProcess runs program until it prints a line that begins with its address, for
// which it has the time timeout.
func startProcess(timeout time.Duration, program, dir string, env []string, args ...string) (*process, error) {
	p := &process{done: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir, p.cmd.Env = dir, env
	p.cmd.Stderr = &p.stderr
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout = write
	err = p.cmd.Start()
	write.Close()
	if err != nil {
		read.Close()
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		defer close(p.done)
		r := bufio.NewReader(io.TeeReader(read, &p.stdout))
		first, _ := r.ReadString('\n')
		line <- first
		_, copyErr := io.Copy(io.Discard, r)
		read.Close()
		p.err = errors.Join(p.cmd.Wait(), copyErr)
	}()
	select {
	case p.ready = <-line:
	case <-time.After(timeout):
		p.end(os.Kill)
		return nil, fmt.Errorf("not ready after %v; standard error:\n%s", timeout, p.stderr.String())
	}
	url, _, ok := strings.Cut(p.ready, " ")
	if !ok {
		p.end(os.Kill)
		return nil, fmt.Errorf("it ended before it was ready (%v); standard error:\n%s", p.err, p.stderr.String())
	}
	p.url = url
	return p, nil
}

// end signals the process, waits until it has ended and returns how. It may be
// called again.
func (p *process) end(signal os.Signal) error {
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(processTimeout):
		err := fmt.Errorf("still running %v after %v; standard error:\n%s", processTimeout, signal, p.stderr.String())
		return errors.Join(err, p.cmd.Process.Kill())
	}
}
