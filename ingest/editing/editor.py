"""Corrects what articles are filed under, and joins the names of outlets; the caller holds the write lock.

Knows the library and its indexes. What the encoder reads of the corrected articles is read again by
`ingest.pipeline.reindexing.read_corrected`: at once, or whenever the library is next brought up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from ingest.schema.metadata import FIELD_LENGTH, clean_line
from rag.errors import UserError
from rag.index.indexer import Indexer
from rag.library.library import Library
from rag.metadata.fields import Field, canonical
from rag.schema.article import Article
from rag.text.normalization import fold

# Each article has its own.
_ONE_ARTICLE: frozenset[Field] = frozenset({"title", "canonical_url"})


def _now() -> datetime:
    return datetime.now(UTC)


def edit_articles(
    indexer: Indexer,
    ids: Sequence[str],
    changes: Mapping[Field, str | None],
    undone: Collection[Field] = (),
    now: Callable[[], datetime] = _now,
) -> list[str]:
    """Correct these articles, all of them or, on a crash, none; return which are filed otherwise since.

    Args:
        indexer: The open library.
        ids: The articles.
        changes: Field → its value from now on, as `ingest.editing.values.checked` gives it.
        undone: Fields in which what was stated counts again.
        now: The clock.

    Raises:
        UserError: An article isn't in the library, waits under embargo, or is damaged; several are to have
            one title or one address.
        LibraryError: The indexes can't be written to.
    """
    ids = list(dict.fromkeys(ids))
    _check_articles(indexer.library, ids)
    if len(ids) > 1 and _ONE_ARTICLE & changes.keys():
        raise UserError(
            "A title and an address belong to one article: correct them one article at a time.",
            "Un titre et une adresse sont ceux d'un seul article : corrigez-les article par article.",
        )
    moment = now().isoformat(timespec="seconds")

    metadata = indexer.library.metadata

    def change(stated: Article) -> None:
        metadata.undo(stated, undone)
        metadata.correct(stated, changes, moment)

    return indexer.file_anew(lambda _: ids, change)


def _check_articles(library: Library, ids: Iterable[str]) -> None:
    for article_id in ids:
        if library.embargoes.get(article_id) is not None and library.stored(article_id) is None:
            raise UserError(
                f"{article_id}: this article waits under embargo; correct it once it is published.",
                f"{article_id} : cet article attend sous embargo ; corrigez-le une fois publié.",
            )
        if library.stored(article_id) is None:
            raise UserError(
                f"{article_id}: no article has this id; see `sourcier articles list`.",
                f"{article_id} : aucun article n'a cet identifiant ; voir `sourcier articles list`.",
            )
        if library.is_damaged(article_id):
            raise UserError(
                f"{article_id}: this article is damaged in the library; run `sourcier doctor` and read its"
                " source again before correcting it.",
                f"{article_id} : cet article est abîmé dans la bibliothèque ; lancez `sourcier doctor` et"
                " relisez sa source avant de le corriger.",
            )


# --- outlets ---


def merge_outlets(indexer: Indexer, alias: str, outlet: str, now: Callable[[], datetime] = _now) -> list[str]:
    """Have what is called `alias` go by the name of `outlet`, now and later; return the articles refiled.

    Raises:
        UserError: They are one already, or no article is from `alias`.
        LibraryError: The indexes can't be written to.
    """
    name = clean_line(outlet, FIELD_LENGTH)
    if name is None:
        raise UserError(
            "The outlet needs a name: type the one that its articles are to be filed under.",
            "Il faut le nom du journal : saisissez celui sous lequel classer ses articles.",
        )
    aliases = indexer.library.metadata.aliases()
    if alias not in aliases and not indexer.library.has_outlet(alias):
        raise _unknown(alias, [use.name for use in indexer.library.metadata.outlets()])
    if name == alias or canonical(name, aliases) in (alias, canonical(alias, aliases)):
        raise UserError(
            f"“{alias}” and “{name}” are one outlet already.",
            f"« {alias} » et « {name} » sont déjà un seul journal.",
        )
    moment = now().isoformat(timespec="seconds")
    return indexer.file_anew(lambda metadata: metadata.merge(alias, name, moment))


def unmerge_outlet(indexer: Indexer, alias: str) -> list[str]:
    """Have what is called `alias` go by its own name again; return the articles refiled.

    Raises:
        UserError: It goes by no other.
        LibraryError: The indexes can't be written to.
    """
    aliases = indexer.library.metadata.aliases()
    if alias not in aliases:
        raise _unknown(alias, list(aliases))
    return indexer.file_anew(lambda metadata: metadata.unmerge(alias))


def _unknown(name: str, known: Sequence[str]) -> UserError:
    """Return that there is no such outlet, with the names that are near to it."""
    folded = {fold(one): one for one in known}
    near = [folded[one] for one in get_close_matches(fold(name), folded, 3, 0.6)]
    meant, entendu = (f" {word} {' / '.join(near)}{end}" if near else "" for word, end in (
        ("Did you mean", "?"), ("Vouliez-vous dire", " ?"),
    ))  # fmt: skip
    return UserError(
        f"There is no outlet “{name}”; `sourcier articles outlets` shows them.{meant}",
        f"Il n'y a pas de journal « {name} » ; `sourcier articles outlets` les montre.{entendu}",
    )
