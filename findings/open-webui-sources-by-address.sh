#!/usr/bin/env bash
# open-webui 0.12.4, Python 3.11; Chromium has to be on PATH (or CHROMIUM say where it is).
#
# An answer with `[1]`, `[2]`, `[3]` and an annotation (`url_citation`) for each is shown with the n-th *address* as the
# source of `[n]`: annotations with the same `url` are one source. Where 1 and 2 are passages of the same page, `[2]` is the
# button of the third, and `[3]` is no button at all. The names of the buttons are made one by title in the same way.
#
# For the icons of the sources the browser is told to ask www.google.com for each cited address, path and all, with
# OFFLINE_MODE=true too. Only a CONTENT_SECURITY_POLICY (a variable of Open WebUI's) keeps it from that.
#
# What it means here: `ui/api/clients/sources.py` gives each citation of a page an address and a title of its own;
# docs/api.md says what to set.
#
# Seen:
#   Un. [Page A] Deux. [Page B] Trois.
#   asked of www.google.com: https://a.example/page https://b.example/page
#   with a policy: nothing
set -euo pipefail
folder=$(mktemp -d)
chromium=${CHROMIUM:-$(command -v chromium-headless-shell || command -v chromium || command -v chromium-browser)}
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/pip" --disable-pip-version-check -q "$@"; }
pip install --no-deps 'open-webui==0.12.4'
# What it pins, without what runs models or reads files here.
"$folder/venv/bin/python" - > "$folder/pins.txt" <<'PY'
from importlib.metadata import requires

LEFT_OUT = ("accelerate", "sentence-transformers", "transformers", "faster-whisper", "rapidocr", "einops")
LEFT_OUT += ("opencv-python-headless", "sentencepiece")
for one in requires("open-webui"):
    if "extra ==" not in one and one.partition("==")[0].partition("[")[0] not in LEFT_OUT:
        print(one)
PY
pip install -r "$folder/pins.txt" 'playwright==1.60.0'
cd "$folder"
cat > model.py <<'PY'
"""A model's server: one answer, with three citations."""

import json

from aiohttp import web

CITED = [("https://a.example/page", "Page A"), ("https://a.example/page", "Page A"), ("https://b.example/page", "Page B")]


async def models(_):
    return web.json_response({"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "o", "created": 0}]})


async def complete(request):
    reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await reply.prepare(request)
    notes = [{"type": "url_citation", "url_citation": {"url": url, "title": title}} for url, title in CITED]
    for delta, finish in (
        ({"role": "assistant", "content": "Un. [1] Deux. [2] Trois. [3]"}, None), ({"annotations": notes}, None), ({}, "stop")
    ):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        piece = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        await reply.write(f"data: {json.dumps(piece)}\n\n".encode())
    await reply.write(b"data: [DONE]\n\n")
    return reply


app = web.Application(client_max_size=2**26)
app.add_routes([web.get("/v1/models", models), web.post("/v1/chat/completions", complete)])
PY
cat > run.py <<'PY'
import asyncio
import json
import re
import sys
import urllib.request

from aiohttp import web
from playwright.async_api import async_playwright

from model import app

PAGE, CHROMIUM, POLICY = sys.argv[1:]


async def main():
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 7998).start()
    said = json.dumps({"name": "a", "email": f"a{POLICY}@example.org", "password": "Pa55word!x"}).encode()
    asked = urllib.request.Request(f"{PAGE}/api/v1/auths/signup", said, {"Content-Type": "application/json"})
    token = json.load(await asyncio.to_thread(urllib.request.urlopen, asked))["token"]
    seen = []

    async def met(route):  # nothing leaves this machine
        seen.append(route.request.url)
        await route.abort()

    async with async_playwright() as made:
        browser = await made.chromium.launch(executable_path=CHROMIUM)
        page = await browser.new_page()
        await page.route(lambda url: not url.startswith((PAGE, "data:", "blob:")), met)
        await page.goto(PAGE)
        await page.evaluate("token => { localStorage.token = token; localStorage.version = '0.12.4' }", token)
        await page.goto(f"{PAGE}/?models=m")
        await page.wait_for_selector("#chat-input", timeout=120_000)
        await asyncio.sleep(5)
        await page.keyboard.press("Escape")
        await page.click("#chat-input")
        await page.keyboard.type("Qui ?")
        await page.keyboard.press("Enter")
        await page.get_by_text("2 Sources").wait_for(timeout=120_000)
        await asyncio.sleep(5)
        words = await page.locator("div.chat-assistant").inner_text()
        if POLICY == "without":
            shown = re.sub(r"\bPage \w\b", r"[\g<0>]", " ".join(words.partition("2 Sources")[0].split()))
            print(shown)
        cited = sorted({url.partition("domain=")[2] for url in seen if "www.google.com" in url})
        print("asked of www.google.com:" if POLICY == "without" else "with a policy:", *cited or ["nothing"])
        await browser.close()
    await runner.cleanup()


asyncio.run(main())
PY
serve() {  # with a policy or without
    mkdir -p "$1" && cd "$1"
    env ${2:+CONTENT_SECURITY_POLICY="$2"} DATA_DIR="$folder/$1" WEBUI_SECRET_KEY=x OFFLINE_MODE=true HF_HUB_OFFLINE=1 \
        RAG_EMBEDDING_ENGINE=openai AUDIO_STT_ENGINE=openai ENABLE_OLLAMA_API=false ENABLE_TITLE_GENERATION=false \
        ENABLE_TAGS_GENERATION=false ENABLE_FOLLOW_UP_GENERATION=false OPENAI_API_KEY=x \
        OPENAI_API_BASE_URL=http://127.0.0.1:7998/v1 \
        "$folder/venv/bin/open-webui" serve --host 127.0.0.1 --port 7999 > log 2>&1 &
    server=$!
    cd "$folder"
    for _ in $(seq 120); do curl -sfo /dev/null http://127.0.0.1:7999/health && break || sleep 1; done
    "$folder/venv/bin/python" run.py http://127.0.0.1:7999 "$chromium" "$1" >> seen.txt
    kill "$server" && wait "$server" || true
    server=""
}
serve without ""
serve with "img-src 'self' data: blob:"
cat seen.txt
diff - seen.txt <<'EOF2'
Un. [Page A] Deux. [Page B] Trois.
asked of www.google.com: https://a.example/page https://b.example/page
with a policy: nothing
EOF2
