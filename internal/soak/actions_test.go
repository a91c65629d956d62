package main

import (
	"math/rand/v2"
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"attrigraph/internal/servertest"
)

// TestMain fails the tests of this package if they leave a goroutine behind, of the clients or of the server.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestActions does each thing that clients do some times; the server must answer as they expect.
func TestActions(t *testing.T) {
	address := servertest.New(t, servertest.Options{}).Listen(t)
	f, err := learn(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	c := &client{facts: f, http: &http.Client{Transport: transport, Timeout: probeTimeout}, address: address, random: rand.New(rand.NewPCG(1, 2))}
	for _, a := range actions {
		t.Run(a.name, func(t *testing.T) {
			for range 20 {
				if err := a.do(c, t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestChoose holds that every action is chosen, about as often as its weight says.
func TestChoose(t *testing.T) {
	c := &client{random: rand.New(rand.NewPCG(1, 2))}
	const draws = 100_000
	total, chosen := 0, map[string]int{}
	for _, a := range actions {
		total += a.weight
	}
	for range draws {
		chosen[c.choose().name]++
	}
	for _, a := range actions {
		expected := draws * a.weight / total
		if n := chosen[a.name]; n < expected*8/10 || n > expected*12/10 {
			t.Errorf("%s was chosen %d times, about %d are expected", a.name, n, expected)
		}
	}
}
