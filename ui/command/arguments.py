"""The arguments of the `sourcier` command, and its help in French and English.

`python -m ui.command.arguments` writes the help into the documentation.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from importlib.metadata import version as version_of
from pathlib import Path
from typing import NoReturn

from ui.documents.files import DOCUMENTS, ENDINGS, REFERENCES, Format
from ui.formatting.i18n import text

# What argparse says of arguments such as ours, and the same in French.
_FRENCH = {
    r"the following arguments are required: (.+)": r"il manque : \1",
    r"unrecognized arguments: (.+)": r"arguments inconnus : \1",
    r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)": r"\1 : choix inconnu \2 (au choix : \3)",
    r"argument (.+?): expected one argument": r"\1 : il faut une valeur",
    r"argument (.+?): expected at least one argument": r"\1 : il faut au moins une valeur",
    r"argument (.+?): expected (\d+) arguments": r"\1 : il faut \2 valeurs",
    r"argument (.+?): invalid int value: (.+)": r"\1 : \2 n'est pas un nombre entier",
    r"argument (.+?): not allowed with argument (.+)": r"\1 : ne va pas avec \2",
    r"argument (.+?): ignored explicit argument (.+)": r"\1 : la valeur \2 est de trop",
}


def _in_french(message: str) -> str:
    """Return a message of argparse in French; one that isn't in the table stays as it is."""
    for english, french in _FRENCH.items():
        if found := re.fullmatch(english, message, re.DOTALL):
            return found.expand(french)
    return message


class _Parser(argparse.ArgumentParser):
    """A parser whose own words are in the reader's language."""

    def __init__(self, *, language: str, short_help: bool = True, **options: object) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self._language = language
        self._positionals.title = text("help_arguments", language)
        self._optionals.title = text("help_options", language)
        names = ["-h"] * short_help + ["--help"]
        self.add_argument(*names, action="help", help=text("help_help", language))

    def format_help(self) -> str:
        return super().format_help().replace("usage:", f"{text('help_usage', self._language)}:", 1)

    def error(self, message: str) -> NoReturn:
        """Print one sentence, without the usage in front, and exit with code 2."""
        said = _in_french(message) if self._language == "fr" else message
        sentence = text("usage_error", self._language, message=said, program=self.prog)
        self.exit(2, f"{self.prog}: {sentence}\n")


