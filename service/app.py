"""The web application: routes, limits, start-up and shut-down."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.staticfiles import StaticFiles

from data.settings import Settings, settings
from model.classifier import Classifier, bundle_folder
from service.api import (
    cases,
    classify,
    documents,
    errors,
    health,
    reading,
    reference,
    reports,
    review,
)
from service.api.limits import BodyLimit, ModelGate
from service.api.state import Running
from service.store.store import Store
from service.upkeep import cut_daily
from service.web import pages

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Metrics:
    """Prometheus metrics of one application; labels never hold text or ids."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ttdn_requests_total",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "ttdn_request_seconds", "Time to answer.", ["route"], registry=self.registry
        )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    chosen: Settings = app.state.settings
    classifier, store = app.state.parts or open_parts(chosen)
    at_once = max(1, (os.cpu_count() or 1) // chosen.threads)
    app.state.running = Running(classifier, store, ModelGate(at_once, chosen.max_waiting))
    async with anyio.create_task_group() as daily:
        daily.start_soon(cut_daily, store, chosen.keep_text_days)
        yield
        daily.cancel_scope.cancel()
    app.state.running = None
    store.engine.dispose()


def open_parts(chosen: Settings) -> tuple[Classifier, Store]:
    """Load the model and open the store. Raises :class:`Problem` when one of them is refused."""
    classifier = Classifier.load(chosen.bundle or bundle_folder(), chosen.threads)
    store = Store(chosen.database_url)
    store.migrate()
    return classifier, store


def create_app(
    chosen: Settings | None = None, parts: tuple[Classifier, Store] | None = None
) -> FastAPI:
    """Build the application; model and store are opened when it starts, unless given."""
    app = FastAPI(
        title="Phân loại thông tin đối ngoại",
        version="1",
        summary="Gán chủ đề TTĐN và sắc thái cho tin, bài tiếng Việt; số liệu có khoảng tin cậy.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = chosen or settings()
    app.state.parts = parts
    app.state.metrics = Metrics()
    app.state.running = None
    errors.install(app)
    for part in (health, classify, documents, reading, reference, reports, cases, review, pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(packages=[("service.web", "static")]), name="static")

    @app.middleware("http")
    async def _observe(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        begun = time.perf_counter()
        try:
            response = await call_next(request)
        except Exception as error:
            # Stopped here: further out the server would log the message, which may quote a text.
            response = errors.unexpected(request, error)
        route: Any = request.scope.get("route")
        path = getattr(route, "path", "unknown")
        method = request.method if request.method in _METHODS else "other"
        app.state.metrics.requests.labels(path, method, response.status_code).inc()
        app.state.metrics.seconds.labels(path).observe(time.perf_counter() - begun)
        for name, value in _SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_middleware(
        BodyLimit,
        most=app.state.settings.max_body_bytes,
        special={"/v1/drafts/check": app.state.settings.max_draft_bytes},
    )
    return app


def __getattr__(name: str) -> Any:
    """``service.app:app`` for ASGI servers, built when asked for and not at import."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
