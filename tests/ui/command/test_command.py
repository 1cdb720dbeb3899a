"""The `sourcier` command as a user runs it: what it prints, where, and how it exits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from program import sourcier

from rag.conversation.store import ConversationStore, Record
from ui.formatting.i18n import date_text

INSTALLED = Path(sys.executable).parent / "sourcier"
BELL = "Le maire de Corvenne a dit \x1b]0;pwned\x07 bonjour. Il a ensuite coupé le ruban du pont Neuf."


def run(
    folder: Path, *arguments: str, program: list[str] | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """One command with a library in `folder`, in English and without a chat model."""
    settings = {
        "SOURCIER_DATA_DIR": str(folder / "library"),
        "SOURCIER_UI__LANGUAGE": "en",
        "SOURCIER_CHAT_MODEL__MODEL": "none",
    }
    return subprocess.run(
        [*(program or sourcier()), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | settings | environ,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a library of two articles and one broken file that was reported."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "texts").mkdir()
    (folder / "texts" / "pont.txt").write_text(BELL, encoding="utf-8")
    (folder / "texts" / "musee.md").write_text(
        "---\ntitle: Le musée rouvre\nsite: Le Phare\ndate: 2026-03-02\nurl: https://phare.example/musee\n---\n"
        "Le musée de Port-Salin rouvrira le 3 mai. L'entrée coûtera 4 euros.\n",
        encoding="utf-8",
    )
    (folder / "texts" / "broken.txt").write_bytes(b"\x00\x01\x02\x00")
    done = run(folder, "ingest", "texts", "--json", program=[str(INSTALLED)])
    assert done.returncode == 1, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == [
        "start",
        "failure",
        "article",
        "article",
        "summary",
    ]
    assert events[-1] == {
        "event": "summary",
        "read": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "failed": 1,
        "stopped": False,
        "unreadable": 0,
        "damaged": 0,
        "embargoed": 0,
        "reread": 0,
        "sources": 3,
        "total": 3,
    }
    failed = next(event for event in events if event["event"] == "failure")
    assert failed["source"] == "texts/broken.txt"
    (last,) = [event for event in events if event["event"] == "progress"][-1:]
    assert (last["done"], last["total"], last["articles"], last["passages"]) == (3, 3, 2, 2)
    return folder


def test_the_same_files_again_change_nothing(folder):
    done = run(folder, "ingest", "texts")
    assert done.stdout == "2 read: 0 new, 0 changed, 2 unchanged; 1 failed.\n"
    assert done.returncode == 1


def test_articles_are_listed_with_what_they_state(folder):
    rows = json.loads(run(folder, "articles", "list", "--json").stdout)
    assert [set(row) for row in rows] == [
        {
            "id", "title", "outlet", "language", "published_at", "updated_at", "source", "status",
            "revisions", "correction", "excerpt", "canonical_url", "corrected",
        }
    ] * 2  # fmt: skip
    assert [row["canonical_url"] for row in rows] == ["https://phare.example/musee", None]
    assert [(row["title"], row["outlet"], row["published_at"], row["status"]) for row in rows] == [
        ("Le musée rouvre", "Le Phare", "2026-03-02", "ready"),
        (rows[1]["title"], None, None, "ready"),
    ]


def test_an_answer_as_json_is_one_object_and_nothing_else(folder):
    asked = ("ask", "Quand le musée de Port-Salin rouvrira-t-il ?", "--json")
    done = run(folder, *asked, program=[str(INSTALLED)])
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    (evidence,) = answer["claims"][0]["evidence"]
    shown = json.loads(run(folder, "articles", "show", evidence["article_id"], "--json").stdout)
    assert shown["text"][evidence["start"] : evidence["end"]] == evidence["quote"]
    assert evidence["quote"] == "Le musée de Port-Salin rouvrira le 3 mai."
    for told in (evidence, shown):
        assert (told["canonical_url"], told["source"]) == ("https://phare.example/musee", "texts/musee.md")
    printed = run(folder, "articles", "show", evidence["article_id"]).stdout.splitlines()
    assert printed[2:4] == ["https://phare.example/musee", "texts/musee.md"]


def test_an_answer_is_printed_with_its_quotes(folder):
    done = run(folder, "ask", "Combien coûtera l'entrée du musée de Port-Salin ?")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "4 euros",
        "",
        "« L'entrée coûtera 4 euros. » (Le Phare) [1]",
        "",
        "[1] Le musée rouvre · Le Phare · 2 March 2026",
        "    https://phare.example/musee",
        "    texts/musee.md",
    ]


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    """A library whose articles are of yesterday and of 2024, wrapped at a few words a line."""
    folder = tmp_path_factory.mktemp("dated")
    yesterday = date.today() - timedelta(days=1)
    for name, day in (("hier", yesterday), ("jadis", date(2024, 3, 5))):
        (folder / f"{name}.md").write_text(
            f"---\ntitle: {name}\nsite: {name}\nlang: fr\ndate: {day}\n---\n"
            f"La crue de Malvoisy a inondé\n{day.day + 100} maisons du quartier\ndu moulin.\n",
            encoding="utf-8",
        )
    done = run(folder, "ingest", "hier.md", "jadis.md")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_period_in_the_question_is_told_before_the_answer(dated):
    question = "Combien de maisons la crue de Malvoisy a-t-elle inondées depuis avant-hier ?"
    done = run(dated, "ask", question, SOURCIER_UI__LANGUAGE="fr")
    day, month, year = date_text((date.today() - timedelta(days=2)).isoformat(), "fr").split()
    told = f"Articles depuis le {day} {month} {year} (« depuis avant-hier ») ; pour tout lire : --all-dates"
    houses = f"{(date.today() - timedelta(days=1)).day + 100} maisons"
    assert done.stdout.splitlines()[:4] == [told, "", houses, ""]
    said = f"La crue de Malvoisy a inondé {houses} du quartier"
    assert done.stdout.splitlines()[4] == f"« {said} du moulin. » (hier) [1]"
    assert done.stdout.splitlines()[6].startswith("[1] hier · hier · ")
    assert "jadis" not in done.stdout


def test_all_dates_reads_everything(dated):
    question = "Combien de maisons la crue de Malvoisy a-t-elle inondées depuis avant-hier ?"
    answer = json.loads(run(dated, "ask", question, "--all-dates", "--json").stdout)
    assert (answer["period"], answer["filters"]["date_from"]) == (None, None)
    assert {hit["title"] for hit in answer["hits"]} == {"hier", "jadis"}


def test_filters_are_those_that_were_asked_for(dated):
    question = "Combien de maisons la crue de Malvoisy a-t-elle inondées depuis avant-hier ?"
    arguments = [
        "--from",
        "2024-03-01",
        "--to",
        "2024-03-31",
        "--undated",
        "--outlet",
        "jadis",
        "--outlet",
        "HIER",
    ]
    arguments += ["--language", "fr", "--source", "jadis.md", "--json"]
    answer = json.loads(run(dated, "ask", question, *arguments).stdout)
    assert answer["period"] is None
    assert answer["filters"] == {
        "date_from": "2024-03-01",
        "date_to": "2024-03-31",
        "undated": True,
        "outlets": ["jadis", "hier"],
        "languages": ["fr"],
        "sources": ["jadis.md"],
        "article_ids": [],
        "dossiers": [],
    }
    assert [hit["title"] for hit in answer["hits"]] == ["jadis"]


def test_words_are_found_where_they_stand(folder):
    done = run(folder, "search", "musée", "-hôpital", "-pont", "after:2026-03")
    assert (done.returncode, done.stderr) == (0, "")
    first, _, title, about, *excerpts, url, path, article_id = done.stdout.splitlines()
    assert (first, title) == ("1 article", "1. Le musée rouvre")
    assert about.strip() == "Le Phare, 2 March 2026"
    assert [line.strip() for line in excerpts] == ["Le musée de Port-Salin rouvrira le 3 mai."]
    assert url.strip() == "https://phare.example/musee"
    assert path.strip().endswith("musee.md")
    listed = json.loads(run(folder, "articles", "list", "--json").stdout)
    assert article_id.strip() in {one["id"] for one in listed}


def test_a_search_as_json_has_pointers(folder):
    done = run(folder, "search", '"Port-Salin"', "--json")
    (hit,) = json.loads(done.stdout)["hits"]
    shown = json.loads(run(folder, "articles", "show", hit["article_id"], "--json").stdout)
    for snippet in hit["snippets"]:
        assert shown["text"][snippet["start"] : snippet["end"]] == snippet["quote"]
        assert [shown["text"][m["start"] : m["end"]] for m in snippet["marks"]] == ["Port-Salin"]


def test_a_search_that_was_mended_says_so_beside_what_it_found(folder):
    done = run(folder, "search", '"musée', "--limit", "1", SOURCIER_UI__LANGUAGE="fr")
    assert (done.returncode, done.stderr) == (0, "Guillemets fermés à la fin : « musée ».\n")
    assert done.stdout.startswith("1 article\n")
    nothing = run(folder, "search", "introuvable")
    assert (nothing.returncode, nothing.stdout.splitlines()[0][:24]) == (0, "No article has this: tak")


def test_a_search_never_lets_an_article_write_to_the_terminal(folder):
    assert "\x1b" not in run(folder, "search", "maire").stdout


def test_nothing_found_is_no_error(folder):
    done = run(folder, "ask", "What is the GDP of China?")
    told, *_ = done.stdout.partition(". ")
    assert (done.returncode, told) == (0, "No article mentions China")


def test_small_talk_is_answered_in_one_line(folder):
    assert (
        run(folder, "ask", "Merci !").stdout == "Avec plaisir. Posez une autre question quand vous voudrez.\n"
    )


def test_control_characters_of_an_article_never_reach_the_terminal(folder):
    rows = json.loads(run(folder, "articles", "list", "--json").stdout)
    article = next(row["id"] for row in rows if row["outlet"] is None)
    shown = run(folder, "articles", "show", article).stdout
    assert "ruban du pont Neuf" in shown
    assert not {"\x1b", "\x07"} & set(shown + run(folder, "articles", "list").stdout)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ingest", "nowhere"], "sourcier: nowhere: no such file or folder; check the path."),
        (["ask", " "], "sourcier: The question is empty; ask something about your articles."),
        (
            ["articles", "show", "nope"],
            "sourcier: nope: no article has this id; see `sourcier articles list`.",
        ),
        (
            ["status", "--config", "missing.yaml"],
            "sourcier: missing.yaml: no such configuration file; check the path given to --config.",
        ),
        (
            ["ask", "Qui ?", "--from", "mardi"],
            "sourcier: --from: 'mardi' is not a date; write it YYYY-MM-DD, for example 2025-08-16.",
        ),
        (
            ["ask", "Qui ?", "--from", "2025-08-17", "--to", "2025-08-16"],
            "sourcier: --from 2025-08-17 is after --to 2025-08-16; swap the two dates.",
        ),
        (
            ["search", "pont", "--limit", "0"],
            "sourcier: --limit: a number from 1 to 1000 is wanted, not 0.",
        ),
        (
            ["ask"],
            "sourcier ask: the following arguments are required: QUESTION; see `sourcier ask --help`.",
        ),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_code_2(folder, arguments, sentence):
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout, done.stderr.strip().splitlines()[-1]) == (2, "", sentence)
    assert "Traceback" not in done.stderr


def test_a_removed_article_is_gone_and_another_library_has_its_own(folder, tmp_path):
    run(tmp_path, "ingest", str(folder / "texts"))
    rows = json.loads(run(tmp_path, "articles", "list", "--json").stdout)
    conversations = ConversationStore(tmp_path / "library")
    conversation = conversations.begin("", "Le musée").id
    resting = {"articles": [[rows[0]["id"], ""]]}
    conversations.put(conversation, "", Record(1, "Quand ?", resting, words="quand ? le 3 mai"))
    conversations.put(conversation, "", Record(2, "Bonjour", {"articles": []}, words="bonjour"))
    done = run(tmp_path, "articles", "remove", *(row["id"] for row in rows))
    assert done.stdout == "2 articles removed.\n"
    assert conversations.having("", "mai") == set()
    assert conversations.having("", "bonjour") == {conversation}
    conversations.close()
    status = json.loads(run(tmp_path, "status", "--json").stdout)
    assert (status["articles"], status["passages"], status["sources"]) == (0, 0, 0)
    done = run(tmp_path, "ask", "Quand le musée rouvrira-t-il ?")
    assert (done.returncode, "The library is empty" in done.stderr) == (2, True)
    assert json.loads(run(folder, "status", "--json").stdout)["articles"] == 2


def test_a_reprinted_sentence_is_printed_once_with_who_else_carries_it(tmp_path):
    story = (
        "Le musée de Port-Salin rouvrira le 3 mai après deux ans de travaux. L'entrée coûtera 4 euros."
        " Douze salles neuves montreront les cartes marines de la collection Orne."
    )
    heads = {"phare": ("Le musée rouvre", "Le Phare", "2026-03-02")}
    heads["echo"] = ("Port-Salin\\x1b retrouve son musée", "L'Écho", "2026-03-03")
    for name, (title, outlet, day) in heads.items():
        front = f'---\ntitle: "{title}"\nsite: "{outlet}"\ndate: {day}\n---\n'
        (tmp_path / f"{name}.md").write_text(front + story, encoding="utf-8")
    assert run(tmp_path, "ingest", "phare.md", "echo.md").stdout.startswith("2 read: 2 new")
    done = run(tmp_path, "ask", "Quand le musée de Port-Salin rouvrira-t-il ?")
    lines = done.stdout.splitlines()
    named = {"Le Phare": "Also in: L'Écho, 3 March 2026", "L'Écho": "Also in: Le Phare, 2 March 2026"}
    shown = next(outlet for outlet in named if f" · {outlet} · " in lines[4])
    assert lines[:2] == ["le 3 mai", ""]
    assert (
        lines[2] == f"« Le musée de Port-Salin rouvrira le 3 mai après deux ans de travaux. » ({shown}) [1]"
    )
    assert lines[6:] == [f"    {named[shown]}"]

    answer = json.loads(run(tmp_path, "ask", "Quand le musée rouvrira-t-il ?", "--json").stdout)
    (evidence,) = answer["claims"][0]["evidence"]
    (reprint,) = evidence["also_in"]
    assert {evidence["outlet"], reprint["outlet"]} == {"Le Phare", "L'Écho"}
    assert [len(hit["also_in"]) for hit in answer["hits"]] == [1]

    told = json.loads(run(tmp_path, "articles", "show", evidence["article_id"], "--json").stdout)
    assert told["reprints"] == [reprint]
    told = run(tmp_path, "articles", "show", evidence["article_id"]).stdout
    assert named[evidence["outlet"]] in told.splitlines()
    assert "\x1b" not in told


def test_help_speaks_french_too(folder):
    done = run(folder, "ask", "--help", SOURCIER_UI__LANGUAGE="fr")
    assert (done.returncode, "poser une question aux articles" in done.stdout) == (0, True)


def test_a_library_without_sketches_says_what_to_run_and_is_whole_afterwards(tmp_path):
    (tmp_path / "pont.txt").write_text(BELL, encoding="utf-8")
    assert run(tmp_path, "ingest", "pont.txt").returncode == 0
    shutil.rmtree(tmp_path / "library" / "sketches")
    asked = run(tmp_path, "ask", "Qui a coupé le ruban du pont Neuf ?")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr == (
        "sourcier: This library was made by an earlier version, or a file of it is missing or damaged; run"
        " `sourcier doctor`.\n"
    )
    assert json.loads(run(tmp_path, "reindex", "--json").stdout) == {"reindexed": 1}
    assert run(tmp_path, "ask", "Qui a coupé le ruban du pont Neuf ?").returncode == 0


# --- handing in ---

QUESTION = "Quand le musée de Port-Salin rouvrira-t-il ?"


def test_an_answer_is_written_in_the_format_that_the_file_s_name_says(folder):
    done = run(folder, "ask", QUESTION, "--output", "musee.docx")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with zipfile.ZipFile(folder / "musee.docx") as packed:
        assert "rouvrira le 3 mai" in packed.read("word/document.xml").decode()
        assert "phare.example" in packed.read("word/_rels/footnotes.xml.rels").decode()
    assert not list(folder.glob(".musee*"))


def test_an_answer_and_its_references_are_printed_in_a_format(folder):
    made = run(folder, "ask", QUESTION, "--format", "markdown").stdout
    assert made.startswith(f"# {QUESTION}\n")
    assert "[^1]: “Le musée rouvre”, *Le Phare*, 2 March 2026, <https://phare.example/musee>.\n" in made
    assert str(folder) not in made
    (item,) = json.loads(run(folder, "ask", QUESTION, "--format", "csl-json").stdout)
    assert (item["type"], item["URL"]) == ("article-newspaper", "https://phare.example/musee")
    whole = json.loads(run(folder, "ask", QUESTION, "--format", "json").stdout)
    assert whole["exchanges"][0]["status"] == "answered"


def test_articles_are_exported_all_or_those_that_are_named_or_kept(folder):
    everything = json.loads(run(folder, "articles", "export", "--format", "csl-json").stdout)
    assert len(everything) == 2
    kept = run(
        folder, "articles", "export", "--outlet", "Le Phare", "--from", "2026-03-01", "--format", "ris"
    )
    assert kept.stdout.replace("\r\n", "\n").count("TY  - NEWS\n") == 1
    (row,) = [one for one in json.loads(run(folder, "articles", "list", "--json").stdout) if one["outlet"]]
    named = run(folder, "articles", "export", row["id"])
    assert named.stdout.startswith("@article{lephare2026musee-")
    assert named.stdout.count("@article{") == 1
    nothing = run(folder, "articles", "export", "--source", "nowhere.txt")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "No article is kept" in nothing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "x", "--json", "--format", "ris"), "--json doesn't go with --format"),
        (("ask", "x", "--output", "answer.odt"), "this name doesn't say the format"),
        (("ask", "x", "--format", "pdf"), "invalid choice"),
        (("articles", "export", "nobody"), "no article has this id"),
        (("articles", "export", "--output", "nowhere/x.bib"), "nowhere/x.bib: this file can't be written"),
        (("articles", "export", "--from", "yesterday"), "is not a date"),
    ],
)
def test_what_can_t_be_exported_is_told_in_a_sentence(folder, arguments, said):
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
