"""The weekly and the monthly report as Word files."""

from __future__ import annotations

from typing import Annotated, get_args

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from data.problems import Problem
from data.schema import NO_CONTROLS
from service.api.attachments import DOCX, attachment, described
from service.api.limits import known_parameters
from service.api.reading import State
from service.report.blocks import Kind
from service.report.content import content
from service.report.layout import docx_bytes
from service.report.spans import file_names
from service.store.filters import Filter

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])


class ReportQuery(Filter):
    """Filter, period and the name that stands above the report."""

    period: str
    unit_name: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)] | None = None

    def filter(self) -> Filter:
        """The filter part alone."""
        return Filter(**{name: getattr(self, name) for name in Filter.model_fields})


@router.get(
    "/reports/{kind}.docx",
    summary="Báo cáo tuần (weekly) hoặc tháng (monthly) ở dạng Word",
    response_class=Response,
    responses=described(DOCX),
)
async def get_report(kind: str, query: Annotated[ReportQuery, Query()], state: State) -> Response:
    """Khổ A4 theo thể thức văn bản hành chính; số, ngày, nơi nhận, người ký để đơn vị điền."""
    if kind not in get_args(Kind):
        raise Problem("not-found", "Không có loại báo cáo này. Hãy dùng weekly hoặc monthly.")

    def work() -> bytes:
        settings = state.classifier.bundle.settings
        told = content(
            state.store,
            kind,  # type: ignore[arg-type]
            query.period,
            query.filter(),
            settings,
            query.unit_name,
        )
        return docx_bytes(told)

    names = file_names(kind, query.period)  # type: ignore[arg-type]
    return attachment(await anyio.to_thread.run_sync(work), DOCX, *names)
