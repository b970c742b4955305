"""Figures computed by hand, on both databases."""

from __future__ import annotations

import random

import pytest

from data.problems import Problem
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.coverage.shares import SMALL_CELL
from service.store.filters import Filter
from service.store.store import Store
from tests.service.test_store import document, prediction

EVERYTHING = parse_period()
OF_ANY_PERIOD = ("volume", "themes", "sentiment", "plan", "reach", "messages")


def fill(store: Store, order: int = 0) -> None:
    """March 2026: 20 positive, 12 neutral, 8 negative stories on tourism, 10 of world affairs.

    The first negative story is reprinted nine times by other sources; five items are outside.
    """
    rows = []
    for k in range(40):
        tone = "positive" if k < 20 else "neutral" if k < 32 else "negative"
        rows.append(
            (
                document(f"s{k:02}", f"Chuyện số {k}", source_id=f"Báo {k % 4}",
                         published_at="2026-03-10"),
                prediction(f"s{k:02}", "tourism_destination", tone=tone),
            )
        )  # fmt: skip
    for k in range(9):
        rows.append(
            (
                document(
                    f"t{k}", "Chuyện số 32", source_id=f"Trang {k}", published_at="2026-03-11"
                ),
                prediction(f"t{k}", "tourism_destination", tone="negative"),
            )
        )
    for k in range(10):
        rows.append(
            (
                document(f"w{k}", f"Thế giới {k}", source_id="Báo 0", published_at="2026-03-12"),
                prediction(f"w{k}", "world_affairs"),
            )
        )
    for k in range(5):
        rows.append((document(f"o{k}", published_at="2026-03-12"), prediction(f"o{k}")))
    random.Random(order).shuffle(rows)
    for at in range(0, len(rows), 7):
        store.save(rows[at : at + 7])


