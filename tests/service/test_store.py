from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from data.problems import Problem
from data.schema import Document, Label, parse_document
from model.prediction import Prediction, ThemeScore, Tone
from service.store.days import vietnamese_day
from service.store.filters import Filter
from service.store.reference import PlanRow, SourceDayRow, UnitRow, read, replace
from service.store.store import Store
from service.store.tables import facts, metadata
from service.store.writing import refresh


def prediction(
    document_id: str, *themes: str, tone: str | None = "neutral", version: str = "m1"
) -> Prediction:
    """A prediction as the classifier would give it; no themes is outside."""
    sentiment = None
    if themes and tone:
        scores = {"positive": 0.1, "neutral": 0.1, "negative": 0.1, tone: 0.8}
        sentiment = Tone.model_validate({"label": tone, "scores": scores})
    return Prediction(
        id=document_id,
        themes=[
            ThemeScore(id=t, name_vi=t, score=0.9, primary=k == 0) for k, t in enumerate(themes)
        ],
        groups=[],
        outside_ttdn=not themes,
        sentiment=sentiment,
        target_present=themes != ("world_affairs",),
        needs_review=False,
        reasons=[],
        evidence=[],
        language="vi",
        truncated=False,
        model_version=version,
        taxonomy_version="1.0",
        threshold_set="t1",
        processed_at="2026-01-01T00:00:00+00:00",
    )


def document(document_id: str, text: str = "", **fields: object) -> Document:
    return parse_document({"id": document_id, "title": text or f"Tin {document_id}", **fields})


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_saving_again_is_a_duplicate_and_new_content_an_update(store: Store) -> None:
    first = document("1", "Tin cũ", locality=["Gia Lai"])
    assert store.save([(first, prediction("1", "tourism_destination"))]) == ["tagged"]
    assert store.save([(first, prediction("1", "tourism_destination"))]) == ["duplicate"]
    assert store.unchanged([first]) == {"1"}
    changed = document("1", "Tin mới", locality=["Đắk Lắk"])
    assert store.save([(changed, prediction("1"))]) == ["updated"]
    found = store.get("1")
    assert found is not None
    assert (found["title"], found["locality"], found["themes"]) == ("Tin mới", ["Đắk Lắk"], [])


def test_the_same_item_fetched_later_is_the_same_content(store: Store) -> None:
    for day in ("2026-03-01", "2026-03-02"):
        outcomes = store.save([(document("1", "Tin", collected_at=day), prediction("1"))])
    assert outcomes == ["duplicate"]


def test_two_with_one_id_in_a_batch_leave_the_later(store: Store) -> None:
    batch = [(document("1", t), prediction("1")) for t in ("một", "hai", "hai")]
    assert store.save(batch) == ["outside", "updated", "duplicate"]
    assert store.get("1")["title"] == "hai"  # type: ignore[index]


def test_sending_again_under_a_new_model_rewrites_nothing(store: Store) -> None:
    item = document("1")
    store.save([(item, prediction("1", "tourism_destination", version="m1"))])
    assert store.save([(item, prediction("1", "world_affairs", version="m2"))]) == ["duplicate"]
    found = store.get("1")
    assert found is not None
    assert found["model_version"] == "m1"
    assert [t["id"] for t in found["themes"]] == ["tourism_destination"]


def test_a_human_label_wins_until_the_content_changes(store: Store) -> None:
    store.save([(document("1"), prediction("1", "tourism_destination", tone="positive"))])
    assert store.label("1", Label(themes=[], sentiment=None), "review")
    assert store.page(Filter(theme="tourism_destination")) == []
    assert store.label("1", Label(themes=["world_affairs"], sentiment="neutral"), "audit")
    [found] = store.page(Filter(theme="world_affairs", sentiment="neutral"))
    assert found["human_label"] == {"themes": ["world_affairs"], "sentiment": "neutral"}
    assert [t["id"] for t in found["themes"]] == ["tourism_destination"]
    store.save([(document("1", "Nội dung mới"), prediction("1", "defense_security"))])
    [found] = store.page(Filter(theme="defense_security"))
    assert found["human_label"] is None
    assert not store.label("2", Label(themes=[], sentiment=None), "review")


def all_facts(store: Store) -> list[tuple[object, ...]]:
    with store.engine.connect() as connection:
        return sorted(map(tuple, connection.execute(select(facts))))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["một", "hai", "Một!"]),
            st.sampled_from([None, "2026-03-01", "2026-03-01T23:30:00+00:00"]),
            st.sampled_from([(), ("world_affairs",), ("tourism_destination", "world_affairs")]),
            st.booleans(),
        ),
        max_size=8,
    )
)
@settings(max_examples=25, deadline=None)
def test_the_rows_of_figures_equal_what_the_other_tables_say(
    writes: list[tuple[str, str, str | None, tuple[str, ...], bool]],
) -> None:
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/ttdn.db")
        store.migrate()
        for own, text, day, themes, label in writes:
            item = document(own, text, published_at=day, source_id="Báo", url=f"https://x/{text}")
            store.save([(item, prediction(own, *themes))])
            if label:
                store.label(own, Label(themes=["culture_history_people"], sentiment="positive"),
                            "review")  # fmt: skip
        kept = all_facts(store)
        with store.engine.begin() as connection:
            refresh(connection, sorted({w[0] for w in writes}))
        assert all_facts(store) == kept
        with store.engine.begin() as connection:
            connection.execute(facts.delete())
        store.migrate()
        assert all_facts(store) == kept
        store.engine.dispose()


