"""The store: save, read, delete. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError

from data.problems import Problem
from data.schema import TEXT_FIELDS, Document
from model.prediction import Outcome, Prediction
from model.preparation import prepare
from service.store.filters import Filter, conditions, current, within
from service.store.tables import document_places, documents, prediction_themes, predictions

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WRITE_TRIES = 3
_ROWS_A_QUERY = 500  # under SQLite's limit of bound variables


def vietnamese_day(moment: datetime | date | None) -> str | None:
    """ISO day in Asia/Ho_Chi_Minh; a bare day is taken as that day there."""
    if isinstance(moment, datetime):
        return moment.astimezone(VIETNAM).date().isoformat()
    return moment.isoformat() if moment is not None else None


def _clock(moment: datetime | date | None) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None


def content_hash(document: Document) -> str:
    """Hash of all that was sent but the id and the time of collection.

    The same item fetched again later is the same content.
    """
    content = document.model_dump(mode="json", exclude={"id", "collected_at"}, exclude_none=True)
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def text_hash(document: Document) -> str:
    """Hash of the prepared words, blind to case, punctuation, Unicode form and field borders."""
    words = re.findall(r"\w+", prepare(document).text.lower())
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


class Conflict(Exception):
    """Two writers stored the same id at the same time."""


class Store:
    """Documents with their predictions in a relational database."""

    def __init__(self, url: str) -> None:
        try:
            self.engine: Engine = create_engine(url, pool_pre_ping=True)
        except Exception:  # a bad URL or a missing driver
            raise _unavailable("địa chỉ TTDN_DATABASE_URL không dùng được") from None
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _sqlite_settings)

    def migrate(self) -> None:
        """Bring the schema up to date."""
        config = Config()
        config.set_main_option("script_location", str(files("service.store") / "migrations"))
        with self._transaction() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            # Another writer was first with the same id: the caller looks again.
            raise Conflict from None
        except DataError:
            raise Problem(
                "failed", "Cơ sở dữ liệu không nhận giá trị của văn bản này. Hãy kiểm tra lại."
            ) from None
        except OperationalError:
            raise _unavailable("không kết nối hoặc không ghi được") from None
        except SQLAlchemyError:
            raise _unavailable("cơ sở dữ liệu từ chối thao tác") from None

    def check(self) -> None:
        """Raises :class:`Problem` when the database does not answer."""
        with self._transaction() as connection:
            connection.execute(
                select(func.count()).select_from(documents.select().limit(1).subquery())
            )

    # -- writing -----------------------------------------------------------------------------

    def unchanged(self, batch: Sequence[Document], model_version: str) -> set[str]:
        """Ids already stored with this very content and tagged by this model."""
        hashes = {d.id: content_hash(d) for d in batch}
        with self._transaction() as connection:
            stored = _hashes(connection, list(hashes))
        return {i for i, (h, v) in stored.items() if h == hashes[i] and v == model_version}

    def save(self, batch: Sequence[tuple[Document, Prediction]]) -> list[Outcome]:
        """Insert or update in one transaction; an outcome for each, in order.

        Of two documents with one id the later one stays.
        """
        for _ in range(WRITE_TRIES):
            try:
                return self._save(batch)
            except Conflict:
                continue
        raise _unavailable("nhiều nơi đang ghi cùng một văn bản")

    def _save(self, batch: Sequence[tuple[Document, Prediction]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with self._transaction() as connection:
            stored = _hashes(connection, [d.id for d, _ in batch])
            for document, prediction in batch:
                known = stored.get(document.id)
                fresh = (content_hash(document), prediction.model_version)
                if known == fresh:
                    outcomes.append("duplicate")
                    continue
                _write(connection, document, prediction, known is not None)
                stored[document.id] = fresh
                same_text = known is not None and known[0] == fresh[0]
                outcomes.append(
                    "updated" if known is not None and not same_text else prediction.outcome
                )
        return outcomes

    def delete(self, *, document_id: str | None = None, url: str | None = None) -> int:
        """Remove documents by id or URL from every table; how many there were."""
        where = documents.c.id == document_id if url is None else documents.c.url == url
        with self._transaction() as connection:
            ids = list(connection.scalars(select(documents.c.id).where(where)))
            for table in (prediction_themes, predictions, document_places):
                connection.execute(delete(table).where(table.c.document_id.in_(ids)))
            connection.execute(delete(documents).where(documents.c.id.in_(ids)))
        return len(ids)

    # -- reading -----------------------------------------------------------------------------

    def get(self, document_id: str) -> dict[str, Any] | None:
        """One document with its prediction, or None."""
        rows = self.read([document_id])
        return rows[0] if rows else None

    def read(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Documents with their predictions, in the order of ``ids``; unknown ones left out."""
        with self._transaction() as connection:
            return _full(connection, ids)

    def page(
        self,
        chosen: Filter,
        first: date | None = None,
        last: date | None = None,
        *,
        outside: bool | None = None,
        needs_review: bool | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Documents in order of id, after the id ``after``."""
        query = current(documents.c.id).where(
            documents.c.id > after, *conditions(chosen), *within(first, last)
        )
        if outside is not None:
            query = query.where(predictions.c.outside_ttdn == outside)
        if needs_review is not None:
            query = query.where(predictions.c.needs_review == needs_review)
        with self._transaction() as connection:
            ids = list(connection.scalars(query.order_by(documents.c.id).limit(limit)))
            return _full(connection, ids)

    def rows(self, query: Any) -> list[Any]:
        """Rows of a query built on the store's tables (figures)."""
        with self._transaction() as connection:
            return list(connection.execute(query))


def _unavailable(why: str) -> Problem:
    return Problem(
        "store-unavailable",
        f"Không dùng được kho dữ liệu: {why}. Hãy kiểm tra TTDN_DATABASE_URL, quyền ghi "
        "và dung lượng đĩa rồi thử lại.",
        retry_after=5,
    )


def _sqlite_settings(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


def _hashes(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for at in range(0, len(ids), _ROWS_A_QUERY):
        part = ids[at : at + _ROWS_A_QUERY]
        query = select(documents.c.id, documents.c.content_hash, documents.c.model_version).where(
            documents.c.id.in_(part)
        )
        found |= {i: (h, v) for i, h, v in connection.execute(query)}
    return found


def _write(
    connection: Connection, document: Document, prediction: Prediction, replace: bool
) -> None:
    own = text_hash(document)
    row: dict[str, Any] = {
        **document.model_dump(
            include={
                *TEXT_FIELDS, "url", "source_id", "source_country", "source_type", "media_type",
                "space", "channel", "language", "original_language", "is_translation", "audience",
            }
        ),
        "content_hash": content_hash(document),
        "text_hash": own,
        "story_id": own[:32],
        "published_at": _clock(document.published_at),
        "published_day": vietnamese_day(document.published_at),
        "collected_at": _clock(document.collected_at),
        "collected_day": vietnamese_day(document.collected_at),
        "model_version": prediction.model_version,
        "stored_at": datetime.now(UTC),
    }  # fmt: skip
    # PostgreSQL holds no NUL in text.
    row = {k: v.replace("\x00", "\ufffd") if isinstance(v, str) else v for k, v in row.items()}
    if replace:
        connection.execute(documents.update().where(documents.c.id == document.id).values(row))
        connection.execute(
            delete(document_places).where(document_places.c.document_id == document.id)
        )
        for table in (prediction_themes, predictions):
            connection.execute(
                delete(table).where(
                    table.c.document_id == document.id,
                    table.c.model_version == prediction.model_version,
                )
            )
    else:
        connection.execute(insert(documents).values(id=document.id, **row))
    places = {("locality", n) for n in document.locality} | {("unit", n) for n in document.unit}
    if places:
        connection.execute(
            insert(document_places),
            [{"document_id": document.id, "kind": k, "name": n} for k, n in sorted(places)],
        )
    key = {"document_id": document.id, "model_version": prediction.model_version}
    tone = prediction.sentiment
    connection.execute(
        insert(predictions).values(
            **key,
            **prediction.model_dump(
                include={
                    "outside_ttdn", "target_present", "groups", "needs_review", "reasons",
                    "truncated", "taxonomy_version", "threshold_set", "processed_at",
                }
            ),
            sentiment=tone.label if tone else None,
            sentiment_scores=tone.scores if tone else None,
            detected_language=prediction.language,
        )
    )  # fmt: skip
    if prediction.themes:
        connection.execute(
            insert(prediction_themes),
            [
                {**key, "theme": t.id, "rank": n, "score": t.score}
                for n, t in enumerate(prediction.themes)
            ],
        )


_DOCUMENT_FIELDS = [
    c for c in documents.c if c.name not in ("content_hash", "text_hash", "stored_at")
]


def _full(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Documents with places and current predictions, in the order of ``ids``."""
    if not ids:
        return []
    chosen = documents.c.id.in_(ids)
    columns = [c for c in predictions.c if c.name not in ("document_id", "model_version")]
    query = current(*_DOCUMENT_FIELDS, *columns).where(chosen)
    result: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query):
        values = dict(row._mapping)
        for name in ("published", "collected"):
            clock, day = values.pop(f"{name}_at"), values.pop(f"{name}_day")
            # SQLite gives times back without their zone; they were stored in UTC.
            values[f"{name}_at"] = clock.replace(tzinfo=UTC).isoformat() if clock else day
            values[f"{name}_day"] = day
        values |= {"locality": [], "unit": [], "themes": []}
        result[values["id"]] = values
    places = select(document_places).where(document_places.c.document_id.in_(ids))
    for owner, kind, name in connection.execute(places.order_by(document_places.c.name)):
        result[owner][kind].append(name)
    themes = select(prediction_themes).where(prediction_themes.c.document_id.in_(ids))
    for owner, version, theme, rank, score in connection.execute(
        themes.order_by(prediction_themes.c.rank)
    ):
        if result[owner]["model_version"] == version:
            result[owner]["themes"].append({"id": theme, "score": score, "primary": rank == 0})
    return [result[i] for i in ids if i in result]
