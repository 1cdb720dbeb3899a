"""Markdown is rendered to readable text; its front matter states metadata and does nothing else."""

import pytest

from ingest.converters.registry import read_article
from rag.errors import UserError
from rag.schema.article import Article


def markdown(front_matter: str, body: str = "Le pont a rouvert lundi.") -> Article:
    return read_article(f"---\n{front_matter}\n---\n{body}".encode(), "pont.md")


def test_front_matter_states_the_metadata():
    article = markdown(
        "title: 'Le pont : réouverture'\nsite: Le Courrier\nauthors: [Jeanne Dubreuil, Paul Mercier]\n"
        "date: 2025-08-16T10:30:00+02:00\nlastmod: 2025-08-17\nlang: fr-FR"
    )
    assert article.text == "Le pont a rouvert lundi."
    assert article.title == "Le pont : réouverture"
    assert article.outlet == "Le Courrier"
    assert article.author == "Jeanne Dubreuil, Paul Mercier"
    assert article.language == "fr"
    assert article.published_at == "2025-08-16T10:30:00+02:00"
    assert article.updated_at == "2025-08-17"


def test_what_a_clipper_of_notes_writes_is_understood():
    article = markdown(
        'title: "Le pont"\nsource: "https://courrier.example/pont"\nauthor:\n  - "[[Jeanne Dubreuil]]"\n'
        '  - "[[Paul Mercier|P. Mercier]]"\npublished: 2025-08-16\ncreated: 2025-09-01'
    )
    assert (article.author, article.outlet) == ("Jeanne Dubreuil, Paul Mercier", None)
    assert (article.published_at, article.canonical_url) == ("2025-08-16", "https://courrier.example/pont")
    named = markdown("source: Le Courrier\nurl: notes/pont\nsource_url: https://courrier.example/pont")
    assert (named.outlet, named.canonical_url) == ("Le Courrier", "https://courrier.example/pont")


def test_markdown_is_rendered_to_readable_text():
    source = """\
# Le *pont*

Il a **rouvert** lundi,
a dit [la mairie](https://a.example). ![photo](p.png)

- un
- deux
  1. premier
  2. second

Mois | Véhicules
---|---
Mai | `0`
Juin | ~~11~~ 12

> « Enfin ! »
> dit-elle.

<div onclick="x()">Encart<script>alert(1)</script></div>

***
Prix &lt; 3 \\* 4 <b>gras</b><!-- caché --> {{ x }}
"""
    article = read_article(source.encode(), "a.md")
    assert article.title == "Le pont"
    assert article.text == (
        "Le pont\n\nIl a rouvert lundi, a dit la mairie.\n\n- un\n- deux\n  1. premier\n  2. second\n\n"
        "Mois | Véhicules\nMai | 0\nJuin | ~~11~~ 12\n\n« Enfin ! » dit-elle.\n\nEncart\n\n"
        "Prix < 3 * 4 gras {{ x }}"
    )


def test_markdown_without_front_matter_or_heading_is_titled_by_its_first_sentence():
    article = read_article("Une *première* phrase. Une autre.".encode(), "a.md")
    assert (article.title, article.published_at, article.outlet) == ("Une première phrase.", None, None)


def test_deeply_nested_lists_keep_their_text():
    source = "\n".join("  " * depth + f"- niveau {depth}" for depth in range(15))
    lines = read_article(source.encode(), "a.md").text.split("\n")
    assert lines == ["  " * depth + f"- niveau {depth}" for depth in range(15)]


def test_lines_of_dashes_that_enclose_no_mapping_are_no_front_matter():
    article = read_article(b"---\nUne phrase.\n---\nUne autre.", "a.md")
    assert "Une phrase." in article.text
    assert "Une autre." in article.text


def test_broken_front_matter_names_its_line():
    with pytest.raises(UserError, match=r"^pont\.md: its front matter isn't valid YAML on line 3 \("):
        markdown("title: A\noutlet: B: C\nauthor: D")
    with pytest.raises(UserError, match=r"^pont\.md: its front matter has a character .* on line 3\."):
        markdown("title: A\noutlet: B\x07")


@pytest.mark.parametrize(
    "front_matter",
    ["title: " + "[" * 20_000, 'title: "\\UFFFFFFFF"', "a: b\n" * 20_000],
    ids=["nested", "impossible character", "huge"],
)
def test_front_matter_made_to_break_the_reader_is_refused(front_matter):
    with pytest.raises(UserError, match=r"^pont\.md: its front matter "):
        markdown(front_matter)


def test_front_matter_constructs_and_expands_nothing(tmp_path):
    witness = tmp_path / "witness"
    article = markdown(
        f'title: !!python/object/apply:os.mkdir ["{witness}"]\n'
        "outlet: '{{ 7*7 }} {x.__class__} ${HOME}'\n"
        "author: {nested: {deep: [1]}}\n"
        "date: [2025, 1, 1]\nlang: 12\nurl: {a: b}"
    )
    assert not witness.exists()
    assert article.title == "Le pont a rouvert lundi."
    assert article.outlet == "{{ 7*7 }} {x.__class__} ${HOME}"
    assert (article.author, article.published_at, article.language) == (None, None, "fr")


def test_aliases_do_not_multiply():
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    assert markdown("\n".join([*levels, "author: *a39", "title: Titre"])).title == "Titre"


def test_metadata_strings_are_one_short_clean_line():
    article = markdown('title: "Un\\n titre\\u0000\\e[31m \\ud800e\\u0301\\u202eé"\nauthor: ' + "nom " * 100)
    assert article.title == "Un titre[31m éé"
    assert article.author == "nom " * 49 + "nom…"


@pytest.mark.parametrize("value", ["", "~", "null"])
def test_empty_front_matter_values_state_nothing(value):
    assert markdown(f"author: {value}\nauthors: B").author == "B"
