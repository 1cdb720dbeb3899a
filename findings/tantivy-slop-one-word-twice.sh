#!/usr/bin/env bash
# tantivy 0.27.0 (Python package): a phrase of one word twice, with slop, is found where the word stands once.
#
# A phrase query with slop asks for words with at most so many others between them. For `pont … pont` that reads as
# two places; without slop it needs two, with slop of 1 and more one place is both of them. Whoever builds "near" on
# slop finds every article that has the word at all. And slop isn't a distance: in the other order the same two
# words beside each other cost 2, so which distance a slop means depends on the order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check tantivy==0.27.0
"$folder/venv/bin/python" - <<'PY'
import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("name", stored=True, tokenizer_name="raw")
builder.add_text_field("text", tokenizer_name="whitespace")
schema = builder.build()
index = tantivy.Index(schema)
index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
writer = index.writer(15_000_000, 1)
for name, text in {"once": "le pont rouvre", "twice": "pont et pont", "turned": "pont maire"}.items():
    document = tantivy.Document()
    document.add_text("name", name)
    document.add_text("text", text)
    writer.add_document(document)
writer.commit()
index.reload()
searcher = index.searcher()


def found(words: list[str], slop: int) -> list[str]:
    hits = searcher.search(tantivy.Query.phrase_query(schema, "text", words, slop=slop), 10).hits
    return sorted(searcher.doc(address)["name"][0] for _, address in hits)


seen = {f"pont pont, slop {slop}": found(["pont", "pont"], slop) for slop in (0, 1)}
seen |= {f"maire pont, slop {slop}": found(["maire", "pont"], slop) for slop in (1, 2)}
for what, names in seen.items():
    print(what, names)
assert seen == {
    "pont pont, slop 0": [],
    "pont pont, slop 1": ["once", "turned", "twice"],
    "maire pont, slop 1": [],
    "maire pont, slop 2": ["turned"],
}, "tantivy does otherwise now"
PY
