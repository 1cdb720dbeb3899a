"""Word lists are finite: what a line stands for can be written down, and no line catches an innocent word."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.word_lists import QUOTED, WordList, WordListError, any_of, parse_lists, read_lists

ROOT = Path(__file__).parents[3]
FILES = sorted(
    (path.relative_to(ROOT).parts[:-3], path.parent.name, path.stem)
    for path in (ROOT / "rag").rglob("data/*/*.txt")
)
INNOCENT = frozenset((ROOT / "tests" / "data" / "innocent_words.txt").read_text(encoding="utf-8").split())
# Files and headings that list what things and people are called: `banque`, `uncle`.
NOUNS = frozenset(
    (
        "follow_ups",
        "keywords",
        "subjects",
        "measures",
        "person",
        "bodies",
        "places",
        "kinds of places",
        "people",
        "spans",
        "roles",
        "kinds",
        "first_names",
        "with a clause",
        "relations",
    )
)


def test_a_line_is_a_term_a_choice_or_a_verb():
    text = (
        "[a]  # what it is\nni\ndémenti(|e)\nrumeurs?\nloin d(e|u)\nverb nier\n- nies\n\n[b b]\nni  # again\n"
    )
    lists = parse_lists(text, "fr", "x.txt")
    assert lists["b b"] == {"ni"}
    assert {"ni", "démenti", "démentie", "rumeur", "rumeurs", "loin de", "loin du", "nient"} <= lists["a"]
    assert "nies" not in lists["a"]


def test_choices_may_stand_in_choices():
    lists = parse_lists(
        "[a]\nque (peux|sais) tu( faire)?( pour (moi|nous))?\n(qui|qu') ?es tu\n", "fr", "x.txt"
    )
    assert len(lists["a"]) == 2 * 2 * 3 + 4
    assert {"que sais tu", "que peux tu faire pour nous", "qui es tu", "qu'es tu"} <= lists["a"]


def test_a_list_is_looked_for_in_a_text_as_whole_words():
    words = WordList("rag.query", "measures", ("verbs of money",))
    assert words.found_in("combien a-t-il coute ?")
    assert words.found_in("how much was spent?")
    assert not words.found_in("how much was spent?", "fr")
    assert not words.found_in("combien de couteaux ?")
    assert [found[0] for found in words.finditer("il paie ce qu'il coute", "fr")] == ["paie", "coute"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("ni\n", "x.txt:1: 'ni' stands under no heading"),
        ("[a]\nni\n[a]\nne\n", "x.txt:3: [a] a second time"),
        ("[a]\n# nothing\n", "x.txt: nothing under ['a']"),
        ("[a]\nun\\w{4,}\n", "x.txt:2: 'un\\\\w{4,}' is no term"),
        ("[a]\nban.*\n", "is no term"),
        ("[a]\nferm+\n", "is no term"),
        ("[a]\n[ab]c\n", "is no term"),
        ("[a]\nn(e|i\n", "is no term"),
        ("[a]\n(a|)\n", "may be empty"),
        ("[a]\na?\n", "may be empty"),
        ("[a]\nloin( de|)\nloin (de|)\n", "x.txt:3: 'loin (de|)' may be empty or end in a space"),
        ("[a]\nNon\n", "is no term"),
        ("[a]\nni|ne\n", "is no term"),
        ("[a]\nn)i(\n", "is no term"),
        ("[a]\n" + "(a|b)" * 11 + "\n", "stands for 2048 terms; at most 2000 may"),
        ("[a]\nverb sprxz\n", "x.txt:2: no conjugation for sprxz"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(text, wrong):
    with pytest.raises(WordListError, match=re.escape(wrong)):
        parse_lists(text, "fr", "x.txt")


@pytest.mark.parametrize(("folders", "language", "file"), FILES)
def test_every_file_is_read_and_catches_no_innocent_word(folders, language, file):
    assert language in QUOTED
    for heading, terms in read_lists(".".join(folders), language, file).items():
        # `no future` and the like are innocent words themselves; lists of nouns and verbs may have them.
        nouns = heading in NOUNS or file in NOUNS
        assert nouns or heading.startswith("no ") or sorted(terms & INNOCENT) == [], heading


def test_the_lists_are_where_the_wheel_looks_for_them():
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for folders, _, _ in FILES:
        assert f'"{".".join(folders)}" = ["data/*/*.txt"' in declared


def test_a_list_that_no_language_has_is_an_error():
    with pytest.raises(WordListError, match="no language has a list"):
        assert WordList("rag.extraction", "negation", ("denail",)).terms


def test_a_list_is_one_per_language_and_the_union_where_none_is_said():
    words = WordList("rag.extraction", "negation", ("dispute", "denial"), accents=True)
    assert "évite" in words.of("fr") - words.of("en")
    assert "avoids" in words.of("en") - words.of("fr")
    assert words.of("it") == words.of("de") == frozenset()
    assert words.terms == words.of("fr") | words.of("en")
    assert "evite" in WordList("rag.extraction", "negation", ("dispute", "denial"))


def test_a_quote_is_read_by_the_words_of_its_own_language():
    negators = WordList("rag.extraction", "negation", ("negators",))
    assert "nicht" in negators.read_in("de") and "ne" not in negators.read_in("de")
    assert (
        "nicht" not in negators.terms and negators.read_in("fr") == negators.read_in(None) == negators.terms
    )
    assert [m[0] for m in negators.found_all("das ist nicht so, niemand", "de")] == ["nicht", "niemand"]


@given(st.sets(st.text("abc' -?", min_size=1, max_size=6), min_size=1), st.text("abc' -?", max_size=6))
def test_a_pattern_fits_its_terms_and_nothing_else(terms, other):
    pattern = re.compile(any_of(terms))
    assert all(pattern.fullmatch(term) for term in terms)
    assert bool(pattern.fullmatch(other)) == (other in terms)


@given(st.sets(st.text("ab", min_size=1, max_size=5), min_size=1), st.text("ab", max_size=8))
def test_a_pattern_finds_the_longest_term(terms, text):
    found = re.compile(any_of(terms)).match(text)
    longest = max((len(term) for term in terms if text.startswith(term)), default=None)
    assert (found and found.end()) == longest
