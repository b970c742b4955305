"""Narrow rows for figures, human labels, back-fills; the time a text was cut."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("ix_documents_story_id", "ix_documents_published_day", "ix_documents_source_id"):
        op.drop_index(name, "documents")
    op.drop_column("documents", "story_id")
    op.add_column("documents", sa.Column("text_cut_at", sa.DateTime(timezone=True)))
    op.create_index("ix_documents_stored_at", "documents", ["stored_at"])
    op.create_table(
        "human_labels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "document_id",
            sa.String(200),
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("themes", sa.JSON, nullable=False),
        sa.Column("sentiment", sa.String(10)),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "retags",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("first_day", sa.Integer),
        sa.Column("last_day", sa.Integer),
        sa.Column("from_versions", sa.JSON, nullable=False),
        sa.Column("to_version", sa.String(100), nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "document_id",
            sa.String(200),
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("second", sa.Integer),
        sa.Column("story", sa.BigInteger, nullable=False, index=True),
        sa.Column("source", sa.BigInteger),
        sa.Column("url_key", sa.BigInteger),
        sa.Column("text_key", sa.BigInteger),
        sa.Column("source_country", sa.String(2)),
        sa.Column("source_type", sa.String(20)),
        sa.Column("media_type", sa.String(20)),
        sa.Column("space", sa.String(10)),
        sa.Column("channel", sa.String(200)),
        sa.Column("language", sa.String(35)),
        sa.Column("is_translation", sa.Boolean),
        sa.Column("themes", sa.Integer, nullable=False),
        sa.Column("primary_theme", sa.SmallInteger, nullable=False),
        sa.Column("tone", sa.SmallInteger, nullable=False),
        sa.Column("target", sa.Boolean, nullable=False),
        sa.Column("human", sa.Boolean, nullable=False),
        sa.Column("machine_themes", sa.Integer, nullable=False),
        sa.Column("machine_primary", sa.SmallInteger, nullable=False),
        sa.Column("machine_tone", sa.SmallInteger, nullable=False),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("model_version", sa.String(100), nullable=False),
        sa.Column("taxonomy_version", sa.String(20), nullable=False),
        sa.Column("threshold_set", sa.String(100), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("facts", "retags", "human_labels"):
        op.drop_table(table)
    op.drop_index("ix_documents_stored_at", "documents")
    op.drop_column("documents", "text_cut_at")
    op.add_column(
        "documents", sa.Column("story_id", sa.String(64), nullable=False, server_default="")
    )
    for name in ("story_id", "published_day", "source_id"):
        op.create_index(f"ix_documents_{name}", "documents", [name])
