package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"faqbase/index"
)

// pageSize is the number of hits that are asked for at a time: some more than
// Depth, for the hits that are whole pages.
const pageSize = 20

// maxPages is the number of pages of hits that are asked for: as far as a server
// goes.
const maxPages = 10000 / pageSize

// questions reads pages of hits, from 1, until there are Depth questions or no more
// hits. A hit without a question is a whole page.
func questions(page func(n int) ([]Answer, error)) (list []Answer, err error) {
	for n := 1; n <= maxPages; n++ {
		hits, err := page(n)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			if h.Question == "" {
				continue
			}
			if list = append(list, h); len(list) == Depth {
				return list, nil
			}
		}
		if len(hits) < pageSize {
			break
		}
	}
	return list, nil
}

// Searcher measures an engine in this process.
func Searcher(s index.Searcher) Ranker {
	return func(ctx context.Context, text string) ([]Answer, error) {
		return questions(func(n int) ([]Answer, error) {
			r, err := s.Search(ctx, index.Query{Text: text, Page: n, Size: pageSize})
			if err != nil {
				return nil, err
			}
			hits := make([]Answer, len(r.Hits))
			for i, h := range r.Hits {
				if h.Question != nil {
					hits[i] = Answer{h.Question.ID, h.Score}
				}
			}
			return hits, nil
		})
	}
}

// The limits of what is taken from a server.
const (
	maxBody     = 64 << 20 // bytes of an answer
	maxAttempts = 5        // when it says to come again later
	maxWait     = 30 * time.Second
)

// Server measures a running server, whose address is base, by GET /search. It waits
// as the server says when that is busy.
func Server(client *http.Client, base string) Ranker {
	address := strings.TrimRight(base, "/") + "/search?"
	return func(ctx context.Context, text string) ([]Answer, error) {
		return questions(func(n int) ([]Answer, error) {
			query := url.Values{"q": {text}, "page": {strconv.Itoa(n)}, "size": {strconv.Itoa(pageSize)}}
			return fetch(ctx, client, address+query.Encode())
		})
	}
}

// fetch gets a page of hits.
func fetch(ctx context.Context, client *http.Client, address string) ([]Answer, error) {
	for attempt := 1; ; attempt++ {
		hits, wait, err := get(ctx, client, address)
		if wait == 0 || attempt == maxAttempts {
			return hits, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

// get asks once. With an error, wait says after what time to ask again, 0 for never.
func get(ctx context.Context, client *http.Client, address string) (hits []Answer, wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept", "application/json")
	resp, err := client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", address, err)
	}
	if resp.StatusCode != http.StatusOK {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return nil, min(time.Duration(max(seconds, 0))*time.Second, maxWait),
			fmt.Errorf("GET %s: %s: %.200s", address, resp.Status, strings.TrimSpace(string(body)))
	}
	var results struct {
		Hits []struct {
			ID    string  `json:"id"`
			Kind  string  `json:"kind"`
			Score float64 `json:"score"`
		} `json:"hits"`
	}
	if err := json.Unmarshal(body, &results); err != nil {
		return nil, 0, fmt.Errorf("GET %s: not an answer of a faqbase server: %w", address, err)
	}
	hits = make([]Answer, len(results.Hits))
	for i, h := range results.Hits {
		if h.Kind == "question" {
			hits[i] = Answer{h.ID, h.Score}
		}
	}
	return hits, 0, nil
}
