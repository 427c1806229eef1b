package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faqbase/index"
	"faqbase/kb"
)

// What a request may ask for.
const (
	maxText    = 512 // bytes of a query, or of one facet value
	maxValues  = 32  // of one facet
	maxSize    = 100
	maxReach   = 10_000 // page × size
	sizeUnsaid = 10
	maxIDs     = 32      // to explain
	maxID      = 1 << 10 // bytes of one
)

// facetNames are the facets in the order in which they are shown.
var facetNames = [...]kb.Facet{kb.FacetCategory, kb.FacetEcosystem, kb.FacetTool}

// readQuery reads the search that the raw query of an address asks for.
// Unknown parameters are ignored, a malformed known one is an error.
func readQuery(raw string) (index.Query, error) {
	params := parseParams(raw)
	q := index.Query{Text: params.Get("q"), Page: 1, Size: sizeUnsaid, Sort: index.ByRelevance}
	if len(q.Text) > maxText {
		return q, badParameter("q", "q is at most %d bytes, not %d", maxText, len(q.Text))
	}
	if err := readSelections(params, &q); err != nil {
		return q, err
	}
	var err error
	if q.Page, err = readNumber(params, "page", q.Page, maxReach); err != nil {
		return q, err
	}
	if q.Size, err = readNumber(params, "size", q.Size, maxSize); err != nil {
		return q, err
	}
	if q.Page*q.Size > maxReach {
		return q, badParameter("page", "page × size is at most %d, not %d", maxReach, q.Page*q.Size)
	}
	if params.Has("sort") {
		q.Sort = index.Sort(params.Get("sort"))
		switch q.Sort {
		case index.ByRelevance, index.ByUpdated, index.ByTitle:
		default:
			return q, badParameter("sort", "sort is relevance, updated or title, not %s", abridged(string(q.Sort)))
		}
	}
	if params.Has("group") {
		if v := params.Get("group"); v != "page" {
			return q, badParameter("group", "group is page, not %s", abridged(v))
		}
		q.Group = true
	}
	if q.On = params.Get("on"); len(q.On) > maxID {
		return q, badParameter("on", "on is at most %d bytes, not %d", maxID, len(q.On))
	}
	if q.Exact, err = readSwitch(params, "exact"); err != nil {
		return q, err
	}
	if q.Explain, err = readSwitch(params, "explain"); err != nil || !q.Explain {
		return q, err
	}
	for _, id := range params["id"] {
		if id == "" || slices.Contains(q.ExplainIDs, id) {
			continue
		}
		if len(id) > maxID {
			return q, badParameter("id", "id is at most %d bytes, not %d", maxID, len(id))
		}
		if len(q.ExplainIDs) == maxIDs {
			return q, badParameter("id", "id is given at most %d times", maxIDs)
		}
		q.ExplainIDs = append(q.ExplainIDs, id)
	}
	return q, nil
}

// readSelections reads the values of facets that are chosen.
func readSelections(params url.Values, q *index.Query) error {
	for _, f := range facetNames {
		chosen := q.Selection(f)
		for _, v := range params[string(f)] {
			if v = strings.TrimSpace(v); v == "" || slices.Contains(*chosen, v) {
				continue
			}
			if len(v) > maxText {
				return badParameter(string(f), "%s is at most %d bytes, not %d", f, maxText, len(v))
			}
			if len(*chosen) == maxValues {
				return badParameter(string(f), "%s is given at most %d times", f, maxValues)
			}
			*chosen = append(*chosen, v)
		}
	}
	return nil
}

// readSwitch reads a parameter that is 1 or left out.
func readSwitch(params url.Values, name string) (bool, error) {
	return readOption(params, name, "1")
}

// readOption tells whether a parameter is given, which has one value only.
func readOption(params url.Values, name, want string) (bool, error) {
	if !params.Has(name) {
		return false, nil
	}
	if v := params.Get(name); v != want {
		return false, badParameter(name, "%s is %s or left out, not %s", name, want, abridged(v))
	}
	return true, nil
}

// number is what an error tells back as it is; all else is quoted.
var number = regexp.MustCompile(`^-?[0-9]+…?$`)

// abridged is a value as an error tells it back.
func abridged(v string) string {
	if runes := []rune(v); len(runes) > 20 {
		v = string(runes[:20]) + "…"
	}
	if number.MatchString(v) {
		return v
	}
	return strconv.Quote(v)
}

// readNumber is the value of a parameter from 1 to largest, or what it is unsaid.
func readNumber(params url.Values, name string, unsaid, largest int) (int, error) {
	if !params.Has(name) {
		return unsaid, nil
	}
	v := params.Get(name)
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > largest {
		return 0, badParameter(name, "%s is 1 to %d, not %s", name, largest, abridged(v))
	}
	return n, nil
}

// parseParams is url.ParseQuery for addresses that people type: a semicolon is
// a semicolon, a percent sign that begins no escape is itself, and what is
// not UTF-8 is replaced.
func parseParams(raw string) url.Values {
	params := make(url.Values)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key = unescape(key)
		params[key] = append(params[key], unescape(value))
	}
	return params
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b.WriteByte(' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// address is a path of this site with a search in its query; what is as it
// would be unsaid is left out.
func (s *Server) address(path string, q index.Query) string {
	var b strings.Builder
	b.WriteString(s.base + path)
	sep := byte('?')
	add := func(key, value string) {
		b.WriteByte(sep)
		b.WriteString(key + "=" + url.QueryEscape(value))
		sep = '&'
	}
	if q.Text != "" {
		add("q", q.Text)
	}
	for _, f := range facetNames {
		for _, v := range *q.Selection(f) {
			add(string(f), v)
		}
	}
	if q.Sort != index.ByRelevance && q.Sort != "" {
		add("sort", string(q.Sort))
	}
	if q.Size != sizeUnsaid && q.Size != 0 {
		add("size", strconv.Itoa(q.Size))
	}
	if q.Group {
		add("group", "page")
	}
	if q.On != "" {
		add("on", q.On)
	}
	if q.Exact {
		add("exact", "1")
	}
	if q.Explain {
		add("explain", "1")
		for _, id := range q.ExplainIDs {
			add("id", id)
		}
	}
	if q.Page > 1 {
		add("page", strconv.Itoa(q.Page))
	}
	return b.String()
}
