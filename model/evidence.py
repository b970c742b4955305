"""Evidence by occlusion: the sentences whose removal lowers a score most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.preparation import PreparedDocument
from model.sentences import sentence_spans
from model.windows import Window

MOST_SENTENCES = 40
"""Sentences tried for one document, leading ones first: bounds the cost of a long article to some
forty short runs of the network."""

SPANS_A_TARGET = 3
LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a prepared document."""

    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Occlusion:
    """One window with one sentence taken out."""

    sentence: int
    window: int
    ids: list[int]


def sentences_of(document: PreparedDocument) -> list[Sentence]:
    """Sentences in reading order, at most ``MOST_SENTENCES``."""
    found = [
        Sentence(number, start, end)
        for number, segment in enumerate(document.segments)
        for start, end in sentence_spans(segment.mapped.text)
    ]
    return found[:MOST_SENTENCES]


def occlusions(sentences: list[Sentence], windows: list[Window]) -> list[Occlusion]:
    """Every window without every sentence that has tokens in it."""
    result = []
    for number, sentence in enumerate(sentences):
        for which, window in enumerate(windows):
            kept = [
                token
                for token, place in zip(window.ids, window.places, strict=True)
                if not _within(place, sentence)
            ]
            if len(kept) < len(window.ids):
                result.append(Occlusion(number, which, kept))
    return result


def _within(place: tuple[int, int, int] | None, sentence: Sentence) -> bool:
    if place is None or place[0] != sentence.segment:
        return False
    # The end decides: a piece's span may begin with the blank before the word.
    return sentence.start < place[2] <= sentence.end


def occluded_logits(
    sentences: int,
    taken: list[Occlusion],
    logits: NDArray[np.float32],
    windows: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Document logits without each sentence ``[sentences, outputs]``.

    ``logits`` [len(taken), outputs] of the occluded windows, ``windows`` [n, outputs] of the whole
    ones; a document's logits are the mean over its windows.
    """
    total = windows.astype(np.float64).sum(0)
    result = np.repeat(total[None], sentences, axis=0)
    for occlusion, row in zip(taken, logits, strict=True):
        result[occlusion.sentence] += row - windows[occlusion.window]
    return np.asarray(result / len(windows))


def strongest(losses: NDArray[np.float64]) -> list[int]:
    """Sentences that carry a score, strongest first: at most three.

    When no sentence alone carries much (they repeat one another) the strongest is still shown,
    unless taking any of them out raises the score.
    """
    order = [int(k) for k in np.argsort(-losses, kind="stable")[:SPANS_A_TARGET]]
    return [k for k in order if losses[k] >= LEAST_WEIGHT] or [
        k for k in order[:1] if losses[k] > 0
    ]
