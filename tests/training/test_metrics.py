from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra train")
from sklearn.metrics import f1_score

from training.calibrate import fit_temperature
from training.metrics import (
    best_thresholds,
    brier_skill,
    calibration_error,
    decide,
    in_out_f1,
    macro_f1,
    micro_f1,
    tone_f1,
    tone_matrix,
)

RNG = np.random.default_rng(7)
TRUTH = (RNG.random((300, 15)) < 0.15).astype(np.int64)
GIVEN = (RNG.random((300, 15)) < 0.2).astype(np.int64) | (TRUTH & (RNG.random((300, 15)) < 0.6))


def test_f1s_agree_with_scikit_learn() -> None:
    assert macro_f1(TRUTH, GIVEN) == pytest.approx(f1_score(TRUTH, GIVEN, average="macro"))
    assert micro_f1(TRUTH, GIVEN) == pytest.approx(f1_score(TRUTH, GIVEN, average="micro"))
    inside = f1_score(TRUTH.any(1), GIVEN.any(1))
    assert in_out_f1(TRUTH, GIVEN) == pytest.approx(inside)
    a, b = RNG.integers(0, 3, 200), RNG.integers(0, 3, 200)
    expected = f1_score(a, b, average=None)
    assert tone_f1(tone_matrix(a, b)) == pytest.approx(list(expected))


def test_at_most_three_themes_the_best_above_their_thresholds() -> None:
    scores = np.asarray([[0.9, 0.8, 0.7, 0.6, 0.1]])
    thresholds = np.asarray([0.5, 0.5, 0.6, 0.2, 0.05])
    assert decide(scores, thresholds).tolist() == [[1, 1, 0, 1, 0]]


def test_a_threshold_finds_the_gap() -> None:
    truth = np.repeat([[0], [1]], 50, axis=0)
    scores = np.concatenate([RNG.uniform(0, 0.4, 50), RNG.uniform(0.6, 1, 50)])[:, None]
    assert 0.4 < best_thresholds(truth, scores)[0] < 0.6


def test_calibration_of_a_calibrated_and_a_boastful_forecast() -> None:
    p = RNG.random(20_000)
    truth = (RNG.random(20_000) < p).astype(np.int64)
    assert calibration_error(truth, p) < 0.02
    assert calibration_error(truth, np.where(p > 0.5, 0.99, 0.01)) > 0.2
    assert brier_skill(truth, p) == pytest.approx(1 / 3, abs=0.02)
    assert brier_skill(truth, np.full(20_000, truth.mean())) == pytest.approx(0, abs=1e-9)


def test_a_temperature_undoes_overconfidence() -> None:
    logits = RNG.normal(0, 2, 20_000)
    truth = (RNG.random(20_000) < 1 / (1 + np.exp(-logits))).astype(float)
    assert fit_temperature(3 * logits, truth) == pytest.approx(3, rel=0.05)
