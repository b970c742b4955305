"""The query parameters that choose rows: a filter and a period."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.coverage.period import Period, parse_period
from service.store.filters import Filter


class Selection(Filter):
    """Filter and period, as figures and listings share them."""

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    period: str | None = None

    def filter(self) -> Filter:
        """The filter part alone."""
        return Filter(**{name: getattr(self, name) for name in Filter.model_fields})

    def span(self) -> Period:
        """The period asked for. Raises :class:`Problem`."""
        return parse_period(self.period, self.from_, self.to)
