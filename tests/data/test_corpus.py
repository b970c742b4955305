from __future__ import annotations

from pathlib import Path

import pytest

from data.corpus import SPLITS, CorpusRow, load_rows
from data.neardup import jaccard, shingles
from data.validation import validate


@pytest.fixture(scope="module")
def splits() -> dict[str, list[CorpusRow]]:
    return {split: load_rows(split) for split in SPLITS}


def test_the_corpus_is_valid(splits: dict[str, list[CorpusRow]]) -> None:
    assert validate(splits) == []  # type: ignore[arg-type]


def test_a_near_duplicate_and_a_template_are_found(splits: dict[str, list[CorpusRow]]) -> None:
    first = next(r for r in splits["train"] if r.kind == "news")
    copy = first.model_copy(update={"id": "copy", "title": first.title + " thêm"})
    frame = "Chủ tịch xã {} cho biết hôm qua đã nhận được {} triệu đồng tiền hỗ trợ."
    posts = [
        first.model_copy(
            update={
                "id": f"t{k}",
                "story": f"t{k}",
                "kind": "post",
                "title": "",
                "sapo": "",
                "body": "",
                "text": frame.format(name, k + 2),
            }
        )
        for k, name in enumerate(["Ia Grai", "Ia Hrung", "Ia Krai"])
    ]
    findings = validate({"train": [*splits["train"], copy, *posts]})
    assert any(f.startswith("copy: near-duplicate") for f in findings)
    assert any(f.startswith("template in 3 stories") for f in findings)


def test_no_near_copy_of_the_article_the_project_started_from(
    splits: dict[str, list[CorpusRow]], shared: Path
) -> None:
    seed = shingles((shared / "domain" / "seed_article.txt").read_text(encoding="utf-8"))
    for rows in splits.values():
        for row in rows:
            assert jaccard(seed, shingles(row.full_text)) < 0.1, row.id


def test_the_files_load_as_a_dataset(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra train")
    from importlib.resources import files

    found = datasets.load_dataset(
        "json",
        data_files={s: str(files("data") / "corpus" / f"{s}.jsonl") for s in SPLITS},
        cache_dir=str(tmp_path),
    )
    assert {s: len(found[s]) for s in SPLITS} == {s: len(load_rows(s)) for s in SPLITS}
