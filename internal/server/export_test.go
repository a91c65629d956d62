package server

import (
	"crypto/tls"
	"log/slog"
	"time"
)

// Certificate lets tests look at the files again without waiting.
type Certificate = certificate

// NewCertificate reads a certificate whose files are looked at again after a time.
func NewCertificate(certFile, keyFile string, every time.Duration, log *slog.Logger) (*Certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, every: every, log: log}
	return c, c.read()
}

// Current is the certificate in use.
func (c *certificate) Current() *tls.Certificate { return c.current() }
