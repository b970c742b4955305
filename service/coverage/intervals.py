"""95 % intervals (``domain/metrics.md`` section 5). They cover sampling, not classifier error."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
LEVEL = 0.95
RESAMPLES = 500


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson score interval for a share of independent stories."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def net_normal(positive: int, negative: int, n: int) -> tuple[float, float]:
    """Normal interval for (P - N) / n with variance ``(p+ + p- - NS²) / n``."""
    if n == 0:
        return -1.0, 1.0
    p, q = positive / n, negative / n
    half = Z * math.sqrt(max(0.0, p + q - (p - q) ** 2) / n)
    return max(-1.0, p - q - half), min(1.0, p - q + half)


def cluster_bootstrap(
    stories: NDArray[np.int64], values: NDArray[np.int64], seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile intervals of the columns' means when whole stories are drawn again.

    ``stories`` [items] numbers the story of each item, ``values`` [items, figures].
    """
    names, which = np.unique(stories, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, which, values)
    sizes = np.bincount(which).astype(float)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    means = (draws @ sums) / (draws @ sizes)[:, None]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return low, high
