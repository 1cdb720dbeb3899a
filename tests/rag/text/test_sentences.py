"""Languages are told, sentences keep their offsets, and words are compared in one form."""

from __future__ import annotations

import textwrap
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rag.text.analyzer import LANGUAGES as LANGUAGES_WITH_STEMMER
from rag.text.analyzer import content_words, query_terms, terms
from rag.text.language_detection import detect_language
from rag.text.normalization import fold, normalise_text, words
from rag.text.sentence_boundaries import boundaries
from rag.text.sentences import split_sentences
from rag.text.stop_words import stop_words

SETS = Path(__file__).parents[2] / "data" / "sentences"
LANGUAGES = [None, "fr", "en", "de", "ar", "zh", "ja", "ru", "hi", "el", "xx", ""]
# Whatever a splitter may trip over: line ends of all kinds, quotes, lists, abbreviations, its own marks.
ODD = [
    *" \n\t\r\x0b\x0c\x1c\x85\u2028\u00a0.!?…:;,'\"«»“”()[]{}*_-–—&@/\\|0123456789",
    *"aéZÉ中。，ا\0\u200b\ud800∯ᓰ☝ȸ♨☏♬♭ƪ",
    *("&ᓷ&", "M. ", "etc.", "p. 3", "J.-C.", "1) ", "a. ", "iv. ", "...", "?! ", "l'", "www.a.fr/b.html"),
    *("Il a dit\n", "\nqui ", "\n\n"),
]


def sentences(text: str, language: str | None = "fr") -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


