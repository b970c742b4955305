"""Speed of the shipped bundle beside a PhoBERT-base-shaped model, on the same texts in one run.

Run: ``make bench``. The alternative has random weights: its shape decides its speed. It reads the
same pieces as ours, cut to 256, in batches sorted by length. Nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from rich.console import Console
from rich.table import Table
from transformers import RobertaConfig, RobertaModel

from data.corpus import load_corpus
from data.schema import Document
from model.classifier import Classifier
from model.preparation import prepare
from model.windows import WindowPolicy, windows

REPEATS = 3


def best_of(work: Callable[[], object]) -> float:
    """Shortest of a few runs, in seconds: other load on the machine only ever adds."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def headlines(documents: list[Document]) -> list[Document]:
    return [d.model_copy(update={"body": None}) for d in documents if d.title]


def phobert_shaped(texts: list[list[int]], model: RobertaModel) -> None:
    order = sorted(texts, key=len)
    with torch.inference_mode():
        for at in range(0, len(order), 16):
            part = order[at : at + 16]
            width = max(map(len, part))
            ids = torch.tensor([[*t, *[1] * (width - len(t))] for t in part])
            model(input_ids=ids, attention_mask=(ids != 1).long())


def main() -> None:
    threads = min(2, os.cpu_count() or 1)
    torch.set_num_threads(threads)
    classifier = Classifier.load(threads=threads)
    news = [i.document for i in load_corpus("test") if i.document.title]
    config = RobertaConfig(
        vocab_size=64_001, hidden_size=768, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=3072, max_position_embeddings=258, type_vocab_size=1,
    )  # fmt: skip
    large = RobertaModel(config, add_pooling_layer=False).eval()
    table = Table(title=f"{platform.processor() or platform.machine()}, {threads} threads")
    for name in ("texts", "n", "ours, texts/s", "PhoBERT-shaped, texts/s", "ratio",
                 "preparation, share of ours", "with evidence, texts/s"):  # fmt: skip
        table.add_column(name)
    for name, documents in (("headline and sapo", headlines(news)), ("whole articles", news[:60])):
        policy = WindowPolicy()
        tokenizer = classifier.bundle.tokenizer

        def cut(documents: list[Document] = documents) -> list[list[int]]:
            return [
                windows(prepare(d), tokenizer, policy)[0][0].ids[:256]  # noqa: B023
                for d in documents
            ]

        ids = cut()
        ours = best_of(lambda d=documents: classifier.classify(d, evidence=False))
        spans = best_of(lambda d=documents: classifier.classify(d))
        prepared = best_of(cut)
        theirs = best_of(lambda i=ids: phobert_shaped(i, large))
        n = len(documents)
        table.add_row(
            name, str(n), f"{n / ours:.0f}", f"{n / theirs:.1f}", f"{theirs / ours:.0f}",
            f"{prepared / ours:.0%}", f"{n / spans:.0f}",
        )  # fmt: skip
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
