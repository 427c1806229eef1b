package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/maypok86/otter/v2"

	"faqbase/kb"
)

// keptBytes is how much memory the responses may take that are kept.
const keptBytes = 24 << 20

// A keptResponse is a body as it was written, by its entity tag. The tag names all that
// the body is made of: the library, the program and the request. What is made of
// anything else has no tag and is not kept, so that a kept one cannot be out of date.
type keptResponse struct {
	contentType string
	body        []byte
	// took is where the time of the search is in body, so that each reader is told
	// that of his own request; both are 0 where there is none.
	took, tookEnd int
}

// newKept makes the cache of responses, the least used of which make room for others.
func newKept() *otter.Cache[string, keptResponse] {
	return otter.Must(&otter.Options[string, keptResponse]{
		MaximumWeight: keptBytes,
		Weigher: func(tag string, r keptResponse) uint32 {
			const entry = 200 // bytes that one takes beside its text, about
			return uint32(len(tag)+len(r.body)) + entry
		},
	})
}

// replay answers with the response that is kept by tag, if there is one.
func (s *Server) replay(c *gin.Context, tag string) bool {
	start := time.Now()
	r, ok := s.kept.GetIfPresent(tag)
	if !ok {
		return false
	}
	body := r.body
	if r.tookEnd > 0 {
		body = make([]byte, 0, len(r.body)+8)
		body = append(body, r.body[:r.took]...)
		body = strconv.AppendFloat(body, milliseconds(time.Since(start)), 'f', -1, 64)
		body = append(body, r.body[r.tookEnd:]...)
	}
	s.metrics.replayed.Inc()
	c.Data(http.StatusOK, r.contentType, body)
	return true
}

// send answers with a body that depends on nothing but what its entity tag says, and
// keeps it for the next who asks. Without a tag it is not kept.
func (s *Server) send(c *gin.Context, contentType string, body []byte) {
	s.keep(c, contentType, body)
	c.Data(http.StatusOK, contentType, body)
}

// keep keeps a response while the library that it is made of is published.
func (s *Server) keep(c *gin.Context, contentType string, body []byte) {
	tag := c.Writer.Header().Get("ETag")
	lib, _ := c.Value(taggedLibrary).(*kb.Library)
	if tag == "" || lib == nil || s.dev != nil || len(body) > keptBytes/100 {
		return
	}
	r := keptResponse{contentType: contentType, body: bytes.Clone(body)} // without the room behind it
	// In a string of JSON each quote has a backslash before it.
	const field = `,"took_ms":`
	if at := bytes.Index(body, []byte(field)); at >= 0 && contentType == jsonType {
		r.took = at + len(field)
		r.tookEnd = r.took + bytes.IndexByte(body[r.took:], ',')
	}
	s.kept.Set(tag, r)
	if s.library.Load().Digest != lib.Digest { // only now: until then Publish may do it
		s.kept.Invalidate(tag)
	}
}

// once runs ask for the first of those who want the same at the same time, in
// its turn, and gives all of them what it gives, which none may change. Each waits for
// [searchTimeout] at most, and no longer than he is there. If the first leaves, or has
// no time left, one of the others is the next to run it.
func once[T any](ctx context.Context, s *Server, key string, ask func(context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	for {
		mine := false
		asked := s.asking.DoChan(key, func() (_ any, err error) {
			mine = true
			defer caught(&err)
			return queued(ctx, s.queue, ask)
		})
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case a := <-asked:
			ended := errors.Is(a.Err, context.Canceled) || errors.Is(a.Err, context.DeadlineExceeded)
			if !mine && ended && ctx.Err() == nil {
				continue
			}
			answer, _ = a.Val.(T)
			return answer, a.Err
		}
	}
}

// caught makes an error of a panic in a goroutine that belongs to no request, where it
// would end the program.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = &panicked{v, debug.Stack()}
	}
}

// milliseconds is a time as JSON has it, to a hundredth.
func milliseconds(d time.Duration) float64 { return float64(d.Round(10*time.Microsecond)) / 1e6 }
