"""Both rates of the example questions: gold span in the cited evidence, and "not in the articles".

    python benchmarks/questions.py [--model none] [--limit N] [--drafts FILE.json]

`--drafts` keeps what the model wrote for each prompt, and takes it from there the next time: what comes
after drafting can then be measured again in seconds.

Prints a line a question, then: answerable questions whose cited evidence holds a gold span; questions
without an answer that got `not_found`; and the same for what was merely on offer to the model.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import yaml
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import load_settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.models.chat_model_factory import load_chat_model
from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked, EvidenceChosen
from rag.schema.evidence import Evidence

EXAMPLES = Path(__file__).parent.parent / "examples"


class Remembered(BaseChatModel):
    """Writes what `model` wrote for the same prompt before; asks it, and keeps that, when it is new."""

    accepts_grammar: ClassVar[bool] = True

    model: BaseChatModel
    file: Path

    @property
    def _llm_type(self) -> str:
        return "remembered"

    def _generate(self, messages, stop=None, run_manager=None, **options) -> ChatResult:  # noqa: ARG002
        kept = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        key = "\n".join(str(message.content) for message in messages)
        if key not in kept:
            kept[key] = self.model.invoke(messages, **options).text
            self.file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(kept[key]))])


def holds_gold(evidence: list[Evidence], gold: list[dict]) -> bool:
    """Whether one of these sentences contains a gold quote of the same article."""
    return any(
        span["quote"] in item.quote and item.article.source.endswith(span["file"])
        for item in evidence
        for span in gold
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--drafts", type=Path)
    options = parser.parse_args()
    questions = yaml.safe_load((EXAMPLES / "questions.yaml").read_text(encoding="utf-8"))[: options.limit]
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"SOURCIER_DATA_DIR": folder, "SOURCIER_CHAT_MODEL__MODEL": options.model}
        settings = load_settings(environ=environ)
        with closing(open_engine(settings)) as parts:
            chunker = Chunker(parts.embedder, settings.chunking)
            ingest([str(EXAMPLES / "articles")], parts.indexer, chunker, lambda _: None)
            model = load_chat_model(settings.chat_model)
            if options.drafts:
                model = Remembered(model=model, file=options.drafts)
            with closing(build_chain(parts, model)) as chain:
                report([ask(chain, question) for question in questions])


def ask(chain, question: dict) -> dict:
    """One question's outcome, printed as it comes."""
    offered: list[Evidence] = []
    checks = []
    for event in chain.stream(question["question"]):
        if isinstance(event, EvidenceChosen):
            offered = list(event.evidence)
        elif isinstance(event, ClaimChecked):
            checks.append(event.checked)
    answer: Answer = event
    gold = question.get("gold", [])
    outcome = {
        "answerable": question["answerable"],
        "found": bool(answer.claims),
        "cited": holds_gold(list(answer.citations), gold),
        "offered": holds_gold(offered, gold),
        "seconds": answer.timings["total"],
    }
    right = outcome["cited"] if question["answerable"] else not outcome["found"]
    print("ok " if right else "BAD", question["id"], question["question"])
    print("      ", answer.status, "|", answer.text[:300], "| offered" if outcome["offered"] else "")
    for claim in checks:
        if claim.status != "supported":
            print("       withdrawn:", claim.status, claim.reasons, claim.text[:200])
    return outcome


def report(outcomes: list[dict]) -> None:
    answerable = [o for o in outcomes if o["answerable"]]
    other = [o for o in outcomes if not o["answerable"]]
    for name, part, count in (
        ("gold span in the cited evidence", answerable, sum(o["cited"] for o in answerable)),
        ("gold span in the evidence on offer", answerable, sum(o["offered"] for o in answerable)),
        ("not found although answerable", answerable, sum(not o["found"] for o in answerable)),
        ("not found, and not answerable", other, sum(not o["found"] for o in other)),
    ):
        print(f"{name}: {count}/{len(part)} = {count / max(len(part), 1):.2f}")
    print(f"median seconds: {statistics.median(o['seconds'] for o in outcomes):.1f}")


if __name__ == "__main__":
    main()
