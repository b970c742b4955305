"""What a running service does once a day: leave excerpts of texts whose days are over."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import anyio
import anyio.to_thread

from service.store.store import CUT_AT_ONCE, Store

_log = logging.getLogger("ttdn")
DAY_SECONDS = 24 * 3600


async def cut_daily(store: Store, keep_days: int) -> None:
    """Cut now and once a day, until cancelled; batch by batch, so that a stop is not held up."""
    while True:
        try:
            more = True
            while more:
                cut = await anyio.to_thread.run_sync(
                    lambda: store.cut_texts(datetime.now(UTC), keep_days, CUT_AT_ONCE)
                )
                more = cut == CUT_AT_ONCE
        except Exception as error:
            # The kind of error, never its message: it may quote a text.
            _log.error("old texts were not cut: %s", type(error).__name__)
        await anyio.sleep(DAY_SECONDS)
