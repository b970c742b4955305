"""From logits to calibrated scores, and from scores to a decision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import taxonomy
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


@cache
def _superseded_by() -> dict[int, list[int]]:
    ids = taxonomy().ids
    return {
        ids.index(t.id): [ids.index(other) for other in t.supersedes]
        for t in taxonomy().themes
        if t.supersedes
    }


def choose(margin: Floats) -> tuple[list[int], bool]:
    """The one rule from scores to themes, at run time and in evaluation alike.

    ``margin`` [themes] is score less threshold. Themes at or above zero, best first, at most three;
    one that another given theme supersedes (taxonomy) is left out. Second: whether some were cut.
    Best is by margin, so that a rare theme with a low threshold is not always crowded out.
    """
    above = [int(k) for k in np.argsort(-margin, kind="stable") if margin[k] >= 0]
    superseded = {other for k in above for other in _superseded_by().get(k, ())}
    above = [k for k in above if k not in superseded]
    return above[:MOST_THEMES], len(above) > MOST_THEMES


@dataclass(frozen=True)
class Calibration:
    """Temperatures, thresholds and review bands of a bundle, as arrays."""

    settings: BundleSettings

    @cached_property
    def _arrays(self) -> dict[str, Floats]:
        names = (
            "temperature", "threshold", "band", "band_floor", "tone_floor",
            "plain_temperature", "plain_shift", "plain_threshold",
        )  # fmt: skip
        return {n: np.asarray(getattr(self.settings, n)) for n in names}

    def scores(self, themes: Floats, tones: Floats, plain: bool) -> tuple[Floats, Floats]:
        """Theme probabilities and tone probabilities.

        ``plain``: the text has no marks. It says less to the network, whose logits then mean
        something else; they have a calibration of their own.
        """
        arrays = self._arrays
        if plain:
            logits = themes / arrays["plain_temperature"] + arrays["plain_shift"]
            return sigmoid(logits), softmax(tones / self.settings.plain_tone_temperature)
        return (
            sigmoid(themes / arrays["temperature"]),
            softmax(tones / self.settings.tone_temperature),
        )

    def thresholds(self, plain: bool) -> Floats:
        """Thresholds on the scores of :meth:`scores`, ``[15]``."""
        return self._arrays["plain_threshold" if plain else "threshold"]

    def given(self, scores: Floats, plain: bool) -> tuple[list[int], bool]:
        """Indices of the themes given, best margin over threshold first; whether some were cut."""
        return choose(scores - self.thresholds(plain))

    def near(self, scores: Floats, plain: bool) -> bool:
        """Whether a theme may have been given wrongly, or missed: its score lies near the threshold
        or, below it, where texts of the theme still lie."""
        threshold, band = self.thresholds(plain), self._arrays["band"]
        low = threshold - band
        if not plain:
            low = np.minimum(low, self._arrays["band_floor"])
        return bool(((scores >= low) & (scores < threshold + band)).any())

    def tone_open(self, tones: Floats) -> bool:
        """Whether not exactly one tone is possible by its floor."""
        return int((tones >= self._arrays["tone_floor"]).sum()) != 1