def test_reference_rows_are_replaced_as_a_whole(store: Store) -> None:
    plan = [PlanRow(period="2026-03", theme="tourism_destination", target=k) for k in (3, 1)]
    replace(store, PlanRow, plan)
    replace(store, UnitRow, [UnitRow(theme="world_affairs", unit="Sở Ngoại vụ", role="lead")])
    assert read(store, PlanRow) == plan
    replace(store, PlanRow, plan[:1])
    assert read(store, PlanRow) == plan[:1]
    days = [SourceDayRow(source_id="Báo", day=date(2026, 3, 1), fetched=f) for f in (True, False)]
    replace(store, SourceDayRow, days)
    assert read(store, SourceDayRow) == days[1:]
    assert len(read(store, UnitRow)) == 1


def test_deletion_by_id_and_by_url_leaves_nothing(store: Store) -> None:
    items = [document(str(k), url="https://example.org/a", unit=["Sở Ngoại vụ"]) for k in range(3)]
    store.save([(d, prediction(d.id, "tourism_destination")) for d in items])
    assert store.delete(document_id="0") == 1
    assert store.delete(url="https://example.org/a") == 2
    assert store.delete(document_id="0") == 0
    with store.engine.connect() as connection:
        for table in metadata.tables.values():
            assert connection.execute(table.select()).all() == []


def test_pages_visit_every_row_once_in_order(store: Store) -> None:
    ids = [f"{c}{k:03}" for k in range(9) for c in ("a", "B", "ă")]
    random.Random(0).shuffle(ids)
    store.save([(document(i), prediction(i, "tourism_destination")) for i in ids])
    seen: list[str] = []
    while page := store.page(Filter(), after=seen[-1] if seen else "", limit=7):
        seen += [row["id"] for row in page]
    assert len(seen) == len(ids)
    assert set(seen) == set(ids)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"theme": "tourism_destination"}, {"1", "2"}),
        ({"sentiment": "negative"}, {"2"}),
        ({"locality": "Gia Lai"}, {"1"}),
        ({"unit": "Sở Ngoại vụ"}, {"2"}),
        ({"source_id": "Báo A"}, {"1"}),
        ({"source_country": "JP"}, {"3"}),
        ({"theme": "tourism_destination", "sentiment": "positive"}, {"1"}),
        ({}, {"1", "2", "3", "4"}),
    ],
)
def test_filters(store: Store, chosen: dict[str, str], expected: set[str]) -> None:
    store.save(
        [
            (
                document("1", locality=["Gia Lai", "Huế"], source_id="Báo A"),
                prediction("1", "tourism_destination", tone="positive"),
            ),
            (
                document("2", unit=["Sở Ngoại vụ"]),
                prediction("2", "world_affairs", "tourism_destination", tone="negative"),
            ),
            (document("3", source_country="JP"), prediction("3", "world_affairs")),
            (document("4"), prediction("4")),
        ]
    )
    assert {row["id"] for row in store.page(Filter.model_validate(chosen))} == expected


def test_days_are_vietnamese_days(store: Store) -> None:
    moments = {
        "a": "2026-03-14T17:30:00+00:00",  # 00:30 on the 15th in Vietnam
        "b": "2026-03-15T23:59:00+07:00",
        "c": "2026-03-15",
        "d": "2026-03-15T17:00:00Z",  # midnight of the 16th
    }
    store.save([(document(k, published_at=v), prediction(k)) for k, v in moments.items()])
    day = date(2026, 3, 15)
    assert [row["id"] for row in store.page(Filter(), day, day)] == ["a", "b", "c"]
    assert store.get("a")["published_at"] == "2026-03-14T17:30:00+00:00"  # type: ignore[index]
    assert store.get("c")["published_at"] == "2026-03-15"  # type: ignore[index]
    assert vietnamese_day(None) is None


def test_an_unwritable_database_is_named(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/không-có/ttdn.db")
    with pytest.raises(Problem) as caught:
        store.migrate()
    assert caught.value.slug == "store-unavailable"
    with pytest.raises(Problem):
        Store("nosuchdatabase://x")


def test_texts_no_database_likes(store: Store) -> None:
    odd = document("1", "Tin\x00 có NUL 🎉 '; drop table documents; --")
    store.save([(odd, prediction("1"))])
    assert store.get("1")["title"].endswith("drop table documents; --")  # type: ignore[index]
