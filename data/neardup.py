"""Near-duplicates by MinHash: candidates from locality-sensitive hashing, then exact Jaccard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 64


def shingles(text: str, size: int = 3) -> set[str]:
    """Lower-case word ``size``-grams; a shorter text is one shingle."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    if not words:
        return set()
    return {" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))}


def jaccard(a: set[str], b: set[str]) -> float:
    """Size of the intersection over size of the union; 0 for two empty sets."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def near_duplicates(
    texts: Sequence[str], threshold: float = 0.6, size: int = 3
) -> list[tuple[int, int, float]]:
    """All pairs ``(i, j, jaccard)`` with ``i < j`` at or above ``threshold``.

    Candidates come from MinHash bands set somewhat below the threshold, so that few pairs at the
    threshold itself are missed; each candidate is then measured exactly.
    """
    sets = [shingles(t, size) for t in texts]
    lsh = MinHashLSH(threshold=max(0.1, threshold - 0.15), num_perm=PERMUTATIONS)
    pairs: list[tuple[int, int, float]] = []
    for j, own in enumerate(sets):
        if not own:
            continue
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([s.encode() for s in own])
        for i in lsh.query(sketch):
            similarity = jaccard(sets[i], own)
            if similarity >= threshold:
                pairs.append((i, j, similarity))
        lsh.insert(j, sketch)
    return sorted(pairs)


def clusters(texts: Sequence[str], threshold: float = 0.6, size: int = 3) -> list[int]:
    """Cluster number of each text: connected components of near-duplicate pairs."""
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j, _ in near_duplicates(texts, threshold, size):
        parent[root(j)] = root(i)
    return [root(i) for i in range(len(texts))]
