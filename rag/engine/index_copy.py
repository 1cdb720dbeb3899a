"""What an encoder made of articles, copied from a library's indexes to those of its copy: none is read again.

Vectors follow from sketches, and what words are found by from the texts. Stopped anywhere and run again, it
goes on with the articles that still wait to be indexed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rag.engine.engine import Engine
from rag.index.encoding import mean_vector
from rag.index.multivector import PassageVectors
from rag.schema.article import Article, Passage

_AT_ONCE = 100  # articles


def copy_indexes(origin: Engine, target: Engine, tell: Callable[[int, int], None]) -> int:
    """Have the articles of a copied library found by what the library that it was copied from has of them.

    The caller holds both for writing. Articles of which not all is there wait to be indexed again.

    Args:
        origin: The library that was copied, with its indexes.
        target: The copy.
        tell: Is told how many articles are done, of how many.

    Returns:
        How many articles wait in the end.
    """
    if origin.vectors.is_foreign() or origin.embedder.name != target.embedder.name:
        return len(target.library.not_indexed())
    if target.vectors.is_foreign():
        target.vectors.reset()
    waiting = target.library.not_indexed()
    for start in range(0, len(waiting), _AT_ONCE):
        _copy_some(waiting[start : start + _AT_ONCE], origin, target)
        tell(min(start + _AT_ONCE, len(waiting)), len(waiting))
    target.indexer.recover()
    return len(target.library.not_indexed())


def _copy_some(article_ids: list[str], origin: Engine, target: Engine) -> None:
    recipes = {one: recipe for one, recipe in origin.library.recipes(article_ids).items() if recipe}
    articles = {article.id: article for article in target.library.articles(list(recipes))}
    passages = target.library.passages_of_each([*articles])
    sketches = origin.sketches.get([passage.id for listed in passages.values() for passage in listed])
    whole = [one for one in articles if all(passage.id in sketches for passage in passages[one])]
    _put([(articles[one], passage) for one in whole for passage in passages[one]], sketches, target)
    target.library.put_recipes({one: recipes[one] for one in whole})


def _put(pairs: list[tuple[Article, Passage]], sketches: dict[str, PassageVectors], target: Engine) -> None:
    if not pairs:
        return
    ids = [passage.id for _, passage in pairs]
    made = [sketches[one] for one in ids]
    target.sketches.put(ids, made)
    target.vectors.upsert(
        ids, np.stack([mean_vector(one) for one in made]), [article for article, _ in pairs]
    )
