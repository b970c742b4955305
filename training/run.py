"""``ttdn train``: seeds, calibration, evaluation, floor, bundle, in one resumable run folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from data.problems import Problem
from data.schema import SENTIMENTS, LabelledDocument
from data.taxonomy import taxonomy
from model.bundle import file_hash
from model.preparation import PREPARATION_VERSION
from model.windows import WindowPolicy
from training.agreement import control_agreement
from training.calibrate import Calibrated, HeldOut, calibrate
from training.card import write_card
from training.conformal import LEVEL, kept
from training.error_figures import item_class
from training.export import write_bundle
from training.finetune import Recipe, finetune, load_network, part_logits
from training.floor import fit_floor
from training.items import (
    TrainingItems,
    encode,
    load_training_items,
    theme_targets,
    tone_targets,
)
from training.metrics import Scored, best_thresholds, full_report, headline
from training.network import THEMES, WideDeep
from training.soft import soft_targets, unlabelled
from training.sources import full_text, real_labels, shared_folder
from training.tokenizer import SPECIALS

ENCODER = Path(__file__).resolve().parent / "encoder"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Teaching:
    """Learn first from what an earlier run thinks of ``most`` unlabelled headlines.

    ``teachers`` is that run's folder, with a ``seed-N`` for each seed of this one.
    """

    teachers: Path
    most: int


def _fingerprint(
    base: str, data: TrainingItems, seed: int, recipe: Recipe, teaching: Teaching | None
) -> str:
    """Hash of all that decides a seed's weights: recipe, encoder, items, labels, folds, teacher."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for name in ("model.safetensors", "tokenizer.json"):
        digest.update(file_hash(Path(base) / name).encode())
    if teaching is not None:
        network = teaching.teachers / f"seed-{seed}" / "network.pt"
        digest.update(f"{teaching.most} {file_hash(network)}".encode())
    for item, fold in zip(data.items, data.folds, strict=True):
        digest.update(f"{fold} {item.label.model_dump_json()} ".encode())
        digest.update(full_text(item.document).encode("utf-8", "replace"))
    return digest.hexdigest()


def _same_inputs(folder: Path, fingerprint: str) -> None:
    """Results in a folder are taken up again only when they rest on the same inputs."""
    path = folder / "inputs.sha256"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(fingerprint + "\n")
    elif path.read_text().strip() != fingerprint:
        raise Problem(
            "invalid",
            f"Thư mục {folder} chứa kết quả của dữ liệu, bộ mã hóa hoặc công thức khác. "
            "Hãy dùng --folder khác.",
        )


def _own_encoder(base: str) -> None:
    """Refuse a base whose tokenizer is not laid out as ours, rather than train on wrong ids."""
    path = Path(base) / "tokenizer.json"
    if path.is_file():
        tokenizer = Tokenizer.from_file(str(path))
        if [tokenizer.token_to_id(s) for s in SPECIALS] == list(range(len(SPECIALS))):
            return
    raise Problem(
        "unsupported-format",
        f"Bộ mã hóa {base!r} chưa dùng được: cần thư mục do ttdn pretrain ghi ra.",
    )


def _held_out(network: WideDeep, items: list[LabelledDocument], tokenizer: Tokenizer) -> HeldOut:
    policy = WindowPolicy()
    marked = part_logits(network, encode(items, tokenizer, policy))
    plain = part_logits(network, encode(items, tokenizer, policy, marks=False))
    return HeldOut(
        marked["deep"],
        marked["wide"],
        plain["deep"],
        plain["wide"],
        theme_targets(items),
        tone_targets(items),
    )


def _save(path: Path, held: HeldOut) -> None:
    np.savez_compressed(path, **asdict(held))


def _load(path: Path) -> HeldOut:
    with np.load(path) as found:
        return HeldOut(**{name: found[name] for name in found.files})


def scored(held: HeldOut, calibrated: Calibrated) -> Scored:
    """Calibrated scores of held logits beside their labels."""
    themes, tones = calibrated.scores(held.mixed(calibrated.wide_themes, calibrated.wide_tones))
    return Scored(
        themes,
        tones,
        held.themes.astype(np.int64),
        held.tones,
        np.asarray(calibrated.threshold),
    )


