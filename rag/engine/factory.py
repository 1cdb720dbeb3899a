"""Makes the chain: an open library and a chat model, joined as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel

from rag.config import Settings, load_settings
from rag.engine.engine import Engine, open_recovered
from rag.generation.chain import Chain
from rag.generation.pipeline import Components, Options
from rag.models.chat_model_factory import load_chat_model


def build_chain(
    engine: Engine, chat_model: BaseChatModel | None, today: Callable[[], date] = date.today
) -> Chain:
    """Return the chain over an open library, with this chat model (None: evidence is quoted as it is).

    `today` is the clock by which `la semaine dernière` is read.
    """
    settings = engine.settings
    wording = settings.answering.wording
    if wording == "auto":
        wording = "quoted" if getattr(chat_model, "better_pointing", False) else "own"
    answering = settings.answering.model_copy(update={"wording": wording})
    return Chain(
        Components(engine.library, engine.retriever, engine.embedder, chat_model),
        Options(answering, settings.retrieval.hits, today),
    )


def load_chain(config: str | Path | Settings | None = None) -> Chain:
    """Return the chain that a configuration describes.

    Args:
        config: A path, settings, or None for `config.yaml` here.

    Raises:
        ConfigError: The configuration is wrong.
        ModelError: A model can't be found.
    """
    settings = config if isinstance(config, Settings) else load_settings(config)
    chat_model = load_chat_model(settings.chat_model)
    return build_chain(open_recovered(settings), chat_model)
