"""Tables that people supply: reference rows by name, and days on which a source was fetched."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table

from service.store.tables import metadata

reference_rows = Table(
    "reference_rows",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("value", JSON, nullable=False),
)

source_days = Table(
    "source_days",
    metadata,
    # Apart from the others: a year of a hundred sources is 36,500 rows, read for every panel.
    Column("source_id", String(200), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("source", BigInteger, nullable=False),
    Column("fetched", Boolean, nullable=False),
    Index("ix_source_days_day", "day"),
)
