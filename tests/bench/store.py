"""Speed of the store: tagged rows in, columns for a figure out, on SQLite and PostgreSQL.

Run: ``python -m tests.bench.store --folder DIR [--postgres URL] [SIZE …]`` from the root; that
PostgreSQL database is emptied first. Documents, predictions and prepared texts are ready-made
(``made.py``), as after classification; making them is not timed. Beside the clock stands CPU time,
of this process and of the PostgreSQL backend: other load on the machine only ever adds to the
clock. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, func, select, text

from service.store.counting import columns
from service.store.filters import Filter
from service.store.store import Store
from service.store.story_tables import story_texts
from service.store.tables import facts
from tests.bench.made import Maker

BATCH = 500
MONTH = (date(2026, 1, 1), date(2026, 1, 31))
FILTERS = {
    "no filter": Filter(),
    "theme": Filter(theme="tourism_destination"),
    "country, tone": Filter(source_country="VN", sentiment="positive"),
    "locality": Filter(locality="Tỉnh 7"),
}


@dataclass(slots=True)
class Spent:
    """Seconds on the clock, and of CPU here and in the backend."""

    clock: float = 0.0
    cpu: float = 0.0
    backend: float = 0.0

    def per_row(self, rows: int) -> list[str]:
        """Cells of the table."""
        return [
            f"{rows / self.clock:.0f}",
            *(f"{1000 * s / rows:.2f}" for s in (self.cpu, self.backend)),
        ]


def backend_cpu(process: int | None) -> float:
    """Seconds of CPU of a PostgreSQL backend on this machine."""
    if process is None:
        return 0.0
    cells = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def fill(store: Store, maker: Maker) -> Iterator[tuple[int, Spent]]:
    """Save everything; rows and what they took, for the first tenth and for the last."""
    process = None
    if store.engine.dialect.name == "postgresql":
        process = store.tuples(select(func.pg_backend_pid()))[0][0]
    source = iter(maker)
    spent, rows = Spent(), 0
    for n in range(0, maker.count, BATCH):
        batch = list(islice(source, BATCH))
        begun = (time.perf_counter(), time.process_time(), backend_cpu(process))
        store.save([(m.document, m.prediction) for m in batch], [m.prepared for m in batch])
        spent.clock += time.perf_counter() - begun[0]
        spent.cpu += time.process_time() - begun[1]
        spent.backend += backend_cpu(process) - begun[2]
        rows += len(batch)
        if rows >= maker.count // 10 or n + BATCH >= maker.count:
            print(f"{n + len(batch)}: {spent.per_row(rows)}", file=sys.stderr, flush=True)
            yield rows, spent
            spent, rows = Spent(), 0


def reading(store: Store) -> list[str]:
    """Counted rows and best time of three for a month, per filter."""
    result = []
    for chosen in FILTERS.values():
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            found = columns(store, chosen, *MONTH)
            times.append(time.perf_counter() - begun)
        result.append(f"{len(found['day'])}: {1000 * min(times):.0f} ms")
    return result


def empty(url: str) -> None:
    """Remove what an earlier run left."""
    if url.startswith("sqlite"):
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()


def main() -> None:
    """Fill, read, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where SQLite files go; none: no SQLite")
    parser.add_argument("--postgres", help="URL of a database to empty and fill")
    parser.add_argument("--body", type=int, default=0, help="about how many words of body")
    chosen = parser.parse_args()
    table = Table(title=f"{platform.processor() or platform.machine()}, batches of {BATCH}")
    for name in ("store", "documents", "rows/s", "last tenth", "CPU ms a row", "backend", "texts",
                 "stories", *FILTERS):  # fmt: skip
        table.add_column(name)
    for size in chosen.sizes:
        urls = [f"sqlite:///{chosen.folder}/bench-{size}.db"] if chosen.folder else []
        for url in [*urls, *([chosen.postgres] if chosen.postgres else [])]:
            empty(url)
            store = Store(url)
            store.migrate()
            parts = list(fill(store, Maker(size, chosen.body)))
            whole = Spent(*(sum(getattr(s, n) for _, s in parts) for n in Spent.__slots__))
            rate, *cpu = whole.per_row(size)
            [(texts,)] = store.tuples(select(func.count()).select_from(story_texts))
            [(stories,)] = store.tuples(select(func.count(facts.c.story.distinct())))
            table.add_row(
                store.engine.dialect.name, str(size), rate, parts[-1][1].per_row(parts[-1][0])[0],
                *cpu, str(texts), str(stories), *reading(store),
            )  # fmt: skip
            store.engine.dispose()
            Console(width=190).print(table)


if __name__ == "__main__":
    main()
