"""Every refusal as ``application/problem+json``."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from data.problems import Problem
from data.schema import problem_of

_log = logging.getLogger("ttdn")


def problem_response(problem: Problem) -> Response:
    """The HTTP answer of a problem."""
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return JSONResponse(
        problem.as_json(),
        status_code=problem.type.status,
        headers=headers,
        media_type="application/problem+json",
    )


def unexpected(request: Request, error: Exception) -> Response:
    """The answer to what nobody foresaw; the log names the kind of error and the place alone."""
    _log.error("unexpected %s at %s", type(error).__name__, request.scope.get("path"))
    return problem_response(
        Problem("failed", "Có lỗi trong hệ thống. Hãy thử lại; nếu vẫn lỗi, hãy báo quản trị.")
    )


def _from_validation(error: RequestValidationError) -> Problem:
    faults = error.errors()
    if any(f["type"] == "json_invalid" for f in faults):
        return Problem(
            "malformed-json", "Nội dung gửi lên không phải JSON hợp lệ. Hãy sửa rồi gửi lại."
        )
    query = any(f["loc"] and f["loc"][0] == "query" for f in faults)
    for fault in faults:
        fault["loc"] = tuple(fault["loc"][1:])
        fault.pop("input", None)
        if fault["type"] == "value_error":
            # pydantic puts its own English words before ours
            fault["msg"] = str(fault.get("ctx", {}).get("error", fault["msg"]))
    problem = problem_of(_Faults(faults))  # type: ignore[arg-type]
    if query:
        return Problem(
            "invalid-parameter",
            "Tham số của yêu cầu không hợp lệ. Hãy sửa các chỗ được nêu rồi gọi lại.",
            problem.errors,
        )
    return problem


class _Faults:
    """FastAPI's list of faults behind pydantic's interface."""

    def __init__(self, faults: list[dict[str, object]]) -> None:
        self._faults = faults

    def errors(self, **_: object) -> list[dict[str, object]]:
        return self._faults


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> Response:
        return problem_response(_from_validation(error))

    @app.exception_handler(ValidationError)
    async def _parameters(_: Request, error: ValidationError) -> Response:
        return problem_response(problem_of(error))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            problem = Problem(
                "method-not-allowed", "Địa chỉ này không nhận phương thức đó. Xem /docs."
            )
        elif error.status_code == 404:
            problem = Problem("not-found", "Không có địa chỉ này. Xem danh sách ở /docs.")
        else:
            problem = Problem("invalid", "Yêu cầu không hợp lệ. Xem /docs rồi gửi lại.")
        response = problem_response(problem)
        response.headers.update(error.headers or {})
        return response
