"""What agencies deliver: embargoes are kept, cancellations take out, later versions replace earlier ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from desk import NOON, Desk

from ingest.converters.registry import article_id
from rag.schema.article import Imprint

URI = "urn:agence.example:pont"
ID = article_id(URI)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def deliver(desk: Desk, name: str, text: str = "Le pont de Corvenne rouvre lundi.", **stated: str) -> None:
    item = {"uri": URI, "type": "text", "body_text": text, "versioncreated": "2026-01-05T08:00:00Z"}
    desk.write(name, json.dumps(item | stated))


def text_of(desk: Desk) -> str | None:
    article = desk.library.article(ID)
    return article.text if article else None


def test_an_embargo_is_kept_until_its_time_and_said(desk: Desk):
    deliver(desk, "a.json", embargoed="2026-01-05T18:00:00+01:00")
    (failure,) = desk.ingest().failed
    assert failure.reason == (
        f"{desk.files / 'a.json'}: under embargo until 2026-01-05 18:00 (UTC+01:00); ingest it again then."
    )
    assert failure.reason_fr == (
        f"{desk.files / 'a.json'} : sous embargo jusqu'au 05/01/2026 à 18:00 (UTC+01:00) ;"
        " ajoutez-le de nouveau à ce moment-là."
    )
    assert desk.library.is_empty()
    desk.now = NOON + timedelta(hours=4, minutes=59)
    assert desk.ingest().failed
    desk.now = NOON + timedelta(hours=5)
    assert (desk.ingest().new, text_of(desk)) == (1, "Le pont de Corvenne rouvre lundi.")
    desk.check()


def test_a_time_without_a_zone_has_come_when_it_has_everywhere(desk: Desk):
    deliver(desk, "a.json", embargoed="2026-01-05T11:00:00")
    assert desk.ingest().failed
    desk.now = NOON + timedelta(hours=11)
    assert desk.ingest().new == 1


def test_an_embargo_that_cannot_be_read_is_kept(desk: Desk):
    deliver(desk, "a.json", embargoed="lundi soir")
    (failure,) = desk.ingest().failed
    assert "under embargo until a time that can't be read (lundi soir)" in failure.reason
    assert "jusqu'à une date illisible (lundi soir)" in failure.reason_fr


def test_what_is_withheld_is_refused_even_after_its_embargo(desk: Desk):
    deliver(desk, "a.json", pubstatus="withheld", embargoed="2026-01-04T06:00:00+01:00")
    (failure,) = desk.ingest().failed
    assert "withheld by its provider, under embargo until 2026-01-04 06:00 (UTC+01:00)" in failure.reason
    assert "sous embargo jusqu'au 04/01/2026 à 06:00 (UTC+01:00)" in failure.reason_fr
    deliver(desk, "a.json", pubstatus="withheld")
    (failure,) = desk.ingest().failed
    assert "withheld by its provider until further notice" in failure.reason
    assert "jusqu'à nouvel ordre" in failure.reason_fr
    deliver(desk, "a.json", pubStatus="stat:usable")
    assert desk.ingest().new == 1


def test_a_later_version_replaces_and_an_earlier_one_changes_nothing(desk: Desk):
    deliver(desk, "b-second.json", "Le pont rouvre mardi.", versioncreated="2026-01-05T10:00:00+01:00")
    assert desk.ingest().new == 1
    deliver(desk, "c-first.json", versioncreated="2026-01-05T08:30:00Z")
    summary = desk.ingest()
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 2)
    assert text_of(desk) == "Le pont rouvre mardi."
    deliver(desk, "a-third.json", "Le pont rouvre jeudi.", versioncreated="2026-01-05T11:00:00+00:00")
    assert desk.ingest().changed == 1
    assert (desk.library.counts().articles, text_of(desk)) == (1, "Le pont rouvre jeudi.")
    assert [revision.text for revision in desk.library.revisions.of(ID)] == ["Le pont rouvre mardi."]
    assert desk.ingest().unchanged == 3
    desk.check()


def test_versions_in_one_ingestion_are_one_article(desk: Desk):
    for number in range(3):
        stamp = f"2026-01-05T0{number}:00:00Z"
        deliver(desk, f"{number}.json", f"Le pont rouvre le {number + 6} janvier.", versioncreated=stamp)
    summary = desk.ingest()
    assert (summary.new, summary.changed) == (1, 2)
    assert text_of(desk) == "Le pont rouvre le 8 janvier."
    desk.check()


@pytest.mark.parametrize("status", ["canceled", "stat:canceled", "Cancelled"])
def test_a_cancellation_takes_out_and_is_remembered(desk: Desk, status: str):
    deliver(desk, "a.json")
    desk.write("other.txt", "Le marché de Corvenne a lieu le samedi.")
    assert desk.ingest().new == 2
    deliver(desk, "b.json", "", pubstatus=status, versioncreated="2026-01-05T09:00:00Z")
    summary = desk.ingest()
    assert (summary.changed, summary.failed) == (1, ())
    assert (text_of(desk), desk.library.counts().articles) == (None, 1)
    assert desk.containing(b"withdrawn " + URI.encode()) == []
    desk.check()
    summary = desk.ingest()
    assert "its provider has withdrawn it" in summary.failed[0].reason
    assert "son fournisseur l'a retiré" in summary.failed[0].reason_fr
    assert text_of(desk) is None
    deliver(desk, "c.json", "Le pont rouvre mardi.", versioncreated="2026-01-05T10:00:00Z")
    assert desk.ingest().new == 1
    assert text_of(desk) == "Le pont rouvre mardi."
    desk.check()


def test_a_cancellation_in_the_same_ingestion_counts(desk: Desk):
    deliver(desk, "a.json")
    deliver(desk, "b.json", pubstatus="canceled", versioncreated="2026-01-05T09:00:00Z")
    desk.ingest()
    assert text_of(desk) is None
    desk.check()


@pytest.mark.parametrize("keep", [False, True])
def test_an_earlier_version_under_embargo_undoes_no_cancellation(desk: Desk, keep: bool):
    deliver(desk, "a.json", versioncreated="2026-01-05T09:00:00Z", pubstatus="canceled")
    deliver(desk, "b.json", versioncreated="2026-01-05T07:00:00Z", embargoed="2026-02-01T06:00:00Z")
    deliver(desk, "c.json", versioncreated="2026-01-05T08:00:00Z")
    for _ in range(2):
        failed = desk.ingest(keep_embargoed=keep).failed
        assert [failure.source for failure in failed] == [str(desk.files / n) for n in ("b.json", "c.json")]
        assert all("its provider has withdrawn it" in failure.reason for failure in failed)
        assert (text_of(desk), desk.library.embargoes.count()) == (None, 0)
    deliver(desk, "d.json", "Le pont rouvre jeudi.", versioncreated="2026-01-05T10:00:00Z")
    assert (desk.ingest(keep_embargoed=keep).new, text_of(desk)) == (1, "Le pont rouvre jeudi.")
    desk.check()


def test_an_old_cancellation_leaves_a_later_version(desk: Desk):
    deliver(desk, "a.json", versioncreated="2026-01-05T10:00:00Z")
    desk.ingest()
    deliver(desk, "b.json", pubstatus="canceled", versioncreated="2026-01-05T09:00:00Z")
    assert desk.ingest().changed == 0
    assert text_of(desk) == "Le pont de Corvenne rouvre lundi."


@pytest.mark.parametrize("stated", [{"pubstatus": "withheld"}, {"embargoed": "2026-01-06T06:00:00Z"}])
def test_what_is_held_back_later_leaves_the_library(desk: Desk, stated: dict[str, str]):
    deliver(desk, "a.json")
    desk.ingest()
    deliver(desk, "a.json", versioncreated="2026-01-05T09:00:00Z", **stated)
    assert desk.ingest().failed
    assert text_of(desk) is None
    desk.check()
    deliver(desk, "a.json", versioncreated="2026-01-05T09:30:00Z")
    assert desk.ingest().new == 1


def test_an_earlier_version_of_what_is_under_embargo_is_told_as_held_back_until_then(desk: Desk):
    deliver(desk, "a.json")
    assert desk.ingest().new == 1
    until = {"embargoed": "2026-01-05T18:00:00+01:00"}
    deliver(desk, "b.json", "Le pont rouvre jeudi.", versioncreated="2026-01-05T09:00:00Z", **until)
    for keep in (False, True, False):
        first = desk.ingest(keep_embargoed=keep)
        reasons = {failure.source[-6:]: failure for failure in first.failed}
        if "a.json" in reasons:  # the first ingestion had it, and took it out
            assert reasons["a.json"].reason.endswith(
                "a.json: withheld by its provider: a later version is under embargo until 2026-01-05 18:00"
                " (UTC+01:00); this version isn't read before."
            )
            assert reasons["a.json"].reason_fr.endswith(
                "a.json : retenu par son fournisseur : une version plus récente est sous embargo jusqu'au"
                " 05/01/2026 à 18:00 (UTC+01:00) ; celle-ci n'est pas lue avant."
            )
        assert text_of(desk) is None
    assert "a.json" in reasons
    desk.now = NOON + timedelta(hours=5)
    assert desk.ingest().failed == ()
    assert text_of(desk) == "Le pont rouvre jeudi."
    assert desk.ingest().failed == ()
    desk.check()


def test_an_earlier_version_of_what_is_withheld_is_told_so(desk: Desk):
    deliver(desk, "a.json", versioncreated="2026-01-05T09:00:00Z", pubstatus="withheld")
    desk.ingest()
    deliver(desk, "b.json")
    (_, failure) = desk.ingest().failed
    assert "withheld by its provider: a later version isn't to be published yet" in failure.reason
    assert "une version plus récente n'est pas encore publiable" in failure.reason_fr


def test_once_the_embargo_of_a_later_version_is_over_an_earlier_one_may_be_read(desk: Desk):
    deliver(desk, "a.json", versioncreated="2026-01-05T09:00:00Z", embargoed="2026-01-05T13:00:00Z")
    desk.ingest()
    (desk.files / "a.json").unlink()
    deliver(desk, "b.json", "Le pont rouvre mardi.")
    assert desk.ingest().failed
    desk.now = NOON + timedelta(hours=1)
    assert (desk.ingest().new, text_of(desk)) == (1, "Le pont rouvre mardi.")


def test_an_identity_takes_no_other_article_for_its_own(desk: Desk):
    """Neither a file's key nor a page's address can be claimed by a delivery."""
    file = desk.write("secret.txt", "Le marché de Corvenne a lieu le samedi.")
    desk.ingest()
    deliver(desk, "b.json", uri=str(file.resolve()), pubstatus="canceled")
    deliver(desk, "c.json", "Rien.", uri=str(file.resolve()))
    desk.ingest()
    assert desk.library.article(desk.id_of("secret.txt")).text == "Le marché de Corvenne a lieu le samedi."


PAGE = (
    "<html><head><title>Export</title></head><body><article><h1>Le pont</h1>"
    "<p>Le pont de Corvenne rouvre lundi matin, a annoncé la mairie.</p>"
    "<p>Le marché de Tornac déménage sur la place haute.</p></article></body></html>"
)
EXPORTED = (
    '<article><header><span class="DocPublicationName">L\'Écho</span><div class="titreArticle">'
    '<p class="titreArticleVisu">Titre {0}</p></div></header><section><div class="docOcurrContainer">'
    "<p>Le pont numéro {0} rouvre lundi matin.</p></div></section>"
    "<footer>news·20260105·EC·{0:04}</footer></article>"
)


def export(*numbers: int) -> str:
    return f"<html><body>{''.join(map(EXPORTED.format, numbers))}</body></html>"


def test_what_a_file_of_several_articles_was_read_as_before_leaves(desk: Desk):
    desk.write("a.html", PAGE)
    assert desk.ingest().new == 1
    before = desk.id_of("a.html")
    desk.write("a.html", export(1, 2))
    assert desk.ingest().new == 2
    assert desk.library.article(before) is None
    assert desk.library.counts().articles == 2
    desk.check()
    assert desk.ingest().unchanged == 2


def test_exports_that_overlap_bring_an_article_once(desk: Desk):
    desk.write("a.html", export(1, 2))
    desk.write("b.html", export(2, 3))
    summary = desk.ingest()
    assert (summary.new, summary.unchanged) == (3, 1)
    (second,) = desk.library.articles([article_id("europresse:news·20260105·EC·0002")])
    assert second.imprint == Imprint(identity="europresse:news·20260105·EC·0002")
    assert len(desk.library.sources_of(article_id("europresse:news·20260105·EC·0002"))) == 2
    desk.check()
