// Command faqbase makes a folder of Markdown FAQ pages a search engine for
// their answers.
//
//	faqbase serve  [DIR]     serve the pages in DIR to browsers and programs
//	faqbase check  [DIR]     list the faults of the pages, one a line
//	faqbase list   [DIR]     list the pages and their questions
//	faqbase search QUERY...  print the best answers
//	faqbase eval             measure how well the answers to judged queries are ranked
//	faqbase bench            measure speed, memory and sizes on pages that it makes
//	faqbase new    TITLE     begin a new page
//	faqbase fmt    [PATH]... show or write pages in their usual form
//	faqbase schema NAME      print a JSON Schema for editors
//	faqbase version          print the version
//
// faqbase alone is faqbase serve. Without DIR it takes ./kb if that is there,
// else the starter pages that come with the program. "faqbase COMMAND --help"
// lists the flags of a command. Each has an environment variable
// (--poll-interval is FAQBASE_POLL_INTERVAL); a flag on the command line beats
// the variable, and the variable beats the default. FAQBASE_KB stands for DIR.
//
// Results go to standard output, everything else to standard error. The exit
// status is 0 when the command did what it was asked, which a search without
// hits is; 1 for a failure, for faults that check found and for pages that fmt
// --check would change; 2 for wrong usage and for a DIR that cannot be read.
//
// The index that serve and search use lives in the user's cache folder, one for
// each folder of pages, and can be deleted at any time (see [cacheDir]).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses of the program.
const (
	exitDone    = 0
	exitFailure = 1
	exitUsage   = 2
)

// errFaults makes check and fmt exit with a failure; the faults were printed already.
var errFaults = errors.New("faults were found")

// A usageError is a mistake in how the program was called. Its text says what
// to do instead.
type usageError struct{ msg string }

func (e usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...)}
}

// A console is where a command writes: results to out, everything else to err.
type console struct{ out, err io.Writer }

// commands is the command line, as kong reads it.
type commands struct {
	Serve   serveCommand   `cmd:"" default:"withargs" help:"Serve the pages in DIR to browsers and programs. This is what faqbase alone does."`
	Check   checkCommand   `cmd:"" help:"List the faults of the pages in DIR, one a line as file:line: text."`
	List    listCommand    `cmd:"" help:"List every page and question in DIR with file:line and id."`
	Search  searchCommand  `cmd:"" help:"Print the best answers to a query."`
	Eval    evalCommand    `cmd:"" help:"Measure how well the answers to judged queries are ranked."`
	Bench   benchCommand   `cmd:"" help:"Measure speed, memory and sizes on pages that it makes."`
	New     newCommand     `cmd:"" help:"Begin a new page from a template and print its path."`
	Fmt     fmtCommand     `cmd:"" help:"Show how pages look in their usual form, front matter and anchors, or write them so."`
	Schema  schemaCommand  `cmd:"" help:"Print the JSON Schema of front matter, or of a file that lies beside the pages, for editors."`
	Version versionCommand `cmd:"" help:"Print the version of the program."`
}

// newParser makes the reader of the command line, with more options of kong's.
func newParser(more ...kong.Option) *kong.Kong {
	return kong.Must(new(commands), append(more,
		kong.Name("faqbase"),
		kong.Description("faqbase makes a folder of Markdown FAQ pages a search engine for their answers."),
		kong.DefaultEnvars("FAQBASE"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
}

// run is the whole program: it does what args say and returns the exit status.
// Flags that args do not give are taken from the environment of the process.
// When ctx ends, a server stops as it does on an interrupt.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	helped := false
	parser := newParser(
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }), // called once the help was printed
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(console{stdout, stderr}),
	)
	command, err := parser.Parse(withExclusions(args))
	if helped {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(stderr, "faqbase: %v\nRun \"faqbase --help\" for the commands and their flags.\n", err)
		return exitUsage
	}
	switch err := command.Run(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFaults):
		return exitFailure
	case errors.As(err, new(usageError)):
		fmt.Fprintf(stderr, "faqbase: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "faqbase: %v\n", err)
		return exitFailure
	}
}
