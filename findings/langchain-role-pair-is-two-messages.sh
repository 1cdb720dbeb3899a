#!/usr/bin/env bash
# langchain-core 1.7.2: one message written as a pair of role and text, not in a list, is read as two of a human.
#
# Wherever messages are taken, `[("human", "Qui ?")]` is one message and `("user", "Qui ?")` may stand for one in a
# list; a list may be any sequence, and strings in it are messages of a human. So the pair by itself is a sequence of two
# strings: a human says "human", then "Qui ?". Nothing is raised; the model, or whoever pairs questions with answers,
# sees a turn more. A prompt's placeholder refuses the same pair.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check langchain-core==1.7.2
"$folder/venv/bin/python" - <<'PY'
from langchain_core.messages import convert_to_messages
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

seen = {
    "in a list": convert_to_messages([("human", "Qui ?")]),
    "by itself": convert_to_messages(("human", "Qui ?")),
    "as the assistant": convert_to_messages(("ai", "Paul.")),
}
seen = {what: [(one.type, one.text) for one in messages] for what, messages in seen.items()}
for what, messages in seen.items():
    print(what, messages)
assert seen == {
    "in a list": [("human", "Qui ?")],
    "by itself": [("human", "human"), ("human", "Qui ?")],
    "as the assistant": [("human", "ai"), ("human", "Paul.")],
}, "langchain-core reads it otherwise now"
try:
    ChatPromptTemplate([MessagesPlaceholder("said")]).invoke({"said": ("human", "Qui ?")})
except ValueError as error:
    print("a placeholder:", str(error).splitlines()[0])
else:
    raise AssertionError("a placeholder takes it now")
PY
