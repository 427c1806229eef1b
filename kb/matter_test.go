package kb

import "testing"

// TestKeysAreOnTheirLines holds for front matter in every notation, also behind a byte
// order mark.
func TestKeysAreOnTheirLines(t *testing.T) {
	for name, src := range map[string]string{
		"YAML": "---\ntitle: A\nquestion: Why?\nquestions:\n  why:\n    verified: 2026-01-31\n---\nSo.\n",
		"TOML": "+++\ntitle = \"A\"\nquestion = \"Why?\"\n[questions]\n[questions.why]\nverified = 2026-01-31\n+++\nSo.\n",
		"JSON": "{\n\"title\": \"A\",\n\"question\": \"Why?\", \"questions\":\n{\n\"why\": {\n\"verified\": \"2026-01-31\"}}\n}\nSo.\n",
	} {
		for _, mark := range []string{"", "\uFEFF"} {
			p, err := Parse("a.md", []byte(mark+src), Options{})
			if err != nil || len(p.Questions) != 1 || p.Questions[0].Text != "Why?" {
				t.Fatalf("%s: %+v (%v)", name, p, err)
			}
			for _, c := range []struct {
				keys []string
				line int
			}{{[]string{"title"}, 2}, {[]string{"question"}, 3}, {[]string{"questions", "why", "verified"}, 6}, {[]string{"tools"}, 0}} {
				if got := p.MatterLine(c.keys...); got != c.line {
					t.Errorf("%s: %v is on line %d, want %d", name, c.keys, got, c.line)
				}
			}
		}
	}
}
