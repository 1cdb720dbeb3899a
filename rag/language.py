"""What depends on a text's language: which it is, where sentences end, and its terms.

Pure functions over strings; knows no article, index or model. Offsets count characters of the
text that was given.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import pysbd
import pysbd.languages
import Stemmer
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.schema import Span

# Closed-class words only: a longer list would drop words that a question is about.
STOP_WORDS = {
    language: frozenset(listed.split())
    for language, listed in {
        "fr": """
            a ai as au aux avec avait avaient avoir c ca car ce ceci cela celle celles celui ces cet cette
            ceux comment d dans de des donc dont du elle elles en es est et etait etaient etant ete etes etre
            eu eut fut furent il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne ni nos
            notre nous on ont or ou par pas pendant plus pour pourquoi puis qu quand que quel quelle quelles
            quels qui quoi s sa sans se sera seront ses si soi soit son sont sous sur t ta te tes toi ton tu
            un une vers vos votre vous y""",
        "en": """
            a am an and are as at be been being but by can could d did do does for from had has have he her
            hers him his how i if in into is it its ll m me my no nor not of off on or our ours out over re s
            she should so t than that the their theirs them then there these they this those to too under up
            ve was we were what when where which while who whom whose why will with would you your yours""",
    }.items()
}

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# Longest piece handed to the sentence splitter at once: its running time grows faster than its input.
_SPLIT_WINDOW = 5_000
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae", "ß": "ss"}
)
# Thousands apart by one kind of separator, and decimals after another: 12 000, 1.234,5. On folded text.
_GROUPED = re.compile(r"(?<![\w.,])(\d{1,3}(?:([ .,'])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?(?!\w|[.,]\d)")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'(?=\w)(?!hui)")
_WORD = re.compile(r"\d+[.,]\d+(?!\w)|\w+(?:'\w+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TERMINAL = ".!?…:;"
_CLOSERS = "»”’\"')]"
_CLOSING = re.compile(r"[\s»”’\"')\]…]+(?=\s|$)")
_thread = threading.local()


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str, among: Iterable[str] = ()) -> str | None:
    """ISO 639-1 code of the text's language, or None if it has no words to tell by.

    `among`: the languages to prefer when the text is too short to be sure, as most questions are;
    they decide only when the best guess over all languages has a probability under one half.
    """
    if not any(character.isalpha() for character in text):
        return None
    ranked = _identifier().rank(text[:5_000])
    code, probability = ranked[0]
    preferred = set(among)
    if probability < 0.5 and preferred:
        code = next((code for code, _ in ranked if code in preferred), code)
    return code


def normalise_text(text: str) -> str:
    """Unicode NFC with `\\n` line ends: the form in which an article's text is kept.

    Lone surrogates, which no file and no index can hold, become U+FFFD.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", lines))


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """Sentences of `text` in order, without the white space around them.

    They never overlap and together hold every character that isn't white space. A line break ends a
    sentence, unless it is soft, as those of a text wrapped at 80 columns: the next line begins with a
    lower-case letter, and the line before, closing quotes and brackets aside, doesn't end with one of
    `. ! ? … : ;`. Rules per language by pysbd, English ones where it has none.
    """
    spans: list[Span] = []
    for block in re.finditer(r"[^\n]+", unwrapped(text)):
        edges = [block.start() + edge for edge in _edges(block[0], language)]
        spans.extend(_strip(text, start, end) for start, end in pairwise(edges))
    return [span for span in spans if span.end > span.start]


def unwrapped(text: str) -> str:
    """`text` with a space for each soft line break (see `split_sentences`): no offset moves."""
    lines = text.split("\n")
    joints = (" " if _runs_on(line, after) else "\n" for line, after in pairwise(lines))
    return "".join(part for pair in zip(lines, [*joints, ""], strict=True) for part in pair)