def by_key(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def ask(store: Store, metric: str, basis: str = "stories", **chosen: str) -> dict[str, Figure]:
    return by_key(coverage(store, metric, EVERYTHING, Filter(**chosen), basis))  # type: ignore[arg-type]


def test_volume(store: Store) -> None:
    fill(store)
    found = ask(store, "volume")
    assert found["items"].value == 59
    assert found["stories"].value == 50
    assert found["duplication"].value == pytest.approx(59 / 50)
    assert found["outlets"].value == 13


def test_theme_incidence_and_partition(store: Store) -> None:
    fill(store)
    found = ask(store, "themes")
    share = found["incidence:tourism_destination"]
    assert (share.numerator, share.denominator, share.value) == (40, 50, 0.8)
    assert share.interval is not None
    # Wilson for 40 of 50
    assert share.interval.low == pytest.approx(0.6696, abs=1e-4)
    assert share.interval.high == pytest.approx(0.8876, abs=1e-4)
    partition = [f.value for k, f in found.items() if k.startswith("partition:")]
    assert sum(v for v in partition if v is not None) == pytest.approx(1)


def test_sentiment_leaves_out_what_has_no_target(store: Store) -> None:
    fill(store)
    found = ask(store, "sentiment")
    assert [found[k].numerator for k in ("positive", "neutral", "negative")] == [20, 12, 8]
    net = found["net_sentiment"]
    assert (net.numerator, net.denominator) == (12, 40)
    assert net.value == pytest.approx(0.3)
    assert net.interval is not None
    # SE² = (0.5 + 0.2 - 0.09) / 40
    assert net.interval.low == pytest.approx(0.3 - 1.959964 * (0.61 / 40) ** 0.5, abs=1e-6)
    assert "công thức (tích cực - tiêu cực) / tổng" in net.wording


def test_a_reprinted_story_moves_items_but_not_stories(store: Store) -> None:
    fill(store)
    items = ask(store, "sentiment", "items")["net_sentiment"]
    assert (items.numerator, items.denominator) == (3, 49)
    assert items.interval is not None
    assert items.interval.method == "cluster-bootstrap-by-story"
    naive = 2 * 1.96 * ((20 / 49 + 17 / 49) / 49) ** 0.5
    assert items.interval.high - items.interval.low > naive


def test_outlets_are_counted_once(store: Store) -> None:
    fill(store)
    found = ask(store, "themes", "outlets")
    assert found["incidence:tourism_destination"].numerator == 13
    assert found["incidence:world_affairs"].numerator == 1
    with pytest.raises(Problem):
        ask(store, "sentiment", "outlets")


def test_small_cells_print_counts(store: Store) -> None:
    fill(store)
    found = ask(store, "sentiment", sentiment="negative")
    assert found["negative"].denominator == 8 < SMALL_CELL
    for figure in found.values():
        assert figure.value is None
        assert figure.interval is None
    assert "không tính" in found["negative"].wording


@pytest.mark.parametrize("order", [1, 2, 3])
def test_order_and_repetition_of_arrival_change_nothing(store: Store, order: int) -> None:
    fill(store)
    first = {m: coverage(store, m, EVERYTHING, Filter()) for m in OF_ANY_PERIOD}
    store.delete(document_id=f"s{order:02}")
    fill(store, order)
    fill(store, order + 10)
    assert {m: coverage(store, m, EVERYTHING, Filter()) for m in OF_ANY_PERIOD} == first


def test_one_url_and_one_text_of_a_source_count_once(store: Store) -> None:
    store.save(
        [
            (document("a", "Một", url="https://example.org/1", published_at="2026-03-01"),
             prediction("a", "world_affairs")),
            (document("b", "Hai", url="https://example.org/1", published_at="2026-03-01"),
             prediction("b", "world_affairs")),
            (document("c", "Ba", source_id="Báo", published_at="2026-03-01"),
             prediction("c", "world_affairs")),
            (document("d", "Ba", source_id="Báo", published_at="2026-03-02"),
             prediction("d", "world_affairs")),
            (document("e", "Ba", source_id="Báo khác", published_at="2026-03-02"),
             prediction("e", "world_affairs")),
        ]
    )  # fmt: skip
    found = ask(store, "volume")
    assert (found["items"].value, found["stories"].value) == (3, 2)


def test_a_twin_outside_the_selection_takes_nothing_away(store: Store) -> None:
    url = "https://example.org/1"
    store.save(
        [
            (document("a", "Một", url=url), prediction("a", "world_affairs")),
            (document("b", "Một", url=url, published_at="2026-03-05", locality=["Huế"]),
             prediction("b", "world_affairs")),
            (document("c", "Một", url=url, published_at="2026-02-05"),
             prediction("c", "world_affairs")),
            (document("d", "Một", url=url, published_at="2026-03-04"), prediction("d")),
        ]
    )  # fmt: skip
    march = coverage(store, "volume", parse_period("2026-03"), Filter())
    assert by_key(march)["items"].value == 1
    assert ask(store, "volume", locality="Huế")["items"].value == 1
    assert ask(store, "volume")["items"].value == 1


def test_many_reprints_of_one_story_are_a_small_cell(store: Store) -> None:
    store.save(
        [
            (document(f"r{k}", "Một", source_id=f"Báo {k}", published_at="2026-03-05"),
             prediction(f"r{k}", "tourism_destination"))
            for k in range(40)
        ]
    )  # fmt: skip
    for figure in ask(store, "sentiment", "items").values():
        assert figure.value is None
        assert figure.interval is None


def test_a_share_of_nothing_still_has_a_width(store: Store) -> None:
    fill(store)
    found = ask(store, "themes", "items")["incidence:defense_security"]
    assert found.value == 0
    assert found.interval is not None
    assert found.interval.high > 0.05


def test_undated_and_future_documents_are_counted_apart(store: Store) -> None:
    store.save(
        [
            (document("a", published_at="2026-03-01"), prediction("a", "world_affairs")),
            (document("b"), prediction("b", "world_affairs")),
            (document("c", published_at="2199-01-01"), prediction("c", "world_affairs")),
        ]
    )
    answer = coverage(store, "volume", EVERYTHING, Filter())
    assert by_key(answer)["items"].value == 1
    assert any("2 lượt đăng" in note for note in answer.notes)


def test_an_empty_store_has_no_percentages(store: Store) -> None:
    for metric in OF_ANY_PERIOD:
        for figure in coverage(store, metric, EVERYTHING, Filter()).figures:
            assert figure.value in (0, None)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("2026-03-15", "2026-03-15", "2026-03-15"),
        ("2026-W12", "2026-03-16", "2026-03-22"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("admin-2026-03", "2026-02-15", "2026-03-14"),
        ("admin-2026-01", "2025-12-15", "2026-01-14"),
        ("admin-2026-Q1", "2025-12-15", "2026-03-14"),
        ("admin-2026", "2025-12-15", "2026-12-14"),
    ],
)
def test_periods(preset: str, first: str, last: str) -> None:
    period = parse_period(preset).as_json()
    assert (period["from"], period["to"]) == (first, last)


@pytest.mark.parametrize(
    "bad",
    [
        ("2026-13", None, None),
        ("2026-W60", None, None),
        ("admin-2026-03-15", None, None),
        ("tháng 3", None, None),
        ("2026-02-30", None, None),
        (None, "2026-02-30", None),
        (None, "2026-03-02", "2026-03-01"),
        ("2026", "2026-01-01", None),
    ],
)
def test_bad_periods_are_refused(bad: tuple[str | None, ...]) -> None:
    with pytest.raises(Problem) as caught:
        parse_period(*bad)
    assert caught.value.slug == "invalid-parameter"
