package web_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"attrigraph/internal/testenv"
)

// browserPath returns the path of an installed browser; without one the test ends with testenv.Missing.
func browserPath(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests take seconds: run without -short")
	}
	for _, name := range []string{"/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if file, err := exec.LookPath(name); err == nil {
			return file
		}
	}
	testenv.Missing(t, "browser", "no Chromium found: install the package chromium to run the browser tests")
	return ""
}

// observedPage is a browser tab that keeps what went wrong in it.
type observedPage struct {
	ctx context.Context

	mu       sync.Mutex
	requests []string
	messages []string // console messages of the levels warning and error, and uncaught exceptions
}

// openBrowser starts a browser with an empty profile; the test's end closes it.
func openBrowser(t *testing.T) *observedPage {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browserPath(t)),
		chromedp.DisableGPU,
		chromedp.WindowSize(1440, 900),
		chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// Nothing but the test server has an address.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses root otherwise
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)

	page := &observedPage{ctx: ctx}
	if err := chromedp.Listen(ctx, page.observe); err != nil {
		t.Fatalf("browser does not start: %v", err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatalf("browser does not report requests: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("browser does not report its log: %v", err)
	}
	if _, err := chromedp.Call(ctx, runtime.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("browser does not report console messages: %v", err)
	}
	return page
}

func (p *observedPage) observe(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, event.Request.URL)
	case *network.EventWebSocketCreated:
		p.requests = append(p.requests, event.URL)
	case *runtime.EventExceptionThrown:
		text := event.ExceptionDetails.Text
		if event.ExceptionDetails.Exception != nil {
			text += " " + event.ExceptionDetails.Exception.Description
		}
		p.messages = append(p.messages, text)
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError || event.Type == runtime.ConsoleAPICalledTypeWarning {
			var text []string
			for _, argument := range event.Args {
				text = append(text, string(argument.Value)+argument.Description)
			}
			p.messages = append(p.messages, fmt.Sprintf("%s: %s", event.Type, strings.Join(text, " ")))
		}
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError || event.Entry.Level == log.EntryLevelWarning {
			p.messages = append(p.messages, fmt.Sprintf("%s: %s %s", event.Entry.Level, event.Entry.Text, event.Entry.URL))
		}
	}
}

func (p *observedPage) run(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		t.Fatalf("browser: %v\nconsole: %q", err, p.consoleMessages())
	}
}

func (p *observedPage) consoleMessages() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages)
}

// requestsElsewhere returns the requests that went to another host than that
// of the server's address.
func (p *observedPage) requestsElsewhere(t *testing.T, server string) []string {
	t.Helper()
	own, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) == 0 {
		t.Fatal("the browser reported no request, not even that for the page")
	}
	return slices.DeleteFunc(slices.Clone(p.requests), func(request string) bool {
		to, err := url.Parse(request)
		return err == nil && (to.Host == own.Host || to.Scheme == "data" || to.Scheme == "blob")
	})
}

// evaluate returns the text that the expression comes to in the page.
func (p *observedPage) evaluate(t *testing.T, expression string) string {
	t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		t.Fatalf("browser: %v\nconsole: %q", err, p.consoleMessages())
	}
	return text
}

// waitFor evaluates the expression until its text contains want.
func (p *observedPage) waitFor(t *testing.T, what, expression, want string) {
	t.Helper()
	var got string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got = p.evaluate(t, expression); strings.Contains(got, want) {
			return
		}
	}
	t.Fatalf("%s: got %q, want it to contain %q\nconsole: %q", what, got, want, p.consoleMessages())
}