# --- sentences ---


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "M. Witkoff est venu. Il a parlé.", ["M. Witkoff est venu.", "Il a parlé."]),
        ("fr", "« Rien. Jamais ! », a-t-il dit. Fin.", ["« Rien. Jamais ! », a-t-il dit.", "Fin."]),
        ("fr", "Il a coûté 2.5 millions. Trop ?", ["Il a coûté 2.5 millions.", "Trop ?"]),
        ("fr", "(Il pleut.) Il vente.", ["(Il pleut.)", "Il vente."]),
        (
            "en",
            "Dr. Smith met Mr. Jones at 5 p.m. They left.",
            ["Dr. Smith met Mr. Jones at 5 p.m.", "They left."],
        ),
        ("en", "Again? No. I said one term.", ["Again?", "No.", "I said one term."]),
        ("en", "See No. 5 and vol. I for more.", ["See No. 5 and vol. I for more."]),
        ("fr", "Elle aime l'art. C'est rare.", ["Elle aime l'art.", "C'est rare."]),
        ("fr", "Il a signalé le vol. L'enquête dure.", ["Il a signalé le vol.", "L'enquête dure."]),
        ("fr", "Ils vont dans les prés. Marie suit.", ["Ils vont dans les prés.", "Marie suit."]),
        ("fr", "C'est un jeu. 3 équipes y jouent.", ["C'est un jeu.", "3 équipes y jouent."]),
        ("fr", "Rendez-vous jeu. 3 juillet à Brécy.", ["Rendez-vous jeu. 3 juillet à Brécy."]),
        ("fr", "Elle se bat. Marie suit.", ["Elle se bat.", "Marie suit."]),
        (
            "en",
            "He fell ill. Mary left after mass. Tom stayed.",
            ["He fell ill.", "Mary left after mass.", "Tom stayed."],
        ),
        ("en", "She loves art. I don't.", ["She loves art.", "I don't."]),
        (
            "en",
            "He lives in Springfield, Ill. Mayor Ann Roe called.",
            ["He lives in Springfield, Ill. Mayor Ann Roe called."],
        ),
        ("de", "Es war ca. 5 Uhr. Er ging.", ["Es war ca. 5 Uhr.", "Er ging."]),
        ("zh", "北京宣布了新的措施。市民欢迎。", ["北京宣布了新的措施。", "市民欢迎。"]),
        ("ar", "لم نوقع أي اتفاق. ثم غادر.", ["لم نوقع أي اتفاق.", "ثم غادر."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(language: str, text: str, expected: list[str]):
    assert sentences(text, language) == expected


def paragraphs(part: str) -> list[tuple[str, str, str, list[str]]]:
    """Trap, language, text and sentences of press copy in which each trap of full stops occurs."""
    listed = yaml.safe_load((SETS / f"{part}.yaml").read_text("utf-8"))
    return [
        (one["trap"], one["lang"], one.get("join", " ").join(one["sentences"]), one["sentences"])
        for one in listed
    ]


@pytest.mark.parametrize(("trap", "language", "text", "expected"), paragraphs("open"))
def test_press_copy_is_cut_as_a_copy_editor_would(trap: str, language: str, text: str, expected: list[str]):
    assert sentences(text, language) == expected, trap


def test_press_copy_that_no_rule_was_made_for_is_cut_right_in_99_of_100_places():
    right = told = 0
    for _, language, text, expected in paragraphs("kept"):
        found, place, ends = {span.end for span in split_sentences(text, language)}, 0, set()
        for sentence in expected:
            place = text.index(sentence, place) + len(sentence)
            ends.add(place)
        right, told = right + len(found & ends), told + len(found | ends)
    assert told >= 290
    assert right / told >= 0.99


def test_a_long_line_takes_time_in_proportion_to_its_length():
    """Every mark looks at a bounded part of what is around it."""
    text = "« Il a dit (non). « M. J. K. » " * 20_000
    found = split_sentences(text, "fr")
    assert found[-1].end == len(text.rstrip())


def test_a_closing_guillemet_stays_with_its_sentence():
    text = "« Nous espérons la paix. Elle viendra. », a déclaré Poutine. Trump a salué l’accord."
    assert sentences(text) == [
        "« Nous espérons la paix. Elle viendra. », a déclaré Poutine.",
        "Trump a salué l’accord.",
    ]


def test_a_line_break_before_a_small_letter_is_soft():
    text = "Le pont de Corvenne a rouvert\nlundi après trois mois\nde travaux. Le bac\ns'arrête."
    assert sentences(text) == [
        "Le pont de Corvenne a rouvert\nlundi après trois mois\nde travaux.",
        "Le bac\ns'arrête.",
    ]


@pytest.mark.parametrize(
    "end", [".", "!", "?", "…", ":", ";", ". »", "! »", ".)", "?’", '."', "; ", ":\t", ".\u00a0»"]
)
def test_a_line_that_has_ended_does_not_run_on(end: str):
    assert sentences(f"Le pont a rouvert{end}\nlundi matin") == [
        f"Le pont a rouvert{end.rstrip()}",
        "lundi matin",
    ]


@pytest.mark.parametrize("end", ["", ",", " ", "»", " –", "’", ")", "\u00a0»", "-"])
def test_a_line_that_has_not_ended_runs_on(end: str):
    assert sentences(f"Le pont{end}\nrouvre.") == [f"Le pont{end}\nrouvre."]


@pytest.mark.parametrize(
    "start", ["Lundi", "Été", "12 mars", "« lundi", "(lundi", "- lundi", " lundi", "", "\tlundi", "中文"]
)
def test_a_line_that_does_not_begin_with_a_small_letter_is_a_new_sentence(start: str):
    found = sentences(f"Le pont a rouvert\n{start}\nfin")
    assert found[0] == "Le pont a rouvert"


@pytest.mark.parametrize("blank", ["\n\n", "\n \n", "\n\u00a0\n", "\n»\n", "\n\n\n"])
def test_a_blank_line_always_ends_a_sentence(blank: str):
    found = sentences(f"le pont de Corvenne{blank}le bac de Valmorin")
    assert (found[0], found[-1]) == ("le pont de Corvenne", "le bac de Valmorin")


def test_a_text_wrapped_at_any_width_has_the_sentences_it_had():
    text = (
        "Le conseil de la ville a voté mardi un budget de 12 000 euros pour la réfection du vieux pont, "
        "qui était fermé depuis que la rivière avait débordé. Les travaux dureront jusqu'au printemps et "
        "seront confiés à une entreprise de la région, selon la mairie."
    )
    for width in range(40, 120):
        wrapped = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
        starts_with_digit = any(line[0].isdigit() or line[0].isupper() for line in wrapped.split("\n")[1:])
        if not starts_with_digit:
            assert [" ".join(found.split()) for found in sentences(wrapped)] == sentences(text)


def test_a_line_longer_than_the_splitter_is_given_at_once_loses_nothing():
    text = "Une phrase de plus. " * 1_000
    assert sentences(text) == ["Une phrase de plus."] * 1_000
    assert sentences("Bon. " + "X" * 12_345) == ["Bon.", "X" * 12_345]


texts = st.text() | st.lists(st.sampled_from(ODD), max_size=60).map("".join)


@given(texts, st.sampled_from(LANGUAGES))
def test_sentences_hold_every_character_once(text: str, language: str | None):
    spans = split_sentences(text, language)
    end = 0
    for span in spans:
        assert text[end : span.start].strip() == ""
        inner = text[span.start : span.end]
        assert inner == inner.strip() != ""
        end = span.end
    assert text[end:].strip() == ""


@given(
    st.lists(st.sampled_from(["Le pont", "rouvre.", "lundi", "Enfin", "« ah »", "", " ", "3"]), max_size=12)
)
def test_only_soft_breaks_are_inside_a_sentence(lines: list[str]):
    """A sentence never holds a break that the rule calls hard."""
    for found in sentences("\n".join(lines)):
        for before, after in pairwise(found.split("\n")):
            assert after[0].islower()
            assert before.strip() != ""
            assert before.rstrip(" »")[-1] not in ".!?…:;"


def test_splitting_is_the_same_from_any_thread():
    text = "M. Witkoff est venu. Il a parlé. « Rien ! », a-t-il dit. " * 20
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: tuple(split_sentences(text, "fr")), range(40)))
    assert found == {tuple(split_sentences(text, "fr"))}


