"""Text of articles and readers as one line that a chat model can only take for a quotation.

And words that somebody wrote, as they can be kept and shown. Pure. Knows what chat templates, citation
numbers and tokenizers make of characters; no prompt.
"""

from __future__ import annotations

import re

# Control tokens of chat templates: in an article they would end its message and begin another.
_CONTROL = re.compile(r"<(?=[|/\\!?]|[^\W\d]|0x)|(?<=[|/\\!?])>|(?<=[^\W\d])>")
# Whatever looks like the brackets of a number, or becomes one when a tokenizer normalises it.
_LOOKALIKES = str.maketrans(
    dict.fromkeys("[［﹇【〔〖〘〚⟦⁅❲⦋⦍⦏⟬﹝︹︗", "(")
    | dict.fromkeys("]］﹈】〕〗〙〛⟧⁆❳⦌⦎⦐⟭﹞︺︘", ")")
    | dict.fromkeys("<＜﹤", "<")
    | dict.fromkeys(">＞﹥", ">")
    | {"｜": "|", "／": "/", "＼": "\\"}
)
# What nobody sees: Unicode's Default_Ignorable_Code_Point (zero width, bidi, tags, variation selectors),
# controls but for white space, interlinear marks and half surrogate pairs.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
# What a terminal obeys, or what turns the words around it: controls but for white space, marks of direction.
_OBEYED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    """Hostile text as one line that can end no block, fake no number and open no control token.

    What a reader doesn't see, the model doesn't read either.
    """
    return " ".join(_CONTROL.sub(" ", _UNSEEN.sub("", text).translate(_LOOKALIKES)).split())


def without_orders(words: str) -> str:
    """Return words that can be kept, without what is obeyed and not read."""
    return _OBEYED.sub("", storable(words))


def storable(words: str) -> str:
    """Return words without half a surrogate pair, which browsers and terminals may send; it becomes `?`.

    No file holds it, and no server can be sent it.
    """
    return words.encode("utf-8", "replace").decode("utf-8")
