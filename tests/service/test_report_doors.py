"""Reports over HTTP and from the command line."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest
from fastapi.testclient import TestClient

from service.store.store import Store
from tests.service.test_api import problem
from tests.service.test_cli import ttdn
from tests.service.test_coverage import fill
from tests.service.test_report import whole_text

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("kind", "period", "plain", "name"),
    [
        ("weekly", "2026-W11", "2026-03-09_2026-03-15", "tuần 11 năm 2026"),
        ("monthly", "admin-2026-03", "2026-02-15_2026-03-14", "tháng 3 năm 2026"),
    ],
)
def test_a_report_over_http(
    client: TestClient, kind: str, period: str, plain: str, name: str
) -> None:
    fill(client.app.state.running.store)  # type: ignore[attr-defined]
    answer = client.get(
        f"/v1/reports/{kind}.docx", params={"period": period, "unit_name": "Sở Ngoại vụ"}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == DOCX
    disposition = answer.headers["content-disposition"]
    assert f'filename="ttdn-{kind}-{plain}.docx"' in disposition
    assert unquote(disposition.rpartition("''")[2]) == f"Báo cáo thông tin đối ngoại {name}.docx"
    text = whole_text(docx.Document(io.BytesIO(answer.content)))
    assert "SỞ NGOẠI VỤ" in text
    assert "50 tin gốc (59 lượt đăng" in text


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/v1/reports/yearly.docx?period=2026", "not-found"),
        ("/v1/reports/weekly.pdf?period=2026-W11", "not-found"),
        ("/v1/reports/weekly.docx", "invalid-parameter"),
        ("/v1/reports/weekly.docx?period=2026-03", "invalid-parameter"),
        ("/v1/reports/monthly.docx?period=2199-01", "invalid-parameter"),
        ("/v1/reports/monthly.docx?period=2026-03&colour=red", "invalid-parameter"),
        ("/v1/reports/monthly.docx?period=2026-03&theme=x", "invalid-parameter"),
        ("/v1/reports/monthly.docx?period=2026-03&unit_name=%00", "invalid-parameter"),
    ],
)
def test_refusals_over_http(client: TestClient, path: str, slug: str) -> None:
    problem(client.get(path), slug)


def test_digits_of_other_scripts_do_not_break_the_file_name(client: TestClient) -> None:
    answer = client.get("/v1/reports/monthly.docx", params={"period": "２０２６-０３"})
    assert answer.status_code in (200, 422)


def test_a_report_from_the_command_line(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/ttdn.db")
    store.migrate()
    fill(store)
    done = ttdn(
        tmp_path, "report", "monthly", "--period", "2026-03", "--unit-name", "Sở Ngoại vụ",
        "--where", "source_id=Báo 0", "--output", "bao-cao.docx",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = whole_text(docx.Document(str(tmp_path / "bao-cao.docx")))
    assert "Phạm vi: nguồn Báo 0" in text
    assert "20 tin gốc" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["yearly", "--period", "2026-03", "--output", "a.docx"], "weekly (tuần)"),
        (["weekly", "--period", "2026-03", "--output", "a.docx"], "cần kỳ là một tuần"),
        (["monthly", "--period", "2026-03", "--output", "a.pdf"], "Không ghi được"),
        (["monthly", "--period", "2026-03", "--output", "docx"], "đường dẫn"),
        (["monthly", "--period", "2026-03", "--output", "không/có/a.docx"], "Không ghi được tệp"),
        (["monthly", "--period", "2026-03", "--where", "x=1", "--output", "a.docx"], "Bộ lọc"),
    ],
)
def test_usage_faults_exit_with_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = ttdn(tmp_path, "report", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not list(tmp_path.glob("*.docx"))
