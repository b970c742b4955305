"""M14 and M16 by hand, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from data.problems import Problem
from data.taxonomy import taxonomy
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.reference import RankRow, UnitRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

TOURISM, TRADE, POLICY = "tourism_destination", "trade_investment_promotion", "party_state_policy"
RANK: dict[str, Any] = {
    "index": "Sức mạnh mềm",
    "edition_year": 2024,
    "rank": 53,
    "n_countries": 193,
    "publisher": "Brand Finance",
    "url": "https://example.org/2024",
    "retrieved_at": "2024-03-01",
}


def figures(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def ask(store: Store, metric: str, period: str = "2026-03", **chosen: str) -> dict[str, Figure]:
    return figures(coverage(store, metric, parse_period(period), Filter(**chosen)))


def fill(store: Store) -> None:
    """Five stories led by tourism, one of them reprinted; two by trade with tourism beside it."""
    rows = [(document(f"a{k}", f"Chuyện {k}", published_at="2026-03-05"), (TOURISM,))
            for k in range(5)]  # fmt: skip
    rows.append((document("a5", "Chuyện 0", published_at="2026-03-06"), (TOURISM,)))
    rows += [(document(f"b{k}", published_at="2026-03-07"), (TRADE, TOURISM)) for k in range(2)]
    store.save([(d, prediction(d.id, *themes)) for d, themes in rows])


def assign(store: Store, *rows: tuple[str, str, str]) -> None:
    replace(
        store,
        UnitRow,
        [UnitRow.model_validate({"unit": u, "theme": t, "role": r}) for u, t, r in rows],
    )


def test_units_own_stories_by_primary_theme(store: Store) -> None:
    fill(store)
    assign(store, ("Sở Du lịch", TOURISM, "lead"), ("Sở Công Thương", TRADE, "lead"),
           ("Sở Công Thương", TOURISM, "support"), ("Sở Tài chính", TRADE, "lead"),
           ("Sở Tài chính", TOURISM, "lead"), ("Văn phòng", POLICY, "lead"))  # fmt: skip
    found = ask(store, "units")
    assert {k: f.value for k, f in found.items() if k.startswith(("lead", "support"))} == {
        "lead:Sở Du lịch": 5,
        "lead:Sở Công Thương": 2,
        "lead:Sở Tài chính": 7,
        "lead:Văn phòng": 0,
        "support:Sở Công Thương": 5,
    }
    gaps = {k.removeprefix("gap:") for k in found if k.startswith("gap:")}
    assert gaps == set(taxonomy().ids) - {TOURISM, TRADE}
    assert found["gaps"].value == 13
    assert "chưa có tin trong kỳ" in found[f"gap:{POLICY}"].wording
    assert "chưa có đơn vị chủ trì" not in found[f"gap:{POLICY}"].wording
    assert "chưa có đơn vị chủ trì và chưa có tin" in found["gap:world_affairs"].wording
    items = figures(coverage(store, "units", parse_period("2026-03"), Filter(), "items"))
    assert items["lead:Sở Du lịch"].value == 6


def test_a_theme_that_is_only_secondary_is_no_gap(store: Store) -> None:
    store.save([(document("a", published_at="2026-03-05"), prediction("a", TRADE, TOURISM))])
    assign(store, ("Sở Du lịch", TOURISM, "lead"))
    found = ask(store, "units")
    assert found["lead:Sở Du lịch"].value == 0
    assert f"gap:{TOURISM}" not in found
    assert "chưa có đơn vị chủ trì (1 tin gốc)" in found[f"gap:{TRADE}"].wording


def test_a_gap_list_of_one_theme(store: Store) -> None:
    fill(store)
    found = ask(store, "units", theme=TOURISM)
    assert [k for k in found if k.startswith("gap:")] == [f"gap:{TOURISM}"]
    assert "1/1 chủ đề" in found["gaps"].wording


def test_units_are_no_league_table(store: Store) -> None:
    answer = coverage(store, "units", parse_period("2026-03"), Filter())
    assert any("Không phải bảng xếp hạng" in n for n in answer.notes)
    assert any("Chưa có bảng phân vai" in n for n in answer.notes)
    with pytest.raises(Problem):
        coverage(store, "units", parse_period("2026-03"), Filter(), "outlets")


def quote(store: Store, *rows: dict[str, Any]) -> None:
    replace(store, RankRow, [RankRow.model_validate({**RANK, **row}) for row in rows])


def test_a_rank_is_quoted_with_its_denominator_and_its_source(store: Store) -> None:
    quote(store, {"score": 41.5}, {"edition_year": 2021, "rank": 47, "n_countries": 105})
    answer = coverage(store, "ranks", parse_period("2024"), Filter())
    figure = figures(answer)["rank:Sức mạnh mềm:2024:Brand Finance"]
    assert (figure.value, figure.numerator, figure.denominator) == (53, 53, 193)
    assert "hạng 53 trên 193 nước" in figure.wording
    assert "https://example.org/2024" in figure.wording
    assert "41,5 điểm" in figure.wording
    assert answer.rows_url == "/v1/reference/ranks"
    assert any("không tự tính" in n for n in answer.notes)


def test_rank_without_denominator_is_refused() -> None:
    """Trap 6 of metrics.md section 7."""
    with pytest.raises(ValidationError):
        RankRow.model_validate({k: v for k, v in RANK.items() if k != "n_countries"})


def test_a_fall_among_more_countries_is_not_a_fall(store: Store) -> None:
    # 47 of about a hundred (three outlets disagree), then 53 of 193.
    quote(
        store,
        {},
        *(
            {"edition_year": 2021, "rank": 47, "n_countries": n, "publisher": p}
            for n, p in ((100, "Báo A"), (105, "Hãng tin B"), (106, "Báo C"))
        ),
    )
    found = ask(store, "ranks", "2024")["change:Sức mạnh mềm:2024"]
    assert found.value is None
    assert "không so được" in found.wording
    assert "100, 105, 106, 193" in found.wording
    assert "giảm" not in found.wording


def test_ranks_on_one_list_are_compared(store: Store) -> None:
    quote(store, {}, {"edition_year": 2023, "rank": 69})
    found = ask(store, "ranks", "2024")["change:Sức mạnh mềm:2024"]
    assert found.value == 16
    assert "tăng 16 bậc trên cùng 193 nước" in found.wording
    quote(store, {}, {"edition_year": 2023, "rank": 50})
    assert "giảm 3 bậc" in ask(store, "ranks", "2024")["change:Sức mạnh mềm:2024"].wording
    quote(store, {}, {"publisher": "Báo B", "rank": 54}, {"edition_year": 2023, "rank": 69})
    found = ask(store, "ranks", "2024")["change:Sức mạnh mềm:2024"]
    assert (found.value, "ghi thứ hạng khác nhau" in found.wording) == (None, True)


def test_a_rank_is_never_computed(store: Store) -> None:
    """However many documents there are, there is no rank but a quoted one."""
    fill(store)
    answer = coverage(store, "ranks", parse_period("2026-03"), Filter())
    assert answer.figures == []
    assert answer.panel.sources == 0
    assert any("Chưa có thứ hạng" in n for n in answer.notes)
    with pytest.raises(Problem):
        ask(store, "ranks", theme=TOURISM)
