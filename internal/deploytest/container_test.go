package deploytest

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"attrigraph/internal/neo4jtest"
)

const countIncidents = `{"query": "{ incidents { totalCount } }"}`

// TestContainer runs the image as it is: it makes and fills a store, answers under the addresses of published ports, tells
// its health, keeps the store and ends in order.
func TestContainer(t *testing.T) {
	i := theImage(t)
	folder := t.TempDir()
	more := map[string]string{}
	if os.Getuid() != 0 {
		t.Log("not root: the programs run among the files of this machine, as this user")
		more["ATTRIGRAPH_STORE"] = "sqlite:" + filepath.Join(folder, "graph.db")
	}
	var first string
	for _, run := range []string{"new", "again"} {
		s := i.start(t, more)
		if err := s.healthy(t); err != nil {
			t.Errorf("%s: the health check fails: %v", run, err)
		}
		if status, body := s.get(t, "/readyz", ""); status != 200 {
			t.Errorf("%s: not ready: %d %s", run, status, body)
		}
		// No connection of this test arrives at [::1]: only the image's settings allow it, as they do 127.0.0.1.
		for host, want := range map[string]int{"[::1]:8080": 200, "localhost:9090": 200, "rebound.example:8080": 403} {
			if status, body := s.get(t, "/healthz", host); status != want {
				t.Errorf("%s: the host %s is answered %d %s, want %d", run, host, status, body, want)
			}
		}
		status, body := s.ask(t, countIncidents)
		if status != 200 || strings.Contains(body, `"totalCount":0`) || first != "" && first != body {
			t.Errorf("%s: answered %d %s, before %s", run, status, body, first)
		}
		first = body
		if code, stderr := s.stop(t); code != 0 || stderr != "" {
			t.Errorf("%s: the server ended with %d: %s", run, code, stderr)
		}
		if err := s.healthy(t); err == nil {
			t.Errorf("%s: the health check of a server that has ended finds nothing wrong", run)
		}
	}
	if !strings.Contains(i.env["ATTRIGRAPH_ALLOWED_HOSTS"], "127.0.0.1") {
		t.Error("the image does not allow the host 127.0.0.1, which browsers name for a published port")
	}
	path := strings.TrimPrefix(i.env["ATTRIGRAPH_STORE"], "sqlite:")
	if volume := i.final.last("VOLUME"); filepath.Dir(path) != volume || i.final.workdir() != volume {
		t.Errorf("the store %s and the working folder %s are not in the volume %s", path, i.final.workdir(), volume)
	}
	if os.Getuid() != 0 {
		return
	}
	store, err := os.Stat(filepath.Join(i.rootfs, path))
	if err != nil {
		t.Fatal(err)
	}
	if owner := store.Sys().(*syscall.Stat_t).Uid; owner != 65532 {
		t.Errorf("the store belongs to the user %d", owner)
	}
}

// TestUnhealthy holds that the health check asks whether the server is ready, not only whether it runs: here it is about
// to end.
func TestUnhealthy(t *testing.T) {
	s := theImage(t).start(t, map[string]string{"ATTRIGRAPH_DRAIN_WAIT": "5s"})
	if err := s.healthy(t); err != nil {
		t.Fatal(err)
	}
	s.terminate(t)
	for deadline := time.Now().Add(4 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := s.get(t, "/readyz", ""); status == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a server that is told to end stays ready")
		}
	}
	if status, body := s.get(t, "/healthz", ""); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if err := s.healthy(t); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("where the server is not ready the health check says %v", err)
	}
}

// TestHealthOverTLS holds that the health check speaks as the server does.
func TestHealthOverTLS(t *testing.T) {
	folder := t.TempDir()
	certificate, key := filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	// A certificate that nobody vouches for.
	other := httptest.NewTLSServer(http.NotFoundHandler())
	other.Close()
	private, err := x509.MarshalPKCS8PrivateKey(other.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: other.Certificate().Raw},
		key:         {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := theImage(t).startHere(t, map[string]string{"ATTRIGRAPH_TLS_CERT": certificate, "ATTRIGRAPH_TLS_KEY": key})
	if status, _ := s.get(t, "/healthz", ""); status != http.StatusBadRequest {
		t.Fatalf("without encryption the server answers %d", status)
	}
	if err := s.healthy(t); err != nil {
		t.Errorf("the health check fails: %v", err)
	}
}

// TestContainerOnNeo4j runs the image with what docker-compose.yml sets.
func TestContainerOnNeo4j(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Neo4j: run without -short")
	}
	var f composeFile
	readYAML(t, "docker-compose.yml", &f)
	image, neo4j := theImage(t), neo4jtest.Exclusive(t)
	_, address, _ := strings.Cut(neo4j.URI, "://")
	env := map[string]string{}
	for name, value := range f.Services["server"].Environment {
		switch name {
		case "ATTRIGRAPH_STORE":
			scheme, _, _ := strings.Cut(value, "://")
			env[name] = scheme + "://" + address
		case "NEO4J_USERNAME":
			env[name] = neo4j.Username
		case "NEO4J_PASSWORD":
			env[name] = neo4j.Password
		default:
			env[name] = value
		}
	}
	env["ATTRIGRAPH_EMPTY"] = "true" // filling takes long and is tested elsewhere
	s := image.start(t, env)
	if err := s.healthy(t); err != nil {
		t.Errorf("the health check fails: %v", err)
	}
	if status, body := s.ask(t, countIncidents); status != http.StatusOK || !strings.Contains(body, `"totalCount":0`) {
		t.Errorf("answered %d %s", status, body)
	}
	if _, text := s.get(t, "/metrics", ""); !strings.Contains(text, `store="neo4j"`) {
		t.Error("the store is not Neo4j")
	}
	if code, stderr := s.stop(t); code != 0 || stderr != "" {
		t.Errorf("the server ended with %d: %s", code, stderr)
	}
}
