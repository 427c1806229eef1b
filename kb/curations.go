package kb

import (
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// A Curation is an editor's decision about a query: what stands before everything
// else and what is not shown. It is immutable.
type Curation struct {
	// Queries are those it is about, one or more, as the author wrote them.
	Queries []string
	// Pin are ids of questions and pages in the order in which they come first,
	// Hide those that are left out. One of them has an id; none is in both.
	Pin, Hide []string
	// Reason says why, "" if it is not given.
	Reason string
	// Until is the last day on which it counts, in UTC; zero if there is none.
	Until time.Time
	// Line is that of the entry in curations.yaml.
	Line int
}

// Expired tells whether the last day of c is over.
func (c Curation) Expired(now time.Time) bool {
	return !c.Until.IsZero() && !now.Before(c.Until.AddDate(0, 0, 1))
}

func (c Curation) digest() Digest {
	parts := []string{c.Reason, c.Until.Format(time.DateOnly)}
	for _, list := range [][]string{c.Queries, c.Pin, c.Hide} {
		parts = append(append(parts, strconv.Itoa(len(list))), list...)
	}
	return digest(parts...)
}

var curationKeys = []string{"query", "queries", "pin", "hide", "reason", "until"}

// readCurations reads curations.yaml. Whether its ids are there is for the library
// to say.
func readCurations(src []byte) (curations []Curation, faults ErrorList) {
	readItems(curationsFile, src, "curations (- {query: ..., pin: [...]})", &faults, func(r *yamlReader, entry *yaml.Node) {
		if c := r.curation(entry); len(c.Queries) > 0 && len(c.Pin)+len(c.Hide) > 0 {
			curations = append(curations, c)
		}
	})
	return curations, faults
}

// curation reads an entry as far as it is sound.
func (r *yamlReader) curation(entry *yaml.Node) (c Curation) {
	if entry.Kind != yaml.MappingNode {
		r.errorf(entry, "bad-value", "want a curation with %s, not %s", wanted(curationKeys), kindName(entry))
		return c
	}
	c.Line = r.line(entry)
	for key, value := range r.pairs(entry, "", curationKeys) {
		switch key.Value {
		case "query", "queries":
			for _, query := range r.list(key, value) {
				if !slices.ContainsFunc(c.Queries, sameName(query)) {
					c.Queries = append(c.Queries, query)
				}
			}
		case "pin":
			c.Pin = r.ids(key, value)
		case "hide":
			c.Hide = r.ids(key, value)
		case "reason":
			c.Reason = r.text(key, value)
		case "until":
			c.Until = r.date(key, value)
		}
	}
	c.Hide = slices.DeleteFunc(c.Hide, func(id string) bool {
		if slices.Contains(c.Pin, id) {
			r.errorf(entry, "pinned-and-hidden", "%s is pinned and hidden; it stays pinned until one of both is removed", abridge(id))
			return true
		}
		return false
	})
	if len(c.Queries) == 0 {
		r.errorf(entry, "missing-key", "curation has no query; add query:")
	}
	if len(c.Pin)+len(c.Hide) == 0 {
		r.errorf(entry, "missing-key", "curation neither pins nor hides anything; add pin: or hide:")
	}
	if c.Reason == "" {
		r.faults.warnf(r.file, r.line(entry), "no-reason", "curation has no reason; say in reason: why, for whoever finds it later")
	}
	return c
}

// ids reads ids of pages and questions.
func (r *yamlReader) ids(key, value *yaml.Node) (ids []string) {
	for _, id := range r.list(key, value) {
		if id = normalID(id); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// curations checks what curations.yaml says against the pages that there are and
// the day that it is, and keeps what is sound.
func (l *linkChecker) curations(now time.Time) {
	queries := map[string]Curation{} // the first that has not expired
	for _, c := range l.fileCurations {
		c.Pin = l.present(curationsFile, c.Line, c.Pin)
		c.Hide = slices.DeleteFunc(l.present(curationsFile, c.Line, c.Hide), func(id string) bool { return slices.Contains(c.Pin, id) })
		expired := c.Expired(now)
		if expired {
			l.Faults.warnf(curationsFile, c.Line, "expired", "curation ended with %s; remove it or give it a later day", c.Until.Format(time.DateOnly))
		}
		for _, query := range c.Queries {
			first, repeated := queries[foldName(query)]
			switch {
			case expired:
			case repeated:
				l.Faults.errorf(curationsFile, c.Line, "repeated-query", "query %q already has the curation on line %d; make one of both", abridge(query), first.Line)
			default:
				queries[foldName(query)] = c
			}
		}
		if len(c.Pin)+len(c.Hide) > 0 {
			l.Curations = append(l.Curations, c)
		}
	}
}
