package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateFor is how long a certificate is used before its files are looked at again.
const certificateFor = time.Minute

// NewTLS returns a configuration with the certificate and key in the two PEM files. They are read again when they
// change, so that a renewed certificate needs no restart; where that fails the old one stays. The error says in one line
// why they cannot be used now.
func NewTLS(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, every: certificateFor, log: log}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("the certificate %s with the key %s cannot be used: %w", certFile, keyFile, err)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}, nil
}

// certificate is what the files held when they were read last.
type certificate struct {
	certFile, keyFile string
	every             time.Duration // how often the files are looked at
	log               *slog.Logger

	mu       sync.Mutex
	pair     *tls.Certificate
	modified [2]time.Time // when the files were changed, as of the last reading
	looked   time.Time
}

// current returns the certificate, after another look at the files if it is time for one.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < c.every {
		return c.pair
	}
	c.looked = time.Now()
	if c.modified != c.times() {
		if err := c.read(); err != nil {
			c.log.Warn("the renewed certificate cannot be used; the old one stays", "certificate", c.certFile, "key", c.keyFile, "error", err)
		}
	}
	return c.pair
}

func (c *certificate) read() error {
	// First the time: what is written meanwhile is then read the next time.
	c.modified = c.times()
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair = &pair
	return nil
}

// times says when the files were changed last; the zero time stands for a file that cannot be looked at.
func (c *certificate) times() (t [2]time.Time) {
	for i, file := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(file); err == nil {
			t[i] = info.ModTime()
		}
	}
	return t
}
