from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from data.problems import Problem
from model.bundle import BUNDLE_FILES, MANIFEST, load_bundle, write_manifest
from model.classifier import bundle_folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_folder(), tmp_path / "bundle"))


def refused(folder: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        load_bundle(folder)
    assert caught.value.slug == "bundle-refused"
    return caught.value


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_changed_file_is_named(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert name in refused(copy).detail


@pytest.mark.parametrize("name", [*BUNDLE_FILES, MANIFEST])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    assert name in refused(copy).detail


def test_a_truncated_network_with_a_right_hash_is_refused(copy: Path) -> None:
    path = copy / "model.onnx"
    path.write_bytes(path.read_bytes()[:1000])
    write_manifest(copy)
    assert "model.onnx" in refused(copy).detail


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("themes", ["a"]),
        ("preparation_version", "0"),
        ("taxonomy_version", "0"),
        ("threshold", [0.5]),
        ("temperature", [0.0] * 15),
        ("window_length", 3),
        ("extra", 1),
    ],
)
def test_wrong_settings_are_refused(copy: Path, key: str, value: object) -> None:
    path = copy / "ttdn.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({**settings, key: value}))
    write_manifest(copy)
    assert "ttdn.json" in refused(copy).detail
