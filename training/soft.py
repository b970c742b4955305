"""Soft targets: what a trained network thinks of unlabelled headlines, for a student to learn from.

A student of seed ``s`` learns from a teacher of the same seed, which held the same fold out, so
that out-of-fold figures stay out of fold.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from data.schema import Document
from model.calibration import sigmoid, softmax
from model.windows import WindowPolicy
from training.finetune import SoftTargets, load_network, part_logits
from training.items import encode_documents, without_marks
from training.network import THEMES
from training.sources import DevGuard, as_document, full_text, headlines, real_labels


def unlabelled(labelled: set[str], most: int, seed: int) -> list[Document]:
    """At most ``most`` random headlines; none is labelled, none holds a reporting item."""
    rows = [row for row in headlines() if row["id"] not in labelled]
    guard = DevGuard(real_labels("dev"))
    found: list[Document] = []
    for k in np.random.default_rng(seed).permutation(len(rows)):
        if len(found) == most:
            break
        document = as_document(rows[k])
        if not guard.leaks(full_text(document)):
            found.append(document)
    return found


def soft_targets(base: str, teacher: Path, documents: list[Document]) -> SoftTargets:
    """Label documents with the network that a run left in ``teacher`` (a ``seed-N`` folder).

    ``base`` holds the tokenizer, which teacher and student share. Only first windows are used:
    headlines have no other.
    """
    tokenizer, policy = Tokenizer.from_file(f"{base}/tokenizer.json"), WindowPolicy()
    encoded = [w[:1] for w in encode_documents(documents, tokenizer, policy)]
    plain = encode_documents([without_marks(d) for d in documents], tokenizer, policy)
    network = load_network(base, teacher)
    parts = part_logits(network, encoded)
    weight = np.asarray([network.wide_themes] * THEMES + [network.wide_tones] * 3)
    logits = (1 - weight) * parts["deep"] + weight * parts["wide"]
    themes = sigmoid(logits[:, :THEMES])
    inside = 1 - np.prod(1 - themes, axis=1, keepdims=True)
    return SoftTargets(
        [w[0] for w in encoded],
        [w[0] for w in plain],
        themes,
        softmax(logits[:, THEMES:]) * inside,
    )
