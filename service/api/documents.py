"""``/v1/documents``: ingest, list, read, delete."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from data.problems import Place, Problem
from data.reading import json_lines
from data.schema import NO_CONTROLS
from model.prediction import OUTCOMES
from service.api.limits import known_parameters
from service.api.selection import Selection
from service.api.state import Running, running
from service.ingest import Result, ingest
from service.store.counting import counted_ids

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]
DocumentId = Annotated[str, Path(max_length=200, pattern=NO_CONTROLS)]

_INGEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Document"}}
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


class Listing(Selection):
    """Filters, period and cursor of a listing."""

    outside: bool | None = None
    needs_review: bool | None = None
    counted: bool = False
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


def _records(body: bytes, lines: bool) -> Iterator[tuple[int, Any | Problem]]:
    if not lines:
        try:
            items = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem(
                "malformed-json", "Nội dung gửi lên không phải JSON hợp lệ. Hãy sửa rồi gửi lại."
            ) from None
        if not isinstance(items, list):
            raise Problem(
                "invalid", "Hãy gửi một mảng JSON các văn bản, hoặc NDJSON mỗi dòng một văn bản."
            )
        yield from enumerate(items, 1)
        return
    yield from json_lines(io.BytesIO(body))


@router.post("/documents", summary="Gán nhãn và lưu nhiều văn bản", openapi_extra=_INGEST_BODY)
async def post_documents(request: Request, state: State) -> dict[str, Any]:
    """Mảng JSON hoặc NDJSON. Mỗi văn bản có đúng một kết quả; gửi lại không đếm hai lần."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/x-ndjson", "application/ndjson", ""):
        raise Problem("unsupported-format", "Hãy gửi application/json hoặc application/x-ndjson.")
    body = await request.body()
    most = request.app.state.settings.max_documents

    def work() -> list[Result]:
        records = list(islice(_records(body, lines="ndjson" in kind), most + 1))
        if len(records) > most:
            raise Problem(
                "too-large", f"Mỗi lần gửi tối đa {most} văn bản. Hãy chia nhỏ rồi gửi lại."
            )
        return list(ingest(state.store, state.classifier, records))

    results = await state.gate.run(work)
    counts = Counter(r.outcome for r in results)
    return {
        "outcomes": {name: counts[name] for name in OUTCOMES},
        "results": [r.as_json() for r in results],
    }


@router.get("/documents", summary="Danh sách văn bản đã lưu")
async def list_documents(query: Annotated[Listing, Query()], state: State) -> dict[str, Any]:
    """Lọc như /v1/coverage; trang sau lấy bằng ``next_cursor``."""
    period = query.span()
    after = _decode_cursor(query.cursor)

    if query.counted and (query.outside is not None or query.needs_review is not None):
        raise Problem(
            "invalid-parameter",
            "counted đã chọn sẵn các dòng được tính vào số liệu. Hãy bỏ outside và needs_review.",
            [Place("/counted", "không dùng cùng outside, needs_review")],
        )

    def read() -> list[dict[str, Any]]:
        if query.counted:
            ids = counted_ids(
                state.store, query.filter(), period.first, period.last, after, query.limit + 1
            )
            return state.store.read(ids)
        return state.store.page(
            query.filter(),
            period.first,
            period.last,
            outside=query.outside,
            needs_review=query.needs_review,
            after=after,
            limit=query.limit + 1,
        )

    found = await anyio.to_thread.run_sync(read)
    page = found[: query.limit]
    more = len(found) > query.limit
    return {"documents": page, "next_cursor": _encode_cursor(page[-1]["id"]) if more else None}


@router.get("/documents/{document_id:path}", summary="Một văn bản đã lưu")
async def get_document(document_id: DocumentId, state: State) -> dict[str, Any]:
    """Văn bản và nhãn hiện hành."""
    found = await anyio.to_thread.run_sync(lambda: state.store.get(document_id))
    if found is None:
        raise _no_document()
    return found


@router.delete("/documents/{document_id:path}", summary="Xóa một văn bản")
async def delete_document(document_id: DocumentId, state: State) -> dict[str, int]:
    """Xóa khỏi mọi bảng và mọi số liệu."""
    deleted = await anyio.to_thread.run_sync(lambda: state.store.delete(document_id=document_id))
    if not deleted:
        raise _no_document()
    return {"deleted": deleted}


@router.delete("/documents", summary="Xóa mọi văn bản của một URL")
async def delete_by_url(
    url: Annotated[str, Query(min_length=1, pattern=NO_CONTROLS)], state: State
) -> dict[str, int]:
    """Xóa khỏi mọi bảng và mọi số liệu."""
    deleted = await anyio.to_thread.run_sync(lambda: state.store.delete(url=url))
    if not deleted:
        raise _no_document()
    return {"deleted": deleted}


def _no_document() -> Problem:
    return Problem("not-found", "Không có văn bản này trong kho. Hãy kiểm tra lại id hoặc URL.")


def _encode_cursor(document_id: str) -> str:
    return base64.urlsafe_b64encode(document_id.encode()).decode()


def _decode_cursor(cursor: str | None) -> str:
    try:
        after = base64.b64decode(cursor or "", altchars=b"-_", validate=True).decode()
        if "\x00" in after:
            raise ValueError("no id holds a NUL")
        return after
    except ValueError:
        raise Problem(
            "invalid-parameter",
            "Con trỏ trang không hợp lệ. Hãy dùng đúng next_cursor đã nhận.",
            [Place("/cursor", "không đọc được")],
        ) from None
