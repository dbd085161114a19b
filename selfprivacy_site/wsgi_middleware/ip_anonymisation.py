"""Cuts the client's address before anything further in can see it: a whole one cannot be logged where none is known.

It must not know what the address is for, and it keeps no record of what it cut.
"""

import ipaddress
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX_LENGTHS = {4: 24, 6: 48}

# X-Forwarded-For, X-Original-For, Forwarded, X-Real-IP, X-Azure-ClientIP, CF-Connecting-IPv6, CloudFront-Viewer-Address
# and their kin, and CGI's own names. Via stays: it names proxies, not clients.
CARRIES_AN_ADDRESS = re.compile(r"FORWARDED|_FOR$|IP(V[46])?$|ADDR(ESS)?$|REMOTE_(HOST|PORT)$")


class IPAnonymisation:
    """Gives the application REMOTE_ADDR cut to a network, and no other word of where the client is."""

    def __init__(self, application: WSGIApplication, proxies: int) -> None:
        self.application = application
        self.proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        cut_environ = {name: value for name, value in environ.items() if not can_lead_to_the_client(name, value)}
        cut_environ["REMOTE_ADDR"] = cut(self.client_address(environ))
        if scheme := self.forwarded_scheme(environ):
            cut_environ["HTTP_X_FORWARDED_PROTO"] = scheme
        return self.application(cut_environ, start_response)

    def client_address(self, environ: WSGIEnvironment) -> str:
        """Return the whole address that the outermost trusted proxy saw; without proxies the peer's."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        if not self.proxies or not forwarded.strip():
            return environ.get("REMOTE_ADDR", "")
        # Each proxy appends the peer it saw: the last entries are theirs, and what stands before them anyone may write.
        return forwarded.split(",")[-self.proxies :][0]

    def forwarded_scheme(self, environ: WSGIEnvironment) -> str:
        """Return the scheme that the nearest proxy reports, or "" if there is none to believe."""
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
        return scheme if self.proxies and scheme in {"http", "https"} else ""


def can_lead_to_the_client(name: str, value: object) -> bool:
    """Tell whether a key of the environ can carry the client's address, or the connection that it can be asked of."""
    # Servers add objects of their own (gunicorn.socket, headers_raw); only those of the standard, PEP 3333, go in.
    return bool(CARRIES_AN_ADDRESS.search(name)) or not (isinstance(value, str) or name.startswith("wsgi."))


def cut(address: str) -> str:
    """Return an IPv4 address cut to /24, an IPv6 one to /48, and "" for all that is not an address."""
    try:
        whole = ipaddress.ip_address(without_port(address))
    except ValueError:
        return ""
    if isinstance(whole, ipaddress.IPv6Address):
        # A 6to4 address (RFC 3056) has a whole IPv4 address in its first 48 bits, so it is cut as that one too.
        whole = whole.ipv4_mapped or whole.sixtofour or whole
    # The network of an address has no zone (fe80::1%eth0), so that one goes here too.
    return str(ipaddress.ip_network((whole, PREFIX_LENGTHS[whole.version]), strict=False).network_address)


def without_port(address: str) -> str:
    """Return what is left of "[2001:db8::1]:443" or "192.0.2.1:567" without port and brackets."""
    host = address.strip()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
