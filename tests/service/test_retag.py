"""Back-fills: stored documents under another model, old predictions beside, on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data.schema import Label
from model.classifier import Classifier
from model.prediction import Prediction
from service.retag import BATCH, retag
from service.store.counting import retags_within
from service.store.filters import Filter
from service.store.retags import outdated, put_tags
from service.store.store import Store
from service.store.tables import predictions
from tests.service.test_store import all_facts, document, prediction

TALKS = "Thủ tướng Việt Nam hội đàm với Thủ tướng Nhật Bản về quan hệ đối tác chiến lược {}"
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


def put(store: Store, own: str, day: str | None, text: str = "", **more: Any) -> None:
    item = document(own, text or TALKS.format(own), published_at=day, **more)
    store.save([(item, prediction(own, "world_affairs", version="m1"))])


def versions(store: Store) -> set[tuple[str, str]]:
    with store.engine.connect() as connection:
        query = select(predictions.c.document_id, predictions.c.model_version)
        return {(i, v) for i, v in connection.execute(query)}


def current(store: Store, own: str) -> tuple[str, list[str]]:
    found = store.get(own)
    assert found is not None
    return found["model_version"], [t["id"] for t in found["themes"]]


def test_a_period_is_tagged_again_once_and_on_record(store: Store, classifier: Classifier) -> None:
    version = classifier.bundle.settings.model_version
    put(store, "a", "2026-03-05")
    put(store, "b", "2026-03-20")
    put(store, "c", "2026-04-01")
    put(store, "d", None)
    done = retag(store, classifier, *MARCH)
    assert (done.tagged, done.cut, done.refused, done.changed) == (2, 0, 0, 0)
    assert current(store, "a")[0] == version
    assert current(store, "a")[1][0] == "foreign_affairs_diplomacy"
    assert current(store, "c") == ("m1", ["world_affairs"])
    assert versions(store) == {(i, "m1") for i in "abcd"} | {(i, version) for i in "ab"}
    found = {row["id"] for row in store.page(Filter(theme="foreign_affairs_diplomacy"))}
    assert found == {"a", "b"}
    [record] = retags_within(store, *MARCH)
    assert (record.first, record.last) == (date(2026, 3, 5), date(2026, 3, 20))
    assert (record.from_versions, record.to_version, record.documents) == (["m1"], version, 2)
    assert datetime.now(UTC) - record.finished_at < timedelta(minutes=1)
    kept = all_facts(store)
    assert retag(store, classifier, *MARCH).tagged == 0
    assert all_facts(store) == kept
    assert retags_within(store, None, None) == [record]


def test_records_are_found_by_the_periods_they_touch(store: Store, classifier: Classifier) -> None:
    put(store, "a", "2026-03-05")
    put(store, "b", "2026-03-20")
    retag(store, classifier, *MARCH)
    put(store, "d", None)
    assert retag(store, classifier, None, None).tagged == 1
    assert len(retags_within(store, None, None)) == 1
    for first, last, touched in (
        (date(2026, 3, 20), date(2026, 3, 25), True),
        (date(2026, 3, 21), None, False),
        (None, date(2026, 3, 5), True),
        (None, date(2026, 3, 4), False),
        (*APRIL, False),
    ):
        assert bool(retags_within(store, first, last)) is touched


def test_cut_texts_are_left_and_counted(store: Store, classifier: Classifier) -> None:
    put(store, "a", "2026-03-05")
    store.cut_texts(datetime.now(UTC) + timedelta(days=91), 90)
    put(store, "b", "2026-03-06")
    done = retag(store, classifier, *MARCH)
    assert (done.tagged, done.cut) == (1, 1)
    assert current(store, "a") == ("m1", ["world_affairs"])


def test_a_persons_label_stays_in_force(store: Store, classifier: Classifier) -> None:
    put(store, "a", "2026-03-05")
    store.label("a", Label(themes=["tourism_destination"], sentiment="positive"), "review")
    retag(store, classifier, *MARCH)
    assert [r["id"] for r in store.page(Filter(theme="tourism_destination"))] == ["a"]


def test_what_the_model_does_not_read_keeps_its_tags(store: Store, classifier: Classifier) -> None:
    put(store, "a", "2026-03-05", "The talks were useful for both sides and will go on in May.")
    done = retag(store, classifier, *MARCH)
    assert (done.tagged, done.refused) == (0, 1)
    assert current(store, "a") == ("m1", ["world_affairs"])
    assert retags_within(store, None, None) == []


def test_a_run_that_breaks_off_is_on_record_and_is_taken_up_again(
    store: Store, classifier: Classifier
) -> None:
    for n in range(BATCH + 3):
        put(store, f"{n:03}", "2026-03-05")

    def stop(n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retag(store, classifier, *MARCH, stop)
    assert [r.documents for r in retags_within(store, *MARCH)] == [BATCH]
    seen: list[int] = []
    assert retag(store, classifier, *MARCH, seen.append).tagged == sum(seen) == 3
    assert [r.documents for r in retags_within(store, *MARCH)] == [BATCH, 3]


def test_a_document_stored_anew_meanwhile_is_left_alone(store: Store) -> None:
    put(store, "a", "2026-03-05")
    put(store, "b", "2026-03-05")
    read = outdated(store, "m2", None, None, "", 10)
    put(store, "a", "2026-03-05", "Nội dung khác hẳn, gửi lại trong lúc gán nhãn")
    new: list[Prediction] = [prediction(s.document.id, version="m2") for s in read]
    run, done = put_tags(store, None, list(zip(read, new, strict=True)))
    assert done == 1
    assert current(store, "a") == ("m1", ["world_affairs"])
    assert current(store, "b") == ("m2", [])
    assert put_tags(store, run, list(zip(read, new, strict=True))) == (run, 0)
    [record] = retags_within(store, None, None)
    assert record.documents == 1


def test_going_back_to_a_model_and_on_again(store: Store) -> None:
    put(store, "a", "2026-03-05")
    run = None
    for version in ("m2", "m1", "m2"):
        [read] = outdated(store, version, None, None, "", 10)
        run, _ = put_tags(store, run, [(read, prediction("a", version=version))])
    assert current(store, "a") == ("m2", [])
    assert versions(store) == {("a", "m1"), ("a", "m2")}
    [record] = retags_within(store, None, None)
    assert (record.documents, record.from_versions) == (3, ["m1", "m2"])
