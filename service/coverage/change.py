"""Whether a figure changed between two periods: only where the difference is clear of zero.

Interval of a difference of two independent estimates from their own intervals (MOVER: Newcombe
1998, method 10; Zou and Donner 2008), which keeps skewed intervals skewed. Figures adjusted with
one error matrix mostly lean the same way; for them it is somewhat too wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.coverage.answer import Coverage, Figure, Interval
from service.coverage.intervals import LEVEL
from service.coverage.rounding import points

METHOD = "mover-of-two-intervals"
UNCLEAR_VI = "chưa đủ cơ sở kết luận có thay đổi"


@dataclass(frozen=True)
class Change:
    """``value``: later less earlier, None where the two cannot be compared; see ``wording``."""

    value: float | None
    interval: Interval | None
    changed: bool
    wording: str


def difference(a: Figure, b: Figure) -> Change:
    """Change from ``b``, earlier, to ``a``, later: shares or net sentiment with intervals."""
    if a.value is None or b.value is None or a.interval is None or b.interval is None:
        return Change(
            None, None, False, f"{UNCLEAR_VI}: một trong hai kỳ không có tỷ lệ kèm khoảng tin cậy"
        )
    if a.interval.method != b.interval.method:
        return Change(None, None, False, "không so sánh được: hai kỳ được tính bằng hai cách")
    value = a.value - b.value
    low = value - math.hypot(a.value - a.interval.low, b.interval.high - b.value)
    high = value + math.hypot(a.interval.high - a.value, b.value - b.interval.low)
    interval = Interval(low=low, high=high, level=LEVEL, method=METHOD)
    changed = low > 0 or high < 0
    half = (high - low) / 2
    span = f"KTC 95 % của chênh lệch: {points(low, half)} đến {points(high, half)} điểm"
    if not changed:
        return Change(value, interval, False, f"{UNCLEAR_VI} ({span})")
    word = "tăng" if value > 0 else "giảm"
    size = points(abs(value), half).lstrip("+")
    return Change(value, interval, True, f"{word} {size} điểm ({span})")


def change(now: Coverage, before: Coverage, key: str) -> Change:
    """Change of one figure between two answers; refuses what a change of the ruler would fake.

    Basis, filter and the versions of model, taxonomy and thresholds must be the same.
    """
    figures = [next((f for f in answer.figures if f.key == key), None) for answer in (now, before)]
    if None in figures:
        return Change(None, None, False, f"{UNCLEAR_VI}: một trong hai kỳ không có số này")
    if (now.metric, now.basis, now.filter) != (before.metric, before.basis, before.filter):
        return Change(None, None, False, "không so sánh được: hai kỳ khác cách đếm hoặc bộ lọc")
    if now.versions != before.versions:
        return Change(
            None, None, False, "không so sánh được: hai kỳ khác phiên bản mô hình hoặc ngưỡng"
        )
    later, earlier = figures
    assert later is not None
    assert earlier is not None
    return difference(later, earlier)
