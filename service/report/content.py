"""What a report says: figures gathered once, then worded as a weekly or a monthly report."""

from __future__ import annotations

from model.bundle import BundleSettings
from service.report.blocks import Kind, Report
from service.report.gathering import gather
from service.report.monthly import monthly
from service.report.weekly import weekly
from service.store.filters import Filter
from service.store.store import Store


def content(
    store: Store,
    kind: Kind,
    period: str,
    chosen: Filter,
    settings: BundleSettings,
    unit_name: str | None = None,
) -> Report:
    """The report on a period. Raises :class:`Problem` for a period that is no week or month.

    ``settings``: of the model bundle in use, for what it was measured to get wrong.
    """
    gathered = gather(store, kind, period, chosen, settings)
    return (weekly if kind == "weekly" else monthly)(gathered, unit_name)
