package server_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// certify writes a certificate for 127.0.0.1 that is its own authority and returns it.
func certify(t *testing.T, certFile, keyFile string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestTLS holds that a server with a certificate speaks HTTPS only, also the second version of HTTP.
func TestTLS(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	log := slog.New(slog.DiscardHandler)
	if _, err := server.NewTLS(certFile, keyFile, log); err == nil || !strings.Contains(err.Error(), certFile) || strings.Contains(err.Error(), "\n") {
		t.Errorf("files that are not there: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certify(t, certFile, keyFile))
	config, err := server.NewTLS(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	address := start(t, server.Config{TLS: config}, "127.0.0.1:0")
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Get("https://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.ProtoMajor != 2 {
		t.Errorf("got %d with %s", res.StatusCode, res.Proto)
	}
	old, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11})
	if err == nil {
		old.Close()
		t.Error("the server takes TLS 1.1")
	}
	if res, body := ask(t, "GET", "http://"+address+"/healthz", nil); res.StatusCode != 400 {
		t.Errorf("without encryption: %d %s", res.StatusCode, body)
	}
}

// TestRenewedCertificate holds that a certificate is read again when its files change, and that one which cannot be used
// leaves the old one in place.
func TestRenewedCertificate(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	first := certify(t, certFile, keyFile)
	var log bytes.Buffer
	c, err := server.NewCertificate(certFile, keyFile, 0, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(c.Current().Certificate[0], first.Raw) {
		t.Error("the first certificate is not used")
	}
	second := certify(t, certFile, keyFile)
	touch(t, certFile, time.Now().Add(time.Second))
	if !bytes.Equal(c.Current().Certificate[0], second.Raw) || log.Len() > 0 {
		t.Errorf("the second certificate is not used: %s", &log)
	}
	if err := os.WriteFile(certFile, []byte("half a"), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(t, certFile, time.Now().Add(2*time.Second))
	for range 3 {
		if !bytes.Equal(c.Current().Certificate[0], second.Raw) {
			t.Error("a broken certificate replaces the second")
		}
	}
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), certFile) {
		t.Errorf("the log has %s", &log)
	}
}

// touch sets when a file was changed, since two writes may fall into one tick of the clock.
func touch(t *testing.T, file string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
}
