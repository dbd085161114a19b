"""WSGI middleware that anonymises the client's IP address, so that nothing behind it can log or store the full one."""

import ipaddress
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX_LENGTHS = {4: 24, 6: 48}

# X-Forwarded-For, X-Original-For, Forwarded, X-Real-IP, X-Azure-ClientIP, CF-Connecting-IPv6, CloudFront-Viewer-Address
# and similar headers, and the names of CGI (RFC 3875). Via is kept: it names proxies, not clients.
ADDRESS_KEYS = re.compile(r"FORWARDED|_FOR$|IP(V[46])?$|ADDR(ESS)?$|REMOTE_(HOST|PORT)$")


class IPAnonymisation:
    """Passes the client's network in REMOTE_ADDR, and nothing else that could identify the client."""

    def __init__(self, application: WSGIApplication, proxies: int) -> None:
        self.application = application
        self.proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        anonymised = {key: value for key, value in environ.items() if not can_identify_client(key, value)}
        anonymised["REMOTE_ADDR"] = anonymise(self.client_address(environ))
        if scheme := self.forwarded_scheme(environ):
            anonymised["HTTP_X_FORWARDED_PROTO"] = scheme
        return self.application(anonymised, start_response)

    def client_address(self, environ: WSGIEnvironment) -> str:
        """Return the full address that the outermost trusted proxy saw, or that of the connection without proxies."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        if not self.proxies or not forwarded.strip():
            return environ.get("REMOTE_ADDR", "")
        # Each proxy appends the address it saw, so only the last entries can be trusted: a client may send the rest.
        return forwarded.split(",")[-self.proxies :][0]

    def forwarded_scheme(self, environ: WSGIEnvironment) -> str:
        """Return the scheme that the nearest proxy reports, or "" if there is no trusted proxy."""
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
        return scheme if self.proxies and scheme in {"http", "https"} else ""


def can_identify_client(key: str, value: object) -> bool:
    """Tell whether an item of the environ can contain the client's address, or the connection that has it."""
    # Servers add objects of their own (gunicorn.socket, headers_raw). Of the non-strings, only those of PEP 3333 pass.
    return bool(ADDRESS_KEYS.search(key)) or not (isinstance(value, str) or key.startswith("wsgi."))


def anonymise(address: str) -> str:
    """Return the /24 network of an IPv4 address, the /48 of an IPv6 address, or "" for anything else."""
    try:
        ip = ipaddress.ip_address(without_port(address))
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        # The first 48 bits of a 6to4 address (RFC 3056) contain a full IPv4 address.
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    # ip_network() also drops the zone of a link-local address (fe80::1%eth0).
    return str(ipaddress.ip_network((ip, PREFIX_LENGTHS[ip.version]), strict=False).network_address)


def without_port(address: str) -> str:
    """Return the host of "[2001:db8::1]:443" or "192.0.2.1:567", without brackets."""
    host = address.strip()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
