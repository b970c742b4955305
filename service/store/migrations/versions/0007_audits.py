"""Random audits: draws, their strata and items."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("period_label", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Integer),
        sa.Column("last_day", sa.Integer),
        sa.Column("filter", sa.JSON, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_versions", sa.JSON, nullable=False),
        sa.Column("tagged_stories", sa.Integer, nullable=False),
        sa.Column("replaces", sa.Integer, sa.ForeignKey("audits.id")),
    )
    op.create_table(
        "audit_strata",
        sa.Column(
            "audit_id",
            sa.Integer,
            sa.ForeignKey("audits.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("channel_class", sa.String(10), primary_key=True),
        sa.Column("predicted", sa.String(10), primary_key=True),
        sa.Column("stories", sa.Integer, nullable=False),
        sa.Column("drawn", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit_items",
        sa.Column(
            "audit_id",
            sa.Integer,
            sa.ForeignKey("audits.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "document_id",
            sa.String(200),
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("channel_class", sa.String(10), nullable=False),
        sa.Column("predicted", sa.String(10), nullable=False),
    )


def downgrade() -> None:
    for table in ("audit_items", "audit_strata", "audits"):
        op.drop_table(table)
