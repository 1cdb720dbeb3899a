import json
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.config import ReaderSettings
from rag.errors import ConfigError
from rag.reading.reader import Reader, load_reader
from rag.reading.schema import PassageWindow
from rag.reading.weights import BUNDLED
from rag.text.sentences import split_sentences

FRENCH = (
    "Le président russe Vladimir Poutine est arrivé mardi à Pékin. Il était accompagné du ministre des "
    "Affaires étrangères Sergueï Lavrov. Le séisme, de magnitude 6,4, a fait 312 morts dans la province. "
    "« Nous n'avons plus d'eau », a déclaré Karim Benali, le maire de la ville."
)
ENGLISH = (
    "The city council voted on Monday to close the swimming pool. The mayor, Ann Porter, said the repairs "
    "would cost $2.4 million. About 300 residents had signed a petition against it."
)


def window(text: str, language: str) -> PassageWindow:
    return PassageWindow(text, tuple(split_sentences(text, language)))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("question", "text", "language", "words"),
    [
        ("Quelle est la magnitude du séisme ?", FRENCH, "fr", "6,4"),
        ("Combien de morts le séisme a-t-il faits ?", FRENCH, "fr", "312"),
        ("Qui est le maire de la ville ?", FRENCH, "fr", "Karim Benali"),
        ("qui est le maire", FRENCH, "fr", "Karim Benali"),
        ("Where did Putin arrive?", FRENCH, "fr", "Pékin"),
        ("Who is the mayor?", ENGLISH, "en", "Ann Porter"),
        ("How much would the repairs cost?", ENGLISH, "en", "2.4 million"),
        ("Combien coûteraient les réparations ?", ENGLISH, "en", "2.4 million"),
    ],
)
def test_the_words_that_answer_are_found(reader, question, text, language, words):
    (reading,) = reader.read(question, [window(text, language)])
    best = reading.answers[0]
    assert words in text[best.start : best.end]
    answering = max(reading.sentences, key=lambda one: one.probability)
    assert answering.span.start <= best.start < best.end <= answering.span.end


def test_a_passage_without_the_answer_is_less_answerable(reader):
    asked = "Combien de morts le séisme a-t-il faits ?"
    held, lacking = reader.read(asked, [window(FRENCH, "fr"), window(FRENCH.split(" Le séisme")[0], "fr")])
    assert held.answerable > lacking.answerable


def test_passages_are_read_alike_alone_and_together(reader):
    passages = [window(FRENCH, "fr"), window(ENGLISH, "en"), window(FRENCH[:61], "fr")]
    together = reader.read("Who is the mayor?", passages)
    alone = [reader.read("Who is the mayor?", [one])[0] for one in passages]
    for one, other in zip(together, alone, strict=True):
        assert one.answerable == pytest.approx(other.answerable, abs=1e-4)
        assert (one.answers[0].start, one.answers[0].end) == (other.answers[0].start, other.answers[0].end)


def test_a_long_passage_is_read_to_its_end(reader):
    text = "Les travaux de la place ont repris jeudi sous la pluie. " * 60 + FRENCH
    (reading,) = reader.read("Qui est le maire de la ville ?", [window(text, "fr")])
    best = reading.answers[0]
    assert "Karim Benali" in text[best.start : best.end]
    assert len(reading.sentences) == len(split_sentences(text, "fr"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=300))
def test_every_offset_resolves_whatever_the_texts(reader, question, text):
    passage = window(text, "fr")
    (reading,) = reader.read(question, [passage])
    assert [one.span for one in reading.sentences] == list(passage.sentences)
    assert 0 <= reading.answerable <= 1
    for one in reading.sentences:
        assert 0 <= one.probability <= 1
        assert one.answer is None or one.span.start <= one.answer.start < one.answer.end <= one.span.end
    kept = sorted(reading.answers, key=lambda one: one.start)
    assert all(one.end <= other.start for one, other in pairwise(kept))
    assert all(any(s.start <= one.start < one.end <= s.end for s in passage.sentences) for one in kept)


def test_nothing_is_read_of_nothing(reader):
    assert reader.read("Qui ?", []) == []
    (reading,) = reader.read("Qui ?", [PassageWindow("", ())])
    assert (reading.answerable, reading.answers, reading.sentences) == (0.0, (), ())


def test_reading_needs_neither_pytorch_nor_transformers():
    code = (
        "import sys; from rag.reading.reader import Reader; from rag.reading.schema import PassageWindow;"
        "Reader().read('Qui ?', [PassageWindow('Anne dort.', ())]);"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_settings_say_which_reader(tmp_path):
    assert load_reader(ReaderSettings(model="none")) is None
    assert load_reader(ReaderSettings()) is not None
    with pytest.raises(ConfigError, match="neither bundled, none, openai:name, nor a folder") as raised:
        load_reader(ReaderSettings(model=str(tmp_path / "nowhere")))
    assert "ni bundled, ni none, ni openai:nom, ni un dossier" in raised.value.text("fr")


def test_damaged_weights_are_refused(tmp_path):
    folder = tmp_path / "reader"
    shutil.copytree(BUNDLED, folder)
    weights = folder / "reader.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ConfigError, match="damaged") as raised:
        Reader(folder).load()
    assert "endommagés" in raised.value.text("fr")


def test_weights_of_another_shape_are_refused(tmp_path):
    folder = tmp_path / "reader"
    shutil.copytree(BUNDLED, folder)
    about = json.loads((folder / "reader.json").read_text())
    (folder / "reader.json").write_text(json.dumps(about | {"first_layer": 0}))
    with pytest.raises(ConfigError, match="damaged or not a reader's"):
        Reader(folder).load()


def test_a_folder_without_weights_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no reader\.safetensors"):
        Reader(tmp_path).load()
