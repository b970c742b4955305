"""The one table of problem types, and the one constructor of refusals (RFC 9457).

Everything that is refused, by HTTP, by the command line or for one record of a batch, is a
:class:`Problem` of a type listed here. ``detail`` is Vietnamese and says what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of refusal: stable slug, HTTP status, Vietnamese title."""

    slug: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        """The ``type`` member; relative, so that it is stable wherever the service runs."""
        return f"/problems/{self.slug}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input something is wrong: a JSON pointer or a parameter, and what is wrong."""

    pointer: str
    detail: str


_TYPES = [
    ProblemType("malformed-json", 400, "JSON không đọc được"),
    ProblemType("not-found", 404, "Không tìm thấy"),
    ProblemType("method-not-allowed", 405, "Phương thức không được hỗ trợ"),
    ProblemType("too-large", 413, "Dữ liệu quá lớn"),
    ProblemType("unsupported-format", 415, "Định dạng không được hỗ trợ"),
    ProblemType("invalid", 422, "Dữ liệu không hợp lệ"),
    ProblemType("unknown-field", 422, "Có trường hệ thống không nhận"),
    ProblemType("personal-field", 422, "Không nhận dữ liệu về người viết"),
    ProblemType("invalid-parameter", 422, "Tham số không hợp lệ"),
    ProblemType("empty", 422, "Không có nội dung"),
    ProblemType("not-vietnamese", 422, "Không phải tiếng Việt"),
    ProblemType("undecodable", 422, "Chữ bị lỗi bảng mã"),
    ProblemType("overloaded", 429, "Hệ thống đang quá tải"),
    ProblemType("failed", 500, "Lỗi trong hệ thống"),
    ProblemType("not-ready", 503, "Chưa sẵn sàng"),
    ProblemType("store-unavailable", 503, "Không dùng được kho dữ liệu"),
    ProblemType("bundle-refused", 503, "Gói mô hình bị từ chối"),
    ProblemType("input-not-found", 404, "Không mở được tệp đầu vào"),
]
PROBLEM_TYPES: dict[str, ProblemType] = {t.slug: t for t in _TYPES}


@dataclass(slots=True)
class Problem(Exception):
    """A refusal. ``slug`` names its type in :data:`PROBLEM_TYPES`."""

    slug: str
    detail: str
    errors: list[Place] = field(default_factory=list)
    retry_after: int | None = None

    def __post_init__(self) -> None:
        if self.slug not in PROBLEM_TYPES:
            raise KeyError(f"unknown problem type {self.slug!r}")

    @property
    def type(self) -> ProblemType:
        """The table row of this problem."""
        return PROBLEM_TYPES[self.slug]

    def as_json(self) -> dict[str, Any]:
        """Body of ``application/problem+json``."""
        body: dict[str, Any] = {
            "type": self.type.uri,
            "title": self.type.title,
            "status": self.type.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in self.errors]
        return body

    def __str__(self) -> str:
        places = "; ".join(f"{e.pointer}: {e.detail}" for e in self.errors)
        return f"{self.detail} ({places})" if places else self.detail
