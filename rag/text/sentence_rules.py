"""pysbd's rules, each left out where the signs that it looks for aren't in the text.

`segments` gives the sentences that `pysbd.Segmenter` gives for the same text: a rule without anything to find
changes nothing, and looking for its signs takes a small part of the time. French and English only; another
language's rules are its own, and run as they are. Knows no offsets and no line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import pysbd
import pysbd.languages
from pysbd.abbreviation_replacer import AbbreviationReplacer
from pysbd.between_punctuation import BetweenPunctuation
from pysbd.exclamation_words import ExclamationWords
from pysbd.lang.common import Common, Standard
from pysbd.lang.english import English
from pysbd.lists_item_replacer import ListItemReplacer
from pysbd.processor import Processor
from pysbd.utils import Rule, Text

# Letters that a pattern without regard to case takes for `i`, `s` and `k`, and lower case doesn't.
_OTHER_CASES = re.compile("[ıİſ\u212a]")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEFORE_PERIOD = re.compile(r"(?:^|\s)([^\W\d_]+)\.")
_LETTER_IN_LIST = re.compile(r"(?:^|\s)[a-z]\.")
_NUMBER_IN_LIST = re.compile(r"\d\.[\s)]")
_BESIDE_DIGIT = re.compile(r"\d\.|\.\d")
_REFERENCE = re.compile(r"[.∯][\[\d]")
_OPENING_APOSTROPHE = re.compile(r"\s'")
_SPACED_PERIOD = re.compile(r"\s\.")
_LETTERS_WITH_PERIODS = re.compile(Common.MULTI_PERIOD_ABBREVIATION_REGEX, re.IGNORECASE)
_ONE_WORD = re.compile(r"\A[a-zA-Z]*\Z")
_QUOTATION_ENDS = re.compile(Common.QUOTATION_AT_END_OF_SENTENCE_REGEX)
_BOUNDARY = re.compile(Common.SENTENCE_BOUNDARY_REGEX)
_POSSESSIVE = re.compile(r"\.'s")


def _literal(rules: Sequence[Rule]) -> tuple[tuple[str, str], ...]:
    """Rules that look for certain characters and nothing else."""
    return tuple((rule.pattern.replace("\\", ""), rule.replacement) for rule in rules)


_SYMBOLS = _literal(Standard.SubSymbolsRules.All)
_ELLIPSES = _literal(Standard.ReinsertEllipsisRules.All)


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for sign, written in pairs:
        if sign in text:
            text = text.replace(sign, written)
    return text


class _Abbreviations(AbbreviationReplacer):
    """Replaces the periods of abbreviations that stand before one."""

    SENTENCE_STARTERS: Sequence[str] = ()

    def replace(self) -> str:
        if "." in self.text:
            self.text = Text(self.text).apply(*self._single_letters())
            lines = self.text.splitlines(True)
            self.text = "".join(map(self.search_for_abbreviations_in_string, lines))
            if _LETTERS_WITH_PERIODS.search(self.text):
                self.replace_multi_period_abbreviations()
        if "∯" in self.text:
            self.text = Text(self.text).apply(*self.lang.AmPmRules.All)
            self.text = self.replace_abbreviation_as_sentence_boundary()
        return self.text

    def _single_letters(self) -> list[Rule]:
        possessive = [self.lang.PossessiveAbbreviationRule] if _POSSESSIVE.search(self.text) else []
        return [
            *possessive,
            self.lang.KommanditgesellschaftRule,
            *self.lang.SingleLetterAbbreviationRules.All,
        ]

    def search_for_abbreviations_in_string(self, text: str) -> str:
        """Return the same, with the abbreviations that have a period after them only.

        It is all that changes.
        """
        if "." not in text:
            return text
        if _OTHER_CASES.search(text):
            return super().search_for_abbreviations_in_string(text)
        lowered = text.lower()
        plain, others = _abbreviations(self.lang)
        ended = {word.lower() for word in _BEFORE_PERIOD.findall(text)}
        found = [(plain[word], word) for word in ended & plain.keys()]
        found += [(place, abbreviation) for place, abbreviation in others if abbreviation in lowered]
        for _, abbreviation in sorted(found):
            text = self._replaced(text, abbreviation)
        return text

    def _replaced(self, text: str, abbreviation: str) -> str:
        matches = re.findall(rf"(?:^|\s|\r|\n){abbreviation}", text, flags=re.IGNORECASE)
        following = re.findall(r"(?<={" + re.escape(abbreviation) + "} ).{1}", text) if matches else []
        for place, match in enumerate(matches):
            text = self.scan_for_replacements(text, match, place, following)
        return text


class _EnglishAbbreviations(_Abbreviations):
    SENTENCE_STARTERS = English.AbbreviationReplacer.SENTENCE_STARTERS


@cache
def _abbreviations(language: type) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Return a language's abbreviations with their places in its list.

    Those of letters alone, and the others.
    """
    listed = [abbreviation.strip() for abbreviation in language.Abbreviation.ABBREVIATIONS]
    plain = {word: place for place, word in enumerate(listed) if _LETTERS.fullmatch(word)}
    return plain, [(place, word) for place, word in enumerate(listed) if word not in plain]


