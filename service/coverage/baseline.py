"""What a day's count usually is: the same weekday over eight weeks, and when a day stands out.

``domain/metrics.md`` M15. Counts are a matrix [series, days].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from service.coverage.negative_binomial import quantile, reach

WEEKS, WEEK = 8, 7
HISTORY = WEEKS * WEEK
LEVEL = 0.995
LEAST = 3
_SPIKE = 0.99999
"""Far out: at this level a year of fifteen series loses half a day that is no spike."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Baseline:
    """For each series and judged day: usual count, threshold, chance to reach it for no reason."""

    mean: Floats
    threshold: Ints
    chance: Floats


def baseline(counts: Ints) -> Baseline:
    """Judge each day after the first :data:`HISTORY` days against the weeks before it.

    ``counts`` [series, history + days]. The threshold is the larger of :data:`LEAST` and the
    99.5 % quantile of a negative binomial with the mean of the same weekday, spikes left out. Its
    dispersion is that of the eight weeks of all weekdays, of the series or of all series together,
    whichever is larger (one series alone shows too few days), widened by the error of a mean of
    eight days. ``chance`` is the probability that such a count reaches the threshold.
    """
    # [series, days, weeks, weekdays]; weekday 0 is that of the judged day.
    windows = sliding_window_view(counts, HISTORY, axis=1)[:, :-1]
    windows = windows.reshape(*windows.shape[:2], WEEKS, WEEK)
    kept = ~_spikes(windows)
    mean, dispersion = _fit(windows, kept)
    own = mean[..., 0]
    dispersion = _widened(own, dispersion, kept[..., 0].sum(-1))
    threshold = np.maximum(LEAST, quantile(LEVEL, own, dispersion))
    return Baseline(own, threshold, reach(threshold, own, dispersion))


def _spikes(windows: Ints) -> Bools:
    """Counts that their window cannot explain when each weekday's largest is left out."""
    largest = np.zeros(windows.shape, dtype=bool)
    np.put_along_axis(largest, windows.argmax(2, keepdims=True), True, axis=2)
    mean, dispersion = _fit(windows, ~largest)
    wide = _widened(mean, dispersion[..., None], np.int64(WEEKS - 1))
    suspect = windows.max(2) >= LEAST
    limit = np.full(mean.shape, LEAST - 1)
    limit[suspect] = np.maximum(LEAST - 1, quantile(_SPIKE, mean[suspect], wide[suspect]))
    return windows > limit[:, :, None]


def _fit(windows: Ints, kept: Bools) -> tuple[Floats, Floats]:
    """Mean of each weekday [series, days, 7] and dispersion [series, days] by moments.

    ``sum(s^2 - m) / sum(m^2 - s^2 / n)`` over weekdays, not below 0; ``s^2 / n`` takes out what the
    error of the mean adds to its square.
    """
    n = kept.sum(2)
    mean = (windows * kept).sum(2) / np.maximum(n, 1)
    squares = ((windows - mean[:, :, None]) ** 2 * kept).sum(2)
    variance = squares / np.maximum(n - 1, 1)
    usable = n > 1
    excess = ((variance - mean) * usable).sum(-1)
    scale = ((mean**2 - variance / np.maximum(n, 1)) * usable).sum(-1)
    own, together = _ratio(excess, scale), _ratio(excess.sum(0), scale.sum(0))
    return mean, np.maximum(own, together)


def _ratio(excess: Floats, scale: Floats) -> Floats:
    return np.where(scale > 0, np.maximum(0.0, excess / np.where(scale > 0, scale, 1.0)), 0.0)


def _widened(mean: Floats, dispersion: Floats, n: Ints | np.int64) -> Floats:
    """Dispersion of the next count about a mean that was itself taken from ``n`` days."""
    safe = np.where(mean > 0, mean, 1.0)
    return np.where(mean > 0, dispersion + (1 / safe + dispersion) / np.maximum(n, 1), 0.0)
