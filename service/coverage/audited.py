"""Difference estimator: the machine's count of all stories, corrected by a random audit of some.

``domain/metrics.md`` 4.2 (prediction-powered; in surveys, model-assisted), for shares whose
denominator may be misread too: a ratio of two corrected totals, with the variance of its
linearisation (Särndal, Swensson, Wretman 1992, 5.6 and 7.2). Where no denominator is misread this
is the formula of 4.2. Arrays in, numbers out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.coverage.intervals import Z, t_quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_IN_STRATUM = 5
"""Audited stories that a stratum needs for a variance of its own; smaller ones are joined."""
CERTAIN = -1
"""Stratum of stories whose label people had given before the draw: nothing is left to estimate."""


@dataclass(frozen=True)
class Audit:
    """An audit of N stories, n of them labelled.

    ``strata`` [N]: classes in an order in which neighbours are alike, :data:`CERTAIN` apart;
    ``sampled`` [n]: their places among the N; ``weights`` [n]: stories that each stood for when
    drawn.
    """

    strata: Ints
    sampled: Ints
    weights: Floats

    def joined(self) -> Ints:
        """Strata [N] with small ones joined to their neighbours."""
        most = int(self.strata.max(initial=0)) + 1
        sizes = np.bincount(self.strata[self.sampled], minlength=most)
        new, group, held = np.zeros(len(sizes), dtype=np.int64), 0, 0
        for k, size in enumerate(sizes):
            new[k] = group
            held += int(size)
            if held >= LEAST_IN_STRATUM:
                group, held = group + 1, 0
        # What is left over at the end joins the last full one.
        new = np.minimum(new, max(0, group - 1)) if held < LEAST_IN_STRATUM else new
        return np.where(self.strata == CERTAIN, CERTAIN, new[self.strata])


@dataclass(frozen=True)
class Estimate:
    """A share with its estimated total and denominator, in stories."""

    value: float
    low: float
    high: float
    numerator: float
    denominator: float


def difference_estimate(
    audit: Audit,
    machine: tuple[Floats, Floats],
    human: tuple[Floats, Floats],
    lowest: float = 0.0,
) -> Estimate | None:
    """Total of y over total of x, None when nothing is left to divide by.

    ``machine``: y and x [N] as read by the machine (in the stratum :data:`CERTAIN`, by people);
    ``human``: y and x [n] of the audited; ``lowest``: least possible share, the greatest is 1.
    """
    strata = audit.joined()
    own = strata[audit.sampled]
    diff_y = human[0] - machine[0][audit.sampled]
    diff_x = human[1] - machine[1][audit.sampled]
    total_y, total_x = float(machine[0].sum()), float(machine[1].sum())
    groups = []
    for k in np.unique(strata[strata != CERTAIN]):
        kept = own == k
        weights = audit.weights[kept]
        if not kept.any():
            return None
        size = int((strata == k).sum())
        groups.append((kept, weights / weights.sum(), size))
        total_y += size * float(weights @ diff_y[kept] / weights.sum())
        total_x += size * float(weights @ diff_x[kept] / weights.sum())
    if total_x <= 0:
        return None
    ratio = total_y / total_x
    residual = diff_y - ratio * diff_x
    half = _half_width(residual, groups) / total_x
    value = min(1.0, max(lowest, ratio))
    return Estimate(
        value,
        min(value, max(lowest, ratio - half)),
        max(value, min(1.0, ratio + half)),
        value * total_x,
        total_x,
    )


def _half_width(residual: Floats, groups: list[tuple[NDArray[np.bool_], Floats, int]]) -> float:
    """Half-width of the interval of the total: t quantile, degrees by Welch and Satterthwaite.

    Two mistakes are imagined beside those found (the idea of Agresti and Caffo 2000): with a rare
    theme an audit may well find none, which does not show that there are none.
    """
    variance, scale = 0.0, 0.0
    for kept, weights, size in groups:
        n = int(kept.sum())
        spread = residual[kept] - weights @ residual[kept]
        # For equal weights this is s² / n.
        own = n / max(1, n - 1) * float((weights * spread) @ (weights * spread))
        own *= size**2 * (1 - n / size)
        variance += own
        scale += own**2 / max(1, n - 1)
    stories, audited = sum(size for *_, size in groups), len(residual)
    imagined = 2 * (stories / audited) ** 2 * (1 - audited / stories)
    freedom = variance**2 / scale if scale else np.inf
    return math.sqrt(t_quantile(freedom) ** 2 * variance + Z**2 * imagined)
