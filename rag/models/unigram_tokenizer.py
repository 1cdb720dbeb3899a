"""A Unigram tokenizer whose vocabulary stays on the disk: few texts need few of its 250,000 pieces.

`tokenizers` takes most of a second and 300 MB to load such a vocabulary. Here it is a sorted array in a
file that is mapped; the pieces that stand in the given texts are looked up in it, and `tokenizers` itself
cuts with these alone: pieces that stand nowhere in a text have no part in how it is cut. So ids and spans
are those of the whole tokenizer. Knows tokenizer.json and its own folder; no model, no cache.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models

_PIECES, _SCORES, _IDS = "pieces.npy", "scores.npy", "ids.npy"
_RULES, _SPECIAL = "rules.json", "special.json"
# Character sequences that are looked up together: bounds the memory that a long text takes.
_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's n tokens, without special ones: their ids (n,) and the characters they stand for (n, 2)."""

    ids: np.ndarray
    spans: np.ndarray


def write_vocabulary(tokenizer: Path, folder: Path) -> None:
    """Write the Unigram tokenizer of the file `tokenizer` (tokenizer.json) into the existing `folder`.

    Raises:
        ValueError: It isn't a Unigram tokenizer with a template of special tokens.
    """
    content = json.loads(tokenizer.read_text(encoding="utf-8"))
    model = content["model"]
    if model["type"] != "Unigram" or content["post_processor"]["type"] != "TemplateProcessing":
        raise ValueError(f"{tokenizer}: not a Unigram tokenizer with special tokens around a text")
    vocabulary = [(piece.encode(), score) for piece, score in model["vocab"]]
    pieces = np.array([piece for piece, _ in vocabulary])  # bytes of one length, zeros after a shorter piece
    if pieces.tolist() != [piece for piece, _ in vocabulary]:
        raise ValueError(f"{tokenizer}: a piece ends in a zero character")
    order = np.argsort(pieces)
    np.save(folder / _PIECES, pieces[order])
    np.save(folder / _SCORES, np.array([score for _, score in vocabulary])[order])
    np.save(folder / _IDS, order.astype(np.int32))
    # What is unknown is weighed by the lowest score, so this piece is always there too.
    always = [model["unk_id"], int(np.argmin([score for _, score in vocabulary]))]
    rules = content | {"model": model | {"unk_id": 0, "vocab": [model["vocab"][i] for i in always]}}
    (folder / _RULES).write_text(json.dumps(rules), encoding="utf-8")
    around = [
        content["post_processor"]["special_tokens"][part["SpecialToken"]["id"]]["ids"][0]
        for part in content["post_processor"]["single"]
        if "SpecialToken" in part
    ]
    longest = max(len(piece) for piece, _ in model["vocab"])
    special = {"first": around[0], "last": around[1], "always": always, "longest": longest}
    (folder / _SPECIAL).write_text(json.dumps(special), encoding="utf-8")


class UnigramTokenizer:
    """The tokenizer in a folder of `write_vocabulary`; may be used by several threads.

    `first` and `last` are the special tokens' ids that stand around a text.
    """

    def __init__(self, folder: Path) -> None:
        self._pieces, self._scores, self._ids = (
            np.load(folder / name, mmap_mode="r") for name in (_PIECES, _SCORES, _IDS)
        )
        rules = (folder / _RULES).read_text(encoding="utf-8")
        special = json.loads((folder / _SPECIAL).read_text(encoding="utf-8"))
        self.first: int = special["first"]
        self.last: int = special["last"]
        self._always: list[int] = special["always"]
        self._vocabulary = [tuple(entry) for entry in json.loads(rules)["model"]["vocab"]]
        self._tokenizer = Tokenizer.from_str(rules)
        self._longest: int = special["longest"]  # characters of a piece
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return each text's tokens, however many."""
        if not texts:
            return []
        with self._lock:
            places = self._places_in(texts)
            ids = np.concatenate([self._always, self._ids[places]])
            found = zip(self._pieces[places].tolist(), self._scores[places].tolist(), strict=True)
            entries = [(piece.decode(), score) for piece, score in found]
            self._tokenizer.model = models.Unigram([*self._vocabulary, *entries], unk_id=0)
            made = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [
            Encoded(ids[one.ids].astype(np.int64), np.array(one.offsets, dtype=np.int64).reshape(-1, 2))
            for one in made
        ]

    def _places_in(self, texts: Sequence[str]) -> np.ndarray:
        """Return where in the vocabulary the pieces are that stand in these texts: ascending, each once."""
        normalizer, cutter = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        words = {
            word for text in texts for word, _ in cutter.pre_tokenize_str(normalizer.normalize_str(text))
        }
        sequences = self._sequences(words)
        places = [np.empty(0, dtype=np.int64)]
        while part := set(islice(sequences, _AT_ONCE)):
            places.append(self._find(part))
        return np.setdiff1d(np.concatenate(places), self._find(p.encode() for p, _ in self._vocabulary))

    def _sequences(self, words: Iterable[str]) -> Iterator[bytes]:
        """Yield every sequence of characters within a word that could be a piece."""
        for word in words:
            raw = word.encode()
            # Where characters begin, and the end.
            edges = [place for place, byte in enumerate(raw) if byte & 0xC0 != 0x80] + [len(raw)]
            for number, start in enumerate(edges[:-1]):
                for end in edges[number + 1 : number + 1 + self._longest]:
                    if end - start > self._pieces.itemsize:  # it would be cut off, and perhaps be found then
                        break
                    yield raw[start:end]

    def _find(self, sequences: Iterable[bytes]) -> np.ndarray:
        """Return the places of those that are pieces."""
        asked = np.array(list(sequences), dtype=self._pieces.dtype)
        places = np.searchsorted(self._pieces, asked).clip(max=len(self._pieces) - 1)
        return places[self._pieces[places] == asked]
