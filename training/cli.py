"""``ttdn pretrain``, ``train`` and ``evaluate``; heavy imports wait until a command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from data.console import errors, named_problems
from data.problems import Problem

app = typer.Typer(add_completion=False)


def _needs_train_extra() -> None:
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError:
        raise Problem(
            "not-ready",
            "Bản cài này chưa có phần huấn luyện. Hãy chạy: pip install 'ttdn[train]'.",
        ) from None


@app.command()
def pretrain(
    folder: Annotated[Path, typer.Option(help="Thư mục làm việc.")] = Path("runs/pretrain"),
    steps: Annotated[str, typer.Option(help="shards, vectors, mlm.")] = "shards,vectors,mlm",
    minutes: Annotated[
        float, typer.Option(help="Thời gian học ngôn ngữ, tính cả các lần trước.")
    ] = 40.0,
    articles: Annotated[int, typer.Option(help="Số bài 2016-2019 dùng thêm.")] = 30_000,
    first_article: Annotated[
        int, typer.Option(help="Bắt đầu từ bài số mấy, để lần sau đọc những bài mới.")
    ] = 0,
) -> None:
    """Huấn luyện bộ mã hóa từ văn bản chưa gán nhãn; dừng rồi chạy tiếp được."""
    with named_problems():
        _needs_train_extra()
        from training.pretrain import PretrainPlan
        from training.pretrain import pretrain as run

        plan = PretrainPlan(seconds=60 * minutes, articles=articles, first_article=first_article)
        run(folder, plan, steps.split(","), errors.print)


@app.command()
def train(
    base: Annotated[str, typer.Option(help="Bộ mã hóa: thư mục do ttdn pretrain ghi ra.")] = "",
    folder: Annotated[Path, typer.Option(help="Thư mục làm việc.")] = Path("runs/train"),
    seeds: Annotated[int, typer.Option(min=1, max=5, help="Số lần huấn luyện.")] = 3,
    corpus: Annotated[
        bool, typer.Option("--corpus/--no-corpus", help="Dùng ngữ liệu của dự án.")
    ] = True,
    read: Annotated[
        bool, typer.Option("--read/--no-read", help="Dùng các tiêu đề do dự án đọc và gán nhãn.")
    ] = True,
    teachers: Annotated[
        Path | None,
        typer.Option(help="Thư mục của lần huấn luyện trước, làm thầy cho tin chưa gán nhãn."),
    ] = None,
    headlines: Annotated[
        int, typer.Option(min=1, help="Số tiêu đề chưa gán nhãn học theo thầy.")
    ] = 60_000,
    floor: Annotated[
        bool, typer.Option("--floor/--no-floor", help="Đo cả mô hình tuyến tính làm mốc.")
    ] = True,
    epochs: Annotated[float, typer.Option(help="Số lượt qua dữ liệu.")] = 4.0,
    output: Annotated[
        Path | None, typer.Option(help="Nơi ghi gói; bỏ trống: folder/bundle.")
    ] = None,
    version: Annotated[str, typer.Option(help="Phiên bản của gói.")] = "0.1.0",
) -> None:
    """Tinh chỉnh, hiệu chỉnh, đánh giá và xuất gói mô hình."""
    with named_problems():
        _needs_train_extra()
        from training.finetune import Recipe
        from training.run import ENCODER, Teaching
        from training.run import train as run

        run(
            base=base or str(ENCODER),
            folder=folder,
            seeds=tuple(range(seeds)),
            recipe=Recipe(epochs=epochs),
            with_corpus=corpus,
            with_read=read,
            teaching=Teaching(teachers, headlines) if teachers else None,
            with_floor=floor,
            version=version,
            target=output or folder / "bundle",
            report=errors.print,
        )
        _print(json.loads((folder / "report.json").read_text(encoding="utf-8")))


@app.command()
def evaluate(
    split: Annotated[
        str, typer.Argument(help="dev (dữ liệu thật) hoặc test (ngữ liệu của dự án).")
    ] = "test",
    output: Annotated[Path | None, typer.Option(help="Ghi báo cáo JSON.")] = None,
) -> None:
    """Đánh giá gói đang dùng, đúng như khi chạy thật."""
    with named_problems():
        _needs_train_extra()
        from training.evaluate import evaluate_bundle

        report = evaluate_bundle(split)
        if output is not None:
            output.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
        _print_report(report)


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="Kết quả")
    for name in ("", "gói", "trung bình các lần", "mốc tuyến tính", "kiểm định chéo"):
        table.add_column(name)
    bundle = figures.get("bundle", {}).get("headline", {})
    floor = figures.get("floor", {}).get("reporting", {})
    for key, row in figures["cross_validation"].items():
        mean = figures.get("recipe", {}).get(key)
        table.add_row(
            key,
            f"{bundle[key]:.3f}" if key in bundle else "-",
            f"{mean['mean']:.3f} ± {mean['sd']:.3f}" if mean else "-",
            f"{floor[key]:.3f}" if key in floor else "-",
            f"{row['mean']:.3f} ± {row['sd']:.3f}",
        )
    Console().print(table)


def _print_report(report: dict[str, Any]) -> None:
    for name, part in report["slices"].items():
        Console().print(f"{name}: " + ", ".join(f"{k} {v:.3f}" for k, v in part.items()))
    table = Table(title="Theo chủ đề")
    for name in ("theme", "precision", "recall", "f1", "support", "calibration_error"):
        table.add_column(name)
    for theme, row in report["themes"].items():
        table.add_row(
            theme,
            *(f"{row[k]:.2f}" for k in ("precision", "recall", "f1")),
            str(row["support"]),
            f"{row['calibration_error']:.3f}",
        )
    Console().print(table)
    Console().print(f"tone matrix {report['sentiment']['matrix']} f1 {report['sentiment']['f1']}")
