"""M5 and M6 computed by hand, on both databases, with the traps of the metrics page."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.problems import Problem
from service.coverage.figures import coverage
from service.coverage.growth import growth_interval, growth_wording, signed
from service.coverage.period import parse_period
from service.coverage.year_before import a_year_before
from service.store.filters import Filter
from service.store.store import Store
from tests.service.metric_cases import (
    MARCH,
    MARCH_BEFORE,
    Newsroom,
    answer,
    fetched,
    figures,
    noted,
)


@pytest.mark.parametrize(
    ("now", "before", "wanted"),
    [
        (120, 100, "+20 % (KTC 95 %: -8 % đến +56 %)"),
        (480, 400, "+20 % (KTC 95 %: +5 % đến +37 %)"),
        (2400, 2000, "+20 % (KTC 95 %: +13 % đến +27 %)"),
    ],
)
def test_the_worked_examples(now: int, before: int, wanted: str) -> None:
    interval = growth_interval(now, before, 1.0)
    assert growth_wording(now / before - 1, interval).startswith(wanted)


def test_overdispersion_widens_on_the_log_scale() -> None:
    narrow, wide = growth_interval(120, 100, 1.0), growth_interval(120, 100, 4.0)
    assert math.log(1 + wide.high) - math.log(1.2) == pytest.approx(
        2 * (math.log(1 + narrow.high) - math.log(1.2))
    )
    assert wide.method == "log-ratio, phi = 4.00"


@pytest.mark.parametrize(
    ("now", "before", "change", "target"),
    [
        (120, 100, "chưa đủ cơ sở kết luận có thay đổi", "chưa đủ cơ sở kết luận đạt mục tiêu"),
        (480, 400, "có tăng", "chưa đủ cơ sở kết luận đạt mục tiêu"),
        (400, 480, "có giảm", "chưa đủ cơ sở kết luận đạt mục tiêu"),
        (200, 100, "có tăng", "; đạt mục tiêu"),
    ],
)
def test_words_follow_the_interval(now: int, before: int, change: str, target: str) -> None:
    wording = growth_wording(now / before - 1, growth_interval(now, before, 1.0))
    assert change in wording
    assert target in wording


def test_numbers_are_rounded_to_whole_points_once_they_are_no_better_known() -> None:
    assert growth_wording(0.2, growth_interval(2400, 2000, 1.0)).startswith("+20 %")
    large = growth_interval(2_400_000, 2_000_000, 1.0)
    assert growth_wording(0.2, large).startswith("+20,0 % (KTC 95 %: +19,8 % đến +20,2 %)")
    assert signed(-0.001) == "0"


@pytest.mark.parametrize(
    ("span", "before"),
    [
        (("2026-03-01", "2026-03-31"), ("2025-03-01", "2025-03-31")),
        (("2025-02-01", "2025-02-28"), ("2024-02-01", "2024-02-29")),
        (("2024-02-01", "2024-02-29"), ("2023-02-01", "2023-02-28")),
        (("2024-02-29", "2024-02-29"), ("2023-02-28", "2023-02-28")),
        (("2025-02-28", "2025-02-28"), ("2024-02-28", "2024-02-28")),
        (("2025-12-15", "2026-03-14"), ("2024-12-15", "2025-03-14")),
        (("2026-03-01", "2026-03-17"), ("2025-03-01", "2025-03-17")),
    ],
)
def test_the_same_period_a_year_before(span: tuple[str, str], before: tuple[str, str]) -> None:
    first, last = map(date.fromisoformat, span)
    assert a_year_before(first, last) == tuple(map(date.fromisoformat, before))


COUNTS = st.integers(30, 100_000)


@given(COUNTS, COUNTS, st.floats(1, 50))
def test_words_never_say_more_than_the_interval(now: int, before: int, phi: float) -> None:
    interval = growth_interval(now, before, phi)
    value = now / before - 1
    assert -1 < interval.low < value < interval.high
    wording = growth_wording(value, interval)
    assert ("có tăng" in wording) == (interval.low > 0)
    assert ("có giảm" in wording) == (interval.high < 0)
    assert ("; đạt mục tiêu" in wording) == (interval.low > 0.2)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 365))
def test_the_year_before_has_as_many_days_but_for_a_leap_day(first: date, length: int) -> None:
    last = first + timedelta(length)
    a, b = a_year_before(first, last)
    assert abs((b - a).days - length) <= 1
    assert (a.month, b.month) == (first.month, last.month)
    assert (first.year - a.year, last.year - b.year) == (1, 1)


def year_on_year(store: Store, now: int, before: int, **fields: object) -> Newsroom:
    """Positive stories of a foreign source in March, and in March a year before."""
    fetched(store, ["Tờ báo"], MARCH, MARCH_BEFORE)
    room = Newsroom(store)
    about = {"source_country": "FR", **fields}
    room.write(now, MARCH, **about)  # type: ignore[arg-type]
    room.write(before, MARCH_BEFORE, **about)  # type: ignore[arg-type]
    return room


def test_target_met_on_noise(store: Store) -> None:
    year_on_year(store, 120, 100)
    found = answer(store, "growth")
    own = figures(found)["positive:growth"]
    assert (own.numerator, own.denominator) == (120, 100)
    assert own.value == pytest.approx(0.2)
    assert own.interval is not None
    # phi: weeks of 30 and of 25 stories do not vary, and phi is 1 at least.
    assert (round(100 * own.interval.low), round(100 * own.interval.high)) == (-8, 56)
    assert "+20 % (KTC 95 %: -8 % đến +56 %)" in own.wording
    assert "chưa đủ cơ sở kết luận đạt mục tiêu" in own.wording
    assert (found.panel.sources, found.basis) == (1, "stories")


def test_phi_is_variance_over_mean_of_weekly_counts(store: Store) -> None:
    room = year_on_year(store, 0, 100)
    # Four weeks of 60, 20, 20, 20: mean 30, squares 900 + 3 * 100 = 1200, chi-square 40; with the
    # even year before (25 a week) six degrees of freedom: phi = 40 / 6.
    for day, stories in ((1, 60), (8, 20), (15, 20), (22, 20)):
        one = date(2026, 3, day)
        room.write(stories, (one, one), source_country="FR")
    own = figures(answer(store, "growth"))["positive:growth"]
    assert own.interval is not None
    spread = 1.959964 * math.sqrt(40 / 6 * (1 / 120 + 1 / 100))
    assert own.interval.low == pytest.approx(1.2 * math.exp(-spread) - 1, abs=1e-5)
    assert own.interval.high == pytest.approx(1.2 * math.exp(spread) - 1, abs=1e-5)
    assert noted(answer(store, "growth"), "6,67")


def test_only_what_portrays_vietnam_well_grows(store: Store) -> None:
    room = year_on_year(store, 40, 40)
    room.write(50, MARCH, tone="neutral", source_country="FR")
    room.write(50, MARCH, tone="negative", source_country="FR")
    room.write(50, MARCH, themes=("world_affairs",), source_country="FR")
    assert figures(answer(store, "growth"))["positive:now"].value == 40
    assert figures(answer(store, "presence"))["stories:now"].value == 190


def test_one_story_reprinted_is_one_and_its_first_label_counts(store: Store) -> None:
    room = year_on_year(store, 40, 40)
    (negative,) = room.write(1, MARCH, tone="negative", source_country="FR")
    fetched(store, ["Tờ báo", "Tờ in lại"], MARCH, MARCH_BEFORE)
    for _ in range(5):
        room.reprint(negative, source_country="FR")
    assert figures(answer(store, "growth"))["positive:now"].value == 40


def test_foreign_sources_unless_the_filter_says_which(store: Store) -> None:
    room = year_on_year(store, 40, 40)
    room.write(60, MARCH, source_country="VN")
    room.write(7, MARCH)
    found = answer(store, "growth")
    assert figures(found)["positive:now"].value == 40
    assert noted(found, "không ghi nước của nguồn nên không tính: 7.")
    assert "nước ngoài" in figures(found)["positive:growth"].label_vi
    at_home = answer(store, "growth", source_country="VN")
    assert figures(at_home)["positive:now"].value == 60
    assert not noted(at_home, "chỉ tính nguồn nước ngoài")
    assert figures(answer(store, "growth", source_country="FR"))["positive:now"].value == 40
    assert figures(answer(store, "growth", source_id="Tờ báo"))["positive:now"].value == 107


def test_owned_or_paid_praise_is_not_what_others_say(store: Store) -> None:
    room = year_on_year(store, 40, 40, media_type="earned")
    room.write(50, MARCH, source_country="FR", media_type="owned")
    room.write(30, MARCH, source_country="FR", media_type="paid")
    found = answer(store, "growth")
    assert figures(found)["positive:now"].value == 40
    assert noted(found, "(owned, paid) không phải là quốc tế đưa tin nên không tính: 80")
    assert figures(answer(store, "growth", source_country="FR"))["positive:now"].value == 40
    asked = answer(store, "growth", source_country="FR", media_type="owned")
    assert figures(asked)["positive:now"].value == 50


def test_sources_added_do_not_grow(store: Store) -> None:
    room = year_on_year(store, 100, 100)
    room.write(300, MARCH, source_country="FR", source_id="Tờ báo mới")
    fetched(store, ["Tờ báo"], MARCH, MARCH_BEFORE)
    found = answer(store, "growth")
    own = figures(found)["positive:growth"]
    assert (own.numerator, own.denominator, found.panel.sources) == (100, 100, 1)
    assert "90 %" in found.panel.rule
    assert "chưa đủ cơ sở kết luận có thay đổi" in own.wording


def test_a_changed_model_is_no_trend(store: Store) -> None:
    room = year_on_year(store, 100, 100)
    room.write(300, MARCH, source_country="FR", version="m2")
    found = answer(store, "growth")
    own = figures(found)["positive:growth"]
    assert (own.value, own.interval) == (None, None)
    assert (own.numerator, own.denominator) == (400, 100)
    assert "chưa đủ cơ sở kết luận tăng hay giảm" in own.wording
    assert noted(found, "m1 / 1.0 / t1; m2 / 1.0 / t1")


def test_no_data_is_not_zero(store: Store) -> None:
    Newsroom(store).write(100, MARCH, source_country="FR")
    found = answer(store, "growth")
    own = figures(found)["positive:growth"]
    assert (own.value, found.panel.sources) == (None, 0)
    assert own.wording.startswith("-;")
    asleep = figures(answer(store, "presence", "2024-03"))
    assert (asleep["days"].value, asleep["days"].numerator) == (None, None)
    assert asleep["outlets"].value is None
    assert "không phải là không có tin" in asleep["days"].wording
    # Something was collected in March 2026, but nothing on this theme: that is a zero.
    quiet = figures(answer(store, "presence", theme="defense_security"))
    assert quiet["outlets"].value == 0
    assert quiet["days"].numerator == 0


def test_small_cells_have_no_percentage(store: Store) -> None:
    year_on_year(store, 36, 24)
    own = figures(answer(store, "growth"))["positive:growth"]
    assert (own.value, own.numerator, own.denominator) == (None, 36, 24)
    assert "không tính tỷ lệ" in own.wording


def test_growth_needs_days_of_the_past_and_stories(store: Store) -> None:
    for metric in ("growth", "presence"):
        for fault in ({"period": "2199"}, {"basis": "items"}, {"basis": "outlets"}):
            with pytest.raises(Problem) as caught:
                answer(store, metric, **fault)  # type: ignore[arg-type]
            assert caught.value.slug == "invalid-parameter"


def test_periods_that_overlap_their_year_before_are_refused(store: Store) -> None:
    with pytest.raises(Problem) as caught:
        coverage(store, "growth", parse_period(None, "2025-01-01", "2026-01-02"), Filter())
    assert "dài hơn 12 tháng" in str(caught.value)


def test_presence(store: Store) -> None:
    room = Newsroom(store)
    first = room.write(20, (date(2026, 3, 2), date(2026, 3, 8)))
    room.write(20, (date(2026, 3, 9), date(2026, 3, 15)), source_id="Tờ khác")
    # Reprints on later days are no new stories of those days, but an outlet more.
    room.reprint(first[0], published_at="2026-03-25")
    found = answer(store, "presence")
    own = figures(found)
    assert (own["days"].numerator, own["days"].denominator) == (14, 31)
    assert own["days"].value == pytest.approx(14 / 31)
    assert own["outlets"].value == 3
    # The 25th is a day with a document, so that 16 days have none.
    assert noted(found, "16/31 ngày không thu thập được nguồn nào")


def test_presence_grows_as_positive_information_does(store: Store) -> None:
    year_on_year(store, 480, 400)
    own = figures(answer(store, "presence"))["stories:growth"]
    assert "+20 % (KTC 95 %: +5 % đến +37 %); có tăng" in own.wording


def test_one_of_one_is_no_percentage(store: Store) -> None:
    Newsroom(store).write(1, (date(2026, 3, 5), date(2026, 3, 5)))
    own = figures(answer(store, "presence", "2026-03-05"))["days"]
    assert (own.value, own.numerator, own.denominator) == (None, 1, 1)
    assert "100 %" not in own.wording
