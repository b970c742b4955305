"""``/v1/reference/{name}``: tables that people supply, read and replaced as a whole."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Request, Response

from data.problems import Place, Problem
from data.schema import NO_CONTROLS
from service.api.limits import known_parameters
from service.api.state import Running, running
from service.reference_files import Kind, export, parse, store_rows, table_of

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]
Name = Annotated[str, Path(max_length=40, pattern=NO_CONTROLS)]
MEDIA_TYPES: dict[Kind, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_ROWS = {"schema": {"type": "array", "items": {"type": "object"}}}
_FORMATS = {m: _ROWS if k == "json" else _BINARY for k, m in MEDIA_TYPES.items()}


@router.get(
    "/reference/{name}",
    summary="Một bảng tham chiếu",
    response_class=Response,
    responses={200: {"content": _FORMATS}},
)
async def get_reference(name: Name, request: Request, state: State) -> Response:
    """JSON, CSV hoặc Excel theo đuôi ``.csv``, ``.xlsx`` của tên bảng hoặc theo Accept."""
    table, asked = _named(name)
    kind = asked or _accepted(request)
    content = await anyio.to_thread.run_sync(lambda: export(state.store, table, kind))
    headers = {"Content-Disposition": f'attachment; filename="{table}.{kind}"'}
    return Response(
        content, media_type=MEDIA_TYPES[kind], headers=headers if kind != "json" else None
    )


@router.put(
    "/reference/{name}",
    summary="Thay cả một bảng tham chiếu",
    openapi_extra={"requestBody": {"required": True, "content": _FORMATS}},
)
async def put_reference(name: Name, request: Request, state: State) -> dict[str, Any]:
    """Mảng JSON, CSV hoặc Excel. Có dòng sai thì nêu từng dòng và giữ nguyên bảng cũ."""
    table, asked = _named(name)
    kind = asked or _sent(request)
    body = await request.body()

    def work() -> int:
        rows, bad = parse(table, body, kind)
        if bad:
            raise _refused(bad)
        store_rows(state.store, table, rows)
        return len(rows)

    return {"name": table, "rows": await anyio.to_thread.run_sync(work)}


def _named(name: str) -> tuple[str, Kind | None]:
    """Table and the format that its suffix asks for. Raises :class:`Problem`."""
    table, dot, suffix = name.partition(".")
    table_of(table)
    kind = next((k for k in MEDIA_TYPES if k == suffix), None)
    if dot and kind is None:
        raise Problem(
            "unsupported-format", f"Bảng chỉ có dạng {', '.join(MEDIA_TYPES)}. Hãy đổi đuôi."
        )
    return table, kind


def _accepted(request: Request) -> Kind:
    accepted = request.headers.get("accept", "")
    return next((k for k, media in MEDIA_TYPES.items() if media in accepted), "json")


def _sent(request: Request) -> Kind:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = next(
        (k for k, media in MEDIA_TYPES.items() if media == (sent or MEDIA_TYPES["json"])), None
    )
    if kind is None:
        raise Problem(
            "unsupported-format",
            f"Hãy gửi {', '.join(MEDIA_TYPES.values())}, hoặc thêm đuôi .csv, .xlsx vào tên bảng.",
        )
    return kind


def _refused(bad: list[tuple[int, Problem]]) -> Problem:
    """One problem that names every bad row."""
    places = [
        Place(f"/{number}{place.pointer}", f"dòng {number}: {place.detail}")
        for number, problem in bad
        for place in (problem.errors or [Place("", problem.detail)])
    ]
    slugs = {problem.slug for _, problem in bad}
    return Problem(
        slugs.pop() if len(slugs) == 1 else "invalid",
        f"Có {len(bad)} dòng sai nên bảng được giữ nguyên. Hãy sửa các dòng được nêu rồi gửi lại "
        "cả bảng.",
        places,
    )
