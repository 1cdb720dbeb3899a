"""`sourcier users`: who may sign in to the page. Passwords are asked for, never given as arguments."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import closing

from rag.config import Settings
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text, user_error
from ui.server import users


def manage(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier users add`, `list` and `remove`."""
    return {"add": _add, "list": _list, "remove": _remove}[options.action](options, settings)


def _add(options: argparse.Namespace, settings: Settings) -> int:
    """Return a user who is there already gets the new password, and is signed out everywhere."""
    users.check_name(options.name)
    file, language = users.users_file(settings), settings.ui.language
    users.read(file)  # one that can't be understood is told before anything is typed
    password = _asked(language)
    users.check_password(password)
    secret, known = users.Secret.of(password), False

    def added(listed: dict[str, users.Secret]) -> dict[str, users.Secret]:
        nonlocal known
        known = options.name in listed
        return {**listed, options.name: secret}

    users.change(file, added)
    said = text("user_changed" if known else "user_added", language, name=options.name, file=file)
    _say(options, said, name=options.name, changed=known)
    return 0


def _asked(language: str) -> str:
    """Twice, without echo, at a terminal; the first line of what is piped in otherwise."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(text("password_asked", language) + " ")
    if getpass.getpass(text("password_again", language) + " ") != password:
        raise user_error("passwords_differ")
    return password


def _list(options: argparse.Namespace, settings: Settings) -> int:
    names = sorted({*users.read(users.users_file(settings)), *(settings.ui.users or {})})
    if options.json:
        print_json(names)
        return 0
    for name in names or [text("users_none", settings.ui.language)]:
        print(printable(name))
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    file, language = users.users_file(settings), settings.ui.language
    left: dict[str, users.Secret] = {}

    def removed(listed: dict[str, users.Secret]) -> dict[str, users.Secret]:
        nonlocal left
        if options.name not in listed:
            raise user_error("user_unknown", name=options.name, file=file)
        left = {name: secret for name, secret in listed.items() if name != options.name}
        return left

    users.change(file, removed)
    _forget(options.name, settings)
    said = text("user_removed", language, name=options.name)
    _say(options, said if left else f"{said} {text('users_last', language, file=file)}", name=options.name)
    return 0


def _forget(name: str, settings: Settings) -> None:
    """Take out what is the user's alone: whoever is given this name later must not find it."""
    from rag.conversation import store as conversation_store
    from rag.conversation.kept import KeptAnswers
    from rag.library.library import FILE_NAME, Library
    from rag.storage.database import is_there

    if is_there(settings.place, conversation_store.FILE_NAME):
        with closing(conversation_store.ConversationStore(settings.place)) as conversations:
            for one in conversations.listed(name):
                conversations.delete(one.id, name)
            KeptAnswers(conversations).forget_user(name)
    if is_there(settings.place, FILE_NAME):
        with closing(Library(settings.place)) as library, library.transaction():
            library.dossiers.forget_user(name)
            library.notes.forget_user(name)
            library.standing.forget_user(name)
            library.notifications.forget_user(name)


def _say(options: argparse.Namespace, said: str, **told: object) -> None:
    if options.json:
        print_json(told)
    else:
        print(printable(said))
