from __future__ import annotations

import pytest

from service.coverage.answer import Figure, Interval
from service.coverage.change import difference
from service.coverage.intervals import t_quantile, wilson
from service.coverage.rounding import percent, points


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (10, 2.2281),
     (30, 2.0423), (198, 1.9720), (1e9, 1.9600)],
)  # fmt: skip
def test_student(degrees: float, expected: float) -> None:
    assert t_quantile(degrees) == pytest.approx(expected, rel=3e-3)


def test_between_whole_degrees_it_only_falls() -> None:
    values = [t_quantile(1 + k / 10) for k in range(100)]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("share", "half", "expected"),
    [
        (0.3149, 0.04, "31 %"),
        (0.3149, 0.0101, "31 %"),
        (0.3149, 0.01, "31,5 %"),
        (0.3149, 0.002, "31,5 %"),
        (0.3149, None, "31,5 %"),
        (1.0, 0.02, "100 %"),
    ],
)
def test_whole_points_once_the_half_width_exceeds_one(
    share: float, half: float | None, expected: str
) -> None:
    assert percent(share, half) == expected


def test_points_carry_their_sign_and_no_sign_at_nought() -> None:
    assert points(0.244, 0.06) == "+24"
    assert points(-0.244, 0.006) == "-24,4"
    assert points(-0.004, 0.06) == "0"
    assert points(0.0, 0.001) == "0,0"


def figure(value: float, low: float, high: float, method: str = "wilson") -> Figure:
    interval = Interval(low=low, high=high, level=0.95, method=method)
    return Figure(
        key="k", label_vi="l", value=value, numerator=None, denominator=None, n=100,
        interval=interval, corrected=False, wording="",
    )  # fmt: skip


def test_newcombes_worked_example() -> None:
    """Newcombe 1998, table II (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    a, b = figure(56 / 70, *wilson(56, 70)), figure(48 / 80, *wilson(48, 80))
    found = difference(a, b)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(0.0524, abs=1e-4)
    assert found.interval.high == pytest.approx(0.3339, abs=1e-4)
    assert found.changed
    assert found.wording.startswith("tăng 20 điểm")


def test_no_change_is_claimed_while_the_difference_may_be_nought() -> None:
    found = difference(figure(0.30, 0.26, 0.34), figure(0.25, 0.21, 0.29))
    assert found.value == pytest.approx(0.05)
    assert not found.changed
    assert found.wording.startswith("chưa đủ cơ sở kết luận có thay đổi")
    clear = difference(figure(0.19, 0.17, 0.21), figure(0.25, 0.22, 0.28))
    assert clear.changed
    assert clear.wording.startswith("giảm 6 điểm")


def test_two_rulers_are_not_compared() -> None:
    found = difference(figure(0.9, 0.8, 1, "a"), figure(0.1, 0, 0.2, "b"))
    assert (found.value, found.changed) == (None, False)
