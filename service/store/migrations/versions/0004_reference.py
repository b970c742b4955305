"""Reference tables that people supply."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_rows",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.JSON, nullable=False),
    )
    op.create_table(
        "source_days",
        sa.Column("source_id", sa.String(200), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source", sa.BigInteger, nullable=False),
        sa.Column("fetched", sa.Boolean, nullable=False),
    )
    op.create_index("ix_source_days_day", "source_days", ["day"])


def downgrade() -> None:
    op.drop_table("source_days")
    op.drop_table("reference_rows")
