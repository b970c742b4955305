"""The difference estimator by hand, and how a sample is spread over strata."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.coverage.audited import CERTAIN, Audit, difference_estimate
from service.coverage.intervals import Z, t_quantile
from service.store.audit_sample import LEAST_DRAWN, allocate, draw


def one_stratum() -> Audit:
    return Audit(np.zeros(100, dtype=np.int64), np.arange(0, 100, 10), np.full(10, 10.0))


def test_one_stratum_is_the_formula_of_the_metrics_page() -> None:
    """NS = mean of w(pred) over all + mean of w(human) - w(pred) over the audit."""
    machine = np.concatenate([np.ones(40), np.zeros(50), -np.ones(10)])
    human = np.asarray([1, 1, 0, 1, 0, 0, -1, 0, 0, -1])
    audit = one_stratum()
    found = difference_estimate(
        audit, (machine, np.ones(100)), (human.astype(float), np.ones(10)), lowest=-1
    )
    assert found is not None
    diff = human - machine[audit.sampled]
    assert diff.tolist() == [0, 0, -1, 0, 0, 0, -1, 0, 0, 0]
    assert found.value == pytest.approx(0.3 - 0.2)
    variance = diff.var(ddof=1) / 10 * (1 - 10 / 100)
    imagined = 2 / 10**2 * (1 - 10 / 100)
    half = (t_quantile(9) ** 2 * variance + Z**2 * imagined) ** 0.5
    assert found.high - found.value == pytest.approx(half)
    assert (found.numerator, found.denominator) == (pytest.approx(10), 100)


def test_strata_are_weighted_by_their_size() -> None:
    strata = np.repeat([0, 1], [900, 100])
    audit = Audit(strata, np.r_[0:30, 900:930], np.repeat([30.0, 100 / 30], 30))
    machine = np.repeat([0.0, 1.0], [900, 100])
    # Three of thirty missed among the first, fifteen of thirty false among the second.
    human = np.r_[np.repeat([1.0, 0.0], [3, 27]), np.repeat([1.0, 0.0], [15, 15])]
    found = difference_estimate(audit, (machine, np.ones(1000)), (human, np.ones(60)))
    assert found is not None
    assert found.value == pytest.approx((900 * 0.1 + 100 * 0.5) / 1000)
    first, second = human[:30].var(ddof=1) / 30, human[30:].var(ddof=1) / 30
    variance = 0.9**2 * first * (1 - 30 / 900) + 0.1**2 * second * (1 - 30 / 100)
    assert found.high - found.value > Z * variance**0.5
    assert found.high - found.value == pytest.approx(Z * variance**0.5, rel=0.15)


def test_what_people_put_outside_leaves_the_denominator() -> None:
    """A hundred stories, half the audit is outside: shares are of the fifty that stay."""
    human_in = np.asarray([1, 0] * 5, dtype=float)
    positive = human_in * np.asarray([1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    found = difference_estimate(one_stratum(), (np.zeros(100), np.ones(100)), (positive, human_in))
    assert found is not None
    assert found.value == pytest.approx(0.2 / 0.5)
    assert found.denominator == pytest.approx(50)


def test_a_machine_that_is_never_wrong_is_left_alone_but_not_called_certain() -> None:
    machine = np.repeat([1.0, 0.0], 50)
    audit = one_stratum()
    found = difference_estimate(
        audit, (machine, np.ones(100)), (machine[audit.sampled], np.ones(10))
    )
    assert found is not None
    assert found.value == 0.5
    assert found.low < 0.3 < 0.7 < found.high


def test_an_audit_of_every_story_is_a_count() -> None:
    strata = np.zeros(50, dtype=np.int64)
    audit = Audit(strata, np.arange(50), np.ones(50))
    human = np.repeat([1.0, 0.0], [13, 37])
    found = difference_estimate(audit, (np.zeros(50), np.ones(50)), (human, np.ones(50)))
    assert found is not None
    assert found.low == found.value == found.high == pytest.approx(0.26)


def test_what_people_knew_before_counts_without_an_error() -> None:
    strata = np.r_[np.zeros(60, dtype=np.int64), np.full(40, CERTAIN)]
    machine = np.r_[np.zeros(60), np.ones(40)]
    audit = Audit(strata, np.arange(30), np.full(30, 2.0))
    found = difference_estimate(
        audit, (machine, np.ones(100)), (np.repeat([1.0, 0.0], 15), np.ones(30))
    )
    assert found is not None
    assert found.value == pytest.approx((30 + 40) / 100)


def test_small_strata_join_their_neighbours() -> None:
    strata = np.repeat([0, 1, 2, 3], [50, 10, 10, 30])
    sampled = np.r_[0:10, 50:52, 60:62, 70:74]
    joined = Audit(strata, sampled, np.ones(18)).joined()
    # Two and two are too few, with four more they are enough.
    assert joined[[0, 50, 60, 70]].tolist() == [0, 1, 1, 1]
    last = Audit(strata, sampled[:12], np.ones(12)).joined()
    assert set(last.tolist()) == {0}


def test_weights_undo_unequal_chances_after_labels_moved() -> None:
    """Two stories of one stratum now, drawn with chances of one in ten and one in two."""
    audit = Audit(np.zeros(60, dtype=np.int64), np.arange(10), np.repeat([10.0, 2.0], 5))
    human = np.repeat([1.0, 0.0], 5)
    found = difference_estimate(audit, (np.zeros(60), np.ones(60)), (human, np.ones(10)))
    assert found is not None
    assert found.value == pytest.approx(50 / 60)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12), st.integers(30, 400))
def test_a_sample_is_spread_over_what_there_is(sizes: list[int], n: int) -> None:
    stories = np.asarray(sizes)
    taken = allocate(stories, n)
    assert taken.sum() == min(n, stories.sum())
    assert (taken <= stories).all()
    filled = int((stories > 0).sum())
    if filled:
        assert (taken >= np.minimum(stories, min(LEAST_DRAWN, n // filled))).all()


def test_strata_large_enough_get_their_share() -> None:
    assert allocate(np.asarray([1400, 400, 195, 5]), 200).tolist() == [137, 39, 19, 5]


def test_each_story_of_a_stratum_has_the_same_chance() -> None:
    strata = np.repeat([0, 1], [30, 10])
    hits = np.zeros(40)
    for seed in range(3_000):
        hits[draw(strata, 16, seed)] += 1
    chance = hits / 3_000
    # Six of ten, the least, and ten of thirty.
    assert chance[:30] == pytest.approx(np.full(30, 1 / 3), abs=0.05)
    assert chance[30:] == pytest.approx(np.full(10, 0.6), abs=0.05)
    assert draw(strata, 16, 7).tolist() == draw(strata, 16, 7).tolist()
    assert draw(strata, 16, 7).tolist() != draw(strata, 16, 8).tolist()
