package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// TestSlowOperations holds that operations are logged from the given time on, with what is needed to find out why, and
// that others cost no explanation.
func TestSlowOperations(t *testing.T) {
	for _, c := range []struct {
		slow, took time.Duration
		kind       string
		logged     bool
	}{
		{time.Second, time.Second - 1, "query", false},
		{time.Second, time.Second, "query", true},
		{time.Second, time.Hour, "subscription", false}, // which lasts as long as its reader stays
		{0, time.Nanosecond, "query", true},
		{0, 0, "", true},
	} {
		var log bytes.Buffer
		telemetry := server.NewTelemetry(server.TelemetryConfig{Slow: c.slow, Log: slog.New(slog.NewJSONHandler(&log, nil))})
		explained := 0
		telemetry.Observe(context.Background(), server.Operation{
			Name: strings.Repeat("N", 5000), Type: c.kind, Code: "TIMEOUT", Planning: time.Millisecond, Waiting: 2 * time.Millisecond,
			Reading: 3 * time.Millisecond, Writing: 4 * time.Millisecond, Total: c.took, Bytes: 12,
			Explain: func() (string, string) { explained++; return "the plan", "the statement" },
		})
		if !c.logged {
			if log.Len() > 0 || explained > 0 {
				t.Errorf("%+v: explained %d times and logged %s", c, explained, &log)
			}
			continue
		}
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Errorf("%+v: %v in %s", c, err, &log)
			continue
		}
		for key, want := range map[string]any{
			"level": "WARN", "msg": "slow operation", "type": c.kind, "code": "TIMEOUT", "plan": "the plan", "statement": "the statement",
			"duration": float64(c.took), "plan_duration": 1e6, "wait_duration": 2e6, "read_duration": 3e6, "write_duration": 4e6, "bytes": 12.0,
		} {
			if line[key] != want {
				t.Errorf("%+v: %s is %v, want %v", c, key, line[key], want)
			}
		}
		if name, _ := line["name"].(string); len(name) > 200 || !strings.HasPrefix(name, "NNN") {
			t.Errorf("the name has %d bytes in the log", len(name))
		}
	}
}
