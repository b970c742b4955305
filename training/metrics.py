"""Figures of a classifier against labels; arrays in, plain dictionaries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.schema import SENTIMENTS
from data.taxonomy import taxonomy
from model.calibration import choose

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def decide(scores: Floats, thresholds: Floats) -> Ints:
    """0/1 matrix of the themes given, by the rule of the run time."""
    given = np.zeros(scores.shape, dtype=np.int64)
    margins = scores - thresholds
    for row in np.flatnonzero((margins >= 0).any(1)):
        given[row, choose(margins[row])[0]] = 1
    return given


def f1(tp: float, fp: float, fn: float) -> float:
    """F1 from counts; 0 when nothing was found and nothing was there."""
    return float(2 * tp / (2 * tp + fp + fn)) if tp else 0.0


def _counts(truth: Ints, given: Ints) -> tuple[Floats, Floats, Floats]:
    tp = (truth & given).sum(0).astype(float)
    return (
        tp,
        (given & (1 - truth)).sum(0).astype(float),
        (truth & (1 - given)).sum(0).astype(float),
    )


def macro_f1(truth: Ints, given: Ints, least: int = 1) -> float:
    """Mean F1 over the themes with at least ``least`` true items; 0 when there is none."""
    tp, fp, fn = _counts(truth, given)
    kept = truth.sum(0) >= least
    if not kept.any():
        return 0.0
    return float(np.mean([f1(*c) for c in zip(tp[kept], fp[kept], fn[kept], strict=True)]))


def micro_f1(truth: Ints, given: Ints) -> float:
    """F1 over all theme decisions together."""
    return f1(*(float(c.sum()) for c in _counts(truth, given)))


def in_out_f1(truth: Ints, given: Ints) -> float:
    """F1 of "in TTĐN" (some theme) against "outside"."""
    inside = np.asarray(truth.any(1), dtype=np.int64)[:, None]
    said = np.asarray(given.any(1), dtype=np.int64)[:, None]
    return micro_f1(inside, said)


def tone_matrix(truth: Ints, given: Ints) -> Ints:
    """3x3 counts, rows true, columns given, order of ``SENTIMENTS``."""
    matrix = np.zeros((3, 3), dtype=np.int64)
    np.add.at(matrix, (truth, given), 1)
    return matrix


def tone_f1(matrix: Ints) -> list[float]:
    """F1 of each tone from the matrix."""
    return [
        f1(matrix[k, k], matrix[:, k].sum() - matrix[k, k], matrix[k].sum() - matrix[k, k])
        for k in range(3)
    ]


def calibration_error(truth: Ints, scores: Floats, bins: int = 10, above: float = 0.0) -> float:
    """Expected calibration error: mean gap of score and rate over equal-width bins, by size."""
    kept = scores > above
    if not kept.any():
        return 0.0
    truth, scores = truth[kept], scores[kept]
    which = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [
        abs(scores[which == b].mean() - truth[which == b].mean()) * (which == b).sum()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps) / len(scores))


def brier_skill(truth: Ints, scores: Floats) -> float:
    """1 - Brier score over that of always saying the base rate; 0 when the base rate is 0 or 1."""
    base = truth.mean()
    reference = base * (1 - base)
    return float(1 - np.mean((scores - truth) ** 2) / reference) if reference else 0.0


@dataclass(frozen=True)
class Scored:
    """Scores of a set of items beside their labels."""

    themes: Floats
    tones: Floats
    theme_truth: Ints
    tone_truth: Ints
    thresholds: Floats

    def take(self, rows: NDArray[Any]) -> Scored:
        """The same for some rows."""
        return Scored(
            self.themes[rows],
            self.tones[rows],
            self.theme_truth[rows],
            self.tone_truth[rows],
            self.thresholds,
        )


def headline(scored: Scored) -> dict[str, float]:
    """The figures that go into every table.

    Sentiment is measured on items that are in TTĐN by their label, whatever themes were given.
    """
    given = decide(scored.themes, scored.thresholds)
    truth = scored.theme_truth
    inside = scored.tone_truth >= 0
    matrix = tone_matrix(scored.tone_truth[inside], scored.tones[inside].argmax(1))
    return {
        "items": float(len(truth)),
        "theme_macro_f1": macro_f1(truth, given),
        "theme_macro_f1_10": macro_f1(truth, given, least=10),
        "theme_micro_f1": micro_f1(truth, given),
        "in_out_f1": in_out_f1(truth, given),
        "sentiment_macro_f1": float(np.mean(tone_f1(matrix))),
    }


def full_report(scored: Scored) -> dict[str, Any]:
    """Headline figures, per theme and per tone."""
    given = decide(scored.themes, scored.thresholds)
    truth = scored.theme_truth
    tp, fp, fn = _counts(truth, given)
    inside = scored.tone_truth >= 0
    matrix = tone_matrix(scored.tone_truth[inside], scored.tones[inside].argmax(1))
    themes = {
        name: {
            "precision": float(tp[k] / (tp[k] + fp[k])) if tp[k] else 0.0,
            "recall": float(tp[k] / (tp[k] + fn[k])) if tp[k] else 0.0,
            "f1": f1(tp[k], fp[k], fn[k]),
            "support": int(truth[:, k].sum()),
            "calibration_error": calibration_error(truth[:, k], scored.themes[:, k]),
            "brier_skill": brier_skill(truth[:, k], scored.themes[:, k]),
        }
        for k, name in enumerate(taxonomy().ids)
    }
    return {
        "headline": headline(scored),
        "themes": themes,
        "sentiment": {
            "matrix": matrix.tolist(),
            "recall": (np.diag(matrix) / np.maximum(1, matrix.sum(1))).tolist(),
            "f1": dict(zip(SENTIMENTS, tone_f1(matrix), strict=True)),
        },
    }


def best_thresholds(truth: Ints, scores: Floats, smooth: int = 5) -> Floats:
    """Threshold per theme with the best F1, smoothed over neighbours.

    The raw optimum of a rare theme sits on the gap beside one lucky item; averaging F1 over
    ``2 * smooth + 1`` steps of 0.01 prefers a broad top.
    """
    grid = np.arange(0.02, 0.96, 0.01)
    result = []
    for k in range(truth.shape[1]):
        values = []
        for threshold in grid:
            given = (scores[:, k] >= threshold).astype(np.int64)
            tp = float((given & truth[:, k]).sum())
            values.append(f1(tp, float(given.sum()) - tp, float(truth[:, k].sum()) - tp))
        padded = np.pad(np.asarray(values), smooth, mode="edge")
        means = np.convolve(padded, np.ones(2 * smooth + 1) / (2 * smooth + 1), mode="valid")
        result.append(grid[int(means.argmax())])
    return np.asarray(result)
