"""Questions answered from a person's own articles, every sentence pointing at what it rests on.

from rag import load_chain
chain = load_chain("config.yaml")
answer = chain.invoke("Qui accompagnait Poutine ?")
"""

import os

from rag.errors import (
    ConfigError,
    ContextOverflowError,
    LibraryBusyError,
    LibraryError,
    ModelError,
    SourcierError,
    UserError,
)
from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit, Reprint
from rag.schema.question import Filters, Period, Question, Turn

# What runs the encoder on the processor sends its maker how it is used, and keeps an id of this machine,
# unless it is told not to before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = [
    "Answer",
    "Article",
    "Claim",
    "ConfigError",
    "ContextOverflowError",
    "Evidence",
    "Filters",
    "Hit",
    "LibraryBusyError",
    "LibraryError",
    "ModelError",
    "Period",
    "Question",
    "Reprint",
    "SourcierError",
    "Turn",
    "UserError",
    "load_chain",
]


def __getattr__(name: str) -> object:
    """Return `load_chain`, imported when it is first used: with models and stores, that takes seconds."""
    if name == "load_chain":
        from rag.engine.factory import load_chain

        return load_chain
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