class _Lists(ListItemReplacer):
    """Breaks lines before the items of a list."""

    def add_line_break(self) -> str:
        if _LETTER_IN_LIST.search(self.text) or ")" in self.text:
            self.format_alphabetical_lists()
            self.format_roman_numeral_lists()
        if _NUMBER_IN_LIST.search(self.text):
            self.replace_periods_in_numbered_list()
        self.add_line_breaks_for_numbered_list_with_periods()
        self.text = self.text.replace("♨", "∯")
        if ")" in self.text:
            self.replace_parens_in_numbered_list()
        self.add_line_breaks_for_numbered_list_with_parens()
        return self.text.replace("☝", "")


class _Between(BetweenPunctuation):
    """Replaces punctuation between quotes and brackets, where one opens."""

    def sub_punctuation_between_quotes_and_parens(self, txt: str) -> str:
        if _OPENING_APOSTROPHE.search(txt):
            txt = self.sub_punctuation_between_single_quotes(txt)
        steps: tuple[tuple[str, Callable[[str], str]], ...] = (
            ("‘", self.sub_punctuation_between_single_quote_slanted),
            ('"', self.sub_punctuation_between_double_quotes),
            ("[", self.sub_punctuation_between_square_brackets),
            ("(", self.sub_punctuation_between_parens),
            ("«", self.sub_punctuation_between_quotes_arrow),
            ("--", self.sub_punctuation_between_em_dashes),
            ("“", self.sub_punctuation_between_quotes_slanted),
        )
        for sign, replaced in steps:
            if sign in txt:
                txt = replaced(txt)
        return txt


class _Guarded(Processor):
    """pysbd's steps in its order, each where there is something for it to do."""

    abbreviations: type[_Abbreviations] = _Abbreviations

    def process(self) -> list[str]:
        if not self.text:
            return []
        self.text = _Lists(self.text.replace("\n", "\r")).add_line_break()
        self.text = self.abbreviations(self.text, self.lang).replace()
        if _BESIDE_DIGIT.search(self.text):
            self.replace_numbers()
        if "!" in self.text or "?" in self.text:
            self.replace_continuous_punctuation()
        if _REFERENCE.search(self.text):
            self.replace_periods_before_numeric_references()
        if "." in self.text:
            lang = self.lang
            self.text = Text(self.text).apply(
                lang.Abbreviation.WithMultiplePeriodsAndEmailRule, lang.GeoLocationRule, lang.FileFormatRule
            )
        return self.split_into_segments()

    def split_into_segments(self) -> list[str]:
        if "(" in self.text and ('"' in self.text or "”" in self.text):
            self.check_for_parens_between_quotes()
        found: list[str] = []
        for line in self.text.split("\r"):
            if line:
                found.extend(filter(None, self.check_for_punctuation(self._without_ellipses(line))))
        parts = [part for sentence in found for part in self._parts(_replaced(sentence, _SYMBOLS))]
        return [part.replace("&⎋&", "'") for part in parts]

    def _without_ellipses(self, line: str) -> str:
        line = line.replace("\n", "ȹ")
        if "..." in line or _SPACED_PERIOD.search(line):
            line = Text(line).apply(*self.lang.EllipsisRules.All)
        return line

    def _parts(self, sentence: str) -> list[str]:
        """Return what pysbd's `post_process_segments` gives, as a list without what is empty."""
        if len(sentence) > 2 and _ONE_WORD.search(sentence):
            return [sentence]
        sentence = _replaced(sentence, _ELLIPSES)
        if _QUOTATION_ENDS.search(sentence):
            return re.split(self.lang.SPLIT_SPACE_QUOTATION_AT_END_OF_SENTENCE_REGEX, sentence)
        stripped = sentence.replace("\n", "").strip()
        return [stripped] if stripped else []

    def process_text(self, txt: str) -> list[str]:
        if txt[-1] not in self.lang.Punctuations:
            txt += "ȸ"
        excited = "!" in txt
        if excited:
            txt = ExclamationWords.apply_rules(txt)
        txt = _Between(txt).replace()
        if excited or "?" in txt:
            if not re.match(self.lang.DoublePunctuationRules.DoublePunctuation, txt):
                txt = Text(txt).apply(*self.lang.DoublePunctuationRules.All)
            txt = Text(txt).apply(self.lang.QuestionMarkInQuotationRule, *self.lang.ExclamationPointRules.All)
        if "(" in txt:
            txt = ListItemReplacer(txt).replace_parens()
        if "&ᓴ&" in txt:
            txt = re.sub(r"&ᓴ&$", "!", txt)
        return [match.group() for match in _BOUNDARY.finditer(txt)]


class _GuardedEnglish(_Guarded):
    abbreviations = _EnglishAbbreviations


_GUARDED: dict[str, type[_Guarded]] = {"fr": _Guarded, "en": _GuardedEnglish}


def segments(text: str, language: str | None) -> list[str]:
    """Return the sentences of a text as pysbd has them, by English rules for languages it lacks."""
    code = language if language in pysbd.languages.LANGUAGE_CODES else "en"
    segmenter = pysbd.Segmenter(language=code, clean=False, char_span=True)
    guarded = _GUARDED.get(code)
    rules = segmenter.processor(text) if guarded is None else guarded(text, segmenter.language_module)
    return rules.process() or []
