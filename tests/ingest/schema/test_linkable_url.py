"""A stated URL is an article's address only as far as it can be shown and linked to."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.schema.metadata import canonical_url, linkable_url

HEBREW = "\u05d0"
OVERRIDE = "\u202e"


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("https://www.lecourrier.example/2026/pont", "https://www.lecourrier.example/2026/pont"),
        (" HTTP://WWW.Lecourrier.example:80/Pont?id=2#haut ", "http://www.lecourrier.example/Pont?id=2"),
        ("https://lecourrier.example:8443/a", "https://lecourrier.example:8443/a"),
        ("https://moi:secret@lecourrier.example/a", "https://lecourrier.example/a"),
        ("https://lecourrier.example/politique/élection", "https://lecourrier.example/politique/élection"),
        ("https://forêt.example/a", "https://forêt.example/a"),
        ("https://192.0.2.1/a", "https://192.0.2.1/a"),
        ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
    ],
)
def test_an_address_is_kept_without_what_is_nobody_elses_business(stated, url):
    assert linkable_url(stated) == url


@pytest.mark.parametrize(
    "stated",
    [
        "javascript:alert(1)",
        "file:///home/moi/pont.html",
        "ftp://lecourrier.example/pont",
        "data:text/html,pont",
        "//lecourrier.example/pont",
        "/2026/pont",
        "https://lecourrier.example/",
        "https:///pont",
        "https://lecourrier.example/deux mots",
        "https://lecourrier.example/a\nb",
        "https://lecourrier.example/a\x00b",
        f"https://lecourrier.example/{OVERRIDE}tnop",
        f"https://lecourrier.example/{HEBREW}",
        f"https://{HEBREW}.example/pont",
        "https://lecourrier.example/a\u200bb",
        "https://autre.example\\.lecourrier.example/pont",
        "https://autre.example%2f.lecourrier.example/pont",
        "https://lecourrier.example/" + "a" * 2_000,
        "https://[bad/x",
        "",
        None,
        7,
        ["https://lecourrier.example/pont"],
    ],
)
def test_what_cant_be_shown_and_linked_to_is_no_address(stated):
    assert linkable_url(stated) is None


def test_a_right_to_left_address_still_identifies_its_article():
    stated = f"https://lecourrier.example/{HEBREW}"
    assert (canonical_url(stated), linkable_url(stated)) == (stated, None)


HOST = st.from_regex(r"[a-zA-Z0-9é]{1,9}(\.[a-z]{2,5}){1,2}", fullmatch=True)
URLS = st.builds(
    lambda scheme, user, host, rest: f"{scheme}://{user}{host}/{rest}",
    st.sampled_from(["http", "https", "HTTPS", "ftp", "javascript"]),
    st.sampled_from(["", "moi@", "moi:secret@", "moi:@"]),
    HOST | st.text(max_size=12),
    st.text(max_size=30) | st.text("abc/?&=%.-é#@:", max_size=30),
)


@given(URLS | st.text())
def test_every_address_is_whole_and_shows_what_it_is(stated):
    url = linkable_url(stated)
    if url is None:
        return
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert (parts.username, parts.password, parts.fragment) == (None, None, "")
    assert "@" not in parts.netloc
    assert "\\" not in parts.netloc
    assert len(url) <= 2_000
    assert url.isprintable()
    assert not any(character.isspace() for character in url)
    assert linkable_url(url) == url


@given(HOST, st.from_regex(r"[a-z0-9/-]{1,20}", fullmatch=True))
def test_a_plain_address_is_never_lost(host, path):
    assert linkable_url(f"https://{host}/a{path}") == f"https://{host.lower()}/a{path}"
