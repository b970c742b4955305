"""Fine-tuning of one seed: the deep part with the Trainer, the wide part beside it.

Seed ``s`` holds fold ``s`` out, for early stopping and calibration, so the seeds of a recipe are
also folds of a grouped cross-validation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from tokenizers import Tokenizer
from transformers import EarlyStoppingCallback, EvalPrediction, Trainer, TrainingArguments, set_seed

from model.windows import WindowPolicy
from training.items import TrainingItems, encode, theme_targets, tone_targets
from training.metrics import best_thresholds, macro_f1, tone_f1, tone_matrix
from training.network import (
    THEMES,
    DeepPart,
    FineTuned,
    LossWeights,
    NgramHash,
    WideDeep,
    WidePart,
    load_encoder,
)
from training.wide import fit_wide

MASK = 4


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a fine-tuned model besides data, base and seed."""

    epochs: float = 4.0
    batch: int = 32
    learning_rate: float = 5e-4
    dropout: float = 0.3
    encoder_dropout: float = 0.1
    hide_tokens: float = 0.1
    drop_marks: float = 0.08
    train_length: int = 192
    wide_themes: float = 0.5
    wide_tones: float = 0.4
    patience: int = 2
    soft_learning_rate: float = 5e-4
    soft_epochs: float = 1.0


