package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"attrigraph/internal/web"
)

// What the panes show; Monaco draws spaces as no-break spaces.
const (
	queryPane     = `(document.querySelector('.graphiql-query-editor .view-lines')?.innerText ?? '').replaceAll('\u00a0', ' ')`
	variablesPane = `(document.querySelector('.graphiql-editor-tool .view-lines')?.innerText ?? '').replaceAll('\u00a0', ' ')`
	responsePane  = `(document.querySelector('.graphiql-response .view-lines')?.innerText ?? '').replaceAll('\u00a0', ' ')`
	tabTitles     = `[...document.querySelectorAll('.graphiql-tab')].map((tab) => tab.innerText).join('|')`
	problems      = `(globalThis.__MONACO?.editor.getModelMarkers({}) ?? []).map(({ message }) => message).join('|')`
)

var testExamples = []web.Example{
	{
		Name: "greet", Title: "Who is greeted?", Description: "A sentence for a name.",
		Query:     "# A comment.\nquery Greet($name: String!) {\n  greeting(name: $name) {\n    text\n  }\n}\n",
		Variables: "{\n  \"name\": \"Ada\"\n}",
	},
	{
		Name: "greet-someone-else", Title: "Who else?", Description: "The same operation with another <name>.",
		Query:     "query GreetElse($name: String!) {\n  greeting(name: $name) {\n    text\n  }\n}\n",
		Variables: "{\n  \"name\": \"Grace </script>\"\n}",
	},
}

type graphQLRequest struct {
	Query         string
	OperationName string
	Variables     struct{ Name string }
}

// playgroundServer serves the page and the endpoint it talks to.
func playgroundServer(t *testing.T, endpoint http.Handler, examples []web.Example) string {
	t.Helper()
	playground := web.Playground(web.PlaygroundConfig{Endpoint: "/graphql", Examples: examples})
	mux := http.NewServeMux()
	mux.Handle("/playground", playground)
	mux.Handle("/playground/", playground)
	mux.Handle("/graphql", endpoint)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// greetings answers the schema of testdata/schema.graphql.
func greetings(t *testing.T) http.Handler {
	t.Helper()
	introspection, err := os.ReadFile("testdata/introspection.json")
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request graphQLRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/graphql-response+json")
		if request.OperationName == "IntrospectionQuery" {
			_, _ = w.Write(introspection)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"data": map[string]any{"greeting": map[string]any{"text": "Good day, " + request.Variables.Name}},
		})
	})
}

func TestPlaygroundInBrowser(t *testing.T) {
	page := openBrowser(t)
	server := playgroundServer(t, greetings(t), testExamples)

	page.run(t, chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "first example in the editor", queryPane, "query Greet($name: String!)")
	page.waitFor(t, "its variables", variablesPane, `"name": "Ada"`)
	page.waitFor(t, "examples panel open", `document.querySelector('.graphiql-plugin')?.innerText`, "Who is greeted?")

	page.run(t, chromedp.Click(".graphiql-execute-button"))
	page.waitFor(t, "response", responsePane, "Good day, Ada")
	screenshot(t, page, "response")

	page.run(t, chromedp.Click(`[data-example="greet-someone-else"]`))
	page.waitFor(t, "second example in a tab of its own", tabTitles, "Greet|GreetElse")
	page.run(t, chromedp.Click(".graphiql-execute-button"))
	page.waitFor(t, "response with the second example's variables", responsePane, "Good day, Grace </script>")

	page.run(t, chromedp.Click(`[data-example="greet"]`))
	page.waitFor(t, "first example again", queryPane, "query Greet(")
	if got := page.evaluate(t, tabTitles); got != "Greet|GreetElse" {
		t.Errorf("tabs after opening an example that is open: got %q, want no further tab", got)
	}

	// The language workers: unknown fields and broken JSON are underlined.
	page.evaluate(t, `globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('operation.graphql')).setValue('query Wrong { greetings { text } }')`)
	page.waitFor(t, "GraphQL validation", problems, `Cannot query field "greetings"`)
	page.evaluate(t, `globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('variables.json')).setValue('{"name": ')`)
	page.waitFor(t, "JSON validation", problems, "Value expected")

	page.run(t, chromedp.Click(`button[aria-label="Show Documentation Explorer"]`))
	page.waitFor(t, "documentation", `document.querySelector('.graphiql-plugin')?.innerText`, "query: Query")
	page.run(t, chromedp.Click(`button[aria-label="Show GraphiQL Explorer"]`))
	page.waitFor(t, "explorer", `document.querySelector('.graphiql-plugin')?.innerText`, "greeting")
	page.run(t, chromedp.Click(`button[aria-label="Show History"]`))
	page.waitFor(t, "history", `document.querySelector('.graphiql-plugin')?.innerText`, "GreetElse")

	page.run(t, chromedp.Click(`button[aria-label^="Prettify query"]`))
	page.waitFor(t, "prettified operation", queryPane, "query Wrong {\n  greetings {\n    text")

	if messages := page.consoleMessages(); len(messages) > 0 {
		t.Errorf("console: got %q, want no warning and no error", messages)
	}
	if elsewhere := page.requestsElsewhere(t, server); len(elsewhere) > 0 {
		t.Errorf("requests to other hosts: got %q, want none", elsewhere)
	}
}

