"""UIT-VSFC sentiment (Nguyen et al. 2018) with the committed encoder: official split, some seeds.

A check of the encoder on a public task; nothing of it goes into the bundle. Epoch and weight of the
n-gram part are chosen on the official development part; the test part is read once a seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from tokenizers import Tokenizer
from torch import nn

from model.preparation import prepare_text
from training.network import load_encoder
from training.sources import shared_folder

LABELS = ("neg", "neu", "pos")
CLS, SEP, MASK = 2, 3, 4
WEIGHTS = np.linspace(0, 1, 11)


class Sentences:
    """One part of the benchmark: texts, ids and labels."""

    def __init__(self, part: str, tokenizer: Tokenizer) -> None:
        path = shared_folder() / "benchmarks" / "uit_vsfc" / f"{part}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self.texts = [prepare_text(row["text"]).text.lower() for row in rows]
        encoded = tokenizer.encode_batch(self.texts, add_special_tokens=False)
        self.ids = [[CLS, *e.ids[:94], SEP] for e in encoded]
        self.labels = np.asarray([LABELS.index(row["sentiment"]) for row in rows])


class Head(nn.Module):
    """Mean and max pooling over the encoder, then a linear layer."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.encoder = load_encoder(base, 0.1)
        self.dropout = nn.Dropout(0.3)
        self.out = nn.Linear(2 * int(self.encoder.config.hidden_size), len(LABELS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits [batch, 3]."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        wide = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * wide).sum(1) / wide.sum(1)
        peak = (states - (1 - wide) * 1e4).amax(1)
        return self.out(self.dropout(torch.cat([mean, peak], -1)))


def _batches(ids: list[list[int]], order: Any, size: int) -> Iterator[tuple[Any, Any, Any]]:
    for at in range(0, len(order), size):
        chosen = order[at : at + size]
        width = max(len(ids[k]) for k in chosen)
        rows = torch.tensor([ids[k] + [0] * (width - len(ids[k])) for k in chosen])
        yield chosen, rows, (rows != 0).long()


@torch.inference_mode()
def _probabilities(model: Head, part: Sentences) -> np.ndarray:
    model.eval()
    result = np.zeros((len(part.ids), len(LABELS)))
    for chosen, ids, mask in _batches(part.ids, np.argsort([len(i) for i in part.ids]), 128):
        result[chosen] = torch.softmax(model(ids, mask), -1).numpy()
    return result


def _deep(
    base: str, parts: dict[str, Sentences], seed: int, epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities on dev and test of the best epoch by weighted F1 on dev."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model, train = Head(base), parts["train"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01)
    steps = epochs * -(-len(train.ids) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 5e-4, total_steps=steps, pct_start=0.06, anneal_strategy="linear"
    )
    best, kept = -1.0, (np.zeros(0), np.zeros(0))
    for _ in range(epochs):
        model.train()
        for chosen, ids, mask in _batches(train.ids, rng.permutation(len(train.ids)), 32):
            hidden = (torch.rand(ids.shape) < 0.1) & (ids > MASK)
            logits = model(ids.masked_fill(hidden, MASK), mask)
            loss = nn.functional.cross_entropy(
                logits, torch.from_numpy(train.labels[chosen]), label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        dev = _probabilities(model, parts["dev"])
        score = f1_score(parts["dev"].labels, dev.argmax(1), average="weighted")
        if score > best:
            best, kept = float(score), (dev, _probabilities(model, parts["test"]))
    return kept


def _wide(parts: dict[str, Sentences]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities on dev and test of logistic regression on word and character n-grams."""
    words = TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"\w+")
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    train = hstack(
        [words.fit_transform(parts["train"].texts), characters.fit_transform(parts["train"].texts)]
    )
    model = LogisticRegression(C=8.0, max_iter=500).fit(train, parts["train"].labels)
    dev, test = (
        model.predict_proba(hstack([words.transform(p.texts), characters.transform(p.texts)]))
        for p in (parts["dev"], parts["test"])
    )
    return dev, test


def _figures(truth: np.ndarray, given: np.ndarray) -> dict[str, float]:
    each = f1_score(truth, given, average=None)
    return {
        "weighted_f1": float(f1_score(truth, given, average="weighted")),
        "macro_f1": float(np.mean(each)),
        "neutral_f1": float(each[LABELS.index("neu")]),
    }


def uit_vsfc(base: str, seeds: tuple[int, ...] = (0, 1, 2), epochs: int = 6) -> dict[str, Any]:
    """Mean and sd over seeds on the official test: deep alone, and with the n-gram part."""
    tokenizer = Tokenizer.from_file(f"{base}/tokenizer.json")
    parts = {p: Sentences(p, tokenizer) for p in ("train", "dev", "test")}
    wide_dev, wide_test = _wide(parts)
    rows: dict[str, list[dict[str, float]]] = {"deep": [], "deep_and_ngrams": []}
    for seed in seeds:
        dev, test = _deep(base, parts, seed, epochs)
        scores = [
            f1_score(
                parts["dev"].labels, ((1 - w) * dev + w * wide_dev).argmax(1), average="weighted"
            )
            for w in WEIGHTS
        ]
        weight = WEIGHTS[int(np.argmax(scores))]
        mixed = (1 - weight) * test + weight * wide_test
        rows["deep"].append(_figures(parts["test"].labels, test.argmax(1)))
        rows["deep_and_ngrams"].append(_figures(parts["test"].labels, mixed.argmax(1)))
    summary: dict[str, Any] = {
        name: {
            key: {
                "mean": float(np.mean([f[key] for f in found])),
                "sd": float(np.std([f[key] for f in found], ddof=1)) if len(found) > 1 else 0.0,
            }
            for key in found[0]
        }
        for name, found in rows.items()
    }
    return {
        "seeds": list(seeds),
        "epochs": epochs,
        **summary,
        "ngrams": _figures(parts["test"].labels, wide_test.argmax(1)),
    }
