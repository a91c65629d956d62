// Command probe asks an attrigraph server in the same container whether it is ready. The image has no shell and no HTTP
// client, and a container's health check runs inside it. Exit code 0: ready; 1: not, and one line says why.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"
)

// timeout is above the time that the server gives the store for /readyz.
const timeout = 4 * time.Second

// defaultListen is where `attrigraph serve` listens unless ATTRIGRAPH_LISTEN says otherwise.
const defaultListen = "127.0.0.1:8080"

func main() {
	if err := probe(os.Getenv("ATTRIGRAPH_LISTEN"), os.Getenv("ATTRIGRAPH_TLS_CERT") != "", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

// probe gets a path, /readyz unless args has another, from a server with these settings.
func probe(listen string, encrypted bool, args []string) error {
	path := "/readyz"
	switch {
	case len(args) > 1:
		return fmt.Errorf("there are %d arguments: give at most one, the path to ask for", len(args))
	case len(args) == 1:
		path = args[0]
	}
	host, err := address(listen)
	if err != nil {
		return err
	}
	scheme := "http://"
	if encrypted {
		scheme = "https://"
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+host+path, nil)
	if err != nil {
		return err
	}
	// The certificate is for the name that clients use. What answers on an address of this container is the server.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		reason, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10)) // the status says enough
		return fmt.Errorf("%s answers %s: %s", path, res.Status, reason)
	}
	return nil
}

// address is one at which a server that listens so can be reached from here.
func address(listen string) (string, error) {
	if listen == "" {
		listen = defaultListen
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("ATTRIGRAPH_LISTEN is no address: %w", err)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port), nil
}
