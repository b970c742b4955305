"""Figures as files: the same answer, row by row."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from data.writing import csv_bytes, safe_cell, xlsx_bytes
from service.coverage.export import HEADER, file_names, table, table_file
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.store import Store
from tests.service.test_cli import ttdn
from tests.service.test_coverage import fill

MARCH = parse_period("2026-03")


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def rows_of_xlsx(content: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("metric", ["volume", "themes", "sentiment"])
def test_every_figure_is_a_row_that_stands_alone(store: Store, metric: str) -> None:
    fill(store)
    answer = coverage(store, metric, MARCH, Filter())
    rows = rows_of_csv(table_file(answer, "csv"))
    assert [r["key"] for r in rows] == [f.key for f in answer.figures]
    for row, figure in zip(rows, answer.figures, strict=True):
        assert list(row) == list(HEADER)
        assert row["value"] == "" if figure.value is None else float(row["value"]) == figure.value
        assert (row["from"], row["to"]) == ("2026-03-01", "2026-03-31")
        assert row["corrected"] in ("true", "false")
        assert row["model_version"] == "m1"
        assert row["notes"].split(" | ") == answer.notes
        if figure.interval:
            assert float(row["low"]) == figure.interval.low
            assert row["method"] == figure.interval.method


def test_a_workbook_has_typed_cells_and_says_the_same(store: Store) -> None:
    fill(store)
    answer = coverage(store, "volume", MARCH, Filter(source_id="Báo 0"))
    header, first, *_ = rows_of_xlsx(table_file(answer, "xlsx"))
    assert len(header) == len(HEADER)
    found = dict(zip(HEADER, first, strict=True))
    assert (found["value"], found["n"], found["corrected"]) == (20, 20, False)
    assert found["from"] == datetime(2026, 3, 1)
    assert found["filter"] == "source_id=Báo 0"
    assert table(answer)[0][HEADER.index("from")] == date(2026, 3, 1)


def test_an_answer_without_figures_still_says_what_was_asked(store: Store) -> None:
    answer = coverage(store, "volume", MARCH, Filter()).model_copy(update={"figures": []})
    [row] = rows_of_csv(table_file(answer, "csv"))
    assert row["key"] == ""
    assert row["period"].startswith("tháng 3 năm 2026")
    assert "không đo nhận thức" in row["notes"]


def test_file_names_are_safe_and_in_vietnamese(store: Store) -> None:
    answer = coverage(store, "sentiment", parse_period(last="2026-03-05"), Filter())
    plain, name = file_names(answer, "xlsx")
    assert plain == "ttdn-sentiment-dau_2026-03-05.xlsx"
    assert name == "Sắc thái, đến 5-3-2026.xlsx"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_over_http(client: TestClient, kind: str) -> None:
    fill(client.app.state.running.store)  # type: ignore[attr-defined]
    answer = client.get(f"/v1/coverage/themes.{kind}?period=2026-03&basis=items")
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    disposition.encode("ascii")
    assert f'filename="ttdn-themes-2026-03-01_2026-03-31.{kind}"' in disposition
    name = unquote(disposition.rpartition("''")[2])
    assert name == f"Cơ cấu chủ đề, tháng 3 năm 2026 (1-3-2026 đến 31-3-2026).{kind}"
    figures = client.get("/v1/coverage/themes?period=2026-03&basis=items").json()["figures"]
    if kind == "csv":
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        values = [r["value"] for r in rows_of_csv(answer.content)]
        assert [float(v) for v in values] == [f["value"] for f in figures]
    else:
        assert len(rows_of_xlsx(answer.content)) == len(figures) + 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/coverage/fame.csv", 404),
        ("/v1/coverage/volume.pdf", 404),
        ("/v1/coverage/volume.csv?colour=red", 422),
        ("/v1/coverage/volume.xlsx?period=2026-13", 422),
    ],
)
def test_a_file_is_refused_as_the_figure_is(client: TestClient, path: str, status: int) -> None:
    refused = client.get(path)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_command_line_writes_the_same_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/ttdn.db")
    store.migrate()
    fill(store)
    answer = coverage(store, "sentiment", MARCH, Filter())
    for kind in ("csv", "xlsx"):
        done = ttdn(
            tmp_path, "coverage", "sentiment", "--period", "2026-03", "--output", f"a.{kind}"
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.csv").read_bytes() == table_file(answer, "csv")
    assert rows_of_xlsx((tmp_path / "a.xlsx").read_bytes()) == rows_of_xlsx(
        table_file(answer, "xlsx")
    )
    shown = ttdn(tmp_path, "coverage", "sentiment", "--period", "2026-03", "--output", "csv")
    assert shown.stdout.encode() == table_file(answer, "csv").replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1+1", "＠x"]
)
def test_what_a_sheet_would_run_is_neutralised(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    [row] = rows_of_xlsx(xlsx_bytes(["a"], [[cell]]))[1:]
    assert str(row[0]).startswith("'")


@given(st.text())
def test_any_text_makes_a_file_that_opens(text: str) -> None:
    assert len(rows_of_xlsx(xlsx_bytes(["a"], [[text]]))) == 2
    if "\r" not in text:
        lines = csv_bytes(["a", "b"], [[text, "end"]]).decode("utf-8")
        assert list(csv.reader(io.StringIO(lines), delimiter=";"))[-1][-1] == "end"
