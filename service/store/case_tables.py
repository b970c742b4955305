"""Tables of rebuttal cases: what people opened, linked, answered and closed, and who decided."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables import metadata

cases = Table(
    "cases",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("matter", Text, nullable=False),
    # Days since 1970-01-01 and seconds after midnight in Vietnam; no second: a bare day.
    Column("claimed_day", Integer, nullable=False, index=True),
    Column("claimed_second", Integer),
    Column("answer_document_id", ForeignKey("documents.id", ondelete="SET NULL")),
    # Kept when the answering document is deleted later: that the matter was answered still holds.
    Column("answered_day", Integer),
    Column("answered_second", Integer),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_as", String(10)),  # answered, no_answer or mistake
)

case_places = Table(
    "case_places",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(10), primary_key=True),  # locality or unit
    Column("name", String(200), primary_key=True),
    Index("ix_case_places_name", "kind", "name"),
)

case_claims = Table(
    "case_claims",
    metadata,
    # Documents that make or repeat the claim, linked by people.
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
)

case_decisions = Table(
    "case_decisions",
    metadata,
    # Every step of a case has someone who decided it (``domain/users.md`` section 7).
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("action", String(10), nullable=False),
    Column("decided_by", String(200), nullable=False),
)
