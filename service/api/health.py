"""Liveness, readiness and Prometheus metrics, always answered on the event loop."""

from __future__ import annotations

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.api.state import running

router = APIRouter()


@router.get("/health/live", summary="Tiến trình còn sống")
async def live() -> dict[str, str]:
    """Luôn trả lời ngay."""
    return {"status": "live"}


@router.get("/health/ready", summary="Sẵn sàng nhận việc")
async def ready(request: Request) -> dict[str, str]:
    """Mô hình đã nạp và kho dữ liệu trả lời."""
    state = running(request)
    await anyio.to_thread.run_sync(state.store.check)
    return {"status": "ready", "model_version": state.classifier.bundle.settings.model_version}


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus exposition."""
    registry = request.app.state.metrics.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
