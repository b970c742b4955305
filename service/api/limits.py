"""Bounds on what a request may cost: body size, waiting for the model, unknown parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.problems import Place, Problem
from service.api.errors import problem_response

T = TypeVar("T")


class BodyLimit:
    """ASGI middleware: a body over the limit of its path is refused with 413."""

    def __init__(self, app: ASGIApp, most: int, special: dict[str, int]) -> None:
        self.app, self.most, self.special = app, most, special

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is read and stop at the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.special.get(scope["path"], self.most)
        too_large = Problem(
            "too-large",
            f"Nội dung gửi lên vượt quá {most // 2**20} MB. Hãy chia nhỏ rồi gửi lại.",
        )
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > most:
            await problem_response(too_large)(scope, receive, send)
            return
        seen = 0
        answered = False

        async def counted() -> Message:
            nonlocal seen, answered
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most and not answered:
                answered = True
                await problem_response(too_large)(scope, receive, send)
            # To the application the caller has gone away.
            return {"type": "http.disconnect"} if answered else message

        async def only_once(message: Message) -> None:
            if not answered:
                await send(message)

        try:
            await self.app(scope, counted, only_once)
        except Exception:
            if not answered:
                raise


class ModelGate:
    """Runs model work off the event loop, a few at a time, with a bounded queue."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)
        self._most = most_waiting
        self._waiting = 0

    @asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        if self._waiting >= self._most:
            raise Problem(
                "overloaded", "Hệ thống đang quá tải. Hãy gửi lại sau ít giây.", retry_after=2
            )
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def run(self, work: Callable[[], T]) -> T:
        """Run ``work`` in a thread. Raises :class:`Problem` (``overloaded``) when too many wait."""
        async with self._admitted():
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def known_parameters(request: Request) -> None:
    """Refuse query parameters that the endpoint does not know, rather than ignore them.

    What an endpoint knows is read from the application's own OpenAPI description.
    """
    route: Any = request.scope["route"]
    described = request.app.openapi()["paths"][route.path_format][request.method.lower()]
    allowed = {p["name"] for p in described.get("parameters", ()) if p["in"] == "query"}
    unknown = sorted(set(request.query_params) - allowed)
    if unknown:
        raise Problem(
            "invalid-parameter",
            "Có tham số hệ thống không nhận. Hãy bỏ đi hoặc sửa tên rồi gọi lại.",
            [Place(f"/{name}", "không có tham số này") for name in unknown],
        )
