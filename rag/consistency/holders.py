"""Who no longer is what a quote says: denied, gone, or replaced by somebody else. Pure.

`Karl Vidal isn't the author of it`, `Yves Caron leaves the theatre. He is replaced by Lise Amar`. A pronoun
stands for who the sentence before names last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.consistency.matter import Matter
from rag.consistency.values import Value, same_name
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.normalization import words
from rag.text.sentences import split_sentences
from rag.text.synonyms import related

_TITLE = r"(?: (?:m|mme|mr|mrs|ms|dr)\.?)? ?$"
# What stands between the one who goes and the one who comes: `OLD est remplacé par NEW`.
_PASSES_TO = re.compile(
    r"\b(?:remplac\w+ (?:[\w-]+[ ,']+){0,6}?par|laiss\w+ (?:la|sa) place a"
    r"|ced\w+ (?:la|sa|son) (?:[\w-]+[ '])+?a"
    r"|(?:passe|passera|a passe|transmet|a transmis) (?:la main|le relais|le flambeau|les renes) a"
    r"|(?:replaced|succeeded) (?:[\w-]+[ ,']+){0,6}?by|hand(?:s|ed|ing) over (?:\w+ ){0,3}?to"
    rf"|ma(?:kes|de|king) way for|(?:gives|gave|giving) way to){_TITLE}"
)
# What stands before the one who goes, who comes named before it: `NEW succède à OLD`.
_TAKES_FROM = re.compile(
    r"(?:\bsucced\w* a|\bremplac(?:e|era|ent|ant|eront)|\ba remplace|\ben remplacement d[e']"
    r"|\b(?:prend|prendra|a pris) la (?:place|suite|succession|releve) d[e']|\bsuccess(?:eur|rice) d[e']"
    r"|\ba la place d[e']|\bsucceed(?:s|ed|ing)?|\bsuccessor (?:of|to)|\breplac(?:es|ed|ing)|\bwill replace"
    r"|\bin place of|\bt(?:ook|akes|aking|ake) over from|\bersetzt|\bfolgt auf|\btritt die nachfolge von"
    r"|\b(?:sustituy|sustituir|reemplaz|relev)\w* a|\bsostitui\w+|\bsubentra a|\bprende il posto di"
    r"|\bsubstitui\w*"
    rf"|\bsucede\w* a){_TITLE}"
)
# `NEW löst OLD als Chef ab`: half of the German verb comes after.
_LOST, _AB = re.compile(rf"\blost{_TITLE}"), re.compile(r"^[^.;:]* ab\b")
# Who is it now is asked: not who was, nor who leaves.
_IS_IT_NOW = re.compile(
    r"^\W*(?:qui (?:dirige|preside|commande|entraine|gere)\b|(?:qui est|comment s'appelle"
    r"|quel est le nom d\w+)"
    r" (?!.*\b(?:ancien|precedent|predecesseur))|who (?:runs|heads|leads|chairs|coaches|manages)\b"
    r"|who(?: is|'s) (?!.*\b(?:former|previous|outgoing|predecessor|leaving))|wer (?:leitet|fuhrt|ist)\b"
    r"|quien (?:dirige|es|preside)\b|chi (?:dirige|e|guida)\b|quem (?:dirige|e|lidera)\b|wie (?:leidt|is)\b)"
)
# `Nommé à la place d'OLD, NEW …`
_FOR_ANOTHER = re.compile(
    r"a la place|en remplacement|succedant|remplacant|in place|succeeding|replacing|taking over"
)
# The same of somebody that a sentence before names.
_TAKES_FROM_THEM = re.compile(
    r"\b(?:lui (?:succed|a succede|succedera)\w*|(?:le|la) remplac(?:e|era)\b|l'a remplacee?\b"
    r"|(?:prend|prendra|a pris) sa (?:place|suite|succession|releve)|a sa place\b"
    r"|(?:son|sa) (?:success(?:eur|rice)|remplacante?)\b"
    r"|(?:(?:will |to )?replaced?|replaces|(?:will |to )?succeed(?:s|ed)?) (?:him|her|them)\b"
    r"|t(?:ook|akes|ake) over from (?:him|her|them)\b|in (?:his|her|their) place\b"
    r"|(?:his|her|their) (?:successor|replacement)\b)"
)
_REPLACES_PRONOUN = re.compile(r"^\W*(?:il|elle|he|she|celui-ci|celle-ci|ce dernier|cette derniere)\b")
# That somebody isn't what follows; `n'est pas seulement` denies nothing.
_IS_NOT = re.compile(
    r"^(?:,[^,]*,)? ?(?:n'(?:est|etait|a|avait) (?:pas|plus)(?: ete)?"
    r"|ne (?:sera|serait|dirige|preside) (?:pas|plus)|(?:is|was|has|did) (?:not|no longer)|isn't|wasn't"
    r"|hasn't|didn't|will not be|won't be)\b"
    r"(?! (?:seulement|uniquement|le seul|la seule|qu|only|just|the only|alone|encore|yet))"
)
_BEFORE_DENIED = re.compile(
    r"(?:\bce n'(?:est|etait) (?:pas|plus)|\bit (?:is|was) not|\bit (?:isn't|wasn't)"
    r"|\b(?:annul|invalid|cass)\w+ (?:l'election|la nomination|la designation|le mandat) d[e']"
    rf"|\b(?:annulled|overturned|voided|quashed|revoked) the (?:election|appointment|nomination) of){_TITLE}"
)
# That somebody has left what follows.
_HAS_LEFT = re.compile(
    r"^(?:,[^,]*,)? ?(?:(?:a|vient de|avait) (?:demissionn|quitt)\w+|demissionne|quitte(?:ra)?\b"
    r"|(?:a ete|est|vient d'etre) (?:limoge|destitue|revoque|demis|ecarte)\w*"
    r"|(?:has |have )?(?:resigned|stepped down|quit)\b|(?:resigns|steps down|quits)\b"
    r"|(?:has been|was|is) (?:sacked|removed|dismissed|fired|ousted)\b)"
)
_BUT = re.compile(r"\b(?:mais (?:bien )?|but |c'est )(?=[a-z])")
# Who stands in for a day takes no office.
_FOR_A_WHILE = re.compile(
    r"\b(?:lors d|le temps d|provisoire|interim|interimaire|during|for the day|temporar|acting)"
)
_FEW_WORDS = 8  # between what denies and what is denied


def may_end(flat: str) -> bool:
    """Return whether a quote, flattened in lower case, may say that somebody isn't it: a quick look."""
    return _MAY.search(flat) is not None


