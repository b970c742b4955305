"""``ttdn data``: validate and describe the corpus."""

from __future__ import annotations

from collections import Counter

import typer
from rich.console import Console
from rich.table import Table

from data.console import ALL_GOOD, SOME_FAILED, errors
from data.corpus import SPLITS, load_rows
from data.schema import SENTIMENTS
from data.taxonomy import taxonomy
from data.validation import validate as find_faults

app = typer.Typer(add_completion=False)
data = typer.Typer(help="Ngữ liệu gán nhãn của dự án.")
app.add_typer(data, name="data")


@app.callback()
def _group() -> None:
    """Ngữ liệu."""


@data.command()
def validate() -> None:
    """Kiểm tra toàn bộ ngữ liệu: lược đồ, trùng lặp, khuôn mẫu, chỉ tiêu."""
    splits = {split: load_rows(split) for split in SPLITS}
    findings = find_faults(splits)
    for finding in findings:
        errors.print(finding)
    typer.echo(f"{sum(map(len, splits.values()))} văn bản, {len(findings)} lỗi")
    raise typer.Exit(SOME_FAILED if findings else ALL_GOOD)


@data.command()
def stats() -> None:
    """Số văn bản theo chủ đề, sắc thái, loại và phần chia."""
    rows = [(split, row) for split in SPLITS for row in load_rows(split)]
    table = Table(title=f"{len(rows)} văn bản")
    for name in ("Chủ đề chính", *(SENTIMENTS), "tin, bài", "bài đăng", "Tổng"):
        table.add_column(name)
    for theme in [*taxonomy().ids, None]:
        own = [r for _, r in rows if (r.themes[0] if r.themes else None) == theme]
        tones = Counter(r.sentiment for r in own)
        kinds = Counter(r.kind for r in own)
        table.add_row(
            taxonomy().theme(theme).name_vi if theme else "Ngoài TTĐN",
            *(str(tones[s]) for s in SENTIMENTS),
            str(kinds["news"]),
            str(kinds["post"]),
            str(len(own)),
        )
    Console().print(table)
    splits = Counter(split for split, _ in rows)
    Console().print(", ".join(f"{name} {n}" for name, n in splits.items()))
