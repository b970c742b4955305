"""M11 by hand: cases on both databases, Kaplan-Meier on a table and on a simulated trap."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.problems import Problem
from data.taxonomy import REBUTTAL
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.coverage.survival import kaplan_meier
from service.store.cases import change_case, open_case
from service.store.filters import Filter
from service.store.store import Store
from tests.service.test_metrics_cases import change, opening, store_answer
from tests.service.test_store import document, prediction

MARCH = parse_period("2026-03")
CLAIM = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


def figures(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def ask(store: Store, period: str = "2026-03", **chosen: str) -> dict[str, Figure]:
    return figures(coverage(store, "response", parse_period(period), Filter(**chosen)))


def a_case(
    store: Store, name: str, hours: float | None, claimed: datetime | str = CLAIM, **fields: object
) -> None:
    """A case answered after so many hours, or not at all."""
    at = claimed if isinstance(claimed, str) else claimed.isoformat()
    open_case(store, opening(id=name, claimed_at=at, **fields))
    if hours is not None:
        assert isinstance(claimed, datetime)
        published = (claimed + timedelta(hours=hours)).isoformat()
        store_answer(store, f"trả lời {name}", published, REBUTTAL)
        change_case(store, name, change(answer_document_id=f"trả lời {name}"))


def test_kaplan_meier_by_hand() -> None:
    # Six cases: answered after 5, 10, 20 and 30 hours; open after 10 and 40.
    durations = np.array([30.0, 5, 10, 40, 10, 20])
    answered = np.array([True, True, True, False, False, True])
    curve = kaplan_meier(durations, answered)
    assert curve.times.tolist() == [5, 10, 20, 30]
    # At risk 6, 5, 3, 2: what is censored at 10 is still at risk there.
    assert curve.survival == pytest.approx([5 / 6, 2 / 3, 4 / 9, 2 / 9])
    # After 10: Greenwood 1/(6*5) + 1/(5*4) = 0.08333; log-log exponent e^1.39543 = 4.0367.
    assert curve.low[1] == pytest.approx(0.19461, abs=1e-5)
    assert curve.high[1] == pytest.approx(0.90443, abs=1e-5)
    # The lower bound is under one half from 5 on; the upper never gets there (0.615 at 30).
    assert curve.median() == (20, 5, math.inf)


def test_kaplan_meier_ends_at_nought_when_all_are_answered() -> None:
    curve = kaplan_meier(np.array([1.0, 2, 3, 4]), np.ones(4, dtype=bool))
    assert curve.survival == pytest.approx([0.75, 0.5, 0.25, 0])
    assert curve.median()[0] == 2
    assert np.isfinite(curve.low).all()
    assert np.isfinite(curve.high).all()
    alone = kaplan_meier(np.array([7.0]), np.array([True]))
    assert (alone.survival.tolist(), alone.median()[0]) == ([0], 7)
    assert kaplan_meier(np.array([7.0]), np.array([False])).median()[0] == math.inf


def test_median_of_answered_cases_only_is_the_trap_and_kaplan_meier_is_not_in_it() -> None:
    """Section 6 of metrics.md: true median 30.5 h, 40 % within 24 h; answered only 17 h, 67 %."""
    rng = np.random.default_rng(0)
    true = 30.5 * np.exp(0.946 * rng.standard_normal(4000))
    waited = rng.uniform(0, 60, len(true))
    answered = true <= waited
    assert np.median(true[answered]) < 18
    assert (true[answered] <= 24).mean() > 0.65
    assert (true <= 24).mean() == pytest.approx(0.40, abs=0.02)
    median, low, high = kaplan_meier(np.minimum(true, waited), answered).median()
    assert median == pytest.approx(30.5, abs=1.5)
    assert low < 30.5 < high


def test_the_interval_of_the_median_holds_it_in_nineteen_of_twenty_cases() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(600):
        true = rng.exponential(30 / math.log(2), 60)
        waited = rng.uniform(0, 90, 60)
        _, low, high = kaplan_meier(np.minimum(true, waited), true <= waited).median()
        held += low <= 30 <= high
    assert 0.93 <= held / 600 <= 0.98


def test_open_cases_are_in_every_denominator(store: Store) -> None:
    for name, hours in (("a", 5), ("b", 10), ("c", 20), ("d", 30), ("e", None), ("f", None)):
        a_case(store, name, hours)
    a_case(store, "trước kỳ", None, datetime(2026, 2, 5, tzinfo=UTC))
    a_case(store, "sau kỳ", 1, datetime(2026, 4, 5, tzinfo=UTC))
    found = ask(store)
    assert {k: found[k].value for k in ("cases", "answered", "open", "open_before")} == {
        "cases": 6, "answered": 4, "open": 2, "open_before": 1,
    }  # fmt: skip
    # Of 6: after 20 h one half is answered. Answered only would say 15 h.
    assert found["median_response"].value == pytest.approx(20)
    assert "20,0 giờ" in found["median_response"].wording
    assert "chưa xác định được cận trên" in found["median_response"].wording
    assert (found["within_24h"].numerator, found["within_24h"].denominator) == (3, 6)
    assert (found["within_72h"].numerator, found["within_72h"].denominator) == (4, 6)
    # Six cases are counts and no percentage.
    assert found["within_24h"].value is None
    assert "%" not in found["within_24h"].wording


def test_shares_of_forty_cases(store: Store) -> None:
    for k in range(40):
        a_case(store, f"v{k}", 24 if k < 10 else 24.001 if k < 20 else 72 if k < 26 else None)
    found = ask(store)
    share = found["within_24h"]
    assert (share.numerator, share.denominator, share.value) == (10, 40, 0.25)
    assert share.interval is not None
    # Wilson for 10 of 40
    assert share.interval.low == pytest.approx(0.1419, abs=1e-4)
    assert share.interval.high == pytest.approx(0.4019, abs=1e-4)
    assert found["within_72h"].value == pytest.approx(26 / 40)
    median = found["median_response"]
    assert median.value == pytest.approx(24.001, abs=1e-3)
    assert median.interval is not None
    assert median.interval.method == "kaplan-meier-log-log"
    assert median.interval.low == pytest.approx(24.001, abs=1e-3)
    assert median.interval.high == pytest.approx(72)


def test_a_case_that_was_closed_unanswered_waits_on_and_a_mistake_is_none(store: Store) -> None:
    for name, hours in (("a", 2), ("b", None), ("c", None), ("d", None)):
        a_case(store, name, hours)
    change_case(store, "b", change(closed_as="no_answer"))
    change_case(store, "c", change(closed_as="mistake"))
    answer = coverage(store, "response", MARCH, Filter())
    found = figures(answer)
    counts = [found[k].value for k in ("cases", "answered", "open", "closed_unanswered")]
    assert counts == [3, 1, 1, 1]
    assert (found["within_24h"].numerator, found["within_24h"].denominator) == (1, 3)
    assert found["median_response"].value is None
    assert "chưa đủ nửa số vụ" in found["median_response"].wording
    assert any("1 vụ mở nhầm" in note for note in answer.notes)


def test_a_case_opened_just_now_is_censored_at_the_report(store: Store) -> None:
    # The open one has waited one hour: at 5 h two of two at risk have been answered.
    a_case(store, "a", 5)
    a_case(store, "b", 6)
    a_case(store, "c", None, datetime.now(UTC) - timedelta(hours=1))
    found = figures(coverage(store, "response", parse_period(first="2026-03-01"), Filter()))
    assert found["cases"].value == 3
    assert found["median_response"].value == pytest.approx(5)
    assert found["within_24h"].denominator == 3


def test_bare_days_give_bounds_and_no_hours(store: Store) -> None:
    a_case(store, "a", None, "2026-03-05")
    store_answer(store, "trả lời", "2026-03-06", REBUTTAL)
    change_case(store, "a", change(answer_document_id="trả lời"))
    found = ask(store)
    median = found["median_response"]
    assert (median.value, median.interval) == (None, None)
    # From a second to just under two days.
    assert "0 đến 2 ngày" in median.wording
    assert "giờ" not in median.wording
    assert found["within_24h"].numerator == 0
    assert "từ 0 đến 1 trên 1 vụ" in found["within_24h"].wording
    assert found["within_72h"].numerator == 1


def test_echo_counts_stories_before_and_after_the_answer(store: Store) -> None:
    def post(name: str, hours: float | str, text: str | None = None) -> str:
        at = hours if isinstance(hours, str) else (CLAIM + timedelta(hours=hours)).isoformat()
        item = document(name, text or name, source_id=name, published_at=at)
        store.save([(item, prediction(name))])
        return name

    # 24 stories before, of which one twice; 6 after; one on the bare day of the answer.
    claims = [post(f"trước {k}", k / 10) for k in range(24)]
    claims.append(post("đăng lại", 1, "trước 0"))
    claims += [post(f"sau {k}", 20 + k) for k in range(6)]
    claims.append(post("không rõ", "2026-03-05"))
    post("không nối", 30)
    a_case(store, "a", 10, claim_document_ids=claims)
    a_case(store, "b", None, claim_document_ids=[claims[0]])
    echo = ask(store)["echo"]
    assert (echo.numerator, echo.denominator) == (6, 24)
    assert echo.value == pytest.approx(0.25)
    assert "1 lượt đăng cùng ngày trả lời" in echo.wording
    notes = coverage(store, "response", MARCH, Filter()).notes
    # A fall has two readings, and both are said.
    assert any("có tác dụng" in n and "hết thời sự" in n for n in notes)


def test_few_repetitions_have_no_ratio(store: Store) -> None:
    store.save([(document("x", published_at=CLAIM.isoformat()), prediction("x"))])
    a_case(store, "a", 10, claim_document_ids=["x"])
    echo = ask(store)["echo"]
    assert (echo.numerator, echo.denominator, echo.value) == (0, 1, None)


def test_cases_are_filtered_by_place_and_by_nothing_else(store: Store) -> None:
    a_case(store, "a", 5, locality=["Gia Lai"], unit=["Sở Ngoại vụ"])
    a_case(store, "b", None, locality=["Gia Lai"])
    a_case(store, "c", None)
    assert ask(store, locality="Gia Lai")["cases"].value == 2
    assert ask(store, locality="Gia Lai", unit="Sở Ngoại vụ")["cases"].value == 1
    a_case(store, "d", None, locality=["Bình Định"])
    assert ask(store, locality="Gia Lai")["cases"].value == 3
    assert ask(store, locality="Bình Định")["cases"].value == 1
    with pytest.raises(Problem) as refused:
        ask(store, sentiment="negative", source_country="VN")
    assert [e.pointer for e in refused.value.errors] == ["/sentiment", "/source_country"]


def test_nothing_opened_is_said_as_nothing(store: Store) -> None:
    answer = coverage(store, "response", MARCH, Filter(locality="Gia Lai"))
    assert figures(answer)["median_response"].value is None
    assert figures(answer)["within_24h"].value is None
    assert answer.versions == {}
    assert answer.rows_url == "/v1/cases?from=2026-03-01&to=2026-03-31&locality=Gia+Lai"
