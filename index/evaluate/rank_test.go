package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
	"faqbase/kb"
)

// hits are what a search finds: questions, and pages where the id has no "#".
type hits []string

// Search implements index.Searcher.
func (h hits) Search(_ context.Context, q index.Query) (*index.Results, error) {
	res := &index.Results{}
	for i := (q.Page - 1) * q.Size; i < min(q.Page*q.Size, len(h)); i++ {
		hit := index.Hit{Page: &kb.Page{Path: h[i]}, Score: 1 / float64(i+1)}
		if strings.Contains(h[i], "#") {
			hit.Question = &kb.Question{ID: h[i]}
		}
		res.Hits = append(res.Hits, hit)
	}
	return res, nil
}

// RoundTrip answers GET /search, so that a client needs no network.
func (h hits) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/help/search" || r.URL.Query().Get("q") == "" {
		return answer(http.StatusNotFound, `{"title":"not found"}`), nil
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	var list []string
	for i := (page - 1) * size; i < min(page*size, len(h)); i++ {
		kind := "page"
		if strings.Contains(h[i], "#") {
			kind = "question"
		}
		list = append(list, fmt.Sprintf(`{"id":%q,"kind":%q,"score":%v}`, h[i], kind, 1/float64(i+1)))
	}
	return answer(http.StatusOK, `{"total":99,"hits":[`+strings.Join(list, ",")+`]}`), nil
}

func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status,
		Status:     strconv.Itoa(status) + " " + http.StatusText(status),
		Header:     make(http.Header),
		Body:       io.NopCloser(strings.NewReader(body)),
	}
}

func TestRankers(t *testing.T) {
	var pagesFirst, many hits
	for i := range 3 * pageSize {
		pagesFirst = append(pagesFirst, fmt.Sprint("page", i))
		many = append(many, fmt.Sprint("p#", i))
	}
	pagesFirst = append(pagesFirst, "p#0", "page", "p#1")
	tests := []struct {
		claim string
		hits  hits
		want  []string
	}{
		{"nothing found", nil, nil},
		{"hits that are pages are skipped", hits{"p", "p#a", "q", "q#b"}, []string{"p#a", "q#b"}},
		{"ten questions and no more", many, many[:Depth]},
		{"questions behind many pages are found", pagesFirst, []string{"p#0", "p#1"}},
	}
	for _, test := range tests {
		for name, rank := range map[string]Ranker{
			"in this process": Searcher(test.hits),
			"of a server":     Server(&http.Client{Transport: test.hits}, "http://faq.example/help/"),
		} {
			t.Run(test.claim+", "+name, func(t *testing.T) {
				got, err := rank(t.Context(), "x")
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, a := range got {
					ids = append(ids, a.Question)
				}
				if diff := cmp.Diff(test.want, ids); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}

// A transport is a server of one function.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestServer(t *testing.T) {
	busy := func() *http.Response {
		resp := answer(http.StatusTooManyRequests, `{"title":"too many requests"}`)
		resp.Header.Set("Retry-After", "3")
		return resp
	}
	t.Run("a busy server is asked again when it says so", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			rank := Server(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				if asked++; asked < 3 {
					return busy(), nil
				}
				return hits{"p#a"}.RoundTrip(r)
			})}, "http://faq.example/help")
			start := time.Now()
			got, err := rank(t.Context(), "x")
			if err != nil || len(got) != 1 || time.Since(start) != 6*time.Second {
				t.Errorf("%v, %v after %v", got, err, time.Since(start))
			}
		})
	})
	t.Run("one that stays busy is an error that tells how it answered", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			rank := Server(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
				asked++
				return busy(), nil
			})}, "http://faq.example")
			_, err := rank(t.Context(), "x")
			if err == nil || !strings.Contains(err.Error(), "429 Too Many Requests") || asked != maxAttempts {
				t.Errorf("asked %d times: %v", asked, err)
			}
		})
	})
	t.Run("the wait ends with its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			rank := Server(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return busy(), nil })}, "http://faq.example")
			if _, err := rank(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
		})
	})
	for claim, resp := range map[string]*http.Response{
		"an address without a search": answer(http.StatusNotFound, "nothing here"),
		"an answer that is not JSON":  answer(http.StatusOK, "<html>"),
	} {
		t.Run(claim+" is an error that names the address", func(t *testing.T) {
			rank := Server(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return resp, nil })}, "http://faq.example")
			if _, err := rank(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "http://faq.example/search?") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestMeasure(t *testing.T) {
	s, _ := drawn(50, 0, func(int) int { return 1 })
	for i := range s.Queries {
		s.Queries[i].Text = fmt.Sprint("text ", i)
	}
	t.Run("each query gets its own answers", func(t *testing.T) {
		run, err := Measure(t.Context(), s, func(_ context.Context, text string) ([]Answer, error) {
			return answers(text), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range s.Queries {
			if got := run[q.ID]; len(got) != 1 || got[0].Question != fmt.Sprint("text ", i) {
				t.Errorf("query %s: %v", q.ID, got)
			}
		}
	})
	t.Run("an error ends it", func(t *testing.T) {
		broken := errors.New("broken")
		if _, err := Measure(t.Context(), s, func(context.Context, string) ([]Answer, error) { return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	})
}
