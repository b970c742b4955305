"""What comes out for a document: a :class:`Prediction`, or a :class:`Refusal` with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from data.problems import Problem
from data.schema import Sentiment

Outcome = Literal[
    "tagged",
    "outside",
    "duplicate",
    "updated",
    "empty",
    "not_vietnamese",
    "undecodable",
    "invalid",
    "failed",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

ReviewReason = Literal[
    "short", "near_threshold", "tone_unsure", "no_diacritics", "truncated", "many_themes"
]
REASONS_VI: dict[ReviewReason, str] = {
    "short": "văn bản dưới 20 từ",
    "near_threshold": "điểm của một chủ đề nằm sát ngưỡng",
    "tone_unsure": "sắc thái chưa rõ nghiêng về phía nào",
    "no_diacritics": "văn bản viết không dấu",
    "truncated": "văn bản dài, phần cuối chưa được đọc",
    "many_themes": "có hơn ba chủ đề vượt ngưỡng, chỉ giữ ba",
}


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThemeScore(_Out):
    """A theme given to the document; ``score`` is a calibrated probability."""

    id: str
    name_vi: str
    score: float
    primary: bool


class Tone(_Out):
    """Tone of the text; a score is confidence, never strength."""

    label: Sentiment
    scores: dict[Sentiment, float]


class Evidence(_Out):
    """A span of the caller's own string; ``weight`` is the score lost when it is taken out.

    ``target`` is a theme id or ``sentiment``; ``start`` and ``end`` count code points.
    """

    target: str
    field: Literal["title", "sapo", "body", "text"]
    start: int
    end: int
    text: str
    weight: float


class Prediction(_Out):
    """The classifier's answer for one document (``design.md`` section 3)."""

    id: str
    themes: list[ThemeScore]
    groups: list[str]
    outside_ttdn: bool
    sentiment: Tone | None
    target_present: bool
    needs_review: bool
    reasons: list[ReviewReason]
    evidence: list[Evidence]
    language: str
    truncated: bool
    model_version: str
    taxonomy_version: str
    threshold_set: str
    processed_at: str

    @property
    def outcome(self) -> Outcome:
        """``tagged`` or ``outside``."""
        return "outside" if self.outside_ttdn else "tagged"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that got no prediction, and why."""

    id: str
    outcome: Outcome
    problem: Problem


def outcome_of(problem: Problem) -> Outcome:
    """Outcome of a record that could not be read."""
    known: dict[str, Outcome] = {
        "empty": "empty",
        "undecodable": "undecodable",
        "not-vietnamese": "not_vietnamese",
    }
    return known.get(problem.slug, "invalid")
