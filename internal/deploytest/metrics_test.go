package deploytest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exposition is what /metrics says: the type and the labels of each metric.
type exposition struct {
	types  map[string]string
	labels map[string]map[string]bool
}

var (
	typeLine   = regexp.MustCompile(`^# TYPE (\S+) (\S+)$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? `)
	labelName  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="`)
)

// exposed starts a server, gives it something to count and reads its metrics.
func exposed(t *testing.T) exposition {
	t.Helper()
	s := theImage(t).startHere(t, nil)
	if status, body := s.ask(t, countIncidents); status != 200 {
		t.Fatalf("answered %d %s", status, body)
	}
	if _, body := s.ask(t, `{"query": "{ nothing }"}`); !strings.Contains(body, "GRAPHQL_VALIDATION_FAILED") {
		t.Fatalf("answered %s", body)
	}
	status, text := s.get(t, "/metrics", "")
	if status != 200 {
		t.Fatalf("/metrics: %d %s", status, text)
	}
	e := exposition{types: map[string]string{}, labels: map[string]map[string]bool{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := typeLine.FindStringSubmatch(line); m != nil {
			e.types[m[1]] = m[2]
			e.labels[m[1]] = map[string]bool{}
		} else if m := sampleLine.FindStringSubmatch(line); m != nil {
			name, found := e.metric(m[1])
			if !found {
				t.Fatalf("a sample without a type: %s", line)
			}
			for _, l := range labelName.FindAllStringSubmatch(m[2], -1) {
				e.labels[name][l[1]] = true
			}
		}
	}
	return e
}

// metric returns the metric that a series belongs to: a histogram has several.
func (e exposition) metric(series string) (string, bool) {
	if _, found := e.types[series]; found {
		return series, true
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		name, cut := strings.CutSuffix(series, suffix)
		if kind := e.types[name]; cut && (kind == "histogram" || kind == "summary" && suffix != "_bucket") {
			return name, true
		}
	}
	return "", false
}

// expression is one of Prometheus, and where it stands.
type expression struct{ place, text string }

// dashboard is what these tests look at in the file for Grafana.
type dashboard struct {
	Title         string
	SchemaVersion int
	Panels        []struct {
		ID         int
		Title      string
		Type       string
		Datasource struct{ UID string }
		GridPos    struct{ H, W, X, Y int }
		Targets    []struct{ Expr, RefID string }
	}
	Templating struct {
		List []struct {
			Name, Type string
			Query      any
			Definition string
		}
	}
	Annotations struct{ List []struct{ Expr string } }
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal([]byte(read(t, "deploy/grafana-dashboard.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// expressions are those of the dashboard and of the alerts.
func expressions(t *testing.T) []expression {
	t.Helper()
	var list []expression
	d := readDashboard(t)
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			list = append(list, expression{"panel " + p.Title, target.Expr})
		}
	}
	for _, v := range d.Templating.List {
		if v.Definition != "" {
			list = append(list, expression{"variable " + v.Name, v.Definition})
		}
	}
	for _, a := range d.Annotations.List {
		list = append(list, expression{"annotation", a.Expr})
	}
	for _, rule := range alerts(t) {
		list = append(list, expression{"alert " + rule.Alert, rule.Expr})
	}
	if len(list) < 30 {
		t.Fatalf("there are %d expressions only: the test finds them no more", len(list))
	}
	return list
}

type alert struct {
	Alert, Expr string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) []alert {
	t.Helper()
	var f struct{ Groups []struct{ Rules []alert } }
	readYAML(t, "deploy/alerts.yml", &f)
	var list []alert
	for _, g := range f.Groups {
		list = append(list, g.Rules...)
	}
	return list
}

var (
	series   = regexp.MustCompile(`\b((?:attrigraph|go|process)_[a-zA-Z0-9_]+)(?:\{([^}]*)\})?`)
	matched  = regexp.MustCompile(`([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`\b(?:by|without|on) ?\(([^)]*)\)`)
)

// ofScrape are the labels that Prometheus adds, and that of buckets.
var ofScrape = []string{"job", "instance", "le"}

// TestExpressions holds that the dashboard and the alerts ask for metrics and labels that the server has.
func TestExpressions(t *testing.T) {
	e := exposed(t)
	asked := map[string]bool{}
	for _, x := range expressions(t) {
		labels := slices.Clone(ofScrape)
		for _, m := range series.FindAllStringSubmatch(x.text, -1) {
			name, found := e.metric(m[1])
			if !found {
				t.Errorf("%s: the server has no metric %s", x.place, m[1])
				continue
			}
			asked[name] = true
			if strings.Contains(x.text, "rate("+m[1]) && e.types[name] == "gauge" {
				t.Errorf("%s: %s is a gauge, of which there is no rate", x.place, name)
			}
			for _, l := range matched.FindAllStringSubmatch(m[2], -1) {
				if !e.labels[name][l[1]] && !slices.Contains(ofScrape, l[1]) {
					t.Errorf("%s: %s has no label %s", x.place, name, l[1])
				}
			}
			for l := range e.labels[name] {
				labels = append(labels, l)
			}
		}
		for _, m := range grouping.FindAllStringSubmatch(x.text, -1) {
			for l := range strings.SplitSeq(m[1], ",") {
				if !slices.Contains(labels, strings.TrimSpace(l)) {
					t.Errorf("%s: there is no label %s in %s", x.place, l, x.text)
				}
			}
		}
	}
	for name := range e.types {
		if strings.HasPrefix(name, "attrigraph_") && !asked[name] {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}

// TestDashboard holds that Grafana can import the file: a source of data that is asked for, and panels that do not overlap.
func TestDashboard(t *testing.T) {
	d := readDashboard(t)
	if d.Title != "attrigraph" || d.SchemaVersion < 39 {
		t.Errorf("title %q, schema version %d", d.Title, d.SchemaVersion)
	}
	if len(d.Templating.List) == 0 || d.Templating.List[0].Name != "datasource" || d.Templating.List[0].Type != "datasource" {
		t.Error("the first variable is not the source of data")
	}
	ids := map[int]bool{}
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.ID == 0 {
			t.Errorf("panel %s: the id %d is missing or there is another with it", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("panel %s is over %s or off the page", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("panel %s: it asks nothing, or a source of its own", p.Title)
		}
	}
}

// TestMetricsTable holds docs/operating.md to the metrics that the server has, and to the alerts.
func TestMetricsTable(t *testing.T) {
	e, page := exposed(t), read(t, operating)
	described := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(attrigraph_[a-z_]+)` \\| ([a-z]+) \\|([^|]*)\\|").FindAllStringSubmatch(page, -1) {
		described[m[1]] = m[2:]
	}
	for name, kind := range e.types {
		if !strings.HasPrefix(name, "attrigraph_") {
			continue
		}
		row, found := described[name]
		if !found {
			t.Errorf("%s does not describe %s", operating, name)
			continue
		}
		if row[0] != kind {
			t.Errorf("%s: %s is a %s, the page says %s", operating, name, kind, row[0])
		}
		for label := range e.labels[name] {
			if label != "le" && !strings.Contains(row[1], "`"+label+"`") {
				t.Errorf("%s: %s has the label %s, the page says %s", operating, name, label, row[1])
			}
		}
		delete(described, name)
	}
	for name := range described {
		t.Errorf("%s: the server has no metric %s", operating, name)
	}
	for _, rule := range alerts(t) {
		if !strings.Contains(page, "`"+rule.Alert+"`") {
			t.Errorf("%s does not say what to do about %s", operating, rule.Alert)
		}
		if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" {
			t.Errorf("%s has no severity or says nothing", rule.Alert)
		}
	}
}
