"""``/v1/cases``: rebuttal cases, opened, linked, answered and closed by people."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from data.schema import NO_CONTROLS, Name
from service.api.limits import known_parameters
from service.api.state import Running, running
from service.coverage.period import parse_period
from service.store.case_records import Case, CaseChange, CaseOpening, Status
from service.store.cases import CaseFilter, change_case, open_case, read_cases

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]
CaseId = Annotated[str, Path(min_length=1, max_length=200, pattern=NO_CONTROLS)]


class CaseListing(BaseModel):
    """Which cases: by the day of the first claim, by place, by status; in pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    period: str | None = None
    locality: Name | None = None
    unit: Name | None = None
    status: Status | None = None
    cursor: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class CasePage(BaseModel):
    """A page of cases in order of id; ``next_cursor`` asks for the next one."""

    cases: list[Case]
    next_cursor: str | None


@router.get("/cases", summary="Danh sách vụ việc cần làm rõ")
async def list_cases(query: Annotated[CaseListing, Query()], state: State) -> CasePage:
    """Kỳ tính theo ngày có thông tin đầu tiên; trang sau lấy bằng ``next_cursor``."""
    period = parse_period(query.period, query.from_, query.to)
    chosen = CaseFilter(period.first, period.last, query.locality, query.unit, query.status)

    def read() -> list[Case]:
        return read_cases(state.store, chosen, query.cursor, query.limit + 1)

    found = await anyio.to_thread.run_sync(read)
    page = found[: query.limit]
    return CasePage(cases=page, next_cursor=page[-1].id if len(found) > query.limit else None)


@router.post("/cases", summary="Mở một vụ việc cần làm rõ")
async def post_case(given: CaseOpening, state: State) -> Case:
    """Chỉ nêu nội dung vụ việc, không nêu người đưa tin. Gửi lại cùng nội dung không tạo vụ mới."""
    return await anyio.to_thread.run_sync(lambda: open_case(state.store, given))


@router.patch("/cases/{case_id:path}", summary="Sửa, nối văn bản, trả lời hoặc đóng một vụ việc")
async def patch_case(case_id: CaseId, change: CaseChange, state: State) -> Case:
    """Trường không gửi thì giữ nguyên; ``closed_as`` bằng null là mở lại."""
    return await anyio.to_thread.run_sync(lambda: change_case(state.store, case_id, change))
