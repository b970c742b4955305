"""Filters shared by listings and figures, so that the rows behind a figure are its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, select

from data.localities import names_of
from data.schema import MediaType, Name, Sentiment, SourceType, Space
from data.taxonomy import taxonomy
from service.store.days import day_number
from service.store.facts import TONES, theme_bits
from service.store.hashing import number
from service.store.tables import document_places, facts


def known_theme(value: str) -> str:
    """The theme id itself; refuses one that the taxonomy lacks."""
    if value not in taxonomy().ids:
        raise PydanticCustomError("theme", "không có chủ đề này; xem danh sách ở /v1/taxonomy")
    return value


class Filter(BaseModel):
    """Which documents; every field left out means "any"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Annotated[str, AfterValidator(known_theme)] | None = None
    sentiment: Sentiment | None = None
    locality: Name | None = None
    unit: Name | None = None
    source_id: Name | None = None
    source_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    source_type: SourceType | None = None
    media_type: MediaType | None = None
    space: Space | None = None
    channel: Name | None = None
    language: Name | None = None

    def given(self) -> dict[str, str]:
        """The fields that are set."""
        return {k: v for k, v in self.model_dump().items() if v is not None}


_COPIED = ("source_country", "source_type", "media_type", "space", "channel", "language")


def conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    """SQL conditions of a filter over :data:`facts`: labels are those in force."""
    found = [facts.c[name] == value for name, value in chosen.given().items() if name in _COPIED]
    if chosen.source_id is not None:
        found.append(facts.c.source == number(chosen.source_id))
    if chosen.sentiment is not None:
        found += [facts.c.tone == TONES[chosen.sentiment], facts.c.themes != 0]
    if chosen.theme is not None:
        found.append(facts.c.themes.bitwise_and(theme_bits([chosen.theme])) != 0)
    if chosen.locality is not None:
        found.append(_placed("locality", names_of(chosen.locality)))
    if chosen.unit is not None:
        found.append(_placed("unit", (chosen.unit,)))
    return found


def _placed(kind: str, names: Sequence[str]) -> ColumnElement[bool]:
    """The document has one of these places; a merged province has its old names too."""
    return facts.c.document_id.in_(
        select(document_places.c.document_id).where(
            document_places.c.kind == kind, document_places.c.name.in_(names)
        )
    )


def within(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Published between two days, both included; without bounds undated documents are in too."""
    if first is None and last is None:
        return []
    found = [facts.c.day >= (0 if first is None else day_number(first))]
    if last is not None:
        found.append(facts.c.day <= day_number(last))
    return found
