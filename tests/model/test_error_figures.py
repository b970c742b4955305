"""Error figures of old and new bundles, read alike."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from data.problems import Problem
from model.bundle import default_bundle, read_settings, write_manifest
from model.error_figures import CHANNEL_CLASSES, ErrorFigures, channel_class

THEME = {"true_positive": 8, "false_positive": 3, "false_negative": 2, "true_negative": 97}
POOLED = {
    "source": "test",
    "themes": [THEME] * 15,
    "tone_matrix": [[8, 2, 0], [1, 9, 0], [0, 4, 6]],
}
SOCIAL = {
    "items": 40,
    "tone_measured_on": "social",
    "tone_matrix": [[5, 5, 0], [1, 9, 0], [0, 7, 3]],
    "themes": [{**THEME, "true_positive": 4, "measured_on": "social"}] * 15,
}


def test_pooled_figures_serve_every_class() -> None:
    errors = ErrorFigures.model_validate(POOLED)
    for name in CHANNEL_CLASSES:
        assert errors.tone(name).tolist() == POOLED["tone_matrix"]
        assert errors.theme(name, 3).true_positive == 8
        assert errors.tone_measured_on(name) == "pooled"


def test_a_class_with_figures_of_its_own_uses_them() -> None:
    errors = ErrorFigures.model_validate(
        {**POOLED, "items": "tagged", "classes": {"social": SOCIAL}}
    )
    assert errors.tone("social")[2].tolist() == [0, 7, 3]
    assert errors.theme("social", 0).true_positive == 4
    assert errors.tone("press")[2].tolist() == [0, 4, 6]


def test_the_shipped_bundle_has_every_row_filled() -> None:
    errors = read_settings(default_bundle()).error_figures
    for name in CHANNEL_CLASSES:
        assert (errors.tone(name).sum(1) > 0).all()
        for k in range(15):
            counts = errors.theme(name, k)
            assert counts.true_positive + counts.false_negative > 0


@pytest.mark.parametrize(
    "bad",
    [
        {**POOLED, "themes": [THEME] * 14},
        {**POOLED, "tone_matrix": [[1, 2], [3, 4]]},
        {**POOLED, "tone_matrix": [[1, 2, -1], [0, 1, 0], [0, 0, 1]]},
        {**POOLED, "classes": {"radio": SOCIAL}},
        {**POOLED, "classes": {"social": {**SOCIAL, "themes": [THEME]}}},
    ],
)
def test_a_bundle_with_broken_error_figures_is_refused(
    tmp_path: Path, bad: dict[str, object]
) -> None:
    folder = Path(shutil.copytree(default_bundle(), tmp_path / "bundle"))
    path = folder / "ttdn.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "error_figures": bad}))
    write_manifest(folder)
    with pytest.raises(Problem) as caught:
        read_settings(folder)
    assert caught.value.slug == "bundle-refused"
    assert "ttdn.json" in caught.value.detail


def test_sources_fall_into_three_classes() -> None:
    assert channel_class("broadcaster") == channel_class("press") == channel_class(None) == "press"
    assert channel_class("mission") == channel_class("state_portal") == "official"
    assert {channel_class(t) for t in ("social_page", "forum", "video")} == {"social"}