def _runs_on(line: str, after: str) -> bool:
    last = next((char for char in reversed(line) if not char.isspace() and char not in _CLOSERS), None)
    return after[:1].islower() and last is not None and last not in _TERMINAL


def _edges(block: str, language: str | None) -> list[int]:
    """Where sentences meet in `block`, both ends included; read window by window if it is long."""
    edges = [0]
    while edges[-1] < len(block):
        start, end = edges[-1], _window_end(block, edges[-1])
        starts = _starts(block[start:end], language)
        # The last sentence of a window goes on in the next, which begins with it: unless it is so long
        # that the text would be read over and over.
        goes_on = end < len(block) and starts and starts[-1] > _SPLIT_WINDOW // 2
        edges += [start + found for found in starts]
        edges += [] if goes_on else [end]
    return edges


def _window_end(block: str, start: int) -> int:
    end = start + _SPLIT_WINDOW
    if end >= len(block):
        return len(block)
    space = block.rfind(" ", start + 1, end)
    return space if space > 0 else end


def _starts(piece: str, language: str | None) -> list[int]:
    """Where sentences begin in `piece`, but for the first.

    Only the starts that the splitter gives are used: sentences then can't overlap or lose text.
    """
    starts = {span.start for span in _segmenter(language).segment(piece) if 0 < span.start < len(piece)}
    # A closing guillemet or bracket that was cut off belongs to the sentence before it.
    moved = {s + closing.end() if (closing := _CLOSING.match(piece, s)) else s for s in starts}
    return sorted(s for s in moved if s < len(piece))


def _strip(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))


def _segmenter(language: str | None) -> pysbd.Segmenter:
    """One splitter per thread and language: it keeps the text it works on in itself."""
    code = language if language in pysbd.languages.LANGUAGE_CODES else "en"
    segmenters = _thread.__dict__.setdefault("segmenters", {})
    if code not in segmenters:
        segmenters[code] = pysbd.Segmenter(language=code, clean=False, char_span=True)
    return segmenters[code]


def fold(text: str) -> str:
    """Lower case without accents, ligatures or typographic apostrophes: `L’Élysée` → `l'elysee`."""
    # Letters such as ℠ and ﬆ only fall apart into others when decomposed, so before lower case too.
    lower = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", lower)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Folded words in order: elisions and hyphens cut, grouped digits joined (`12 000` → `12000`)."""
    found: list[str] = []
    for word in _WORD.findall(_ELISION.sub("", _GROUPED.sub(_ungrouped, fold(text)))):
        found.extend(_bigrams(word) if _CJK.search(word) else [word.replace(",", ".").removesuffix("'s")])
    return found


def _ungrouped(number: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", number[1])
    return f"{digits}.{number[3]}" if number[3] else digits


def _bigrams(word: str) -> list[str]:
    """Scripts without spaces: overlapping pairs of characters stand for words."""
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def terms(text: str, language: str | None = None) -> list[str]:
    """What the term index and the checks compare: stems of the words that carry meaning, in order."""
    return _stems(content_words(text, language), language)


def query_terms(text: str, language: str, article_languages: Iterable[str]) -> list[str]:
    """A question's terms as the articles' languages would stem them: stems differ by language."""
    content = content_words(text, language)
    found = dict.fromkeys(_stems(content, language))
    for other in article_languages:
        found |= dict.fromkeys(_stems(content, other))
    return list(found)


def content_words(text: str, language: str | None) -> list[str]:
    """Folded words without the language's stop words."""
    stop = STOP_WORDS.get(language or "", frozenset())
    return [word for word in words(text) if word not in stop]


def _stems(content: list[str], language: str | None) -> list[str]:
    stemmer = _stemmer(language)
    return stemmer.stemWords(content) if stemmer else content


def _stemmer(language: str | None) -> Stemmer.Stemmer | None:
    """One stemmer per thread and language: its cache isn't safe to share."""
    if language not in _STEMMERS:
        return None
    stemmers = _thread.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_STEMMERS[language])
    return stemmers[language]
