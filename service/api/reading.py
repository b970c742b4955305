"""Read-only endpoints: coverage figures, taxonomy, model card."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import Field

from data.schema import Name
from data.taxonomy import Taxonomy, taxonomy
from service.api.limits import known_parameters
from service.api.selection import Selection
from service.api.state import Running, running
from service.coverage.answer import Basis, Coverage
from service.coverage.figures import METRICS, coverage
from service.coverage.voice import MOST

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]


class CoverageQuery(Selection):
    """Filter, period and basis of a figure."""

    basis: Basis = "stories"
    among: Annotated[list[Name], Field(max_length=MOST, default_factory=list)]


@router.get("/coverage/{metric}", summary=f"Số liệu: {', '.join(METRICS)}")
async def get_coverage(
    metric: str, query: Annotated[CoverageQuery, Query()], state: State
) -> Coverage:
    """Mỗi số kèm tử số, mẫu số, khoảng tin cậy, kỳ, bộ lọc và đường dẫn tới các dòng dữ liệu."""
    period = query.span()
    return await anyio.to_thread.run_sync(
        lambda: coverage(state.store, metric, period, query.filter(), query.basis, query.among)
    )


@router.get("/taxonomy", summary="Hệ chủ đề")
async def get_taxonomy() -> Taxonomy:
    """Nhóm, chủ đề, định nghĩa và câu hỏi phân biệt."""
    return taxonomy()


@router.get("/model", summary="Hồ sơ mô hình và số liệu đánh giá")
async def get_model(state: State) -> dict[str, Any]:
    """Phiên bản, ngưỡng, số liệu đo được và giới hạn."""
    bundle = state.classifier.bundle
    return {**bundle.settings.model_dump(mode="json"), "card": bundle.card}