def review_figures(part: Scored, calibrated: Calibrated) -> dict[str, Any]:
    """What review keeps of what is true, and which part of the items it takes."""
    threshold, band = np.asarray(calibrated.threshold), np.asarray(calibrated.band)
    low = np.minimum(threshold - band, calibrated.band_floor)
    near = ((part.themes >= low) & (part.themes < threshold + band)).any(1)
    inside = part.tone_truth >= 0
    possible = (part.tones[inside] >= np.asarray(calibrated.tone_floor)).astype(np.int64)
    return {
        "level": LEVEL,
        "themes": kept((part.themes >= low).astype(np.int64), part.theme_truth),
        "tones": kept(possible, np.eye(3, dtype=np.int64)[part.tone_truth[inside]]),
        "near_threshold": float(near.mean()),
        "tone_unsure": float((possible.sum(1) != 1).mean()),
    }


def _cross_fitted(held: list[HeldOut]) -> list[Scored]:
    """Each fold scored with what was calibrated on the other folds.

    With a single seed there is no other fold, and the figures are those of the fit itself.
    """
    if len(held) == 1:
        return [scored(held[0], calibrate(held[0]))]
    others = [HeldOut.join(held[:k] + held[k + 1 :]) for k in range(len(held))]
    return [scored(h, calibrate(o)) for h, o in zip(held, others, strict=True)]


def _joined(parts: list[Scored]) -> Scored:
    """Folds one below another; scores are shifted so that one set of thresholds serves them all."""
    first = parts[0].thresholds
    return Scored(
        np.concatenate([p.themes - p.thresholds + first for p in parts]),
        np.concatenate([p.tones for p in parts]),
        np.concatenate([p.theme_truth for p in parts]),
        np.concatenate([p.tone_truth for p in parts]),
        first,
    )


def _mean_sd(rows: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "mean": float(np.mean([r[name] for r in rows])),
            "sd": float(np.std([r[name] for r in rows], ddof=1)) if len(rows) > 1 else 0.0,
        }
        for name in rows[0]
    }


def train_seed(
    base: str,
    data: TrainingItems,
    seed: int,
    folder: Path,
    recipe: Recipe,
    teaching: Teaching | None,
    report: Report,
) -> None:
    """Train one seed unless its results are there; leaves out-of-fold and reporting logits."""
    _same_inputs(folder, _fingerprint(base, data, seed, recipe, teaching))
    if (folder / "held_out.npz").exists():
        report(f"seed {seed}: đã có, bỏ qua")
        return
    soft = None
    if teaching is not None:
        labelled = {i.document.id for i in data.items}
        documents = unlabelled(labelled, teaching.most, seed)
        report(f"seed {seed}: {len(documents)} tiêu đề chưa gán nhãn")
        soft = soft_targets(base, teaching.teachers / f"seed-{seed}", documents)
    network = finetune(base, data, seed, folder, recipe, soft)
    tokenizer = Tokenizer.from_file(f"{base}/tokenizer.json")
    reporting = reporting_items()
    if reporting:
        _save(folder / "reporting.npz", _held_out(network, reporting, tokenizer))
    _save(folder / "held_out.npz", _held_out(network, data.held_out(seed), tokenizer))


def reporting_items() -> list[LabelledDocument]:
    """Items that are only ever reported on; empty where real data is absent."""
    return real_labels("dev") if (shared_folder() / "labels").exists() else []


def floor_figures(
    train: list[LabelledDocument], held: list[LabelledDocument], reporting: list[LabelledDocument]
) -> dict[str, Any]:
    """The linear floor on the same items, its thresholds chosen on the same held-out fold."""
    floor = fit_floor(train)
    themes, tones = floor.scores(held)
    truth = theme_targets(held).astype(np.int64)
    thresholds = best_thresholds(truth, themes)
    figures = {"held_out": headline(Scored(themes, tones, truth, tone_targets(held), thresholds))}
    if reporting:
        themes, tones = floor.scores(reporting)
        truth = theme_targets(reporting).astype(np.int64)
        report = full_report(Scored(themes, tones, truth, tone_targets(reporting), thresholds))
        figures["reporting"] = report["headline"]
        figures["reporting_themes"] = {k: v["f1"] for k, v in report["themes"].items()}
    return figures


