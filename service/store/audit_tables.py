"""Tables of random audits: what was drawn, from what, with which seed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
)

from service.store.tables import metadata

audits = Table(
    "audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period_label", String(200), nullable=False),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("filter", JSON, nullable=False),
    Column("size", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    Column("model_versions", JSON, nullable=False),
    # Stories tagged in the period when it was drawn: those that came later had no chance.
    Column("tagged_stories", Integer, nullable=False),
    # The audit of the same period and filter that this one was drawn to stand in for.
    Column("replaces", ForeignKey("audits.id")),
)

audit_strata = Table(
    "audit_strata",
    metadata,
    Column("audit_id", ForeignKey("audits.id", ondelete="CASCADE"), primary_key=True),
    Column("channel_class", String(10), primary_key=True),
    Column("predicted", String(10), primary_key=True),
    Column("stories", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
)

audit_items = Table(
    "audit_items",
    metadata,
    Column("audit_id", ForeignKey("audits.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # A document that is deleted leaves the audit too; the strata keep how many were drawn.
    Column(
        "document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("content_hash", String(64), nullable=False),
    Column("channel_class", String(10), nullable=False),
    Column("predicted", String(10), nullable=False),
)