def build_parser(language: str, version: str) -> argparse.ArgumentParser:
    """Return the whole command line.

    The parsed namespace has `command`, `config`, `json` and a command's own.
    """
    parser = _Parser(language=language, prog="sourcier", description=text("command_about", language))
    parser.add_argument("--version", action="version", version=version, help=text("help_version", language))
    commands = _subcommands(parser, "command", language)

    ingest = _command(commands, "ingest", language)
    ingest.add_argument("paths", nargs="*", metavar="PATH", help=text("help_paths", language))
    ingest.add_argument("--examples", action="store_true", help=text("help_examples", language))
    column = {"metavar": "FIELD=COLUMN", "action": "append", "default": []}
    ingest.add_argument("--column", help=text("help_column", language), **column)
    order = ingest.add_mutually_exclusive_group()
    day_first, month_first = text("help_day_first", language), text("help_month_first", language)
    order.add_argument("--day-first", action="store_const", const=True, dest="day_first", help=day_first)
    order.add_argument("--month-first", action="store_const", const=False, dest="day_first", help=month_first)
    ingest.add_argument("--dry-run", action="store_true", help=text("help_dry_run", language))
    store = text("help_store_embargoed", language)
    ingest.add_argument("--store-embargoed", action="store_true", help=store)
    ray, count = text("help_ray", language), text("help_workers", language)
    ingest.add_argument("--ray", nargs="?", const="local", metavar="ADDRESS", help=ray)
    ingest.add_argument("--workers", type=int, metavar="N", help=count)
    sync = _command(commands, "sync", language)
    sync.add_argument("--store-embargoed", action="store_true", help=store)
    sync.add_argument("--prune", action="store_true", help=text("help_prune", language))
    sync.add_argument("--notify", action="store_true", help=text("help_notify", language))
    watch = _command(commands, "watch", language)
    watch.add_argument("paths", nargs="*", metavar="PATH", help=text("help_watched", language))
    watch.add_argument("--prune", action="store_true", help=text("help_prune", language))
    watch.add_argument("--notify", action="store_true", help=text("help_notify", language))
    ask = _command(commands, "ask", language)
    ask.add_argument("question", metavar="QUESTION", help=text("help_question", language))
    ask.add_argument("--all-dates", action="store_true", help=text("help_all_dates", language))
    _all_filters(ask, language)
    ask.add_argument("--without-notes", action="store_true", help=text("help_without_notes", language))
    _output(ask, tuple(ENDINGS), language)
    search = _command(commands, "search", language, short_help=False)
    # `-péage` and `-hôpital` are words to leave out: argparse takes them as it would take negative numbers.
    search._negative_number_matcher = re.compile(r"-(?!-).")
    search.add_argument("query", nargs="+", metavar="QUERY", help=text("help_search_query", language))
    orders = {"choices": ("relevance", "newest", "oldest"), "default": "relevance"}
    search.add_argument("--order", help=text("help_search_order", language), **orders)
    limit, first = text("help_search_limit", language), text("help_search_from", language)
    search.add_argument("--limit", type=int, default=10, metavar="N", help=limit)
    search.add_argument("--from", type=int, default=1, dest="first", metavar="N", help=first)
    search.add_argument("--all", action="store_true", help=text("help_search_all", language))
    _in_dossier(search, language)
    _entities(commands, language)
    serve = _command(commands, "serve", language, has_json=False)
    serve.add_argument("--port", type=int, metavar="PORT", help=text("help_port", language))
    serve.add_argument("--open", action="store_true", help=text("help_open", language))
    serve.add_argument("--open-to-all", action="store_true", help=text("help_open_to_all", language))
    mcp = _command(commands, "mcp", language, has_json=False)
    mcp.add_argument("--http", action="store_true", help=text("help_mcp_http", language))
    mcp.add_argument("--host", default="127.0.0.1", metavar="HOST", help=text("help_mcp_host", language))
    mcp.add_argument("--port", type=int, default=7861, metavar="PORT", help=text("help_mcp_port", language))
    _articles(commands, language)
    _dossier(commands, language)
    _sources(commands, language)
    _notes(commands, language)
    _standing(commands, language)
    config = _command(commands, "config", language, about="show_config")
    config.add_argument("--write", action="store_true", help=text("help_config_write", language))
    _users(commands, language)
    _keys(commands, language)
    _command(commands, "feedback", language)
    _command(commands, "status", language)
    reindex = _command(commands, "reindex", language)
    reindex.add_argument("--embedding", metavar="MODEL", help=text("help_reindex_embedding", language))
    reindex.add_argument("--base-url", metavar="URL", help=text("help_reindex_base_url", language))
    reindex.add_argument("--query-prompt", metavar="TEXT", help=text("help_reindex_query_prompt", language))
    reindex.add_argument(
        "--passage-prompt", metavar="TEXT", help=text("help_reindex_passage_prompt", language)
    )
    _command(commands, "compact", language)
    _command(commands, "doctor", language)
    backup = _command(commands, "backup", language)
    backup.add_argument("file", metavar="FILE", help=text("help_backup_file", language))
    restore = _command(commands, "restore", language)
    restore.add_argument("file", metavar="FILE", help=text("help_restore_file", language))
    restore.add_argument("--to", metavar="FOLDER", help=text("help_restore_to", language))
    words = text("help_library", language)
    library = commands.add_parser("library", language=language, help=words, description=words)
    copying = _command(_subcommands(library, "action", language), "copy", language, about="library_copy")
    copying.add_argument("origin", metavar="FROM", help=text("help_copy_from", language))
    copying.add_argument("target", metavar="TO", help=text("help_copy_to", language))
    _eval(commands, language)
    return parser


def _filters(command: argparse.ArgumentParser, language: str) -> None:
    command.add_argument("--from", metavar="DATE", dest="date_from", help=text("help_from", language))
    command.add_argument("--to", metavar="DATE", dest="date_to", help=text("help_to", language))
    several = {"action": "append", "default": []}
    command.add_argument("--outlet", metavar="NAME", help=text("help_outlet", language), **several)
    command.add_argument("--language", metavar="CODE", help=text("help_language", language), **several)


