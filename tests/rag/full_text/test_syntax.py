"""Whatever is typed is understood as something, and what became of the rest is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.full_text.query import And, Named, Near, Node, Not, Or, Published, Words, sought
from rag.full_text.syntax import MOST_CHARACTERS, narrowed, outlet_condition, parse
from rag.text.normalization import normalise_text


def word(*said: str) -> Words:
    return Words(said)


def phrase(*said: str) -> Words:
    return Words(said, is_exact=True)


A, B, C = word("aa"), word("bb"), word("cc")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("aa bb", And((A, B))),
        ("aa AND bb ET cc", And((A, B, C))),
        ("aa OR bb", Or((A, B))),
        ("aa | bb OU cc", Or((A, B, C))),
        ("aa bb OR cc", Or((And((A, B)), C))),
        ("(aa OR bb) cc", And((Or((A, B)), C))),
        ("aa -bb", And((A, Not(B)))),
        ("aa –bb", And((A, Not(B)))),
        ("aa NOT bb", And((A, Not(B)))),
        ("aa SAUF (bb OR cc)", And((A, Not(Or((B, C)))))),
        ("-aa", Not(A)),
        ("NOT NOT aa", A),
        ("and or ou", And((word("and"), word("or"), word("ou")))),
        ('"Le Pont de Vaure"', phrase("le", "pont", "de", "vaure")),
        ("« le\u00a0pont »", phrase("le", "pont")),
        ("“le pont” aa", And((phrase("le", "pont"), A))),
        ('-"aa bb"', Not(phrase("aa", "bb"))),
        ("l'école", word("ecole")),
        ("aujourd'hui", word("aujourd", "hui")),
        ("porte-avions", word("porte", "avions")),
        ("12 000 euros", And((word("12000"), word("euros")))),
        ("climat*", Words(("climat",), is_prefix=True)),
        ("aa NEAR/5 bb", Near(A, B, 5)),
        ("aa PRÈS/3 bb", Near(A, B, 3)),
        ("aa PRES bb", Near(A, B, 10)),
        ("aa ~2 bb", Near(A, B, 2)),
        ("aa NEAR/2 bb NEAR/3 cc", And((Near(A, B, 2), Near(B, C, 3)))),
        ('"aa bb" NEAR/2 "cc dd"', Near(phrase("aa", "bb"), phrase("cc", "dd"), 2)),
        ('"aa bb" NEAR/2 cc', Near(word("aa", "bb"), C, 2)),
        ("outlet:monde", Named("outlet", ("monde",))),
        ("journal:Libération", Named("outlet", ("liberation",))),
        ('outlet:"Le Monde"', Named("outlet", ("le", "monde"), is_whole=True)),
        ("auteur:dupont", Named("author", ("dupont",))),
        ('author:"Anne Dupont"', Named("author", ("anne", "dupont"))),
        ("author: dupont", Named("author", ("dupont",))),
        ("langue:fr", Named("language", ("fr",))),
        ("-lang:en", Not(Named("language", ("en",)))),
        ("after:2025", Published(date(2025, 1, 1), None)),
        ("depuis:2025-08", Published(date(2025, 8, 1), None)),
        ("après:16/08/2025", Published(date(2025, 8, 16), None)),
        ("before:2025-08-16", Published(None, date(2025, 8, 15))),
        ("avant:2025", Published(None, date(2024, 12, 31))),
        ("https://exemple.fr/a", word("https", "exemple", "fr", "a")),
        ("14:30", word("14", "30")),
        ("langue:français", Named("language", ("fr",))),
        ("lang:pt-BR", Named("language", ("pt",))),
        ("auteur : dupont", Named("author", ("dupont",))),
        ("outlet:(aa OR bb)", Or((Named("outlet", ("aa",)), Named("outlet", ("bb",))))),
        ('-outlet:("Le Monde")', Not(Named("outlet", ("le", "monde"), is_whole=True))),
        ("aa|bb", Or((A, B))),
        ("aa ‑bb", And((A, Not(B)))),
        ("aa !bb", And((A, Not(B)))),
        ("aa -'bb'", And((A, Not(B)))),
        ("aa — bb", And((A, B))),
        ("l'huile", word("huile")),
        ("« il a dit “non” au maire »", phrase("il", "a", "dit", "non", "au", "maire")),
        ("3,5 %", word("3.5")),
        ("12 000,50", word("12000.50")),
        ("climat*,", Words(("climat",), is_prefix=True)),
        ("", None),
        ("  ", None),
    ],
)
def test_what_is_typed_is_understood(text: str, node: Node | None):
    query = parse(text)
    assert (query.node, query.repairs) == (node, ())


@pytest.mark.parametrize(
    ("text", "node", "kind", "about"),
    [
        ('"aa bb', phrase("aa", "bb"), "quote_closed", "aa bb"),
        ("(aa bb", And((A, B)), "parenthesis_ignored", "("),
        ("aa) bb", And((A, B)), "parenthesis_ignored", ")"),
        ("aa ) OR bb", Or((A, B)), "parenthesis_ignored", ")"),
        ("-after:2025-13 aa", A, "date_unknown", "after:2025-13"),
        ("before:0001 aa", A, "date_unknown", "before:0001"),
        ('NOT outlet:"" aa', A, "condition_empty", 'outlet:""'),
        ("author:* aa", A, "condition_empty", "author:*"),
        ("lang:elfique aa", A, "language_unknown", "lang:elfique"),
        ("foo:bar", word("foo", "bar"), "condition_unknown", "foo:"),
        ("saint-deni*", word("saint", "deni"), "prefix_ignored", "saint-deni*"),
        ("cli*mat", word("cli", "mat"), "prefix_ignored", "cli*mat"),
        ("author:dup*", Named("author", ("dup",)), "prefix_ignored", "author:dup*"),
        ('"aa bb" NEAR/20 cc', Near(word("aa", "bb"), C, 8), "near_limited", "8"),
        (
            "aa NEAR/1 bb NEAR/1 cc NEAR/1 aa NEAR/1 bb NEAR/1 cc",
            And((Near(A, B, 1), Near(B, C, 1), Near(C, A, 1), Near(A, B, 1), C)),
            "near_many",
            "4",
        ),
        ("OR aa", A, "operator_ignored", "OR"),
        ("aa OU", A, "operator_ignored", "OU"),
        ("AND aa", A, "operator_ignored", "AND"),
        ("aa ET", A, "operator_ignored", "ET"),
        ("aa NOT", A, "operator_ignored", "NOT"),
        ("aa - bb", And((A, B)), "minus_ignored", "-"),
        ("author:", None, "condition_empty", "author:"),
        ('outlet:"" aa', A, "condition_empty", 'outlet:""'),
        ("after:hier aa", A, "date_unknown", "after:hier"),
        ("after:2025-02-30 aa", A, "date_unknown", "after:2025-02-30"),
        ("aa before:10000", A, "date_unknown", "before:10000"),
        ("ab*", word("ab"), "prefix_short", "ab*"),
        ("NEAR aa", A, "near_ignored", "NEAR"),
        ("aa NEAR/3", A, "near_ignored", "NEAR/3"),
        ("aa NEAR (bb)", And((A, B)), "near_ignored", "NEAR"),
        ("aa NEAR/99 bb", Near(A, B, 20), "near_limited", "20"),
        ("climat* NEAR/2 aa", Near(word("climat"), A, 2), "near_prefix", "climat*"),
    ],
)
def test_what_cannot_be_understood_as_written_is_mended_and_told(
    text: str, node: Node | None, kind: str, about: str
):
    query = parse(text)
    assert query.node == node
    assert [(repair.kind, repair.about) for repair in query.repairs] == [(kind, about)]


def test_a_query_that_is_too_long_is_read_from_its_beginning():
    query = parse("mot " * MOST_CHARACTERS)
    assert isinstance(query.node, And)
    assert len(query.node.nodes) == 64
    assert [repair.kind for repair in query.repairs] == ["cut_short"]


TYPED = st.text(
    alphabet=st.sampled_from('abé ()"«»-–:/*~|&. 0123\n') | st.characters(codec="utf-8"), max_size=60
)
WORDS = st.lists(
    st.sampled_from(
        ["aa", "OR", "AND", "NOT", "NEAR/3", "(", ")", '"', "-", "-bb", "outlet:x", "after:2025", "cli*", "~"]
    ),
    max_size=20,
).map(" ".join)


@given(TYPED | WORDS)
def test_whatever_is_typed_is_a_query(text: str):
    query = parse(text)
    assert query.text == normalise_text(text)
    assert all(isinstance(one, Words | Near) for one in sought(query.node))
    assert depth(query.node) <= 40


def depth(node: Node | None) -> int:
    parts = {Not: lambda n: (n.node,), And: lambda n: n.nodes, Or: lambda n: n.nodes}
    return 1 + max(map(depth, parts.get(type(node), lambda _: ())(node)), default=0)


@pytest.mark.parametrize("nothing", ['""', "*", 'outlet:""', "after:2025-13", '"…"'])
@pytest.mark.parametrize("negation", ["-", "NOT ", "SAUF "])
def test_what_excludes_nothing_excludes_not_what_comes_next(negation: str, nothing: str):
    assert parse(f"{negation}{nothing} aa").node == A


@given(TYPED | WORDS, st.sampled_from(['outlet:"Le Monde"', "after:2025-08 before:2025-09"]))
def test_one_more_condition_narrows_whatever_was_typed(text: str, condition: str):
    query = parse(text)
    if (longer := narrowed(query, condition)) is not None:
        added, node = parse(condition).node, parse(longer).node
        assert set(all_of(query.node)) | set(all_of(added)) == set(all_of(node))


def all_of(node: Node | None) -> list[Node]:
    if isinstance(node, And):
        return [part for one in node.nodes for part in all_of(one)]
    return [] if node is None else [node]


@pytest.mark.parametrize("text", ["pont", "pont OR bac", '"le pont', "pont OU", "(pont OR bac) -maire", ""])
def test_what_people_type_can_be_narrowed(text: str):
    assert narrowed(parse(text), "after:2025-08") is not None


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("Le Monde", Named("outlet", ("le", "monde"), is_whole=True)),
        ("Le “Vrai” Journal", Named("outlet", ("le", "vrai", "journal"), is_whole=True)),
        ("«Libre»", Named("outlet", ("libre",), is_whole=True)),
    ],
)
def test_an_outlet_s_name_is_a_condition(name: str, condition: Named):
    assert parse(outlet_condition(name)).node == condition
    assert outlet_condition("+++") is None


def test_thousands_of_parentheses_are_read():
    assert parse("(" * 900 + "aa").node == A
    assert sought(parse("((((aa) OR bb) cc) -dd)").node) == [A, B, C]
