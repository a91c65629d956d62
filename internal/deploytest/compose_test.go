package deploytest

import (
	"regexp"
	"strings"
	"testing"
)

// composeFile is what these tests look at in docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Image       string
		Build       *struct{ Context string }
		Environment map[string]string
		Ports       []string
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		Healthcheck *struct{ Test []string }
		StopGrace   string `yaml:"stop_grace_period"`
		ReadOnly    bool   `yaml:"read_only"`
	}
}

// TestCompose holds that docker-compose.yml publishes on the loopback address only, holds no password, waits for Neo4j
// and lets the server end in order, and that scripts/neo4j starts a service of it alone.
func TestCompose(t *testing.T) {
	var f composeFile
	readYAML(t, "docker-compose.yml", &f)
	known := settings(t)
	published := 0
	for name, service := range f.Services {
		for _, port := range service.Ports {
			published++
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s on all addresses", name, port)
			}
		}
		for variable, value := range service.Environment {
			if secret := strings.Contains(variable, "PASSWORD") || strings.HasSuffix(variable, "_AUTH"); secret && !strings.Contains(value, "${NEO4J_PASSWORD:?") {
				t.Errorf("%s: %s is not asked of who starts it: %s", name, variable, value)
			}
			if name == "server" && !known[variable] {
				t.Errorf("attrigraph knows no variable %s", variable)
			}
		}
	}
	if published == 0 {
		t.Error("nothing is published")
	}
	server := f.Services["server"]
	if server.Build == nil || server.Build.Context != "." || !server.ReadOnly {
		t.Errorf("the server is not built from here or can write to its image: %+v", server)
	}
	if server.DependsOn["neo4j"].Condition != "service_healthy" || f.Services["neo4j"].Healthcheck == nil {
		t.Error("the server does not wait for Neo4j")
	}
	if grace := duration(t, server.StopGrace); grace <= endTime {
		t.Errorf("the server is killed after %s, and may take %s to end", grace, endTime)
	}
	image := theImage(t)
	port := ":" + image.final.last("EXPOSE")
	if !strings.HasSuffix(image.env["ATTRIGRAPH_LISTEN"], port) || !strings.HasSuffix(server.Ports[0], port) {
		t.Errorf("the image listens on %s, exposes %s, and %v is published", image.env["ATTRIGRAPH_LISTEN"], port, server.Ports)
	}
	// Its password and ports come from elsewhere there, so it has to start what it needs and no more.
	started := regexp.MustCompile(`compose up [^\n]*?(\w+) >`).FindStringSubmatch(read(t, "scripts/neo4j"))
	if started == nil {
		t.Fatal("scripts/neo4j starts no service: the test finds it no more")
	}
	if service, found := f.Services[started[1]]; !found || len(service.DependsOn) > 0 || service.Build != nil {
		t.Errorf("scripts/neo4j starts %s, which is not a service that stands alone", started[1])
	}
}
