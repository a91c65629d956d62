package server

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// maxScrapes bounds how many collections of metrics run at once.
const maxScrapes = 4

// Buckets of histograms: durations in seconds, sizes in bytes.
var (
	durationBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	stageBuckets    = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
	sizeBuckets     = prometheus.ExponentialBuckets(256, 4, 9) // 256 bytes to 16 MB
)

// metrics has a registry of its own, so that several servers in one process do not meet. Labels take their values from
// closed lists: nothing that a client chooses becomes one, or it could fill the memory.
type metrics struct {
	registry *prometheus.Registry

	requests        *prometheus.CounterVec
	requestDuration *prometheus.HistogramVec
	inFlight        prometheus.Gauge

	operations        *prometheus.CounterVec
	operationDuration *prometheus.HistogramVec
	stageDuration     *prometheus.HistogramVec
	plans             *prometheus.CounterVec
	responseBytes     prometheus.Histogram
}

func newMetrics(cfg TelemetryConfig) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "attrigraph_http_requests_total", Help: "Requests that were answered, streams at their end.",
		}, []string{"method", "path", "status"}),
		requestDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "attrigraph_http_request_duration_seconds", Help: "Time from a request to the end of its answer, without streams.", Buckets: durationBuckets,
		}, []string{"path"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "attrigraph_http_requests_in_flight", Help: "Requests that are being answered, without streams.",
		}),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "attrigraph_operations_total", Help: "Operations by the code of their first error, OK without one.",
		}, []string{"type", "code"}),
		operationDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "attrigraph_operation_duration_seconds", Help: "Time from an operation's text to its answer, without sending it.", Buckets: durationBuckets,
		}, []string{"type"}),
		stageDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "attrigraph_operation_stage_duration_seconds", Help: "Time of an operation's stages.", Buckets: stageBuckets,
		}, []string{"stage"}),
		plans: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "attrigraph_plans_total", Help: "Plans that operations were given, by whether they were cached.",
		}, []string{"cached"}),
		responseBytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "attrigraph_response_bytes", Help: "Size of the data of answers, before compression.", Buckets: sizeBuckets,
		}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "attrigraph_build_info", Help: "Always 1; its labels say which version runs on which kind of store.",
		ConstLabels: prometheus.Labels{"version": cfg.Version, "store": cfg.Store},
	})
	info.Set(1)
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), info,
		m.requests, m.requestDuration, m.inFlight,
		m.operations, m.operationDuration, m.stageDuration, m.plans, m.responseBytes,
	)
	// Series that are there from the start can be watched for a change from 0.
	for _, cached := range []string{"true", "false"} {
		m.plans.WithLabelValues(cached)
	}
	return m
}

// Load is how busy the API is.
type Load struct {
	// Running is the number of operations that use the store, Waiting of those that wait until another is done with it.
	Running, Waiting int
	// Shed is how many were turned away since the start because too many waited.
	Shed int64
	// Websockets and Events are the streams that are open.
	Websockets, Events int
}

// WatchLoad adds what load says to the metrics; it is called at each scrape. WatchLoad is called at most once.
func (t *Telemetry) WatchLoad(load func() Load) {
	m := t.metrics
	stream := func(transport string, open func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "attrigraph_streams", Help: "Connections that are kept open for a stream of answers.",
			ConstLabels: prometheus.Labels{"transport": transport},
		}, func() float64 { return float64(open()) })
	}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "attrigraph_operations_running", Help: "Operations that use the store now.",
		}, func() float64 { return float64(load().Running) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "attrigraph_operations_waiting", Help: "Operations that wait until another is done with the store.",
		}, func() float64 { return float64(load().Waiting) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "attrigraph_operations_shed_total", Help: "Operations that were turned away because too many waited.",
		}, func() float64 { return float64(load().Shed) }),
		stream("websocket", func() int { return load().Websockets }),
		stream("sse", func() int { return load().Events }),
	)
}

// watchStore adds whether the store can be read.
func (m *metrics) watchStore(up func() error) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "attrigraph_store_up", Help: "1 while the store can be read, else 0.",
	}, func() float64 {
		if up() != nil {
			return 0
		}
		return 1
	}))
}

// handler answers scrapes.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
}

// answered counts a request. How long a stream was read says nothing about the server.
func (m *metrics) answered(method, path string, status int, took time.Duration, stream bool) {
	path = knownPath(path)
	m.requests.WithLabelValues(knownMethod(method), path, strconv.Itoa(status)).Inc()
	if stream {
		return
	}
	m.inFlight.Dec()
	m.requestDuration.WithLabelValues(path).Observe(took.Seconds())
}

// observe counts an operation.
func (m *metrics) observe(o *Operation) {
	kind := cmp.Or(o.Type, "unknown")
	m.operations.WithLabelValues(kind, codeOf(o)).Inc()
	if o.Planned {
		m.plans.WithLabelValues(strconv.FormatBool(o.PlanCached)).Inc()
	}
	if o.Bytes > 0 {
		m.responseBytes.Observe(float64(o.Bytes))
	}
	if o.Type == subscription {
		return // how long a reader stayed says nothing about the server
	}
	m.operationDuration.WithLabelValues(kind).Observe(o.Total.Seconds())
	for _, stage := range o.stages() {
		m.stageDuration.WithLabelValues(stage.name).Observe(stage.took.Seconds())
	}
}

// stage is a part of an operation's time.
type stage struct {
	name string
	took time.Duration
}

// stages are those that an operation reached, in order.
func (o *Operation) stages() []stage {
	out := []stage{{"plan", o.Planning}}
	for _, s := range []stage{{"wait", o.Waiting}, {readStage, o.Reading}, {"write", o.Writing}} {
		if s.took > 0 {
			out = append(out, s)
		}
	}
	return out
}

// readStage is the stage in which the store works.
const readStage = "read"

// knownPath is the path as a label: one of those that are served.
func knownPath(path string) string {
	switch path {
	case "/", GraphQLPath, PlaygroundPath, HealthPath, ReadyPath, MetricsPath:
		return path
	}
	if strings.HasPrefix(path, PlaygroundPath+"/") {
		return PlaygroundPath
	}
	return "other"
}

// knownMethod is the method as a label.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
