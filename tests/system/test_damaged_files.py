"""Whichever file of a library is damaged, and however: the same answers as before, or a sentence.

Never another answer, a traceback or a hang; `sourcier doctor` repairs what is derived, or says what is lost.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from damaged_files import DAMAGES, FLIPS, answers, settings_of
from desk import Desk
from fake_embedder import FakeEmbedder
from run import THOROUGH

from rag.conversation.store import ConversationStore, Record
from rag.engine.engine import open_recovered
from rag.library.library import FILE_NAME

PROGRAM = Path(__file__).parents[1] / "support" / "damaged_files.py"
DERIVED, TRUTH = {"vectors", "terms", "sketches"}, {FILE_NAME, "conversations.sqlite3"}
SECONDS = 120  # that a case may take, on a machine that does much else
TEXTS = {
    "pont.txt": "Le pont de Corvenne a rouvert lundi 3 mars 2025, après trois mois de travaux. Il a coûté"
    " 486 000 euros à la commune. Le maire de Corvenne, Paul Lantier, en est content.",
    "piscine.md": "---\ntitle: La piscine de Malvoisy ouvre\nsite: Le Phare\ndate: 2026-03-02\n---\n"
    "La mairie de Malvoisy a ouvert une piscine de 25 mètres. Elle a coûté 2 millions d'euros.\n\n"
    "Elle accueille 300 nageurs. « Nous l'attendions », a dit Odile Brac.",
    "musee.md": "---\ntitle: Le musée rouvre\nsite: L'Écho\ndate: 2026-03-04\n---\n"
    "Le musée de Port-Salin rouvrira le 3 mai. Inès Ferrand dirige le musée de Port-Salin depuis 2020.",
    "ferry.txt": "The Kestwick ferry is back. The harbour master of Kestwick, Moira Tallon, said that the new"
    " engine is quiet. London had asked Norway for it.",
    "bac.txt": "Le bac de Valmorin reste à quai dimanche parce que deux capitaines sont malades.",
}
MORE = {
    f"{n:02}.txt": f"La scierie numéro {n} de Saint-Brice a brûlé. Elle employait {n + 3} ouvriers."
    for n in range(12)
}
OTHERS = {
    name: text.replace("486", "732").replace("lundi 3", "jeudi 6").replace("deux", "trois")
    for name, text in TEXTS.items()
} | {f"gare{n}.txt": f"La gare de Toury ferme la voie {n}. Son chef en a {n + 2} autres." for n in range(9)}


def made(folder: Path, texts: dict[str, str]) -> Path:
    """A library of these articles, with a conversation; its folder."""
    with closing(Desk(folder)) as desk:
        for name, text in texts.items():
            desk.write(name, text)
        desk.ingest()
        desk.write("bac.txt", texts["bac.txt"] + " Il reprendra lundi.")
        desk.ingest()
        with closing(ConversationStore(desk.data)) as store:
            store.put(store.begin("", "Quand ?").id, "", Record(1, "Quand ?", {"articles": []}))
    return desk.data


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("libraries")
    return made(folder / "one", TEXTS | MORE), made(folder / "other", OTHERS)


def files_of(library: Path) -> list[str]:
    """Every file that there is something in."""
    return sorted(
        file.relative_to(library).as_posix()
        for file in library.rglob("*")
        if file.is_file() and file.stat().st_size
    )


def counterpart(file: str, other: Path) -> str | None:
    """The file of another library that is the same part of it: names of parts are made up by their makers."""
    if (other / file).exists():
        return str(other / file)
    folder, ending = Path(file).parent, Path(file).suffix
    if folder.parent.name == "chroma":
        return next((str(one) for one in (other / folder.parent).glob(f"*/{Path(file).name}")), None)
    return next((str(one) for one in sorted((other / folder).glob(f"*{ending}"))), None)


def damages(file: str, number: int) -> tuple[str, ...]:
    """How a file is damaged: in every way if it is the truth, or in `make test-thorough`.

    Any other is cut, replaced or emptied, and flipped at one place of three: which, its `number` says, so
    that files of the same kind, which stand beside one another, have the different ones among them.
    """
    if THOROUGH or file in TRUTH:
        return DAMAGES
    flips = [*FLIPS]
    return ("truncated", ("emptied", "another's")[number % 2], flips[number // 2 % len(flips)])


def results(library: Path, work: Path, cases: list[dict]) -> Iterator[dict]:
    """What became of each case; a program that hangs or ends is told, and another one goes on."""
    waiting = list(cases)
    while waiting:
        work.mkdir(exist_ok=True)
        folder = work / str(len(waiting))
        folder.mkdir()
        with subprocess.Popen(
            [sys.executable, str(PROGRAM), str(library), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as program:  # fmt: skip
            for case in list(waiting):
                program.stdin.write(json.dumps(case) + "\n")
                program.stdin.flush()
                ready, _, _ = select.select([program.stdout], [], [], SECONDS)
                line = program.stdout.readline() if ready else ""
                waiting.remove(case)
                if not line:
                    program.kill()
                    how = "ended" if ready else "hung"
                    nothing = ("", None)
                    yield {
                        "case": case,
                        "changed": True,
                        "first": (how, None),
                        "doctor": nothing,
                        "again": nothing,
                    }
                    break
                yield json.loads(line)
            else:
                program.stdin.close()


def test_every_file_is_damaged_and_files_of_a_kind_in_every_way():
    kind = [damages("terms/a.term", number) for number in range(6)]
    assert {how for one in kind for how in one} == {*DAMAGES}
    assert all("truncated" in one and {*FLIPS} & {*one} for one in kind)
    assert {damages(file, 1) for file in TRUTH} == {DAMAGES}


def test_every_file_damaged_in_every_way(libraries: tuple[Path, Path], tmp_path: Path):
    library, other = libraries
    whole = {"library": answers_of(library, tmp_path / "1"), "other": answers_of(other, tmp_path / "2")}
    assert whole["library"] != whole["other"]
    cases = [
        {"file": file, "damage": how, "other": counterpart(file, other)}
        for number, file in enumerate(files_of(library))
        for how in damages(file, number)
    ]
    told = [one for one in results(library, tmp_path / "work", cases) if one["changed"]]
    faults = {f"{one['case']['file']}, {one['case']['damage']}": fault(one, whole) for one in told}
    assert {name: why for name, why in faults.items() if why} == {}
    # None of this is true of nothing.
    assert {Path(one["case"]["file"]).parts[0] for one in told} >= {*DERIVED, *TRUTH}
    outcomes = Counter(one["first"][0] for one in told)
    assert (2 * outcomes["answered"] > len(told), outcomes["refused"] > 5) == (True, True), outcomes


def answers_of(library: Path, folder: Path) -> list:
    """The answers of a library that nothing is wrong with."""
    shutil.copytree(library, folder)
    with closing(open_recovered(settings_of(folder), FakeEmbedder())) as engine:
        return answers(engine)


def fault(told: dict, whole: dict[str, list]) -> str | None:
    """What is wrong with what came of a damage; None if nothing is."""
    file, how = told["case"]["file"], told["case"]["damage"]
    for when in ("first", "doctor", "again"):
        kind, said = told[when]
        if kind in ("hung", "ended", "broke"):
            return f"{when}: {kind} {(said or '')[-1500:]}"
        if kind == "refused" and ("\n" in said or not said.endswith(".")):
            return f"{when}: not one sentence: {said}"
        # The library is the truth: what is derived follows the one that was put there, when it is checked.
        replaced = when == "again" and (file, how) == (FILE_NAME, "another's")
        expected = whole["other" if replaced else "library"]
        if kind == "answered" and not same(said["answers"], expected):
            return f"{when}: other answers {difference(said['answers'], expected)}"
        if kind == "answered" and said["kept"] not in (["Quand ?"], []):
            return f"{when}: another conversation {said['kept']}"
    if Path(file).parts[0] in DERIVED and told["again"][0] != "answered":
        return f"not repaired: {told['doctor'][1]} {told['again'][1]}"
    return None


def same(said: list, expected: list) -> bool:
    """The same answers; or, where an article is damaged and that is told, others of the rest."""
    return all(
        one["left_out"] or shown(one) == shown(other) for one, other in zip(said, expected, strict=True)
    )


def shown(answer: dict) -> dict:
    """An answer without what a term index that was made anew counts otherwise, having forgotten what went."""
    hits = sorted((hit["article_id"], hit["start"], hit["end"]) for hit in answer["hits"])
    return {**answer, "hits": hits}


def difference(said: list, expected: list) -> list:
    return [
        (key, str(one[key])[:300], str(other[key])[:300])
        for one, other in zip(said, expected, strict=True)
        for key in one
        if one[key] != other[key]
    ][:3]
