package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// A client is who sends requests, as far as an address tells: an IPv4 address, or the
// /64 of an IPv6 one, which is what one household or server has. The zero value is one
// whose address is not known.
type client struct{ netip.Prefix }

// newClient is the client of an address.
func newClient(addr netip.Addr) client {
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // the zero prefix where there is no address
	return client{p}
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	return a.Addr().Unmap()
}

// A proxies is the networks whose word about the requests that they pass on is taken.
type proxies []netip.Prefix

// trust tells whether addr is one of them.
func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(addr.Unmap().WithZone("")) })
}

// client is who sent r. The threat is a header that says anything: with another address
// each time nobody would be limited, with somebody else's he would be. The rule: what
// X-Forwarded-For or Forwarded (RFC 7239) say is read from the right, as far as each
// address was written by a trusted proxy; the first that is not one itself is the
// client. Where both headers name somebody, and not the same, one was not written by
// the proxy, and neither counts.
func (p proxies) client(r *http.Request) client {
	from := peer(r)
	if !p.trust(from) {
		return newClient(from)
	}
	x := p.follow(from, splitList(r.Header.Values("X-Forwarded-For")))
	f := p.follow(from, forwardedFor(r.Header.Values("Forwarded")))
	switch {
	case f == from || f == x:
		return newClient(x)
	case x == from:
		return newClient(f)
	}
	return newClient(from)
}

// follow goes along the addresses that a request has come from, the nearest last, as
// far as they are those of trusted proxies.
func (p proxies) follow(from netip.Addr, way []string) netip.Addr {
	for _, hop := range slices.Backward(way) {
		next, ok := parseHop(hop)
		if !ok {
			return from
		}
		if from = next; !p.trust(from) {
			return from
		}
	}
	return from
}

// parseHop reads an address as proxies write it: alone, in brackets, with a port.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().Unmap(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a.Unmap(), err == nil
}

// splitList are the elements of a header that is a list, in one line or several.
func splitList(lines []string) (all []string) {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if element = strings.TrimSpace(element); element != "" {
				all = append(all, element)
			}
		}
	}
	return all
}

// forwardedFor are the values of "for" in a Forwarded header, "" for an element
// without one.
func forwardedFor(lines []string) (all []string) {
	for _, element := range splitList(lines) {
		value := ""
		for pair := range strings.SplitSeq(element, ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && strings.EqualFold(k, "for") {
				value = strings.Trim(v, `"`)
			}
		}
		all = append(all, value)
	}
	return all
}

// forwarded tells whether a proxy says that it passes r on.
func forwarded(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
}
