"""Full texts are kept for some days; an excerpt and what finds a re-sent item stay."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from data.schema import Document
from data.settings import Settings
from model.classifier import Classifier
from service.app import create_app
from service.store.retention import EXCERPT
from service.store.store import Store
from service.store.tables import documents, metadata
from tests.service.test_store import document, prediction
from tests.service.test_stories import text

BODY = "<p>Câu đầu của bài.</p><p>Gọi 0912 345 678 để biết thêm.</p>" + 40 * "<p>Câu dài nữa.</p>"


def put(store: Store, own: str, **fields: str) -> list[str]:
    item = document(own, "Tin mới", published_at="2026-03-05", **fields)
    return list(store.save([(item, prediction(own, "tourism_destination"))]))


def fields(store: Store, own: str) -> dict[str, object]:
    found = store.get(own)
    assert found is not None
    return {n: found[n] for n in ("title", "sapo", "body", "text")}


def later(days: int) -> datetime:
    """By a clock in another zone than the store's."""
    return (datetime.now(UTC) + timedelta(days=days, minutes=1)).astimezone(tz=None)


def test_after_its_days_a_text_is_an_excerpt(store: Store) -> None:
    put(store, "1", sapo="Mở đầu của bài.", body=BODY)
    assert store.cut_texts(later(89), 90) == 0
    assert fields(store, "1")["body"] == BODY
    assert store.cut_texts(later(90), 0) == 0
    assert store.cut_texts(later(90), 90) == 1
    found = fields(store, "1")
    assert (found["title"], found["sapo"], found["body"]) == ("Tin mới", None, None)
    excerpt = str(found["text"])
    assert len(excerpt) == EXCERPT
    # As it was read: without mark-up, and without the telephone number.
    assert excerpt.startswith(
        "Mở đầu của bài.\nCâu đầu của bài.\nGọi ☎ để biết thêm.\nCâu dài nữa."
    )
    assert store.get("1")["text_cut_at"] is not None  # type: ignore[index]
    assert store.cut_texts(later(200), 90) == 0


def test_fields_that_are_empty_or_too_long_for_an_excerpt(store: Store) -> None:
    store.save([(document("1", "dài " * 200), prediction("1"))])
    store.save([(Document(id="2", text="Chỉ có một đoạn."), prediction("2"))])
    assert store.cut_texts(later(90), 90) == 2
    assert fields(store, "1") == {"title": ("dài " * 200)[:EXCERPT], "sapo": None, "body": None,
                                  "text": None}  # fmt: skip
    assert fields(store, "2") == {"title": None, "sapo": None, "body": None,
                                  "text": "Chỉ có một đoạn."}  # fmt: skip


def test_a_cut_item_is_still_a_duplicate_and_still_of_its_story(store: Store) -> None:
    put(store, "1", body=text(1))
    store.cut_texts(later(90), 90)
    assert put(store, "1", body=text(1)) == ["duplicate"]
    assert fields(store, "1")["body"] is None
    put(store, "2", body=text(1, changed=3))
    assert store.get("1")["story_id"] == store.get("2")["story_id"]  # type: ignore[index]
    assert put(store, "1", body=text(2)) == ["updated"]
    assert fields(store, "1")["body"] == text(2)
    assert store.get("1")["text_cut_at"] is None  # type: ignore[index]


def test_no_text_that_is_over_stays_in_the_files_of_sqlite(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/ttdn.db")
    store.migrate()
    canary = "Chim hoàng yến bay qua cửa sổ."
    put(store, "cut", body="Mở đầu. " * 100 + canary)
    put(store, "deleted", body="Đoạn khác hẳn. " * 3000 + canary)
    assert canary.encode() in files(tmp_path)
    store.delete(document_id="deleted")
    assert canary.encode() in files(tmp_path)
    store.cut_texts(later(90), 90)
    assert canary.encode() not in files(tmp_path)
    store.engine.dispose()


def files(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()))


def test_one_call_cuts_no_more_than_asked(store: Store) -> None:
    for n in range(5):
        put(store, str(n))
    assert [store.cut_texts(later(90), 90, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_running_service_cuts_at_its_start(store: Store, classifier: Classifier) -> None:
    put(store, "old", body=BODY)
    put(store, "new", body=BODY)
    with store.engine.begin() as connection:
        long_ago = update(documents).where(documents.c.id == "old")
        connection.execute(long_ago.values(stored_at=datetime.now(UTC) - timedelta(days=31)))
    app = create_app(Settings(keep_text_days=30), (classifier, store))
    with TestClient(app) as client:
        until = time.monotonic() + 20
        while client.get("/v1/documents/old").json()["text_cut_at"] is None:
            assert time.monotonic() < until
        assert client.get("/v1/documents/new").json()["text_cut_at"] is None


def test_a_service_that_cannot_cut_runs_on_and_logs_no_text(
    store: Store, classifier: Classifier, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "1", body=BODY)
    metadata.drop_all(store.engine)
    with (
        caplog.at_level(logging.INFO),
        TestClient(create_app(Settings(), (classifier, store))) as c,
    ):
        until = time.monotonic() + 20
        while not [r for r in caplog.records if r.name == "ttdn"]:
            assert c.get("/health/live").status_code == 200
            assert time.monotonic() < until
    [record] = [r for r in caplog.records if r.name == "ttdn"]
    assert record.getMessage() == "old texts were not cut: Problem"
    assert record.exc_info is None