class Collator:
    """Pads a batch; while training hides tokens and sometimes takes the copy without marks."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        self.recipe = recipe
        self.rng = np.random.default_rng(seed)
        self.training = True

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """One padded batch."""
        recipe = self.recipe
        texts = []
        for row in rows:
            plain = self.training and self.rng.random() < recipe.drop_marks
            ids = np.asarray(row["plain_ids" if plain else "input_ids"])[: recipe.train_length]
            if self.training:
                hide = (self.rng.random(len(ids)) < recipe.hide_tokens) & (ids > MASK)
                ids = np.where(hide, MASK, ids)
            texts.append(ids)
        width = max(map(len, texts))
        batch = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros_like(batch)
        for k, ids in enumerate(texts):
            batch[k, : len(ids)], mask[k, : len(ids)] = ids, 1
        return {
            "input_ids": torch.from_numpy(batch),
            "attention_mask": torch.from_numpy(mask),
            "theme_labels": torch.tensor([r["theme_labels"] for r in rows]),
            "tone_labels": torch.tensor([r["tone_labels"] for r in rows]),
        }


class _Trainer(Trainer):
    """Trainer whose collator knows whether it serves training or evaluation."""

    def get_train_dataloader(self) -> Any:
        """Batches with augmentation."""
        self.data_collator.training = True
        return super().get_train_dataloader()

    def get_eval_dataloader(self, eval_dataset: Any = None) -> Any:
        """Batches without augmentation."""
        loader = super().get_eval_dataloader(eval_dataset)
        loader.collate_fn = _still(loader.collate_fn)
        return loader


def _still(collator: Any) -> Any:
    still = Collator(collator.recipe, 0)
    still.training = False
    return still


def _dataset(items: Any, tokenizer: Tokenizer, policy: WindowPolicy) -> Dataset:
    """First windows; an item that needs several is learnt from its head and opening."""
    marked = [w[0] for w in encode(items, tokenizer, policy)]
    return Dataset.from_dict(
        {
            "input_ids": marked,
            "plain_ids": [w[0] for w in encode(items, tokenizer, policy, marks=False)],
            "theme_labels": theme_targets(items).tolist(),
            "tone_labels": _one_hot(tone_targets(items)).tolist(),
            "length": [len(ids) for ids in marked],
        }
    )


def _one_hot(tones: np.ndarray) -> np.ndarray:
    """Tone targets [items, 3]; a row of zeros outside TTĐN."""
    return np.asarray(tones[:, None] == np.arange(3), dtype=np.float32)


def _soft_dataset(soft: SoftTargets) -> Dataset:
    return Dataset.from_dict(
        {
            "input_ids": soft.ids,
            "plain_ids": soft.plain_ids,
            "theme_labels": soft.themes.astype(np.float32).tolist(),
            "tone_labels": soft.tones.astype(np.float32).tolist(),
            "length": [len(ids) for ids in soft.ids],
        }
    )


def _weights(themes: np.ndarray, tones: np.ndarray) -> LossWeights:
    """Square roots of the inverse rates: half way between none and full balancing."""
    rate = themes.mean(0).clip(1e-4)
    counts = np.bincount(tones[tones >= 0], minlength=3).clip(1)
    tone = np.sqrt(counts.mean() / counts)
    return LossWeights(
        positive=torch.tensor(np.sqrt((1 - rate) / rate).clip(1, 6) ** 0.75, dtype=torch.float32),
        tone=torch.tensor(tone, dtype=torch.float32),
    )


def _eval_metrics(prediction: EvalPrediction) -> dict[str, float]:
    themes, tones = prediction.predictions
    theme_truth, tone_truth = prediction.label_ids
    truth = np.asarray(theme_truth).astype(np.int64)
    scores = 1 / (1 + np.exp(-np.asarray(themes)))
    given = (scores >= best_thresholds(truth, scores)).astype(np.int64)
    inside = np.asarray(tone_truth).any(1)
    matrix = tone_matrix(np.asarray(tone_truth).argmax(1)[inside], tones.argmax(1)[inside])
    theme, tone = macro_f1(truth, given), float(np.mean(tone_f1(matrix)))
    return {"theme_f1": theme, "tone_f1": tone, "goal": (theme + tone) / 2}


@dataclass(frozen=True)
class SoftTargets:
    """A teacher's view of unlabelled windows, with and without marks.

    ``themes`` [n, 15] are probabilities; ``tones`` [n, 3] are probabilities times that of being
    in TTĐN, so that an outside text teaches no tone.
    """

    ids: list[list[int]]
    plain_ids: list[list[int]]
    themes: np.ndarray
    tones: np.ndarray


def _fit(
    model: FineTuned,
    train: Dataset,
    held: Dataset,
    folder: Path,
    recipe: Recipe,
    seed: int,
    epochs: float,
    learning_rate: float,
) -> None:
    """Train ``model`` in place to its best epoch; taken up again from its last one."""
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=recipe.batch,
        per_device_eval_batch_size=64,
        learning_rate=learning_rate,
        warmup_steps=0.06,
        weight_decay=0.01,
        lr_scheduler_type="linear",
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="goal",
        label_names=["theme_labels", "tone_labels"],
        remove_unused_columns=False,
        logging_steps=100,
        seed=seed,
        bf16=torch.cuda.is_available(),
        report_to="none",
    )
    trainer = _Trainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=held,
        data_collator=Collator(recipe, seed),
        compute_metrics=_eval_metrics,
        callbacks=[EarlyStoppingCallback(recipe.patience)],
    )
    trainer.train(resume_from_checkpoint=any(folder.glob("checkpoint-*")) or None)


def finetune(
    base: str,
    data: TrainingItems,
    seed: int,
    folder: Path,
    recipe: Recipe,
    soft: SoftTargets | None = None,
) -> WideDeep:
    """Train one seed and leave ``network.pt`` and ``held_out.npz`` in ``folder``.

    With ``soft`` the deep part first learns what a teacher thinks of unlabelled text. Interrupted
    runs go on from their last epoch.
    """
    set_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(f"{base}/tokenizer.json")
    policy = WindowPolicy()
    train_items, held_items = data.train(seed), data.held_out(seed)
    train, held = (_dataset(i, tokenizer, policy) for i in (train_items, held_items))
    themes, tones = theme_targets(train_items), tone_targets(train_items)
    deep = DeepPart(load_encoder(base, recipe.encoder_dropout), recipe.dropout)
    taught = folder / "taught.pt"
    if soft is not None and not taught.exists():
        _fit(
            FineTuned(deep, LossWeights.none()),
            _soft_dataset(soft),
            held,
            folder / "soft-checkpoints",
            recipe,
            seed,
            recipe.soft_epochs,
            recipe.soft_learning_rate,
        )
        torch.save(deep.cpu().state_dict(), taught)
    elif soft is not None:
        deep.load_state_dict(torch.load(taught, weights_only=True))
    _fit(
        FineTuned(deep, _weights(themes, tones)),
        train,
        held,
        folder / "checkpoints",
        recipe,
        seed,
        recipe.epochs,
        recipe.learning_rate,
    )
    windows, plain = list(train["input_ids"]), list(train["plain_ids"])
    wide = fit_wide(windows, plain, themes, tones, tokenizer.get_vocab_size())
    network = WideDeep(deep.cpu().eval(), wide, recipe.wide_themes, recipe.wide_tones).eval()
    torch.save(network.state_dict(), folder / "network.pt")
    (folder / "recipe.json").write_text(
        json.dumps({**asdict(recipe), "seed": seed, "base": base, "train": len(train_items)})
    )
    return network


def load_network(base: str, folder: Path) -> WideDeep:
    """The network that :func:`finetune` left in ``folder``."""
    state = torch.load(folder / "network.pt", weights_only=True)
    vocabulary = Tokenizer.from_file(f"{base}/tokenizer.json").get_vocab_size()
    table = state["wide.table"]
    grams = NgramHash(vocabulary, len(table) - vocabulary)
    wide = WidePart(grams, state["wide.idf"][:, 0], table, state["wide.bias"])
    network = WideDeep(DeepPart(load_encoder(base)), wide, 0.5, 0.5)
    network.load_state_dict(state)
    return network.eval()


@torch.inference_mode()
def part_logits(
    network: WideDeep, encoded: list[list[list[int]]], batch: int = 64
) -> dict[str, np.ndarray]:
    """Logits of both parts for each item, ``deep`` and ``wide`` [items, 18], mean over windows."""
    flat = [(owner, ids) for owner, windows in enumerate(encoded) for ids in windows]
    order = sorted(range(len(flat)), key=lambda k: len(flat[k][1]))
    sums = {p: np.zeros((len(encoded), THEMES + 3)) for p in ("deep", "wide")}
    for at in range(0, len(order), batch):
        chosen = [flat[k] for k in order[at : at + batch]]
        width = max(len(ids) for _, ids in chosen)
        ids = torch.tensor([[*w, *[0] * (width - len(w))] for _, w in chosen])
        mask = torch.tensor([[1] * len(w) + [0] * (width - len(w)) for _, w in chosen])
        for name, part in (("deep", network.deep), ("wide", network.wide)):
            logits = torch.cat(part(ids, mask), dim=1).numpy()
            np.add.at(sums[name], [owner for owner, _ in chosen], logits)
    counts = np.asarray([len(w) for w in encoded])[:, None]
    return {name: total / counts for name, total in sums.items()}