def _all_filters(command: argparse.ArgumentParser, language: str) -> None:
    _filters(command, language)
    _undated(command, language)
    several = {"action": "append", "default": []}
    command.add_argument("--source", metavar="SOURCE", help=text("help_source", language), **several)
    _in_dossier(command, language)


def _undated(command: argparse.ArgumentParser, language: str) -> None:
    command.add_argument("--undated", action="store_true", help=text("help_undated", language))


def _in_dossier(command: argparse.ArgumentParser, language: str) -> None:
    several = {"action": "append", "default": []}
    command.add_argument("--dossier", metavar="NAME", help=text("help_in_dossier", language), **several)
    command.add_argument("--user", metavar="NAME", default="", help=text("help_dossier_user", language))


def _output(command: argparse.ArgumentParser, forms: Sequence[Format], language: str) -> None:
    command.add_argument("--format", choices=forms, help=text("help_format", language))
    command.add_argument("--output", metavar="FILE", help=text("help_output", language))


def _entities(commands: argparse._SubParsersAction, language: str) -> None:
    name = text("help_entity_name", language)
    who = _command(commands, "who", language)
    who.add_argument("name", nargs="+", metavar="NAME", help=name)
    said = _command(commands, "said", language)
    said.add_argument("name", nargs="+", metavar="NAME", help=name)
    said.add_argument("--about", metavar="WORDS", default="", help=text("help_said_about", language))
    said.add_argument("--after", metavar="DATE", help=text("help_said_after", language))
    said.add_argument("--before", metavar="DATE", help=text("help_said_before", language))
    several = {"action": "append", "default": []}
    said.add_argument("--outlet", metavar="NAME", help=text("help_outlet", language), **several)
    said.add_argument("--quoted", action="store_true", help=text("help_said_quoted", language))
    limit = text("help_said_limit", language)
    said.add_argument("--limit", type=int, default=20, metavar="N", help=limit)


def _articles(commands: argparse._SubParsersAction, language: str) -> None:
    words = text("help_articles", language)
    articles = commands.add_parser("articles", language=language, help=words, description=words)
    actions = _subcommands(articles, "action", language)
    listing = _command(actions, "list", language)
    listing.add_argument("--without", choices=("date", "outlet"), help=text("help_without", language))
    _in_dossier(listing, language)
    show = _command(actions, "show", language)
    show.add_argument("article", metavar="ID", help=text("help_article_id", language))
    show.add_argument("--revisions", action="store_true", help=text("help_revisions", language))
    edit = _command(actions, "edit", language)
    edit.add_argument("article", nargs="+", metavar="ID", help=text("help_article_id", language))
    fields = ("title", "outlet", "author", "published", "updated", "language", "address")
    for field in fields:
        edit.add_argument(f"--{field}", metavar="VALUE", help=text(f"help_edit_{field}", language))
    undo = text("help_edit_undo", language)
    edit.add_argument("--undo", choices=fields, action="append", default=[], help=undo)
    outlets = _command(actions, "outlets", language)
    either = outlets.add_mutually_exclusive_group()
    merge, unmerge = text("help_outlets_merge", language), text("help_outlets_unmerge", language)
    either.add_argument("--merge", nargs=2, metavar=("ALIAS", "OUTLET"), help=merge)
    either.add_argument("--unmerge", metavar="ALIAS", help=unmerge)
    export = _command(actions, "export", language, has_json=False)
    export.add_argument("article", nargs="*", metavar="ID", help=text("help_article_id", language))
    _all_filters(export, language)
    without = text("help_without_notes", language)
    export.add_argument("--without-notes", action="store_true", help=without)
    _output(export, (*DOCUMENTS, *REFERENCES), language)
    remove = _command(actions, "remove", language)
    remove.add_argument("article", nargs="+", metavar="ID", help=text("help_article_id", language))


