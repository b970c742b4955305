"""The shape of every coverage answer (``design.md`` section 4)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Basis = Literal["items", "stories", "outlets"]
BASIS_VI: dict[Basis, str] = {
    "items": "lượt đăng",
    "stories": "tin gốc",
    "outlets": "nguồn",
}


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(_Out):
    """A 95 % interval and how it was made."""

    low: float
    high: float
    level: float
    method: str


class Figure(_Out):
    """One figure with all it takes to defend it."""

    key: str
    label_vi: str
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    interval: Interval | None
    corrected: bool
    wording: str


ALL_SOURCES = "mọi nguồn có tin trong kỳ"


class Panel(_Out):
    """Which sources the figures rest on."""

    sources: int
    rule: str


class Coverage(_Out):
    """A coverage metric for one period, filter and basis."""

    metric: str
    period: dict[str, str | None]
    filter: dict[str, str]
    basis: Basis
    figures: list[Figure]
    panel: Panel
    versions: dict[str, list[str]]
    notes: list[str]
    rows_url: str


def vietnamese_number(value: float, places: int = 0) -> str:
    """Decimal comma and dot between thousands, as office reports write numbers."""
    text = f"{value:,.{places}f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")
