"""Tables of the store. Change them only together with a migration."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
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
    Column("url", String(2000), index=True),
    Column("title", Text),
    Column("sapo", Text),
    Column("body", Text),
    Column("text", Text),
    # The moment in UTC when it has a clock time; the day, in Asia/Ho_Chi_Minh, whenever known.
    Column("published_at", DateTime(timezone=True)),
    Column("published_day", String(10)),
    Column("collected_at", DateTime(timezone=True)),
    Column("collected_day", String(10)),
    Column("source_id", String(200)),
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
    # When the full text was cut to an excerpt; such a document cannot be tagged again.
    Column("text_cut_at", DateTime(timezone=True)),
    # Finds what is to be cut without reading what was.
    Index("ix_documents_text_cut_at", "text_cut_at", "stored_at"),
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

human_labels = Table(
    "human_labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    # A label is of one content: after an update of the document it no longer counts.
    Column("content_hash", String(64), nullable=False),
    Column("themes", JSON, nullable=False),  # primary first; [] is outside TTĐN
    Column("sentiment", String(10)),
    Column("origin", String(10), nullable=False),  # audit or review
    Column("labelled_at", DateTime(timezone=True), nullable=False),
)

retags = Table(
    "retags",
    metadata,
    # One row a back-fill: which days were tagged again, from which versions to which.
    Column("id", Integer, primary_key=True),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("from_versions", JSON, nullable=False),
    Column("to_version", String(100), nullable=False),
    Column("documents", Integer, nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False),
)

facts = Table(
    "facts",
    metadata,
    # What figures read of a document: narrow rows, clustered by day, written in the transaction
    # of their document and equal to what can be computed from the other tables again.
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "document_id",
        ForeignKey("documents.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("second", Integer),
    Column("story", BigInteger, nullable=False, index=True),
    Column("source", BigInteger),
    # Of items with one of these keys in common, a selection counts the earliest.
    Column("url_key", BigInteger),
    Column("text_key", BigInteger),
    Column("source_country", String(2)),
    Column("source_type", String(20)),
    Column("media_type", String(20)),
    Column("space", String(10)),
    Column("channel", String(200)),
    Column("language", String(35)),
    Column("is_translation", Boolean),
    # The label in force: a person's where there is one, else the machine's.
    Column("themes", Integer, nullable=False),
    Column("primary_theme", SmallInteger, nullable=False),
    Column("tone", SmallInteger, nullable=False),
    Column("target", Boolean, nullable=False),
    Column("human", Boolean, nullable=False),
    Column("machine_themes", Integer, nullable=False),
    Column("machine_primary", SmallInteger, nullable=False),
    Column("machine_tone", SmallInteger, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("model_version", String(100), nullable=False),
    Column("taxonomy_version", String(20), nullable=False),
    Column("threshold_set", String(100), nullable=False),
    sqlite_with_rowid=False,
)
"""``day``: days since 1970-01-01 in Asia/Ho_Chi_Minh, -1 when unknown; ``number``: hash of the id;
``second``: after midnight there, null for a bare day; ``themes``: bit k is theme k of the taxonomy,
0 is outside TTĐN; ``primary_theme``: -1 outside; ``tone``: -1, 0, 1; ``url_key``: hash of the URL;
``text_key``: hash of source and text, null without a source."""
