// Package deploytest holds what deploys the server (Dockerfile, docker-compose.yml, deploy/) and docs/operating.md to what
// the server is and does. It has tests only.
package deploytest