# --- languages ---


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le président américain et son homologue russe se sont entretenus samedi.", "fr"),
        ("The two presidents met on Saturday at a military base in Alaska.", "en"),
        ("Der Präsident traf am Samstag seinen Amtskollegen auf einem Stützpunkt.", "de"),
        ("أعلنت الحكومة يوم الثلاثاء عن خطة جديدة لدعم الاقتصاد.", "ar"),
        ("两位总统星期六在阿拉斯加会面，没有签署任何协议。", "zh"),
    ],
)
def test_a_language_is_told_from_a_sentence(text: str, language: str):
    assert detect_language(text) == language
    assert detect_language(text, among=("fr", "en")) == language


@pytest.mark.parametrize("text", ["", " \n", "12 000", "🎉 !", "?", "\0", "٣"])
def test_without_a_word_there_is_no_language(text: str):
    assert detect_language(text, among=("fr",)) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("Qui l'accompagnait ?", "fr"), ("Where was it?", "en"), ("Et combien ?", "fr"), ("Who paid?", "en")],
)
def test_a_short_question_is_in_one_of_the_languages_to_expect(text: str, language: str):
    assert detect_language(text, among=("fr", "en")) == language


# --- the form in which text is kept ---


def test_text_is_kept_composed_with_one_kind_of_line_end():
    assert normalise_text("E\u0301te\u0301\r\nFin\rOui\n") == "Été\nFin\nOui\n"


def test_lone_surrogates_are_replaced_where_text_comes_in():
    assert normalise_text("a\ud800b\udfffc") == "a\ufffdb\ufffdc"
    assert normalise_text("👩‍🚀") == "👩‍🚀"


@given(st.text() | texts)
def test_kept_text_can_be_stored_and_is_kept_as_it_is(text: str):
    kept = normalise_text(text)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert "\r" not in kept
    assert unicodedata.is_normalized("NFC", kept)
    assert normalise_text(kept) == kept


