package lint

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faqbase/kb"
)

// A scalar is a value that can be compared with another one of its kind.
type scalar struct {
	kind string
	// terms are what it consists of, in any order, each in parts from the general to
	// the particular: 3.12 is 3, 12.
	terms [][]string
}

// A topic is what claims are about: one tool in one aspect.
type topic struct{ tool, aspect string }

// A claim is a scalar that a file states.
type claim struct {
	about topic
	value scalar
	text  string
	at    place
}

// A dossier is what is claimed about each topic, by kind of value.
type dossier map[subject]*record

type subject struct {
	topic
	kind string
}

// A record is what is claimed of one subject.
type record struct {
	claims []claim // the first of each value
	// agreed has, by value, how many of the claims from the first on agree with it. So
	// no value is compared twice with the same claim, however many pages repeat it.
	agreed map[string]int
}

// contradictions warns of comparisons that contradict tools.yaml or one another.
func contradictions(lib *kb.Library) (faults kb.ErrorList) {
	known := dossier{}
	for _, t := range lib.Tools {
		for _, c := range facts(t) {
			known.add(c)
		}
	}
	for _, p := range lib.Pages {
		for _, c := range claims(lib, p) {
			if earlier := known.add(c); earlier != nil {
				faults = append(faults, warning("contradiction", c.at.file, c.at.line,
					"%q of %s is %q here and %q at %s; correct one, or name the aspects apart",
					shorten(c.about.aspect), c.about.tool, shorten(c.text), shorten(earlier.text), earlier.at))
			}
		}
	}
	return faults
}

// claims are those of a page's comparison.
func claims(lib *kb.Library, p *kb.Page) (all []claim) {
	if p.Comparison == nil {
		return nil
	}
	for _, row := range p.Comparison.Rows {
		aspect := foldAspect(row.Aspect)
		if dependsOnOther(aspect) {
			continue
		}
		for _, cell := range row.Cells {
			tool := lib.Tool(cell.Tool)
			if value, ok := scalarOf(cell); ok && tool != nil {
				all = append(all, claim{topic{tool.Name, aspect}, value, cell.Text, place{p.File, cell.Line}})
			}
		}
	}
	return all
}

// facts are the claims of tools.yaml.
func facts(t *kb.Tool) (all []claim) {
	at := place{"tools.yaml", t.Line}
	if value, ok := licence(t.License); ok {
		all = append(all, claim{topic{t.Name, aspectLicence}, value, t.License, at})
	}
	if t.Since > 0 {
		year := strconv.Itoa(t.Since)
		all = append(all, claim{topic{t.Name, aspectSince}, scalar{"number", [][]string{{year}}}, year, at})
	}
	return all
}

// add takes a claim and gives the first that it contradicts, nil if there is none. The
// claims of a file come one after another. They do not contradict each other: a page
// may repeat an aspect, under two headings for instance.
func (d dossier) add(c claim) (earlier *claim) {
	about := subject{c.about, c.value.kind}
	known := d[about]
	if known == nil {
		known = &record{agreed: map[string]int{}}
		d[about] = known
	}
	value := c.value.key()
	n, repeated := known.agreed[value]
	for ; n < len(known.claims) && known.claims[n].at.file != c.at.file; n++ {
		if !c.value.agrees(known.claims[n].value) {
			earlier = &known.claims[n]
			break
		}
	}
	known.agreed[value] = n
	if !repeated {
		known.claims = append(known.claims, c)
	}
	return earlier
}

// The aspects that tools.yaml has values of.
const (
	aspectLicence = "license"
	aspectSince   = "since"
)

// foldAspect is an aspect as aspects are compared.
func foldAspect(s string) string {
	s = strings.TrimRight(strings.Join(strings.Fields(fold(s)), " "), " :.?!")
	switch s {
	case "licence":
		return aspectLicence
	case "year", "first release", "initial release":
		return aspectSince
	}
	return s
}

