"""Adjusted counting: shares of true classes from counts of predicted ones.

Adjusted classify-and-count (Forman 2008; ``domain/metrics.md`` 4.1): with ``M[i, j]`` the rate at
which the true class i is read as j, and q the predicted shares, p solves ``M^T p = q`` on the
simplex. It assumes that M has not moved since it was measured. Arrays in, arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_SKILL = 0.1
"""Sensitivity plus specificity less one under which tags say too little to be corrected."""


def simplex_shares(rates: Floats, given: Floats) -> Floats:
    """``p >= 0``, ``sum p = 1``, with the least ``|M^T p - q|²``; exact, for few classes.

    ``rates`` [..., k, k]: M, rows true, each summing to one; ``given`` [..., k]: q. Every set of
    classes that may be present is solved with the sum fixed; of the solutions without a negative
    share the nearest to q is the minimum.
    """
    k = given.shape[-1]
    best = np.zeros(given.shape)
    least = np.full(given.shape[:-1], np.inf)
    for size in range(1, k + 1):
        for chosen in combinations(range(k), size):
            part = _on_face(rates[..., chosen, :], given)
            shares = np.zeros(given.shape)
            shares[..., chosen] = np.clip(part, 0, None)
            gap = ((np.einsum("...ij,...i->...j", rates, shares) - given) ** 2).sum(-1)
            better = (part >= -1e-9).all(-1) & (gap < least - 1e-15)
            best[better], least[better] = shares[better], gap[better]
    return best


def _on_face(rates: Floats, given: Floats) -> Floats:
    """Least squares with the sum fixed at one, signs left free; rates [..., s, k], given [..., k].

    The last share is one less the others, which leaves an ordinary least-squares problem.
    """
    last = rates[..., -1, :]
    steps = rates[..., :-1, :] - last[..., None, :]
    if steps.shape[-2] == 0:
        return np.ones((*given.shape[:-1], 1))
    normal = steps @ np.swapaxes(steps, -1, -2)
    # A classifier that cannot tell two classes apart has no unique answer: take the smallest.
    free = np.linalg.pinv(normal, hermitian=True) @ (steps @ (given - last)[..., None])
    return np.concatenate([free[..., 0], 1 - free.sum(-2)], axis=-1)


def rogan_gladen(given: Floats, sensitivity: Floats, specificity: Floats) -> Floats:
    """``(q + Sp - 1) / (Se + Sp - 1)`` cut to [0, 1] (Rogan and Gladen 1978); arrays alike.

    Where Se + Sp - 1 is under :data:`LEAST_SKILL` the tag says nothing: q itself.
    """
    skill = sensitivity + specificity - 1
    usable = skill >= LEAST_SKILL
    adjusted = (given + specificity - 1) / np.where(usable, skill, 1)
    return np.clip(np.where(usable, adjusted, given), 0, 1)


@dataclass(frozen=True)
class Adjusted:
    """Adjusted figures with their 95 % bootstrap intervals; arrays [figures]."""

    point: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, point: Floats, redrawn: Floats) -> Adjusted:
        """``redrawn`` [draws, figures]; an interval always holds its point."""
        low, high = np.percentile(redrawn, [2.5, 97.5], axis=0)
        return cls(point, np.minimum(low, point), np.maximum(high, point))


def adjusted_tone(tally: Ints, redrawn: Floats, errors: Ints, rng: np.random.Generator) -> Adjusted:
    """Shares of the three tones and, fourth, net sentiment.

    ``tally`` [classes + 1, 3]: predicted tones of each channel class, order of ``SENTIMENTS``, and
    last the tones that people gave, which count as they are; ``redrawn`` [draws, classes + 1, 3]:
    bootstrap of the same; ``errors`` [classes, 3, 3]: counts, rows true. Both the predicted shares
    and the rows of errors are redrawn (``domain/metrics.md`` section 5).
    """
    rates = np.stack([_redrawn_rows(e, len(redrawn), rng) for e in errors], axis=1)
    point = _mixed_tone(tally[None].astype(float), (errors / errors.sum(-1, keepdims=True))[None])[
        0
    ]
    return Adjusted.of(point, _mixed_tone(redrawn, rates))


def _mixed_tone(tally: Floats, rates: Floats) -> Floats:
    """[draws, classes + 1, 3] and [draws, classes, 3, 3] to [draws, 4]."""
    machine = tally[:, :-1]
    sizes = machine.sum(-1, keepdims=True)
    found = simplex_shares(rates, machine / np.where(sizes > 0, sizes, 1)) * sizes
    shares = (found.sum(1) + tally[:, -1]) / tally.sum((1, 2))[:, None]
    return np.concatenate([shares, shares[:, :1] - shares[:, 2:]], axis=1)


def _redrawn_rows(counts: Ints, draws: int, rng: np.random.Generator) -> Floats:
    """Rates [draws, rows, k] of new samples as large as the one counted."""
    rows = [rng.multinomial(row.sum(), row / row.sum(), size=draws) / row.sum() for row in counts]
    return np.stack(rows, axis=1)


def adjusted_theme(
    tally: Ints, redrawn: Floats, errors: Ints, rng: np.random.Generator
) -> Adjusted:
    """Incidence of one theme, as arrays of one figure.

    ``tally`` [classes + 1, 2]: units of each channel class with and without the tag, and last those
    that people labelled; ``redrawn`` [draws, classes + 1, 2]; ``errors`` [classes, 2, 2]: true
    positive and false negative, false positive and true negative.
    """
    draws = len(redrawn)
    # From Jeffreys' posterior: 11 found of 11 must not pass for certainty.
    rates = [
        rng.beta(row[:, 0] + 0.5, row[:, 1] + 0.5, size=(draws, len(row)))
        for row in (errors[:, 0], errors[:, 1])
    ]
    known = [row[:, 0] / row.sum(-1) for row in (errors[:, 0], errors[:, 1])]
    point = _mixed_theme(tally[None].astype(float), known[0], known[1])
    return Adjusted.of(point[0], _mixed_theme(redrawn, rates[0], rates[1]))


def _mixed_theme(tally: Floats, found: Floats, false: Floats) -> Floats:
    """Incidence [draws, 1] with rates of finding and of false tags [draws, classes]."""
    machine = tally[:, :-1]
    sizes = machine.sum(-1)
    share = rogan_gladen(machine[..., 0] / np.where(sizes > 0, sizes, 1), found, 1 - false)
    hits = (share * sizes).sum(-1) + tally[:, -1, 0]
    return np.asarray(hits / tally.sum((1, 2)))[:, None]