# --- words and terms ---


def test_folding_leaves_the_letters():
    assert fold("L’Élysée, l'ŒUVRE ; STRASSE/Straße ǅ") == "l'elysee, l'oeuvre ; strasse/strasse dz"


def test_elisions_hyphens_and_possessives_are_cut():
    found = words("L’Élysée a-t-il versé, jusqu'à mardi, qu’elle l'aide aujourd'hui ?")
    assert " ".join(found) == "elysee a t il verse a mardi elle aide aujourd'hui"
    assert words("The company's don't") == ["the", "company", "don't"]


@pytest.mark.parametrize(
    "written",
    ["12 000", "12\u00a0000", "12\u202f000", "12\u2009000", "12.000", "12,000", "12'000", "12’000", "12000"],
)
def test_grouped_thousands_are_one_number(written: str):
    assert words(f"Il a versé {written} euros.") == ["il", "a", "verse", "12000", "euros"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3,5", "3.5"),
        ("3.5", "3.5"),
        ("1\u00a0000\u00a0000,5", "1000000.5"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
    ],
)
def test_decimals_are_written_one_way(written: str, number: str):
    assert words(f"soit {written} %") == ["soit", number]


def test_numbers_that_only_stand_side_by_side_are_not_joined():
    found = words("en 2024, 12 000 ; 12 34 ; 2025 300 ; x12 000")
    assert found == ["en", "2024", "12000", "12", "34", "2025", "300", "x12", "000"]


def test_scripts_without_spaces_give_pairs():
    assert words("北京宣布") == ["北京", "京宣", "宣布"]
    assert words("東") == ["東"]


def test_terms_are_stems_of_the_words_that_say_something():
    assert terms("Les présidents se rencontrent à Anchorage", "fr") == [
        "president",
        "rencontr",
        "anchorag",
    ]
    assert terms("The presidents met in Anchorage", "en") == ["presid", "met", "anchorag"]
    assert terms("Les présidents", "xx") == terms("Les présidents", None) == ["les", "presidents"]


def test_content_words_are_not_stemmed():
    assert content_words("Que les travaux ont-ils coûté ?", "fr") == ["travaux", "coute"]


def test_a_question_s_terms_are_stemmed_as_each_article_language_would():
    assert query_terms(content_words("Which presidents met?", "en"), ["en", "fr"]) == [
        "presid",
        "met",
        "president",
    ]


@given(texts)
def test_words_are_folded_and_without_white_space(text: str):
    for word in words(text):
        assert word
        assert not any(character.isspace() for character in word)
        assert fold(word) == word


@given(st.text(alphabet="abcéàîçôù '’-œ.,0123456789", max_size=60))
def test_case_accents_and_apostrophes_make_no_difference(text: str):
    assert words(text.upper()) == words(text) == words(unicodedata.normalize("NFD", text.replace("’", "'")))


@pytest.mark.parametrize("text", ["XVIIIe", "XVIIIème", "XVIIIième", "18e", "18ème", "18ième"])
def test_a_century_has_the_same_terms_however_it_is_written(text: str):
    assert terms(f"au {text} siècle", "fr") == ["18", "siecl"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la vie au siècle dernier", ["vi", "siecl", "derni"]),
        ("le même siècle", ["mem", "siecl"]),
        ("au IXème siècle", ["9", "siecl"]),
        ("au VIe siècle", ["6", "siecl"]),
        ("du XVIIème au XIXième siècle", ["17", "19", "siecl"]),
        ("le XVIIIième arrondissement", ["xviiiiem", "arrond"]),
    ],
)
def test_only_what_is_written_as_a_century_is_one(text: str, expected: list[str]):
    assert terms(text, "fr") == expected


@given(st.integers(1_000, 999_999_999), st.sampled_from([" ", "\u00a0", "\u202f", ".", ",", "'"]))
def test_any_number_is_found_however_it_is_grouped(number: int, separator: str):
    assert words(f"les {number:,} voix".replace(",", separator)) == ["les", str(number), "voix"]


