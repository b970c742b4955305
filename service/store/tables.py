"""Tables of the store. Change them only together with a migration."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    # Of the normalised text alone: equal for a reprint, which is another item of the same story.
    Column("text_hash", String(64), nullable=False, index=True),
    Column("story_id", String(64), nullable=False, index=True),
    Column("url", String(2000), index=True),
    Column("title", Text),
    Column("sapo", Text),
    Column("body", Text),
    Column("text", Text),
    # The moment in UTC when it has a clock time; the day, in Asia/Ho_Chi_Minh, whenever known.
    Column("published_at", DateTime(timezone=True)),
    Column("published_day", String(10), index=True),
    Column("collected_at", DateTime(timezone=True)),
    Column("collected_day", String(10)),
    Column("source_id", String(200), index=True),
    Column("source_country", String(2)),
    Column("source_type", String(20)),
    Column("media_type", String(20)),
    Column("space", String(10)),
    Column("channel", String(200)),
    Column("language", String(35)),
    Column("original_language", String(35)),
    Column("is_translation", Boolean),
    Column("audience", Float),
    Column("model_version", String(100), nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
)

document_places = Table(
    "document_places",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(10), primary_key=True),  # locality or unit
    Column("name", String(200), primary_key=True),
    Index("ix_document_places_name", "kind", "name"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("model_version", String(100), primary_key=True),
    Column("outside_ttdn", Boolean, nullable=False),
    Column("target_present", Boolean, nullable=False),
    Column("sentiment", String(10)),
    Column("sentiment_scores", JSON),
    Column("groups", JSON, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("detected_language", String(35), nullable=False),
    Column("taxonomy_version", String(20), nullable=False),
    Column("threshold_set", String(100), nullable=False),
    Column("processed_at", String(40), nullable=False),
)

prediction_themes = Table(
    "prediction_themes",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("model_version", String(100), primary_key=True),
    Column("theme", String(60), primary_key=True),
    Column("rank", Integer, nullable=False),  # 0 is the primary theme
    Column("score", Float, nullable=False),
    Index("ix_prediction_themes_theme", "theme"),
)
