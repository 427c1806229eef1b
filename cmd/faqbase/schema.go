package main

import (
	"fmt"
	"strings"

	"faqbase/kb"
)

type schemaCommand struct {
	Name string `arg:"" help:"Whose schema: page (the front matter of a page), tools, synonyms, curations or golden (the files of that name)."`
}

// Help tells how an editor is given the schema.
func (schemaCommand) Help() string {
	return "Save it beside the pages, as in faqbase schema tools > tools.schema.json, and begin tools.yaml with the line # yaml-language-server: $schema=tools.schema.json; " +
		"editors with the YAML language server then complete and check its keys."
}

// Run prints the schema.
func (c *schemaCommand) Run(con console) error {
	src := kb.Schema(c.Name)
	if src == nil {
		return usagef("no schema %q, want %s", c.Name, strings.Join(kb.SchemaNames(), ", "))
	}
	_, err := fmt.Fprintf(con.out, "%s", src)
	return err
}
