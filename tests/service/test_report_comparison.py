"""What may be called a change, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.schema import Label
from service.coverage.change import UNCLEAR_VI as UNCLEAR
from service.report.comparison import (
    Counted,
    compare,
    dispersion,
    net_change,
    stories_change,
)
from service.report.spans import spans
from service.store.filters import Filter
from service.store.reference import SourceDayRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

TODAY = date(2026, 11, 1)
NOW, BEFORE = spans("weekly", "2026-W10")


def toned(positive: int, neutral: int, negative: int) -> Counted:
    n = positive + neutral + negative
    return Counted(n, n, 1, positive, neutral, negative)


@pytest.mark.parametrize(
    ("now", "before", "wording"),
    [
        # The examples of metrics.md M5.
        (120, 100, f"{UNCLEAR} (+20 %, KTC 95 %: -8 % đến +56 %)"),
        (480, 400, "tăng 20 % (KTC 95 %: +5 % đến +37 %)"),
        (400, 480, "giảm 17 % (KTC 95 %: -27 % đến -5 %)"),
        (30, 29, f"{UNCLEAR}: có kỳ dưới 30 tin gốc nên không tính tỷ lệ"),
    ],
)
def test_growth_of_stories(now: int, before: int, wording: str) -> None:
    assert stories_change((now, 7), (before, 7), 1.0).wording == wording


def test_months_of_other_lengths_are_compared_by_the_day() -> None:
    same = stories_change((280, 28), (310, 31), 1.0)
    assert same.value == pytest.approx(0)
    assert same.wording.startswith(f"tính bình quân mỗi ngày, {UNCLEAR} (0 %")


def test_restless_weeks_widen_the_interval() -> None:
    calm, restless = (stories_change((480, 7), (400, 7), phi) for phi in (1.0, 4.0))
    assert calm.changed
    assert not restless.changed
    assert UNCLEAR in restless.wording


def test_difference_of_net_sentiment_by_hand() -> None:
    change = net_change(toned(40, 50, 10), toned(60, 30, 10))
    assert change.value == pytest.approx(-0.2)
    assert change.interval is not None
    # Variances (p+ + p- - NS²) / n: 0.0041 and 0.0045; both intervals are symmetric.
    half = 1.959964 * (0.0041 + 0.0045) ** 0.5
    assert change.interval.low == pytest.approx(-0.2 - half, abs=1e-6)
    assert change.interval.high == pytest.approx(-0.2 + half, abs=1e-6)
    assert change.wording == "giảm 20 điểm (KTC 95 % của chênh lệch: -38 đến -2 điểm)"


@given(*(st.integers(0, 400) for _ in range(6)))
def test_only_a_clear_difference_is_called_a_change(
    a: int, b: int, c: int, d: int, e: int, f: int
) -> None:
    now, before = toned(a, b, c), toned(d, e, f)
    for change, back in (
        (net_change(now, before), net_change(before, now)),
        (
            stories_change((now.stories, 7), (before.stories, 7), 1.5),
            stories_change((before.stories, 7), (now.stories, 7), 1.5),
        ),
    ):
        assert change.changed == back.changed
        assert (UNCLEAR in change.wording) is not change.changed
        if change.interval is None:
            assert "%" not in change.wording
        elif "tăng" in change.wording:
            assert change.interval.low > 0
            assert "giảm" in back.wording


def stories_of_days(counts: dict[date, int], source: str = "Báo 1", tag: str = "") -> list:  # type: ignore[type-arg]
    return [
        (
            document(f"{tag}{day}-{k}", f"Chuyện {tag} {k} hôm {day.toordinal()}", source_id=source,
                     published_at=day.isoformat()),
            prediction(f"{tag}{day}-{k}", "tourism_destination"),
        )
        for day, n in counts.items()
        for k in range(n)
    ]  # fmt: skip


def fetched(store: Store, *sources: str, but: dict[str, set[date]] | None = None) -> None:
    days = [BEFORE.first + timedelta(days=k) for k in range(14)]
    replace(
        store,
        SourceDayRow,
        [
            SourceDayRow(source_id=s, day=d, fetched=d not in (but or {}).get(s, set()))
            for s in sources
            for d in days
        ],
    )


def test_the_spread_is_of_the_weeks_before(store: Store) -> None:
    # Four whole weeks of 2, 6, 2, 6 stories, and a part of a week before them.
    days = {NOW.first - timedelta(days=7 * w + 3): n for w, n in enumerate((2, 6, 2, 6))}
    days[NOW.first - timedelta(days=29)] = 1
    store.save(stories_of_days(days))
    fetched(store, "Báo 1")
    panel = compare(store, Filter(), NOW, BEFORE, TODAY).panel
    # mean 4, sample variance 16/3
    assert dispersion(store, Filter(), panel, NOW.first) == pytest.approx(16 / 3 / 4)
    assert dispersion(store, Filter(), panel, NOW.first - timedelta(days=21)) is None


def test_only_sources_collected_in_both_periods_are_compared(store: Store) -> None:
    store.save(stories_of_days({NOW.first: 40, BEFORE.first: 40}))
    store.save(stories_of_days({NOW.first: 90}, "Báo 2", "b"))
    fetched(store, "Báo 1", "Báo 2", but={"Báo 2": {BEFORE.first}})
    found = compare(store, Filter(), NOW, BEFORE, TODAY)
    assert found.panel.count == 1
    assert found.now is not None
    assert found.before is not None
    assert (found.now.stories, found.before.stories) == (40, 40)
    assert found.stories is not None
    assert not found.stories.changed


def test_what_cannot_be_compared_says_why(store: Store) -> None:
    store.save(stories_of_days({NOW.first: 40, BEFORE.first: 40}))
    assert "không có nguồn nào" in compare(store, Filter(), NOW, BEFORE, TODAY).why_not
    fetched(store, "Báo 1")
    assert compare(store, Filter(), NOW, BEFORE, TODAY).why_not == ""
    assert "chưa kết thúc" in compare(store, Filter(), NOW, BEFORE, NOW.last).why_not
    nothing = compare(store, Filter(theme="world_affairs"), NOW, BEFORE, TODAY)
    assert "không có tin nào" in nothing.why_not
    late = document("v", source_id="Báo 1", published_at=NOW.last.isoformat())
    store.save([(late, prediction("v", "tourism_destination", version="m2"))])
    assert "phiên bản" in compare(store, Filter(), NOW, BEFORE, TODAY).why_not


def test_an_audit_of_one_period_is_no_change(store: Store) -> None:
    store.save(stories_of_days({NOW.first: 60, BEFORE.first: 60}))
    fetched(store, "Báo 1")
    plain = compare(store, Filter(), NOW, BEFORE, TODAY)
    for k in range(40):
        themes = ["tourism_destination"] if k % 2 else []
        tone = "negative" if themes else None
        store.label(f"{NOW.first}-{k}", Label(themes=themes, sentiment=tone), "audit")  # type: ignore[arg-type]
    audited = compare(store, Filter(), NOW, BEFORE, TODAY)
    assert (audited.stories, audited.net) == (plain.stories, plain.net)
    assert audited.now == plain.now
    assert audited.now == audited.before
    by_theme = compare(store, Filter(theme="tourism_destination"), NOW, BEFORE, TODAY)
    assert by_theme.now == plain.now
    assert compare(store, Filter(sentiment="negative"), NOW, BEFORE, TODAY).now is None
