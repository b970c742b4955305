"""M15: the negative binomial against scipy, the rule by hand, its false alerts by simulation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from data.problems import Problem
from service.coverage.answer import Coverage, Figure
from service.coverage.baseline import HISTORY, baseline
from service.coverage.figures import coverage
from service.coverage.negative_binomial import quantile, reach
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.reference import SourceDayRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

TOURISM = "tourism_destination"
DAY = date(2026, 3, 30)
MARCH_30 = parse_period("2026-03-30")


# -- the distribution ------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 400, allow_nan=False),
            st.one_of(st.just(0.0), st.floats(0.001, 4, allow_nan=False)),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([0.5, 0.9, 0.995, 0.9999]),
)
@settings(deadline=None, max_examples=60)
def test_quantile_and_tail_are_scipys(cells: list[tuple[float, float]], level: float) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the training extra")
    mean, dispersion = np.array(cells).T
    size = 1 / np.where(dispersion > 0, dispersion, 1)
    clustered = stats.nbinom(size, 1 / (1 + mean * dispersion))
    poisson = stats.poisson(mean)
    expected = np.where(dispersion > 0, clustered.ppf(level), poisson.ppf(level))
    found = quantile(level, mean, dispersion)
    assert found.tolist() == expected.tolist()
    tail = np.where(dispersion > 0, clustered.sf(found - 1), poisson.sf(found - 1))
    assert reach(found, mean, dispersion) == pytest.approx(tail, abs=1e-9)


def test_a_mean_of_nought_never_reaches_anything() -> None:
    nought = np.zeros((2, 3))
    assert not quantile(0.995, nought, nought).any()
    assert reach(np.full((2, 3), 3), nought, nought).tolist() == nought.tolist()
    assert reach(np.zeros(1, dtype=np.int64), np.ones(1), np.zeros(1)).tolist() == [1]


# -- the rule --------------------------------------------------------------------------------


def steady(count: int, days: int = HISTORY + 1) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.full((1, days), count, dtype=np.int64)


def test_the_threshold_of_a_steady_count_by_hand() -> None:
    usual = baseline(steady(4))
    assert usual.mean.tolist() == [[4]]
    # No dispersion between days; the mean of eight days adds (1/4) / 8 = 1/32 to it.
    assert usual.threshold.tolist() == [
        [int(quantile(0.995, np.array([4.0]), np.array([1 / 32]))[0])]
    ]
    assert usual.threshold[0, 0] == 11
    assert usual.chance[0, 0] == pytest.approx(0.00512, abs=1e-5)


def test_the_threshold_is_at_least_three() -> None:
    assert baseline(steady(0)).threshold.tolist() == [[3]]
    assert baseline(steady(0)).chance.tolist() == [[0]]


def test_the_same_weekday_is_the_yardstick() -> None:
    counts = steady(1)
    counts[0, ::7] = 9  # the weekday of the judged day
    assert baseline(counts).mean.tolist() == [[9]]
    other = steady(1)
    other[0, 1::7] = 9
    assert baseline(other).mean.tolist() == [[1]]


def test_a_spike_in_the_weeks_before_is_left_out() -> None:
    clean, spiked = steady(2), steady(2)
    spiked[0, 7] = 60
    assert baseline(spiked).threshold.tolist() == baseline(clean).threshold.tolist()
    assert baseline(spiked).mean.tolist() == [[2]]


def test_only_the_days_before_are_looked_at() -> None:
    counts = np.concatenate([steady(2), steady(50, 3)], axis=1)
    assert baseline(counts).mean[0, 0] == 2


@pytest.mark.parametrize("dispersion", [0.0, 0.1, 0.5])
def test_the_stated_false_alert_rate_holds(dispersion: float) -> None:
    """Nothing happens in 20 years of fifteen themes; what is stated is about what is counted.

    Poisson's limit on the same data gives several times as many: it over-alerts.
    """
    rng = np.random.default_rng(5)
    means = np.array([0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.5, 0.5, 1, 1, 2, 3, 5, 8])[:, None]
    weekday = 1 + 0.4 * np.sin(np.arange(7) * 2 * np.pi / 7)
    alerted, stated, by_poisson = 0, 0.0, 0
    for _ in range(20):
        expected = means * weekday[np.arange(HISTORY + 365) % 7]
        if dispersion:
            expected = rng.gamma(1 / dispersion, expected * dispersion)
        counts = rng.poisson(expected)
        usual = baseline(counts)
        judged = counts[:, HISTORY:]
        alerted += int((judged >= usual.threshold).sum())
        stated += float(usual.chance.sum())
        limit = np.maximum(3, quantile(0.995, usual.mean, np.zeros_like(usual.mean)))
        by_poisson += int((judged >= limit).sum())
    assert 0.7 * stated < alerted < 1.6 * stated
    # A year: some thirty to fifty, of 5,475 judged.
    assert alerted / 20 < 60
    assert by_poisson > 1.5 * alerted


def test_a_wave_is_seen() -> None:
    rng = np.random.default_rng(6)
    seen = 0
    for _ in range(200):
        counts = rng.poisson(1.5, (1, HISTORY + 1))
        counts[0, -1] = 12
        seen += int(counts[0, -1] >= baseline(counts).threshold[0, 0])
    assert seen == 200


# -- through the store -----------------------------------------------------------------------


def fetched(store: Store, sources: dict[str, float]) -> None:
    """Every source was fetched on this share of the 57 days up to the judged one."""
    rows = [
        SourceDayRow(source_id=s, day=DAY - timedelta(days=k), fetched=k >= (1 - share) * 56)
        for s, share in sources.items()
        for k in range(57)
    ]
    replace(store, SourceDayRow, rows)


def negative(
    store: Store, day: date, count: int, source: str = "Báo", theme: str = TOURISM, **fields: object
) -> list[str]:
    rows = []
    for k in range(count):
        name = f"{theme} {day} {source} {k}"
        given: dict[str, object] = {"published_at": day.isoformat(), "source_id": source, **fields}
        rows.append((document(name, **given), prediction(name, theme, tone="negative")))
    store.save(rows)
    return [d.id for d, _ in rows]


def ask(store: Store, period: str = "2026-03-30", **chosen: str) -> dict[str, Figure]:
    return {
        f.key: f for f in coverage(store, "alerts", parse_period(period), Filter(**chosen)).figures
    }


def calm(store: Store, each: int = 1) -> None:
    """One negative story a day in the eight weeks before."""
    for k in range(1, HISTORY + 1):
        negative(store, DAY - timedelta(days=k), each)


def test_an_alert_by_theme_and_day_shows_its_stories(client: TestClient) -> None:
    store: Store = client.app.state.running.store  # type: ignore[attr-defined]
    fetched(store, {"Báo": 1})
    calm(store)
    ids = negative(store, DAY, 9)
    # A reprint is no story of its own, and a neutral story is no negative one.
    store.save(
        [
            (document("đăng lại", f"Tin {ids[0]}", published_at=DAY.isoformat(), source_id="Trang"),
             prediction("đăng lại", TOURISM, tone="negative")),
            (document("trung lập", published_at=DAY.isoformat(), source_id="Báo"),
             prediction("trung lập", TOURISM)),
        ]
    )  # fmt: skip
    answer = client.get("/v1/coverage/alerts?period=2026-03-30").json()
    found = {f["key"]: f for f in answer["figures"]}
    alert = found[f"alert:{TOURISM}:2026-03-30"]
    assert alert["value"] == 9
    assert "9 tin gốc tiêu cực" in alert["wording"]
    assert found["alerts"]["value"] == 1
    assert (found["checked"]["value"], answer["panel"]["sources"]) == (15, 1)
    link = alert["wording"].split("Cần đọc: ")[1]
    shown = {d["id"] for d in client.get(link).json()["documents"]}
    assert shown == {*ids, "đăng lại"}
    assert any("để đọc tin, không phải để xử lý" in n for n in answer["notes"])
    assert "báo nhầm" in found["expected_false"]["wording"]


def test_a_usual_day_gives_no_alert_and_says_how_many_were_checked(store: Store) -> None:
    fetched(store, {"Báo": 1})
    calm(store)
    negative(store, DAY, 2)
    found = ask(store)
    assert [k for k in found if k.startswith("alert:")] == []
    assert found["alerts"].value == 0
    expected = float(reach(np.array([5]), np.array([1.0]), np.array([1 / 8]))[0])
    assert found["expected_false"].value == pytest.approx(expected)


def test_a_filter_by_theme_gives_the_same_alert(store: Store) -> None:
    fetched(store, {"Báo": 1})
    calm(store)
    negative(store, DAY, 9)
    negative(store, DAY, 4, theme="defense_security")
    every, one = ask(store), ask(store, theme=TOURISM)
    key = f"alert:{TOURISM}:2026-03-30"
    assert one[key].wording.split(" Cần đọc")[0] == every[key].wording.split(" Cần đọc")[0]
    assert "alert:defense_security:2026-03-30" in every
    assert [k for k in one if k.startswith("alert:")] == [key]
    assert one["checked"].value == 1


def test_only_the_constant_panel_is_compared(store: Store) -> None:
    fetched(store, {"Báo": 1, "Trang mới": 0.5})
    calm(store)
    negative(store, DAY, 9, "Trang mới")
    assert ask(store)["alerts"].value == 0


def test_without_a_panel_there_is_no_silence_but_a_sentence(store: Store) -> None:
    """Trap 13: silence because a feed died."""
    fetched(store, {"Báo": 0.2})
    calm(store)
    negative(store, DAY, 9)
    found = ask(store)
    assert (found["alerts"].value, list(found)) == (None, ["alerts"])
    assert "chưa thể cảnh báo" in found["alerts"].wording


def test_a_new_model_since_the_weeks_before_is_said(store: Store) -> None:
    """Trap 7 of metrics.md section 7."""
    fetched(store, {"Báo": 1})
    calm(store)
    answer = coverage(store, "alerts", MARCH_30, Filter())
    assert not any("đã đổi" in n for n in answer.notes)
    item = document("mới", published_at=DAY.isoformat(), source_id="Báo")
    store.save([(item, prediction("mới", TOURISM, version="m2"))])
    assert any("đã đổi" in n for n in coverage(store, "alerts", MARCH_30, Filter()).notes)


def test_a_twin_outside_the_panel_takes_nothing_away(store: Store) -> None:
    fetched(store, {"Báo": 1})
    calm(store)
    for k in range(9):
        fields = {"url": f"https://example.org/{k}", "published_at": DAY.isoformat()}
        for source in ("A ngoài", "Báo"):
            name = f"{source} {k}"
            item = document(name, source_id=source, **fields)
            store.save([(item, prediction(name, TOURISM, tone="negative"))])
    assert ask(store)["alerts"].value == 1


def test_world_news_alone_is_no_signal_about_vietnam(store: Store) -> None:
    fetched(store, {"Báo": 1})
    negative(store, DAY, 9, theme="world_affairs")
    assert ask(store)["alerts"].value == 0


def test_the_earliest_item_decides_the_tone_and_the_day_of_a_story(store: Store) -> None:
    fetched(store, {"Báo": 1, "Báo khác": 1})
    before = (DAY - timedelta(days=1)).isoformat()
    rows = []
    for k in range(5):
        text = f"Chuyện {k}"
        rows += [
            (document(f"cũ {k}", text, published_at=before, source_id="Báo khác"),
             prediction(f"cũ {k}", TOURISM, tone="negative")),
            (document(f"lại {k}", text, published_at=DAY.isoformat(), source_id="Báo"),
             prediction(f"lại {k}", TOURISM, tone="negative")),
        ]  # fmt: skip
    store.save(rows)
    assert ask(store)["alerts"].value == 0
    assert ask(store, "2026-03-29")["alerts"].value == 1


def test_what_alerts_do_not_take(store: Store) -> None:
    with pytest.raises(Problem):
        ask(store, sentiment="negative")
    with pytest.raises(Problem):
        coverage(store, "alerts", MARCH_30, Filter(), "items")


def test_open_and_long_periods_are_cut_and_say_so(store: Store) -> None:
    fetched(store, {"Báo": 1})
    answer: Coverage = coverage(store, "alerts", parse_period(), Filter())
    assert any("30 ngày cuối" in n for n in answer.notes)
    long = coverage(store, "alerts", parse_period(first="2020-01-01", last="2026-03-30"), Filter())
    assert any("366 ngày cuối" in n for n in long.notes)
    ahead = coverage(store, "alerts", parse_period("2199"), Filter())
    assert ahead.figures[0].value is None
