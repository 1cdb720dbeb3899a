"""Which names of one article are the same one's: full names, surnames, initials and acronyms.

Pure. Two people are never made one: a surname that two of them bear is nobody's, unless a title or an initial
tells; one that nobody has in full stays a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.entities.kinds import gender_of, kind_of, may_be_place, role_of
from rag.entities.names import FIRST_NAMES, NameAt
from rag.extraction.names.exonyms import group_of, is_territory
from rag.schema.entity import ArticleEntity, Gender, Kind, Mention
from rag.text.folding import flatten

_SMALL_WORDS = frozenset(
    ("de", "du", "des", "la", "le", "les", "et", "of", "the", "and", "for", "pour", "d", "l")
)
_WORD = re.compile(r"[^\W_]+")

_Form = tuple[str, ...]


@dataclass
class _Group:
    """The mentions that are one entity's."""

    kind: Kind
    is_bare: bool = False
    names: list[NameAt] = field(default_factory=list)

    @property
    def whole(self) -> _Form:
        """The words of the longest name, which is given first."""
        return self.names[0].tokens

    @property
    def fullest(self) -> NameAt:
        return max(self.names, key=lambda one: (len(one.tokens), len(one.text), -one.span.start))

    @property
    def gender(self) -> Gender:
        told = {gender for name in self.names if (gender := gender_of(name))}
        return told.pop() if len(told) == 1 else ""


def join(names: Sequence[NameAt]) -> tuple[list[ArticleEntity], list[Mention]]:
    """Return the entities that an article's names are of, and the mentions in order.

    Names of no known kind are left out.
    """
    forms: dict[_Form, list[NameAt]] = {}
    for name in names:
        forms.setdefault(_form(name), []).append(name)
    kinds = {form: kind_of(mentions)[0] for form, mentions in forms.items()}
    groups: list[_Group] = []
    owners: dict[NameAt, tuple[int, ...]] = {}
    by_surname: dict[str, list[int]] = {}
    _own_groups(forms, kinds, groups, owners, by_surname)
    _expand_acronyms(forms, groups, owners)
    for form, mentions in forms.items():
        if _is_short(form, kinds[form]):
            people = by_surname.get(form[-1], ())
            _assign_short(mentions, kinds[form], people, groups, owners)
            if kinds[form] is None and mentions[0] not in owners and may_be_place(mentions):
                groups.append(_Group("place"))
                _give(mentions, (len(groups) - 1,), groups, owners)
    return _numbered(names, groups, owners)


def _form(name: NameAt) -> _Form:
    """Return what all mentions in the same words share: a territory has one form in all its names."""
    group = group_of(" ".join(name.tokens))
    return ("=", group) if group is not None and is_territory(group) else name.tokens


def _is_short(form: _Form, kind: Kind | None) -> bool:
    """Return whether a name may be a person's surname, alone or behind initials."""
    return kind in ("person", None) and (len(form) == 1 or all(len(token) == 1 for token in form[:-1]))


def _own_groups(
    forms: Mapping[_Form, list[NameAt]],
    kinds: Mapping[_Form, Kind | None],
    groups: list[_Group],
    owners: dict[NameAt, tuple[int, ...]],
    by_surname: dict[str, list[int]],
) -> None:
    """Make an entity of every whole name; a person's middle names make nobody else.

    `by_surname` gets the people's places by the last word of their names.
    """
    for form in sorted(forms, key=lambda one: (-len(one), forms[one][0].span)):
        kind = kinds[form]
        if kind is None or _is_short(form, kind):
            continue
        alike = by_surname.get(form[-1], ()) if kind == "person" else ()
        place = next((at for at in alike if _within(form, groups[at])), None)
        if place is None:
            groups.append(_Group(kind))
            place = len(groups) - 1
            if kind == "person":
                by_surname.setdefault(form[-1], []).append(place)
        _give(forms[form], (place,), groups, owners)


def _within(form: _Form, group: _Group) -> bool:
    """Return whether a name is a person's longer one without its middle."""
    whole = group.whole
    return form[0] == whole[0] and form[-1] == whole[-1] and set(form) <= set(whole)


