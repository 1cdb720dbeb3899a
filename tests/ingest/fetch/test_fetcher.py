"""Pages are fetched from public addresses only, within limits, politely; every failure is one sentence."""

import gzip
import time
import zlib

import pytest
from loopback import fetchers, serving

from ingest.fetch.fetcher import Limits
from ingest.fetch.request import FetchError, GoneError, Validators
from ingest.schema.document import NotModified


@pytest.fixture
def site():
    with serving() as site:
        yield site


@pytest.fixture
def fetcher():
    with fetchers() as make:
        yield make


@pytest.fixture
def web(fetcher):
    return fetcher()


def reason(web, url: str, **options) -> str:
    with pytest.raises(FetchError) as caught:
        web.get(url, **options)
    assert caught.value.text("fr") != str(caught.value)
    assert str(caught.value).startswith(f"{url}: ")
    return str(caught.value).removeprefix(f"{url}: ")


def test_a_page_comes_with_what_its_server_says_of_it(site, web):
    site.put("/a", "<p>Bonjour</p>", "Text/HTML; charset=utf-8", ETag='"e"')
    page = web.get(site.url("/a"))
    assert (page.url, page.content_type, page.body) == (site.url("/a"), "text/html", b"<p>Bonjour</p>")
    assert page.validators == Validators('"e"', None)


def test_the_server_is_told_who_asks(site, web):
    site.put("/a?q=%C3%A9", "x")
    web.get(site.url("/a?q=é#fin"))
    asked = site.asked[-1]
    assert asked.path == "/a?q=%C3%A9"
    assert asked.headers["user-agent"].startswith("Sourcier/")
    assert asked.headers["host"] == f"news.test:{site.port}"
    assert "cookie" not in asked.headers


def test_a_proxy_in_the_environment_is_not_used(site, monkeypatch, fetcher):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.put("/a", "x")
    assert fetcher().get(site.url("/a")).body == b"x"


def test_one_connection_serves_several_pages(site, web):
    for path in ("/a", "/b"):
        site.put(path, "x")
    ports = []
    for path in ("/a", "/b"):
        answer = site.pages[path]
        site.pages[path] = lambda request, answer=answer: (
            ports.append(request.client_address[1]),
            answer(request),
        )
        web.get(site.url(path))
    assert len(set(ports)) == 1


# --- what is unchanged, gone, refused ---


def test_an_unchanged_page_is_not_sent_again(site, web):
    site.put("/e", "x", ETag='"1"')
    site.put("/m", "x", Last_Modified="Sat, 16 Aug 2025 10:00:00 GMT")
    for path in ("/e", "/m"):
        page = web.get(site.url(path))
        with pytest.raises(NotModified):
            web.get(site.url(path), page.validators)
    site.put("/e", "y", ETag='"2"')
    assert web.get(site.url("/e"), Validators('"1"')).body == b"y"


def test_a_server_that_says_unchanged_unasked_is_in_error(site, web):
    site.put("/a", "", status=304)
    assert reason(web, site.url("/a")) == "the server answered with an error (304); try again later."


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_told_from_one_that_fails(site, web, status):
    site.put("/a", "", status=status)
    with pytest.raises(GoneError):
        web.get(site.url("/a"))
    assert web.is_gone(site.url("/a"))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "the server answered with an error (500); try again later."),
        (503, "the server answered with an error (503); try again later."),
        (403, "the server doesn't let it be read (403)."),
        (300, "the server answered with an error (300); try again later."),
    ],
)
def test_failing_is_not_being_gone(site, web, status, said):
    site.put("/a", "", status=status)
    assert reason(web, site.url("/a")) == said
    assert not web.is_gone(site.url("/a"))


def test_a_page_that_is_there_or_out_of_reach_is_not_gone(site, web):
    site.put("/a", "x" * 100_000)
    assert not web.is_gone(site.url("/a"))
    assert not web.is_gone("http://nowhere.example/")
    assert not web.is_gone("http://10.0.0.1/")


# --- redirects ---


def test_redirects_are_followed_to_another_site(site, web):
    site.redirect("/a", "b?x=1")
    site.redirect("/b?x=1", site.url("/c", host="other.test"))
    site.put("/c", "là")
    page = web.get(site.url("/a"))
    assert (page.url, page.body.decode()) == (site.url("/c", host="other.test"), "là")


def test_a_circle_of_redirects_ends(site, web):
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    assert reason(web, site.url("/a")) == "it redirects more than 5 times."
    assert len(site.paths()) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://news.test/a", "http://u:p@news.test/", "http://:8/", "data:,x"]
)
def test_a_redirect_to_what_is_no_page_is_refused(site, web, target):
    site.redirect("/a", target)
    assert reason(web, site.url("/a")).startswith("it redirects to what can't be fetched (")


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://[::1]/", "//10.1.2.3/"]
)
def test_a_redirect_inside_is_refused(site, web, target):
    site.redirect("/a", target)
    assert reason(web, site.url("/a")).startswith("its address isn't a public one (")


# --- limits ---


def test_more_bytes_than_the_limit_are_not_read(site, web):
    site.put("/a", b"x" * 1_000_001)
    assert reason(web, site.url("/a"), max_bytes=1_000_000) == "larger than 1 MB."
    assert len(web.get(site.url("/a"), max_bytes=1_000_001).body) == 1_000_001