# --- numbers, dates and names in one form ---


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((text, "fr") for text in ("le 16 août 2025", "16/08/2025", "16.08.2025", "2025-08-16")),
        *((text, "en") for text in ("August 16, 2025", "16th of August 2025", "08/16/2025", "Aug. 16, 2025")),
        ("16 de agosto de 2025", "es"),
        ("16. August 2025", "de"),
        ("16/08/2025", None),
    ],
)
def test_a_date_has_the_same_terms_however_it_is_written(text: str, language: str | None):
    assert sorted(terms(text, language)) == ["16", "2025", "m08"]


def test_a_month_s_name_alone_finds_its_dates():
    assert terms("en août", "fr") == ["m08"]
    assert terms("12 sept. 2025", "fr") == ["12", "m09", "2025"]
    assert terms("they may march", "en") == ["may", "march"]
    assert terms("99/99/2025", "fr") == ["99", "99", "2025"]


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        *((text, "fr", "12000") for text in ("12 000", "12.000", "douze mille", "12 mille")),
        *((text, "en", "12000") for text in ("12,000", "twelve thousand", "12 thousand")),
        *((text, "fr", "3200000000") for text in ("3,2 milliards", "3 200 000 000")),
        ("3.2 billion", "en", "3200000000"),
        ("vingt et un", "fr", "21"),
        ("cinquante pour cent", "fr", "50"),
        ("50 %", "fr", "50"),
        ("fifty percent", "en", "50"),
        ("1er", "fr", "1"),
        ("XIXe", "fr", "xix"),
        ("fünfzig", "de", "50"),
        ("١٢٣", "ar", "123"),
    ],
)
def test_a_number_has_one_term_however_it_is_written(text: str, language: str, number: str):
    assert terms(text, language) == [number]


def test_centuries_are_read_and_small_words_are_not_numbers():
    assert terms("XIXe siècle", "fr") == terms("19e siècle", "fr") == ["19", "siecl"]
    assert terms("un pont neuf, deux ponts", "fr") == ["pont", "neuf", "deux", "pont"]
    assert terms("des millions", "fr") == ["million"]


def test_initials_and_acronyms_are_names():
    assert terms("l'O.N.U. en 52 av. J.-C.", "fr") == ["onu", "52", "av", "jc"]
    assert terms("The U.S. and the WHO said so.", "en") == ["us", "who", "said"]
    assert terms("WHO IS THE PRESIDENT", "en") == ["presid"]


def test_hyphens_make_no_difference():
    assert terms("Saint-Denis", "fr") == terms("Saint Denis", "fr") == ["saint", "den"]


def test_words_that_look_like_elisions_stay_whole():
    assert words("Quelqu’un d’aujourd’hui sur la presqu’île") == [
        "quelqu'un",
        "aujourd'hui",
        "sur",
        "la",
        "presqu'ile",
    ]


def test_vowel_signs_belong_to_their_word():
    assert words("समाचार பாஜக ஆட்சி") == ["समाचार", "பாஜக", "ஆட்சி"]
    assert terms("समाचारों", "hi") == terms("समाचार", "hi")


def test_every_language_with_a_stemmer_has_stop_words():
    assert {language for language in LANGUAGES_WITH_STEMMER if not stop_words(language)} == set()
    assert stop_words(None) == stop_words("xx") == frozenset()
    assert {"der", "und"} <= stop_words("de")


class Weighed(str):
    """A text that counts the characters that are copied out of it."""

    copied = 0

    def __getitem__(self, place):
        part = super().__getitem__(place)
        self.copied += len(part)
        return part


@pytest.mark.parametrize("unit", ["It is. ", " •", "«a. ", "A. ", ". ", "« Oui. » ", '"No." ', "?! "])
def test_a_long_line_is_looked_at_around_its_marks_only(unit):
    line = Weighed(unit * 5_000)
    boundaries(line, "en")
    assert line.copied < 2_000 * 5_000
