"""Who does what to whom in a text: its verbs, each with the words of its subject and of its object.

Pure, by closed lists of verbs and small words (`data/*/roles.txt`) and by the order of words: no grammar of
whole sentences. What it can't tell it leaves empty. Knows French, English, Spanish, German and Italian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.extraction.clauses import Word
from rag.extraction.cue_words import SPEECH_VERBS
from rag.extraction.phrases import PARTICIPLE_ENDS, REACH, VERBS, Phrases, is_number, own

_REFLEXIVES = frozenset({"s", "se", "me", "nous", "vous", "sich"})


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb by the number of its word, with the numbers of the words that it joins.

    `agents` are the head words of who does it, `patients` of what it is done to; `doer` and `done_to` are
    the whole stretches that they stand in. `pronoun`: its subject is one; `possessed`: it is said to be
    somebody's (`whose husband`). `bare`: a participle that stands beside a noun (`Diop, blessé au genou`).
    """

    index: int
    agents: frozenset[int] = frozenset()
    patients: frozenset[int] = frozenset()
    doer: frozenset[int] = frozenset()
    done_to: frozenset[int] = frozenset()
    passive: bool = False
    pronoun: bool = False
    possessed: bool = False
    bare: bool = False

    @property
    def is_told(self) -> bool:
        """Whether anything is known of who does it or to whom."""
        return bool(self.agents or self.patients or self.pronoun)


def predicates(words: Sequence[Word], text: str, language: str | None) -> tuple[Predicate, ...]:
    """Return the verbs of `text`, with what can be told of each; `words` are its words in order."""
    if not own(VERBS, language):
        return ()
    reader = _Reader(words, text, language)
    return tuple(found for i in range(len(words)) if (found := reader.predicate(i)))


