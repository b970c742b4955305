"""Tables of stories. Change them only together with a migration."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from service.store.tables import metadata

story_texts = Table(
    "story_texts",
    metadata,
    # One row a distinct text that some document has now.
    Column("text", BigInteger, primary_key=True, autoincrement=False),
    # The number of one of its texts names a story. What named it before is still one of them, so
    # this table resolves former names too.
    Column("story", BigInteger, nullable=False, index=True),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("signature", LargeBinary, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
)
"""``text``: 60 bits of ``documents.text_hash``; days: of publication of its documents,
since 1970-01-01, null when none has one; the rest: ``similarity.Sketch``."""

story_bands = Table(
    "story_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("text", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Where texts that may be near are looked up: ``similarity.band_keys``."""
