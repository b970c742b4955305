"""Rebuttal cases, opened, linked, answered and closed by people."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("claimed_day", sa.Integer, nullable=False),
        sa.Column("claimed_second", sa.Integer),
        sa.Column("answer_document_id", sa.String(200), sa.ForeignKey("documents.id", ondelete="SET NULL")),
        sa.Column("answered_day", sa.Integer),
        sa.Column("answered_second", sa.Integer),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_as", sa.String(10)),
    )
    op.create_index("ix_cases_claimed_day", "cases", ["claimed_day"])
    op.create_table(
        "case_places",
        sa.Column("case_id", sa.String(200), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
    )
    op.create_index("ix_case_places_name", "case_places", ["kind", "name"])
    op.create_table(
        "case_claims",
        sa.Column("case_id", sa.String(200), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "document_id", sa.String(200), sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
        ),
    )
    op.create_index("ix_case_claims_document_id", "case_claims", ["document_id"])
    op.create_table(
        "case_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(200), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_case_decisions_case_id", "case_decisions", ["case_id"])


def downgrade() -> None:
    for name in ("case_decisions", "case_claims", "case_places", "cases"):
        op.drop_table(name)
