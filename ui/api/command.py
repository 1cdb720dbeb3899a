"""`sourcier keys`: which programs may use the API. A key is shown once, when it is made."""

from __future__ import annotations

import argparse
import json

from rag.config import Settings
from ui.api import keys
from ui.formatting.i18n import text, user_error
from ui.server.users import Users


def manage_keys(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier keys add`, `list` and `revoke`."""
    return {"add": _add, "list": _list, "revoke": _revoke}[options.action](options, settings)


def _add(options: argparse.Namespace, settings: Settings) -> int:
    keys.check_name(options.name)
    _check_user(options.user, settings)
    if not 1 <= options.per_minute <= keys.MOST_PER_MINUTE:
        most = keys.MOST_PER_MINUTE
        raise user_error("number_wanted", option="--per-minute", least=1, most=most, value=options.per_minute)
    file, language = keys.keys_file(settings), settings.ui.language
    key, said = keys.new_key(options.name, options.user, options.can_write, options.per_minute)

    def added(listed: dict[str, keys.Key]) -> dict[str, keys.Key]:
        if options.name in listed:
            raise user_error("key_taken", name=options.name)
        return {**listed, key.name: key}

    keys.change(file, added)
    if options.json:
        _print_json({**_told(key, ""), "key": said})
    else:
        print(said)
        print(text("key_added", language, name=key.name, file=file))
    return 0


def _check_user(user: str, settings: Settings) -> None:
    """Refuse a key that would be nobody's where somebody has to sign in, or somebody's who isn't there."""
    users = Users(settings)
    if user and users.secret(user) is None:
        raise user_error("key_user_unknown", name=user)
    if not user and users.are_required:
        raise user_error("key_needs_user")


def _list(options: argparse.Namespace, settings: Settings) -> int:
    listed = keys.read(keys.keys_file(settings))
    used, language = keys.Keys(settings).last_used(), settings.ui.language
    if options.json:
        _print_json([_told(key, used.get(key.id, "")) for key in listed.values()])
        return 0
    for key in listed.values():
        print(_line(key, used.get(key.id, ""), language))
    if not listed:
        print(text("keys_none", language))
    return 0


def _line(key: keys.Key, used: str, language: str) -> str:
    parts = [
        key.name,
        *([text("key_of_user", language, user=key.user)] if key.user else []),
        text("key_writes" if key.can_write else "key_reads", language),
        text("key_per_minute", language, count=key.per_minute),
        text("key_made", language, at=key.made_at),
        text("key_used", language, at=used) if used else text("key_unused", language),
    ]
    return " · ".join(parts)


def _told(key: keys.Key, used: str) -> dict[str, object]:
    return {
        "name": key.name,
        "user": key.user,
        "can_write": key.can_write,
        "per_minute": key.per_minute,
        "made_at": key.made_at,
        "last_used_at": used or None,
    }


def _revoke(options: argparse.Namespace, settings: Settings) -> int:
    file, language = keys.keys_file(settings), settings.ui.language

    def revoked(listed: dict[str, keys.Key]) -> dict[str, keys.Key]:
        if options.name not in listed:
            raise user_error("key_unknown", name=options.name, file=file)
        return {name: key for name, key in listed.items() if name != options.name}

    keys.change(file, revoked)
    if options.json:
        _print_json({"name": options.name})
    else:
        print(text("key_revoked", language, name=options.name))
    return 0


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
