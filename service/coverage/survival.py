"""Kaplan-Meier estimation for times of which some are still running (right-censored)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.coverage.intervals import Z

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Steps of the curve: ``survival`` just after each of the ``times``, with 95 % bounds."""

    times: Floats
    survival: Floats
    low: Floats
    high: Floats

    def median(self) -> tuple[float, float, float]:
        """Time at which half has happened and its 95 % interval; infinite where not reached.

        The interval holds the times at which the bounds of the curve include one half
        (Brookmeyer and Crowley 1982).
        """
        return (
            self._first_at_or_below(self.survival),
            self._first_at_or_below(self.low),
            self._first_at_or_below(self.high),
        )

    def _first_at_or_below(self, curve: Floats) -> float:
        # A hair of tolerance: 1/2 made by a product of fractions may come out just above it.
        reached = np.flatnonzero(curve <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else math.inf


def kaplan_meier(durations: Floats, happened: NDArray[np.bool_]) -> Curve:
    """Product-limit estimate (Kaplan and Meier 1958) of the share that has not happened yet.

    ``durations`` [n], ``happened`` [n]: False is censored then. Of equal durations, what happened
    comes before what was censored. Bounds by Greenwood's variance on the log-log scale.
    """
    times, deaths = np.unique(durations[happened], return_counts=True)
    at_risk = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    survival = np.cumprod(1 - deaths / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        spread = Z * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    # When nothing is left at risk, the formula has no value there.
    ended = survival == 0
    low, high = np.where(ended, 0.0, low), np.where(ended, np.nan, high)
    if ended.any():
        before = high[~ended]
        high[ended] = before[-1] if len(before) else 1.0
    return Curve(times, survival, low, high)
