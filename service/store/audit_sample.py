"""How an audit's sample is spread over strata, and drawn: pure arithmetic on sizes and a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LEAST_DRAWN = 6
"""Stories drawn from a stratum, where it has them, so that its errors can be judged at all."""


def allocate(sizes: Ints, n: int) -> Ints:
    """How many of each stratum to draw: in proportion, but no stratum under ``LEAST_DRAWN``.

    ``sizes`` [strata] stories; the sum is ``n``, or all stories when there are fewer.
    """
    n = min(n, int(sizes.sum()))
    filled = int((sizes > 0).sum())
    if not filled:
        return np.zeros_like(sizes)
    least = np.minimum(sizes, min(LEAST_DRAWN, n // filled))
    exact = least.astype(float)
    free = sizes > 0
    while free.any():
        share = (n - exact[~free].sum()) * sizes / sizes[free].sum()
        low = free & (share < least)
        if not low.any():
            exact[free] = share[free]
            break
        free &= ~low
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = n - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:missing]] += 1
    return whole


def draw(strata: Ints, n: int, seed: int) -> Ints:
    """Places of the stories drawn, in random order; the same for the same strata, n and seed.

    ``strata`` [stories] from 0 up. The order is random, so that labels from its front are a random
    sample too, and tells nothing of the strata.
    """
    rng = np.random.default_rng(seed)
    sizes = np.bincount(strata) if len(strata) else np.zeros(0, dtype=np.int64)
    chosen = [
        rng.choice(np.flatnonzero(strata == k), size=count, replace=False)
        for k, count in enumerate(allocate(sizes, n))
        if count
    ]
    return np.asarray(rng.permutation(np.concatenate(chosen)), dtype=np.int64)
