package main

import (
	"fmt"
	"io"
	"strings"

	"faqbase/web"
)

// users are those of --auth-file, nil for everybody. What is wrong with the file later
// goes to w.
func (c *serveCommand) users(w io.Writer) (*web.Users, error) {
	if c.AuthFile == "" {
		return nil, nil
	}
	users, err := web.OpenUsers(c.AuthFile, func(fault string) {
		switch {
		case fault != "":
			fmt.Fprintf(w, "%s\nfaqbase: the users as last read still count\n", fault)
		case !c.Quiet:
			fmt.Fprintf(w, "faqbase: %s can be read again\n", c.AuthFile)
		}
	})
	if err != nil {
		return nil, usagef("--auth-file: %v", err)
	}
	if !isLoopbackHost(c.Addr) && !strings.HasPrefix(strings.ToLower(c.BaseURL), "https://") {
		fmt.Fprintf(w, "faqbase: passwords come to %s without encryption; put a proxy with TLS before it and name its address with --base-url https://…\n", c.Addr)
	}
	return users, nil
}
