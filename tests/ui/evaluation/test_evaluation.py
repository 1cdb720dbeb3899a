"""`sourcier eval`: files in, figures out, with the bundled embedding model; and what its parts do exactly."""

from __future__ import annotations

import json
import math
import os
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_chat_model import FakeChatModel
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st
from squad import qa, squad, write

from rag.config import ChatModelSettings, EmbeddingSettings, load_settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.errors import UserError
from rag.storage.write_lock import write_lock
from rag.text.normalization import normalise_text
from ui.command.main import main
from ui.evaluation import answer_metrics, answers, baselines, bench_library, metrics, report
from ui.evaluation.answers import AnsweredQuestion, Streamed
from ui.evaluation.baseline_chain import refuses
from ui.evaluation.cached_embedder import CachedEmbedder
from ui.evaluation.cases import Case
from ui.evaluation.questions.dataset import GoldQuestion, Place, read_squad
from ui.evaluation.questions.selection import leave_out
from ui.evaluation.runner import AlsoAsked, Runner

BRIDGE = (
    "Le pont Neuf de Corvenne a rouvert lundi après six mois de travaux.",
    "Le chantier a coûté 4 millions d'euros.",
)
MUSEUM = (
    "Le musée de Port-Salin rouvrira le 3 mai.",
    "L'entrée coûtera 4 euros, selon la directrice Anne Vial.",
)
SHEEP = ("Un berger de Valbrume a perdu 48 brebis pendant l'orage.",)