def _dossier(commands: argparse._SubParsersAction, language: str) -> None:
    words = text("help_dossier", language)
    dossier = commands.add_parser("dossier", language=language, help=words, description=words)
    actions = _subcommands(dossier, "action", language)
    for name in ("list", "show", "create", "add", "remove", "rename", "describe", "empty", "delete"):
        command = _command(actions, name, language, about=f"dossier_{name}")
        command.add_argument("--user", metavar="NAME", default="", help=text("help_dossier_user", language))
        if name != "list":
            command.add_argument("name", metavar="NAME", help=text("help_dossier_name", language))
        if name in ("add", "remove"):
            command.add_argument("article", nargs="*", metavar="ID", help=text("help_article_id", language))
        if name in ("create", "add"):
            command.add_argument(
                "--search", metavar="QUERY", default="", help=text("help_dossier_search", language)
            )
            _filters(command, language)
            _undated(command, language)
        if name == "create":
            about = text("help_dossier_description", language)
            command.add_argument("--description", metavar="WORDS", default="", help=about)
        if name == "remove":
            command.add_argument("--rule", type=int, metavar="N", help=text("help_dossier_rule", language))
        if name == "rename":
            command.add_argument("new_name", metavar="NEW", help=text("help_dossier_new_name", language))
        if name == "describe":
            about = text("help_dossier_description", language)
            command.add_argument("description", metavar="WORDS", help=about)


def _sources(commands: argparse._SubParsersAction, language: str) -> None:
    words = text("help_sources", language)
    sources = commands.add_parser("sources", language=language, help=words, description=words)
    actions = _subcommands(sources, "action", language)
    listing = _command(actions, "list", language, about="sources_list")
    listing.add_argument("--readings", action="store_true", help=text("help_source_readings", language))
    for name in ("add", "pause", "resume", "remove", "move"):
        command = _command(actions, name, language, about=f"sources_{name}")
        command.add_argument("place", metavar="SOURCE", help=text("help_source_place", language))
        if name == "add":
            named, every = text("help_source_name", language), text("help_source_every", language)
            command.add_argument("--name", metavar="NAME", default="", help=named)
            command.add_argument("--every", metavar="INTERVAL", default="", help=every)
    for name, word in (("export", "--output"), ("import", "file")):
        command = _command(actions, name, language, name == "import", about=f"sources_{name}")
        about = text("help_opml_output" if name == "export" else "help_opml_file", language)
        command.add_argument(word, metavar="FILE", help=about)


def _notes(commands: argparse._SubParsersAction, language: str) -> None:
    command = _command(commands, "notes", language)
    command.add_argument("words", nargs="*", metavar="WORDS", help=text("help_notes_words", language))
    several = {"action": "append", "default": []}
    command.add_argument("--article", metavar="ID", help=text("help_notes_article", language), **several)
    command.add_argument("--dossier", metavar="NAME", help=text("help_notes_dossier", language), **several)
    command.add_argument("--user", metavar="NAME", default="", help=text("help_notes_user", language))
    _output(command, (*DOCUMENTS, *REFERENCES), language)


def _standing(commands: argparse._SubParsersAction, language: str) -> None:
    about = text("help_standing", language)
    standing = commands.add_parser("standing", language=language, help=about, description=about)
    actions = _subcommands(standing, "action", language)
    for name in ("add", "list", "show", "remove", "pause", "resume", "news", "ask"):
        command = _command(actions, name, language, about=f"standing_{name}")
        if name == "add":
            _followed(command, language)
            continue
        command.add_argument("--user", metavar="NAME", default="", help=text("help_standing_user", language))
        if name in ("show", "remove", "pause", "resume"):
            words = text("help_standing_name", language)
            command.add_argument("words", nargs="+", metavar="NAME", help=words)
        if name == "news":
            command.add_argument("--all", action="store_true", help=text("help_standing_all", language))


def _followed(command: argparse.ArgumentParser, language: str) -> None:
    command.add_argument("words", nargs="+", metavar="WORDS", help=text("help_standing_words", language))
    kind = command.add_mutually_exclusive_group()
    kind.add_argument("--search", action="store_true", help=text("help_standing_search", language))
    kind.add_argument("--entity", action="store_true", help=text("help_standing_entity", language))
    _all_filters(command, language)


def _users(commands: argparse._SubParsersAction, language: str) -> None:
    words = text("help_users", language)
    users = commands.add_parser("users", language=language, help=words, description=words)
    actions = _subcommands(users, "action", language)
    for name in ("add", "list", "remove"):
        command = _command(actions, name, language, about=f"users_{name}")
        if name != "list":
            command.add_argument("name", metavar="NAME", help=text("help_user_name", language))


