"""Pretraining of the encoder: token shards, static vectors, masked language modelling.

Every step reads and writes files of one work folder, so that each can be stopped and taken up
again. Held-out reporting items and whatever contains them are kept out by :class:`DevGuard`.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import ModernBertConfig, ModernBertModel

from model.preparation import prepare_text
from training.sources import (
    DevGuard,
    headlines,
    real_labels,
    segmented_articles,
    unsegmented,
)
from training.tokenizer import build_tokenizer, count_words

SEP, MASK, FIRST_PIECE = 3, 4, 5
Report = Callable[[str], None]


@dataclass(frozen=True)
class PretrainPlan:
    """Sizes and limits; times in seconds."""

    hidden: int = 256
    layers: int = 4
    heads: int = 4
    positions: int = 512
    first_article: int = 0
    articles: int = 30_000
    block: int = 96
    batch: int = 16
    learning_rate: float = 1e-3
    mask_share: float = 0.2
    seconds: float = 1800.0
    seed: int = 0


def _clean_texts(articles: range, guard: DevGuard) -> Iterator[str]:
    """Headlines first, then the articles numbered by the range, without reporting items."""
    for row in headlines():
        text = prepare_text(f"{row['title']}\n{row['sapo'] or ''}").text
        if text and not guard.leaks(text):
            yield text
    for line in islice(segmented_articles(), articles.start, articles.stop):
        text = unsegmented(line)
        if not guard.leaks(text):
            yield prepare_text(text).text


def build_shards(folder: Path, plan: PretrainPlan, report: Report = print) -> None:
    """Train the tokenizer and write ``tokens.npy``: uint16 ids, each text closed by ``[SEP]``."""
    folder.mkdir(parents=True, exist_ok=True)
    guard = DevGuard(real_labels("dev"))
    path = folder / "tokenizer.json"
    if not path.exists():
        today = (prepare_text(f"{h['title']}\n{h['sapo'] or ''}").text for h in headlines())
        build_tokenizer(count_words(segmented_articles()), today).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    chunks: list[np.ndarray[Any, Any]] = []
    texts: list[str] = []

    def flush() -> None:
        for encoding in tokenizer.encode_batch(texts):
            chunks.append(np.asarray([*encoding.ids, SEP], dtype=np.uint16))
        texts.clear()

    for text in _clean_texts(range(plan.first_article, plan.first_article + plan.articles), guard):
        texts.append(text)
        if len(texts) == 2_000:
            flush()
    flush()
    np.save(folder / "tokens.npy", np.concatenate(chunks))
    np.save(folder / "lengths.npy", np.asarray([len(c) for c in chunks], dtype=np.int32))
    report(f"{len(chunks)} texts, {sum(map(len, chunks)):,} tokens")


class _Sentences:
    """Token shards as gensim reads them, as often as it likes."""

    def __init__(self, folder: Path) -> None:
        self.tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        self.lengths = np.load(folder / "lengths.npy")

    def __iter__(self) -> Iterator[list[str]]:
        at = 0
        for length in self.lengths:
            yield [str(i) for i in self.tokens[at : at + length - 1]]
            at += length


def static_vectors(folder: Path, plan: PretrainPlan, workers: int = 2, epochs: int = 3) -> None:
    """word2vec CBOW vectors for every piece, written to ``vectors.npy`` [pieces, hidden]."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        _Sentences(folder),
        vector_size=plan.hidden,
        window=8,
        negative=10,
        min_count=5,
        sg=0,
        epochs=epochs,
        workers=workers,
        seed=plan.seed,
        max_final_vocab=None,
    )
    size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    rng = np.random.default_rng(plan.seed)
    vectors = rng.normal(0, 0.02, (size, plan.hidden)).astype(np.float32)
    found = np.asarray([int(w) for w in model.wv.index_to_key])
    trained = model.wv.vectors
    # Scaled to the spread a transformer's embedding table starts from.
    vectors[found] = trained / trained.std() * 0.05
    np.save(folder / "vectors.npy", vectors)


class MaskedLM(torch.nn.Module):
    """Encoder with a tied output layer; logits only where a token was hidden."""

    def __init__(self, config: ModernBertConfig, log_frequency: torch.Tensor) -> None:
        super().__init__()
        self.encoder = ModernBertModel(config)
        self.dense = torch.nn.Linear(config.hidden_size, config.hidden_size)
        self.norm = torch.nn.LayerNorm(config.hidden_size)
        # Starting from the pieces' own frequencies saves the first thousand steps.
        self.bias = torch.nn.Parameter(log_frequency)

    def forward(self, ids: torch.Tensor, hidden_at: torch.Tensor, truth: torch.Tensor) -> Any:
        """Mean cross-entropy over hidden tokens; ``hidden_at`` is a mask [batch, length]."""
        states = self.encoder(input_ids=ids).last_hidden_state[hidden_at]
        states = self.norm(functional.gelu(self.dense(states)))
        table = self.encoder.embeddings.tok_embeddings.weight
        return functional.cross_entropy(states @ table.T + self.bias, truth)


