"""M3 computed by hand, on both databases."""

from __future__ import annotations

import pytest

from data.problems import Problem
from service.coverage.answer import Figure
from service.store.reference import PlanRow, replace
from service.store.store import Store
from tests.service.metric_cases import MARCH, Newsroom, answer, figures, noted

TOURISM, TRADE, WORLD = "tourism_destination", "socioeconomic_development", "world_affairs"


def meant(store: Store, *rows: tuple[str, int], period: str = "2026-03", **about: str) -> None:
    replace(store, PlanRow, [PlanRow(period=period, theme=t, target=g, **about) for t, g in rows])


def of(store: Store, **asked: str) -> dict[str, Figure]:
    return figures(answer(store, "plan", **asked))


def test_done_coverage_and_balance(store: Store) -> None:
    room = Newsroom(store)
    room.write(30, themes=(TOURISM, TRADE))
    room.write(10, themes=(TRADE,))
    meant(store, (TOURISM, 20), (TRADE, 50), (WORLD, 0))
    found = of(store)
    done = found[f"done:{TOURISM}"]
    assert (done.numerator, done.denominator, done.value) == (30, 20, 1.5)
    assert "30/20 tin gốc theo kế hoạch (150 %)" in done.wording
    assert found[f"done:{TRADE}"].value == pytest.approx(40 / 50)
    # One theme of the two that were meant to have stories reached its number.
    coverage = found["coverage"]
    assert (coverage.numerator, coverage.denominator, coverage.value) == (1, 2, 0.5)
    # By primary theme 3/4 and 1/4, planned 2/7 and 5/7: half the distance is 3/4 - 2/7.
    assert found["balance"].value == pytest.approx(1 - (3 / 4 - 2 / 7))


def test_a_theme_without_a_number_is_undefined(store: Store) -> None:
    Newsroom(store).write(3, themes=(WORLD,))
    meant(store, (WORLD, 0))
    found = of(store)
    assert found[f"done:{WORLD}"].value is None
    assert ": -;" in found[f"done:{WORLD}"].wording
    assert (found["coverage"].value, found["coverage"].wording) == (None, "-")
    assert found["balance"].value is None


def test_stories_on_themes_of_no_plan_cost_balance(store: Store) -> None:
    room = Newsroom(store)
    room.write(40, themes=(TOURISM,))
    meant(store, (TOURISM, 10))
    assert of(store)["balance"].value == pytest.approx(1)
    room.write(40, themes=(WORLD,))
    assert of(store)["balance"].value == pytest.approx(0.5)


def test_owned_pages_are_printed_apart(store: Store) -> None:
    room = Newsroom(store)
    room.write(4, media_type="earned")
    (both,) = room.write(1, media_type="earned")
    room.write(10, media_type="owned")
    room.write(2, media_type="paid")
    room.write(3)
    room.reprint(both, media_type="owned")
    meant(store, (TOURISM, 15))
    answered = answer(store, "plan")
    found = figures(answered)
    done = {k: found[f"done:{TOURISM}{k}"].numerator for k in ("", ":earned", ":owned")}
    assert done == {"": 20, ":earned": 5, ":owned": 11}
    assert found["coverage"].numerator == 1
    assert found["coverage:earned"].numerator == 0
    assert noted(answered, "chỉ nằm trong dòng chung: 5")
    # Each part is what the filter on that kind of media gives.
    for kind in ("earned", "owned"):
        alone = of(store, media_type=kind)
        assert alone[f"done:{TOURISM}"].numerator == done[f":{kind}"]
        assert f"done:{TOURISM}:owned" not in alone


def test_one_of_one_is_no_percentage(store: Store) -> None:
    Newsroom(store).write(1)
    meant(store, (TOURISM, 1))
    found = of(store)
    assert "1/1 tin gốc" in found[f"done:{TOURISM}"].wording
    for figure in found.values():
        assert "%" not in figure.wording
    assert found["balance"].value is None


def test_the_plan_is_of_the_period_and_the_unit(store: Store) -> None:
    room = Newsroom(store)
    room.write(6, unit=["Sở Ngoại vụ"])
    room.write(4)
    rows = [
        PlanRow(period="2026-03", theme=TOURISM, target=20),
        PlanRow(period="2026-03", theme=TOURISM, unit="Sở Ngoại vụ", target=5),
        PlanRow(period="2026-Q1", theme=TOURISM, target=60),
        PlanRow(period="không phải kỳ", theme=TOURISM, target=1),
    ]
    replace(store, PlanRow, rows)
    key = f"done:{TOURISM}"
    assert of(store)[key].denominator == 20
    own = of(store, unit="Sở Ngoại vụ")[key]
    assert (own.numerator, own.denominator) == (6, 5)
    assert of(store, period="2026-Q1")[key].denominator == 60
    assert of(store, theme=TOURISM)[key].denominator == 20
    assert "balance" not in of(store, theme=TOURISM)


def test_without_a_plan_nothing_is_called_done(store: Store) -> None:
    Newsroom(store).write(40)
    found = answer(store, "plan")
    assert [f.value for f in found.figures] == [None, None]
    assert noted(found, "ttdn reference import plan")
    meant(store, (TOURISM, 5), unit="Sở Du lịch")
    found = answer(store, "plan")
    assert [f.value for f in found.figures] == [None, None]
    assert noted(found, "Sở Du lịch")


def test_no_data_is_not_zero(store: Store) -> None:
    meant(store, (TOURISM, 5))
    found = of(store)
    assert found["coverage"].value is None
    assert "không phải là không có tin" in found["coverage"].wording
    Newsroom(store).write(1, MARCH, themes=())
    assert of(store)[f"done:{TOURISM}"].value == 0


def test_the_plan_counts_stories(store: Store) -> None:
    with pytest.raises(Problem):
        answer(store, "plan", basis="items")
