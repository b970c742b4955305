"""Filters shared by listings and figures, so that the rows behind a figure are its rows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.sql import Select

from data.schema import MediaType, Name, Sentiment, SourceType, Space
from data.taxonomy import taxonomy
from service.store.tables import document_places, documents, prediction_themes, predictions


def _theme(value: str) -> str:
    if value not in taxonomy().ids:
        raise PydanticCustomError("theme", "không có chủ đề này; xem danh sách ở /v1/taxonomy")
    return value


class Filter(BaseModel):
    """Which documents; every field left out means "any"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Annotated[str, AfterValidator(_theme)] | None = None
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


_PLAIN = (
    "source_id",
    "source_country",
    "source_type",
    "media_type",
    "space",
    "channel",
    "language",
)


def conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    """SQL conditions of a filter over ``documents`` joined with their current prediction."""
    found = [documents.c[name] == value for name, value in chosen.given().items() if name in _PLAIN]
    if chosen.sentiment is not None:
        found.append(predictions.c.sentiment == chosen.sentiment)
    if chosen.theme is not None:
        found.append(
            exists().where(
                prediction_themes.c.document_id == documents.c.id,
                prediction_themes.c.model_version == documents.c.model_version,
                prediction_themes.c.theme == chosen.theme,
            )
        )
    for kind, name in (("locality", chosen.locality), ("unit", chosen.unit)):
        if name is not None:
            found.append(
                exists().where(
                    document_places.c.document_id == documents.c.id,
                    document_places.c.kind == kind,
                    document_places.c.name == name,
                )
            )
    return found


def within(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Published between two days, both included."""
    found: list[ColumnElement[bool]] = []
    if first is not None:
        found.append(documents.c.published_day >= first.isoformat())
    if last is not None:
        found.append(documents.c.published_day <= last.isoformat())
    return found


def current(*columns: Any) -> Select[Any]:
    """Documents with the prediction of the model they were last tagged by."""
    return select(*columns).join_from(
        documents,
        predictions,
        and_(
            predictions.c.document_id == documents.c.id,
            predictions.c.model_version == documents.c.model_version,
        ),
    )
