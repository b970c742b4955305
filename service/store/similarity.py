"""When two texts are one story: MinHash of word pairs, the numbers they name, and their days.

The constants were chosen on real headlines (``docs/decisions.md``, ``tests/bench/stories.py``).
What is stored depends on them and on datasketch's scheme: a change needs the stories made anew.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

SHINGLE = 2
THRESHOLD = 0.5
"""Least similarity (Jaccard, estimated) of the word pairs of two texts of one story."""
DAYS = 3
"""Most days between them: reprints come within days, and series go on for months."""
NUMBERS = 0.8
"""Least part of the numbers of the text with fewer that the other names too: an issue of a daily
series (gold price, lottery, weather) differs from the next in little else."""
SHORTEST = 8
"""A text of fewer words is joined to the same words only: one other word is another event."""

PERMUTATIONS = 128
BANDS, ROWS = 16, 3
_BLANK = MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32", hashfunc=zlib.crc32)
_MOST_NUMBERS = 128
_DIGIT = re.compile(r"\d")
_PERIOD = 4  # days that one listing in the table of bands covers
_ORIGIN = 25_600  # days: the first that a document may have is in 1900

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text for comparison.

    ``signature``: 16 bits of each of :data:`PERMUTATIONS` minima, empty for a short text;
    ``numbers``: 32-bit hashes of the numbers, repetitions counted, sorted, at most 128 of them.
    """

    signature: bytes
    numbers: bytes


def sketch(words: Sequence[str]) -> Sketch:
    """Sketch of a text given by its prepared words."""
    if len(words) < SHORTEST:
        return Sketch(b"", b"")
    pairs = {f"{a} {b}" for a, b in pairwise(words)}
    minima = _BLANK.copy()
    minima.update_batch(pair.encode("utf-8", "surrogatepass") for pair in pairs)
    signature = minima.hashvalues.astype("<u2")
    counts = Counter(filter(_DIGIT.search, words))
    named = {_hash(f"{w} {k}") for w, n in counts.items() for k in range(n)}
    numbers = np.array(sorted(named)[:_MOST_NUMBERS], dtype="<u4")
    return Sketch(signature.tobytes(), numbers.tobytes())


def _hash(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))


def similar(own: Sketch, others: Sequence[Sketch]) -> list[bool]:
    """Whether each of the others may be of one story with a text, days aside.

    A band in common is part of it, so that those found by bands are all there are.
    """
    if not own.signature or not others:
        return [False] * len(others)
    blank = bytes(2 * PERMUTATIONS)
    theirs = np.frombuffer(b"".join(o.signature or blank for o in others), "<u2")
    same = theirs.reshape(-1, PERMUTATIONS) == np.frombuffer(own.signature, "<u2")
    banded = same[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS).all(axis=2).any(axis=1)
    alike = banded & (same.mean(axis=1) >= THRESHOLD)
    return [
        bool(a) and bool(o.signature) and numbers_agree(own, o)
        for a, o in zip(alike, others, strict=True)
    ]


def numbers_agree(a: Sketch, b: Sketch) -> bool:
    """Whether one text names (nearly) all the numbers of the other."""
    first, second = (np.frombuffer(s.numbers, "<u4") for s in (a, b))
    # Of many numbers the smallest hashes are kept: only up to here are both lists whole.
    for kept in (first, second):
        if len(kept) == _MOST_NUMBERS:
            first, second = first[first <= kept[-1]], second[second <= kept[-1]]
    fewer = min(len(first), len(second))
    return len(set(first.tolist()) & set(second.tolist())) >= NUMBERS * fewer


def band_keys(signature: bytes, first: int, last: int) -> list[int]:
    """Keys under which a text of these days (numbers, both included) is listed and looked up.

    Texts with a key in common are compared: those with three minima of a band in common and days
    in one period. The period leads, so that recent texts lie together in the table.
    """
    if not signature:
        return []
    minima = np.frombuffer(signature, "<u2")[: BANDS * ROWS].reshape(BANDS, ROWS)
    low = (minima & 0x7FFF).astype(np.int64)
    bands = np.arange(BANDS) << 45 | low[:, 0] << 30 | low[:, 1] << 15 | low[:, 2]
    periods = np.arange((first + _ORIGIN) // _PERIOD, (last + _ORIGIN) // _PERIOD + 1)
    keys: list[int] = (periods[:, None] << 49 | bands).ravel().tolist()
    return keys
