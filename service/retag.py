"""Back-fill: stored documents of a period are tagged again with the model in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from model.classifier import Classifier
from model.prediction import Prediction
from service.store.retags import outdated, put_tags, without_text
from service.store.store import Store

BATCH = 64


@dataclass(frozen=True, slots=True)
class Retagged:
    """What a back-fill did.

    ``tagged``: documents with new tags; ``cut``: left with their old tags, since only an excerpt
    of their text is left; ``refused``: left, since the model in use does not read them;
    ``changed``: left, since they were stored anew meanwhile.
    """

    tagged: int
    cut: int
    refused: int
    changed: int


def retag(
    store: Store,
    classifier: Classifier,
    first: date | None,
    last: date | None,
    each: Callable[[int], None] = lambda n: None,
) -> Retagged:
    """Tag documents published between two days, both included, with the classifier's model.

    Without bounds all are, undated ones too. Documents that it tagged already are passed over, so
    that a run that was broken off is taken up again. Old predictions stay beside. ``each`` is told
    of the size of every batch. Raises :class:`Problem` when the store is away.
    """
    version = classifier.bundle.settings.model_version
    tagged = refused = changed = 0
    run: int | None = None
    after = ""
    while batch := outdated(store, version, first, last, after, BATCH):
        after = batch[-1].document.id
        answers = classifier.classify([s.document for s in batch], evidence=False)
        good = [(s, a) for s, a in zip(batch, answers, strict=True) if isinstance(a, Prediction)]
        run, done = put_tags(store, run, good)
        tagged += done
        changed += len(good) - done
        refused += len(batch) - len(good)
        each(len(batch))
    return Retagged(tagged, without_text(store, version, first, last), refused, changed)
