"""M10 by hand, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.schema import Label
from service.coverage.answer import Figure
from service.coverage.figures import coverage
from service.coverage.lags import quantile
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.reference import EventRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


def ask(store: Store, period: str = "2026-03", **chosen: str) -> dict[str, Figure]:
    answer = coverage(store, "timeliness", parse_period(period), Filter(**chosen))
    return {f.key: f for f in answer.figures}


def report(store: Store, *rows: tuple[str, datetime | str, str]) -> None:
    """Events: name, official time, linked document."""
    replace(
        store,
        EventRow,
        [
            EventRow.model_validate({"event": e, "occurred_at": at, "document_id": d})
            for e, at, d in rows
        ],
    )


def publish(store: Store, name: str, at: datetime | str, *themes: str, **fields: object) -> None:
    when = at if isinstance(at, str) else at.isoformat()
    item = document(name, published_at=when, **fields)
    store.save([(item, prediction(name, *(themes or ("tourism_destination",))))])


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_lags_of_events_by_hand(store: Store) -> None:
    for name, hours in (("a", 2), ("a2", 1), ("b", 30), ("c", 80), ("d", 10), ("e", -3)):
        publish(store, name, after(hours))
    report(
        store,
        *((e, START, d) for e, d in (("A", "a"), ("A", "a2"), ("B", "b"), ("C", "c"), ("D", "d"))),
        ("E", START, "e"),
        ("tháng trước", START - timedelta(days=20), "a"),
    )
    found = ask(store)
    # Lags 1, 30, 80, 10 and -3 hours: the earliest document of A counts.
    assert found["events"].value == 5
    assert found["median_lag"].value == pytest.approx(10)
    # 0.9 * 4 = 3.6: between 30 and 80.
    assert found["p90_lag"].value == pytest.approx(30 + 0.6 * 50)
    assert found["median_lag"].n == 5
    assert (found["within_24h"].numerator, found["within_24h"].denominator) == (3, 5)
    assert (found["within_72h"].numerator, found["within_72h"].denominator) == (4, 5)
    assert found["within_24h"].value is None
    assert "10,0 giờ" in found["median_lag"].wording


def test_thirty_events_have_a_share(store: Store) -> None:
    for k in range(30):
        publish(store, f"d{k}", after(24 if k < 12 else 24.01))
    report(store, *((f"E{k}", START, f"d{k}") for k in range(30)))
    share = ask(store)["within_24h"]
    assert (share.numerator, share.value) == (12, 0.4)
    assert share.interval is not None
    assert (share.interval.method, share.interval.level) == ("wilson", 0.95)


def test_an_uncovered_event_stays_in_the_denominator(store: Store) -> None:
    publish(store, "jp", after(4), source_country="JP")
    publish(store, "vn", after(1), source_country="VN")
    publish(store, "ngoài TTĐN", after(1))
    store.label("ngoài TTĐN", Label(themes=[], sentiment=None), "review")
    report(store, ("A", START, "jp"), ("A", START, "vn"), ("B", START, "vn"),
           ("C", START, "ngoài TTĐN"), ("D", START, "chưa có trong kho"))  # fmt: skip
    found = ask(store)
    assert found["events_uncovered"].value == 2
    assert found["within_24h"].denominator == 4
    # Lags 1, 1, never, never: the median falls on what has not come.
    assert found["median_lag"].value is None
    assert "chưa có tin" in found["median_lag"].wording
    abroad = ask(store, source_country="JP")
    assert (abroad["events"].value, abroad["events_uncovered"].value) == (4, 3)
    assert (abroad["within_24h"].numerator, abroad["within_24h"].denominator) == (1, 4)


def test_date_only_times_are_intervals_and_print_no_hours(store: Store) -> None:
    publish(store, "cùng ngày", "2026-03-10")
    publish(store, "hôm sau", "2026-03-11")
    publish(store, "có giờ", after(5))
    report(store, ("A", "2026-03-10", "cùng ngày"), ("B", "2026-03-10", "hôm sau"),
           ("C", START, "có giờ"), ("D", START, "hôm sau"))  # fmt: skip
    found = ask(store)
    # Only C has hours.
    assert (found["median_lag"].value, found["median_lag"].n) == (pytest.approx(5), 1)
    assert "1/4 sự kiện có ghi giờ" in found["median_lag"].wording
    # A: under 24 h. C: 5 h. B: up to two days. D: 16 to 40 h. All four within 72 h.
    assert found["within_24h"].numerator == 2
    assert "từ 2 đến 4 trên 4 sự kiện" in found["within_24h"].wording
    assert found["within_72h"].numerator == 4


def test_a_bare_day_that_may_be_earlier_takes_the_hours_away(store: Store) -> None:
    publish(store, "có giờ", after(5))
    publish(store, "chỉ ngày", "2026-03-10")
    report(store, ("A", START, "có giờ"), ("A", START, "chỉ ngày"))
    assert ask(store)["median_lag"].n == 0
    publish(store, "chỉ ngày", "2026-03-11")
    assert ask(store)["median_lag"].value == pytest.approx(5)


def test_an_event_is_of_its_day_in_vietnam(store: Store) -> None:
    publish(store, "a", "2026-03-01")
    # 18:00 in UTC on the last of February is the first of March in Vietnam.
    report(store, ("A", "2026-02-28T18:00:00Z", "a"), ("B", "2026-03-31T18:00:00Z", "a"))
    assert ask(store)["events"].value == 1
    assert ask(store, "2026-02")["events"].value == 0


def test_freshness_percentiles_leave_bare_days_out(store: Store) -> None:
    # Collected 1, 2, … 40 hours after publication; tagged on the first of January by the fixture.
    for k in range(1, 41):
        fields = {"collected_at": (START + timedelta(hours=k)).isoformat()}
        publish(store, f"d{k}", START, **fields)
    publish(store, "chỉ ngày", "2026-03-10", collected_at=after(500).isoformat())
    publish(store, "không thu thập", START)
    publish(store, "ngoài", START, collected_at=after(900).isoformat())
    store.label("ngoài", Label(themes=[], sentiment=None), "review")
    found = ask(store)
    assert found["collect_p50"].value == pytest.approx(20.5)
    assert found["collect_p95"].value == pytest.approx(1 + 0.95 * 39)
    assert found["collect_p50"].n == 40
    # All 41 with a time of collection have a time of tagging.
    assert found["process_p50"].n == 41
    tagged = datetime(2026, 1, 1, tzinfo=UTC)
    delays = [(tagged - after(k)).total_seconds() / 3600 for k in (*range(1, 41), 500)]
    assert found["process_p50"].value == pytest.approx(np.quantile(delays, 0.5))


def test_few_documents_have_no_percentiles(store: Store) -> None:
    publish(store, "a", START, collected_at=after(1).isoformat())
    found = ask(store)
    assert (found["collect_p95"].value, found["collect_p95"].n) == (None, 1)


def test_a_sample_of_many_documents_is_a_fair_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.samples.SAMPLE", 300)
    rows = []
    for k in range(1200):
        late = (START + timedelta(hours=k / 10)).isoformat()
        item = document(f"d{k}", published_at=START.isoformat(), collected_at=late)
        rows.append((item, prediction(item.id, "tourism_destination")))
    for at in range(0, len(rows), 400):
        store.save(rows[at : at + 400])
    found = ask(store)["collect_p50"]
    assert 200 < found.n < 400
    assert "mẫu ngẫu nhiên" in found.wording
    assert found.value == pytest.approx(60, abs=12)


def test_quantile_is_numpys_but_for_what_has_not_come() -> None:
    values = np.array([5.0, 1, 9, 4])
    for q in (0, 0.25, 0.5, 0.9, 1):
        assert quantile(values, q) == pytest.approx(np.quantile(values, q))
    assert quantile(np.array([1.0, 2, np.inf, np.inf]), 1 / 3) == 2
    assert quantile(np.array([1.0, 2, np.inf, np.inf]), 0.5) == np.inf
    assert quantile(np.array([np.inf]), 0.5) == np.inf
