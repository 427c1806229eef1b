package kb

import (
	"embed"
	"slices"
)

// schemas are JSON Schemas (2020-12) for editors, which complete and check by them. What
// they allow is read without a fault but for what only the whole library tells.
//
//go:embed schema/*.json
var schemas embed.FS

// SchemaNames are those that [Schema] knows: page is the front matter of a page, the
// others are the files in the root of that name, such as tools.yaml.
func SchemaNames() []string { return []string{"page", "tools", "synonyms", "curations", "golden"} }

// Schema returns the JSON Schema of that name, nil if there is none.
func Schema(name string) []byte {
	if !slices.Contains(SchemaNames(), name) {
		return nil
	}
	src, err := schemas.ReadFile("schema/" + name + ".json")
	if err != nil { // the program was built without it
		panic(err)
	}
	return src
}
