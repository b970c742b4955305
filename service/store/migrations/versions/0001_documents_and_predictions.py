"""Documents, their places, predictions per model version and their themes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False, index=True),
        sa.Column("story_id", sa.String(64), nullable=False, index=True),
        sa.Column("url", sa.String(2000), index=True),
        sa.Column("title", sa.Text),
        sa.Column("sapo", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("published_day", sa.String(10), index=True),
        sa.Column("collected_at", sa.DateTime(timezone=True)),
        sa.Column("collected_day", sa.String(10)),
        sa.Column("source_id", sa.String(200), index=True),
        sa.Column("source_country", sa.String(2)),
        sa.Column("source_type", sa.String(20)),
        sa.Column("media_type", sa.String(20)),
        sa.Column("space", sa.String(10)),
        sa.Column("channel", sa.String(200)),
        sa.Column("language", sa.String(35)),
        sa.Column("original_language", sa.String(35)),
        sa.Column("is_translation", sa.Boolean),
        sa.Column("audience", sa.Float),
        sa.Column("model_version", sa.String(100), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )
    owner = sa.ForeignKey("documents.id", ondelete="CASCADE")
    op.create_table(
        "document_places",
        sa.Column("document_id", sa.String(200), owner, primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
    )
    op.create_index("ix_document_places_name", "document_places", ["kind", "name"])
    owner = sa.ForeignKey("documents.id", ondelete="CASCADE")
    op.create_table(
        "predictions",
        sa.Column("document_id", sa.String(200), owner, primary_key=True),
        sa.Column("model_version", sa.String(100), primary_key=True),
        sa.Column("outside_ttdn", sa.Boolean, nullable=False),
        sa.Column("target_present", sa.Boolean, nullable=False),
        sa.Column("sentiment", sa.String(10)),
        sa.Column("sentiment_scores", sa.JSON),
        sa.Column("groups", sa.JSON, nullable=False),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("truncated", sa.Boolean, nullable=False),
        sa.Column("detected_language", sa.String(35), nullable=False),
        sa.Column("taxonomy_version", sa.String(20), nullable=False),
        sa.Column("threshold_set", sa.String(100), nullable=False),
        sa.Column("processed_at", sa.String(40), nullable=False),
    )
    owner = sa.ForeignKey("documents.id", ondelete="CASCADE")
    op.create_table(
        "prediction_themes",
        sa.Column("document_id", sa.String(200), owner, primary_key=True),
        sa.Column("model_version", sa.String(100), primary_key=True),
        sa.Column("theme", sa.String(60), primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
    )
    op.create_index("ix_prediction_themes_theme", "prediction_themes", ["theme"])


def downgrade() -> None:
    for table in ("prediction_themes", "predictions", "document_places", "documents"):
        op.drop_table(table)
