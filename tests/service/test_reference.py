"""Reference tables through their doors: files, HTTP, command line."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from data.problems import Problem
from service.reference_files import Kind, export, parse, store_rows
from service.store.reference import TABLES, AudienceRow, PlanRow, SourceDayRow, read
from service.store.store import Store
from tests.service.test_api import problem
from tests.service.test_cli import ttdn

ROWS: dict[str, list[dict[str, Any]]] = {
    "plan": [
        {"period": "2026-03", "theme": "tourism_destination", "unit": None, "target": 20},
        {"period": "admin-2026-Q1", "theme": "world_affairs", "unit": "Sở Ngoại vụ", "target": 0},
    ],
    "sources": [
        {"source_id": "+84", "name": "Báo; \"Một\"", "country": "VN", "source_type": "press",
         "media_type": "earned"},
        {"source_id": "b", "name": "Hai", "country": None, "source_type": None, "media_type": None},
    ],
    "source-days": [
        {"source_id": "a", "day": "2026-03-01", "fetched": True},
        {"source_id": "a", "day": "2026-03-02", "fetched": False},
    ],
    "audience": [
        {"source_id": "a", "audience": 89000000.0, "as_of": "2026-01-31", "publisher": "Viện A"},
        {"source_id": "b", "audience": 1234.5, "as_of": "2026-01-31", "publisher": "Viện A"},
    ],
    "messages": [
        {"message": "m1", "wording": "Hai\ndòng", "document_id": "d1", "hit": True},
        {"message": "m1", "wording": "=1+1", "document_id": "d2", "hit": False},
    ],
    "events": [
        {"event": "Lễ hội", "occurred_at": "2026-03-05T08:30:00+07:00", "document_id": "d1"},
        {"event": "Lễ hội", "occurred_at": "2026-03-05", "document_id": "d2"},
    ],
    "ranks": [
        {"index": "Soft power", "edition_year": 2024, "rank": 53, "n_countries": 193,
         "score": 38.755, "publisher": "X", "url": "https://example.org",
         "retrieved_at": "2026-01-02"},
    ],
    "units": [{"theme": "world_affairs", "unit": "Sở Ngoại vụ", "role": "lead"}],
}  # fmt: skip
HEADERS = {
    "json": {"Content-Type": "application/json"},
    "csv": {"Content-Type": "text/csv; charset=utf-8"},
    "xlsx": {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", TABLES)
def test_what_is_exported_is_imported_again(store: Store, name: str) -> None:
    rows, bad = parse(name, json.dumps(ROWS[name]).encode(), "json")
    assert bad == []
    store_rows(store, name, rows)
    assert json.loads(export(store, name, "json")) == ROWS[name]
    kinds: list[Kind] = ["json", "csv", "xlsx"]
    for kind in kinds:
        again, bad = parse(name, export(store, name, kind), kind)
        assert (bad, again) == ([], rows), kind


def test_a_table_saved_by_excel_in_vietnam() -> None:
    text = (
        "Nguồn;Số công chúng;Thời điểm số liệu;Nơi công bố\r\n"
        "Báo A;89.000.000;31/1/2026;Viện A\r\n;;;\r\n"
        "Báo B;1 500;01/02/2026;Viện B\r\nBáo C;12,5;2026-02-01;Viện B\r\n"
    )
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode()):
        rows, bad = parse("audience", content, "csv")
        assert bad == []
        assert rows == [
            AudienceRow(source_id="Báo A", audience=89e6, as_of=date(2026, 1, 31),
                        publisher="Viện A"),
            AudienceRow(source_id="Báo B", audience=1500, as_of=date(2026, 2, 1),
                        publisher="Viện B"),
            AudienceRow(source_id="Báo C", audience=12.5, as_of=date(2026, 2, 1),
                        publisher="Viện B"),
        ]  # fmt: skip


def test_a_workbook_with_typed_cells() -> None:
    content = sheet(
        ["STT", "Nguồn", "Ngày", "Thu thập được"],
        [1, 2026, date(2026, 3, 1), True],
        [2, "Báo", "2/3/2026", "không"],
    )
    rows, bad = parse("source-days", content, "xlsx")
    assert bad == []
    assert rows == [
        SourceDayRow(source_id="2026", day=date(2026, 3, 1), fetched=True),
        SourceDayRow(source_id="Báo", day=date(2026, 3, 2), fetched=False),
    ]


def test_a_plan_in_the_words_of_an_office() -> None:
    content = sheet(
        ["Kỳ", "Chủ đề", "Đơn vị", "Chỉ tiêu"],
        [date(2026, 3, 1), "Tình hình thế giới và khu vực", "Sở Ngoại vụ", 5.0],
        ["2026-Q1", "world_affairs", None, "1.000"],
    )
    rows, bad = parse("plan", content, "xlsx")
    assert bad == []
    # Excel turns 2026-03 into the first of March.
    assert rows == [
        PlanRow(period="2026-03", theme="world_affairs", unit="Sở Ngoại vụ", target=5),
        PlanRow(period="2026-Q1", theme="world_affairs", target=1000),
    ]


def test_every_bad_row_is_named() -> None:
    text = (
        "period,theme,unit,target\n2026-03,world_affairs,,5\n2026-13,world_affairs,,5\n"
        "2026-03,weather,,5\n2026-03,world_affairs,,năm\n2026-04,world_affairs,,-1\n"
        "2026-03,world_affairs,,6\n2026-05,world_affairs,,\n"
    )
    rows, bad = parse("plan", text.encode(), "csv")
    assert len(rows) == 1
    said = {number: str(fault) for number, fault in bad}
    assert sorted(said) == [3, 4, 5, 6, 7, 8]
    assert "2026-13" in said[3]
    assert "không có chủ đề này" in said[4]
    assert "phải là số nguyên" in said[5]
    assert "phải từ 0 trở lên" in said[6]
    assert "trùng với dòng 2" in said[7]
    assert "thiếu trường bắt buộc" in said[8]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("audience", "source_id;audience;as_of;publisher\na;5;31/2/2026;x", "phải là ngày"),
        ("audience", "source_id;audience;as_of;publisher\na;-5;1/2/2026;x", "từ 0 trở lên"),
        ("ranks", "index;edition_year;rank;publisher;url;retrieved_at\na;2024;5;x;u;1/2/2026",
         "/n_countries: thiếu trường bắt buộc"),
        ("source-days", "source_id;day;fetched\na;1/2/2026;có lẽ", "true hoặc false"),
        ("units", "theme;unit;role\nworld_affairs;a;xem", "'lead' hoặc 'support'"),
    ],
)  # fmt: skip
def test_faults_are_said_in_vietnamese(name: str, content: str, said: str) -> None:
    _, ((number, fault),) = parse(name, content.encode(), "csv")
    assert number == 2
    assert said in str(fault)


@pytest.mark.parametrize(
    ("content", "kind", "slug"),
    [
        (b"", "csv", "empty"),
        (b" \n", "json", "empty"),
        (b"[1", "json", "malformed-json"),
        (b"period,theme,colour\n", "csv", "unknown-field"),
        (b"period,theme,Period\n", "csv", "invalid"),
        (b"PK not a sheet", "xlsx", "unsupported-format"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, kind: Kind, slug: str) -> None:
    with pytest.raises(Problem) as caught:
        parse("plan", content, kind)
    assert caught.value.slug == slug


NAMES = st.text(
    # An apostrophe before a formula sign is how the sign is kept from being one.
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zs"], exclude_characters="'"),
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_any_name_survives_a_round_trip(unit: str, other: str) -> None:
    value = {"theme": "world_affairs", "unit": f"{unit} {other}", "role": "lead"}
    rows, bad = parse("units", json.dumps([value]).encode(), "json")
    assert bad == []
    assert rows[0].unit == unicodedata.normalize("NFC", f"{unit} {other}").strip()  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/t.db")
        store.migrate()
        store_rows(store, "units", rows)
        for kind in ("csv", "xlsx"):
            again, bad = parse("units", export(store, "units", kind), kind)  # type: ignore[arg-type]
            assert (bad, again) == ([], rows)
        store.engine.dispose()


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_put_and_get_over_http(client: TestClient, kind: Kind) -> None:
    body = json.dumps(ROWS["plan"]).encode()
    done = client.put("/v1/reference/plan", content=body, headers=HEADERS["json"])
    assert (done.status_code, done.json()) == (200, {"name": "plan", "rows": 2})
    by_accept = client.get(
        "/v1/reference/plan", headers={"Accept": HEADERS[kind]["Content-Type"].partition(";")[0]}
    )
    by_suffix = client.get(f"/v1/reference/plan.{kind}")
    if kind != "xlsx":
        assert by_accept.content == by_suffix.content
    kind_said = by_suffix.headers["content-type"].partition(";")[0]
    assert kind_said == HEADERS[kind]["Content-Type"].partition(";")[0]
    for target, headers in ((f"plan.{kind}", {}), ("plan", HEADERS[kind])):
        assert client.put("/v1/reference/plan", json=[]).json()["rows"] == 0
        again = client.put(f"/v1/reference/{target}", content=by_suffix.content, headers=headers)
        assert again.json() == {"name": "plan", "rows": 2}
        assert client.get("/v1/reference/plan").json() == ROWS["plan"]


def test_nothing_is_replaced_when_a_row_is_wrong(client: TestClient) -> None:
    client.put("/v1/reference/units", json=ROWS["units"])
    rows = [*ROWS["units"], {"theme": "weather", "unit": "x", "role": "lead"}, 5,
            {**ROWS["units"][0], "author": "x"}]  # fmt: skip
    body = problem(client.put("/v1/reference/units", json=rows), "invalid")
    assert "3 dòng sai" in str(body["detail"])
    said = [(e["pointer"], e["detail"]) for e in body["errors"]]  # type: ignore[attr-defined]
    assert [p for p, _ in said] == ["/2/theme", "/3/", "/4/author"]
    assert said[0][1].startswith("dòng 2: không có chủ đề này")
    assert client.get("/v1/reference/units").json() == ROWS["units"]


def test_refusals_over_http(client: TestClient) -> None:
    problem(client.get("/v1/reference/fame"), "not-found")
    problem(client.put("/v1/reference/fame", json=[]), "not-found")
    problem(client.get("/v1/reference/plan.pdf"), "unsupported-format")
    problem(client.get("/v1/reference/plan?x=1"), "invalid-parameter")
    problem(client.post("/v1/reference/plan", json=[]), "method-not-allowed")
    headers = {"Content-Type": "text/html"}
    problem(client.put("/v1/reference/plan", content=b"x", headers=headers), "unsupported-format")
    problem(
        client.put("/v1/reference/plan", content=b"[1", headers=HEADERS["json"]), "malformed-json"
    )
    assert client.get("/v1/reference/plan").json() == []


def test_figures_over_http_use_what_was_put(client: TestClient) -> None:
    rows = [{"source_id": "a", "audience": 5, "as_of": "2026-01-01", "publisher": "x"}]
    client.put("/v1/reference/audience", json=rows)
    found = client.get("/v1/coverage/reach?period=2026-03").json()
    assert found["basis"] == "items"
    assert [f["value"] for f in found["figures"]] == [None, None]
    voice = "/v1/coverage/share-of-voice?period=2026-03"
    assert len(client.get(f"{voice}&among=Gia Lai&among=Huế").json()["figures"]) == 4
    problem(client.get(voice), "invalid-parameter")
    problem(client.get(f"{voice}&among=Gia%0ALai&among=Huế"), "invalid-parameter")
    problem(client.get("/v1/coverage/volume?among=Huế"), "invalid-parameter")
    problem(client.get("/v1/coverage/growth"), "invalid-parameter")


def test_the_command_line_imports_and_exports(tmp_path: Path) -> None:
    (tmp_path / "ke-hoach.csv").write_text(
        "Kỳ;Chủ đề;Chỉ tiêu\n2026-03;world_affairs;5\n2026-Q1;tourism_destination;12\n",
        encoding="utf-8-sig",
    )
    done = ttdn(tmp_path, "reference", "import", "plan", "ke-hoach.csv")
    assert done.returncode == 0, done.stderr
    assert "2 dòng" in done.stderr
    out = ttdn(tmp_path, "reference", "export", "plan", "csv")
    assert len(list(csv.reader(io.StringIO(out.stdout), delimiter=";"))) == 3
    assert ttdn(tmp_path, "reference", "export", "plan", "kh.xlsx").returncode == 0
    cells = list(load_workbook(tmp_path / "kh.xlsx").active.iter_rows(values_only=True))
    assert cells[1] == ("2026-03", "world_affairs", None, 5)

    (tmp_path / "hong.csv").write_text("Kỳ;Chủ đề;Chỉ tiêu\nkỳ 3;world_affairs;5\n")
    done = ttdn(tmp_path, "reference", "import", "plan", "hong.csv")
    assert done.returncode == 1
    assert "dòng 2: Tham số không hợp lệ" in done.stderr
    assert "giữ nguyên" in done.stderr
    kept = ttdn(tmp_path, "reference", "export", "plan", "json").stdout
    assert [r["target"] for r in json.loads(kept)] == [5, 12]

    again = ttdn(tmp_path, "reference", "import", "plan", "-", "--input", "jsonl", stdin=kept)
    assert again.returncode == 0, again.stderr
    for arguments in (["plan", "không có.csv"], ["plan", "hong.docx"], ["fame", "hong.csv"]):
        assert ttdn(tmp_path, "reference", "import", *arguments).returncode == 2


def test_two_writers_leave_one_whole_table(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    tables = [
        [PlanRow(period="2026-03", theme="world_affairs", unit=f"{who} {k}", target=k)
         for k in range(50)]
        for who in range(4)
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda rows: store_rows(store, "plan", rows), tables))
    assert read(store, PlanRow) in tables
