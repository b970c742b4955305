"""SIGKILL at any moment of ingest loses no acknowledged document and stores none twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from service.store.counting import LABELS, columns
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import documents, facts, prediction_themes, predictions
from tests.bench.made import Made, Maker

ROOT = Path(__file__).parents[2]
COUNT = 1_500
ROUNDS = 8


def send(store: Store, made: list[Made]) -> list[str]:
    """Ids that the store acknowledged, with what became of them."""
    outcomes = store.save([(m.document, m.prediction) for m in made], [m.prepared for m in made])
    return [f"{m.document.id} {o}" for m, o in zip(made, outcomes, strict=True)]


def child(url: str, first: int) -> None:
    """Send everything from a place on, in batches; print what is acknowledged."""
    store = Store(url)
    made = list(Maker(COUNT))[first:]
    print("ready", flush=True)
    at, size = 0, random.Random(first)
    while at < len(made):
        step = size.randint(1, 40)
        print("\n".join(send(store, made[at : at + step])), flush=True)
        at += step


def killed_at(url: str, first: int, after: float) -> list[str]:
    """What a child had acknowledged when it was killed some seconds after its first batch."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.test_kill", url, str(first)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests/offline")))},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    head = [process.stdout.readline() for _ in range(2)]
    assert head[0] == "ready\n"
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    rest = process.stdout.read()
    process.wait()
    # A line that was cut off is no acknowledgement.
    return [line for line in (head[1] + rest).split("\n")[:-1] if line]


def test_a_killed_ingest_loses_nothing_and_stores_nothing_twice(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    draw = random.Random(os.urandom(8))
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        # Each sends again some of what is there.
        first = max(0, len(acknowledged) - draw.randrange(60))
        lines = killed_at(database_url, first, draw.uniform(0, 0.25))
        acknowledged |= {line.split()[0] for line in lines}
    everything = list(Maker(COUNT))
    with store.writing():
        pass  # The server may still be about the last transaction of the one killed last.
    there = stored(store)
    assert there >= acknowledged
    assert len(acknowledged) >= ROUNDS
    for at in range(0, COUNT, 100):
        answers = dict(line.split() for line in send(store, everything[at : at + 100]))
        for own, outcome in answers.items():
            assert (outcome == "duplicate") == (own in there)
    again = [line.split()[1] for at in range(0, COUNT, 100)
             for line in send(store, everything[at : at + 100])]  # fmt: skip
    assert set(again) == {"duplicate"}
    assert stored(store) == {m.document.id for m in everything}

    clean = Store(f"sqlite:///{tmp_path}/clean.db")
    clean.migrate()
    send(clean, everything)
    assert figures(store) == figures(clean)
    clean.engine.dispose()


def stored(store: Store) -> set[str]:
    """Ids of documents; each has one row of facts and one prediction with its themes."""
    with store.transaction() as connection:
        ids = set(connection.scalars(select(documents.c.id)))
        for table in (facts, predictions):
            assert sorted(connection.scalars(select(table.c.document_id))) == sorted(ids)
        tagged = select(func.count()).select_from(facts).where(facts.c.themes != 0)
        themed = select(func.count(prediction_themes.c.document_id.distinct()))
        assert connection.scalar(tagged) == connection.scalar(themed)
    return ids


def figures(store: Store) -> list[list[object]]:
    found = columns(store, Filter(), None, None, LABELS, ("document_id",))
    return [list(column) for column in found.values()]


if __name__ == "__main__":
    child(sys.argv[1], int(sys.argv[2]))
