package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"faqbase/index"
	"faqbase/kb"
)

// memory is the value of --index that keeps no index on disk.
const memory = "memory"

// An engine also tells how many documents it has written: one a page and one a
// question, each time that they are written. Warm reads ahead what searches will want,
// until ctx ends. Safe for concurrent use.
type engine interface {
	index.Engine
	Indexed() uint64
	Warm(ctx context.Context) error
}

// indexFlag is the flag of the commands that search.
type indexFlag struct {
	Index string `placeholder:"DIR|memory" help:"Where the index is kept (default: the user's cache folder), or memory to keep none on disk."`
}

// open opens the engine for f. An index that was asked for by name and cannot be
// had is an error, and so is one that another process uses. Where the user's cache
// folder cannot be used, the index is kept in memory and notes gets a line that
// says so.
func (i indexFlag) open(f folder, notes io.Writer) (engine, error) {
	if i.Index != "" {
		dir := i.Index
		if dir == memory {
			dir = ""
		}
		e, err := openIndex(dir, notes)
		var unusable *index.OpenError
		if errors.As(err, &unusable) && !errors.Is(err, index.ErrLocked) {
			err = fmt.Errorf("%w; choose another with --index, or --index memory", err)
		}
		return e, err
	}
	dir, err := cacheDir(f)
	if err == nil {
		var e engine
		e, err = openIndex(dir, notes)
		if err == nil || errors.Is(err, index.ErrLocked) {
			return e, err
		}
	}
	fmt.Fprintf(notes, "faqbase: the index is kept in memory: %v; name a place for it with --index\n", err)
	return openIndex("", notes)
}

// openIndex opens the index in dir, or one in memory if dir is "". What it does about
// damage is said in notes.
func openIndex(dir string, notes io.Writer) (engine, error) {
	e, err := index.Open(dir, index.Tell(func(err error) { fmt.Fprintf(notes, "faqbase: %v\n", err) }))
	if err != nil {
		return nil, err
	}
	return e, nil
}

// memoryIndex is an engine in memory that holds lib.
func memoryIndex(ctx context.Context, lib *kb.Library) (index.Engine, error) {
	engine, err := openIndex("", io.Discard)
	if err != nil {
		return nil, err
	}
	if err := engine.Apply(ctx, lib); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return engine, nil
}

// cacheDir is the folder for the index of f: in the user's cache folder
// faqbase/<hash>-<name>, where hash is the beginning of the SHA-256 of the
// absolute path of the folder of pages with symbolic links followed, and name is
// the last element of that path. The starter pages have faqbase/starter.
func cacheDir(f folder) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "faqbase")
	if f.dir == "" {
		return filepath.Join(cache, "starter"), nil
	}
	abs, err := filepath.Abs(f.dir)
	if err != nil {
		return "", err
	}
	abs, err = filepath.EvalSymlinks(abs)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(abs))
	name := strings.Trim(filepath.Base(abs), string(filepath.Separator))
	return filepath.Join(cache, hex.EncodeToString(sum[:6])+"-"+name), nil
}