def _batches(tokens: np.ndarray[Any, Any], plan: PretrainPlan, rng: random.Random) -> Iterator[Any]:
    """Endless shuffled blocks, hidden at random: 90 % by the mask, 10 % left as they were."""
    while True:
        shift = rng.randrange(plan.block)
        starts = list(range(shift, len(tokens) - plan.block, plan.block))
        rng.shuffle(starts)
        for at in range(0, len(starts) - plan.batch, plan.batch):
            rows = np.stack([tokens[s : s + plan.block] for s in starts[at : at + plan.batch]])
            ids = torch.from_numpy(rows.astype(np.int64))
            truth = ids.clone()
            chance = torch.rand(ids.shape)
            hidden_at = (chance < plan.mask_share) & (ids >= FIRST_PIECE)
            ids[hidden_at & (torch.rand(ids.shape) < 0.9)] = MASK
            yield ids, hidden_at, truth[hidden_at]


def masked_lm(folder: Path, plan: PretrainPlan, report: Report = print) -> ModernBertModel:
    """Train for ``plan.seconds`` (all runs together), from ``state.pt`` when there is one.

    Learning rate: linear warm-up over 2 % of the time, then linear decay to zero.
    """
    torch.manual_seed(plan.seed)
    tokens = np.load(folder / "tokens.npy")
    size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    # Pre-norm and rotary positions: on this budget a post-norm BERT of the same size stays at the
    # unigram loss (6.8 against 5.4 after 0.5 M tokens).
    config = ModernBertConfig(
        vocab_size=size,
        hidden_size=plan.hidden,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        intermediate_size=2 * plan.hidden,
        max_position_embeddings=plan.positions,
        global_attn_every_n_layers=1,
        pad_token_id=0,
        cls_token_id=2,
        bos_token_id=2,
        sep_token_id=SEP,
        eos_token_id=SEP,
    )
    counts = np.bincount(tokens, minlength=size) + 1.0
    model = MaskedLM(config, torch.from_numpy(np.log(counts / counts.sum())).float())
    vectors = folder / "vectors.npy"
    if vectors.exists():
        table = torch.from_numpy(np.load(vectors))
        model.encoder.embeddings.tok_embeddings.weight.data.copy_(table)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=plan.learning_rate, weight_decay=0.01, betas=(0.9, 0.98)
    )
    spent, steps = 0.0, 0
    state = folder / "state.pt"
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        spent, steps = saved["spent"], saved["steps"]
    model.train()
    begun = time.monotonic()
    last_save, losses = begun, []
    for ids, hidden_at, truth in _batches(tokens, plan, random.Random(plan.seed + steps)):
        done = (spent + time.monotonic() - begun) / plan.seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(done / 0.02 + 1e-3, (1 - done) / 0.98)
        loss = model(ids, hidden_at, truth)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        steps += 1
        if steps % 100 == 0:
            seen = steps * plan.batch * plan.block
            report(
                f"step {steps} loss {np.mean(losses[-100:]):.3f} tokens {seen:,} "
                f"left {plan.seconds * (1 - done) / 60:.1f} min"
            )
        if time.monotonic() - last_save > 120:
            last_save = time.monotonic()
            _save_state(state, model, optimizer, spent + last_save - begun, steps)
    _save_state(state, model, optimizer, plan.seconds, steps)
    save_encoder(model.encoder, folder, folder / "encoder")
    (folder / "plan.json").write_text(
        json.dumps(
            {**asdict(plan), "steps": steps, "loss": float(np.mean(losses[-200:] or [math.nan]))}
        )
    )
    return model.encoder


def _save_state(path: Path, model: Any, optimizer: Any, spent: float, steps: int) -> None:
    fresh = path.with_suffix(".new")
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "spent": spent,
            "steps": steps,
        },
        fresh,
    )
    fresh.replace(path)


def save_encoder(encoder: ModernBertModel, folder: Path, target: Path) -> None:
    """Half-precision safetensors in the ``save_pretrained`` layout, tokenizer beside it."""
    target.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.half() for name, tensor in encoder.state_dict().items()}
    encoder.save_pretrained(target, state_dict=half)
    (target / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())


def pretrain(
    folder: Path, plan: PretrainPlan, steps: Iterable[str], report: Report = print
) -> None:
    """Run the named steps: ``shards``, ``vectors``, ``mlm``."""
    actions: dict[str, Callable[[], Any]] = {
        "shards": lambda: build_shards(folder, plan, report),
        "vectors": lambda: static_vectors(folder, plan),
        "mlm": lambda: masked_lm(folder, plan, report),
    }
    for step in steps:
        report(f"== {step}")
        actions[step]()
