"""The body of a post as WordPress keeps it → HTML as it shows it: paragraphs, captions, no shortcodes.

Pure. Blocks (`<!-- wp:paragraph -->`) are HTML already; before them, an empty line began a paragraph. What
stands in brackets is a shortcode if it has values, an end, or a name of WordPress's own: `[sic]` is a word.
"""

from __future__ import annotations

import re

_TAG = re.compile(
    r"\[(?P<escaped>\[)?(?P<end>/)?(?P<name>[A-Za-z][\w-]{0,60})"
    r"(?P<values>(?:\s[^\[\]<>]{0,2000})?)(?P<closed>/)?\](?P<rest>\])?"
)
_VALUE = re.compile(r"[\w-]\s?=\s?[\"'\w&]")
_CAPTION = re.compile(
    r"\[(?P<name>(?:wp_)?caption)\b(?P<values>[^\]]{0,2000})\](?P<body>(?:(?!\[/?(?:wp_)?caption\b).){0,20000})"
    r"\[/(?P=name)\]",
    re.DOTALL,
)
_STATED_CAPTION = re.compile(r"\bcaption\s?=\s?(?:\"([^\"]*)\"|'([^']*)')")
_PICTURES = re.compile(r"<a\b[^>]*>\s*<img\b[^>]*>\s*</a>|<img\b[^>]*>", re.IGNORECASE)
# What shows no words of the article: players, pictures, what is fetched from elsewhere.
_OWN = frozenset({"gallery", "audio", "video", "playlist", "embed", "caption", "wp_caption"})
_FILLED = re.compile(
    r"\[(audio|video|playlist|embed|gallery)\b[^\]]{0,2000}\](?:(?!\[\1\b).){0,2000}?\[/\1\]", re.DOTALL
)
_BLOCKS = "<!-- wp:"
_KEPT = re.compile(r"<(/?)(pre|script|style|textarea)\b", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t\xa0]*\n\s*")
_LINE_END = re.compile(
    r"(?<=[^>\s])[ \t]*\n(?=\s*[^<\s])|(?<=[^>\s])[ \t]*\n(?=\s*<(?:a|b|i|em|strong|span)\b)"
)


def shown_html(body: str) -> str:
    """Return a post's body as HTML."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    body = _FILLED.sub("", _CAPTION.sub(_figure, body))
    body = _without_shortcodes(body)
    return body if _BLOCKS in body else _with_paragraphs(body)


def _figure(caption: re.Match[str]) -> str:
    """Return a picture and its caption as an element has them; of old the caption was a value."""
    stated = _STATED_CAPTION.search(caption["values"])
    words = _PICTURES.sub("", caption["body"]).strip() or (stated and (stated[1] or stated[2])) or ""
    return f"\n<figure><figcaption>{words}</figcaption></figure>\n" if words else ""


def _without_shortcodes(body: str) -> str:
    closed = {found["name"] for found in _TAG.finditer(body) if found["end"]}

    def replaced(tag: re.Match[str]) -> str:
        if tag["escaped"] and tag["rest"]:
            return tag[0][1:-1]
        before, after = tag["escaped"] or "", tag["rest"] or ""
        is_code = tag["name"] in closed or tag["name"] in _OWN or _VALUE.search(tag["values"])
        return f"{before}{after}" if is_code else tag[0]

    return _TAG.sub(replaced, body)


def _with_paragraphs(body: str) -> str:
    """Return a body of lines with its paragraphs marked; elements that keep their lines are left."""
    pieces, place, kept = ["<p>"], 0, ""
    for mark in _KEPT.finditer(body):
        name = mark[2].lower()
        if not kept and not mark[1]:
            pieces.append(_marked(body[place : mark.start()]))
            place, kept = mark.start(), name
        elif kept == name and mark[1]:
            pieces.append(body[place : mark.start()])
            place, kept = mark.start(), ""
    rest = body[place:]
    return "".join([*pieces, rest if kept else _marked(rest)])


def _marked(text: str) -> str:
    return _LINE_END.sub("<br>\n", _EMPTY_LINE.sub("\n<p>", text))
