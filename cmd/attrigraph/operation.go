package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operationFlags say which operation a command is about.
type operationFlags struct {
	Text      string   `arg:"" optional:"" name:"operation" help:"The operation's text; without it and without --file it is read from standard input."`
	File      string   `short:"f" help:"The file with the operation; - is standard input." placeholder:"FILE"`
	Var       []string `help:"A variable; a value that is no JSON is a text. Can be given several times." sep:"none" placeholder:"NAME=VALUE"`
	Operation string   `help:"Which operation of the text to take, where it has several." placeholder:"NAME"`
}

// read returns the text of the operation and its variables.
func (o *operationFlags) read(p *program) (text string, variables map[string]any, err error) {
	if variables, err = parseVariables(o.Var); err != nil {
		return "", nil, err
	}
	switch {
	case o.Text != "" && o.File != "":
		return "", nil, usage("the operation is given twice, as an argument and as a file; keep one")
	case o.Text != "":
		return o.Text, variables, nil
	case o.File == "" && onTerminal(p.stdin):
		return "", nil, usage("there is no operation; give its text, or a file with -f FILE")
	}
	raw, err := p.readFile(o.File)
	if err == nil && strings.TrimSpace(string(raw)) == "" {
		err = fmt.Errorf("%s holds no operation; write one, such as { __typename }", inputName(o.File))
	}
	return string(raw), variables, err
}

// parseVariables reads name=value pairs. Numbers keep their digits.
func parseVariables(pairs []string) (map[string]any, error) {
	variables := map[string]any{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, usage("--var %q has no name and value; write --var name=value", pair)
		}
		name = strings.TrimPrefix(name, "$")
		if _, twice := variables[name]; twice {
			return nil, usage("--var gives %s twice; keep one", name)
		}
		variables[name] = text
		if json.Valid([]byte(text)) {
			dec := json.NewDecoder(strings.NewReader(text))
			dec.UseNumber()
			var v any
			if dec.Decode(&v) == nil {
				variables[name] = v
			}
		}
	}
	return variables, nil
}

// readFile reads a file, or standard input where its name is - or empty.
func (p *program) readFile(name string) ([]byte, error) {
	// More than any format or operation that is read as a whole may have; it bounds the memory that reading takes.
	const most = 64 << 20
	in, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", inputName(name), cause(err))
	}
	if len(raw) > most {
		return nil, fmt.Errorf("%s has more than %d bytes, which no such file may have; split it", inputName(name), most)
	}
	return raw, nil
}

// openInput opens a file, or standard input where its name is - or empty.
func (p *program) openInput(name string) (io.ReadCloser, error) {
	if name == "" || name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, cause(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a directory; give the files in it", name)
	}
	return f, nil
}

func inputName(name string) string {
	if name == "" || name == "-" {
		return "standard input"
	}
	return name
}

// cause takes the name of the call and of the file out of an error of the operating system.
func cause(err error) error {
	for {
		switch e := err.(type) {
		case *os.PathError:
			err = e.Err
		case *os.LinkError:
			err = e.Err
		default:
			return err
		}
	}
}

func onTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// refused is the error of a command whose operation has errors.
func refused(errs gqlerror.List) error {
	text := errs[0].Message
	if len(errs[0].Locations) > 0 {
		text = fmt.Sprintf("line %d, column %d: %s", errs[0].Locations[0].Line, errs[0].Locations[0].Column, text)
	}
	if len(errs) > 1 {
		text += fmt.Sprintf(" (and %s)", plural(len(errs)-1, "more error", "more errors"))
	}
	return fmt.Errorf("the operation failed: %s", text)
}

// indented indents JSON text, as far as it is some.
func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}
