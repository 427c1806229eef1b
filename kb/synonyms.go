package kb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// A Synonym says that whoever searches for a word of From means those of To too.
// A word may be several, with single spaces between them, as the author wrote them
// ("object relational mapper"). It is immutable.
type Synonym struct {
	From, To []string
	// Mutual is true for a group of words that all mean the same: From and To are
	// both the whole group, two words or more. Else it is a rule that holds in one
	// direction only, and no word is in both.
	Mutual bool
	// Line is that of the entry in synonyms.yaml.
	Line int
}

func (s Synonym) digest() Digest {
	parts := append([]string{strconv.FormatBool(s.Mutual), strconv.Itoa(len(s.From))}, s.From...)
	return digest(append(parts, s.To...)...)
}

// arrow is that of a rule.
const arrow = "=>"

// nearArrow is what people write in its place: an arrow in both directions, back,
// or of another shape.
var nearArrow = regexp.MustCompile(`\s*(?:(<[-=]+>+|[⇔↔⟺⟷])|(<[-=]+|[←⇐⟵⟸])|[-=~]+>+|>=|=+|[→⇒⟶⟹↦])\s*`)

// readSynonyms reads synonyms.yaml.
func readSynonyms(src []byte) (synonyms []Synonym, faults ErrorList) {
	readItems(synonymsFile, src, "groups [word, word] and rules (word => word)", &faults, func(r *yamlReader, item *yaml.Node) {
		var s Synonym
		switch item.Kind {
		case yaml.SequenceNode:
			s = r.group(item)
		case yaml.ScalarNode:
			s = r.rule(item)
		default:
			r.errorf(item, "bad-synonym", "want a group [word, word] or a rule word => word, not %s", kindName(item))
		}
		if len(s.From) > 0 && len(s.To) > 0 {
			s.Line = r.line(item)
			synonyms = append(synonyms, s)
		}
	})
	return synonyms, faults
}

// group reads words that mean the same, none if fewer than two are sound.
func (r *yamlReader) group(item *yaml.Node) Synonym {
	faults := len(*r.faults)
	var all []string
	for _, n := range item.Content {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		switch {
		case n.Kind != yaml.ScalarNode:
			r.errorf(n, "bad-synonym", "a group wants words, not %s", kindName(n))
		case strings.Contains(n.Value, arrow):
			r.errorf(n, "bad-synonym", "%q is a rule inside a group; make it an entry of its own", abridge(n.Value))
		default:
			all = r.word(all, n, n.Value)
		}
	}
	if len(all) < 2 {
		if len(*r.faults) == faults {
			r.errorf(item, "bad-synonym", "a group of %d means nothing; want two words or more", len(all))
		}
		return Synonym{}
	}
	return Synonym{From: all, To: all, Mutual: true}
}

// rule reads word, word => word, word; nothing if a side has no sound word.
func (r *yamlReader) rule(item *yaml.Node) Synonym {
	text := oneLine(item.Value)
	from, to, found := strings.Cut(text, arrow)
	switch near := nearArrow.FindStringSubmatchIndex(text); {
	case found && strings.Contains(to, arrow):
		r.errorf(item, "bad-synonym", "%q has two arrows; make two rules of it", abridge(text))
		return Synonym{}
	case found && !strings.ContainsAny(from[max(0, len(from)-1):], "<=-~") && !strings.HasPrefix(to, ">"):
	case near != nil:
		left, sign, right := text[:near[0]], strings.TrimSpace(text[near[0]:near[1]]), text[near[1]:]
		want := left + " " + arrow + " " + right
		if near[2] >= 0 {
			want = "[" + left + ", " + right + "]"
		} else if near[4] >= 0 {
			want = right + " " + arrow + " " + left
		}
		r.errorf(item, "bad-synonym", "%q is no rule because of its %q, want %s", abridge(text), sign, abridge(want))
		return Synonym{}
	case strings.Contains(text, ","):
		r.errorf(item, "bad-synonym", "%q is neither a group nor a rule, want [%s]", abridge(text), abridge(text))
		return Synonym{}
	default:
		r.errorf(item, "bad-synonym", "want a group [word, word] or a rule word => word, not %q", abridge(text))
		return Synonym{}
	}
	if strings.TrimSpace(from) == "" || strings.TrimSpace(to) == "" {
		r.errorf(item, "bad-synonym", "%q has nothing on one side of its arrow, want word => word", abridge(text))
		return Synonym{}
	}
	var all []string
	for text := range strings.SplitSeq(from, ",") {
		all = r.word(all, item, text)
	}
	n := len(all)
	for text := range strings.SplitSeq(to, ",") {
		all = r.word(all, item, text)
	}
	return Synonym{From: all[:n:n], To: all[n:]}
}

// word adds a word to the others of its group or rule.
func (r *yamlReader) word(others []string, n *yaml.Node, text string) []string {
	text = oneLine(text)
	switch {
	case !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }):
		r.errorf(n, "bad-synonym", "%q is no word that anyone searches for; remove it", abridge(text))
	case slices.ContainsFunc(others, sameName(text)):
		r.errorf(n, "repeated-word", "%q is there twice; keep one of them", abridge(text))
	default:
		return append(others, text)
	}
	return others
}
