"""The command line as a user types it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from data.schema import Document
from service.store.store import Store
from service.store.tables import documents
from tests.service.test_store import prediction

ROOT = Path(__file__).parents[2]
# Commands run where only loopback can be reached, like the tests themselves.
OFFLINE = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "offline")))
LINE = {
    "id": "1",
    "title": "Thủ tướng Việt Nam hội đàm với Thủ tướng Nhật Bản",
    "sapo": "Hai bên nhất trí đưa quan hệ đối tác chiến lược toàn diện lên tầm cao mới.",
    "published_at": "2026-03-05",
}


def ttdn(
    folder: Path, *arguments: str, stdin: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "ttdn.py"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": OFFLINE, "COLUMNS": "200", **env},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "tin.jsonl"
    rows = [
        json.dumps(LINE, ensure_ascii=False),
        "{broken",
        json.dumps({**LINE, "id": "2", "author": "x"}),
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_classify_reports_bad_lines_by_number_and_goes_on(tmp_path: Path, lines: Path) -> None:
    done = ttdn(tmp_path, "classify", lines.name)
    assert done.returncode == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["1"]
    assert answers[0]["themes"][0]["id"] == "foreign_affairs_diplomacy"
    assert "dòng 2: JSON không đọc được" in done.stderr
    assert "dòng 3: Không nhận dữ liệu về người viết" in done.stderr


def test_classify_from_standard_input_to_a_sheet(tmp_path: Path) -> None:
    done = ttdn(
        tmp_path, "classify", "-", "--input", "jsonl", "--output", "kq.xlsx", "--no-evidence",
        stdin=json.dumps({**LINE, "id": "=1+1"}) + "\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = list(load_workbook(tmp_path / "kq.xlsx").active.iter_rows(values_only=True))
    assert rows[1][0] == "'=1+1"
    assert rows[1][2].startswith("foreign_affairs_diplomacy")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["classify", "không-có.jsonl"], "Không tìm thấy tệp"),
        (["classify", "a.pdf"], "Không hỗ trợ định dạng"),
        (["classify", "-"], "--input"),
        (["classify", "tin.jsonl", "--output", "kq.docx"], "Không ghi được"),
        (["coverage", "fame"], "Chưa có chỉ số"),
        (["coverage", "volume", "--period", "2026-13"], "Kỳ số liệu"),
        (["coverage", "volume", "--where", "colour=red"], "Bộ lọc"),
        (["serve", "--host", "0.0.0.0"], "Chưa có khóa truy cập"),
    ],
)
def test_usage_faults_exit_with_2_and_say_what_to_do(
    tmp_path: Path, lines: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "a.pdf").write_text("x")
    done = ttdn(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_ingest_twice_and_read_the_figures(tmp_path: Path, lines: Path) -> None:
    first = ttdn(tmp_path, "ingest", lines.name)
    assert first.returncode == 1
    assert first.stdout.split() == ["tagged", "1", "invalid", "2"]
    assert ttdn(tmp_path, "ingest", lines.name).stdout.split() == ["duplicate", "1", "invalid", "2"]
    assert (tmp_path / "ttdn.db").exists()
    table = ttdn(tmp_path, "coverage", "volume", "--period", "2026-03")
    assert table.returncode == 0
    assert "1 lượt đăng" in table.stdout
    answer = json.loads(ttdn(tmp_path, "coverage", "volume", "--output", "json").stdout)
    assert answer["figures"][0]["value"] == 1
    ttdn(tmp_path, "coverage", "themes", "--output", "b.csv")
    content = (tmp_path / "b.csv").read_text(encoding="utf-8")
    assert content.startswith("\ufeff")
    assert len(list(csv.reader(content.splitlines(), delimiter=";"))) == 31


def test_a_bad_store_and_a_bad_bundle_are_named(tmp_path: Path, lines: Path) -> None:
    done = ttdn(tmp_path, "ingest", lines.name, TTDN_DATABASE_URL="sqlite:////nowhere/x.db")
    assert done.returncode == 2
    assert "Không dùng được kho dữ liệu" in done.stderr
    done = ttdn(tmp_path, "classify", lines.name, TTDN_BUNDLE=str(tmp_path))
    assert done.returncode == 2
    assert "MANIFEST.json" in done.stderr


def test_a_refused_input_leaves_an_older_result_as_it_was(tmp_path: Path, lines: Path) -> None:
    (tmp_path / "kq.jsonl").write_text("cũ")
    done = ttdn(tmp_path, "classify", lines.name, "thiếu.jsonl", "--output", "kq.jsonl")
    assert done.returncode == 2
    assert (tmp_path / "kq.jsonl").read_text() == "cũ"
    done = ttdn(tmp_path, "classify", lines.name, "--output", lines.name)
    assert done.returncode == 1
    assert json.loads(lines.read_text())["themes"][0]["id"] == "foreign_affairs_diplomacy"


def test_a_bad_setting_is_named(tmp_path: Path, lines: Path) -> None:
    done = ttdn(tmp_path, "ingest", lines.name, TTDN_PORT="abc")
    assert done.returncode == 2
    assert "TTDN_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_csv_with_a_broken_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "id;Tiêu đề;Ngày đăng\n1;Việt Nam và Lào họp;5/3/2026\n2;x;y;z;thừa\n", encoding="utf-8"
    )
    done = ttdn(tmp_path, "ingest", "a.csv")
    assert done.returncode == 1
    assert "dòng 3" in done.stderr
    assert "invalid\t1" in done.stdout


def test_a_back_fill_and_the_cutting_of_old_texts(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/ttdn.db")
    store.migrate()
    for n in range(3):
        item = Document(id=str(n), title=LINE["title"], published_at=f"2026-03-0{n + 1}")
        store.save([(item, prediction(str(n), "world_affairs"))])
    with store.engine.begin() as connection:
        long_ago = update(documents).where(documents.c.id == "0")
        connection.execute(long_ago.values(stored_at=datetime(2026, 1, 1, tzinfo=UTC)))
    cut = ttdn(tmp_path, "db", "cut", TTDN_KEEP_TEXT_DAYS="0")
    assert (cut.returncode, "giữ mãi" in cut.stdout) == (0, True)
    cut = ttdn(tmp_path, "db", "cut", TTDN_KEEP_TEXT_DAYS="30")
    assert (cut.returncode, cut.stdout) == (
        0, "1 văn bản đã lưu quá 30 ngày, nay chỉ giữ trích đoạn.\n"
    )  # fmt: skip
    done = ttdn(tmp_path, "db", "retag", "--from", "2026-03-01", "--to", "2026-03-02")
    assert done.returncode == 1
    assert done.stdout.startswith("1 văn bản được gán nhãn lại bằng mô hình ")
    assert "1 văn bản giữ nguyên nhãn cũ: chỉ còn trích đoạn" in done.stderr
    again = ttdn(tmp_path, "db", "retag", "--from", "2026-03-02", "--to", "2026-03-02")
    assert (again.returncode, again.stdout[:2], again.stderr) == (0, "0 ", "")
    wrong = ttdn(tmp_path, "db", "retag", "--from", "tháng ba")
    assert wrong.returncode == 2
