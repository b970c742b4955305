"""Which scores go to review, so that a stated part of what is true is not lost without a word.

Class-conditional split conformal prediction (Vovk 2012, "Conditional validity of inductive
conformal predictors"): a class is possible for an item when its score is at least the conformal
quantile of that class's own held-out items. For items exchangeable with those, a true class is
possible with probability ``LEVEL`` at least, whatever the network is worth.
"""

from __future__ import annotations

import numpy as np

from training.metrics import Floats, Ints

LEVEL = 0.9


def floor(scores: Floats, level: float = LEVEL) -> float:
    """Score that at least ``level`` of the class reach; 0 when there are too few to say.

    ``scores`` [n]: of the class itself, on held-out items of the class.
    """
    place = int(np.floor((len(scores) + 1) * (1 - level)))
    return float(np.sort(scores)[place - 1]) if place else 0.0


def theme_floors(scores: Floats, truth: Ints) -> list[float]:
    """Floor of each theme over the items that carry it; both ``[items, 15]``."""
    return [round(floor(s[t == 1]), 6) for s, t in zip(scores.T, truth.T, strict=True)]


def tone_floors(tones: Floats, truth: Ints) -> list[float]:
    """Floor of each tone over the items of that tone; ``tones`` [items, 3], ``truth`` [items]."""
    return [round(floor(tones[truth == k, k]), 6) for k in range(tones.shape[1])]


def kept(possible: Ints, truth: Ints) -> dict[str, float]:
    """Of what is true, how much was possible; both 0/1 ``[items, classes]``.

    Over all true classes together and for the worst class with ten items or more.
    """
    counts = truth.sum(0)
    hits = (possible & truth).sum(0)
    large = counts >= 10
    return {
        "true": float(counts.sum()),
        "kept": float(hits.sum() / max(1, counts.sum())),
        "worst": float((hits[large] / counts[large]).min()) if large.any() else 0.0,
    }
