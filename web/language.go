package web

import (
	"slices"

	xlanguage "golang.org/x/text/language"
)

// rightToLeft are the scripts that are written so, by their ISO 15924 codes.
var rightToLeft = []string{"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}

// language is a language as a page's front matter names it, in the form of the
// attribute lang, and the attribute dir for it: "" for the usual one, from left to
// right. What is no language tag gives neither.
func language(name string) (lang, dir string) {
	if name == "" {
		return "", ""
	}
	tag, err := xlanguage.Parse(name)
	if err != nil {
		return "", ""
	}
	if script, _ := tag.Script(); slices.Contains(rightToLeft, script.String()) {
		dir = "rtl"
	}
	return tag.String(), dir
}
