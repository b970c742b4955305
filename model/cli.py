"""``ttdn classify``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

import typer

from data.console import ALL_GOOD, SOME_FAILED, errors, named_problems, progress, report
from data.problems import Problem
from data.reading import check_inputs, read_records
from data.schema import parse_document
from data.writing import output_kind, write_csv, write_jsonl, write_xlsx
from model.classifier import Classifier
from model.prediction import Prediction, Refusal, outcome_of

app = typer.Typer(add_completion=False)
BATCH = 64
_HEADER = (
    "id", "outcome", "themes", "primary", "scores", "sentiment", "needs_review", "reasons",
    "truncated", "model_version", "problem",
)  # fmt: skip


@app.callback()
def _group() -> None:
    """Phân loại văn bản."""


@app.command()
def classify(
    paths: Annotated[list[str], typer.Argument(help="Tệp cần phân loại; - là đầu vào chuẩn.")],
    input_format: Annotated[
        str | None, typer.Option("--input", help="jsonl, csv, xlsx, txt, html, docx, parquet.")
    ] = None,
    output: Annotated[
        str, typer.Option(help="jsonl, csv, hoặc đường dẫn .jsonl, .csv, .xlsx.")
    ] = "jsonl",
    evidence: Annotated[
        bool, typer.Option("--evidence/--no-evidence", help="Kèm câu làm căn cứ.")
    ] = True,
) -> None:
    """Gán chủ đề và sắc thái; không lưu gì."""
    with named_problems():
        kind, path = output_kind(output, ("jsonl", "csv", "xlsx"))
        check_inputs(paths, input_format)
        counts: Counter[str] = Counter()
        classifier = Classifier.load()
        answers = _answers(classifier, paths, input_format, evidence, counts)
        if kind == "jsonl":
            write_jsonl(path, (_as_json(a) for a in answers))
        elif kind == "csv":
            write_csv(path, _HEADER, (_as_row(a) for a in answers))
        elif path is not None:
            write_xlsx(path, _HEADER, (_as_row(a) for a in answers))
    summary = ", ".join(f"{name} {n}" for name, n in counts.items())
    errors.print(f"{counts.total()} văn bản: {summary or 'không có'}")
    bad = counts.total() - counts["tagged"] - counts["outside"]
    raise typer.Exit(SOME_FAILED if bad else ALL_GOOD)


def _answers(
    classifier: Classifier,
    paths: list[str],
    input_format: str | None,
    evidence: bool,
    counts: Counter[str],
) -> Iterator[Prediction | Refusal]:
    for path in paths:
        records = iter(progress(read_records(path, input_format), "Phân loại"))
        while batch := list(islice(records, BATCH)):
            lines, documents = [], []
            for line, record in batch:
                try:
                    if isinstance(record, Problem):
                        raise record
                    documents.append(parse_document(record))
                    lines.append(line)
                except Problem as problem:
                    report(line, problem)
                    counts[outcome_of(problem)] += 1
            for line, answer in zip(lines, classifier.classify(documents, evidence), strict=True):
                counts[answer.outcome] += 1
                if isinstance(answer, Refusal):
                    report(line, answer.problem)
                yield answer


def _as_json(answer: Prediction | Refusal) -> dict[str, Any]:
    if isinstance(answer, Refusal):
        return {"id": answer.id, "outcome": answer.outcome, "problem": answer.problem.as_json()}
    return answer.model_dump(mode="json")


def _as_row(answer: Prediction | Refusal) -> list[Any]:
    if isinstance(answer, Refusal):
        return [answer.id, answer.outcome, *[""] * 8, answer.problem.detail]
    return [
        answer.id,
        answer.outcome,
        "|".join(t.id for t in answer.themes),
        answer.themes[0].name_vi if answer.themes else "",
        "|".join(f"{t.score:.3f}" for t in answer.themes),
        answer.sentiment.label if answer.sentiment else "",
        answer.needs_review,
        "|".join(answer.reasons),
        answer.truncated,
        answer.model_version,
        "",
    ]
