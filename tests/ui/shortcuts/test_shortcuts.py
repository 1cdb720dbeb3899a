"""Where keys lead: what is found for some words, and the markup of both dialogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

from rag.conversation.store import Conversation
from ui.shortcuts.destinations import MOST, Destination, find_articles, of_conversations
from ui.shortcuts.html import ALWAYS, ESC, SINGLE, shortcuts_html

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def desk(tmp_path: Path):
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_articles_are_found_by_all_their_words_and_titles_come_first(desk: Desk):
    desk.write("pont.md", "# La crue à Valbrume\n\nLe pont est fermé depuis lundi.")
    desk.write("crue-valbrume.md", "# Le marché reprend\n\nLes étals sont de retour sur la place.")
    desk.write("autre.md", "# Le budget de Corvenne\n\nLe conseil l'a voté mardi soir.")
    desk.ingest()
    found = find_articles(desk.library, "CRUE valbrume", "fr")
    assert [one.name for one in found] == ["La crue à Valbrume", "Le marché reprend"]
    assert all(desk.library.article(one.id) for one in found)
    assert find_articles(desk.library, "introuvable", "fr") == []


def test_an_article_is_told_apart_by_its_outlet_and_day_in_the_readers_language(desk: Desk):
    desk.write("a.html", _page("Même titre", "Le Phare", "2025-03-02"))
    desk.write("b.html", _page("Même titre", "L'Écho", ""))
    desk.ingest()
    details = {
        language: {one.detail for one in find_articles(desk.library, "titre", language)}
        for language in ("fr", "en")
    }
    assert details == {
        "fr": {"Le Phare · 2 mars 2025", "L'Écho"},
        "en": {"Le Phare · 2 March 2025", "L'Écho"},
    }


def test_there_are_never_more_than_can_be_read(desk: Desk):
    for number in range(MOST + 3):
        desk.write(f"{number}.md", f"# La crue, jour {number}\n\nL'eau monte encore au pont numéro {number}.")
    desk.ingest()
    assert len(find_articles(desk.library, "crue", "fr")) == MOST
    kept = [
        Conversation(str(n), "Crue", "2025-01-01T00:00:00+00:00", "2025-01-02T00:00:00+00:00")
        for n in range(9)
    ]
    assert [one.id for one in of_conversations(kept, "fr")] == [str(n) for n in range(MOST)]
    assert of_conversations(kept, "fr")[0] == Destination("conversation", "0", "Crue", "2 janvier 2025")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_lists_every_key(language: str):
    shown = shortcuts_html(language)
    named = {ESC: {"fr": "Échap", "en": "Esc"}[language]}
    assert all(f"<kbd>{named.get(key, key)}</kbd>" in shown for keys, _ in (*SINGLE, *ALWAYS) for key in keys)


def test_the_script_knows_the_keys_that_the_sheet_lists():
    from ui.html.assets import script

    written = script("shortcuts.js")
    for keys, _ in SINGLE:
        for key in keys:
            assert f'"{key}":' in written or f"  {key}:" in written


def _page(title: str, outlet: str, day: str) -> str:
    stated = f'<meta property="article:published_time" content="{day}">' if day else ""
    return (
        f'<html lang="fr"><head><title>{title}</title><meta property="og:site_name" content="{outlet}">'
        f"{stated}</head><body><article><h1>{title}</h1>"
        f"<p>Le pont de {outlet} est fermé depuis lundi matin, dit la mairie.</p></article></body></html>"
    )
