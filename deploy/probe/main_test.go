package main

import "testing"

// TestAddress holds that the probe finds a server wherever it listens.
func TestAddress(t *testing.T) {
	for listen, want := range map[string]string{
		"":                "127.0.0.1:8080",
		"0.0.0.0:8080":    "127.0.0.1:8080",
		":9090":           "127.0.0.1:9090",
		"[::]:8080":       "[::1]:8080",
		"127.0.0.1:9090":  "127.0.0.1:9090",
		"[::1]:80":        "[::1]:80",
		"172.17.0.2:8080": "172.17.0.2:8080",
		"internal:8080":   "internal:8080",
	} {
		got, err := address(listen)
		if err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", listen, got, err, want)
		}
	}
	if got, err := address("8080"); err == nil {
		t.Errorf("8080 without a colon is taken for %s", got)
	}
}
