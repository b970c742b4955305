"""Evaluate the bundle in use through its public door, as a caller would get its answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.corpus import SPLITS, load_corpus
from data.problems import Problem
from data.schema import SENTIMENTS, LabelledDocument
from model.classifier import Classifier
from model.prediction import Refusal
from training.items import theme_targets, tone_targets
from training.metrics import Scored, full_report, headline
from training.run import reporting_items
from training.sources import full_text

BATCH = 128


def bundle_scores(classifier: Classifier, items: list[LabelledDocument]) -> Scored:
    """Scores of the running bundle; a refused document scores nothing."""
    settings = classifier.bundle.settings
    themes = np.zeros((len(items), len(settings.themes)))
    # A refused item counts as a miss: no theme, and a tone that is not the true one.
    tones = np.eye(len(SENTIMENTS))[(tone_targets(items).clip(0) + 1) % len(SENTIMENTS)]
    for at in range(0, len(items), BATCH):
        batch = [i.document for i in items[at : at + BATCH]]
        for row, detail in enumerate(classifier.classify_in_detail(batch, evidence=False), at):
            if isinstance(detail, Refusal):
                continue
            themes[row] = list(detail.scores.values())
            tones[row] = list(detail.tones.values())
    return Scored(
        themes,
        tones,
        theme_targets(items).astype(np.int64),
        tone_targets(items),
        np.asarray(settings.threshold),
    )


def _slices(items: list[LabelledDocument]) -> dict[str, list[int]]:
    """Rows by channel and by length."""
    words = [len(full_text(i.document).split()) for i in items]
    post = [
        "post" in i.tags or i.tags[:1] in (("postkw",), ("postrandom",)) or not i.document.title
        for i in items
    ]
    return {
        "posts": [k for k, p in enumerate(post) if p],
        "news": [k for k, p in enumerate(post) if not p],
        "under 60 words": [k for k, n in enumerate(words) if n < 60],
        "60 to 199 words": [k for k, n in enumerate(words) if 60 <= n < 200],
        "200 words or more": [k for k, n in enumerate(words) if n >= 200],
    }


def evaluate_bundle(split: str, classifier: Classifier | None = None) -> dict[str, Any]:
    """Report on ``dev`` (real) or a split of the corpus. Raises :class:`Problem`."""
    if split == "dev":
        items = reporting_items()
    elif split in SPLITS:
        items = load_corpus(split)
    else:
        raise Problem("invalid-parameter", f"Không có phần dữ liệu {split!r}.")
    if not items:
        raise Problem("input-not-found", "Không thấy dữ liệu thật. Hãy đặt TTDN_SHARED.")
    scored = bundle_scores(classifier or Classifier.load(), items)
    report = full_report(scored)
    report["slices"] = {
        "all": report["headline"],
        **{n: headline(scored.take(np.asarray(r))) for n, r in _slices(items).items() if r},
    }
    return report
