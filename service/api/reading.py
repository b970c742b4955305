"""Read-only endpoints: coverage figures, taxonomy, model card."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import Field

from data.taxonomy import Taxonomy, taxonomy
from service.api.limits import known_parameters
from service.api.state import Running, running
from service.coverage.answer import Basis, Coverage
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.filters import Filter

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]


class CoverageQuery(Filter):
    """Filter, period and basis of a figure."""

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    period: str | None = None
    basis: Basis = "stories"


@router.get("/coverage/{metric}", summary="Số liệu: volume, themes, sentiment")
async def get_coverage(
    metric: str, query: Annotated[CoverageQuery, Query()], state: State
) -> Coverage:
    """Mỗi số kèm tử số, mẫu số, khoảng tin cậy, kỳ, bộ lọc và đường dẫn tới các dòng dữ liệu."""
    period = parse_period(query.period, query.from_, query.to)
    chosen = Filter(**{name: getattr(query, name) for name in Filter.model_fields})
    return await anyio.to_thread.run_sync(
        lambda: coverage(state.store, metric, period, chosen, query.basis)
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
