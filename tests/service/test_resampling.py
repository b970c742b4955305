"""The grouped bootstrap has the distribution of the plain one."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.coverage.resampling import (
    alike,
    cluster_bootstrap,
    redrawn_sums,
    redrawn_tallies,
    story_numbers,
    story_sums,
)


@given(
    st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=60),
    st.integers(1, 5_000_000),
)
def test_groups_are_the_distinct_rows(rows: list[tuple[int, ...]], factor: int) -> None:
    """Also where sums are so large that they cannot be packed into one small key."""
    sums = np.asarray(rows) * factor
    distinct, counts = alike(sums)
    expected = {tuple(r): rows.count(tuple(v // factor for v in r)) for r in sums.tolist()}
    assert dict(zip(map(tuple, distinct.tolist()), counts.tolist(), strict=True)) == expected


def test_sums_drawn_again_follow_the_binomial_law() -> None:
    """One story of three is unlike: it is drawn k times with chance C(3, k) 2^(3-k) / 27."""
    sums = np.asarray([[1, 0], [1, 0], [1, 1]])
    n = 40_000
    drawn = redrawn_sums(sums, np.random.default_rng(5), draws=n)
    assert (drawn[:, 0] == 3).all()
    for k in range(4):
        chance = comb(3, k) * 2 ** (3 - k) / 27
        seen = int((drawn[:, 1] == k).sum())
        assert abs(seen - n * chance) < 4 * (n * chance * (1 - chance)) ** 0.5


def test_the_distribution_is_that_of_drawing_story_by_story() -> None:
    rng = np.random.default_rng(1)
    sizes = np.minimum(rng.zipf(2, size=300), 60)
    hits = sizes * (rng.random(300) < 0.3)
    sums = np.column_stack([sizes, hits])
    draws = 6_000
    plain = rng.multinomial(300, np.full(300, 1 / 300), size=draws) @ sums
    grouped = redrawn_sums(sums, rng, draws=draws)
    a, b = (np.sort(d[:, 1] / d[:, 0]) for d in (plain, grouped))
    # Kolmogorov and Smirnov: under 1.95 * sqrt(2 / draws) in all but one case of a thousand.
    at = np.concatenate([a, b])
    gap = np.abs(np.searchsorted(a, at) - np.searchsorted(b, at)).max() / draws
    assert gap < 1.95 * (2 / draws) ** 0.5


def test_sums_over_the_items_of_a_story() -> None:
    numbers = story_numbers(np.asarray([70, 5, 70, 9]))
    assert numbers.tolist() == [2, 0, 2, 1]
    values = np.asarray([[1, 0], [1, 1], [1, 0], [0, 0]])
    assert story_sums(numbers, values).tolist() == [[1, 1], [0, 0], [2, 0]]


def test_a_bootstrap_of_single_items_is_near_the_normal_interval() -> None:
    tone = np.repeat([1, 0, -1], [400, 400, 200])[:, None]
    low, high = cluster_bootstrap(np.arange(1000), tone)
    half = 1.96 * ((0.6 - 0.04) / 1000) ** 0.5
    assert low[0] == pytest.approx(0.2 - half, abs=0.006)
    assert high[0] == pytest.approx(0.2 + half, abs=0.006)


def test_a_tally_drawn_again_keeps_its_mean_and_fills_an_empty_column_a_little() -> None:
    tally = np.asarray([[30, 50, 0], [10, 10, 0]])
    drawn = redrawn_tallies(tally, np.random.default_rng(0), draws=20_000)
    assert drawn.sum((1, 2)) == pytest.approx(np.full(20_000, 100.0))
    assert drawn.mean(0)[:, :2] == pytest.approx(tally[:, :2], abs=1.2)
    assert 0 < drawn[..., 2].sum(1).mean() < 1
