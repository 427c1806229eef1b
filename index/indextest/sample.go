package indextest

import (
	"testing/fstest"

	"faqbase/kb"
	"faqbase/kb/sample"
)

// Sample is the library of that many questions that package sample makes, with the word
// statistics of real ones: the same for the same number.
func Sample(questions int) *kb.Library {
	files := make(fstest.MapFS)
	for f := range sample.Files(questions) {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		panic(err) // a folder in memory can always be read
	}
	return lib
}