_MAY = re.compile(
    r"\b(?:succe|sucede|ersetzt|folgt auf|nachfolge|lost|sustituy|sustituir|reemplaz|relev|sostitui|subentra"
    r"|prende il posto|substitui|ced(?:e|er|era|ant)\b|remplac|replac|place|suite|releve|relais"
    r"|la main|flambeau|renes"
    r"|took over|takes over|way (?:for|to)|hand(?:s|ed) over|demission|quitt|limoge|destitu|revoqu|demis"
    r"|ecart|resign|stepp?(?:s|ed) down|annul|invalid|cass|overturned|voided|quashed|revoked|quits?|sacked"
    r"|removed|dismissed|fired|ousted|no longer|isn't|wasn't|hasn't|didn't|won't|(?:is|was|has|did|will) not)"
    r"|\bn'(?:est|etait|a|avait)\b|\bne (?:sera|serait|dirige|preside)\b"
)


def no_longer(
    item: Evidence,
    known: Sequence[Evidence],
    asked: ExpectedAnswer,
    analyses: SentenceAnalyses,
    matter: Matter,
) -> Evidence | None:
    """Return a sentence that says that whom a known quote names isn't it, or no longer.

    With the sentence beside it that names the one, and the words for who takes the place, if it says so.
    """
    if asked.kind != "name":
        return None
    gone = [tokens for one in known for tokens in Value(one, asked, analyses).of("name")]
    if not gone:
        return None
    for wide in _readings(item):
        said = analyses.of(wide.quote, wide.article.language)
        if _is_of(matter, wide, said) and (span := _successor(wide, said, gone, asked)) is not None:
            return wide.answered_by(span)
    said = analyses.of(item.quote, item.article.language)
    if _is_denied(said, gone, matter):
        return _with_another(item, said, asked)
    return None