def train(
    base: str = str(ENCODER),
    folder: Path = Path("runs/train"),
    seeds: tuple[int, ...] = (0, 1, 2),
    recipe: Recipe | None = None,
    with_corpus: bool = True,
    with_read: bool = True,
    with_floor: bool = True,
    teaching: Teaching | None = None,
    version: str = "0.1.0",
    target: Path | None = None,
    report: Report = print,
) -> dict[str, Any]:
    """The whole recipe; writes ``report.json`` and the bundle of the first seed to ``target``.

    Every choice (weights of the parts, temperatures, thresholds) is made on out-of-fold items.
    """
    recipe = recipe or Recipe()
    _own_encoder(base)
    data = load_training_items(with_corpus=with_corpus, with_read=with_read)
    report(f"{len(data.items)} văn bản huấn luyện")
    for seed in seeds:
        train_seed(base, data, seed, folder / f"seed-{seed}", recipe, teaching, report)
    held = [_load(folder / f"seed-{s}" / "held_out.npz") for s in seeds]
    classes = [item_class(i) for s in seeds for i in data.held_out(s)]
    calibrated = calibrate(HeldOut.join(held), classes)
    figures: dict[str, Any] = {
        "seeds": list(seeds),
        "training_items": {
            origin: sum(i.origin == origin for i in data.items)
            for origin in ("real", "read", "written")
        },
        "cross_validation": _mean_sd([headline(s) for s in _cross_fitted(held)]),
        "cross_validation_themes": full_report(_joined(_cross_fitted(held)))["themes"],
        "mix_table": calibrated.mix_table,
    }
    if (shared_folder() / "labels").exists():
        figures["label_agreement"] = control_agreement()
    reporting = reporting_items()
    if reporting:
        parts = [scored(_load(folder / f"seed-{s}" / "reporting.npz"), calibrated) for s in seeds]
        figures["recipe"] = _mean_sd([headline(p) for p in parts])
        figures["bundle"] = full_report(parts[0])
        figures["review"] = review_figures(parts[0], calibrated)
        first = _load(folder / f"seed-{seeds[0]}" / "reporting.npz")
        plain = first.mixed(calibrated.wide_themes, calibrated.wide_tones, plain=True)
        figures["bundle_without_marks"] = headline(
            Scored(
                calibrated.plain_scores(plain),
                plain[:, THEMES:],
                parts[0].theme_truth,
                parts[0].tone_truth,
                np.asarray(calibrated.plain_threshold),
            )
        )
        natural = [k for k, i in enumerate(reporting) if i.tags[0] in ("random", "arandom")]
        draw = headline(parts[0].take(np.asarray(natural)))
        # Hardly a theme has ten items in so small a draw.
        del draw["theme_macro_f1_10"]
        figures["bundle_natural_draw"] = draw
    if with_floor:
        path = folder / "floor.json"
        if not path.exists():
            fold = seeds[0]
            path.write_text(
                json.dumps(floor_figures(data.train(fold), data.held_out(fold), reporting))
            )
        figures["floor"] = json.loads(path.read_text())
    (folder / "report.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False))
    if target is not None:
        figures["model_version"] = _bundle(
            base, folder, seeds[0], calibrated, figures, version, target
        )
    return figures


def _bundle(
    base: str,
    folder: Path,
    seed: int,
    calibrated: Calibrated,
    figures: dict[str, Any],
    version: str,
    target: Path,
) -> str:
    network = load_network(base, folder / f"seed-{seed}")
    network.wide_themes, network.wide_tones = calibrated.wide_themes, calibrated.wide_tones
    policy = WindowPolicy()
    settings = {
        "format": 1,
        "model_version": version,
        "taxonomy_version": taxonomy().version,
        "preparation_version": PREPARATION_VERSION,
        "threshold_set": f"oof-{len(figures['seeds'])}x-{version}",
        "trained": date.today().isoformat(),
        "themes": taxonomy().ids,
        "tones": list(SENTIMENTS),
        "window_length": policy.length,
        "window_head": policy.head,
        "most_windows": policy.most,
        "temperature": calibrated.temperature,
        "threshold": calibrated.threshold,
        "band": calibrated.band,
        "band_floor": calibrated.band_floor,
        "tone_temperature": calibrated.tone_temperature,
        "tone_floor": calibrated.tone_floor,
        "plain_temperature": calibrated.plain_temperature,
        "plain_shift": calibrated.plain_shift,
        "plain_threshold": calibrated.plain_threshold,
        "plain_tone_temperature": calibrated.plain_tone_temperature,
        "error_figures": calibrated.error_figures,
        "figures": figures,
    }
    return write_bundle(
        target, network, Path(base) / "tokenizer.json", settings, write_card(settings)
    )
