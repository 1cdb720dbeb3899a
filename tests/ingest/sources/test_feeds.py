"""What a feed states of its entries."""

from __future__ import annotations

import pytest

from ingest.schema.document import Failure
from ingest.sources.feeds import FeedEntry, read_feed

FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>Le Rivage</title>
<link>https://rivage.example/</link><description>x</description>{language}
<item><title>La criée</title>{link}{date}</item></channel></rss>"""
LINK = "<link>https://rivage.example/criee</link>"


def entry(date: str = "", link: str = LINK, language: str = "") -> FeedEntry | Failure:
    spoken = f"<language>{language}</language>" if language else ""
    data = FEED.format(date=date, link=link, language=spoken).encode()
    (found,) = read_feed(data, "https://rivage.example/flux")
    return found


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("<pubDate>dim., 03 août 2025 14:05:00 +0200</pubDate>", "2025-08-03T14:05:00+02:00"),
        ("<pubDate>Sun, 03 Aug 2025 00:30:00 CEST</pubDate>", "2025-08-03T00:30:00+02:00"),
        ("<pubDate>2019/11/15 10:00:00</pubDate>", "2019-11-15T10:00:00"),
        ("<pubDate>Tue, 4 Jun 24 08:00:00 GMT</pubDate>", "2024-06-04T08:00:00+00:00"),
        ("<dc:date>2025-08-03T14:05:00+02:00</dc:date>", "2025-08-03T14:05:00+02:00"),
        ("<pubDate>2024/06/31</pubDate>", None),
        ("<pubDate>2024/06/05, le soir</pubDate>", None),
        ("<pubDate>99-12-2024</pubDate>", None),
        ("", None),
    ],
)
def test_dates_are_read_as_feeds_write_them(date: str, published: str | None):
    assert entry(date).stated.published_at == published
    assert entry(date).stated.updated_at is None


def test_a_date_of_numbers_is_read_in_the_feed_s_language_only():
    date = "<pubDate>05/06/2024 10:00</pubDate>"
    assert entry(date).stated.published_at is None
    assert entry(date, language="en-us").stated.published_at is None
    assert entry(date, language="fr-FR").stated.published_at == "2024-06-05T10:00:00"


@pytest.mark.parametrize("link", ["", '<guid isPermaLink="false">breve-17</guid>', "<link> </link>"])
def test_an_entry_without_a_page_is_a_failure_and_not_the_feed_itself(link: str):
    found = entry(link=link)
    assert isinstance(found, Failure)
    assert found.source == "https://rivage.example/flux#1"


def test_the_page_behind_feedburner_s_link_is_read():
    link = (
        f"<link>https://feedproxy.example/~r/1</link><feedburner:origLink>{LINK[6:-7]}</feedburner:origLink>"
    )
    assert entry(link=link).url == "https://rivage.example/criee"


def test_numbers_in_dates_are_read_as_the_feed_s_other_entries_tell():
    def dates(*stated: str) -> list[str | None]:
        items = "".join(
            f"<item><link>https://rivage.example/{n}</link><pubDate>{date}</pubDate></item>"
            for n, date in enumerate(stated)
        )
        data = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        found = read_feed(data, "https://rivage.example/flux")
        return [one.stated.published_at for one in found if isinstance(one, FeedEntry)]

    assert dates("05/06/2024", "21/05/2024") == ["2024-06-05", "2024-05-21"]
    assert dates("03/08/25 10:30", "21/07/25") == ["2025-08-03T10:30:00", "2025-07-21"]
    assert dates("03/08/25", "07/21/25") == ["2025-03-08", "2025-07-21"]
    assert dates("03/08/25") == [None]