class _Reader(Phrases):
    def predicate(self, i: int) -> Predicate | None:
        """Return the verb at a place with what it joins; None for another word or if nothing is told."""
        if not self._is_verb(i):
            return None
        left, passed = self._over_helpers(i)
        agent = self._by(i)
        reflexive = any(w.plain in _REFLEXIVES for w in passed)
        be = any(w.plain in self._passive_words for w in passed)
        word = self._words[i]
        # `is to close`, `is closing` are no passives.
        active = reflexive or word.plain.endswith("ing") or bool(passed and passed[0].plain == "to")
        passive = be and not active and word.plain not in self._no_passive
        if word.plain in self._no_passive:
            agent = frozenset()
            if not passed:
                return None
        if not passed and agent and (self._language != "de"):
            passive = True
        bare = not passed and not passive and self._is_bare_participle(i)
        passive = passive or bare
        opens = left < 0 or self._words[left].sentence != word.sentence
        if passive and not passed and opens:
            subject = before = self._after_comma(i)
            pronoun = False
        elif passive and not passed and self._breaks[i]:
            (subject, before), pronoun = self._phrase(left), False
        else:
            subject, before, pronoun = self._subject(left)
        if passive:
            return Predicate(i, agent, subject, agent, before, True, pronoun, bare=bare)
        if speaker := self._inverted(i, left, bool(subject)):
            return Predicate(i, speaker, frozenset(), speaker, frozenset())
        objects, after = self._object(i)
        return Predicate(i, subject, objects, before, after, False, pronoun, self._is_possessed(subject))

    def _is_bare_participle(self, i: int) -> bool:
        exact = self._words[i].exact
        # `attribue` is no participle.
        present = exact.rstrip("s").endswith("ue") and exact.rstrip("s") + "r" in self._verbs
        return self._language in {"fr", "es", "it"} and exact.endswith(PARTICIPLE_ENDS) and not present

    def _inverted(self, i: int, left: int, has_subject: bool) -> frozenset[int]:
        """Read `“…,” said the mayor, Ann Lee`: who says it stands behind."""
        if self._words[i].exact not in SPEECH_VERBS or left < 0 or not self._breaks[left + 1]:
            return frozenset()
        gap = self._text[self._words[left].end : self._words[left + 1].start]
        if i + 1 >= len(self._words) or self._breaks[i + 1] or (has_subject and not re.search('[»”"]', gap)):
            return frozenset()
        after = self._words[i + 1]
        if after.plain not in self._determiners and not after.capital and not after.is_content:
            return frozenset()
        return frozenset(self._run(i + 1)) | self._named_after(i + 1)

    def _is_possessed(self, heads: frozenset[int]) -> bool:
        first = min(heads, default=0)
        return first > 0 and self._words[first - 1].plain in self._whose

    def _over_helpers(self, i: int) -> tuple[int, list[Word]]:
        """Return the place left of a verb's auxiliaries, clitics, negators and adverbs, and those words."""
        passed: list[Word] = []
        j = i - 1
        while j >= 0 and not self._breaks[j + 1] and self._words[j].sentence == self._words[i].sentence:
            word = self._words[j]
            # `vient d'être battu`
            linked = word.plain in {"d", "de"} and passed and passed[-1].plain == "etre"
            if word.plain not in self._helpers and not word.adverb and not linked:
                break
            passed.append(word)
            j -= 1
        if not passed and self._language == "de":
            # `hat … verurteilt`, `wurde … geschlagen`: the auxiliary stands far in front.
            for k in range(i - 1, max(-1, i - 12), -1):
                if self._words[k].sentence != self._words[i].sentence or self._breaks[k + 1]:
                    break
                if self._words[k].plain in self._helpers:
                    return self._subject_after(k), [self._words[k]]
        return j, passed

    def _subject_after(self, k: int) -> int:
        """Read `Nach Angaben der Gewerkschaft hat das Unternehmen …`: the subject's end, before or behind."""
        opens = k
        while (
            opens > 0
            and not self._breaks[opens]
            and self._words[opens - 1].sentence == self._words[k].sentence
        ):
            opens -= 1
        if opens == k or self._words[opens].plain not in self._prepositions:
            return k - 1
        end = k + 1
        while end + 1 < len(self._words) and not self._words[end].is_content and not self._words[end].capital:
            end += 1
        return end

    def _subject(self, j: int) -> tuple[frozenset[int], frozenset[int], bool]:
        """Return the head words of the subject that ends at `j`, its stretch, whether it is a pronoun."""
        none: frozenset[int] = frozenset()
        if j < 0:
            return none, none, False
        word = self._words[j]
        if j + 1 < len(self._words) and self._words[j + 1].sentence != word.sentence:
            return none, none, False
        if j + 1 < len(self._words) and self._breaks[j + 1]:
            return self._apposed(j)
        if word.plain in self._relatives and j:
            heads, stretch = self._phrase(j - 1)
            # Of `une lettre de Kreuz, qui …` either may be meant.
            return heads | self._last_noun(j - 1), stretch, False
        if word.plain in self._pronouns:
            return none, none, True
        if word.plain in self._ands:
            # `was delivered late and has been tested`: the subject of both.
            other = self._verb_before(j)
            shared = none if other is None else other.patients if other.passive else other.agents
            return shared, shared, other is not None and other.pronoun
        heads, stretch = self._phrase(j)
        return heads, stretch, False

    def _verb_before(self, j: int) -> Predicate | None:
        for k in range(j - 1, max(-1, j - REACH), -1):
            if self._words[k].sentence != self._words[j].sentence:
                return None
            if self._is_verb(k):
                return self.predicate(k)
        return None

    def _object(self, i: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the head words of what follows a verb without a preposition, and the rest of its clause."""
        heads: list[int] = []
        stretch: list[int] = []
        direct = True
        for k in range(i + 1, min(len(self._words), i + 1 + REACH)):
            word = self._words[k]
            if self._breaks[k] or word.sentence != self._words[i].sentence or word.plain in self._ands:
                break
            if word.plain in self._relatives or word.plain in self._object_relatives or self._is_verb(k):
                break
            if word.plain in self._prepositions and not word.capital:
                direct = direct and word.plain in self._determiners and not heads
            elif self._is_nominal(word):
                stretch.append(k)
                if direct and not word.adverb:
                    heads.append(k)
        return self._heads(heads), frozenset(stretch)

    def _by(self, i: int) -> frozenset[int]:
        """Return the head words of `par …`, `by …` after a verb, in its clause."""
        for k in range(i + 1, min(len(self._words) - 1, i + 9)):
            word = self._words[k]
            if self._breaks[k] or word.sentence != self._words[i].sentence or self._is_verb(k):
                break
            if word.plain in self._markers:
                run = self._run(k + 1)
                # `par 41 voix`, `by 9 %` say how much, `by October` when, not who.
                if is_number(self._words[k + 1]) or any(
                    self._words[n].plain in self._no_agents for n in run[:1]
                ):
                    return frozenset()
                named = any(self._words[n].capital for n in run)
                return frozenset(run) if named else frozenset(run) | self._named_after(k + 1)
        return frozenset()
