"""What Gradio does at a start that nobody asks for, left out: more than half of what it takes.

Knows how Gradio is imported and built; nothing of the page. For a start, before there are other threads.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_type_stubs() -> Iterator[None]:
    """Import Gradio inside, without the type stubs that it writes into its own package.

    At every import it parses its components and writes an interface file (`.pyi`) beside each: two fifths of
    the time that importing takes, and two processes that start at once write the same files. Editors want
    them, a server doesn't. The stub of a component whose source can't be found is left out: here, of all.
    """
    found = inspect.getfile

    def getfile(asked: object) -> str:
        if isinstance(asked, type) and asked.__module__.partition(".")[0] == "gradio":
            raise OSError(f"{asked.__name__}: its source isn't wanted")
        return found(asked)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = found


@contextmanager
def without_unserved_apps() -> Iterator[None]:
    """Build a page inside that will be launched afterwards.

    Gradio makes a web application, with all its routes, when a page is begun, when it is complete and when
    its queue is set; launching it makes the one that is served. The others are left out: `Blocks.app` is
    None until then.
    """
    from gradio.routes import App

    made = App.__dict__["create_app"]
    App.create_app = staticmethod(lambda *_, **__: None)
    try:
        yield
    finally:
        App.create_app = made
