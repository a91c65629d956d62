package main

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeTLS holds that --tls-cert and --tls-key make the server speak HTTPS and say so.
func TestServeTLS(t *testing.T) {
	// A certificate for 127.0.0.1 and a client that trusts it.
	authority := httptest.NewTLSServer(http.NotFoundHandler())
	defer authority.Close()
	pair := authority.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := serve(t, "--store", "sqlite:"+filepath.Join(folder, "graph.db"), "--empty", "--tls-cert", certFile, "--tls-key", keyFile)
	if !strings.HasPrefix(s.api, "https://") || !strings.HasPrefix(s.playground, "https://") {
		t.Errorf("the addresses are %s and %s", s.api, s.playground)
	}
	for _, path := range []string{"/graphql?query={__typename}", "/playground", "/readyz", "/metrics"} {
		res, err := authority.Client().Get(strings.TrimSuffix(s.api, "/graphql") + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	authority.Client().CloseIdleConnections()
	if code, stderr := s.stop(); code != exitDone || stderr != "" {
		t.Errorf("ended with %d: %s", code, stderr)
	}
}