def test_a_body_without_end_is_cut(site, web):
    def endless(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Connection", "close")
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)

    site.pages["/a"] = endless
    assert reason(web, site.url("/a"), max_bytes=1_000_000) == "larger than 1 MB."


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_compressed_pages_are_read(site, web, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    site.put("/a", pack("déjà vu".encode()), Content_Encoding=encoding)
    assert web.get(site.url("/a")).body.decode() == "déjà vu"


def test_a_gzip_bomb_meets_the_limit(site, web):
    bomb = gzip.compress(b"\0" * 50_000_000)
    site.put("/a", bomb, Content_Encoding="gzip")
    site.put("/twice", gzip.compress(bomb), Content_Encoding="gzip, gzip")
    assert len(bomb) < 60_000
    assert reason(web, site.url("/a"), max_bytes=1_000_000) == "larger than 1 MB."
    refused = "the server sent it in an encoding that wasn't asked for."
    assert reason(web, site.url("/twice"), max_bytes=1_000_000) == refused


@pytest.mark.parametrize(
    "data", [b"no gzip", gzip.compress(b"x" * 1000, mtime=0)[:-9], b""], ids=["no gzip", "cut short", "empty"]
)
def test_damaged_compression_is_told(site, web, data):
    site.put("/a", data, Content_Encoding="gzip")
    assert reason(web, site.url("/a")) == "its compressed text is damaged."


def test_what_is_no_article_is_not_downloaded(site, web):
    site.put("/a.jpg", b"x", "image/jpeg")
    said = reason(web, site.url("/a.jpg"), accepts=lambda kind, _url: kind == "text/html")
    assert said == "it is image/jpeg, which isn't a format that can be read."


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_drips_is_left(site, part, fetcher):
    def drip(request):
        if part == "body":
            request.send_response(200)
            request.send_header("Content-Length", "100000")
            request.end_headers()
        for _ in range(1000):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.05)

    site.pages["/a"] = drip
    web = fetcher(Limits(seconds=0.5, delay=0.0))
    assert reason(web, site.url("/a")) == "the server took too long (limit: 0 s); try again later."


def test_the_time_is_for_all_redirects_together(site, fetcher):
    def slowly(request):
        time.sleep(0.4)
        request.send_response(302)
        request.send_header("Location", "/a")
        request.send_header("Content-Length", "0")
        request.end_headers()

    site.pages["/a"] = slowly
    web = fetcher(Limits(seconds=1.0, delay=0.0, redirects=50))
    assert reason(web, site.url("/a")) == "the server took too long (limit: 1 s); try again later."


def test_what_is_no_http_is_told(site, web):
    site.pages["/a"] = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    assert reason(web, site.url("/a")).startswith("the server can't be reached (")
    closed = site.url("/b").replace(str(site.port), "9")
    assert reason(web, closed).startswith("the server can't be reached (")


# --- manners ---


def test_robots_txt_is_obeyed(site, web):
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: sourcier\nDisallow: /secret\n")
    site.put("/a", "x")
    assert web.get(site.url("/a")).body == b"x"
    refused = "the site's robots.txt doesn't allow it to be read."
    assert reason(web, site.url("/secret/b")) == refused
    site.redirect("/c", "/secret/b")
    assert reason(web, site.url("/c")) == refused
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/a", "/c"]
    assert not web.is_gone(site.url("/secret/b"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_robots_txt_with_a_byte_order_mark_is_obeyed(site, web, encoding):
    site.put("/robots.txt", "User-agent: *\nDisallow: /secret\n".encode(encoding))
    site.put("/a", "x")
    assert reason(web, site.url("/secret/b")) == "the site's robots.txt doesn't allow it to be read."
    assert web.get(site.url("/a")).body == b"x"


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_a_robots_txt_that_cannot_be_had(site, web, status, allowed):
    """RFC 9309: without one everything is allowed; while the server fails nothing is."""
    site.put("/robots.txt", "", status=status)
    site.put("/a", "x")
    if allowed:
        assert web.get(site.url("/a")).body == b"x"
        return
    with pytest.raises(FetchError):
        web.get(site.url("/a"))
    with pytest.raises(FetchError):
        web.get(site.url("/a"))
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


def test_a_host_gets_a_pause_between_two_requests(site, fetcher):
    pauses = []
    web = fetcher(Limits(delay=30.0), pause=pauses.append)
    site.put("/a", "x")
    web.get(site.url("/a"))
    web.get(site.url("/a", host="other.test"))
    web.get(site.url("/a"))
    # After its robots.txt a host waits for the page: one pause each, and one more for the second page.
    assert [round(pause) for pause in pauses] == [30, 30, 30]


def test_a_crawl_delay_is_kept(site, fetcher):
    pauses = []
    web = fetcher(Limits(delay=0.0), pause=pauses.append)
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 7\n")
    site.put("/a", "x")
    for _ in range(3):
        web.get(site.url("/a"))
    assert [round(pause) for pause in pauses] == [7, 7]


def test_a_server_that_asks_for_a_moment_gets_it(site, fetcher):
    pauses = []
    web = fetcher(pause=pauses.append)
    answers = iter([(503, "9"), (200, None)])

    def busy(request):
        status, wait = next(answers)
        request.send_response(status)
        if wait:
            request.send_header("Retry-After", wait)
        request.send_header("Content-Length", "0")
        request.end_headers()

    site.pages["/a"] = busy
    assert web.get(site.url("/a")).body == b""
    assert [round(pause) for pause in pauses] == [9]


@pytest.mark.parametrize("wait", ["1200", "99999999999999999999"])
def test_a_server_that_asks_for_long_is_left_alone(site, web, wait):
    site.put("/a", "", status=429, Retry_After=wait)
    site.put("/b", "x")
    assert reason(web, site.url("/a")) == "the server asks to come back in 20 minutes."
    assert reason(web, site.url("/b")) == "the server asks to come back in 20 minutes."
    assert site.paths() == ["/a"]