func TestPlaygroundKeepsTabsAcrossVisits(t *testing.T) {
	page := openBrowser(t)
	server := playgroundServer(t, greetings(t), testExamples)

	page.run(t, chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "first example in the editor", queryPane, "query Greet(")
	page.run(t, chromedp.Click(`[data-example="greet-someone-else"]`))
	page.waitFor(t, "tabs of the first visit are stored", `localStorage.getItem('attrigraph:graphiql:tabState')`, "GreetElse")

	page.run(t, chromedp.Navigate("about:blank"), chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "editor on the second visit", queryPane, "query GreetElse(")
	page.waitFor(t, "variables on the second visit", variablesPane, "Grace")
	if got := page.evaluate(t, tabTitles); got != "Greet|GreetElse" {
		t.Errorf("tabs on the second visit: got %q, want those of the first", got)
	}

	page.run(t, chromedp.Navigate("about:blank"), chromedp.Navigate(server+"/playground#example=greet"))
	page.waitFor(t, "example that the address names", queryPane, "query Greet(")
	if got := page.evaluate(t, tabTitles); got != "Greet|GreetElse" {
		t.Errorf("tabs after following a link to an open example: got %q, want no further tab", got)
	}
}

func TestPlaygroundPermalinks(t *testing.T) {
	page := openBrowser(t)
	server := playgroundServer(t, greetings(t), testExamples)

	page.run(t, chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "variables in the editor", variablesPane, "Ada")
	page.run(t, chromedp.Click(`button[aria-label="Copy link to this operation"]`))
	page.waitFor(t, "address of the operation", "location.hash", "#query=")
	link := page.evaluate(t, "location.href")

	stranger := openBrowser(t)
	stranger.run(t, chromedp.Navigate(strings.ReplaceAll(link, "Ada", "Linus")))
	stranger.waitFor(t, "linked operation", queryPane, "query Greet(")
	stranger.waitFor(t, "linked variables", variablesPane, `"name": "Linus"`)
}

func TestPlaygroundSaysWhenIntrospectionFails(t *testing.T) {
	page := openBrowser(t)
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "introspection is off for this role", http.StatusForbidden)
	})
	server := playgroundServer(t, refuse, testExamples)

	page.run(t, chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "notice", `document.querySelector('[role=alert]')?.innerText`, "the schema could not be read")
	page.waitFor(t, "server's reason", `document.querySelector('[role=alert]')?.innerText`, "introspection is off for this role")
	page.waitFor(t, "editor stays usable", queryPane, "query Greet(")
	screenshot(t, page, "introspection-off")
}

func TestPlaygroundSubscribesOverWebSocket(t *testing.T) {
	page := openBrowser(t)
	answer := greetings(t)
	handshakes := make(chan http.Header, 100)
	endpoint := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			answer.ServeHTTP(w, r)
			return
		}
		select {
		case handshakes <- r.Header:
		default: // the page retries; the first handshake is enough
		}
		http.Error(w, "this test ends with the handshake", http.StatusNotImplemented)
	})
	server := playgroundServer(t, endpoint, []web.Example{{Name: "ticks", Title: "Ticks", Query: "subscription Ticks { ticks }"}})

	page.run(t, chromedp.Navigate(server+"/playground"))
	page.waitFor(t, "subscription in the editor", queryPane, "subscription Ticks")
	page.run(t, chromedp.Click(".graphiql-execute-button"))
	select {
	case header := <-handshakes:
		if got := header.Get("Sec-WebSocket-Protocol"); got != "graphql-transport-ws" {
			t.Errorf("WebSocket protocol: got %q, want graphql-transport-ws", got)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("no WebSocket handshake\nconsole: %q", page.consoleMessages())
	}
}

// screenshot keeps a picture for a person to look at when
// ATTRIGRAPH_TEST_SCREENSHOTS names a folder.
func screenshot(t *testing.T, page *observedPage, name string) {
	t.Helper()
	folder := os.Getenv("ATTRIGRAPH_TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(page.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := strings.TrimSuffix(folder, "/") + "/playground-" + name + ".png"
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
