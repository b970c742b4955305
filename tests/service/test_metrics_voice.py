"""M7 computed by hand, on both databases."""

from __future__ import annotations

import pytest

from data.problems import Problem
from service.coverage.answer import Figure
from service.store.store import Store
from tests.service.metric_cases import Newsroom, answer, figures, noted

GIA_LAI, DAK_LAK, LAM_DONG = "Gia Lai", "Đắk Lắk", "Lâm Đồng"


def voices(store: Store, *among: str, **chosen: str) -> dict[str, Figure]:
    return figures(answer(store, "share-of-voice", among=among, **chosen))


def test_a_story_on_two_places_is_halved(store: Store) -> None:
    room = Newsroom(store)
    room.write(30, locality=[GIA_LAI])
    room.write(15, locality=[DAK_LAK])
    room.write(10, locality=[GIA_LAI, DAK_LAK])
    room.write(5, locality=[GIA_LAI, DAK_LAK, LAM_DONG])
    room.write(50, locality=["Huế"])
    room.write(50)
    found = voices(store, GIA_LAI, DAK_LAK)
    own, other = found[f"share:{GIA_LAI}"], found[f"share:{DAK_LAK}"]
    assert (own.numerator, own.denominator) == (30 + 5 + 2.5, 60)
    assert own.value == pytest.approx(37.5 / 60)
    assert "37,5/60 tin gốc" in own.wording
    assert own.value + (other.value or 0) == pytest.approx(1)
    # Wilson for 37.5 of 60
    assert own.interval is not None
    assert own.interval.low == pytest.approx(0.4984, abs=1e-4)
    assert own.interval.high == pytest.approx(0.7365, abs=1e-4)
    three = voices(store, GIA_LAI, DAK_LAK, LAM_DONG)
    assert three[f"share:{LAM_DONG}"].numerator == pytest.approx(5 / 3)


def test_tone_stands_beside_and_is_that_of_the_place(store: Store) -> None:
    room = Newsroom(store)
    room.write(25, tone="positive", locality=[GIA_LAI])
    room.write(15, tone="negative", locality=[GIA_LAI, DAK_LAK])
    room.write(5, themes=("world_affairs",), locality=[GIA_LAI])
    found = voices(store, GIA_LAI, DAK_LAK)
    own = found[f"net_sentiment:{GIA_LAI}"]
    assert (own.numerator, own.denominator, own.value) == (10, 40, 0.25)
    assert "công thức (tích cực - tiêu cực) / tổng" in own.wording
    alone = figures(answer(store, "sentiment", locality=GIA_LAI))["net_sentiment"]
    assert (alone.numerator, alone.denominator) == (10, 40)
    small = found[f"net_sentiment:{DAK_LAK}"]
    assert (small.value, small.numerator, small.denominator) == (None, -15, 15)


def test_a_story_names_what_any_of_its_items_names(store: Store) -> None:
    room = Newsroom(store)
    (story,) = room.write(1, locality=[GIA_LAI])
    room.reprint(story, locality=[DAK_LAK])
    room.write(29, locality=[GIA_LAI])
    found = voices(store, GIA_LAI, DAK_LAK)
    assert found[f"share:{DAK_LAK}"].numerator == 0.5
    assert found[f"share:{GIA_LAI}"].denominator == 30


def test_wrong_locality(store: Store) -> None:
    room = Newsroom(store)
    room.write(20, locality=["Bình Định"])
    room.write(10, locality=[GIA_LAI])
    room.write(5, locality=["Bình Định", GIA_LAI])
    room.write(10, locality=["Đắk Nông"])
    found = answer(store, "share-of-voice", among=[GIA_LAI, LAM_DONG])
    assert figures(found)[f"share:{GIA_LAI}"].numerator == 35
    assert figures(found)[f"share:{LAM_DONG}"].numerator == 10
    assert noted(found, "Bình Định tính vào Gia Lai")
    # The filter of every metric knows the merger too, and the listing shows the same rows.
    assert figures(answer(store, "volume", locality=GIA_LAI))["items"].value == 35
    assert figures(answer(store, "volume", locality="Bình Định"))["items"].value == 25
    with pytest.raises(Problem) as caught:
        answer(store, "share-of-voice", among=["Bình Định", DAK_LAK])
    assert "Bình Định nay thuộc Gia Lai" in str(caught.value)
    assert noted(found, "đội bóng")


def test_what_cannot_be_compared_is_refused(store: Store) -> None:
    for among in ([], [GIA_LAI], [GIA_LAI, GIA_LAI], [f"Xã {k}" for k in range(64)]):
        with pytest.raises(Problem) as caught:
            answer(store, "share-of-voice", among=among)
        assert caught.value.errors[0].pointer == "/among"
    with pytest.raises(Problem):
        answer(store, "share-of-voice", among=[GIA_LAI, DAK_LAK], locality=GIA_LAI)
    with pytest.raises(Problem):
        answer(store, "share-of-voice", among=[GIA_LAI, DAK_LAK], basis="items")
    with pytest.raises(Problem) as caught:
        answer(store, "volume", among=[GIA_LAI, DAK_LAK])
    assert caught.value.errors[0].pointer == "/among"


def test_one_of_one_is_no_percentage(store: Store) -> None:
    Newsroom(store).write(1, locality=[GIA_LAI])
    for figure in voices(store, GIA_LAI, DAK_LAK).values():
        assert figure.value is None
        assert "%" not in figure.wording.replace("KTC 95 %", "")


def test_nothing_on_any_of_them(store: Store) -> None:
    Newsroom(store).write(40)
    for figure in voices(store, GIA_LAI, DAK_LAK).values():
        assert (figure.value, figure.denominator) == (None, 0)
