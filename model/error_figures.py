"""How often the classifier errs, by channel class: the counts that corrected figures rest on.

They stand in the bundle's ``error_figures``. Counts, not rates, so that an interval can redraw them
(``domain/metrics.md`` section 5). Older bundles hold one pooled set and no classes.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from data.schema import SourceType

ChannelClass = Literal["press", "official", "social"]
CHANNEL_CLASSES: tuple[ChannelClass, ...] = ("press", "official", "social")
POOLED = "pooled"

_CLASS_OF: dict[SourceType | None, ChannelClass] = {
    # A document that does not say where it is from is taken for press, the commonest.
    None: "press",
    "press": "press",
    "broadcaster": "press",
    "state_portal": "official",
    "mission": "official",
    "social_page": "social",
    "forum": "social",
    "video": "social",
}
Count = Annotated[int, Field(ge=0)]
Row = Annotated[list[Count], Field(min_length=3, max_length=3)]
Matrix = Annotated[list[Row], Field(min_length=3, max_length=3)]
MeasuredOn = Literal["press", "official", "social", "pooled"]


def channel_class(source_type: SourceType | None) -> ChannelClass:
    """The class whose error figures hold for a source (``design.md`` section 4)."""
    return _CLASS_OF[source_type]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThemeCounts(_Part):
    """Decisions on one theme against labels; ``measured_on`` says on whose items."""

    true_positive: Count
    false_positive: Count
    false_negative: Count
    true_negative: Count
    measured_on: MeasuredOn = "pooled"


class ClassErrors(_Part):
    """Error counts to use for one channel class, some of them borrowed from elsewhere."""

    items: Count
    tone_measured_on: MeasuredOn
    tone_matrix: Matrix
    themes: list[ThemeCounts]


class ErrorFigures(_Part):
    """Error counts of a bundle.

    ``tone_matrix``: rows true, columns given, order of ``SENTIMENTS``. ``items``: whether all
    out-of-fold items were counted, or only those that were given a theme, as figures count them.
    """

    source: str
    items: Literal["all", "tagged"] = "all"
    themes: list[ThemeCounts]
    tone_matrix: Matrix
    classes: dict[ChannelClass, ClassErrors] = {}

    def tone(self, channel: ChannelClass) -> NDArray[np.int64]:
        """3x3 counts for a class; pooled where there is nothing nearer."""
        own = self.classes.get(channel)
        return np.asarray(own.tone_matrix if own else self.tone_matrix, dtype=np.int64)

    def theme(self, channel: ChannelClass, k: int) -> ThemeCounts:
        """Counts on theme ``k`` of the taxonomy for a class."""
        own = self.classes.get(channel)
        return (own.themes if own else self.themes)[k]

    def tone_measured_on(self, channel: ChannelClass) -> str:
        """Whose items the tone matrix of a class was counted on."""
        own = self.classes.get(channel)
        return own.tone_measured_on if own else POOLED
