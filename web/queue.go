package web

import (
	"context"
	"net/http"
	"runtime"
	"sync/atomic"
)

// A queue holds searches back. The threat is more of them than the processors can do:
// each would get slower until none is done in time, and memory would grow with all
// that run. The rule: a few run at a time, some wait in the order in which they came,
// and the others are told at once to come again. What is answered from the kept
// responses takes no place. Safe for concurrent use.
type queue struct {
	places  chan struct{} // has a value for each search that runs
	waiting atomic.Int64
	room    int64 // for those that wait
}

// newQueue lets running searches run and room wait.
func newQueue(running, room int) *queue {
	return &queue{places: make(chan struct{}, running), room: int64(room)}
}

// searchQueue is the queue of a server: twice as many as there are processors, so that
// one that waits for the disk keeps none idle, and behind each as many as are done
// within a second where a search of a large library takes 30 ms.
func searchQueue() *queue {
	running := 2 * runtime.GOMAXPROCS(0)
	return newQueue(running, 32*running)
}

// errBusy is what a search is told that has no room.
var errBusy = &problem{
	Title:  "too busy",
	Status: http.StatusServiceUnavailable,
	Detail: "too many searches are being made; try again in a moment",
	retry:  1,
}

// enter waits for a place, which leave gives back. The error is errBusy or that of ctx.
func (q *queue) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-q.places }
	select {
	case q.places <- struct{}{}:
		return leave, nil
	default:
	}
	if q.waiting.Add(1) > q.room {
		q.waiting.Add(-1)
		return nil, errBusy
	}
	defer q.waiting.Add(-1)
	select {
	case q.places <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// queued asks the index in its turn, within [searchTimeout] in all.
func queued[T any](ctx context.Context, q *queue, ask func(context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	leave, err := q.enter(ctx)
	if err != nil {
		return answer, err
	}
	defer leave()
	return ask(ctx)
}
