package neo4jtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// ServersVariable names the environment variable that says how many test servers of scripts/neo4j there may be; 1 unless
// set. Tests of different packages that call Exclusive do not wait for one another when each package has a server.
const ServersVariable = "ATTRIGRAPH_TEST_NEO4J_SERVERS"

// mostServers is how many servers a machine is asked to hold.
const mostServers = 8

// chooseData returns the data folder of the test server for this process: the first that no other process has chosen, or
// the first of all. Processes that this one starts use the same server.
func chooseData() (string, error) {
	first, err := testData()
	if err != nil {
		return "", err
	}
	most := 1
	if s := os.Getenv(ServersVariable); s != "" {
		if most, err = strconv.Atoi(s); err != nil || most < 1 || most > mostServers {
			return "", fmt.Errorf("%s is %q: it must be a number from 1 to %d", ServersVariable, s, mostServers)
		}
	}
	data := first
	for i := 1; most > 1 && i <= most; i++ {
		folder := first
		if i > 1 {
			folder += "-" + strconv.Itoa(i)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
		free, err := claim(filepath.Join(folder, "chosen.lock"))
		if err != nil {
			return "", fmt.Errorf("cannot lock the test server's data folder: %w", err)
		}
		if free {
			data = folder
			break
		}
	}
	if err := os.Setenv(dataVariable, data); err != nil {
		return "", err
	}
	return data, os.Unsetenv(ServersVariable)
}
