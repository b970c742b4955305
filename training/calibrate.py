"""Temperatures, thresholds and bands from out-of-fold logits, never from a reporting item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from model.calibration import sigmoid, softmax
from model.error_figures import ChannelClass
from training.conformal import theme_floors, tone_floors
from training.error_figures import error_figures
from training.metrics import best_thresholds, decide, macro_f1, tone_f1, tone_matrix
from training.network import THEMES

MOST_BAND = 0.15
"""Widest review band about a threshold: wider ones would send every third document to people."""


@dataclass(frozen=True)
class HeldOut:
    """Logits of both parts on the fold a seed did not learn from, with their labels.

    The fold did decide when that seed stopped.

    ``plain_deep``/``plain_wide`` are of the same texts without marks.
    """

    deep: np.ndarray
    wide: np.ndarray
    plain_deep: np.ndarray
    plain_wide: np.ndarray
    themes: np.ndarray
    tones: np.ndarray

    def mixed(self, wide_themes: float, wide_tones: float, plain: bool = False) -> np.ndarray:
        """Combined logits [items, 18]."""
        weight = np.asarray([wide_themes] * THEMES + [wide_tones] * 3)
        deep, wide = (self.plain_deep, self.plain_wide) if plain else (self.deep, self.wide)
        return (1 - weight) * deep + weight * wide

    @classmethod
    def join(cls, parts: list[HeldOut]) -> HeldOut:
        """Out-of-fold logits of several seeds one below another."""
        return cls(
            *(
                np.concatenate([getattr(p, name) for p in parts])
                for name in cls.__dataclass_fields__
            )
        )


def _log_loss(logits: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, logits) - truth * logits))


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Temperature of one theme by log loss, between 0.2 and 5."""
    found = minimize_scalar(
        lambda t: _log_loss(logits / np.exp(t), truth), bounds=(-1.6, 1.6), method="bounded"
    )
    return float(np.exp(found.x))


def fit_line(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Temperature and shift of one theme by log loss (Platt's scaling)."""
    found = minimize(
        lambda p: _log_loss(logits / np.exp(p[0]) + p[1], truth),
        np.zeros(2),
        bounds=[(-1.6, 1.6), (-5, 8)],
    )
    return float(np.exp(found.x[0])), float(found.x[1])


def fit_tone_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Temperature of the tone by log loss."""

    def loss(t: float) -> float:
        p = softmax(logits / np.exp(t))
        return float(-np.mean(np.log(p[np.arange(len(truth)), truth] + 1e-12)))

    return float(np.exp(minimize_scalar(loss, bounds=(-1.6, 1.6), method="bounded").x))


def choose_mix(pooled: HeldOut) -> tuple[float, float, list[dict[str, float]]]:
    """Weights of the wide part with the best out-of-fold macro-F1, and the whole table."""
    table = []
    inside = pooled.tones >= 0
    truth = pooled.themes.astype(np.int64)
    for weight in np.arange(0, 1.01, 0.1):
        logits = pooled.mixed(weight, weight)
        scores = sigmoid(logits[:, :THEMES])
        given = decide(scores, best_thresholds(truth, scores))
        matrix = tone_matrix(pooled.tones[inside], logits[inside, THEMES:].argmax(1))
        table.append(
            {
                "wide": round(float(weight), 1),
                "theme_macro_f1": macro_f1(truth, given),
                "sentiment_macro_f1": float(np.mean(tone_f1(matrix))),
            }
        )
    themes = max(table, key=lambda r: r["theme_macro_f1"])["wide"]
    tones = max(table, key=lambda r: r["sentiment_macro_f1"])["wide"]
    return themes, tones, table


@dataclass(frozen=True)
class Calibrated:
    """What calibration puts into the bundle's settings."""

    wide_themes: float
    wide_tones: float
    temperature: list[float]
    threshold: list[float]
    band: list[float]
    band_floor: list[float]
    tone_temperature: float
    tone_floor: list[float]
    plain_temperature: list[float]
    plain_shift: list[float]
    plain_threshold: list[float]
    plain_tone_temperature: float
    error_figures: dict[str, Any]
    mix_table: list[dict[str, float]]

    def plain_scores(self, logits: np.ndarray) -> np.ndarray:
        """Theme probabilities of mixed logits of texts without marks."""
        return sigmoid(logits[:, :THEMES] / np.asarray(self.plain_temperature) + self.plain_shift)

    def scores(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Theme and tone probabilities of mixed logits."""
        return (
            sigmoid(logits[:, :THEMES] / np.asarray(self.temperature)),
            softmax(logits[:, THEMES:] / self.tone_temperature),
        )


def calibrate(pooled: HeldOut, classes: Sequence[ChannelClass] | None = None) -> Calibrated:
    """Fit everything on the pooled out-of-fold logits of the recipe's seeds.

    ``classes``: channel class of each item, for error figures by class.
    """
    wide_themes, wide_tones, table = choose_mix(pooled)
    logits = pooled.mixed(wide_themes, wide_tones)
    truth = pooled.themes.astype(np.int64)
    inside = pooled.tones >= 0
    temperature = [fit_temperature(logits[:, k], truth[:, k]) for k in range(THEMES)]
    tone_temperature = fit_tone_temperature(logits[inside, THEMES:], pooled.tones[inside])
    scores = sigmoid(logits[:, :THEMES] / np.asarray(temperature))
    thresholds = best_thresholds(truth, scores)
    given = decide(scores, thresholds)
    tones = softmax(logits[:, THEMES:] / tone_temperature)
    plain = pooled.mixed(wide_themes, wide_tones, plain=True)
    lines = [fit_line(plain[:, k], truth[:, k]) for k in range(THEMES)]
    plain_temperature, plain_shift = (list(v) for v in zip(*lines, strict=True))
    plain_scores = sigmoid(plain[:, :THEMES] / np.asarray(plain_temperature) + plain_shift)
    return Calibrated(
        wide_themes,
        wide_tones,
        temperature,
        thresholds.tolist(),
        _bands(scores, thresholds, truth, given),
        theme_floors(scores, truth),
        tone_temperature,
        tone_floors(tones[inside], pooled.tones[inside]),
        plain_temperature,
        plain_shift,
        best_thresholds(truth, plain_scores).tolist(),
        fit_tone_temperature(plain[inside, THEMES:], pooled.tones[inside]),
        error_figures(truth, given, pooled.tones, tones.argmax(1), classes),
        table,
    )


def _bands(scores: np.ndarray, thresholds: np.ndarray, truth: np.ndarray, given: np.ndarray) -> Any:
    """Half-widths that hold 80 % of each theme's wrong decisions, ``MOST_BAND`` at most."""
    result = []
    for k in range(THEMES):
        wrong = truth[:, k] != given[:, k]
        distance = np.abs(scores[wrong, k] - thresholds[k])
        wide = float(np.quantile(distance, 0.8)) if wrong.any() else 0.0
        # Never so wide that a theme with score 0 falls into it.
        result.append(round(min(wide, MOST_BAND, 0.6 * float(thresholds[k])), 4))
    return result
