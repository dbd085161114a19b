import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfprivacy_site.wsgi_middleware.ip_anonymisation import IPAnonymisation, anonymise

FULL_ADDRESSES = {"IPv4": "198.51.100.77", "IPv6": "2001:db8:1234:5678:9abc:def0:1234:5678"}

ADDRESS_KEYS = (
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_PORT",
    "PROXY_ADDR",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_CF_CONNECTING_IPV6",
    "HTTP_CF_PSEUDO_IPV4",
    "HTTP_CLIENT_IP",
    "HTTP_CLOUDFRONT_VIEWER_ADDRESS",
    "HTTP_FASTLY_CLIENT_IP",
    "HTTP_FORWARDED",
    "HTTP_FORWARDED_FOR",
    "HTTP_REMOTE_ADDR",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_X_AZURE_CLIENTIP",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_ENVOY_EXTERNAL_ADDRESS",
    "HTTP_X_FORWARDED",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_ORIGINAL_FOR",
    "HTTP_X_ORIGINAL_FORWARDED_FOR",
    "HTTP_X_PROXYUSER_IP",
    "HTTP_X_REAL_IP",
)


def anonymised(environ, proxies):
    """Return the environ that the application receives."""
    received = []
    IPAnonymisation(lambda environ, start_response: received.append(environ), proxies)(environ, None)
    return received[0]


def is_a_network(text):
    """Tell whether every bit of an address beyond the /24 or the /48 is zero."""
    address = ipaddress.ip_address(text)
    return int(address) % 2 ** (8 if address.version == 4 else 80) == 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0"),
        (" 192.0.2.77 ", "192.0.2.0"),
        ("192.0.2.77:567", "192.0.2.0"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("::ffff:c000:24d", "192.0.2.0"),
        ("[::ffff:192.0.2.77]:443", "192.0.2.0"),
        ("2002:c000:24d:1::1", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("[2001:db8:1:2::1]", "2001:db8:1::"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("[fe80::1%eth0]:443", "fe80::"),
        ("::ffff:192.0.2.77%eth0", "192.0.2.0"),
        ("::1", "::"),
    ],
)
def test_anonymise_returns_the_network(address, expected):
    assert anonymise(address) == expected


@pytest.mark.parametrize(
    "text",
    ["", "unix:", "/run/site.sock", "unknown", "_hidden", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.0/24", "["],
)
def test_anonymise_returns_nothing_for_other_texts(text):
    assert anonymise(text) == ""


@given(st.ip_addresses(v=4))
def test_anonymise_keeps_24_bits_of_an_ipv4_address(address):
    assert anonymise(str(address)) == str(ipaddress.ip_network(f"{address}/24", strict=False).network_address)


@given(st.ip_addresses(v=6).filter(lambda address: not address.ipv4_mapped and not address.sixtofour))
def test_anonymise_keeps_48_bits_of_an_ipv6_address(address):
    assert anonymise(str(address)) == str(ipaddress.ip_network(f"{address}/48", strict=False).network_address)


@given(st.ip_addresses())
def test_anonymise_returns_a_network_and_is_idempotent(address):
    assert is_a_network(anonymise(str(address)))
    assert anonymise(anonymise(str(address))) == anonymise(str(address))


@given(st.ip_addresses(v=4))
def test_anonymise_finds_an_ipv4_address_in_an_ipv6_address(address):
    number = int(address)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    sixtofour = ipaddress.IPv6Address(0x2002 << 112 | number << 80)
    assert anonymise(str(mapped)) == anonymise(str(sixtofour)) == anonymise(str(address))


@given(st.text() | st.text("0123456789abcdef.:[]%/ ") | st.from_regex(r"\[?[0-9a-f:.]{2,39}(%\w+)?\]?(:\d+)?"))
def test_anonymise_returns_a_network_or_nothing_for_any_text(text):
    assert anonymise(text) == "" or is_a_network(anonymise(text))
    assert anonymise(anonymise(text)) == anonymise(text)


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("address", FULL_ADDRESSES.values(), ids=FULL_ADDRESSES)
@pytest.mark.parametrize("key", ADDRESS_KEYS)
def test_ip_anonymisation_passes_no_full_address(key, address, proxies):
    environ = anonymised({"REMOTE_ADDR": "203.0.113.9", key: address}, proxies)
    assert not [name for name, value in environ.items() if address in value]


@pytest.mark.parametrize(
    ("peer", "expected"), [("198.51.100.77", "198.51.100.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("", "")]
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_ip_anonymisation_passes_the_network_of_the_connection_without_a_header(peer, expected, proxies):
    assert anonymised({"REMOTE_ADDR": peer}, proxies) == {"REMOTE_ADDR": expected}


def test_ip_anonymisation_passes_an_empty_address_if_the_server_gives_none():
    assert anonymised({}, 0) == {"REMOTE_ADDR": ""}


def test_ip_anonymisation_trusts_no_header_without_a_proxy():
    forwarded = {f"HTTP_X_FORWARDED_{name}": "https" for name in ("PROTO", "HOST", "PORT")}
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "192.0.2.77", **forwarded}
    assert anonymised(environ, 0) == {"REMOTE_ADDR": "203.0.113.0"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "192.0.2.77", "192.0.2.0"),
        (1, "10.6.6.6, 192.0.2.77", "192.0.2.0"),
        (1, "10.6.6.6, [2001:db8:1:2::3]:443", "2001:db8:1::"),
        (2, "10.6.6.6,192.0.2.77,198.51.100.7", "192.0.2.0"),
        (3, "192.0.2.77, 198.51.100.7", "192.0.2.0"),
        (1, " ", "203.0.113.0"),
        (1, "192.0.2.77, unknown", ""),
        (1, "192.0.2.77,", ""),
    ],
)
def test_ip_anonymisation_uses_the_address_that_the_outermost_trusted_proxy_saw(proxies, forwarded, expected):
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": forwarded}
    assert anonymised(environ, proxies) == {"REMOTE_ADDR": expected}


@pytest.mark.parametrize(
    ("forwarded", "expected"), [("https", "https"), ("https, http", "http"), ("http,https", "https"), ("gopher", None)]
)
def test_ip_anonymisation_passes_the_scheme_that_the_nearest_proxy_reports(forwarded, expected):
    environ = anonymised({"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": forwarded}, 1)
    assert environ.get("HTTP_X_FORWARDED_PROTO") == expected


@pytest.mark.parametrize("name", ["gunicorn.socket", "werkzeug.socket", "waitress.client_disconnected", "headers_raw"])
def test_ip_anonymisation_passes_no_object_of_the_connection(name):
    with socket.socket() as connection:
        assert name not in anonymised({"REMOTE_ADDR": "", name: connection}, 0)


def test_ip_anonymisation_passes_everything_else_unchanged():
    rest = {
        "PATH_INFO": "/privacy-policy/",
        "QUERY_STRING": "since=2023-05-15",
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_HOST": "localhost:8000",
        "HTTP_IF_NONE_MATCH": '"a"',
        "HTTP_VIA": "1.1 proxy",
        "wsgi.input": object(),
        "wsgi.file_wrapper": object,
        "wsgi.version": (1, 0),
    }
    assert anonymised({**rest, "REMOTE_ADDR": ""}, 0) == {**rest, "REMOTE_ADDR": ""}


def test_ip_anonymisation_does_not_change_the_servers_environ():
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_REAL_IP": "192.0.2.77"}
    anonymised(environ, 0)
    assert environ == {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_REAL_IP": "192.0.2.77"}
