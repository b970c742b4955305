"""Adjusted counting as figures show it, and the traps of ``domain/metrics.md`` section 7."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from data.schema import SENTIMENTS
from data.taxonomy import taxonomy
from model.bundle import default_bundle, read_settings
from service.coverage.answer import Coverage, Figure
from service.coverage.change import change
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.store import Store
from tests.service.test_audits import TOURISM, headline, truth
from tests.service.test_store import document, prediction

BUNDLE = read_settings(default_bundle())
VERSION = BUNDLE.model_version
CRISIS, GOOD = (60, 100, 40), (90, 100, 10)


def fill(
    store: Store,
    tones: Sequence[int],
    month: int = 3,
    version: str = VERSION,
    reprints: int = 0,
    themes: Sequence[str] = (TOURISM,),
    **fields: object,
) -> None:
    """So many stories read as positive, neutral, negative; the last one reprinted often."""
    read = np.repeat(SENTIMENTS, tones)
    rows = []
    for k, tone in enumerate(read):
        name = f"{month:02}-{k:04}"
        day = f"2026-{month:02}-{1 + k % 28:02}"
        made = document(name, headline(name), published_at=day, source_id="Báo", **fields)
        rows.append((made, prediction(name, *themes, tone=str(tone), version=version)))
    for k in range(reprints):
        name = f"{month:02}-{len(read) - 1:04}"
        copy = document(
            f"{name}-{k}",
            headline(name),
            published_at=f"2026-{month:02}-28",
            source_id=f"Trang {k}",
        )
        rows.append((copy, prediction(copy.id, *themes, tone=str(read[-1]), version=version)))
    store.save(rows)


def ask(
    store: Store, metric: str = "sentiment", basis: str = "stories", month: int = 3, **given: str
) -> Coverage:
    period = parse_period(f"2026-{month:02}")
    return coverage(store, metric, period, Filter(**given), basis)  # type: ignore[arg-type]


def figures(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def solved(tones: Sequence[int]) -> list[float]:
    """Shares by plain linear equations with the shipped bundle's matrix for the press."""
    errors = BUNDLE.error_figures.tone("press")
    rates = errors / errors.sum(1, keepdims=True)
    return list(np.linalg.solve(rates.T, np.asarray(tones) / sum(tones)))


def test_crisis_is_not_under_read(store: Store) -> None:
    fill(store, CRISIS)
    answer = ask(store)
    found = figures(answer)
    expected = solved(CRISIS)
    assert min(expected) > 0
    for key, share in zip(SENTIMENTS, expected, strict=True):
        figure, counted = found[key], found[f"{key}:counted"]
        assert figure.value == pytest.approx(share)
        assert figure.corrected
        assert figure.interval is not None
        assert figure.interval.method == "adjusted-counting-bootstrap"
        assert figure.interval.low < share < figure.interval.high
        assert "ước tính" in figure.wording
        assert not counted.corrected
    assert found["negative:counted"].value == 0.2
    assert expected[2] > 0.22
    net = found["net_sentiment"]
    assert net.value == pytest.approx(expected[0] - expected[2])
    assert found["net_sentiment:counted"].value == pytest.approx(0.1)
    assert any("cần mẫu kiểm tra ngẫu nhiên" in note for note in answer.notes)
    assert any("(đếm)" in note for note in answer.notes)
    assert not any("chưa hiệu chỉnh sai số phân loại; khoảng tin cậy" in n for n in answer.notes)


def test_net_sentiment_names_its_formula(store: Store) -> None:
    fill(store, CRISIS)
    for basis in ("stories", "items"):
        for figure in ask(store, basis=basis).figures:
            if figure.key.startswith("net_sentiment"):
                assert "(tích cực - tiêu cực) / tổng" in figure.wording
                assert "(tích cực - tiêu cực) / tổng" in figure.label_vi


def test_a_pie_is_never_made_of_multi_label_shares(store: Store) -> None:
    fill(store, CRISIS, themes=(TOURISM, "socioeconomic_development", "defense_security"))
    answer = ask(store, "themes")
    found = figures(answer)
    partition = [f.value for k, f in found.items() if k.startswith("partition:")]
    incidence = [
        f.value for k, f in found.items() if k.startswith("incidence:") and k.endswith(":counted")
    ]
    assert sum(v for v in partition if v is not None) == pytest.approx(1)
    assert sum(v for v in incidence if v is not None) == pytest.approx(3)
    assert any("quá 100 %" in note and "biểu đồ tròn" in note for note in answer.notes)


def test_one_syndicated_story_does_not_lead_the_month(store: Store) -> None:
    """A single negative story with sixty reprints: most items, but no finding."""
    fill(store, (20, 30, 1), month=2)
    fill(store, (20, 30, 1), month=3, reprints=60)
    stories = figures(ask(store))
    assert stories["negative:counted"].numerator == 1
    items = ask(store, basis="items")
    counted = figures(items)["negative:counted"]
    assert counted.numerator == 61 > 0.5 * (counted.denominator or 0)
    assert counted.interval is not None
    assert counted.interval.method == "cluster-bootstrap-by-story"
    assert counted.interval.low < 0.05
    adjusted = figures(items)["negative"]
    assert adjusted.interval is not None
    assert adjusted.interval.low < 0.05
    moved = change(items, ask(store, basis="items", month=2), "negative")
    assert not moved.changed
    assert "chưa đủ cơ sở" in moved.wording


