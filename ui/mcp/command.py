"""`sourcier mcp`: the library for programs that speak MCP, on standard input and output or over HTTP."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from rag.config import Settings
from ui.formatting.i18n import text, user_error


def mcp(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier mcp` until its client is gone, or it is told to stop.

    Standard output is the protocol's: nothing else is written there.

    Raises:
        UserError: The extra isn't installed, or the address is one that others reach.
    """
    from rag.engine.engine import open_recovered
    from rag.engine.factory import build_chain, check_library
    from rag.models.chat_model_factory import load_writer
    from ui.server.origin import is_loopback

    try:
        from ui.mcp.server import LibraryServer
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("mcp"):
            raise
        raise user_error("mcp_missing") from None
    if options.http and not is_loopback(options.host):
        raise user_error("mcp_not_loopback", host=options.host)
    check_library(settings)
    chat_model = load_writer(settings)
    with (
        closing(open_recovered(settings)) as engine,
        closing(build_chain(engine, chat_model)) as chain,
    ):
        server = LibraryServer(engine, chain)
        if not options.http:
            server.run("stdio")
            return 0
        address = f"http://{options.host}:{options.port}/mcp"
        print(text("mcp_serving", settings.ui.language, address=address), file=sys.stderr, flush=True)
        server.run("streamable-http", host=options.host, port=options.port, json_response=True)
    return 0
