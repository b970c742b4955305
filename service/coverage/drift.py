"""How far the model's scores have moved: population stability index over deciles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DECILES = 10
FEWEST = 250
"""Scores needed on either side. When nothing has moved, the index is about chi-square with nine
degrees of freedom times 1/n + 1/m: with fewer, chance passes the limit more than once in 100."""
LIMIT = 0.2
"""Above it the audit has to be taken again before anything is published (``metrics.md`` M17)."""


def stability_index(reference: Floats, current: Floats) -> float | None:
    """``sum (c - r) ln(c / r)`` over the deciles of ``reference``; None with too few scores.

    Half a score is added to each decile, so that an empty one stays finite.
    """
    if min(len(reference), len(current)) < FEWEST:
        return None
    edges = np.unique(np.quantile(reference, np.arange(1, DECILES) / DECILES))
    shares = [
        (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
        for counts in (
            np.bincount(np.searchsorted(edges, scores, side="left"), minlength=len(edges) + 1)
            for scores in (reference, current)
        )
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
