"""M8 and M9 computed by hand, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from data.problems import Problem
from service.store.reference import AudienceRow, MessageRow, replace
from service.store.store import Store
from tests.service.metric_cases import MARCH, Newsroom, answer, figures, noted


def audience(
    source: str, people: float, as_of: date = date(2026, 1, 1), publisher: str = "Viện A"
) -> AudienceRow:
    return AudienceRow(source_id=source, audience=people, as_of=as_of, publisher=publisher)


def test_ten_articles_are_ten_opportunities_and_one_audience(store: Store) -> None:
    room = Newsroom(store)
    room.write(10, source_id="Báo lớn")
    room.write(2, source_id="Báo nhỏ")
    room.write(3, source_id="Báo không có số")
    replace(store, AudienceRow, [audience("Báo lớn", 89e6), audience("Báo nhỏ", 1e6)])
    found = answer(store, "reach")
    own = figures(found)
    assert (own["ots"].value, own["reach_max"].value) == (892e6, 90e6)
    assert (own["ots"].n, own["reach_max"].n) == (12, 2)
    assert "892.000.000 cơ hội tiếp xúc" in own["ots"].wording
    assert "nhiều nhất 90.000.000 người" in own["reach_max"].wording
    assert (found.basis, found.panel.sources) == ("items", 3)
    assert noted(found, "1/3 nguồn, kể cả nguồn không ghi tên là 3/15 lượt đăng")
    assert noted(found, "Viện A")


def test_without_a_supplied_figure_there_is_none(store: Store) -> None:
    room = Newsroom(store)
    room.write(10, audience=5000.0)
    for _ in range(2):
        found = answer(store, "reach")
        assert [f.value for f in found.figures] == [None, None]
        assert noted(found, "không ước lượng")
        replace(store, AudienceRow, [audience("Báo khác", 1000)])


def test_an_audience_of_nobody_is_zero(store: Store) -> None:
    Newsroom(store).write(3)
    replace(store, AudienceRow, [audience("Tờ báo", 0)])
    assert figures(answer(store, "reach"))["ots"].value == 0


def test_the_latest_figure_up_to_the_period_counts(store: Store) -> None:
    Newsroom(store).write(1)
    days = [date(2026, 2, 1), date(2025, 1, 1), date(2026, 6, 1), date(2026, 5, 1)]
    rows = [audience("Tờ báo", 100 + k, day) for k, day in enumerate(days)]
    replace(store, AudienceRow, rows)
    assert figures(answer(store, "reach"))["reach_max"].value == 100
    replace(store, AudienceRow, rows[2:])
    assert figures(answer(store, "reach"))["reach_max"].value == 103


def test_followers_are_not_added_across_platforms(store: Store) -> None:
    room = Newsroom(store)
    room.write(2, source_id="Báo")
    room.write(3, source_id="Trang 1", source_type="social_page", channel="facebook")
    room.write(4, source_id="Trang 2", source_type="social_page", channel="facebook")
    room.write(5, source_id="Kênh", source_type="video", channel="youtube")
    rows = [audience(s, 100) for s in ("Báo", "Trang 1", "Trang 2", "Kênh")]
    replace(store, AudienceRow, rows)
    found = answer(store, "reach")
    assert figures(found)["ots"].value == 200
    assert noted(found, "3 trang mạng xã hội")
    assert figures(answer(store, "reach", channel="facebook"))["ots"].value == 700


def coded(message: str, hits: dict[str, bool]) -> list[MessageRow]:
    return [
        MessageRow(message=message, wording=f"Câu {message}", document_id=d, hit=h)
        for d, h in hits.items()
    ]


def test_messages_among_earned_stories(store: Store) -> None:
    room = Newsroom(store)
    earned = room.write(40, media_type="earned")
    owned = room.write(10, media_type="owned")
    rows = [
        *coded("a", {d: k < 12 for k, d in enumerate(earned)}),
        *coded("b", {d: k >= 30 for k, d in enumerate(earned)}),
        *coded("a", dict.fromkeys(owned, True)),
    ]
    replace(store, MessageRow, rows)
    found = answer(store, "messages")
    own = figures(found)
    assert own["earned"].value == 40
    assert (own["message:a"].numerator, own["message:a"].denominator) == (12, 40)
    assert own["message:a"].value == pytest.approx(0.3)
    assert own["message:b"].value == pytest.approx(0.25)
    assert own["any"].value == pytest.approx(22 / 40)
    assert own["message:a"].label_vi == "Câu a"
    # Wilson for 12 of 40
    assert own["message:a"].interval is not None
    assert own["message:a"].interval.low == pytest.approx(0.1807, abs=1e-4)
    assert own["message:a"].interval.high == pytest.approx(0.4543, abs=1e-4)
    assert not noted(found, "Mới mã hóa")


def test_a_story_is_coded_through_any_of_its_items(store: Store) -> None:
    room = Newsroom(store)
    stories = room.write(30, media_type="earned")
    room.reprint(stories[0], media_type="earned")
    replace(store, MessageRow, coded("a", {**dict.fromkeys(stories, False), "d00030": True}))
    own = figures(answer(store, "messages"))["message:a"]
    assert (own.numerator, own.denominator) == (1, 30)


def test_what_nobody_coded_is_not_a_miss(store: Store) -> None:
    room = Newsroom(store)
    earned = room.write(50, media_type="earned")
    found = answer(store, "messages")
    assert figures(found)["any"].value is None
    assert figures(found)["any"].numerator is None
    assert noted(found, "Không lấy tỷ trọng chủ đề")
    rows = [
        *coded("a", {d: k % 2 == 0 for k, d in enumerate(earned[:40])}),
        *coded("b", dict.fromkeys(earned[:35], False)),
    ]
    replace(store, MessageRow, rows)
    found = answer(store, "messages")
    own = figures(found)
    assert (own["message:a"].numerator, own["message:a"].denominator) == (20, 40)
    assert (own["any"].numerator, own["any"].denominator) == (18, 35)
    assert noted(found, "35/50 tin")


def test_one_of_one_is_no_percentage(store: Store) -> None:
    (only,) = Newsroom(store).write(1, media_type="earned")
    replace(store, MessageRow, coded("a", {only: True}))
    own = figures(answer(store, "messages"))["message:a"]
    assert (own.value, own.numerator, own.denominator) == (None, 1, 1)
    assert "100" not in own.wording


def test_owned_pages_carry_their_message_by_construction(store: Store) -> None:
    owned = Newsroom(store).write(40, media_type="owned")
    replace(store, MessageRow, coded("a", dict.fromkeys(owned, True)))
    own = figures(answer(store, "messages"))
    assert (own["earned"].value, own["any"].value) == (0, None)
    # In a month that nobody collected there is not even a zero.
    assert figures(answer(store, "messages", "2024-03"))["earned"].value is None
    with pytest.raises(Problem):
        answer(store, "messages", media_type="owned")


def test_outputs_are_not_called_effects(store: Store) -> None:
    Newsroom(store).write(40, MARCH, locality=["Gia Lai"], source_country="FR")
    among = {"share-of-voice": ["Gia Lai", "Huế"]}
    for metric in ("plan", "growth", "presence", "share-of-voice", "reach", "messages"):
        found = answer(store, metric, among=among.get(metric, ()))
        assert noted(found, "không đo nhận thức của công chúng"), metric
