package web

import (
	"strconv"
	"strings"
)

// prefer gives the offer that the values of an Accept header like best: by
// quality, among equals the earlier offer. The most specific range that covers
// an offer gives its quality (RFC 9110, 12.5.1). Without a header, or when no
// offer is acceptable, it is the first offer.
func prefer(accept []string, offers ...string) string {
	ranges := parseAccept(accept)
	best, quality := offers[0], 0.0
	if len(ranges) == 0 {
		return best
	}
	for _, offer := range offers {
		if q := qualityOf(ranges, offer); q > quality {
			best, quality = offer, q
		}
	}
	return best
}

// qualities are what an Accept or Accept-Encoding header says of each range.
type qualities map[string]float64

// parseAccept reads header values; what is malformed is passed over.
func parseAccept(values []string) qualities {
	ranges := make(qualities)
	for _, part := range strings.Split(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		q := 1.0
		for _, param := range strings.Split(params, ";") {
			key, value, _ := strings.Cut(param, "=")
			if !strings.EqualFold(strings.TrimSpace(key), "q") {
				continue
			}
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || !(n >= 0 && n <= 1) {
				n = 0
			}
			q = n
		}
		ranges[name] = max(q, ranges[name])
	}
	return ranges
}

// qualityOf is what ranges say of a media type.
func qualityOf(ranges qualities, media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	for _, name := range []string{media, kind + "/*", "*/*"} {
		if q, ok := ranges[name]; ok {
			return q
		}
	}
	return 0
}

// preferEncoding gives the first of the offered content codings that an
// Accept-Encoding header likes no less than any other, or "" for none.
func preferEncoding(accept []string, offers ...string) string {
	ranges := parseAccept(accept)
	best, quality := "", 0.0
	for _, offer := range offers {
		q, ok := ranges[offer]
		if !ok {
			q = ranges["*"]
		}
		if q > quality {
			best, quality = offer, q
		}
	}
	return best
}
