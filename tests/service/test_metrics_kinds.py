"""M12 and M13 by hand, on both databases."""

from __future__ import annotations

import numpy as np
import pytest

from service.coverage.answer import Basis, Figure
from service.coverage.figures import coverage
from service.coverage.kinds import by_story
from service.coverage.period import parse_period
from service.coverage.selection import Rows
from service.store.filters import Filter
from service.store.reference import EventRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

MARCH = parse_period("2026-03")


def ask(store: Store, metric: str, basis: Basis = "stories", **chosen: str) -> dict[str, Figure]:
    return {f.key: f for f in coverage(store, metric, MARCH, Filter(**chosen), basis).figures}


def publish(store: Store, name: str, text: str | None = None, **fields: object) -> None:
    given: dict[str, object] = {"published_at": "2026-03-05", "source_id": name, **fields}
    item = document(name, text or f"Chuyện {name}", **given)
    store.save([(item, prediction(name, "tourism_destination"))])


def report_events(store: Store, *documents: str, day: str = "2026-03-05") -> None:
    rows = [EventRow.model_validate({"event": f"Hội chợ {k}", "occurred_at": day, "document_id": d})
            for k, d in enumerate(documents)]  # fmt: skip
    replace(store, EventRow, rows)


def test_a_printed_article_with_an_online_copy_is_one_story_in_both_spaces(store: Store) -> None:
    for k in range(30):
        publish(store, f"mạng {k}", space="cyber", channel="web")
    for k in range(10):
        publish(store, f"báo in {k}", space="real", channel="báo in")
        publish(store, f"bản mạng {k}", f"Chuyện báo in {k}", space="cyber", channel="web")
    publish(store, "không ghi")
    report_events(store, "mạng 0", "mạng 1", "mạng 1")
    found = ask(store, "space")
    assert (found["space:real"].numerator, found["space:real"].denominator) == (10, 41)
    assert found["space:cyber"].numerator == 40
    assert found["space:cyber"].value == pytest.approx(40 / 41)
    assert found["space:unknown"].numerator == 1
    assert (found["channel:web"].numerator, found["channel:báo in"].numerator) == (40, 10)
    assert found["channel:unknown"].numerator == 1
    assert found["space:real"].interval is not None
    assert found["space:real"].wording.endswith("sự kiện do đơn vị báo cáo: 3")
    items = ask(store, "space", "items")
    assert (items["space:real"].numerator, items["space:real"].denominator) == (10, 51)
    outlets = ask(store, "space", "outlets")
    assert (outlets["space:cyber"].numerator, outlets["space:cyber"].denominator) == (40, 51)


def test_real_space_is_never_nought_percent(store: Store) -> None:
    for k in range(40):
        publish(store, f"mạng {k}", space="cyber", locality=["Gia Lai"] if k else [])
    report_events(store, "mạng 0", "mạng 1")
    real = ask(store, "space")["space:real"]
    assert (real.value, real.numerator, real.interval) == (None, None, None)
    assert "0 %" not in real.wording
    assert "sự kiện do đơn vị báo cáo: 2" in real.wording
    # Under a filter an event is reported when one of its documents is in it.
    assert ask(store, "space", locality="Gia Lai")["events_reported"].value == 1
    assert ask(store, "space", space="real")["events_reported"].value == 2


def test_languages_and_countries_by_hand(store: Store) -> None:
    for k in range(20):
        publish(store, f"vi {k}", language="vi", source_country="VN")
    for k in range(12):
        publish(store, f"en {k}", language="en", source_country="US", is_translation=False,
                media_type="earned")  # fmt: skip
    for k in range(5):
        publish(store, f"vnp {k}", language="en-GB", source_country="VN", is_translation=False,
                media_type="owned")  # fmt: skip
    for k in range(3):
        publish(store, f"fr {k}", language="fr", source_country="FR", is_translation=True,
                original_language="en" if k else None, media_type="earned")  # fmt: skip
    found = ask(store, "language")
    for key, hits in {
        "language:vi": 20, "language:en": 12, "language:en-GB": 5, "language:fr": 3,
        "language:unknown": 0, "country:VN": 25, "country:US": 12, "country:FR": 3,
        "foreign": 20, "foreign_original": 17, "foreign_translation": 3, "foreign_unsaid": 0,
        "foreign_of_foreign_sources": 15, "foreign_of_vietnamese_sources": 5,
        "international": 15, "original:en": 2, "original:unknown": 1,
    }.items():  # fmt: skip
        assert found[key].numerator == hits, key
    assert found["language:en"].value == pytest.approx(0.3)
    # 1 / (0.625² + 0.3² + 0.075²)
    assert found["breadth"].value == pytest.approx(1 / (0.625**2 + 0.3**2 + 0.075**2))
    assert ask(store, "language", "outlets")["breadth"].value == found["breadth"].value


def test_one_country_has_breadth_one_and_a_story_of_two_is_shared(store: Store) -> None:
    for k in range(30):
        publish(store, f"a {k}", source_country="JP")
    assert ask(store, "language")["breadth"].value == pytest.approx(1)
    for k in range(30):
        publish(store, f"b {k}", f"Chuyện a {k}", source_country="KR")
    # Every story came out in both countries.
    found = ask(store, "language")
    assert found["country:JP"].value == found["country:KR"].value == 1
    assert found["breadth"].value == pytest.approx(2)


def test_few_stories_have_no_breadth(store: Store) -> None:
    for k in range(3):
        publish(store, f"a {k}", source_country="JP")
    found = ask(store, "language")
    assert (found["breadth"].value, found["country:JP"].value) == (None, None)
    assert "không tính" in found["breadth"].wording


def test_what_nobody_gave_is_no_share_of_nought(store: Store) -> None:
    for k in range(40):
        publish(store, f"a {k}", language="en")
    found = ask(store, "language")
    for key in ("international", "foreign_original", "foreign_translation",
                "foreign_of_foreign_sources"):  # fmt: skip
        assert (found[key].value, found[key].numerator) == (None, None), key
        assert "không có nghĩa là không có" in found[key].wording
    assert found["foreign"].value == 1
    assert found["breadth"].value is None


def test_whether_media_type_was_given_is_said(store: Store) -> None:
    for k in range(30):
        publish(store, f"a {k}", source_country="US", media_type=None if k < 4 else "earned")
    found = ask(store, "language")["international"]
    assert found.numerator == 30
    assert "4 lượt đăng chưa ghi loại truyền thông" in found.wording


def test_a_story_is_of_every_kind_of_its_items() -> None:
    numbers = {"story": np.array([7, 3, 7, 5, 3])}
    hits = np.array([[1, 0], [0, 0], [0, 1], [1, 1], [0, 1]])
    found = by_story(Rows(numbers, {}), hits)
    assert found.tolist() == [[1, 1], [0, 1], [1, 1], [1, 1], [0, 1]]
    assert by_story(Rows({"story": numbers["story"][:0]}, {}), hits[:0]).shape == (0, 2)
