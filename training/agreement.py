"""How well the labels made in this repository agree with those that came with the real items.

While reading, one item in twenty was a hidden control: an item that was labelled already.
"""

from __future__ import annotations

import json

import numpy as np

from data.schema import SENTIMENTS
from data.taxonomy import taxonomy
from training.metrics import in_out_f1, macro_f1, micro_f1, tone_f1, tone_matrix
from training.sources import LABELS, real_labels


def control_agreement() -> dict[str, float]:
    """F1 of the control labels against the given ones, and on how many items it rests.

    Macro-F1 is over themes that at least ten controls carry.
    """
    given = {i.document.id: i.label for i in real_labels("train")}
    with (LABELS / "controls.jsonl").open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["id"] in given]
    ids = taxonomy().ids
    truth = np.asarray([[int(t in given[r["id"]].themes) for t in ids] for r in rows])
    read = np.asarray([[int(t in r["themes"]) for t in ids] for r in rows])
    tones = [
        (SENTIMENTS.index(tone), SENTIMENTS.index(r["sentiment"]))
        for r in rows
        if (tone := given[r["id"]].sentiment) is not None and r["sentiment"] is not None
    ]
    matrix = tone_matrix(np.asarray([a for a, _ in tones]), np.asarray([b for _, b in tones]))
    return {
        "items": float(len(rows)),
        "theme_micro_f1": micro_f1(truth, read),
        "theme_macro_f1_10": macro_f1(truth, read, least=10),
        "in_out_f1": in_out_f1(truth, read),
        "sentiment_macro_f1": float(np.mean(tone_f1(matrix))),
    }
