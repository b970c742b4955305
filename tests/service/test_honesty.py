"""The simulation of ``tests/bench/coverage_honesty.py``, small and seeded, with wide margins."""

from __future__ import annotations

import pytest

from tests.bench.coverage_honesty import AUDIT_NAME, Line, simulate, simulate_themes

RUNS = 60
SHIFTED = "crisis, negatives of another kind"


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return list(simulate(RUNS))


def held(lines: list[Line], method: str) -> dict[str, Line]:
    return {line.scenario: line for line in lines if line.method == method}


def test_the_difference_estimator_holds_the_truth_whatever_the_errors(lines: list[Line]) -> None:
    for line in held(lines, AUDIT_NAME).values():
        assert line.holds_month >= 0.86, line
        assert abs(line.bias) < 1.5, line
        assert line.width < 20, line


def test_adjusted_counting_holds_it_while_the_errors_stay_and_not_after(lines: list[Line]) -> None:
    found = held(lines, "adjusted counting")
    for name in ("calm month", "good month", "crisis month"):
        assert found[name].holds_process >= 0.85, found[name]
        assert abs(found[name].bias) < 1, found[name]
    assert found[SHIFTED].holds_month < 0.4
    assert found[SHIFTED].bias > 4


def test_plain_counting_under_reads_the_crisis(lines: list[Line]) -> None:
    found = held(lines, "counted")
    assert found["crisis month"].holds_month < 0.6
    assert found["crisis month"].bias > 2


def test_items_need_the_bootstrap_by_story(lines: list[Line]) -> None:
    adjusted = held(lines, "adjusted counting, cluster bootstrap")
    for name in ("calm month", "good month", "crisis month"):
        assert adjusted[name].holds_process >= 0.85, adjusted[name]
    calm = {method: held(lines, f"counted, {method}")["calm month"].holds_process for method in (
        "items taken as independent", "cluster bootstrap")}  # fmt: skip
    assert calm["items taken as independent"] < 0.7
    assert calm["cluster bootstrap"] >= 0.85


def test_rare_themes_are_held_too() -> None:
    for line in simulate_themes(RUNS):
        if line.method == AUDIT_NAME:
            assert line.holds_month >= 0.86, line
        if line.method == "adjusted counting":
            assert line.holds_process >= 0.85, line
