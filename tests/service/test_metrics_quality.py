"""M17 by hand, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from data.problems import Problem
from data.schema import Label
from model.prediction import Prediction
from service.coverage.answer import Figure
from service.coverage.drift import stability_index
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.days import VIETNAM
from service.store.filters import Filter
from service.store.reference import SourceDayRow, SourceRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

TOURISM = "tourism_destination"


def ask(store: Store, period: str = "2026-03", **chosen: str) -> dict[str, Figure]:
    answer = coverage(store, "quality", parse_period(period), Filter(**chosen))
    return {f.key: f for f in answer.figures}


def scored(name: str, score: float, **changes: object) -> Prediction:
    found = prediction(name, TOURISM)
    themes = [t.model_copy(update={"score": score}) for t in found.themes]
    return found.model_copy(update={"themes": themes, **changes})


def fill(store: Store, month: str, scores: list[float], **changes: object) -> None:
    rows = [
        (document(f"{month} {k}", published_at=f"{month}-{1 + k % 28:02}"),
         scored(f"{month} {k}", score, **changes))
        for k, score in enumerate(scores)
    ]  # fmt: skip
    for at in range(0, len(rows), 400):
        store.save(rows[at : at + 400])


def test_shares_of_review_and_of_human_labels(store: Store) -> None:
    fill(store, "2026-03", [0.9] * 30)
    fill(store, "2026-02", [0.9] * 10)
    rows = [(document(f"x{k}", published_at="2026-03-05"), scored(f"x{k}", 0.5, needs_review=True))
            for k in range(10)]  # fmt: skip
    store.save(rows)
    label = Label(themes=[TOURISM], sentiment="neutral")
    for k in range(4):
        store.label(f"2026-03 {k}", label, "review")
    found = ask(store)
    review, human = found["needs_review"], found["human_label"]
    assert (review.numerator, review.denominator, review.value) == (10, 40, 0.25)
    assert (human.numerator, human.value) == (4, 0.1)
    assert human.interval is not None
    assert human.interval.method == "wilson"


def test_the_audit_has_a_size_and_a_date(store: Store) -> None:
    fill(store, "2026-03", [0.9] * 5)
    assert ask(store)["audit_size"].value is None
    assert "chưa được đo" in ask(store)["audit_size"].wording
    store.label("2026-03 0", Label(themes=[TOURISM], sentiment="neutral"), "audit")
    store.label("2026-03 1", Label(themes=[], sentiment=None), "audit")
    store.label("2026-03 1", Label(themes=[], sentiment=None), "audit")
    store.label("2026-03 2", Label(themes=[], sentiment=None), "review")
    found = ask(store)["audit_size"]
    today = datetime.now(UTC).astimezone(VIETNAM).date()
    assert found.value == 2
    assert found.wording.endswith(f"ngày {today.day}-{today.month}-{today.year}")
    assert ask(store, "2026-02")["audit_size"].value is None
    # New content is not what was audited.
    store.save([(document("2026-03 1", "Nội dung mới", published_at="2026-03-02"),
                 prediction("2026-03 1", TOURISM))])  # fmt: skip
    assert ask(store)["audit_size"].value == 1


def test_feed_uptime_counts_unrecorded_days_as_down(store: Store) -> None:
    march = [date(2026, 3, 1) + timedelta(days=k) for k in range(31)]
    rows = [SourceDayRow(source_id="đều", day=d, fetched=True) for d in march]
    rows += [SourceDayRow(source_id="hỏng", day=d, fetched=d.day <= 20) for d in march]
    rows += [SourceDayRow(source_id="im", day=d, fetched=True) for d in march[:10]]
    rows += [SourceDayRow(source_id="mới", day=d, fetched=True) for d in march[21:]]
    rows += [SourceDayRow(source_id="đã thôi", day=date(2026, 1, 5), fetched=True)]
    replace(store, SourceDayRow, rows)
    found = ask(store)
    uptime, gaps = found["feed_uptime"], found["feeds_with_gaps"]
    assert (uptime.numerator, uptime.denominator) == (31 + 20 + 10 + 10, 31 + 31 + 31 + 10)
    assert uptime.value == pytest.approx(71 / 103)
    assert (gaps.value, gaps.denominator) == (2, 4)
    assert "im (10/31 ngày), hỏng (20/31 ngày)" in gaps.wording
    # A source that is still on the list and was recorded once is expected all the month.
    replace(store, SourceRow, [SourceRow(source_id="đã thôi", name="Báo")])
    assert ask(store)["feed_uptime"].denominator == 103 + 31


def test_pages_of_accounts_are_counted_and_not_named(store: Store) -> None:
    days = [date(2026, 3, 1) + timedelta(days=k) for k in range(31)]
    sources = ("Báo", "Trang của một người")
    rows = [SourceDayRow(source_id=s, day=d, fetched=False) for s in sources for d in days]
    replace(store, SourceDayRow, rows)
    page = SourceRow(source_id=sources[1], name="Trang", source_type="social_page")
    replace(store, SourceRow, [page])
    wording = ask(store)["feeds_with_gaps"].wording
    assert "2 nguồn" in wording
    assert "Báo (0/31 ngày)" in wording
    assert "Trang của" not in wording


def test_zero_for_no_data_feeds(store: Store) -> None:
    """Trap 13 of metrics.md section 7: a feed that nobody recorded has no uptime."""
    found = ask(store)
    assert (found["feed_uptime"].value, found["feed_uptime"].numerator) == (None, None)
    assert "không biết" in found["feed_uptime"].wording
    replace(
        store, SourceDayRow, [SourceDayRow(source_id="Báo", day=date(2026, 3, 31), fetched=True)]
    )
    one = ask(store)["feed_uptime"]
    assert (one.numerator, one.denominator, one.value) == (1, 1, None)
    assert "100" not in one.wording


def test_share_of_undated_that_came_in_during_the_period(store: Store) -> None:
    fill(store, "2026-03", [0.9] * 27)
    rows = [
        document("a", collected_at="2026-03-05"),
        document("b", collected_at="2026-03-31T16:59:59Z"),
        document("c", collected_at="2026-03-31T17:00:00Z"),  # the first of April in Vietnam
        document("d"),  # stored today
        document("e", published_at="2199-01-01", collected_at="2026-03-05"),
    ]
    store.save([(d, prediction(d.id, TOURISM)) for d in rows])
    store.save([(document("ngoài", collected_at="2026-03-05"), prediction("ngoài"))])
    found = ask(store)["undated"]
    assert (found.numerator, found.denominator) == (3, 30)
    assert found.value == pytest.approx(0.1)
    today = datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
    assert ask(store, today)["undated"].numerator == 1


def test_versions_are_listed(store: Store) -> None:
    fill(store, "2026-03", [0.9] * 2)
    fill(store, "2026-02", [0.9] * 2, model_version="m2")
    assert ask(store)["model_version"].wording == "Phiên bản mô hình: m1"
    both = ask(store, "2026-Q1")["model_version"]
    assert both.value == 2
    assert "m1, m2; số liệu của kỳ ghép từ nhiều phiên bản" in both.wording
    assert "chưa có tin" in ask(store, "2026-01")["model_version"].wording


def test_stability_index_by_hand() -> None:
    reference = np.arange(1000) / 1000
    # Half of the scores stay where they were, the other half moves into the top decile.
    current = np.concatenate([np.arange(500) / 500, np.full(500, 0.95)])
    r = np.full(10, 100.5) / 1005
    c = np.array([50.5] * 9 + [550.5]) / 1005
    assert stability_index(reference, current) == pytest.approx(
        ((c - r) * np.log(c / r)).sum(), rel=0.01
    )
    assert stability_index(reference, reference) == pytest.approx(0)
    assert stability_index(reference[:249], reference) is None
    assert stability_index(reference, reference[:249]) is None
    assert stability_index(np.full(300, 0.9), np.full(300, 0.9)) == pytest.approx(0)


def test_drift_without_a_change_seldom_passes_the_limit() -> None:
    rng = np.random.default_rng(2)
    found = [stability_index(rng.random(250), rng.random(250)) for _ in range(1000)]
    assert sum(v is not None and v > 0.2 for v in found) <= 20


def test_drift_against_the_month_before_and_against_the_audit_month(store: Store) -> None:
    rng = np.random.default_rng(0)
    fill(store, "2026-01", rng.beta(8, 2, 400).tolist())
    fill(store, "2026-02", rng.beta(4, 4, 400).tolist())
    fill(store, "2026-03", rng.beta(4, 4, 400).tolist())
    calm = ask(store)["drift_psi"]
    assert calm.value is not None
    assert calm.value < 0.1
    assert "tháng 2-2026 (chưa có mẫu kiểm tra" in calm.wording
    assert "ổn định" in calm.wording
    store.label("2026-01 3", Label(themes=[TOURISM], sentiment="neutral"), "audit")
    moved = ask(store)["drift_psi"]
    assert moved.value is not None
    assert moved.value > 0.2
    assert "tháng 1-2026 (tháng có mẫu kiểm tra)" in moved.wording
    assert "phải kiểm tra lại mẫu trước khi công bố" in moved.wording
    assert ask(store, "2025-03")["drift_psi"].value is None


def test_drift_of_a_sample_is_drift(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.store.samples.SAMPLE", 400)
    rng = np.random.default_rng(1)
    fill(store, "2026-02", rng.beta(8, 2, 900).tolist())
    fill(store, "2026-03", rng.beta(4, 4, 900).tolist())
    found = ask(store)["drift_psi"]
    assert 250 < found.n < 550
    assert found.value is not None
    assert found.value > 0.2


def test_quality_has_no_basis_of_outlets(store: Store) -> None:
    with pytest.raises(Problem):
        coverage(store, "quality", parse_period("2026-03"), Filter(), "outlets")