# Four questions; no word of the last is in any article.
SMALL = squad(
    (
        "Le_pont_Neuf",
        [
            (BRIDGE[0], [qa("Combien de temps ont duré les travaux du pont Neuf ?", "six mois", BRIDGE[0])]),
            (BRIDGE[1], [qa("Combien a coûté le chantier ?", "4 millions d'euros", BRIDGE[1])]),
        ],
    ),
    (
        "Le_musée",
        [
            (MUSEUM[0], [qa("Quand le musée de Port-Salin rouvrira-t-il ?", "3 mai", MUSEUM[0])]),
            (MUSEUM[1], []),
        ],
    ),
    ("L'orage", [(SHEEP[0], [qa("How many animals died?", "48", SHEEP[0])])]),
)


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """Runs `sourcier eval` in an empty folder, in English and without a chat model, with its own cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    monkeypatch.setenv("SOURCIER_CHAT_MODEL__MODEL", "none")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["eval", "--cache", str(tmp_path / "cache"), *arguments])
        done = capsys.readouterr()
        return code, done.out, done.err

    return run


# --- the command ---


@pytest.mark.long
def test_every_system_is_measured_and_compared(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    code, out, _ = command("small.json", "--retrieval-only", "--json")
    assert code == 0
    found = json.loads(out)
    ranking = ["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"]
    assert {name: list(result) for name, result in found.items()} == {
        "dense": ["questions", *ranking, "difference"],
        "bm25": ["questions", *ranking, "difference"],
        "rrf": ["questions", *ranking, "difference"],
        "ours": ["questions", *ranking, "evidence_recall", "evidence_tokens", "difference"],
    }
    assert [result["questions"] for result in found.values()] == [4, 4, 4, 4]
    # Three articles of a passage each: vectors bring them all, BM25 only those with a word of the question.
    assert [result["recall@10"] for result in found.values()] == [1.0, 0.75, 1.0, 1.0]
    assert (found["bm25"]["recall@1"], found["bm25"]["mrr@10"], found["bm25"]["ndcg@10"]) == (
        0.75,
        0.75,
        0.75,
    )
    assert found["ours"]["evidence_recall"] == 1.0
    assert found["ours"]["difference"] == {}
    assert list(found["bm25"]["difference"]) == ranking
    lost = found["bm25"]["difference"]["recall@10"]
    assert (lost["mean"], lost["high"]) == (-0.25, 0.0)
    assert -1.0 <= lost["low"] < -0.25


@pytest.mark.long
def test_evidence_costs_what_its_quotes_cost(command, tmp_path, embedder, monkeypatch):
    """With no more sentences in the library than may be shown, all of them are, unless fewer are enough."""
    monkeypatch.setenv("SOURCIER_ANSWERING__EVIDENCE_CERTAINTY", "1")
    write(tmp_path / "small.json", SMALL)
    _, out, _ = command("small.json", "--retrieval-only", "--system", "ours", "--json")
    every = sum(embedder.count_tokens([*BRIDGE, *MUSEUM, *SHEEP]))
    assert json.loads(out)["ours"]["evidence_tokens"] == every


@pytest.mark.long
def test_a_second_run_embeds_and_indexes_nothing(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    first = command("small.json", "--retrieval-only", "--json")[1]

    def state() -> dict[str, bytes]:
        cache = tmp_path / "cache"
        (vectors,) = cache.glob("vectors/*.vectors")
        (stamp,) = cache.glob("*/vectors/stamp")  # renewed by every write to the vector store
        return {"vectors": vectors.read_bytes(), "stamp": stamp.read_bytes()}

    before = state()
    assert command("small.json", "--retrieval-only", "--json")[1] == first
    assert state() == before


@pytest.mark.long
def test_other_content_has_another_library(command, tmp_path):
    for name, data in (("a.json", SMALL), ("b.json", {"data": SMALL["data"][:2]})):
        write(tmp_path / name, data)
        command(name, "--retrieval-only", "--system", "ours")
    assert len(list((tmp_path / "cache").glob("*/library.sqlite3"))) == 2


@pytest.mark.long
def test_a_sample_is_the_same_for_the_same_seed_and_keeps_all_articles(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    runs = [
        command("small.json", "--retrieval-only", "--limit", "2", "--seed", seed, "--system", "bm25,ours")
        for seed in ("5", "5")
    ]
    assert runs[0][1] == runs[1][1]
    assert runs[0][1].splitlines()[0] == "2 questions, 3 articles"


@pytest.mark.long
def test_the_table_is_in_the_readers_language(command, tmp_path, monkeypatch):
    write(tmp_path / "small.json", SMALL)
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "fr")
    _, out, _ = command("small.json", "--retrieval-only", "--system", "bm25,ours")
    lines = out.splitlines()
    assert lines[0] == "4 questions, 3 articles"
    assert lines[2].split() == ["bm25", "ours"]
    assert lines[3].split()[:2] == ["recall@1", "0,750"]
    assert lines[8].split()[:2] == ["evidence_recall", "–"]
    assert "Différence avec ours [intervalle de confiance à 95 %, bootstrap apparié] :" in lines
    assert "recall@10  -0,250 [" in out


@pytest.mark.long
def test_the_plot_is_a_png(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    assert command("small.json", "--retrieval-only", "--plot", "out.png", "--system", "bm25,ours")[0] == 0
    image = (tmp_path / "out.png").read_bytes()
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(image[16:20]), int.from_bytes(image[20:24])) == (1050, 675)


@pytest.mark.long
def test_answers_are_measured_for_both_kinds_of_question(command, tmp_path):
    """Without a chat model the best sentence answers, and nothing is drafted."""
    write(tmp_path / "museum.json", {"data": SMALL["data"][1:2]})
    moon = "La Lune est à 384 400 kilomètres."
    question = qa("Quel est le produit intérieur brut de la Chine ?", "384 400", moon)
    write(tmp_path / "others.json", squad(("La Lune", [(moon, [question])])))
    code, out, _ = command("museum.json", "--unanswerable", "others.json", "--system", "ours", "--json")
    assert code == 0
    ours = json.loads(out)["ours"]
    told = ("answer_", "citation_", "abstained_", "wrong")
    assert {name: ours[name] for name in ours if name.startswith(told)} == {
        "answer_contains_gold": 1.0,
        "answer_first": 1.0,
        "citation_recall": 1.0,
        "citation_precision": 1.0,
        "wrong": 0.0,
        "abstained_answerable": 0.0,
        "abstained_unanswerable": 1.0,
    }
    assert (ours["prompt_tokens"], ours["output_tokens"]) == (None, None)
    assert 0 < ours["time_to_first_token_p50"] <= ours["time_to_first_token_p95"]
    assert 0 < ours["time_to_answer_p50"] <= ours["time_to_answer_p95"]
    (library,) = (tmp_path / "cache").glob("*/library.sqlite3")
    with_moon = open_engine(load_settings(environ={"SOURCIER_DATA_DIR": str(library.parent)}))
    assert [article.title for article in with_moon.library.articles()] == ["Le musée"]
    with_moon.close()


@pytest.mark.long
def test_the_questions_of_articles_that_are_left_out_have_no_answer(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    code, out, _ = command("small.json", "--leave-out", "0.34", "--seed", "2", "--system", "ours", "--json")
    assert code == 0
    (library,) = (tmp_path / "cache").glob("*/library.sqlite3")
    kept = open_engine(load_settings(environ={"SOURCIER_DATA_DIR": str(library.parent)}))
    titles = {article.title for article in kept.library.articles()}
    kept.close()
    asked = {"Le pont Neuf": 2, "Le musée": 1, "L'orage": 1}
    assert len(titles) == 2
    ours = json.loads(out)["ours"]
    assert ours["questions"] == sum(asked[title] for title in titles)
    assert ours["abstained_unanswerable"] in {0.0, 0.5, 1.0}


@pytest.mark.long
def test_near_misses_and_variants_are_asked_counted_and_shown(command, tmp_path, monkeypatch):
    write(tmp_path / "museum.json", {"data": SMALL["data"][1:2]})
    near = ("museum.json", "--near-miss", "2", "--variants", "--system", "ours", "--show", "1")
    code, out, err = command(*near, "--json")
    assert code == 0
    ours = json.loads(out)["ours"]
    assert ours["unanswerable"] == {"measure_swapped": 1}
    assert ours["abstained_measure_swapped"] in {0.0, 1.0}
    assert "name_swapped: 0 near misses of the 2 wanted" in err
    assert list(ours["lost"]) == ["shuffled", "lower_case", "without_accents", "without_mark", "all_at_once"]
    assert ours["lost"]["shuffled"]["citation_recall"] == 0.0
    answerable, swapped = ours["cases"]
    assert (answerable["kind"], swapped["kind"]) == ("answerable", "measure_swapped")
    assert swapped["made_from"] == answerable["question"]
    assert swapped["change"][0] == "Quand"
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "fr")
    lines = command(*near)[1].splitlines()
    assert lines[1] == "sans réponse : measure_swapped 1"
    assert "ours : ce qui se perd quand les mêmes questions sont posées autrement (avant − après) :" in lines
    assert f"  Quand → {swapped['change'][1]}" in lines


@pytest.mark.long
def test_questions_whose_sentence_is_gone_are_asked_of_a_library_without_it(command, tmp_path):
    context = "Le musée de Port-Salin rouvrira le 3 mai. L'entrée coûtera 4 euros."
    data = squad(("Le musée", [(context, [qa("Combien coûtera l'entrée ?", "4 euros", context)])]))
    write(tmp_path / "one.json", data)
    code, out, _ = command("one.json", "--near-miss", "1", "--system", "ours", "--show", "1", "--json")
    assert code == 0
    ours = json.loads(out)["ours"]
    assert (ours["unanswerable"]["sentence_gone"], ours["citation_recall"]) == (1, 1.0)
    (gone,) = [case for case in ours["cases"] if case["kind"] == "sentence_gone"]
    assert gone["question"] == gone["made_from"] == "Combien coûtera l'entrée ?"
    assert gone["change"] == ["L'entrée coûtera 4 euros."]
    assert "4 euros" not in gone["answer"]
    texts = []
    for library in (tmp_path / "cache").glob("*/library.sqlite3"):
        opened = open_engine(load_settings(environ={"SOURCIER_DATA_DIR": str(library.parent)}))
        texts += [article.text for article in opened.library.articles()]
        opened.close()
    assert sorted(texts) == ["Le musée de Port-Salin rouvrira le 3 mai. ", context]


@pytest.mark.long
def test_only_the_questions_of_the_articles_that_are_named_are_asked(command, tmp_path):
    write(tmp_path / "small.json", SMALL)
    (tmp_path / "titles.txt").write_text("\ufeffLe_musée\n\nL'orage\n", encoding="utf-8")
    code, out, _ = command(
        "small.json", "--articles", "titles.txt", "--retrieval-only", "--system", "bm25,ours"
    )
    assert code == 0
    assert out.splitlines()[0] == "2 questions, 3 articles"


def test_leaving_out_keeps_every_question_on_one_side_or_the_other(tmp_path):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    sides = set()
    for seed in range(12):
        split = leave_out(corpus, 0.34, seed)
        assert leave_out(corpus, 0.34, seed) == split
        smaller, left = split.corpus, split.unanswerable
        assert {*smaller.articles, *split.left_out} == set(corpus.articles)
        kept = {article.id for article in smaller.articles}
        assert len(kept) == 2
        assert {asked.gold[0].article_id in kept for asked in smaller.questions} == {True}
        assert {asked.gold[0].article_id in kept for asked in left} == {False}
        assert sorted([*smaller.questions, *left], key=str) == sorted(corpus.questions, key=str)
        sides.add(smaller.digest)
    assert len(sides) == 3
    assert corpus.digest not in sides


@pytest.mark.parametrize(
    ("said", "f1"),
    [
        ("4 millions d'euros", 1.0),
        ("Le chantier a coûté 4 millions d'euros.", 2 * 3 / (7 + 3)),
        ("Rien du tout", 0.0),
        ("", 0.0),
    ],
)
def test_an_answer_overlaps_with_the_gold_words(tmp_path, said, f1):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    assert answer_metrics.token_f1(said, corpus.questions[1]) == pytest.approx(f1)


def test_citations_count_by_the_gold_paragraph(tmp_path):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    question = corpus.questions[1]
    article, second = question.gold[0].article_id, len(BRIDGE[0]) + 2
    inside, before = Place(article, second, second + 10), Place(article, 0, len(BRIDGE[0]))
    elsewhere = Place("another", second, second + 10)
    assert question.paragraph == Place(article, second, second + len(BRIDGE[1]))
    assert answer_metrics.in_paragraph([inside], question) == 1.0
    assert answer_metrics.in_paragraph([inside, before, elsewhere], question) == pytest.approx(1 / 3)
    assert answer_metrics.in_paragraph([Place(article, 0, second + 1)], question) == 1.0
    assert np.isnan(answer_metrics.in_paragraph([], question))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.json"], "nowhere.json: can't be read (No such file or directory); check the path."),
        (
            ["text.json"],
            "text.json: not JSON in SQuAD's format (Invalid JSON: expected ident at line 1 column 2);"
            " see docs/evaluation.md.",
        ),
        (
            ["shape.json"],
            "shape.json, data[0].paragraphs: not JSON in SQuAD's format (Field required);"
            " see docs/evaluation.md.",
        ),
        (["none.json"], "none.json: no usable question, with its answer in an article; give another file."),
        (
            ["small.json", "--system", "ours,magic"],
            "--system: unknown system 'magic' (choose from dense, bm25, rrf, stock, ours).",
        ),
        (
            ["small.json", "--retrieval-only", "--leave-out", "0.3"],
            "--leave-out needs answers: leave out --retrieval-only.",
        ),
        (
            ["small.json", "--leave-out", "1"],
            "--leave-out: 1.0; it must be a share between 0 and 1, such as 0.3.",
        ),
        (["small.json", "--limit", "0"], "--limit: 0; it must be at least 1."),
        (["small.json", "--near-miss", "0"], "--near-miss: 0; it must be at least 1."),
        (["small.json", "--show", "-1"], "--show: -1; it must be at least 1."),
        (
            ["small.json", "--retrieval-only", "--near-miss", "3"],
            "--near-miss needs answers: leave out --retrieval-only.",
        ),
        (
            ["small.json", "--retrieval-only", "--variants"],
            "--variants needs answers: leave out --retrieval-only.",
        ),
        (
            ["small.json", "--articles", "nowhere.txt"],
            "nowhere.txt: can't be read (No such file or directory); check the path.",
        ),
        (["small.json", "--articles", "latin.txt"], "--articles: latin.txt isn't UTF-8; save it so."),
        (
            ["small.json", "--articles", "blank.txt"],
            "--articles: blank.txt lists no title; put one on each line.",
        ),
        (
            ["small.json", "--articles", "titles.txt"],
            "--articles: no article has the title “Le pont Vieux”; check it.",
        ),
        (
            ["small.json", "--system", "dense"],
            "These systems write no answers: add ours or stock to --system, or give --retrieval-only.",
        ),
        (
            ["small.json", "--retrieval-only", "--system", "stock,ours"],
            "--system: stock is measured by its answers, its retrieval is that of dense: give dense, or leave"
            " out --retrieval-only.",
        ),
        (
            ["small.json", "--system", "stock,ours"],
            "--system: stock answers with a chat model, and chat_model.model is 'none'; choose a model or"
            " leave stock out.",
        ),
        (
            ["small.json", "--system", "stock", "--plot", "out.png"],
            "--plot draws retrieval, and that of stock is that of dense: add dense to --system.",
        ),
        (
            ["small.json", "--retrieval-only", "--unanswerable", "small.json"],
            "--unanswerable needs answers: leave out --retrieval-only.",
        ),
        (
            ["small.json", "--plot", "nowhere/out.png"],
            "--plot: nowhere/out.png: no such folder; make it or choose another.",
        ),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_code_2(command, tmp_path, arguments, sentence):
    write(tmp_path / "small.json", SMALL)
    (tmp_path / "text.json").write_text("not JSON", encoding="utf-8")
    write(tmp_path / "shape.json", {"data": [{"title": "Sans paragraphes"}]})
    write(tmp_path / "none.json", squad(("Vide", [("Rien.", [])])))
    (tmp_path / "latin.txt").write_bytes("Le musée".encode("latin-1"))
    (tmp_path / "blank.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "titles.txt").write_text("Le_pont_Neuf\nLe pont Vieux\n", encoding="utf-8")
    assert command(*arguments) == (2, "", f"sourcier: {sentence}\n")
    assert not (tmp_path / "cache").exists()


def test_missing_packages_are_named_with_what_to_run(command, tmp_path, monkeypatch):
    write(tmp_path / "small.json", SMALL)
    monkeypatch.setitem(__import__("sys").modules, "bm25s", None)
    assert command("small.json") == (
        2,
        "",
        "sourcier: `sourcier eval` needs packages that aren't installed (bm25s); run: pip install"
        " 'sourcier[eval]'\n",
    )


@pytest.mark.long
def test_broken_questions_are_told_and_the_others_asked(command, tmp_path):
    data = json.loads(json.dumps(SMALL))
    first = data["data"][0]["paragraphs"][0]
    first["qas"][0]["answers"][0]["answer_start"] += 1
    first["qas"].append({"question": 5, "answers": []})
    first["qas"].append({"question": "Et la Lune ?", "answers": [], "is_impossible": True})
    write(tmp_path / "small.json", data)
    code, out, err = command("small.json", "--retrieval-only", "--system", "bm25", "--json")
    assert (code, json.loads(out)["bm25"]["questions"]) == (0, 3)
    assert [line for line in err.splitlines() if "left out" in line] == [
        "left out: small.json, data[0].paragraphs[0].qas[0]: the text at offset 48 isn't “six mois”",
        "left out: small.json, data[0].paragraphs[0].qas[1]: malformed question"
        " (question: Input should be a valid string)",
        "1 question without an answer left out",
    ]


# --- reading ---


def test_gold_places_are_in_the_articles_text(tmp_path):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    bridge = corpus.articles[0]
    assert (bridge.title, bridge.text, bridge.language) == ("Le pont Neuf", "\n\n".join(BRIDGE), "fr")
    texts = {article.id: article.text for article in corpus.articles}
    assert [texts[g.article_id][g.start : g.end] for q in corpus.questions for g in q.gold] == [
        "six mois",
        "4 millions d'euros",
        "3 mai",
        "48",
    ]
    assert corpus.questions[0].answers == ("six mois",)


def test_the_same_article_of_two_files_is_one(tmp_path):
    files = [write(tmp_path / "a.json", SMALL), write(tmp_path / "b.json", SMALL)]
    corpus = read_squad(files)
    assert (len(corpus.articles), len(corpus.questions)) == (3, 8)


def test_any_answer_whose_words_are_in_place_counts(tmp_path):
    asked = qa("Quand ?", "3 mai", MUSEUM[0])
    asked["answers"] += [{"text": "mai", "answer_start": MUSEUM[0].index("mai")}]
    asked["answers"] += [{"text": "juin", "answer_start": 0}]
    corpus = read_squad([write(tmp_path / "a.json", squad(("M", [(MUSEUM[0], [asked])])))])
    assert [corpus.questions[0].answers, corpus.broken] == [("3 mai", "mai"), ()]


@given(
    before=st.text(alphabet="aé\u0301\r\n ç", max_size=8),
    answer=st.text(alphabet="eé\u0301\r\n7", min_size=1, max_size=6),
    after=st.text(alphabet="a\u0301\n ", max_size=5),
)
def test_a_gold_span_survives_normalising_or_is_told_as_broken(
    tmp_path_factory, before: str, answer: str, after: str
):
    """Decomposed accents and foreign line ends shorten the text, before the span and within it."""
    raw = before + answer + after
    asked = {"question": "?", "answers": [{"text": answer, "answer_start": len(before)}]}
    file = tmp_path_factory.getbasetemp() / "property.json"
    corpus = read_squad([write(file, squad(("T", [("Avant.", []), (raw, [asked])])))])
    assert len(corpus.questions) + len(corpus.broken) == 1
    for question in corpus.questions:
        ((place,), (words,)) = question.gold, question.answers
        assert corpus.articles[0].text[place.start : place.end] == words == normalise_text(answer)
    whole = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    if raw == whole:
        assert corpus.broken == ()


# --- metrics ---

GOLD = Place("a", 10, 20)
HIT, OVERLAPPING, MISS, CUT, OTHER = (
    Place("a", 0, 30),
    Place("a", 10, 40),
    Place("a", 30, 60),
    Place("a", 12, 40),
    Place("b", 0, 30),
)


def test_ranking_metrics_of_a_case_done_by_hand():
    questions = [GoldQuestion("?", (GOLD,))] * 4
    found = [[HIT, OVERLAPPING], [OTHER, CUT, HIT, OVERLAPPING], [MISS, CUT], []]
    figures = metrics.ranking(found, questions)
    assert {name: list(values) for name, values in figures.items()} == {
        "recall@1": [1, 0, 0, 0],
        "recall@5": [1, 1, 0, 0],
        "recall@10": [1, 1, 0, 0],
        "mrr@10": [1, pytest.approx(1 / 3), 0, 0],
        "ndcg@10": [1, pytest.approx(1 / math.log2(4)), 0, 0],
    }
    assert metrics.recall_curve(found, questions) == [0.25, 0.25, *[0.5] * 18]


def test_ranks_past_ten_count_for_nothing_but_the_curve():
    found = [[*[MISS] * 10, HIT]]
    figures = metrics.ranking(found, [GoldQuestion("?", (GOLD,))])
    assert {float(values[0]) for values in figures.values()} == {0.0}
    assert metrics.recall_curve(found, [GoldQuestion("?", (GOLD,))]) == [*[0.0] * 10, *[1.0] * 10]


def test_any_gold_place_makes_a_hit():
    two = GoldQuestion("?", (Place("c", 0, 1), GOLD))
    assert list(metrics.ranking([[HIT]], [two])["recall@1"]) == [1]


@pytest.mark.parametrize(
    ("chosen", "covered"),
    [
        ([Place("a", 0, 11)], True),
        ([Place("a", 0, 5), Place("a", 6, 11)], True),  # a space between two sentences isn't missed
        ([Place("a", 0, 5)], False),
        ([Place("a", 0, 5), Place("b", 6, 11)], False),
        ([], False),
    ],
)
def test_evidence_covers_gold_when_every_character_is_chosen(chosen, covered):
    question = GoldQuestion("?", (Place("a", 1, 11),))
    assert answer_metrics.covers(chosen, question, {"a": "Hier. Demain."}) is covered


@pytest.mark.parametrize(
    ("said", "gold", "contained"),
    [
        ("Elle a coûté 12 000 euros.", "12000", True),
        ("C'est l’Élysée qui le dit.", "élysée", True),
        ("Il y en a 148.", "48", False),
        ("La hausse est de 5 %.", "%", True),
        ("", "48", False),
    ],
)
def test_an_answer_contains_the_gold_words(said, gold, contained):
    assert answer_metrics.contains_gold(said, GoldQuestion("?", (GOLD,), (gold,))) is contained


def test_a_difference_is_resampled_by_question():
    ours = {"m": np.array([1.0, 1.0, 0.0, 0.5]), "evidence_recall": np.ones(4)}
    same = metrics.differences({"m": ours["m"] - 0.25}, ours, seed=1)
    assert same == {"m": metrics.Difference(-0.25, -0.25, -0.25)}  # paired: no question differs from another
    mixed = metrics.differences({"m": np.array([0.0, 1.0, 0.0, 0.5])}, ours, seed=1)["m"]
    assert (mixed.mean, mixed.high) == (-0.25, 0.0)
    assert mixed == metrics.differences({"m": np.array([0.0, 1.0, 0.0, 0.5])}, ours, seed=1)["m"]


def test_what_only_one_system_has_is_no_difference():
    ours, cites_nothing = {"m": np.array([1.0, np.nan])}, {"m": np.array([np.nan, 0.0])}
    assert metrics.differences(cites_nothing, ours, seed=1) == {}


def test_one_question_has_no_interval():
    found = metrics.differences({"m": np.array([0.0])}, {"m": np.array([1.0])}, seed=1)
    assert found == {"m": metrics.Difference(-1.0, None, None)}


def test_means_leave_out_what_has_no_value():
    asked = [
        AnsweredQuestion(GoldQuestion("?"), "", True, (), "", Streamed((), first, 4.0))
        for first in (None, 2.0)
    ]
    result = report.Result("ours", 2, {"m": np.array([1.0, np.nan])}, [])
    result = result.with_answers([Case("unanswerable", one) for one in asked], {}, {})
    assert result.means() == {
        "m": 1.0,
        "abstained_unanswerable": 1.0,
        "prompt_tokens": None,
        "output_tokens": None,
        "time_to_first_token_p50": 2.0,
        "time_to_first_token_p95": 2.0,
        "time_to_answer_p50": 4.0,
        "time_to_answer_p95": 4.0,
    }


# --- stock systems ---


def test_reciprocal_rank_fusion_by_hand():
    a, b, c = HIT, MISS, OTHER
    # a: 1/61 + 1/62, b: 1/62, c: 1/61
    assert baselines.fuse([[a, b], [c, a]]) == [a, c, b]


def test_stock_passages_are_where_they_say(make_article):
    article = make_article(" ".join(f"Phrase numéro {n}, un peu longue." for n in range(120)))
    chunks = baselines.split([article])
    assert len(chunks) > 3
    for chunk in chunks:
        assert article.text[chunk.place.start : chunk.place.end] == chunk.text
        assert len(chunk.text) <= baselines.CHUNK_CHARACTERS


def test_the_stock_retriever_holds_exactly_todays_passages(tmp_path):
    """It adds what a killed run had no time for, and drops what another splitter has cut."""
    kept, old, new = (
        baselines.Chunk(Place("a", 0, 12), "un chat noir"),
        baselines.Chunk(Place("a", 0, 7), "un chat"),
        baselines.Chunk(Place("b", 3, 17), "un chien blanc"),
    )
    for chunks in ([kept], [kept, new], [kept, old], [kept, new]):
        dense = baselines.Dense(chunks, FakeEmbedder(), tmp_path, "en")
        assert sorted(dense.rank("chat"), key=repr) == sorted((c.place for c in chunks), key=repr)
    assert dense.rank("un chien blanc")[0] == new.place


def test_bm25_gives_passages_with_a_word_of_the_question_by_its_stem():
    chunks = [
        baselines.Chunk(Place("a", 0, 9), "Les chevaux mangeaient de l'herbe."),
        baselines.Chunk(Place("b", 0, 9), "Le train est en retard."),
    ]
    assert baselines.Bm25(chunks, "fr").rank("Que mange le cheval ?") == [chunks[0].place]
    assert baselines.Bm25(chunks, "xx").rank("Que mange une vache ?") == []


# --- what is kept ---


class Counting(FakeEmbedder):
    """Counts the texts that it is asked to embed."""

    asked = 0

    def _embed(self, texts):
        self.asked += len(texts)
        return super()._embed(texts)


def test_vectors_are_kept_from_run_to_run(tmp_path):
    texts = ["un", "deux", "un"]
    first, second = Counting(), Counting()
    made = CachedEmbedder(first, EmbeddingSettings(), tmp_path).embed_passages(texts)
    assert np.array_equal(made, FakeEmbedder().embed_passages(texts))
    kept = CachedEmbedder(second, EmbeddingSettings(), tmp_path)
    assert np.array_equal(kept.embed_passages(texts), made)
    assert (first.asked, second.asked) == (2, 0)
    kept.embed_queries(["un"])  # another prompt, another vector
    assert second.asked == 1
    assert kept.embed_queries([]).shape == (0, 64)


def test_another_model_or_prompt_has_other_vectors(tmp_path):
    CachedEmbedder(FakeEmbedder(), EmbeddingSettings(), tmp_path).embed_queries(["un"])
    for embedder, settings in (
        (Counting("other"), EmbeddingSettings()),
        (Counting(), EmbeddingSettings(query_prompt="q: ")),
    ):
        CachedEmbedder(embedder, settings, tmp_path).embed_queries(["un"])
        assert embedder.asked == 1


def test_a_torn_record_is_embedded_again(tmp_path):
    CachedEmbedder(FakeEmbedder(), EmbeddingSettings(), tmp_path).embed_passages(["un", "deux"])
    (file,) = tmp_path.glob("*.vectors")
    file.write_bytes(file.read_bytes()[:-3])
    for expected in (1, 0):
        embedder = Counting()
        made = CachedEmbedder(embedder, EmbeddingSettings(), tmp_path).embed_passages(["un", "deux"])
        assert np.array_equal(made, FakeEmbedder().embed_passages(["un", "deux"]))
        assert embedder.asked == expected


def test_a_library_that_lacks_an_article_gets_it(tmp_path, make_settings):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    with bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en") as opened:
        opened.engine.indexer.remove(corpus.articles[1].id)
        first = opened.engine.library.passages_of(corpus.articles[0].id)
    with bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en") as again:
        assert {a.id for a in again.engine.library.articles()} == {a.id for a in corpus.articles}
        assert again.engine.library.passages_of(corpus.articles[0].id) == first
        assert again.engine.vectors.count() == again.engine.library.counts().passages


def test_of_old_libraries_the_last_three_are_kept_and_those_in_use(tmp_path, make_settings):
    corpus, cache = read_squad([write(tmp_path / "small.json", SMALL)]), tmp_path / "cache"
    folders = [cache / f"{number:016x}" for number in range(5)]
    for age, folder in enumerate(folders):
        with write_lock(folder_of(folder)):
            (folder / "library.sqlite3").write_bytes(b"")
        os.utime(folder, (age, age))  # the last is the one used last
    foreign = folder_of(cache / "0123456789abcdef")  # looks like one, but nobody ever wrote a library there
    strange = folder_of(cache / "my articles")
    (strange / "writer.lock").touch()
    with write_lock(folders[1]):
        os.utime(folders[1], (1, 1))
        with bench_library.bench(corpus, make_settings(), cache, "en") as opened:
            left = set(cache.iterdir()) - {cache / "vectors"}
    assert left == {opened.folder, folders[4], folders[3], folders[1], foreign, strange}


def folder_of(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


# --- answers ---


@pytest.fixture
def make_settings():
    return lambda: load_settings(environ={"SOURCIER_CHAT_MODEL__MODEL": "none"})


@pytest.mark.long
def test_drafted_answers_are_timed_to_their_first_token(tmp_path, make_settings):
    corpus = read_squad([write(tmp_path / "museum.json", {"data": SMALL["data"][1:2]})])
    with bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en") as opened:
        model = FakeChatModel(respond=["[1] Le musée de Port-Salin rouvrira le 3 mai."])
        chain = build_chain(opened.engine, model)
        seen = []
        asking = partial(answers.ask_ours, chain)
        (asked,) = answers.ask_all(asking, corpus.questions, lambda: seen.append(1))
        texts = {article.id: article.text for article in corpus.articles}
        figures = answers.answerable_figures([asked], texts)
    assert seen == [1]
    assert 0 < asked.streamed.first_token <= asked.streamed.total
    assert {name: list(values) for name, values in figures.items()} == {
        "answer_contains_gold": [1.0],
        "token_f1": [pytest.approx(2 * 2 / (2 + 9))],
        "short_answer_em": [1.0],
        "short_answer_f1": [1.0],
        "answer_first": [1.0],
        "citation_recall": [1.0],
        "citation_precision": [1.0],
        "wrong": [0.0],
        "abstained_answerable": [0.0],
    }
    assert list(answers.abstained([asked])) == [0.0]
    assert list(answers.seconds([asked])) == ["time_to_first_token", "time_to_answer"]


# What the plain chain's model says to each question of SMALL, and to one that nothing answers.
SAID = {
    "travaux": "Les travaux ont duré six mois.",
    "chantier": "Le chantier a coûté 5 millions d'euros.",
    "musée": "Je ne sais pas.",
    "animals": "48 sheep died.",
    "Lune": "Le contexte ne mentionne pas la Lune.",
}


def plain_reply(messages) -> str:
    """Answers both chains: ours with the number of the first sentence, the plain one with `SAID`."""
    asked = messages[-1].text
    if not asked.startswith("You are an assistant"):
        return "[1] Le musée de Port-Salin rouvrira le 3 mai."
    question = asked[asked.index("Question: ") : asked.index("Context: ")]
    return next(said for word, said in SAID.items() if word in question)


@pytest.mark.long
def test_an_answer_given_before_is_not_timed(tmp_path, make_settings):
    corpus = read_squad([write(tmp_path / "museum.json", {"data": SMALL["data"][1:2]})])
    with bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en") as opened:
        asking = partial(answers.ask_ours, build_chain(opened.engine, FakeChatModel(respond=plain_reply)))
        asked = answers.ask_all(asking, [*corpus.questions, *corpus.questions], lambda: None)
    assert asked[0].said == asked[1].said == "Le musée de Port-Salin rouvrira le 3 mai."
    told = {**answers.seconds(asked), **answers.tokens(asked)}
    assert [list(np.isnan(values)) for values in told.values()] == [[False, True]] * 4


@pytest.fixture
def stock_and_ours(tmp_path, make_settings):
    """`(results, model)`: both systems' answers to SMALL's questions and to one about the Moon."""
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    model = FakeChatModel(respond=plain_reply)
    settings = make_settings().model_copy(update={"chat_model": ChatModelSettings(model="openai:fake")})
    with bench_library.bench(corpus, settings, tmp_path / "cache", "en") as opened:
        runner = Runner(corpus, corpus.questions, opened, "en")
        results = [runner.retrieval(system) for system in ("stock", "ours")]
        moon = GoldQuestion("À quelle distance est la Lune ?")
        yield runner.answers(results, AlsoAsked([moon]), model), model


def test_the_plain_chain_is_measured_on_the_same_questions(stock_and_ours):
    (stocks, ours), _ = stock_and_ours
    assert [stocks.system, ours.system, stocks.questions, ours.questions] == ["stock", "ours", 4, 4]
    figures = {name: list(values) for name, values in {**stocks.figures, **stocks.others}.items()}
    pointed = [
        *("short_answer_em", "short_answer_f1", "answer_first", "citation_recall", "citation_precision")
    ]
    assert {name: figures.pop(name) for name in pointed} == dict.fromkeys(
        pointed, [pytest.approx(np.nan, nan_ok=True)] * 4
    )
    pieces = [math.ceil(len(said) / 4) for said in SAID.values()]  # the fake streams four characters a piece
    assert figures == {
        "answer_contains_gold": [1.0, 0.0, 0.0, 1.0],
        # Of 6 and 2 words two are shared; of 7 and 3 two; of 4 and 2 none; of 3 and 1 one.
        "token_f1": [0.5, pytest.approx(0.4), 0.0, 0.5],
        "wrong": [0.0, 1.0, 0.0, 0.0],
        "abstained_answerable": [0.0, 0.0, 1.0, 0.0],
        "abstained_unanswerable": [1.0],
        "prompt_tokens": [1.0] * 5,
        "output_tokens": pieces,
    }
    first, total = stocks.seconds["time_to_first_token"], stocks.seconds["time_to_answer"]
    assert len(first) == len(ours.seconds["time_to_answer"]) == 5
    assert [0 < a <= b for a, b in zip(first, total, strict=True)] == [True] * 5


def test_the_plain_chain_is_told_beside_ours(stock_and_ours):
    results, _ = stock_and_ours
    compared = report.differences_to_ours(results, seed=1)
    told = report.as_json(results, compared)
    shared = [
        *("answer_contains_gold", "token_f1", "wrong", "abstained_answerable", "abstained_unanswerable")
    ]
    times = [f"time_to_{what}_p{percent}" for what in ("first_token", "answer") for percent in (50, 95)]
    citations = [
        "short_answer_em",
        "short_answer_f1",
        "answer_first",
        "citation_recall",
        "citation_precision",
    ]
    tokens = ["prompt_tokens", "output_tokens"]
    assert list(told) == ["stock", "ours"]
    assert list(told["stock"]) == [
        *["questions", "unanswerable", *shared[:2], *citations, *shared[2:], *tokens, *times, "difference"]
    ]
    assert [told["stock"][name] for name in (*shared, *citations)] == [
        *(0.5, 0.35, 0.25, 0.25, 1.0),
        *([None] * 5),
    ]
    assert list(told["stock"]["difference"]) == [*shared, *tokens]
    assert told["stock"]["difference"]["answer_contains_gold"]["mean"] == pytest.approx(
        0.5 - told["ours"]["answer_contains_gold"]
    )
    lines = {
        line.split()[0]: line.split()[1:]
        for line in report.as_text(results, compared, 3, "en").splitlines()[2:28]
        if line
    }
    assert lines["stock"] == ["ours"]
    assert [lines["answer_contains_gold"][0], lines["citation_recall"][0], lines["recall@1"][0]] == [
        "0.500",
        "–",
        "–",
    ]


def test_the_plain_chain_gets_langchains_prompt_and_the_four_nearest_chunks(tmp_path, make_settings):
    texts = [f"Le chat numéro {number} dort. " + "Il ronfle. " * 70 for number in range(6)]
    asked = qa("Quel chat dort ?", "numéro 3", texts[3])
    data = squad(*((f"Chat {n}", [(text, [asked] if n == 3 else [])]) for n, text in enumerate(texts)))
    corpus = read_squad([write(tmp_path / "cats.json", data)])
    model = FakeChatModel(respond=["Le chat numéro 3 dort."])
    with bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en") as opened:
        runner = Runner(corpus, corpus.questions, opened, "en")
        (result,) = runner.answers([runner.retrieval("stock")], AlsoAsked(), model)
        places = baselines.Dense(
            baselines.split(corpus.articles), opened.kept.embedder, opened.folder / "stock", "en"
        )
        nearest = [place.article_id for place in places.rank("Quel chat dort ?")[:4]]
    assert list(result.figures["answer_contains_gold"]) == [1.0]
    assert result.others.keys() == {"prompt_tokens", "output_tokens"}
    by_id = {article.id: article.text.strip() for article in corpus.articles}
    ((call),) = model.calls
    assert [(message.type, message.text) for message in call.messages] == [
        (
            "human",
            "You are an assistant for question-answering tasks. Use the following pieces of retrieved context"
            " to answer the question. If you don't know the answer, just say that you don't know. Use three"
            " sentences maximum and keep the answer concise.\nQuestion: Quel chat dort ?\nContext: "
            + "\n\n".join(by_id[name] for name in nearest)
            + "\nAnswer:",
        )
    ]
    assert call.kwargs == {}


def test_what_is_left_out_is_not_in_the_plain_chains_chunks(tmp_path, make_settings):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    model = FakeChatModel(respond=["Je ne sais pas."] * 4)
    for seed in (1, 2, 3, 4):
        split = leave_out(corpus, 0.34, seed)
        smaller, left = split.corpus, split.unanswerable
        model.calls.clear()
        with bench_library.bench(smaller, make_settings(), tmp_path / "cache", "en") as opened:
            runner = Runner(smaller, smaller.questions, opened, "en")
            (result,) = runner.answers([runner.retrieval("stock")], AlsoAsked(left), model)
        assert list(result.others["abstained_unanswerable"]) == [1.0] * len(left)
        assert [
            question.text in call.messages[0].text
            for question, call in zip([*smaller.questions, *left], model.calls, strict=True)
        ] == [True] * 4
        kept = {article.text for article in smaller.articles}
        for article in corpus.articles:
            shown = {article.text in call.messages[0].text for call in model.calls}
            assert shown == {article.text in kept}


@pytest.mark.parametrize(
    "said",
    [
        "Je ne sais pas.",
        "Je ne peux pas répondre à cette question.",
        "Désolé, je n’ai pas d’information à ce sujet.",
        "Le texte ne mentionne pas la date.",
        "L'article n'indique pas combien.",
        "Les informations fournies ne permettent pas de répondre.",
        "La date n'est pas explicitement précisée.",
        "Il n'y a aucune information sur ce point.",
        "I don't know.",
        "I’m sorry, but I cannot answer that.",
        "The context does not say when.",
        "The date is not mentioned in the passages.",
        "There is no relevant information.",
    ],
)
def test_a_refusal_in_words_is_one(said):
    assert refuses(said) is True


@pytest.mark.parametrize(
    "said",
    [
        "Six mois.",
        "L'eau ne contient pas de plomb.",
        "Il ne sait pas nager.",
        "La Russie n'a pas fourni d'armes.",
        "L'information a été donnée lundi.",
        "He doesn't eat meat.",
        "The medal was not given to Anne Vial.",
        "",
    ],
)
def test_an_answer_with_a_not_in_it_is_no_refusal(said):
    assert refuses(said) is False


def test_a_folder_that_cannot_be_made_is_told(tmp_path, make_settings):
    corpus = read_squad([write(tmp_path / "small.json", SMALL)])
    (tmp_path / "cache").write_text("a file")
    with (
        pytest.raises(UserError, match="can't be made"),
        bench_library.bench(corpus, make_settings(), tmp_path / "cache", "en"),
    ):
        pass
