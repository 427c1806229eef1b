package main

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"faqbase/web"
)

// usualRate is how often a client may ask where others can: what somebody who types
// sends, and a page with all that belongs to it at once, for an office whose computers
// share an address.
var usualRate = web.Rate{PerSecond: 50, Burst: 200}

// A rateFlag is a limit on the requests of each client, as --rate-limit has it.
type rateFlag struct {
	rate web.Rate
	auto bool // as the address that is listened on has it
}

// UnmarshalText reads auto, 0, or requests a second with or without how many may come
// at once.
func (f *rateFlag) UnmarshalText(text []byte) error {
	if len(text) == 0 || string(text) == "auto" { // a variable that is set to nothing
		*f = rateFlag{auto: true}
		return nil
	}
	wrong := fmt.Errorf("want requests a second, as 50, or with how many may come at once, as 50:200; 0 for no limit; or auto; not %q", text)
	second, burst, both := strings.Cut(string(text), ":")
	perSecond, err := strconv.ParseFloat(second, 64)
	if err != nil || !(perSecond >= 0 && perSecond <= 1e6) {
		return wrong
	}
	r := web.Rate{PerSecond: perSecond, Burst: max(1, int(4*perSecond))}
	if both {
		if r.Burst, err = strconv.Atoi(burst); err != nil || r.Burst < 1 {
			return wrong
		}
	}
	*f = rateFlag{rate: r}
	return nil
}

// on is the limit for a server that listens on addr: with auto there is none where
// only this machine can ask, and no proxy on it asks for others.
func (f rateFlag) on(addr string, proxied bool) web.Rate {
	if !f.auto {
		return f.rate
	}
	if isLoopbackHost(addr) && !proxied {
		return web.Rate{}
	}
	return usualRate
}

// isLoopbackHost tells whether a host, which may have a port, is this machine alone.
func isLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// A networkFlag is the address of a machine, or of a network of them.
type networkFlag netip.Prefix

// UnmarshalText reads 10.0.0.1 or 10.0.0.0/8.
func (f *networkFlag) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		*f = networkFlag(netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("want an address as 10.0.0.1 or a network as 10.0.0.0/8, not %q", text)
	}
	*f = networkFlag(p.Masked())
	return nil
}

// networks are those of the flags.
func networks(flags []networkFlag) []netip.Prefix {
	all := make([]netip.Prefix, len(flags))
	for i, f := range flags {
		all[i] = netip.Prefix(f)
	}
	return all
}
