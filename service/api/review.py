"""``/v1/review/audit``: audits drawn at random, their documents to label blind, and the labels."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from data.schema import NO_CONTROLS, Label, Sentiment
from service.api.limits import known_parameters
from service.api.state import Running, running
from service.store.audits import find, label_item, recorded, to_label
from service.store.filters import known_theme

router = APIRouter(prefix="/v1/review", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]
AuditId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class AuditLabel(BaseModel):
    """A person's label of a drawn document; no theme and no sentiment is outside TTĐN."""

    model_config = ConfigDict(extra="forbid")

    document_id: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
    themes: Annotated[
        list[Annotated[str, AfterValidator(known_theme)]],
        Field(max_length=3, description="Chủ đề chính đứng đầu; để trống nếu ngoài TTĐN."),
    ]
    sentiment: Sentiment | None


@router.get("/audit", summary="Danh sách mẫu kiểm tra ngẫu nhiên")
async def list_audits(state: State) -> dict[str, Any]:
    """Mỗi mẫu kèm kỳ, bộ lọc, hạt giống, cỡ các tầng và số tin còn phải gán nhãn."""
    found = await anyio.to_thread.run_sync(lambda: recorded(state.store))
    return {"audits": [audit.as_json() for audit in found]}


@router.get("/audit/{audit_id}", summary="Văn bản của một mẫu kiểm tra còn phải gán nhãn")
async def get_audit(
    audit_id: AuditId, state: State, limit: Annotated[int, Query(ge=1, le=1000)] = 20
) -> dict[str, Any]:
    """Chỉ có phần chữ, theo thứ tự ngẫu nhiên: không hiện nhãn máy và nguồn tin."""

    def read() -> dict[str, Any]:
        audit = find(state.store, audit_id)
        return {**audit.as_json(), "items": to_label(state.store, audit_id, limit)}

    return await anyio.to_thread.run_sync(read)


@router.post("/audit/{audit_id}/labels", summary="Gán nhãn một văn bản của mẫu kiểm tra")
async def post_label(audit_id: AuditId, body: AuditLabel, state: State) -> dict[str, Any]:
    """Nhãn của người thay nhãn máy trong số liệu và không bao giờ dùng để huấn luyện."""
    label = Label(themes=body.themes, sentiment=body.sentiment)

    def write() -> dict[str, Any]:
        label_item(state.store, audit_id, body.document_id, label)
        audit = find(state.store, audit_id)
        return {
            "document_id": body.document_id,
            "labelled": audit.labelled,
            "remaining": audit.remaining,
        }

    return await anyio.to_thread.run_sync(write)
