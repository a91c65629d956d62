package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// hosts are the names under which the server answers. A page of another origin can reach a server on this machine by a
// name of its own that it makes point here (DNS rebinding); only the Host of its requests gives it away.
type hosts struct {
	names []string // without a port: any port is fine, because ports are mapped
	exact []string // with one
}

// newHosts takes the address that the server listens on and further hosts.
func newHosts(listen string, allowed []string) (*hosts, error) {
	h := &hosts{names: []string{"localhost"}}
	if host, _, err := net.SplitHostPort(listen); err == nil && host != "" && !unspecified(host) {
		h.names = append(h.names, canonicalHost(host))
	}
	for _, a := range allowed {
		name, port := splitHost(a)
		if name == "" || strings.ContainsAny(a, "/*@? ") {
			return nil, fmt.Errorf("the allowed host %q is none; write a name such as graph.example or graph.example:8080, without https://", a)
		}
		if port == "" {
			h.names = append(h.names, name)
		} else {
			h.exact = append(h.exact, net.JoinHostPort(name, port))
		}
	}
	return h, nil
}

// unspecified tells whether an address stands for all of the machine's.
func unspecified(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsUnspecified()
}

func (h *hosts) check(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.allows(r) {
			writeError(w, http.StatusForbidden, "FORBIDDEN",
				"the server does not answer under the host of this request; use the address that it listens on, or start it with --allowed-hosts")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *hosts) allows(r *http.Request) bool {
	name, port := splitHost(r.Host)
	if slices.Contains(h.names, name) || port != "" && slices.Contains(h.exact, net.JoinHostPort(name, port)) {
		return true
	}
	// Who listens on all addresses listens on the one at which the request arrived. It is an address and no name, so no
	// other page's name leads here.
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	host, _, err := net.SplitHostPort(local.String())
	return err == nil && canonicalHost(host) == name
}

// splitHost splits what Host may hold into a name in canonical form and a port, which may be empty.
func splitHost(s string) (name, port string) {
	if host, port, err := net.SplitHostPort(s); err == nil {
		return canonicalHost(host), port
	}
	return canonicalHost(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")), ""
}

// canonicalHost writes names in lower case and addresses in the one form that RFC 5952 gives them.
func canonicalHost(host string) string {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().WithZone("").String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
