"""Read-only endpoints: coverage figures, taxonomy, model card."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from data.schema import Name
from data.taxonomy import Taxonomy, taxonomy
from service.api.attachments import CSV, XLSX, attachment, described
from service.api.limits import known_parameters
from service.api.selection import Selection
from service.api.state import Running, running
from service.coverage.answer import Basis, Coverage
from service.coverage.export import TableFormat, file_names, table_file
from service.coverage.figures import METRICS, coverage
from service.coverage.voice import MOST

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]


class CoverageQuery(Selection):
    """Filter, period and basis of a figure."""

    basis: Basis = "stories"
    among: Annotated[list[Name], Field(max_length=MOST, default_factory=list)]


async def _answer(metric: str, query: CoverageQuery, state: Running) -> Coverage:
    period = query.span()
    return await anyio.to_thread.run_sync(
        lambda: coverage(state.store, metric, period, query.filter(), query.basis, query.among)
    )


async def _table(
    metric: str, query: CoverageQuery, state: Running, kind: TableFormat, media_type: str
) -> Response:
    answer = await _answer(metric, query, state)
    content = await anyio.to_thread.run_sync(lambda: table_file(answer, kind))
    return attachment(content, media_type, *file_names(answer, kind))


# Before the figure itself, whose path would take the ending for a part of the name.
@router.get(
    "/coverage/{metric}.csv",
    summary="Số liệu ở dạng bảng CSV",
    response_class=Response,
    responses=described(CSV),
)
async def get_coverage_csv(
    metric: str, query: Annotated[CoverageQuery, Query()], state: State
) -> Response:
    """Mỗi dòng một số, kèm kỳ, bộ lọc, phương pháp, phiên bản và ghi chú; Excel mở được ngay."""
    return await _table(metric, query, state, "csv", CSV)


@router.get(
    "/coverage/{metric}.xlsx",
    summary="Số liệu ở dạng bảng tính XLSX",
    response_class=Response,
    responses=described(XLSX),
)
async def get_coverage_xlsx(
    metric: str, query: Annotated[CoverageQuery, Query()], state: State
) -> Response:
    """Cùng các dòng như bảng CSV, ô số là số và ô ngày là ngày."""
    return await _table(metric, query, state, "xlsx", XLSX)


@router.get("/coverage/{metric}", summary=f"Số liệu: {', '.join(METRICS)}")
async def get_coverage(
    metric: str, query: Annotated[CoverageQuery, Query()], state: State
) -> Coverage:
    """Mỗi số kèm tử số, mẫu số, khoảng tin cậy, kỳ, bộ lọc và đường dẫn tới các dòng dữ liệu."""
    return await _answer(metric, query, state)


@router.get("/taxonomy", summary="Hệ chủ đề")
async def get_taxonomy() -> Taxonomy:
    """Nhóm, chủ đề, định nghĩa và câu hỏi phân biệt."""
    return taxonomy()


@router.get("/model", summary="Hồ sơ mô hình và số liệu đánh giá")
async def get_model(state: State) -> dict[str, Any]:
    """Phiên bản, ngưỡng, số liệu đo được và giới hạn."""
    bundle = state.classifier.bundle
    return {**bundle.settings.model_dump(mode="json"), "card": bundle.card}
