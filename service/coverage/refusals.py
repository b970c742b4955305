"""Refusals shared by metrics: a filter or a basis that a metric has no meaning for."""

from __future__ import annotations

from collections.abc import Collection

from data.problems import Place, Problem
from service.coverage.question import Question


def only_filters(question: Question, known: Collection[str], why: str) -> None:
    """Raises :class:`Problem` when another filter than the known ones is given."""
    others = sorted(set(question.chosen.given()) - set(known))
    if others:
        raise Problem(
            "invalid-parameter",
            f"{why} Hãy bỏ các bộ lọc được nêu rồi gọi lại.",
            [Place(f"/{name}", "chỉ số này không lọc theo trường này") for name in others],
        )


def no_outlets(question: Question, what: str) -> None:
    """Raises :class:`Problem` on a basis of outlets."""
    if question.basis == "outlets":
        raise Problem(
            "invalid-parameter",
            f"{what} chỉ tính theo lượt đăng hoặc tin gốc. Hãy chọn basis khác.",
            [Place("/basis", "cần items hoặc stories")],
        )
