"""https to an address that was checked: the certificate must be the name's, by an authority that is known."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from loopback import Site, fetchers, serving

from ingest.fetch.request import FetchError

NAME, OTHER = "news.test", "autre.test"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def known(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system knows the authority: what is fetched is judged as it always is."""
    file = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@contextmanager
def secure(authority: trustme.CA, *names: str) -> Iterator[tuple[Site, list[str | None]]]:
    """A server with a certificate for these names; and the names that it is asked for (SNI)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with serving(context) as site:
        site.put("/page", "Bonjour.")
        yield site, asked


def refusal(site: Site, host: str = NAME, language: str = "en") -> str:
    with fetchers() as make, pytest.raises(FetchError) as error:
        make().get(site.url("/page", host))
    return error.value.text(language)


@pytest.mark.usefixtures("known")
def test_a_certificate_of_the_name_is_accepted_and_the_name_is_what_is_asked_for(authority: trustme.CA):
    with secure(authority, NAME) as (site, asked), fetchers() as make:
        assert make().get(site.url("/page")).body == b"Bonjour."
        assert set(asked) == {NAME}
        assert {request.headers["host"] for request in site.asked} == {f"{NAME}:{site.port}"}


@pytest.mark.usefixtures("known")
def test_a_certificate_of_another_name_is_refused(authority: trustme.CA):
    with secure(authority, OTHER) as (site, asked):
        found = f"Hostname mismatch, certificate is not valid for '{NAME}'"
        url = site.url("/page")
        assert refusal(site) == f"{url}: its certificate can't be trusted ({found}) and it is not read."
        assert refusal(site, language="fr") == (
            f"{url} : son certificat n'est pas digne de confiance ({found}) et elle n'est pas lue."
        )
        assert (set(asked), site.asked) == ({NAME}, [])


@pytest.mark.usefixtures("known")
def test_the_address_that_was_connected_to_is_no_name(authority: trustme.CA):
    """A certificate of the address is worth nothing for the name that leads there."""
    with secure(authority, "127.0.0.1") as (site, _asked):
        assert "Hostname mismatch" in refusal(site)
        with fetchers() as make:
            assert make().get(site.url("/page", "127.0.0.1")).body == b"Bonjour."


def test_an_authority_that_nobody_knows_is_refused(authority: trustme.CA):
    with secure(authority, NAME) as (site, _asked):
        assert refusal(site) == (
            f"{site.url('/page')}: its certificate can't be trusted (unable to get local issuer certificate)"
            " and it is not read."
        )
        assert site.asked == []


@pytest.mark.usefixtures("known")
def test_a_redirect_is_held_to_the_same(authority: trustme.CA):
    with secure(authority, NAME) as (site, asked):
        site.redirect("/page", site.url("/there", OTHER))
        assert "Hostname mismatch, certificate is not valid for 'autre.test'" in refusal(site)
        assert set(asked) == {NAME, OTHER}
        assert site.paths() == ["/page"]
