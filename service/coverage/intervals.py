"""95 % intervals (``domain/metrics.md`` section 5) in closed form."""

from __future__ import annotations

import math
from statistics import NormalDist

from service.coverage.resampling import RESAMPLES as RESAMPLES
from service.coverage.resampling import cluster_bootstrap as cluster_bootstrap

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


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


def t_quantile(degrees: float) -> float:
    """97.5 % point of Student's t, ``degrees`` >= 1.

    Expansion of Abramowitz and Stegun 26.7.5, which is within 0.3 % from 4 degrees on; under those
    the exact values of whole degrees (never fewer than there are) stand in a table.
    """
    if degrees < 4:
        return (12.706205, 4.302653, 3.182446)[max(0, int(degrees) - 1)]
    z, v = Z, degrees
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v**k for k, term in enumerate(terms, 1))