def with_right_name(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> Evidence:
    """Return a sentence with who is it, where the words that answer are denied: `ce n'est pas OLD, mais NEW`.

    Without words that answer, where it names nobody else; any other sentence as it is.
    """
    if item.answer_span is None or asked.kind != "name":
        return item
    said = analyses.of(item.quote, item.article.language)
    if not _BEFORE_DENIED.search(said.flat[: item.answer_span.start - item.start].lower()):
        return item
    return _with_another(item, said, asked)


def with_successor(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> Evidence:
    """Return a sentence with who takes the place, where who goes is marked: `NEW remplace OLD à la tête`.

    For questions that ask who is it now. Any other sentence as it is.
    """
    if item.answer_span is None or asked.kind != "name" or not _IS_IT_NOW.search(asked.folded):
        return item
    said = analyses.of(item.quote, item.article.language)
    gone = Value(item, asked, analyses).of("name")
    span = _successor(item, said, gone, asked)
    return item.answered_by(span) if span is not None else item


def _with_another(item: Evidence, said: AnalysedSentence, asked: ExpectedAnswer) -> Evidence:
    """Return a sentence with the name after its `mais` or `but`."""
    but = _BUT.search(said.flat.lower())
    named = set(words(asked.folded))
    for name in _names(said) if but else ():
        if name.start == but.end() and len(name.tokens) > 1 and not named & set(words(name.text)):
            return item.answered_by(_at(item, name))
    return item.answered_by(None)


def _readings(item: Evidence) -> Iterator[Evidence]:
    """Yield a sentence, with the one before it if a pronoun leans on that, and with the one after it."""
    flat = AnalysedSentence(item.quote, item.article.language).flat.lower()
    leans = _REPLACES_PRONOUN.search(flat) or _TAKES_FROM_THEM.search(flat)
    if not leans:
        yield item
    for wide in item.widened():
        if leans and item.before and (wide.start, wide.end) == (item.before[0].start, item.end):
            yield wide
        if not leans and item.after and (wide.start, wide.end) == (item.start, item.after[0].end):
            yield wide


def _is_of(matter: Matter, wide: Evidence, said: AnalysedSentence) -> bool:
    """Return whether a quote, with its title, has what the question's role is of, or a word for a role.

    Who is put in a goalkeeper's place takes no office: nothing else that the question names may be missing.
    """
    here = [*said.terms, *terms(wide.article.title, wide.article.language)]
    missing = [noun for noun in matter.nouns if not any(noun == one or related(noun, one) for one in here)]
    if not missing:
        return True
    return missing == list(matter.nouns[:1]) and _ROLE.search(said.flat.lower()) is not None


_ROLE = re.compile(
    r"\b(?:direct(?:ion|eur|rice)|presiden\w+|tete|poste|fonctions|mairie|maire|rectorat|ministere|head|post|office"
    r"|role|job|chair\w*|leadership)\b"
)


def _is_one_of(name: Name, gone: Sequence[tuple[str, ...]]) -> bool:
    return bool(name.tokens) and any(same_name(name.tokens, one) for one in gone)


def _successor(
    wide: Evidence, said: AnalysedSentence, gone: Sequence[tuple[str, ...]], asked: ExpectedAnswer
) -> Span | None:
    flat, named, names = said.flat.lower(), set(words(asked.folded)), _names(said)
    if _FOR_A_WHILE.search(flat):
        return None
    old = [name for name in names if _is_one_of(name, gone)]
    new = [
        name
        for name in names
        if name not in old and name.tokens and not named & set(words(name.text)) and len(name.tokens) > 1
    ]
    if not old or not new:
        return None
    for name in new:
        passes = _PASSES_TO.search(flat[: name.start])
        before = [one for one in names if passes and one.end <= passes.start()]
        people = [one for one in before if one in old or one in new]
        if people and people[-1] in old:
            return _at(wide, name)
    for one in old:
        takes = _TAKES_FROM.search(flat[: one.start])
        if takes is None and said.language == "de" and _AB.search(flat[one.end :]):
            takes = _LOST.search(flat[: one.start])
        before = [name for name in new if takes and name.end <= takes.start()]
        if before:
            return _at(wide, before[-1])
        after = [name for name in new if takes and name.start >= one.end]
        if after and takes and _FOR_ANOTHER.search(takes[0]):
            return _at(wide, after[0])
    theirs = _TAKES_FROM_THEM.search(flat)
    if theirs is not None and old[0].end <= theirs.start():
        beside = [name for name in new if name.start >= old[-1].end]
        if beside:
            return _at(wide, min(beside, key=lambda name: abs(name.start - theirs.start())))
    return None


def _names(said: AnalysedSentence) -> list[Name]:
    """Return the names of each sentence: `Kelby Trust. Rita Moss` are two."""
    found = []
    for span in split_sentences(said.text, said.language):
        names = AnalysedSentence(said.text[span.start : span.end], said.language).names
        found += [replace(one, start=span.start + one.start, end=span.start + one.end) for one in names]
    return found


def _at(wide: Evidence, name: Name) -> Span:
    end = name.end - wide.quote[: name.end].endswith(".")
    return Span(wide.start + name.start, wide.start + end)


def _is_denied(said: AnalysedSentence, gone: Sequence[tuple[str, ...]], matter: Matter) -> bool:
    """Return whether a sentence says that one of these isn't, or is no longer, what the question asks."""
    flat = said.flat.lower()
    for name in said.names:
        if not _is_one_of(name, gone):
            continue
        after = flat[name.end :]
        if _BEFORE_DENIED.search(flat[: name.start]) or _IS_NOT.match(after):
            return _has_role(after, said.language, matter)
        if _HAS_LEFT.match(after):
            return _has_role(after, said.language, matter, verb=False)
    return False


def _has_role(after: str, language: str | None, matter: Matter, verb: bool = True) -> bool:
    """Return whether what the question asks who it is, or does, is in what follows, the first of it soon.

    `dirige`, where who directs something is asked, or a word for a role: whoever isn't in the hospital may
    direct it.
    """
    question = matter.question
    named = {
        stem
        for name in AnalysedSentence(question.text, question.language).names
        for stem in terms(name.text, question.language)
    }
    asked = [stem for stem in terms(question.text, question.language) if stem not in named]
    near = " ".join(after.split()[: _FEW_WORDS + 2])
    first = next((stem for stem in asked if _is_among(stem, terms(near, language))), None)
    if first is None or (first != asked[0] and not _ROLE.search(near) and verb):
        return False
    stems = terms(after, language)
    return all(_is_among(noun, stems) for noun in matter.nouns)


def _is_among(noun: str, stems: Sequence[str]) -> bool:
    return any(noun == one or related(noun, one) for one in stems)
