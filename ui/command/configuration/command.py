"""`sourcier config`: prints which file settings are read from and what holds; writes the user's own file.

Knows words and exit codes; where settings are looked for is in `rag.config`.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

import yaml

from rag.config import Settings, settings_file, user_file
from rag.errors import reason_of
from rag.observability.redaction import redacted
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text, user_error

# The commented file of the project's root, but for the place of the library.
TEMPLATE = Path(__file__).with_name("config.yaml")


def config(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier config`; keys and passwords are printed as stars.

    Raises:
        UserError: There is a file already, or it can't be written.
    """
    if options.write:
        file = user_file()
        write_template(file)
        if options.json:
            print_json({"file": str(file)})
        else:
            print(printable(text("config_written", settings.ui.language, file=file)))
        return 0
    read = settings_file(options.config)
    if options.json:
        file = str(read.absolute()) if read else None
        print_json({"file": file, "user_file": str(user_file()), "settings": _shown(settings)})
        return 0
    language = settings.ui.language
    if read:
        print(printable(text("config_read", language, file=read.absolute())))
    else:
        print(printable(text("config_defaults", language, file=user_file())))
    print(yaml.safe_dump(_shown(settings), sort_keys=False, allow_unicode=True), end="")
    return 0


def write_template(file: Path) -> None:
    """Write the commented settings into `file`, for its owner alone; the library is where it is by default.

    Raises:
        UserError: There is a file already, or it can't be written.
    """
    commented = TEMPLATE.read_text(encoding="utf-8")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "x", encoding="utf-8", opener=partial(os.open, mode=0o600)) as new:
            new.write(commented)
    except OSError as error:
        if file.exists():
            raise user_error("config_exists", file=file) from None
        raise user_error("config_unwritable", file=file, reason=reason_of(error)) from None


def _shown(settings: Settings) -> dict:
    """Return all settings, without secrets."""
    return {key: _hidden(value) for key, value in settings.model_dump(mode="json").items()}


def _hidden(value: object) -> object:
    """Return a value without what stands before the `@` of an address, and the like."""
    if isinstance(value, dict):
        return {key: _hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return redacted(value) if isinstance(value, str) else value