// dependsOnOther tells whether an aspect only has a meaning beside the other column.
func dependsOnOther(aspect string) bool {
	return slices.ContainsFunc(words(aspect), func(word string) bool {
		switch word {
		case "other", "others", "better", "easier", "faster", "fewer", "larger", "less", "lighter", "more", "simpler", "slower", "smaller":
			return true
		}
		return false
	})
}

// scalarOf reads a cell.
func scalarOf(c kb.Cell) (scalar, bool) {
	if state := c.State(); state != "" {
		return scalar{"answer", [][]string{{state}}}, true
	}
	if s, ok := number(c.Text); ok {
		return s, true
	}
	return licence(c.Text)
}

// numeral is a number, version or date, with a unit. V8 is none.
var numeral = regexp.MustCompile(`^v?(\d+(?:,\d{3})*(?:[.-]\d+)*)(?:\.x)? ?(\+|%|\pL+)?$`)

// number reads "5432", "v3.12", "2026-11" and "100 ms". Its kind has the unit. Zeros
// that a whole number or a part of a date begins with say nothing: 2026-03 is 2026-3.
// Those after a point do: 1.01 is not 1.1.
func number(text string) (scalar, bool) {
	m := numeral.FindStringSubmatch(text)
	if m == nil {
		return scalar{}, false
	}
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(m[1], ",", ""), "-") {
		whole, rest, dotted := strings.Cut(part, ".")
		parts = append(parts, cmp.Or(strings.TrimLeft(whole, "0"), "0"))
		if dotted {
			parts = append(parts, strings.Split(rest, ".")...)
		}
	}
	return scalar{strings.TrimSpace("number " + fold(m[2])), [][]string{parts}}, true
}

var (
	// licences are the names that licences begin with.
	licences = []string{"agpl", "apache", "artistic", "bsd", "bsl", "busl", "cc0", "cddl", "ecl", "elastic", "epl", "eupl", "gpl", "isc", "lgpl",
		"mit", "mpl", "ofl", "postgresql", "proprietary", "psf", "rsal", "sspl", "unlicense", "upl", "wtfpl", "zlib"}
	// both stands between licences.
	both = regexp.MustCompile(`\s*[,;/&]\s*|\s+(?:or|and)\s+`)
	// joined is a version without a gap: GPLv2, GPL3.
	joined = regexp.MustCompile(`([a-z])v?(\d)`)
)

// licence reads "MIT", "Apache License 2.0" and "GPL-2.0-or-later OR MIT".
func licence(text string) (scalar, bool) {
	text = strings.TrimPrefix(strings.TrimPrefix(fold(text), "the "), "gnu ")
	if !slices.ContainsFunc(licences, func(name string) bool { return strings.HasPrefix(text, name) }) {
		return scalar{}, false
	}
	s := scalar{kind: "licence"}
	for _, name := range both.Split(text, -1) {
		var parts []string
		for _, word := range words(joined.ReplaceAllString(name, "$1 $2")) {
			switch word {
			case "gnu", "licence", "license", "the", "v":
			default:
				parts = append(parts, word)
			}
		}
		if len(parts) == 0 || len(parts) > 5 || !slices.Contains(licences, parts[0]) {
			return scalar{}, false
		}
		s.terms = append(s.terms, parts)
	}
	return s, true
}

// key is the same for scalars of a kind that consist of the same terms.
func (s scalar) key() string {
	terms := make([]string, len(s.terms))
	for i, parts := range s.terms {
		terms[i] = strings.Join(parts, " ")
	}
	slices.Sort(terms)
	return strings.Join(slices.Compact(terms), ",")
}

// agrees tells whether two scalars of a kind say the same, one perhaps less of it.
func (s scalar) agrees(other scalar) bool {
	return s.covers(other) && other.covers(s)
}

// covers tells whether each term of other is one of s.
func (s scalar) covers(other scalar) bool {
	return !slices.ContainsFunc(other.terms, func(term []string) bool {
		return !slices.ContainsFunc(s.terms, func(own []string) bool {
			n := min(len(own), len(term))
			return slices.Equal(own[:n], term[:n])
		})
	})
}
