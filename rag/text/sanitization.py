"""Text of articles and readers as one line that a chat model can only take for a quotation.

Pure. Knows what chat templates, citation numbers and tokenizers make of characters; no prompt.
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


def inert(text: str) -> str:
    """Hostile text as one line that can end no block, fake no number and open no control token.

    What a reader doesn't see, the model doesn't read either.
    """
    return " ".join(_CONTROL.sub(" ", _UNSEEN.sub("", text).translate(_LOOKALIKES)).split())
