"""Makes the chain: an open library and a chat model, joined as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel

from rag.config import Settings, load_settings
from rag.engine.engine import Engine, open_recovered
from rag.errors import UserError
from rag.generation.pipeline import Components, Options
from rag.library.library import FILE_NAME, refuse_missing
from rag.models.chat_model_factory import load_writer
from rag.observability.question_run import RunSink
from rag.observability.tracing import traces_to
from rag.reading.reader import load_reader
from rag.runnable.chain import Chain


def build_chain(
    engine: Engine,
    chat_model: BaseChatModel | None,
    today: Callable[[], date] = date.today,
    sinks: Sequence[RunSink] = (),
) -> Chain:
    """Return the chain over an open library, with this chat model.

    Without one, or with the wording `quoted`, answers are the articles' own words.

    `today` is the clock by which `la semaine dernière` is read; `sinks` are told of each question when it
    has ended.
    """
    settings = engine.settings
    endpoint = settings.tracing.endpoint
    traces = [traces_to(endpoint)] if endpoint else []
    writer = None if settings.answering.wording == "quoted" else chat_model
    return Chain(
        Components(
            engine.library,
            engine.names,
            engine.subjects,
            engine.retriever,
            engine.embedder,
            writer,
            load_reader(settings.reader),
        ),
        Options(settings.answering, settings.retrieval.hits, today, engine.refresh),
        [*sinks, *traces],
    )


def load_chain(config: str | Path | Settings | None = None) -> Chain:
    """Return the chain that a configuration describes.

    Args:
        config: A path, settings, or None for `config.yaml` here.

    Raises:
        ConfigError: The configuration is wrong.
        ModelError: A model can't be found.
        UserError: There is no library where the configuration says.
    """
    settings = config if isinstance(config, Settings) else load_settings(config)
    check_library(settings)
    chat_model = load_writer(settings)
    return build_chain(open_recovered(settings), chat_model)


def check_library(settings: Settings) -> None:
    """Check that there is a library: whoever only reads makes none.

    Raises:
        UserError: There is none where the settings say.
        LibraryError: Its catalogue is gone, and its indexes are there.
    """
    if settings.place.url is not None:
        return
    refuse_missing(settings.data_dir)
    if not (settings.data_dir / FILE_NAME).exists():
        raise UserError(
            f"There is no library in {settings.data_dir}; add articles with `sourcier ingest PATH` first, or"
            " name another configuration.",
            f"Il n'y a pas de bibliothèque dans {settings.data_dir} ; ajoutez d'abord des articles avec"
            " `sourcier ingest CHEMIN`, ou nommez une autre configuration.",
        )
