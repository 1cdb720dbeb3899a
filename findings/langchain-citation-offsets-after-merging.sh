#!/usr/bin/env bash
# langchain-core 1.7.2: a citation's offsets count in its own block of text; once messages are merged, or streamed and
# summed up, they don't fit the message's text, and for OpenAI's form citations are dropped without a word.
#
# `start_index` and `end_index` of the standard citation bound the response's text. A message of one block has that text as
# `message.text`. Two turns of an assistant merged by `merge_message_runs`, or two chunks added, keep a block each,
# with offsets as they were, while `message.text` is both in one. Whoever marks citations in `message.text` marks other
# words from the second block on. `convert_to_openai_messages` keeps the blocks and leaves out their annotations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check langchain-core==1.7.2
"$folder/venv/bin/python" - <<'PY'
from langchain_core.messages import AIMessage, AIMessageChunk, convert_to_openai_messages, merge_message_runs
from langchain_core.messages.content import create_citation


def block(text: str, cited: str) -> dict:
    start = text.index(cited)
    note = create_citation(title="Le pont", start_index=start, end_index=start + len(cited), cited_text=cited)
    return {"type": "text", "text": text, "annotations": [note]}


def marked(message: AIMessage) -> list[str]:
    notes = [note for one in message.content_blocks for note in one.get("annotations", ())]
    return [message.text[note["start_index"] : note["end_index"]] for note in notes]


first, second = block("Le pont rouvre lundi. ", "lundi"), block("La maire viendra.", "La maire")
(merged,) = merge_message_runs([AIMessage([first]), AIMessage([second])])
summed = AIMessageChunk([first]) + AIMessageChunk([second])
seen = {"one block": marked(AIMessage([first])), "merged": marked(merged), "summed up": marked(summed)}
for what, words in seen.items():
    print(what, words)
assert seen["one block"] == ["lundi"]
assert seen["merged"] == seen["summed up"] == ["lundi", "Le pont "], "offsets are moved now"
(sent,) = convert_to_openai_messages([AIMessage([first])], text_format="block")
print("for OpenAI:", sent)
assert "annotations" not in sent["content"][0], "citations are kept now"
PY
