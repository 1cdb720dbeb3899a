"""What the browser paints first, and which scripts may run: Gradio's page as it is changed on its way out."""

from __future__ import annotations

import re

from ui.server.first_paint import policy, with_first_paint

PAGE = """<!doctype html><html><head><meta charset="utf-8"><script>window.config = {"value":
"\\u003cscript>no\\u003c/script>"};</script><script type="module" src="./a.js"></script></head>
<body style="margin: 0"><gradio-app></gradio-app></body></html>"""


def test_theme_and_colours_come_before_all_else_in_the_head():
    head = with_first_paint(PAGE, "n").partition("</head>")[0]
    first, second = head.index("sourcier-theme"), head.index("--paper: #f8f7f3")
    assert first < second < head.index('<meta charset="utf-8">')


def test_the_name_is_painted_first_in_the_body():
    body = with_first_paint(PAGE, "n").partition("<body")[2]
    splash = '<div id="splash" aria-hidden="true"><p class="name">Sourcier</p></div>'
    assert body.startswith(f' style="margin: 0">{splash}<gradio-app>')


def test_every_script_and_nothing_else_gets_the_nonce():
    page = with_first_paint(PAGE, "abc")
    assert re.findall(r"<script[^>]*>", page) == [
        '<script nonce="abc">',
        '<script nonce="abc">',
        '<script nonce="abc" type="module" src="./a.js">',
    ]
    assert '"\\u003cscript>no\\u003c/script>"' in page


def test_only_scripts_with_the_nonce_may_run():
    scripts = dict(part.strip().split(" ", 1) for part in policy("abc").split(";"))["script-src"]
    assert scripts == "'self' 'nonce-abc' 'unsafe-eval'"