def test_no_hundred_per_cent_for_one_of_one(store: Store) -> None:
    fill(store, (1, 0, 0))
    fill(store, (29, 0, 0), month=4)
    for month, n in ((3, 1), (4, 29)):
        for metric in ("sentiment", "themes"):
            for basis in ("stories", "items"):
                for figure in ask(store, metric, basis, month).figures:
                    assert figure.value is None
                    assert figure.interval is None
                    assert not figure.corrected
                    assert "%" not in figure.wording
        assert figures(ask(store, month=month))["positive"].numerator == n


def test_a_new_model_is_not_read_as_a_trend(store: Store) -> None:
    fill(store, GOOD, month=2, version="another")
    fill(store, CRISIS, month=3)
    before, now = ask(store, month=2), ask(store)
    # Nothing is known about the errors of the other model.
    assert not any(f.corrected for f in before.figures)
    assert any("mô hình khác" in note for note in before.notes)
    assert change(now, before, "negative:counted").value is None
    moved = change(now, before, "negative")
    assert moved.value is None
    assert "khác phiên bản mô hình" in moved.wording


def test_a_true_fall_is_called_one(store: Store) -> None:
    fill(store, GOOD, month=2)
    fill(store, CRISIS, month=3)
    moved = change(ask(store), ask(store, month=2), "net_sentiment")
    assert moved.changed
    assert moved.wording.startswith("giảm")
    same = change(ask(store), ask(store), "net_sentiment")
    assert (same.value, same.changed) == (0, False)


def test_incidence_is_adjusted_theme_by_theme(store: Store) -> None:
    fill(store, (30, 50, 20), month=3)
    store.save(
        [
            (document(f"w{k}", headline(f"w{k}"), published_at="2026-03-05"),
             prediction(f"w{k}", "defense_security", version=VERSION))
            for k in range(20)
        ]
    )  # fmt: skip
    answer = ask(store, "themes")
    found = figures(answer)
    k = taxonomy().ids.index("defense_security")
    c = BUNDLE.error_figures.theme("press", k)
    found_rate = c.true_positive / (c.true_positive + c.false_negative)
    false_rate = c.false_positive / (c.false_positive + c.true_negative)
    share = found["incidence:defense_security"]
    assert share.value == pytest.approx((20 / 120 - false_rate) / (found_rate - false_rate))
    assert found["incidence:defense_security:counted"].value == pytest.approx(20 / 120)
    assert any("120 trên 120 tin không ghi loại nguồn" in note for note in answer.notes)


def test_peoples_labels_are_counted_as_they_are(store: Store) -> None:
    fill(store, CRISIS)
    for k in range(0, 200, 2):
        store.label(f"03-{k:04}", truth(f"03-{k:04}"), "review")
    # Of each ten, people said twice positive, twice neutral, once world news without a target; the
    # machine alone read the other hundred, half of each tone.
    left = solved(CRISIS)
    answer = ask(store)
    found = figures(answer)
    assert found["positive"].n == 180
    assert found["positive"].value == pytest.approx((40 + 100 * left[0]) / 180)
    assert found["negative"].value == pytest.approx(100 * left[2] / 180)
    assert found["negative:counted"].numerator == 20
    assert any("80 tin đã có người gán nhãn" in note for note in answer.notes)


def test_selecting_by_tone_leaves_nothing_to_correct(store: Store) -> None:
    fill(store, CRISIS)
    answer = ask(store, sentiment="negative")
    assert not any(f.corrected for f in answer.figures)
    assert any("Đã lọc theo sắc thái" in note for note in answer.notes)
    by_theme = ask(store, "themes", theme=TOURISM)
    assert not any(f.corrected for f in by_theme.figures)
    assert figures(ask(store, theme=TOURISM))["negative"].corrected


def test_items_are_adjusted_with_a_bootstrap_by_story(store: Store) -> None:
    fill(store, CRISIS)
    plain = figures(ask(store, basis="items"))["net_sentiment"]
    stories = figures(ask(store))["net_sentiment"]
    assert plain.value == pytest.approx(stories.value)
    assert plain.interval is not None
    assert stories.interval is not None
    assert plain.interval.high - plain.interval.low == pytest.approx(
        stories.interval.high - stories.interval.low, rel=0.15
    )
    fill(store, CRISIS, month=4, reprints=40)
    heavy = figures(ask(store, basis="items", month=4))["net_sentiment"]
    assert heavy.interval is not None
    assert heavy.interval.high - heavy.interval.low > 1.5 * (
        plain.interval.high - plain.interval.low
    )


def test_the_same_question_has_the_same_answer(store: Store) -> None:
    fill(store, CRISIS, reprints=10)
    for metric in ("sentiment", "themes"):
        for basis in ("stories", "items"):
            assert ask(store, metric, basis) == ask(store, metric, basis)
