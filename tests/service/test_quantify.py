"""Adjusted counting against worked examples, ordinary solvers and random search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.coverage.quantify import (
    adjusted_theme,
    adjusted_tone,
    rogan_gladen,
    simplex_shares,
)
from service.coverage.resampling import redrawn_tallies

# The toy matrix and months of domain/metrics.md section 4; order positive, neutral, negative.
TOY = np.asarray([[0.80, 0.18, 0.02], [0.10, 0.85, 0.05], [0.05, 0.30, 0.65]])
MONTHS = [
    ((0.55, 0.42, 0.03), 52.0, 43.2),
    ((0.35, 0.57, 0.08), 27.0, 25.3),
    ((0.30, 0.45, 0.25), 5.0, 10.6),
]


@pytest.mark.parametrize(("shares", "true", "counted"), MONTHS)
def test_the_toy_months(shares: tuple[float, ...], true: float, counted: float) -> None:
    seen = np.asarray(shares) @ TOY
    assert 100 * (seen[0] - seen[2]) == pytest.approx(counted, abs=0.06)
    found = simplex_shares(TOY, seen)
    assert found == pytest.approx(shares, abs=1e-9)
    assert 100 * (found[0] - found[2]) == pytest.approx(true)


def test_six_per_cent_tagged_are_four_per_cent_true() -> None:
    share = rogan_gladen(np.asarray(0.06), np.asarray(0.80), np.asarray(0.97))
    assert round(100 * float(share), 1) == 3.9


def test_rogan_gladen_stays_a_share_and_leaves_a_useless_tag_alone() -> None:
    cut = rogan_gladen(np.asarray([0.01, 0.99]), np.asarray([0.8, 0.8]), np.asarray([0.97, 0.97]))
    assert cut.tolist() == [0, 1]
    assert rogan_gladen(np.asarray(0.3), np.asarray(0.5), np.asarray(0.52)) == 0.3


def test_two_classes_on_the_simplex_are_rogan_and_gladen() -> None:
    for se, sp, q in ((0.8, 0.97, 0.06), (0.6, 0.9, 0.02), (0.9, 0.9, 0.97)):
        rates = np.asarray([[se, 1 - se], [1 - sp, sp]])
        plain = rogan_gladen(np.asarray(q), np.asarray(se), np.asarray(sp))
        assert simplex_shares(rates, np.asarray([q, 1 - q]))[0] == pytest.approx(float(plain))


def test_no_negatives_seen_is_an_answer_on_the_edge() -> None:
    """By hand: with p3 = 0 the rest is one unknown, min |p(M1 - M2) + M2 - q|²."""
    q = np.asarray([0.4, 0.6, 0.0])
    step, rest = TOY[0] - TOY[1], q - TOY[1]
    p = float(step @ rest / (step @ step))
    assert simplex_shares(TOY, q) == pytest.approx([p, 1 - p, 0], abs=1e-9)


counts = st.lists(st.integers(1, 50), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(counts, min_size=3, max_size=3), counts)
def test_nothing_on_the_simplex_is_nearer(rows: list[list[int]], seen: list[int]) -> None:
    rates = np.asarray(rows) / np.sum(rows, axis=1, keepdims=True)
    q = np.asarray(seen) / sum(seen)
    found = simplex_shares(rates, q)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    rng = np.random.default_rng(0)
    others = np.concatenate(
        [np.eye(3), rng.dirichlet(np.ones(3), 300), rng.dirichlet(found + 0.01, 300)]
    )
    gap = ((others @ rates - q) ** 2).sum(1)
    assert ((found @ rates - q) ** 2).sum() <= gap.min() + 1e-9


def test_many_systems_at_once_are_solved_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    rates, seen = rng.dirichlet(np.ones(3), size=(40, 2, 3)), rng.dirichlet(np.ones(3), (40, 2))
    together = simplex_shares(rates, seen)
    for i in range(40):
        for j in range(2):
            assert together[i, j] == pytest.approx(simplex_shares(rates[i, j], seen[i, j]))


PRESS = np.asarray([[80, 18, 2], [10, 85, 5], [5, 30, 65]])
POSTS = np.asarray([[70, 28, 2], [10, 70, 20], [2, 18, 80]])


def test_classes_are_adjusted_apart_and_mixed_by_their_size() -> None:
    press, posts = np.asarray([0.30, 0.45, 0.25]), np.asarray([0.1, 0.3, 0.6])
    tally = np.asarray([600 * press @ (PRESS / 100), 300 * posts @ (POSTS / 100), [10, 20, 70]])
    draws = redrawn_tallies(tally, np.random.default_rng(0))
    found = adjusted_tone(tally, draws, np.stack([PRESS, POSTS]), np.random.default_rng(1))
    # People's hundred labels count as they are.
    expected = (600 * press + 300 * posts + np.asarray([10, 20, 70])) / 1000
    assert found.point[:3] == pytest.approx(expected)
    assert found.point[3] == pytest.approx(expected[0] - expected[2])
    assert (found.low < found.point).all()
    assert (found.point < found.high).all()


def test_errors_known_from_few_items_widen_the_interval() -> None:
    tally = np.asarray([[400, 500, 100], [0, 0, 0]])
    widths = []
    for scale in (10, 1):
        rng = np.random.default_rng(0)
        found = adjusted_tone(tally, redrawn_tallies(tally, rng), PRESS[None] * scale, rng)
        widths.append(found.high[3] - found.low[3])
    assert widths[1] > 1.4 * widths[0]


def test_a_tone_that_nobody_saw_still_has_an_upper_end() -> None:
    tally = np.asarray([[15, 25, 0], [0, 0, 0]])
    rng = np.random.default_rng(0)
    found = adjusted_tone(tally, redrawn_tallies(tally, rng), PRESS[None], rng)
    assert found.point[2] == 0
    assert 0.01 < found.high[2] < 0.3


def test_a_theme_is_adjusted_by_class() -> None:
    tally = np.asarray([[60, 940], [30, 70], [5, 5]])
    errors = np.asarray([[[80, 20], [30, 970]], [[50, 50], [10, 90]]])
    rng = np.random.default_rng(0)
    found = adjusted_theme(tally, redrawn_tallies(tally, rng), errors, rng)
    press, posts = (0.06 - 0.03) / 0.77, (0.3 - 0.1) / 0.4
    assert found.point[0] == pytest.approx((1000 * press + 100 * posts + 5) / 1110)
    assert found.low[0] < found.point[0] < found.high[0]


def test_a_theme_found_every_time_is_not_taken_for_certain() -> None:
    """All of 11 found and none wrongly: the rates could still be worse."""
    tally = np.asarray([[200, 800], [0, 0]])
    errors = np.asarray([[[11, 0], [0, 500]]])
    rng = np.random.default_rng(0)
    found = adjusted_theme(tally, redrawn_tallies(tally, rng), errors, rng)
    assert found.point[0] == pytest.approx(0.2)
    assert found.high[0] > 0.23
