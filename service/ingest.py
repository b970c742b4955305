"""Ingest: records in, one counted outcome each, good ones stored.

HTTP, the command line and, later, feeds call :func:`ingest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from data.problems import Problem
from data.schema import Document, parse_document
from model.classifier import Classifier, Detail
from model.prediction import Outcome, Refusal, outcome_of
from service.store.store import Store

BATCH = 64


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record; ``line`` counts from 1."""

    line: int
    id: str | None
    outcome: Outcome
    problem: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        """The item of ``results`` in an ingest answer."""
        body: dict[str, Any] = {"id": self.id, "outcome": self.outcome}
        if self.problem is not None:
            body["problem"] = self.problem.as_json()
        return body


def ingest(
    store: Store, classifier: Classifier, records: Iterable[tuple[int, Any | Problem]]
) -> Iterator[Result]:
    """Tag and store records in batches; a batch is one transaction.

    Raises :class:`Problem` (``store-unavailable``) when the store is away: what was yielded before
    is stored, nothing else is.
    """
    source = iter(records)
    while batch := list(islice(source, BATCH)):
        yield from _ingest_batch(store, classifier, batch)


def _ingest_batch(
    store: Store, classifier: Classifier, batch: Sequence[tuple[int, Any | Problem]]
) -> list[Result]:
    results: dict[int, Result] = {}
    documents: list[tuple[int, Document]] = []
    for line, record in batch:
        try:
            if isinstance(record, Problem):
                raise record
            documents.append((line, parse_document(record)))
        except Problem as problem:
            name = record.get("id") if isinstance(record, dict) else None
            known = name if isinstance(name, str) else None
            results[line] = Result(line, known, outcome_of(problem), problem)
    unchanged = store.unchanged([d for _, d in documents])
    repeated = {d.id for _, d in documents if sum(e.id == d.id for _, e in documents) > 1}
    fresh = [(n, d) for n, d in documents if d.id not in unchanged or d.id in repeated]
    for line, document in documents:
        if document.id in unchanged and document.id not in repeated:
            results[line] = Result(line, document.id, "duplicate")
    answers = classifier.classify_in_detail([d for _, d in fresh], evidence=False)
    good: list[tuple[int, Document, Detail]] = []
    for (line, document), answer in zip(fresh, answers, strict=True):
        if isinstance(answer, Refusal):
            results[line] = Result(line, document.id, answer.outcome, answer.problem)
        else:
            good.append((line, document, answer))
    results |= _save(store, good)
    return [results[line] for line, _ in batch]


def _save(store: Store, good: Sequence[tuple[int, Document, Detail]]) -> dict[int, Result]:
    """Store a batch; when the database rejects a value, one by one, so that one alone fails."""
    try:
        outcomes = store.save(
            [(d, a.prediction) for _, d, a in good], [a.prepared for _, _, a in good]
        )
    except Problem as problem:
        if problem.slug != "failed":
            raise
        if len(good) == 1:
            line, document, _ = good[0]
            return {line: Result(line, document.id, "failed", problem)}
        return {line: r for one in good for line, r in _save(store, [one]).items()}
    return {
        line: Result(line, document.id, outcome)
        for (line, document, _), outcome in zip(good, outcomes, strict=True)
    }
