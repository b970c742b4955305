"""Sketches of texts and where near ones are looked up; an index of what is to be cut."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_documents_stored_at", "documents")
    op.create_index("ix_documents_text_cut_at", "documents", ["text_cut_at", "stored_at"])
    op.create_table(
        "story_texts",
        sa.Column("text", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("story", sa.BigInteger, nullable=False, index=True),
        sa.Column("first_day", sa.Integer),
        sa.Column("last_day", sa.Integer),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "story_bands",
        sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("text", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_index("ix_documents_text_cut_at", "documents")
    op.create_index("ix_documents_stored_at", "documents", ["stored_at"])
    op.drop_table("story_bands")
    op.drop_table("story_texts")
