"""Negative binomial counts by mean and dispersion, over arrays; without dispersion Poisson's.

``variance = mean + dispersion * mean^2``. Masses follow from one another, in logarithms, so that a
large mean does not underflow: ``p(0) = (1 + d m)^(-1/d)``,
``p(k+1) / p(k) = m / (1 + d m) * (1 + d k) / (k + 1)``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def quantile(level: float, mean: Floats, dispersion: Floats) -> Ints:
    """The smallest count that is not passed with probability ``level``; 0 for a mean of 0."""
    result = np.zeros(mean.shape, dtype=np.int64)
    open_cells = np.flatnonzero(mean > 0)
    masses = _masses(mean.ravel()[open_cells], dispersion.ravel()[open_cells])
    below = np.zeros(len(open_cells))
    flat = result.ravel()
    waiting = np.arange(len(open_cells))
    for count, mass in enumerate(masses):
        below += mass
        done = below[waiting] >= level
        flat[open_cells[waiting[done]]] = count
        waiting = waiting[~done]
        if not len(waiting):
            break
    return result


def reach(count: Ints, mean: Floats, dispersion: Floats) -> Floats:
    """Probability of at least ``count``; 0 for a mean of 0 and a count above it."""
    below = np.where((mean <= 0) & (count > 0), 1.0, 0.0)
    known = mean > 0
    masses = _masses(np.where(known, mean, 1.0), np.where(known, dispersion, 0.0))
    for k, mass in zip(range(int(count.max(initial=0))), masses, strict=False):
        below += np.where(known & (k < count), mass, 0.0)
    reached: Floats = np.clip(1 - below, 0.0, 1.0)
    return reached


def _masses(mean: Floats, dispersion: Floats) -> Iterator[Floats]:
    """Mass of 0, 1, 2, … in each cell; means are positive."""
    product = dispersion * mean
    clustered = dispersion > 0
    safe = np.where(clustered, dispersion, 1.0)
    log_mass = np.where(clustered, -np.log1p(product) / safe, -mean)
    step = np.log(mean) - np.log1p(product)
    k = 0
    while True:
        yield np.exp(log_mass)
        log_mass = log_mass + step + np.log1p(dispersion * k) - np.log(k + 1)
        k += 1
