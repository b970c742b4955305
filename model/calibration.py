"""From logits to calibrated scores, and from scores to a decision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.bundle import BundleSettings

Floats = NDArray[np.float64]
MOST_THEMES = 3


def sigmoid(x: Floats) -> Floats:
    """Logistic function, safe for any size of logit."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def softmax(x: Floats) -> Floats:
    """Softmax over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


@dataclass(frozen=True)
class Calibration:
    """Temperatures, thresholds and review bands of a bundle, as arrays."""

    settings: BundleSettings

    @cached_property
    def _temperature(self) -> Floats:
        return np.asarray(self.settings.temperature)

    @cached_property
    def threshold(self) -> Floats:
        """Threshold of each theme, ``[15]``."""
        return np.asarray(self.settings.threshold)

    @cached_property
    def _band(self) -> Floats:
        return np.asarray(self.settings.band)

    def scores(self, themes: Floats, tones: Floats, plain: bool) -> tuple[Floats, Floats]:
        """Theme probabilities and tone probabilities.

        ``plain``: the text has no marks, so its scores are drawn towards the middle by a
        temperature fitted on texts whose marks were taken away.
        """
        extra = self.settings.plain_temperature if plain else 1.0
        return (
            sigmoid(themes / (self._temperature * extra)),
            softmax(tones / (self.settings.tone_temperature * extra)),
        )

    def thresholds(self, plain: bool) -> Floats:
        """Thresholds on the scores of :meth:`scores`.

        Softened scores meet softened thresholds: missing marks make an answer less sure, they do
        not make it another answer.
        """
        if not plain:
            return self.threshold
        odds = np.log(self.threshold / (1 - self.threshold))
        return sigmoid(odds / self.settings.plain_temperature)

    def given(self, scores: Floats, plain: bool) -> tuple[list[int], bool]:
        """Indices of the themes given, best margin over threshold first; whether some were cut."""
        margin = scores - self.thresholds(plain)
        above = [int(k) for k in np.argsort(-margin, kind="stable") if margin[k] >= 0]
        return above[:MOST_THEMES], len(above) > MOST_THEMES

    def near(self, scores: Floats, plain: bool) -> bool:
        """Whether some theme's score lies in the review band around its threshold."""
        return bool((np.abs(scores - self.thresholds(plain)) < self._band).any())
