"""No spelling of an address inside leads there, and no name that changes its mind."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import fetchers, here_or_public, serving

from ingest.fetch.address_policy import is_public
from ingest.fetch.fetcher import Fetcher, Limits
from ingest.fetch.request import FetchError
from ingest.fetch.urls import is_url, normal_url
from rag.errors import UserError

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.1.1", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
PRIVATE_V6 = [
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "100::1", "2001::1", "2001:db8::1", "2001:10::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1",
    "64:ff9b:1::808:808", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4007:80e::2004"]
inside = st.sampled_from([IPv4Address(text) for text in PRIVATE])


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_public(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", PRIVATE + PRIVATE_V6)
def test_no_other_address_is(text):
    assert not is_public(ip_address(text))


@given(inside, st.sampled_from(["::ffff:0:0", "64:ff9b::", "2002::", "::"]))
def test_wrapping_changes_nothing(address, prefix):
    shift = 80 if prefix == "2002::" else 0
    assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(address) << shift))


@given(st.sampled_from([IPv4Address(text) for text in PUBLIC[:3]]))
def test_a_public_address_may_be_mapped(address):
    assert is_public(IPv6Address(f"::ffff:{address}"))
    assert is_public(IPv6Address(f"64:ff9b::{address}"))


@st.composite
def spellings(draw) -> str:
    """An address inside as browsers and resolvers understand it: parts in any base, any number of them."""
    number = int(draw(inside))
    parts = draw(st.integers(1, 4))
    values = [number >> 8 * (3 - i) & 0xFF for i in range(parts - 1)]
    values.append(number & (1 << 8 * (5 - parts)) - 1)
    write = st.sampled_from([str, hex, lambda value: f"0{value:o}", lambda value: f"0x{value:010X}"])
    host = ".".join(draw(write)(value) for value in values) + draw(st.sampled_from(["", "."]))
    wide = draw(st.booleans())
    return "".join(chr(ord(c) + 0xFEE0) if wide and c.isdigit() else c for c in host)


@given(spellings(), st.sampled_from(["", "example.org@", "example.org:80@", "%65xample.org%40"]))
def test_no_spelling_of_an_inside_address_is_connected_to(host, trick):
    """Refused by the real resolver and the real policy, or not understood at all; never asked."""
    with pytest.raises(UserError):
        _WEB.get(f"http://{trick}{host}:9/")
    assert _CONNECTED == []


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1%25lo]/",
        "http://[0:0:0:0:0:ffff:7f00:0001]/", "http://[64:ff9b::7f00:1]/", "http://localhost/",
        "http://LOCALHOST./", "http://ip6-localhost/", "http://127.1/", "http://0/", "http://①②⑦.⓪.⓪.①/",
        "http://example.org@127.0.0.1/", "http://127.0.0.1\\@example.org/", "http://127.0.0.1#@example.org/",
        "http://example.org\t@127.0.0.1/", "http://0x7f000001/", "http://017700000001/", "http://2130706433/",
    ],
)  # fmt: skip
def test_known_tricks_lead_nowhere(url):
    with pytest.raises(UserError):
        _WEB.get(url)
    assert _CONNECTED == []


def _real(host: str, port: int) -> list[str]:
    """The system's resolver for what needs no network: numbers and names of this machine."""
    try:
        return [str(e[4][0]) for e in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=_NUMERIC)]
    except socket.gaierror:
        if "localhost" not in host.lower():
            raise
        return ["127.0.0.1", "::1"]


_NUMERIC = socket.AI_NUMERICHOST
_CONNECTED: list[str] = []
_WEB = Fetcher(Limits(seconds=5.0, delay=0.0), resolve=_real, pause=lambda _seconds: None)


@pytest.fixture(autouse=True)
def _count_connections(monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: _CONNECTED.append(address))
    yield
    _CONNECTED.clear()


# --- names ---


@pytest.fixture
def fetcher():
    with fetchers() as make:
        yield make


@pytest.fixture
def site(monkeypatch):
    monkeypatch.undo()
    with serving() as site:
        site.put("/a", "x")
        yield site


def refused(web: Fetcher, url: str) -> bool:
    with pytest.raises(FetchError) as caught:
        web.get(url)
    return "its address isn't a public one" in str(caught.value)


def test_a_name_with_one_address_inside_is_refused(fetcher):
    web = fetcher(resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    assert refused(web, "http://both.example/")
    assert _CONNECTED == []


def test_the_address_that_was_checked_is_the_one_connected_to(site, fetcher):
    """A name that is public when it is looked up first and private after that (DNS rebinding)."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    looked_up = []

    def changing(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return next(answers)

    web = fetcher(resolve=changing)
    assert web.get(site.url("/a", host="rebind.example")).body == b"x"
    web.close()  # the connection is gone: the name is looked up, and checked, again
    assert looked_up == ["rebind.example"]
    assert refused(web, site.url("/a", host="rebind.example"))
    assert looked_up == ["rebind.example", "rebind.example"]


def test_tests_may_connect_to_this_machine_and_nothing_else_private():
    assert here_or_public(ip_address("127.0.0.1"))
    assert not here_or_public(ip_address("127.0.0.2"))


# --- URLs ---


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        (" https://example.org:443/a/../b?x=1#frag ", "https://example.org/b?x=1"),
        ("https://münchen.example/é", "https://xn--mnchen-3ya.example/%C3%A9"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("http://example.org/%c3%a9t%C3%A9/%7eana%2D1", "http://example.org/%C3%A9t%C3%A9/~ana-1"),
        ("http://example.org/a%2fb%3Fc%23d%25e", "http://example.org/a%2Fb%3Fc%23d%25e"),
        ("http://example.org/a%0Ab%00%ff?q=%0a", "http://example.org/a%0Ab%00%FF?q=%0a"),
        ("http://example.org/a/%2e%2E/b", "http://example.org/b"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
    ],
)
def test_a_url_has_one_spelling(written, normal):
    assert is_url(written)
    assert normal_url(written) == normal
    assert normal_url(normal) == normal


@pytest.mark.parametrize(
    "written",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://u:p@example.org/",
        *(
            f"http://{host}/"
            for host in ("a%0ab.example", "a b.example", "a..example", ".example", "a]", "[::1")
        ),
        *(f"http://{host}/" for host in ("[fe80::1%25eth0]", "a℀.example", "n" * 64 + ".example")),
        *(f"http://a.example:{port}/" for port in ("99999", "0", "x", "-1")),
        "http://a.example/" + "x" * 70_000,
        "http://a.example/a\tb",
    ],
)
def test_what_is_not_fetched_is_told(written):
    assert is_url(written)
    with pytest.raises(UserError):
        normal_url(written)


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_one_sentence(text):
    for base in (None, "https://example.org/a"):
        try:
            normal = normal_url(text, base)
        except UserError as error:
            assert "\n" not in str(error)
        else:
            assert normal.isascii()
            assert normal_url(normal) == normal
