"""Percentages and points in words: no digit that the interval does not support.

Whole points once the half-width exceeds one point (``domain/metrics.md`` section 5).
"""

from __future__ import annotations

from service.coverage.answer import vietnamese_number as number


def places(half_width: float | None) -> int:
    """Decimals of a percentage; ``half_width`` of the interval as a share, None without one."""
    return 0 if half_width is not None and 100 * half_width > 1 else 1


def percent(share: float, half_width: float | None) -> str:
    """A share as a percentage."""
    return f"{number(100 * share, places(half_width))} %"


def points(value: float, half_width: float | None) -> str:
    """Net sentiment in points from -100 to +100, with its sign."""
    text = number(100 * value, places(half_width))
    if not text.strip("-0,"):
        return text.lstrip("-")
    return text if value < 0 else f"+{text}"
