from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_is_what_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.render()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_datasheet_counts_what_is_there() -> None:
    from data.corpus import SPLITS, load_rows

    text = (ROOT / "data/DATASHEET.md").read_text(encoding="utf-8")
    rows = {s: load_rows(s) for s in SPLITS}
    every = [r for part in rows.values() for r in part]
    for number in (
        len(every),
        sum(bool(r.themes) for r in every),
        sum(not r.themes for r in every),
        sum(r.kind == "news" for r in every),
        sum(r.kind == "post" for r in every),
    ):
        assert f"{number:,}" in text
    for split, part in rows.items():
        assert re.search(rf"{split}\s+{len(part):,}", text), split
