#!/usr/bin/env bash
# tantivy 0.27.0 (tantivy-py), Python 3.11.
#
# A commit that deletes writes a file of deletions for each segment, named after the number of the operation, and only
# then the list of what the index consists of. A writer that is killed in between leaves a file that no list refers to:
# the index opens and searches as before, as one expects. But the next writer counts on from the list, comes to the same
# number, and its commit fails, for the file is there; so does that of each later one. Neither opening the index nor a
# new writer collects such garbage, which commits do behind themselves when they succeed: it has to be asked for.
#
# What it means here: `rag/index/term_files.py` clears what the last commit doesn't refer to before anything is written.
#
# Seen:
#   what is left of a killed commit: 1 file
#   searched: 2 documents
#   commit: ValueError, again: ValueError
#   after collecting garbage: 1 document
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'tantivy==0.27.0'
cd "$folder"
cat > run.py <<'PY'
import shutil
from pathlib import Path

import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("id", stored=True, tokenizer_name="raw")
schema = builder.build()
folder = Path("index")


def opened(path: Path) -> tantivy.Index:
    path.mkdir(exist_ok=True)
    return tantivy.Index(schema, path=str(path))


def count(index: tantivy.Index) -> int:
    index.reload()
    return index.searcher().num_docs


def delete(index: tantivy.Index, collect: bool = False) -> str:
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    try:
        if collect:
            writer.garbage_collect_files()
        writer.delete_documents_by_term("id", "b")
        writer.commit()
        return f"{count(index)} document"
    except Exception as error:
        return type(error).__name__
    finally:
        writer.wait_merging_threads()


writer = opened(folder).writer(heap_size=15_000_000, num_threads=1)
for name in ("a", "b"):
    writer.add_document(tantivy.Document(id=name))
writer.commit()
writer.wait_merging_threads()

# A commit elsewhere shows what a killed one leaves: its file of deletions, and the list as it was.
shutil.copytree(folder, "whole")
delete(opened(Path("whole")))
left = [file for file in Path("whole").iterdir() if file.suffix == ".del"]
for file in (*left, Path("whole") / ".managed.json"):  # where a file is noted before it is written
    shutil.copy(file, folder)
print(f"what is left of a killed commit: {len(left)} file")
index = opened(folder)
print(f"searched: {count(index)} documents")
print(f"commit: {delete(index)}, again: {delete(opened(folder))}")
print(f"after collecting garbage: {delete(opened(folder), collect=True)}")
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
what is left of a killed commit: 1 file
searched: 2 documents
commit: ValueError, again: ValueError
after collecting garbage: 1 document
EOF
