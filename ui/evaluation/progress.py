"""Progress on standard error, for work that lasts minutes."""

from __future__ import annotations

import sys

from tqdm import tqdm

from ui.formatting.i18n import text


def bar(key: str, language: str, total: int, **values: str) -> tqdm:
    """Return a bar called by the words `key`; none at all when there is nothing to do."""
    return tqdm(desc=text(key, language, **values), total=total, file=sys.stderr, disable=total == 0)
