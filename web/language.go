package web

import (
	"html/template"
	"slices"

	xlanguage "golang.org/x/text/language"
)

// rightToLeft are the scripts that are written so, by their ISO 15924 codes.
var rightToLeft = []string{"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}

// language is a language as a page's front matter names it, in the form of the
// attribute lang, and its direction as the attribute dir. What is no language tag
// gives neither.
func language(name string) (lang, dir string) {
	if name == "" {
		return "", ""
	}
	tag, err := xlanguage.Parse(name)
	if err != nil {
		return "", ""
	}
	dir = "ltr"
	if script, _ := tag.Script(); slices.Contains(rightToLeft, script.String()) {
		dir = "rtl"
	}
	return tag.String(), dir
}

// langOf are the attributes lang and dir of an element with text of a page, whose
// front matter names that language; none where it names none.
func langOf(name string) template.HTMLAttr {
	lang, dir := language(name)
	if lang == "" {
		return ""
	}
	attributes := ` lang="` + lang + `"`
	if dir != ui.Dir {
		attributes += ` dir="` + dir + `"`
	}
	return template.HTMLAttr(attributes)
}

// langOfInterface are the same for an element of the interface within text of a page
// in that language.
func langOfInterface(name string) template.HTMLAttr {
	lang, dir := language(name)
	if lang == "" || lang == ui.Lang {
		return ""
	}
	attributes := ` lang="` + ui.Lang + `"`
	if dir != ui.Dir {
		attributes += ` dir="` + ui.Dir + `"`
	}
	return template.HTMLAttr(attributes)
}