def _keys(commands: argparse._SubParsersAction, language: str) -> None:
    words = text("help_keys", language)
    keys = commands.add_parser("keys", language=language, help=words, description=words)
    actions = _subcommands(keys, "action", language)
    for name in ("add", "list", "revoke"):
        command = _command(actions, name, language, about=f"keys_{name}")
        if name != "list":
            command.add_argument("name", metavar="NAME", help=text("help_key_name", language))
        if name == "add":
            command.add_argument("--user", metavar="NAME", default="", help=text("help_key_user", language))
            can_write = text("help_key_can_write", language)
            command.add_argument("--can-write", action="store_true", help=can_write)
            most = text("help_key_per_minute", language)
            command.add_argument("--per-minute", type=int, default=60, metavar="N", help=most)


def _eval(commands: argparse._SubParsersAction, language: str) -> None:
    command = _command(commands, "eval", language)
    command.add_argument("files", nargs="+", metavar="FILE", help=text("help_eval_files", language))
    command.add_argument("--limit", type=int, metavar="N", help=text("help_eval_limit", language))
    command.add_argument("--seed", type=int, default=1, metavar="S", help=text("help_eval_seed", language))
    systems = text("help_eval_system", language)
    command.add_argument("--system", default="dense,bm25,rrf,ours", metavar="A,B…", help=systems)
    only = text("help_eval_retrieval_only", language)
    command.add_argument("--retrieval-only", action="store_true", help=only)
    unanswerable = text("help_eval_unanswerable", language)
    command.add_argument("--unanswerable", metavar="FILE", help=unanswerable)
    leave_out = text("help_eval_leave_out", language)
    command.add_argument("--leave-out", type=float, metavar="FRACTION", help=leave_out)
    near_miss = text("help_eval_near_miss", language)
    command.add_argument("--near-miss", type=int, metavar="N", help=near_miss)
    command.add_argument("--variants", action="store_true", help=text("help_eval_variants", language))
    command.add_argument("--articles", metavar="FILE", help=text("help_eval_articles", language))
    command.add_argument("--show", type=int, metavar="N", help=text("help_eval_show", language))
    command.add_argument("--plot", metavar="OUT.png", help=text("help_eval_plot", language))
    command.add_argument("--cache", metavar="FOLDER", help=text("help_eval_cache", language))


def _subcommands(parser: argparse.ArgumentParser, name: str, language: str) -> argparse._SubParsersAction:
    title = text("help_commands", language)
    return parser.add_subparsers(dest=name, required=True, metavar="COMMAND", title=title)


def _command(
    commands: argparse._SubParsersAction,
    name: str,
    language: str,
    has_json: bool = True,
    about: str = "",
    **options: bool,
) -> argparse.ArgumentParser:
    words = text(f"help_{about or name}", language)
    command = commands.add_parser(name, language=language, help=words, description=words, **options)
    command.add_argument("--config", metavar="FILE", help=text("help_config", language))
    if has_json:
        command.add_argument("--json", action="store_true", help=text("help_json", language))
    return command


def config_path(arguments: Sequence[str]) -> str | None:
    """Return the value of `--config`, read before everything else.

    It decides the language of all messages.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config")
    try:
        return parser.parse_known_args(arguments)[0].config
    except argparse.ArgumentError:
        return None


def command_reference(language: str, version: str) -> str:
    """Return every command's help, as the documentation shows it."""
    parsers = [build_parser(language, version)]
    for parser in parsers:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                parsers.extend(action.choices.values())
    return "\n".join(f"## {parser.prog}\n\n```text\n{parser.format_help()}```\n" for parser in parsers)


# --- the documentation ---

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": ("commands.md", "# Commands"), "fr": ("commandes.md", "# Commandes")}
_WIDTH = "100"


def page(language: str) -> str:
    """Return the page of commands of this language, the same whatever terminal it is made in."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _WIDTH  # argparse wraps at the terminal's width
    try:
        return f"{PAGES[language][1]}\n\n{command_reference(language, version_of('sourcier'))}"
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def write_pages() -> None:
    """Write the two pages of commands."""
    for language, (name, _) in PAGES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
