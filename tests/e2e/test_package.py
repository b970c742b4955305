"""The wheel carries all that the service needs, and classifies on its own."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = (
    "ttdn.py",
    "data/taxonomy.yaml",
    "data/corpus/train.jsonl",
    "model/default_bundle/model.onnx",
    "model/default_bundle/MANIFEST.json",
    "service/store/migrations/env.py",
    "service/store/migrations/versions/0001_documents_and_predictions.py",
    "service/web/templates/draft.html",
    "service/web/static/draft.js",
)


def test_the_wheel_carries_bundle_taxonomy_and_migrations_and_runs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q",
         "-w", str(tmp_path), str(ROOT)],
        check=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("ttdn-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert set(NEEDED) <= names
    assert not any(n.startswith("tests/") or "encoder" in n for n in names)
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import ttdn; ttdn.app()"
    (tmp_path / "a.txt").write_text("Thủ tướng Việt Nam thăm chính thức Nhật Bản", encoding="utf-8")
    for arguments in (["classify", "a.txt"], ["ingest", "a.txt"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.split() == ["tagged", "1"]
    answer = json.loads(
        subprocess.run(
            [sys.executable, "-c", code, "classify", "a.txt"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    assert answer["themes"][0]["id"] == "foreign_affairs_diplomacy"
