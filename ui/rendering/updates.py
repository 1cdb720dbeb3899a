"""What of the chat changes with a session: drawn as a whole, or after one step of its last exchange. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ui.rendering.exchange import conversation, current, panel, panel_subject
from ui.session.exchange import Exchange
from ui.session.session import Session


@dataclass(frozen=True, slots=True)
class Update:
    """What changes on the page; None leaves a part as it is. `box` is what the question box holds."""

    past: Markup | None = None
    current: Markup | None = None
    panel: Markup | None = None
    busy: bool | None = None
    box: str | None = None


def page_update(session: Session) -> Update:
    """Return the whole page as it stands."""
    edited = session.last is not None and session.last.number == session.editing
    return Update(
        past=conversation(session.exchanges[:-1], session.language),
        current=current(session.last, session.language, editing=edited, unkept=session.unkept),
        panel=panel(session.exchanges, session.language),
        busy=session.last is not None and session.last.unfinished,
    )


def step_update(session: Session, before: Exchange, after: Exchange) -> Update:
    """Return what the last exchange's step from `before` to `after` changes on the page.

    Most steps are a piece of a word, and change nothing in the panel: it isn't drawn for them.
    """
    same = panel_subject(before) == panel_subject(after)
    return Update(
        current=current(after, session.language, unkept=session.unkept),
        panel=None if same else panel(session.exchanges, session.language),
    )
