"""The store: save, read, delete. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any, Literal, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.sql import Select

from data.problems import Problem
from data.schema import Document, Label
from model.prediction import Outcome, Prediction
from model.preparation import prepare
from service.store.facts import chunks
from service.store.filters import Filter, conditions, within
from service.store.hashing import content_hash, words_of
from service.store.records import full_records
from service.store.retention import cut_texts
from service.store.stories import settle
from service.store.tables import documents, facts, human_labels
from service.store.writing import Entry, complete, refresh, write

WRITE_TRIES = 3
CUT_AT_ONCE = 500
WAIT_SECONDS = 10
WRITER_LOCK = 7_206_317_448_150  # any number that nothing else in the database uses
T = TypeVar("T")
LabelOrigin = Literal["audit", "review"]


class Conflict(Exception):
    """Two writers stored the same id at the same time."""


class Store:
    """Documents with their predictions in a relational database."""

    def __init__(self, url: str) -> None:
        try:
            self.engine: Engine = create_engine(url, pool_pre_ping=True)
            if self.engine.dialect.name == "postgresql":
                # Each statement sees what was committed before it, so also before the lock was had.
                self.engine = self.engine.execution_options(isolation_level="READ COMMITTED")
        except Exception:  # a bad URL or a missing driver
            raise _unavailable("địa chỉ TTDN_DATABASE_URL không dùng được") from None
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _sqlite_settings)

    def migrate(self) -> None:
        """Bring the schema up to date."""
        config = Config()
        config.set_main_option("script_location", str(files("service.store") / "migrations"))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            complete(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction. Raises :class:`Problem` when the database refuses."""
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

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the one writer at a time.

        SQLite has no other way; on PostgreSQL two writers side by side would not see each other's
        texts and leave a story in two halves, or deadlock on the rows of a story.
        """
        with self.transaction() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
            yield connection

    def check(self) -> None:
        """Raises :class:`Problem` when the database does not answer."""
        with self.transaction() as connection:
            connection.execute(
                select(func.count()).select_from(documents.select().limit(1).subquery())
            )

    # -- writing -----------------------------------------------------------------------------

    def unchanged(self, batch: Sequence[Document]) -> set[str]:
        """Ids already stored with this very content, whichever model tagged it."""
        hashes = {d.id: content_hash(d) for d in batch}
        with self.transaction() as connection:
            stored = _hashes(connection, list(hashes))
        return {i for i, (content, _) in stored.items() if content == hashes[i]}

    def save(
        self, batch: Sequence[tuple[Document, Prediction]], prepared: Sequence[str] | None = None
    ) -> list[Outcome]:
        """Insert or update in one transaction; an outcome for each, in order.

        Of two documents with one id the later one stays. Content that is there already is left
        alone, under whichever model it was tagged: published figures change by back-fill only.
        ``prepared``: the prepared text of each, where the caller has it.
        """
        texts = [prepare(d).text for d, _ in batch] if prepared is None else prepared
        words = [words_of(t) for t in texts]
        contents = [content_hash(d) for d, _ in batch]
        return self._again(lambda: self._save(batch, contents, words))

    def _again(self, write: Callable[[], T]) -> T:
        for _ in range(WRITE_TRIES):
            try:
                return write()
            except Conflict:
                continue
        raise _unavailable("nhiều nơi đang ghi cùng một văn bản")

    def _save(
        self,
        batch: Sequence[tuple[Document, Prediction]],
        contents: Sequence[str],
        words: Sequence[list[str]],
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        entries: dict[str, Entry] = {}
        with self.writing() as connection:
            stored = _hashes(connection, [d.id for d, _ in batch])
            seen = {i: content for i, (content, _) in stored.items()}
            for (document, prediction), content, own in zip(batch, contents, words, strict=True):
                known = seen.get(document.id)
                if known == content:
                    outcomes.append("duplicate")
                    continue
                outcomes.append(prediction.outcome if known is None else "updated")
                seen[document.id] = content
                replaces = stored[document.id][1] if document.id in stored else None
                entries[document.id] = Entry(document, prediction, own, content, replaces)
            write(connection, list(entries.values()))
        return outcomes

    def label(self, document_id: str, label: Label, origin: LabelOrigin) -> bool:
        """Add a person's label, which wins over the machine's; False when there is no document."""

        def work() -> bool:
            with self.writing() as connection:
                stored = _hashes(connection, [document_id])
                if not stored:
                    return False
                connection.execute(
                    insert(human_labels).values(
                        document_id=document_id,
                        content_hash=stored[document_id][0],
                        themes=label.themes,
                        sentiment=label.sentiment,
                        origin=origin,
                        labelled_at=datetime.now(UTC),
                    )
                )
                refresh(connection, [document_id])
                return True

        return self._again(work)

    def delete(self, *, document_id: str | None = None, url: str | None = None) -> int:
        """Remove documents by id or URL from every table; how many there were."""
        where = documents.c.id == document_id if url is None else documents.c.url == url
        with self.writing() as connection:
            found = connection.execute(select(documents.c.id, documents.c.text_hash).where(where))
            texts = dict(found.tuples().all())
            for part in chunks(texts):
                connection.execute(delete(documents).where(documents.c.id.in_(part)))
            settle(connection, {}, set(texts.values()))
        self._forget()
        return len(texts)

    def cut_texts(self, now: datetime, keep_days: int, most: int | None = None) -> int:
        """Leave excerpts of texts stored over ``keep_days`` days before ``now``; how many were cut.

        ``keep_days`` 0 keeps all. ``most`` bounds one call. A batch is one transaction.
        """
        done = 0
        while keep_days and (most is None or done < most):
            left = CUT_AT_ONCE if most is None else min(CUT_AT_ONCE, most - done)
            with self.writing() as connection:
                cut = cut_texts(connection, now, keep_days, left)
            done += cut
            if cut < left:
                break
        if done:
            self._forget()
        return done

    def _forget(self) -> None:
        """Leave no deleted text in SQLite's log either; in its file it is overwritten."""
        if self.engine.dialect.name == "sqlite":
            with self.transaction() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- reading -----------------------------------------------------------------------------

    def get(self, document_id: str) -> dict[str, Any] | None:
        """One document with its prediction, or None."""
        rows = self.read([document_id])
        return rows[0] if rows else None

    def read(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Documents with their predictions, in the order of ``ids``; unknown ones left out."""
        with self.transaction() as connection:
            return full_records(connection, ids)

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
        query = (
            select(documents.c.id)
            .join_from(documents, facts, facts.c.document_id == documents.c.id)
            .where(documents.c.id > after, *conditions(chosen), *within(first, last))
        )
        if outside is not None:
            query = query.where(facts.c.themes == 0 if outside else facts.c.themes != 0)
        if needs_review is not None:
            query = query.where(facts.c.needs_review.is_(needs_review))
        with self.transaction() as connection:
            ids = list(connection.scalars(query.order_by(documents.c.id).limit(limit)))
            return full_records(connection, ids)

    def tuples(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        """Plain rows of a query on the store's tables, as the driver gives them."""
        with self.transaction() as connection:
            cursor = connection.execute(query).cursor
            return list(cursor.fetchall()) if cursor is not None else []


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
    cursor.execute("PRAGMA secure_delete=ON")
    # Ingest touches pages all over the file: hold them, and copy them from the log less often.
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA wal_autocheckpoint=8000")
    cursor.execute(f"PRAGMA busy_timeout={1000 * WAIT_SECONDS}")
    cursor.close()


def _hashes(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Hashes of content and text of each stored id."""
    found: dict[str, tuple[str, str]] = {}
    columns = (documents.c.id, documents.c.content_hash, documents.c.text_hash)
    for part in chunks(ids):
        rows = connection.execute(select(*columns).where(documents.c.id.in_(part)))
        found |= {i: (content, text) for i, content, text in rows}
    return found
