from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from fastapi.testclient import TestClient

from data.corpus import load_corpus
from data.problems import PROBLEM_TYPES
from data.settings import Settings
from model.prediction import OUTCOMES, Prediction
from service.app import create_app

GOOD = {
    "id": "1",
    "title": "Thủ tướng Việt Nam hội đàm với Thủ tướng Nhật Bản",
    "sapo": "Hai bên nhất trí đưa quan hệ đối tác chiến lược toàn diện lên tầm cao mới, "
    "thúc đẩy hợp tác công nghệ, nông nghiệp và giao lưu nhân dân.",
}


FIELDS = sorted(Prediction.model_fields)


def problem(response: object, slug: str) -> dict[str, object]:
    """The body of a refusal, after checking its shape."""
    body: dict[str, object] = response.json()  # type: ignore[attr-defined]
    expected = PROBLEM_TYPES[slug]
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    assert response.status_code == expected.status  # type: ignore[attr-defined]
    assert body["type"] == expected.uri
    assert body["title"] == expected.title
    assert str(body["detail"]).endswith(".")
    return body


def test_classify_answers_in_order_with_the_contracts_fields(client: TestClient) -> None:
    documents = [GOOD, {"id": "2", "text": "The talks were useful for both sides."}]
    body = client.post("/v1/classify", json={"documents": documents}).json()
    first, second = body["results"]
    assert sorted(first) == FIELDS
    assert first["themes"][0]["id"] == "foreign_affairs_diplomacy"
    assert set(first["themes"][0]) == {"id", "name_vi", "score", "primary"}
    assert (second["id"], second["outcome"]) == ("2", "not_vietnamese")
    assert second["problem"]["type"] == "/problems/not-vietnamese"
    assert body["model_version"] == first["model_version"]


def test_evidence_can_be_left_out(client: TestClient) -> None:
    body = client.post("/v1/classify", json={"documents": [GOOD], "evidence": False}).json()
    assert body["results"][0]["evidence"] == []


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"{broken", "malformed-json"),
        (b"", "invalid"),
        (b"[]", "invalid"),
        (b'{"documents": []}', "invalid"),
        (json.dumps({"documents": [GOOD] * 257}).encode(), "invalid"),
        (json.dumps({"documents": [GOOD], "mode": 1}).encode(), "unknown-field"),
        (json.dumps({"documents": [{**GOOD, "colour": 1}]}).encode(), "unknown-field"),
        (json.dumps({"documents": [{**GOOD, "author": "x"}]}).encode(), "personal-field"),
        (json.dumps({"documents": [{"id": "1"}]}).encode(), "invalid"),
        (json.dumps({"documents": [{**GOOD, "body": "a" * 200_001}]}).encode(), "too-large"),
        (json.dumps({"documents": [{**GOOD, "body": "a" * 17_000_000}]}).encode(), "too-large"),
    ],
)
def test_classify_is_strict_about_the_whole_request(
    client: TestClient, body: bytes, slug: str
) -> None:
    headers = {"Content-Type": "application/json"}
    problem(client.post("/v1/classify", content=body, headers=headers), slug)


