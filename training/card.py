"""The model card, written from figures; no number in it is typed by hand."""

from __future__ import annotations

from typing import Any

from data.taxonomy import taxonomy

_HEAD = """# TTĐN classifier {model_version}

A compact Vietnamese transformer with an n-gram part beside it. It tags Vietnamese news items and
posts with up to three of 15 themes of *thông tin đối ngoại* and with the tone of the text towards
Vietnam or the locality. ONNX, runs on one or two CPU cores, no network.

## Intended use
Coverage statistics, triage and a second opinion for editors. A person decides. Not for: judging
truth or hostility, scoring persons, accounts or outlets, automatic action.

## How it was made
- Encoder: {encoder}, trained from scratch by masked language modelling on public crawls of
  Vietnamese news (2016-2019 articles, 2025-2026 headlines with sapo), which are not distributed.
- Fine-tuned on {real} real items (headlines with sapo, some articles, informal posts; 2016-2026),
  {read} more headlines and openings of articles labelled in this repository, and {written}
  documents written for it. **Labels were made by a large language model under the labelling
  guide, not by people.** Two independent passes over other items agreed at macro-F1 0.945
  (themes) and 0.947 (sentiment).
  {agreement}
  No human test exists yet.
- Each seed holds out one fold of a five-fold split grouped by near-duplicates. The weight of the
  n-gram part, temperatures and thresholds were chosen on out-of-fold items of {seeds} seeds. In
  the out-of-fold column each fold is scored with what was chosen on the others; the fold also
  decided when its seed stopped, so the column is slightly flattering. The reporting set was used
  for nothing but the table below, and near-duplicates of it were kept out of pretraining and
  training (word counts of the tokenizer are not filtered).
- Shipped: the first seed, not the luckiest.

## Figures
"""

_LIMITS = """
## Limits
- The reporting set is enriched with rare themes; the natural draw is shown apart. Themes with few
  items (see support) have figures that mean little.
- Posts rest on few real comment texts and on made text: treat their tags as experimental.
- Negative tone is rare in the press and the weakest class.
- Other languages are refused; text without diacritics is read worse (see the table), with lower
  confidence, and flagged.
- Scores are calibrated on the enriched sample, not on your stream's proportions.
- Long texts: headline and sapo always, then up to eight windows; `truncated` says when text was
  left unread.

## Licence and risk
Weights: Apache-2.0. They were trained on public crawls without a stated licence, which are named by
kind only and not distributed. Risk self-classification under Luật Trí tuệ nhân tạo 134/2025/QH15
(operators must make their own): low for coverage statistics and editing help; use against persons
is outside the intended use.
"""


def write_card(settings: dict[str, Any]) -> str:
    """The card in Markdown; ``{model_version}`` is filled in when the bundle is written."""
    figures = settings["figures"]
    items = figures["training_items"]
    head = (
        _HEAD.replace("{real}", f"{items['real']:,}")
        .replace("{read}", f"{items['read']:,}")
        .replace("{written}", f"{items['written']:,}")
        .replace("{agreement}", _agreement(figures.get("label_agreement")))
        .replace("{seeds}", str(len(figures["seeds"])))
        .replace("{encoder}", "4 layers of 256, pre-norm with rotary positions, 20 k word pieces")
    )
    return (
        head
        + "\n".join(
            [*_main_table(figures), *_theme_table(figures), *_review(figures.get("review"))]
        )
        + "\n"
        + _LIMITS
    )


def _agreement(found: dict[str, float] | None) -> str:
    if found is None:
        return ""
    return (
        f"The repository's own labels agreed with given ones on {int(found['items']):,} hidden "
        f"controls at micro-F1 {found['theme_micro_f1']:.3f} (themes), {found['in_out_f1']:.3f} "
        f"(in or out) and macro-F1 {found['sentiment_macro_f1']:.3f} (sentiment)."
    )


def _review(found: dict[str, Any] | None) -> list[str]:
    """What the review flag promises, and what it keeps on the reporting set."""
    if found is None:
        return []
    themes, tones = found["themes"], found["tones"]
    return [
        "",
        f"Review: by class-conditional conformal floors, {found['level']:.0%} of the texts of a "
        "theme are meant to get it or to be sent to review. On the reporting set "
        f"{themes['kept']:.1%} of {int(themes['true']):,} themes are kept so (worst theme "
        f"{themes['worst']:.1%}) and {tones['kept']:.1%} of tones (worst {tones['worst']:.1%}); "
        f"{found['near_threshold']:.0%} of items are sent to review for a theme, "
        f"{found['tone_unsure']:.0%} of those in TTĐN for the tone.",
    ]


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


_NAMES = {
    "theme_macro_f1": "theme macro-F1, all 15",
    "theme_macro_f1_10": "theme macro-F1, themes with 10 items or more",
    "theme_micro_f1": "theme micro-F1",
    "in_out_f1": "in/out F1",
    "sentiment_macro_f1": "sentiment macro-F1",
}


def _main_table(figures: dict[str, Any]) -> list[str]:
    bundle = figures.get("bundle", {}).get("headline", {})
    natural = figures.get("bundle_natural_draw", {})
    floor = figures.get("floor", {}).get("reporting", {})
    plain = figures.get("bundle_without_marks", {})
    recipe, folds = figures.get("recipe", {}), figures["cross_validation"]
    lines = [
        f"Reporting set: {int(bundle.get('items', 0)):,} items, natural draw "
        f"{int(natural.get('items', 0)):,} of them. Floor: TF-IDF n-grams with logistic regression "
        "trained on the same items as this bundle, thresholds chosen on its held-out fold.",
        "",
        "| | this bundle | recipe, mean ± sd | linear floor | natural draw | marks taken away "
        "| out-of-fold, mean ± sd |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, name in _NAMES.items():
        mean = recipe.get(key)
        lines.append(
            f"| {name} | {_cell(bundle.get(key))} | "
            + (f"{mean['mean']:.3f} ± {mean['sd']:.3f}" if mean else "-")
            + f" | {_cell(floor.get(key))} | {_cell(natural.get(key))} | {_cell(plain.get(key))} | "
            f"{folds[key]['mean']:.3f} ± {folds[key]['sd']:.3f} |"
        )
    return lines


def _theme_table(figures: dict[str, Any]) -> list[str]:
    themes = figures.get("bundle", {}).get("themes") or figures["cross_validation_themes"]
    floor = figures.get("floor", {}).get("reporting_themes", {})
    folds = figures["cross_validation_themes"]
    lines = [
        "",
        "| theme | precision | recall | F1 | support | floor F1 | out-of-fold F1 (support) |",
        "|---|---|---|---|---|---|---|",
    ]
    for theme in taxonomy().themes:
        row, fold = themes[theme.id], folds[theme.id]
        lines.append(
            f"| {theme.name_en} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} "
            f"| {row['support']} | {_cell(floor.get(theme.id))} "
            f"| {fold['f1']:.2f} ({fold['support']}) |"
        )
    if "bundle" in figures:
        f1 = figures["bundle"]["sentiment"]["f1"]
        lines += ["", "Tone F1: " + ", ".join(f"{k} {v:.2f}" for k, v in f1.items()) + "."]
    return lines