def _give(
    names: Sequence[NameAt],
    places: tuple[int, ...],
    groups: list[_Group],
    owners: dict[NameAt, tuple[int, ...]],
) -> None:
    for name in names:
        owners[name] = places
        if len(places) == 1:
            groups[places[0]].names.append(name)


def _assign_short(
    names: Sequence[NameAt],
    kind: Kind | None,
    people: Sequence[int],
    groups: list[_Group],
    owners: dict[NameAt, tuple[int, ...]],
) -> None:
    """Give surnames to whom they fit; those that fit nobody are somebody's of their own, if a person's."""
    bare: int | None = None
    for name in names:
        if name in owners:
            continue
        fitting = tuple(place for place in people if _fits(name, groups[place]))
        if len(fitting) > 1 and (told := gender_of(name)):
            of_gender = tuple(place for place in fitting if groups[place].gender == told)
            others = tuple(place for place in fitting if groups[place].gender in (told, ""))
            fitting = of_gender if len(of_gender) == 1 == len(others) else others or fitting
        if fitting:
            _give([name], fitting, groups, owners)
        elif kind == "person" and name.tokens[-1] not in FIRST_NAMES:
            if bare is None:
                groups.append(_Group("person", is_bare=True))
                bare = len(groups) - 1
            _give([name], (bare,), groups, owners)


def _fits(name: NameAt, group: _Group) -> bool:
    if group.kind != "person" or group.is_bare:
        return False
    whole = group.whole
    if len(whole) < 2 or name.tokens[-1] != whole[-1]:
        return False
    told = gender_of(name)
    if told and group.gender and told != group.gender:
        return False
    initials = [token for token in name.tokens[:-1] if len(token) == 1]
    return not initials or initials[0] == whole[0][:1]


def _expand_acronyms(
    forms: Mapping[_Form, list[NameAt]], groups: list[_Group], owners: dict[NameAt, tuple[int, ...]]
) -> None:
    """Join `AFP` with `Agence France-Presse` where the article sets one in brackets behind the other."""
    for form, mentions in forms.items():
        if not mentions[0].is_acronym:
            continue
        for place, group in enumerate(groups):
            if any(_explains(whole, mentions) for whole in group.names if len(whole.text) > len(form[0]) + 2):
                before = {at for name in mentions for at in owners.get(name, ())} - {place}
                for at in before:
                    groups[at].names = []
                group.kind = "organisation"
                _give(mentions, (place,), groups, owners)
                break


def _explains(whole: NameAt, acronyms: Sequence[NameAt]) -> bool:
    letters = acronyms[0].text.lower()
    words = [word.lower() for word in _WORD.findall(flatten(whole.text))]
    telling = "".join(word[0] for word in words if word not in _SMALL_WORDS)
    if letters not in (telling, "".join(word[0] for word in words)):
        return False
    inside = f"({acronyms[0].text})"
    return whole.after.lstrip(" ,").startswith(inside) or any(
        name.after.startswith(f" ({flatten(whole.text)}") for name in acronyms
    )


def _numbered(
    names: Sequence[NameAt], groups: Sequence[_Group], owners: Mapping[NameAt, tuple[int, ...]]
) -> tuple[list[ArticleEntity], list[Mention]]:
    used = [place for place, group in enumerate(groups) if group.names]
    used.sort(key=lambda place: min(name.span for name in groups[place].names))
    number = {place: at for at, place in enumerate(used)}
    mentions = [
        Mention(name.span, name.sentence, tuple(number[place] for place in owners[name] if place in number))
        for name in names
        if name in owners
    ]
    return [_entity(groups[place]) for place in used], [one for one in mentions if one.entities]


def _entity(group: _Group) -> ArticleEntity:
    forms = tuple(dict.fromkeys(name.text for name in group.names))
    roles = frozenset(role for name in group.names if (role := role_of(name)))
    if group.kind != "person":
        return ArticleEntity(group.fullest.text, group.kind, forms)
    return ArticleEntity(group.fullest.text, group.kind, forms, group.gender, roles, group.is_bare)