@pytest.mark.parametrize(
    ("path", "size"), [("/v1/classify", 17_000_000), ("/v1/drafts/check", 5_000_000)]
)
def test_a_body_of_unsaid_length_is_cut_off(client: TestClient, path: str, size: int) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(size // 100_000):
            yield b"a" * 100_000
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    problem(client.post(path, content=chunks(), headers=headers), "too-large")


def test_too_many_documents_in_one_request(client: TestClient) -> None:
    problem(client.post("/v1/documents", json=[1] * 5_001), "too-large")


def test_what_nobody_foresaw_is_said_without_its_message(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("bí mật trong bản thảo")

    monkeypatch.setattr("service.api.classify.check_draft", breaks)
    refused = client.post("/v1/drafts/check", json={"text": "bí mật trong bản thảo"})
    problem(refused, "failed")
    assert "content-security-policy" in refused.headers
    assert "bí mật" not in refused.text + caplog.text
    assert 'status="500"' in client.get("/metrics").text


def test_counted_rows_are_chosen_already(client: TestClient) -> None:
    problem(client.get("/v1/documents?counted=true&outside=true"), "invalid-parameter")
    ahead = client.get("/v1/coverage/volume?period=2199").json()["rows_url"]
    assert client.get(ahead).json()["documents"] == []


def test_unknown_parameters_paths_and_methods(client: TestClient) -> None:
    problem(client.get("/v1/coverage/volume?colour=red"), "invalid-parameter")
    problem(client.post("/v1/classify?x=1", json={"documents": [GOOD]}), "invalid-parameter")
    problem(client.get("/v1/coverage/volume?theme=weather"), "invalid-parameter")
    problem(client.get("/v1/coverage/volume?period=2026-13"), "invalid-parameter")
    problem(client.get("/v1/coverage/sentiment?basis=outlets"), "invalid-parameter")
    problem(client.get("/v1/coverage/fame"), "not-found")
    problem(client.get("/v1/documents/none"), "not-found")
    problem(client.delete("/v1/documents/none"), "not-found")
    problem(client.get("/v1/documents?cursor=%25"), "invalid-parameter")
    problem(client.get("/nowhere"), "not-found")
    problem(client.get("/v1/classify"), "method-not-allowed")


def test_every_document_has_one_outcome_and_sending_again_changes_no_figure(
    client: TestClient,
) -> None:
    items = load_corpus("test")[:80]
    rows = [
        {**i.document.model_dump(exclude_none=True, exclude={"locality", "unit"}),
         "published_at": "2026-03-05"}
        for i in items
    ]  # fmt: skip
    rows += [
        {"id": "trống", "text": " "},
        {"id": "anh", "text": "The talks were useful for both sides."},
        {"id": "vni", "text": "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"},
        {"id": "tg", "text": "x", "byline": "x"},
        {"id": "lạ", "text": "x", "colour": "x"},
    ]
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n{broken\n"
    headers = {"Content-Type": "application/x-ndjson"}
    first = client.post("/v1/documents", content=lines.encode(), headers=headers).json()
    counts = first["outcomes"]
    assert list(counts) == list(OUTCOMES)
    assert sum(counts.values()) == len(first["results"]) == 86
    assert counts["tagged"] + counts["outside"] == 80
    assert [r["outcome"] for r in first["results"][80:]] == [
        "empty", "not_vietnamese", "undecodable", "invalid", "invalid", "invalid",
    ]  # fmt: skip
    figures = {m: client.get(f"/v1/coverage/{m}").json() for m in ("volume", "themes", "sentiment")}
    again = client.post("/v1/documents", content=lines.encode(), headers=headers).json()
    assert again["outcomes"]["duplicate"] == 80
    for metric, answer in figures.items():
        assert client.get(f"/v1/coverage/{metric}").json() == answer


def test_the_rows_behind_a_figure_add_up(client: TestClient) -> None:
    items = load_corpus("test")[:60]
    rows = [
        {**i.document.model_dump(exclude_none=True, exclude={"locality", "unit"}),
         "published_at": f"2026-03-{1 + k % 28:02}", "source_id": f"Báo {k % 3}"}
        for k, i in enumerate(items)
    ]  # fmt: skip
    client.post("/v1/documents", json=rows)
    for query in ("", "?period=2026-03", "?from=2026-03-05&to=2026-03-20", "?source_id=Báo 1"):
        answer = client.get(f"/v1/coverage/volume{query}").json()
        listed: list[str] = []
        url = answer["rows_url"] + "&limit=7"
        page = client.get(url).json()
        while True:
            listed += [d["id"] for d in page["documents"]]
            if page["next_cursor"] is None:
                break
            page = client.get(f"{url}&cursor={page['next_cursor']}").json()
        assert len(set(listed)) == len(listed) == answer["figures"][0]["value"] > 0


def test_a_document_can_be_read_and_deleted(client: TestClient) -> None:
    odd = {**GOOD, "id": "báo/1?a=b", "url": "https://example.org/1", "locality": ["Gia Lai"]}
    client.post("/v1/documents", json=[odd])
    found = client.get("/v1/documents/báo%2F1%3Fa=b").json()
    assert found["title"] == GOOD["title"]
    assert found["locality"] == ["Gia Lai"]
    assert client.delete("/v1/documents?url=https://example.org/1").json() == {"deleted": 1}
    problem(client.get("/v1/documents/báo%2F1%3Fa=b"), "not-found")


@pytest.mark.parametrize("kind", ["json", "txt", "docx", "html"])
def test_a_draft_is_checked_in_every_form(client: TestClient, kind: str) -> None:
    text = f"{GOOD['title']}\n\n{GOOD['sapo']}"
    if kind == "json":
        response = client.post("/v1/drafts/check", json={"text": text})
    else:
        data = text.encode()
        if kind == "docx":
            document = docx.Document()
            for line in text.split("\n"):
                document.add_paragraph(line)
            buffer = io.BytesIO()
            document.save(buffer)
            data = buffer.getvalue()
        if kind == "html":
            data = (
                f"<html><body><h1>{GOOD['title']}</h1><p>{GOOD['sapo']}</p></body></html>".encode()
            )
        response = client.post("/v1/drafts/check", files={"file": (f"bài.{kind}", data)})
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body["themes"][0]["id"] == "foreign_affairs_diplomacy"
    assert body["runner_up"]["id"] not in [t["id"] for t in body["themes"]]
    for e in body["evidence"]:
        assert body["document"][e["field"]][e["start"] : e["end"]] == e["text"]


def test_the_runner_up_comes_with_the_question_that_decides(client: TestClient) -> None:
    questions = 0
    for item in load_corpus("test")[:30]:
        fields = item.document.model_dump(include={"title", "sapo", "body", "text"})
        body = client.post("/v1/drafts/check", json={k: v for k, v in fields.items() if v}).json()
        runner = body["runner_up"]
        assert runner["against"] == (body["themes"][0]["id"] if body["themes"] else None)
        questions += bool(runner["question_vi"] and runner["rule_vi"])
    assert questions > 15


@pytest.mark.parametrize(
    ("name", "data", "slug"),
    [
        ("a.pdf", b"%PDF", "unsupported-format"),
        ("a.doc", b"x", "unsupported-format"),
        ("a.docx", b"not a zip", "unsupported-format"),
        ("a.txt", b"\x00\x01binary", "undecodable"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"The talks were useful for both sides.", "not-vietnamese"),
        ("a.txt", b"a" * 5_000_000, "too-large"),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused(
    client: TestClient, name: str, data: bytes, slug: str
) -> None:
    problem(client.post("/v1/drafts/check", files={"file": (name, data)}), slug)


@pytest.mark.parametrize(
    ("request_", "slug"),
    [
        ({"json": {"text": "x", "author": "y"}}, "personal-field"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "malformed-json"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, "unsupported-format"),
        ({"files": {"other": ("a.txt", b"x")}}, "invalid"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, "invalid"),
    ],
)
def test_requests_that_hold_no_draft(
    client: TestClient, request_: dict[str, object], slug: str
) -> None:
    problem(client.post("/v1/drafts/check", **request_), slug)  # type: ignore[arg-type]


def test_a_draft_reaches_no_disk_no_log_and_no_metric(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "chim hoàng yến sải cánh qua đỉnh Chư Nâm"
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def spools(*_: object) -> None:
        raise AssertionError("a draft was about to be written to disk")

    # The file behind an upload has no name, so looking for it afterwards would find nothing.
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", spools)
    caplog.set_level(logging.DEBUG)
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ttdn.db"))
    # Over a megabyte, where an ordinary upload would be spooled to disk.
    long = canary + " " + "a" * 1_500_000
    with TestClient(app, raise_server_exceptions=False) as client:
        answers = [
            client.post("/v1/drafts/check", json={"text": canary}),
            client.post("/v1/drafts/check", json={"text": canary, "colour": canary}),
            client.post("/v1/drafts/check", files={"file": ("a.txt", canary.encode())}),
            client.post("/v1/drafts/check", files={"file": ("a.html", canary.encode())}),
            client.post("/v1/drafts/check", files={"file": ("a.txt", long.encode())}),
            client.post("/v1/drafts/check", files={"file": ("a.docx", canary.encode())}),
        ]
        metrics = client.get("/metrics").text
        files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert [a.status_code for a in answers] == [200, 422, 200, 200, 413, 415]
    assert files
    assert not any(canary.encode() in content for content in files)
    assert canary not in metrics
    assert canary not in caplog.text
    assert all(canary not in a.text for a in answers[4:])


def test_pages_carry_a_strict_policy_and_no_outside_asset(client: TestClient) -> None:
    for path in ("/", "/docs"):
        page = client.get(path)
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "http://" not in page.text
        assert "https://" not in page.text
    assert client.get("/static/draft.js").status_code == 200
    assert client.get("/static/style.css").status_code == 200


def test_taxonomy_model_health_and_metrics(client: TestClient) -> None:
    assert len(client.get("/v1/taxonomy").json()["themes"]) == 15
    model = client.get("/v1/model").json()
    assert model["card"].startswith("# TTĐN classifier")
    assert {"figures", "threshold", "model_version"} <= set(model)
    assert client.get("/health/live").json() == {"status": "live"}
    ready = client.get("/health/ready").json()
    assert ready == {"status": "ready", "model_version": model["model_version"]}
    assert 'route="/v1/taxonomy"' in client.get("/metrics").text


def test_a_store_that_goes_away_is_said_and_classifying_goes_on(client: TestClient) -> None:
    app = client.app
    from sqlalchemy import create_engine

    app.state.running.store.engine = create_engine("sqlite:////nowhere/ttdn.db")  # type: ignore[attr-defined]
    refused = client.post("/v1/documents", json=[GOOD])
    problem(refused, "store-unavailable")
    assert refused.headers["retry-after"] == "5"
    problem(client.get("/v1/coverage/volume"), "store-unavailable")
    problem(client.get("/health/ready"), "store-unavailable")
    assert client.post("/v1/classify", json={"documents": [GOOD]}).status_code == 200


def test_too_many_waiting_are_told_to_come_back(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ttdn.db", max_waiting=1))
    with TestClient(app, raise_server_exceptions=False) as client:
        app.state.running.gate._waiting = 1
        refused = client.post("/v1/classify", json={"documents": [GOOD]})
        problem(refused, "overloaded")
        assert int(refused.headers["retry-after"]) > 0
        app.state.running.gate._waiting = 0
        assert client.post("/v1/classify", json={"documents": [GOOD]}).status_code == 200
        assert app.state.running.gate._waiting == 0
