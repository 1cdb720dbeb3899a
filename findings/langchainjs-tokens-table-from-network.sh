#!/usr/bin/env bash
# @langchain/openai 1.4.5, @langchain/core 1.4.0 (npm), Node.js 20 or newer.
#
# `new ChatOpenAI({streaming: true}).invoke(…)` counts the prompt's tokens by itself once the answer has come, also where
# the server has told its usage, and fetches the table that it counts with from tiktoken.pages.dev. Where that can't be
# reached, as on a machine without a network, the answer is there and is kept back while the fetch is tried again and
# again: 2 min 52 s when each try was refused at once. Then the count is guessed. `.stream(…)`, and `.invoke(…)` without
# `streaming`, fetch nothing.
#
# What it means here: docs/api.md says it of chat interfaces that are built on it; our server sends `usage` and can do no
# more about it.
#
# Seen:
#   stream: fetched nothing
#   invoke: fetched nothing
#   invoke, streaming: fetched tiktoken.pages.dev
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log
npm install --no-audit --no-fund --silent '@langchain/openai@1.4.5' '@langchain/core@1.4.0' >> npm.log
cat > client.cjs <<'JS'
const http = require('http');
const { ChatOpenAI } = require('@langchain/openai');

const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
const base = { id: 'a', created: 0, model: 'm' };
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    if (!JSON.parse(body).stream) {
      response.setHeader('Content-Type', 'application/json');
      const message = { role: 'assistant', content: 'Oui.' };
      response.end(JSON.stringify({
        ...base, object: 'chat.completion', usage, choices: [{ index: 0, message, finish_reason: 'stop' }],
      }));
      return;
    }
    response.setHeader('Content-Type', 'text/event-stream');
    const chunk = (more) => response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...more })}\n\n`);
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Oui.' }, finish_reason: null }] });
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    chunk({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  });
});

// What would leave this machine is noted, and answered with an empty table.
const fetched = [];
const real = globalThis.fetch;
globalThis.fetch = (address, options) => {
  const { hostname } = new URL(address.url ?? address);
  if (hostname === '127.0.0.1') return real(address, options);
  fetched.push(hostname);
  return Promise.resolve(new Response('{"pat_str": ".", "special_tokens": {}, "bpe_ranks": "! 0 IQ=="}'));
};

server.listen(0, '127.0.0.1', async () => {
  const model = (more) => new ChatOpenAI({
    model: 'm', apiKey: 'k', maxRetries: 0, ...more,
    configuration: { baseURL: `http://127.0.0.1:${server.address().port}/v1` },
  });
  const told = (name) => {
    console.log(`${name}: fetched ${[...new Set(fetched)].join(' ') || 'nothing'}`);
    fetched.length = 0;
  };
  for await (const _ of await model({ streaming: true }).stream('Oui ?'));
  told('stream');
  await model({}).invoke('Oui ?');
  told('invoke');
  await model({ streaming: true }).invoke('Oui ?');
  told('invoke, streaming');
  server.close();
});
JS
node client.cjs > seen.txt
cat seen.txt
diff seen.txt - <<'TXT'
stream: fetched nothing
invoke: fetched nothing
invoke, streaming: fetched tiktoken.pages.dev
TXT
