package kb

import (
	"io/fs"
	"path"
	"strings"
)

type source struct {
	file   string
	page   *Page
	faults ErrorList
}

func readSource(file string, src []byte, o Options) *source {
	s := &source{file: file}
	if strings.HasPrefix(string(src), "bad") || len(src) == 0 {
		s.faults = ErrorList{{File: file, Severity: SeverityError, Rule: "bad", Msg: "nothing is sound"}}
		return s
	}
	s.page = &Page{Path: strings.TrimSuffix(file, path.Ext(file)), File: file, Source: src}
	return s
}

func unreadable(file string, err error, last *source) *source {
	s := &source{file: file, faults: ErrorList{{File: file, Severity: SeverityError, Rule: "unreadable", Msg: err.Error()}}}
	if last != nil {
		s.page = last.page
	}
	return s
}

func isPage(name string) bool   { return path.Ext(name) == ".md" }
func isAsset(name string) bool  { return path.Ext(name) == ".png" }
func skipName(name string) bool { return strings.HasPrefix(name, ".") || name == "node_modules" }

type config struct{ tools, synonyms, curations, golden []byte }

func assemble(fsys fs.FS, sources []*source, c config, assets []string, o Options, last *Library) *Library {
	l := &Library{Generation: 1}
	if last != nil {
		l.Generation = last.Generation + 1
	}
	for _, s := range sources {
		if s.page != nil {
			l.Pages = append(l.Pages, s.page)
		}
		l.Faults = append(l.Faults, s.faults...)
	}
	return l
}
