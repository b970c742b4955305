"""Error counts by channel class, counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra train")

from data.schema import Document, Label, LabelledDocument
from data.taxonomy import taxonomy
from model.error_figures import ErrorFigures
from training.error_figures import error_figures, item_class

TOURISM, WORLD = (taxonomy().ids.index(t) for t in ("tourism_destination", "world_affairs"))


def rows(
    n: int, truth: int | None, given: int | None, tone: int, said: int, name: str
) -> list[tuple[Any, ...]]:
    """n items of one kind: themes true and given (None: none), tones as indices of SENTIMENTS."""
    return [(truth, given, tone, said, name)] * n


def figures(items: list[tuple[Any, ...]]) -> ErrorFigures:
    truth = np.zeros((len(items), 15), dtype=np.int64)
    given = truth.copy()
    for k, (t, g, *_) in enumerate(items):
        if t is not None:
            truth[k, t] = 1
        if g is not None:
            given[k, g] = 1
    tones, said = (np.asarray([i[k] for i in items]) for k in (2, 3))
    return ErrorFigures.model_validate(
        error_figures(truth, given, tones, said, [i[4] for i in items])
    )


PRESS = [
    *rows(25, TOURISM, TOURISM, 0, 0, "press"),
    *rows(30, TOURISM, TOURISM, 1, 1, "press"),
    *rows(12, TOURISM, TOURISM, 2, 2, "press"),
    *rows(8, TOURISM, TOURISM, 2, 1, "press"),
    *rows(11, WORLD, TOURISM, 1, 1, "press"),
    *rows(14, TOURISM, WORLD, 0, 1, "press"),
    # Not tagged, so not among what figures count.
    *rows(50, TOURISM, None, 2, 0, "press"),
    *rows(40, None, None, -100, 1, "press"),
    # Outside by its label, tagged all the same: a false alarm without a true tone.
    *rows(5, None, TOURISM, -100, 0, "press"),
]


def test_counts_are_of_what_was_tagged_and_has_a_target() -> None:
    found = figures(PRESS)
    assert found.items == "tagged"
    theme = found.theme("press", TOURISM)
    assert (theme.true_positive, theme.false_positive) == (75, 16)
    assert (theme.false_negative, theme.true_negative) == (14, 0)
    # Items of world news alone, by label or by machine, have no tone that counts.
    assert found.tone("press").tolist() == [[25, 0, 0], [0, 30, 0], [0, 8, 12]]


def test_a_class_with_few_items_borrows_and_says_so() -> None:
    posts = [
        *rows(30, TOURISM, TOURISM, 0, 0, "social"),
        *rows(30, TOURISM, TOURISM, 1, 2, "social"),
        *rows(19, TOURISM, TOURISM, 2, 2, "social"),
    ]
    found = figures([*PRESS, *posts])
    assert found.tone_measured_on("press") == "press"
    # 19 negatives are one too few: the pool stands in.
    assert found.tone_measured_on("social") == "pooled"
    assert found.tone("social").tolist() == found.tone_matrix
    assert found.tone_matrix[1] == [0, 30, 30]
    # Nothing official was labelled: press stands in, not the pool with the posts.
    assert found.classes["official"].items == 0
    assert found.tone_measured_on("official") == "press"
    assert found.tone("official").tolist() == found.tone("press").tolist()
    more = figures([*PRESS, *posts, *rows(1, TOURISM, TOURISM, 2, 2, "social")])
    assert more.tone_measured_on("social") == "social"
    assert more.tone("social").tolist() == [[30, 0, 0], [0, 0, 30], [0, 0, 20]]


def test_a_theme_rarely_seen_in_a_class_borrows_its_rates() -> None:
    posts = [
        *rows(9, TOURISM, TOURISM, 0, 0, "social"),
        *rows(60, WORLD, WORLD, 1, 1, "social"),
    ]
    found = figures([*PRESS, *rows(10, WORLD, WORLD, 1, 1, "press"), *posts])
    assert found.theme("social", TOURISM).measured_on == "pooled"
    assert found.theme("social", TOURISM).true_positive == 75 + 9
    assert found.theme("social", WORLD).measured_on == "pooled"
    assert found.theme("press", TOURISM).measured_on == "press"
    assert found.theme("official", TOURISM).measured_on == "press"


def test_pooled_figures_alone_where_classes_are_not_given() -> None:
    one = np.ones((3, 15), dtype=np.int64)
    found = error_figures(one, one, np.asarray([0, 1, 2]), np.asarray([0, 1, 1]))
    assert "classes" not in found
    assert found["tone_matrix"] == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_real_posts_are_social_and_headlines_press() -> None:
    def item(stratum: str, source_type: Any = None) -> LabelledDocument:
        return LabelledDocument(
            document=Document(id="1", title="Tin", source_type=source_type),
            label=Label(themes=[], sentiment=None),
            story="1",
            origin="real",
            tags=(stratum,),
        )

    assert item_class(item("postkw")) == item_class(item("postrandom")) == "social"
    assert item_class(item("random")) == item_class(item("old2016")) == "press"
    assert item_class(item("news", "state_portal")) == "official"
    assert item_class(item("post", "press")) == "press"
