package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"faqbase/index"
	"faqbase/kb"
	"faqbase/web"
)

// servesOtherThan tells where a site answers otherwise than the pages in dir do when
// they are read and indexed anew, "" if nowhere. Of what passes, how long a search took
// and how many changes there were, it takes no heed.
func servesOtherThan(ctx context.Context, site, dir string, paths []string) (differs string, err error) {
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		return "", err
	}
	engine, err := index.Open("")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if err := engine.Apply(ctx, lib); err != nil {
		return "", err
	}
	anew, err := web.New(web.Config{Searcher: engine, Version: readBuild().String()})
	if err != nil {
		return "", err
	}
	defer anew.Close()
	anew.Publish(lib)
	for _, path := range paths {
		var got bytes.Buffer
		if _, err := fetch(ctx, http.DefaultClient, site+path, &got); err != nil {
			return "", err
		}
		want, err := answerOf(ctx, anew, site+path)
		if err != nil {
			return "", err
		}
		if want.status != http.StatusOK {
			return "", fmt.Errorf("%s: status %d", path, want.status)
		}
		if a, b := lasting(want.body.String()), lasting(got.String()); a != b {
			return difference(path, a, b), nil
		}
	}
	return "", nil
}

// passing is what says how a response was made, not what is served.
var passing = regexp.MustCompile(`"(?:took_ms|generation)":[0-9.]+`)

func lasting(body string) string { return passing.ReplaceAllString(body, "") }

// difference tells of the first place where two bodies differ.
func difference(path, want, got string) string {
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	from := max(0, at-100)
	cut := func(body string) string { return body[from:min(len(body), at+300)] }
	return fmt.Sprintf("GET %s\nhas      …%s…\nand not  …%s…", path, strings.ToValidUTF8(cut(got), ""), strings.ToValidUTF8(cut(want), ""))
}

// A response keeps what a handler answers.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header         { return r.header }
func (r *response) WriteHeader(status int)      { r.status = status }
func (r *response) Write(p []byte) (int, error) { return r.body.Write(p) }

// answerOf is what h answers to GET address, without HTTP.
func answerOf(ctx context.Context, h http.Handler, address string) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r := &response{header: make(http.Header), status: http.StatusOK}
	h.ServeHTTP(r, req)
	return r, nil
}
