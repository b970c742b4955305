"""Traps of ``domain/metrics.md`` section 7, each by its name."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from data.taxonomy import REBUTTAL
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.cases import change_case, open_case
from service.store.filters import Filter
from service.store.reference import SourceDayRow, replace
from service.store.store import Store
from tests.service.test_api import problem
from tests.service.test_metrics_cases import change, opening, store_answer
from tests.service.test_store import document, prediction

MINE = ("timeliness", "response", "space", "language", "units", "alerts", "ranks", "quality")
MARCH = parse_period("2026-03")
TOURISM = "tourism_destination"


def figures(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def test_outputs_are_not_called_effects(store: Store) -> None:
    """Trap 1. A rank is no output: there it is said that coverage did not cause it."""
    for metric in MINE:
        notes = " ".join(coverage(store, metric, MARCH, Filter()).notes)
        assert ("Không có căn cứ" if metric == "ranks" else "Đây là chỉ số đầu ra") in notes


def test_machine_translations_sold_as_foreign_press(store: Store) -> None:
    """Trap 3: one decree on one Vietnamese portal in five languages is no foreign press."""
    rows = [
        (document(f"nghị định {lang}", f"Bản tiếng {lang}", language=lang, is_translation=True,
                  original_language="vi", source_country="VN", source_id="cổng",
                  published_at="2026-03-05"), prediction(f"nghị định {lang}", TOURISM))
        for lang in ("en", "ar", "no", "pt", "sv")
    ]  # fmt: skip
    rows += [
        (document(f"trong nước {k}", language="vi", source_country="VN", source_id="báo",
                  published_at="2026-03-05"), prediction(f"trong nước {k}", TOURISM))
        for k in range(30)
    ]  # fmt: skip
    store.save(rows)
    found = figures(coverage(store, "language", MARCH, Filter()))
    assert found["foreign"].numerator == found["foreign_translation"].numerator == 5
    assert found["foreign_original"].numerator == 0
    assert found["foreign_of_vietnamese_sources"].numerator == 5
    assert found["foreign_of_foreign_sources"].numerator == 0
    assert found["international"].numerator == 0
    assert found["original:vi"].value == 5


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"source_country": "US", "media_type": "earned"}, 1),
        ({"source_country": "US", "media_type": "shared"}, 1),
        ({"source_country": "US", "media_type": "owned"}, 0),
        ({"source_country": "US", "media_type": "paid"}, 0),
        ({"source_country": "US", "source_type": "mission"}, 0),
        ({"source_country": "VN", "media_type": "earned", "language": "en"}, 0),
        ({"media_type": "earned", "language": "en"}, 0),
    ],
)
def test_owned_or_paid_praise_in_international_coverage(
    store: Store, fields: dict[str, str], counts: int
) -> None:
    """Trap 4."""
    for name, given in (("a", fields), ("b", {"source_country": "VN"})):
        item = document(name, published_at="2026-03-05", **given)
        store.save([(item, prediction(name, TOURISM))])
    found = figures(coverage(store, "language", MARCH, Filter()))
    assert found["international"].numerator == counts


def test_a_change_of_model_read_as_trend(store: Store) -> None:
    """Trap 7: every count over two models says so, and quality names them."""
    for k, version in enumerate(("m1", "m2")):
        item = document(f"d{k}", published_at=f"2026-03-0{k + 1}")
        store.save([(item, prediction(item.id, TOURISM, version=version))])
    for metric in ("volume", "themes", "sentiment", *MINE):
        answer = coverage(store, metric, MARCH, Filter())
        if answer.versions:
            assert answer.versions["model_version"] == ["m1", "m2"]
            assert any("không đọc là xu hướng" in note for note in answer.notes), metric
    one = coverage(store, "volume", parse_period("2026-03-01"), Filter())
    assert not any("không đọc là xu hướng" in note for note in one.notes)


def test_wrong_day_utc_bucketing(store: Store) -> None:
    """Trap 9: 00:00 to 07:00 in Vietnam is the day before in UTC, and must not count there."""
    days = [date(2026, 3, 30) - timedelta(days=k) for k in range(-1, 58)]
    replace(store, SourceDayRow, [SourceDayRow(source_id="Báo", day=d, fetched=True) for d in days])
    rows = []
    for k in range(6):
        # 17:30 in UTC on the 29th is 00:30 of the 30th in Vietnam; collected long after.
        item = document(f"d{k}", published_at="2026-03-29T17:30:00Z", source_id="Báo",
                        collected_at="2026-04-20T00:00:00Z")  # fmt: skip
        rows.append((item, prediction(item.id, TOURISM, tone="negative")))
    store.save(rows)

    def alerted(day: str) -> list[str]:
        found = figures(coverage(store, "alerts", parse_period(day), Filter()))
        return [k for k in found if k.startswith("alert:")]

    assert alerted("2026-03-30") == [f"alert:{TOURISM}:2026-03-30"]
    assert alerted("2026-03-29") == []
    assert alerted("2026-04-20") == []


def test_median_response_time_of_answered_cases_only(store: Store) -> None:
    """Trap 11: two quick answers of five cases have no median, and no 100 %."""
    for k in range(5):
        open_case(store, opening(id=f"v{k}"))
    store_answer(store, "trả lời", "2026-03-05T09:30:00+07:00", REBUTTAL)
    for k in range(2):
        change_case(store, f"v{k}", change(answer_document_id="trả lời"))
    found = figures(coverage(store, "response", MARCH, Filter()))
    assert found["median_response"].value is None
    assert (found["within_24h"].numerator, found["within_24h"].denominator) == (2, 5)
    assert found["open"].value == 3


def test_zero_shown_for_no_data(store: Store) -> None:
    """Trap 13, on an empty store: no share and no duration is 0."""
    for metric in MINE:
        for figure in coverage(store, metric, MARCH, Filter()).figures:
            if figure.denominator is not None or figure.label_vi.endswith("(giờ)"):
                assert figure.value is None, figure.key
            assert "0,0 %" not in figure.wording


def test_100_percent_for_1_of_1(store: Store) -> None:
    """Trap 13, the other end."""
    fields = {"space": "real", "channel": "báo in", "language": "en", "source_country": "US"}
    item = document("a", published_at="2026-03-05", **fields)
    store.save([(item, prediction("a", TOURISM))])
    for metric in MINE:
        for figure in coverage(store, metric, MARCH, Filter()).figures:
            assert "100,0 %" not in figure.wording
            if figure.denominator == 1:
                assert figure.value is None, figure.key


def test_a_named_person_in_a_negative_table(client: TestClient) -> None:
    """Trap 14: there is no way in for a person, and what comes out of a text is never printed."""
    name = "Nguyễn Văn Ví Dụ"
    store: Store = client.app.state.running.store  # type: ignore[attr-defined]
    days = [date(2026, 3, 30) - timedelta(days=k) for k in range(57)]
    replace(store, SourceDayRow, [SourceDayRow(source_id="Báo", day=d, fetched=True) for d in days])
    rows = [(document(f"d{k}", f"{name} bị phản ánh, tin {k}", source_id="Báo",
                      published_at="2026-03-30"), prediction(f"d{k}", TOURISM, tone="negative"))
            for k in range(9)]  # fmt: skip
    store.save(rows)
    for metric in MINE:
        answer = client.get(f"/v1/coverage/{metric}?period=2026-03-30")
        assert answer.status_code == 200
        assert name not in json.dumps(answer.json(), ensure_ascii=False)
    for key in ("claimant", "author"):
        refused = client.post("/v1/cases", json={**opening().model_dump(mode="json"), key: name})
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/personal-field")


@pytest.mark.parametrize("metric", MINE)
@pytest.mark.parametrize("basis", ["items", "outlets"])
def test_every_basis_is_answered_or_refused_with_a_sentence(
    client: TestClient, metric: str, basis: str
) -> None:
    answer = client.get(f"/v1/coverage/{metric}?period=2026-03&basis={basis}")
    refused = (metric, basis) in {
        ("alerts", "items"), ("alerts", "outlets"), ("units", "outlets"), ("quality", "outlets"),
    }  # fmt: skip
    if refused:
        assert problem(answer, "invalid-parameter")["errors"][0]["pointer"] == "/basis"  # type: ignore[index]
    else:
        assert answer.json()["basis"] == basis
