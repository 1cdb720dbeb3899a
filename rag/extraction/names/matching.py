"""Whether a text has a name that is claimed of it, in its own language or in the other.

Pure. Across languages names are compared by a table of exonyms and by how they sound in French and English
spelling.
"""

from __future__ import annotations

from rag.extraction.names.exonyms import group_of, groups_in
from rag.extraction.names.phonetics import one_vowel_apart, sound
from rag.extraction.names.recognition import Name
from rag.extraction.names.tokens import subtokens
from rag.extraction.names.vocabulary import Vocabulary
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import meanings

# Words that names of places begin or end with, and that are none by themselves.
_OF_MANY = frozenset(["saint", "sainte", "st", "ste", "mer", "bains", "sea", "ville"])


def supported(name: Name, given: Vocabulary, crossing: bool, language: str | None) -> bool:
    """Return whether the text behind `given` has this name.

    The surname alone is enough, a first name is not.

    Args:
        name: The name.
        given: The words of the text.
        crossing: Whether name and text are in different languages.
        language: The name's language.
    """
    flat = flatten(name.text)
    groups = groups_in(flat)
    phrases = [group for _, _, group in groups]
    if phrases and all(group in given.groups for group in phrases) and len(phrases) >= len(name.tokens):
        return True
    if any(start == 0 and end >= len(flat) - 1 and group in given.groups for start, end, group in groups):
        return True
    parts = [part for token in name.tokens for part in subtokens(token)]
    found = [part for part in parts if _found(part, given, crossing, language)]
    if crossing:
        found += [part for part in parts if part not in found and _translated(part, given, language)]
        # Of an institution's long name the better part is enough: `Joint Base` stands for `base commune`.
        return len(found) == len(parts) or (len(parts) > 2 and 3 * len(found) >= 2 * len(parts))
    return len(found) == len(parts) and _together(parts, given, crossing)


def mentioned(
    name: Name, quoted: Vocabulary, article: Vocabulary, crossing: bool, language: str | None
) -> bool:
    """Return whether a quote has this name: in full, or in short where the article has it in full.

    In short it is the last word, and of what hyphens join the first, too.

    Args:
        name: The name.
        quoted: The words of the quote.
        article: The words of the article.
        crossing: Whether name and article are in different languages.
        language: The name's language.
    """
    if supported(name, quoted, crossing, language):
        return True
    parts = [part for token in name.tokens for part in subtokens(token)]
    if len(parts) < 2 or not supported(name, article, crossing, language):
        return False
    if " " in name.text:
        return _found(parts[-1], quoted, crossing, language)
    # A place is called by what its name begins with, or ends with; `mer` is no `Dunquay-sur-Mer`.
    return any(
        part.lower() not in quoted.lower and _found(part, quoted, crossing, language)
        for part in (parts[0], parts[-1])
        if part not in _OF_MANY
    )


def _found(token: str, given: Vocabulary, crossing: bool, language: str | None) -> bool:
    if token.lower() in given.words:
        return True
    group = group_of(token)
    if group is not None:
        return group in given.groups
    if token.isupper() and len(token) >= 2 and token.lower() in given.initials:
        return True
    if not crossing:
        return _inflected(token, given, language)
    key = sound(token)
    return key in given.sounds or (
        len(key) >= 5 and any(one_vowel_apart(key, other) for other in given.sounds)
    )


def _inflected(token: str, given: Vocabulary, language: str | None) -> bool:
    """Return whether a text has a word of a name in another number, or as an ordinary word in another form.

    Stems alone don't tell: `Martinez` has that of `Martin`, `Harding` that of `Hard`.
    """
    stems = set(terms(token, language)) & given.stems
    if not stems:
        return False
    own = flatten(token).lower()
    single = own.rstrip("sx")
    if not given.words.isdisjoint({own, single, f"{own}s", f"{own}x", f"{own}'s"}):
        return True
    return any(
        word[:2] == own[:2] and not stems.isdisjoint(terms(word, language))
        for word in (flatten(one).lower() for one in given.lower)
    )


def _translated(part: str, given: Vocabulary, language: str | None) -> bool:
    """Return whether an ordinary word of a name has its translation in the text: `Bank` in `Banque`."""
    classes = {m for stem in terms(part, language) for m in meanings(stem, language) if m.startswith("=")}
    return bool(classes & given.classes)


def _together(parts: list[str], given: Vocabulary, crossing: bool) -> bool:
    """Return whether the words of a full name stand near each other: no first name on another's surname."""
    own = [part.lower() for part in parts if not group_of(part)]
    if crossing or len(own) < 2 or not all(part in given.words for part in own):
        return True
    places = [[i for i, word in enumerate(given.sequence) if word == part] for part in own]
    return any(all(any(abs(i - j) <= len(own) + 2 for j in other) for other in places[1:]) for i in places[0])
