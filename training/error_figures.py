"""Counts of errors by channel class, from out-of-fold decisions (``domain/metrics.md`` section 4).

Counted on the items that were given a theme, since those are what figures count: a theme's
specificity among all items of the stream would rest mostly on texts that no figure counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.schema import LabelledDocument
from data.taxonomy import WITHOUT_TARGET, taxonomy
from model.error_figures import POOLED, ChannelClass, channel_class
from training.metrics import tone_matrix
from training.network import THEMES

LEAST_TONE_ROW = 20
"""True items of each tone that a class needs for a tone matrix of its own."""
LEAST_THEME = 10
"""True items that a class needs for rates of its own on a theme, and as many that lack it."""

Ints = NDArray[np.int64]
_SOURCE = (
    "out-of-fold items of the recipe's seeds that were given a theme: an enriched sample, mostly "
    "press headlines with some posts and articles; thresholds were fitted on the same items"
)


def item_class(item: LabelledDocument) -> ChannelClass:
    """Channel class of a labelled item: real posts say so in their stratum, the rest is press."""
    if item.document.source_type is None and item.tags and item.tags[0].startswith("post"):
        return "social"
    return channel_class(item.document.source_type)


def error_figures(
    truth: Ints,
    given: Ints,
    tones: Ints,
    tones_given: Ints,
    classes: Sequence[ChannelClass] | None = None,
) -> dict[str, Any]:
    """The bundle's ``error_figures``.

    ``truth`` and ``given``: 0/1 [items, 15]; ``tones``: index in ``SENTIMENTS``, negative outside
    TTĐN; ``classes``: channel class of each item, for figures by class beside the pooled ones.
    """
    tagged = given.any(1)
    counts = _Counts(truth[tagged], given[tagged], tones[tagged], tones_given[tagged])
    figures = {"source": _SOURCE, "items": "tagged", **counts.of(np.ones(tagged.sum(), bool))}
    if classes is not None:
        figures["classes"] = _by_class(counts, np.asarray(classes)[tagged], figures)
    return figures


class _Counts:
    """Error counts of any subset of the items."""

    def __init__(self, truth: Ints, given: Ints, tones: Ints, tones_given: Ints) -> None:
        self._truth, self._given, self._tones, self._said = truth, given, tones, tones_given
        # The tone is counted on what portrays Vietnam, by the label and by the machine.
        self._aimed = _has_target(truth) & _has_target(given) & (tones >= 0)

    def of(self, kept: NDArray[np.bool_]) -> dict[str, Any]:
        """Counts per theme and the tone matrix of the items kept."""
        truth, given = self._truth[kept], self._given[kept]
        aimed = self._aimed & kept
        return {
            "themes": theme_errors(truth, given),
            "tone_matrix": tone_matrix(self._tones[aimed], self._said[aimed]).tolist(),
        }


def theme_errors(truth: Ints, given: Ints) -> list[dict[str, int]]:
    """Counts behind sensitivity and specificity of each theme."""
    return [
        {
            "true_positive": int((truth[:, k] & given[:, k]).sum()),
            "false_positive": int(((1 - truth[:, k]) & given[:, k]).sum()),
            "false_negative": int((truth[:, k] & (1 - given[:, k])).sum()),
            "true_negative": int(((1 - truth[:, k]) & (1 - given[:, k])).sum()),
        }
        for k in range(THEMES)
    ]


def _has_target(themes: Ints) -> NDArray[np.bool_]:
    """Whether an item portrays Vietnam: it has a theme besides world affairs."""
    world = taxonomy().ids.index(WITHOUT_TARGET)
    return np.asarray(np.delete(themes, world, axis=1).any(1))


def _by_class(counts: _Counts, classes: NDArray[np.str_], pooled: dict[str, Any]) -> dict[str, Any]:
    """Counts of each class; where it has too few items, those it borrows and from where.

    Official sources write as the press does, so press is nearer to them than the pool with posts.
    """
    press = _one_class(counts.of(classes == "press"), "press", pooled, POOLED)
    result = {"press": press}
    for name, nearest, whose in (("official", press, "press"), ("social", pooled, POOLED)):
        result[name] = _one_class(counts.of(classes == name), name, nearest, whose)
    return {name: {"items": int((classes == name).sum()), **part} for name, part in result.items()}


def _one_class(
    own: dict[str, Any], name: str, nearest: dict[str, Any], whose: str
) -> dict[str, Any]:
    tone = own["tone_matrix"], name
    if min(map(sum, own["tone_matrix"])) < LEAST_TONE_ROW:
        tone = nearest["tone_matrix"], nearest.get("tone_measured_on", whose)
    themes = []
    for mine, theirs in zip(own["themes"], nearest["themes"], strict=True):
        there = mine["true_positive"] + mine["false_negative"]
        lacking = mine["false_positive"] + mine["true_negative"]
        if min(there, lacking) >= LEAST_THEME:
            themes.append({**mine, "measured_on": name})
        else:
            themes.append({"measured_on": whose, **theirs})
    return {"tone_matrix": tone[0], "tone_measured_on": tone[1], "themes": themes}
