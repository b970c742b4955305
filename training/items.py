"""Labelled items for training: real ones and the repository's corpus, grouped and folded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from data.corpus import load_corpus
from data.neardup import clusters
from data.schema import SENTIMENTS, Document, LabelledDocument
from data.taxonomy import taxonomy
from model.language import strip_marks
from model.preparation import prepare
from model.windows import WindowPolicy, windows
from training.sources import DevGuard, full_text, read_labels, real_labels, shared_folder

FOLDS = 5
GROUP_SIMILARITY = 0.4
"""Jaccard of word trigrams from which two items count as the same story when folds are made;
lower than the corpus validator's, since a leak between folds costs more than a joined pair."""


@dataclass(frozen=True)
class TrainingItems:
    """Items with the fold of each; -1 marks items that are always trained on."""

    items: list[LabelledDocument]
    folds: list[int]

    def train(self, held_out: int) -> list[LabelledDocument]:
        """All items outside the held-out fold."""
        return [i for i, f in zip(self.items, self.folds, strict=True) if f != held_out]

    def held_out(self, fold: int) -> list[LabelledDocument]:
        """The items of one fold."""
        return [i for i, f in zip(self.items, self.folds, strict=True) if f == fold]


def _fold(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest(), "big") % FOLDS


def load_training_items(
    with_corpus: bool = True, with_real: bool = True, with_read: bool = True
) -> TrainingItems:
    """Real train items in ``FOLDS`` folds grouped by near-duplicates, corpus items beside them.

    ``with_read`` adds the headlines labelled in this repository to those that came labelled.

    Whatever holds a reporting item is dropped. Without real data the corpus itself is folded, by
    story, so that the recipe runs anywhere.
    """
    real: list[LabelledDocument] = []
    if with_real and (shared_folder() / "labels").exists():
        guard = DevGuard(real_labels("dev"))
        found = [*real_labels("train"), *(read_labels() if with_read else [])]
        real = [i for i in found if not guard.leaks(full_text(i.document))]
    made = load_corpus("train") if with_corpus or not real else []
    if made and real:
        # Real items serve for choosing and calibrating, so only the test part is kept apart.
        made += [*load_corpus("validation"), *load_corpus("calibration")]
    groups = clusters([full_text(i.document) for i in real], GROUP_SIMILARITY)
    folds = [_fold(real[g].document.id) for g in groups]
    return TrainingItems(
        items=[*real, *made],
        folds=[*folds, *(-1 if real else _fold(i.story) for i in made)],
    )


def theme_targets(items: list[LabelledDocument]) -> np.ndarray:
    """Float matrix ``[items, 15]`` of 0 and 1."""
    ids = taxonomy().ids
    return np.asarray([[float(t in i.label.themes) for t in ids] for i in items], dtype=np.float32)


def tone_targets(items: list[LabelledDocument]) -> np.ndarray:
    """Tone index of each item, -100 outside TTĐN."""
    return np.asarray(
        [-100 if i.label.sentiment is None else SENTIMENTS.index(i.label.sentiment) for i in items]
    )


def without_marks(document: Document) -> Document:
    """The same document typed without Vietnamese marks."""
    fields = ("title", "sapo", "body", "text")
    values = {f: strip_marks(v) for f in fields if (v := getattr(document, f))}
    return document.model_copy(update=values)


def encode_documents(
    documents: list[Document], tokenizer: Tokenizer, policy: WindowPolicy
) -> list[list[list[int]]]:
    """Token ids of every window of every document."""
    return [[w.ids for w in windows(prepare(d), tokenizer, policy)[0]] for d in documents]


def encode(
    items: list[LabelledDocument], tokenizer: Tokenizer, policy: WindowPolicy, marks: bool = True
) -> list[list[list[int]]]:
    """Token ids of every window of every item, with or without Vietnamese marks."""
    documents = [i.document if marks else without_marks(i.document) for i in items]
    return encode_documents(documents, tokenizer, policy)
