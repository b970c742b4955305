"""Rebuttal cases through the store, the HTTP door and the command line."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from data.problems import Problem
from data.taxonomy import REBUTTAL
from service.store.case_records import CaseChange, CaseOpening
from service.store.cases import CaseFilter, change_case, open_case, read_cases
from service.store.store import Store
from tests.service.test_api import problem
from tests.service.test_cli import ttdn
from tests.service.test_store import document, prediction

CASE = {
    "id": "v1",
    "matter": "Tin đồn nước suối ở một khu du lịch bị nhiễm độc",
    "claimed_at": "2026-03-05T08:30:00+07:00",
    "decided_by": "Trưởng phòng Thông tin đối ngoại",
}


def opening(**fields: Any) -> CaseOpening:
    return CaseOpening.model_validate({**CASE, **fields})


def change(**fields: Any) -> CaseChange:
    return CaseChange.model_validate({"decided_by": CASE["decided_by"], **fields})


def store_answer(store: Store, document_id: str, published: str | None, *themes: str) -> None:
    fields = {"published_at": published} if published else {}
    store.save([(document(document_id, **fields), prediction(document_id, *themes))])


def test_a_case_is_opened_linked_answered_and_closed(store: Store) -> None:
    store_answer(store, "tin", "2026-03-05", "tourism_destination")
    store_answer(store, "trả lời", "2026-03-06T02:00:00Z", REBUTTAL)
    opened = open_case(store, opening(locality=["Gia Lai"], unit=["Sở Ngoại vụ"]))
    assert (opened.status, opened.locality, opened.unit) == ("open", ["Gia Lai"], ["Sở Ngoại vụ"])
    assert opened.claimed_at == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
    linked = change_case(store, "v1", change(claim_document_ids=["tin", "tin"]))
    assert linked.claim_document_ids == ["tin"]
    answered = change_case(store, "v1", change(answer_document_id="trả lời"))
    assert (answered.status, answered.answer_document_id) == ("answered", "trả lời")
    # 02:00 in UTC is 09:00 of the same day in Vietnam.
    assert answered.answered_at is not None
    assert answered.answered_at.isoformat() == "2026-03-06T09:00:00+07:00"
    closed = change_case(store, "v1", change(closed_as="answered", decided_by="Phó giám đốc"))
    assert (closed.status, closed.closed_as) == ("closed", "answered")
    assert closed.closed_at is not None
    assert [(d.action, d.decided_by) for d in closed.decisions] == [
        ("opened", CASE["decided_by"]),
        ("linked", CASE["decided_by"]),
        ("answered", CASE["decided_by"]),
        ("closed", "Phó giám đốc"),
    ]
    reopened = change_case(store, "v1", change(closed_as=None, answer_document_id=None))
    assert (reopened.status, reopened.closed_at, reopened.answered_at) == ("open", None, None)


def test_sending_a_case_again_changes_nothing(store: Store) -> None:
    first = open_case(store, opening(locality=["B", "A"], decided_by="Một người"))
    assert open_case(store, opening(locality=["A", "B", "A"])) == first
    assert len(read_cases(store, CaseFilter())) == 1
    with pytest.raises(Problem, match="PATCH") as refused:
        open_case(store, opening(matter="Một vụ khác"))
    assert refused.value.errors[0].pointer == "/id"


def test_a_bare_day_stays_a_bare_day(store: Store) -> None:
    assert open_case(store, opening(claimed_at="2026-03-05")).claimed_at == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        ("author", "personal-field"),
        ("claimant", "personal-field"),
        ("Claimed-By", "personal-field"),
        ("nguoi_dua_tin", "personal-field"),
        ("severity", "unknown-field"),
    ],
)
def test_there_is_no_field_for_who_said_it(client: TestClient, key: str, slug: str) -> None:
    problem(client.post("/v1/cases", json={**CASE, key: "Ông A"}), slug)


@pytest.mark.parametrize(
    "matter",
    [
        " ",
        "Tin do @taikhoan đưa",
        "Xem https://example.org/nguoi-nay",
        "Liên hệ ai.do@example.org",
        "Người đưa tin có số 0912 345 678",
        "Số +84912345678",
        "dài " * 300,
    ],
)
def test_a_matter_names_no_account_and_no_address(matter: str) -> None:
    with pytest.raises(ValidationError):
        opening(matter=matter)


@pytest.mark.parametrize("matter", ["Sự việc ngày 05-03-2026 10:30", "Dự án 2.500.000.000 đồng"])
def test_dates_and_amounts_are_no_telephone_numbers(matter: str) -> None:
    assert opening(matter=matter).matter == matter


def test_a_matter_is_kept_composed() -> None:
    assert opening(matter="vụ viê\u0323c").matter == "vụ việc"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"claim_document_ids": ["không có"]}, "claim_document_ids"),
        ({"answer_document_id": "không có"}, "answer_document_id"),
        ({"answer_document_id": "chủ đề khác"}, "answer_document_id"),
        ({"answer_document_id": "không ngày"}, "answer_document_id"),
        ({"answer_document_id": "trước đó"}, "answer_document_id"),
        ({"answer_document_id": "chưa tới"}, "answer_document_id"),
        ({"closed_as": "answered"}, "closed_as"),
        ({"closed_as": "no_answer", "answer_document_id": "được"}, "closed_as"),
        ({"claimed_at": "2199-01-01"}, "claimed_at"),
        ({"claimed_at": "2026-03-07", "answer_document_id": "được"}, "answer_document_id"),
    ],
)
def test_a_change_that_does_not_hold_together_changes_nothing(
    store: Store, fields: dict[str, Any], place: str
) -> None:
    store_answer(store, "chủ đề khác", "2026-03-06", "tourism_destination")
    store_answer(store, "không ngày", None, REBUTTAL)
    store_answer(store, "chưa tới", "2199-01-01", REBUTTAL)
    store_answer(store, "trước đó", "2026-03-05T08:29:59+07:00", REBUTTAL)
    store_answer(store, "được", "2026-03-06", "tourism_destination", REBUTTAL)
    before = open_case(store, opening())
    with pytest.raises(Problem) as refused:
        change_case(store, "v1", change(**fields))
    assert refused.value.slug == "invalid"
    assert [e.pointer for e in refused.value.errors] == [f"/{place}"]
    assert read_cases(store, CaseFilter()) == [before]


def test_an_answer_on_the_bare_day_of_the_claim_is_in_order(store: Store) -> None:
    store_answer(store, "trả lời", "2026-03-05", REBUTTAL)
    open_case(store, opening())
    found = change_case(store, "v1", change(answer_document_id="trả lời"))
    assert found.answered_at == date(2026, 3, 5)


@pytest.mark.parametrize("fields", [{}, {"matter": None}, {"locality": None}, {"id": "v2"}])
def test_a_change_says_what_it_changes(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        change(**fields)


def test_an_unknown_case_and_an_unsaid_decision_maker(client: TestClient) -> None:
    problem(
        client.patch("/v1/cases/không có", json={"matter": "x", "decided_by": "A"}), "not-found"
    )
    unsaid = {k: v for k, v in CASE.items() if k != "decided_by"}
    body = problem(client.post("/v1/cases", json=unsaid), "invalid")
    assert body["errors"] == [{"pointer": "/decided_by", "detail": "thiếu trường bắt buộc"}]
    problem(client.get("/v1/cases?sentiment=negative"), "invalid-parameter")
    problem(client.get("/v1/cases?status=lost"), "invalid-parameter")


def test_deleting_a_document_unlinks_it_and_keeps_that_it_answered(store: Store) -> None:
    store_answer(store, "tin", "2026-03-05", "tourism_destination")
    store_answer(store, "trả lời", "2026-03-06", REBUTTAL)
    open_case(store, opening(claim_document_ids=["tin"]))
    change_case(store, "v1", change(answer_document_id="trả lời"))
    assert store.delete(document_id="tin") == 1
    assert store.delete(document_id="trả lời") == 1
    [case] = read_cases(store, CaseFilter())
    assert (case.claim_document_ids, case.answer_document_id) == ([], None)
    assert (case.status, case.answered_at) == ("answered", date(2026, 3, 6))


def test_lists_by_day_place_and_status_in_pages(client: TestClient) -> None:
    for k in range(5):
        body = {
            **CASE,
            "id": f"v{k}",
            "claimed_at": f"2026-03-0{k + 1}T00:30:00+07:00",
            "locality": ["Gia Lai"] if k % 2 else [],
        }
        assert client.post("/v1/cases", json=body).status_code == 200
    closing = {"closed_as": "no_answer", "decided_by": "A"}
    assert client.patch("/v1/cases/v3", json=closing).json()["status"] == "closed"

    def ids(query: str) -> list[str]:
        return [c["id"] for c in client.get(f"/v1/cases?{query}").json()["cases"]]

    assert ids("from=2026-03-02&to=2026-03-04") == ["v1", "v2", "v3"]
    assert ids("period=2026-02") == []
    assert ids("locality=Gia Lai") == ["v1", "v3"]
    assert ids("locality=Gia Lai&status=open") == ["v1"]
    assert ids("status=closed") == ["v3"]
    first = client.get("/v1/cases?limit=3").json()
    assert (len(first["cases"]), first["next_cursor"]) == (3, "v2")
    second = client.get("/v1/cases", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert ([c["id"] for c in second["cases"]], second["next_cursor"]) == (["v3", "v4"], None)


def test_a_claim_of_the_coming_hours_is_refused_and_one_of_now_is_not(store: Store) -> None:
    soon = datetime.now(UTC) + timedelta(hours=2)
    with pytest.raises(Problem):
        open_case(store, opening(claimed_at=soon.isoformat()))
    open_case(store, opening(claimed_at=datetime.now(UTC).isoformat()))


def test_many_openings_of_one_case_at_once_make_one(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_case(store, opening()), range(16)))
    assert len({case.model_dump_json() for case in opened}) == 1
    assert read_cases(store, CaseFilter()) == opened[:1]


def test_times_over_http_are_vietnamese_and_a_bare_day_is_bare(client: TestClient) -> None:
    for at, shown in (
        ("2026-03-05", "2026-03-05"),
        ("2026-03-05T20:00:00Z", "2026-03-06T03:00:00+07:00"),
    ):
        body = client.post("/v1/cases", json={**CASE, "id": at, "claimed_at": at}).json()
        assert body["claimed_at"] == shown


def test_the_command_line_opens_lists_answers_and_closes(tmp_path: Path) -> None:
    def cases(*arguments: str) -> tuple[int, str]:
        done = ttdn(tmp_path, "review", "cases", *arguments)
        return done.returncode, done.stdout + done.stderr

    matter, by = ("--matter", str(CASE["matter"])), ("--by", "Trưởng phòng")
    assert cases("open", "v1", *matter, "--claimed-at", "2026-03-05", *by) == (0, "v1: đang mở\n")
    code, text = cases("answer", "v1", "không có", *by)
    assert (code, "không có văn bản này trong kho" in text) == (2, True)
    code, text = cases("open", "v2", "--matter", "Do @ai đó", "--claimed-at", "2026-03-05", *by)
    assert (code, "nội dung vụ việc" in text) == (2, True)
    assert cases("close", "v1", "--as", "no_answer", *by) == (0, "v1: đã đóng\n")
    code, text = cases("list", "--status", "closed", "--output", "jsonl")
    assert json.loads(text)["matter"] == CASE["matter"]
    assert "v1" in cases("list")[1]
    assert cases("list", "--status", "lost")[0] == 2
