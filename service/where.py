"""Filters as they are typed on the command line: ``name=value``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.problems import Problem
from service.store.filters import Filter


def parse_where(pairs: Sequence[str]) -> Filter:
    """The filter of a list of ``name=value``. Raises :class:`Problem` (``invalid-parameter``)."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in Filter.model_fields:
            raise Problem(
                "invalid-parameter",
                f"Bộ lọc {pair!r} không đọc được. Hãy viết tên=giá trị với tên là một trong: "
                f"{', '.join(Filter.model_fields)}.",
            )
        values[name] = value
    try:
        return Filter(**values)
    except ValueError:
        raise Problem(
            "invalid-parameter",
            "Giá trị của bộ lọc không hợp lệ. Hãy xem các giá trị cho phép ở /docs.",
        ) from None
