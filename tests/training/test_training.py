"""The recipe end to end on a toy encoder, and the figures it rests on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")
from tokenizers import Tokenizer  # noqa: E402
from transformers import ModernBertConfig, ModernBertModel  # noqa: E402

from data.corpus import load_corpus, load_rows  # noqa: E402
from data.problems import Problem  # noqa: E402
from data.schema import Document, Label  # noqa: E402
from data.taxonomy import taxonomy  # noqa: E402
from model.bundle import load_bundle  # noqa: E402
from model.classifier import Classifier  # noqa: E402
from model.error_figures import CHANNEL_CLASSES  # noqa: E402
from model.prediction import Prediction  # noqa: E402
from model.windows import WindowPolicy  # noqa: E402
from training.export import export_onnx  # noqa: E402
from training.finetune import Recipe, load_network, part_logits  # noqa: E402
from training.items import TrainingItems, encode, load_training_items  # noqa: E402
from training.pretrain import save_encoder  # noqa: E402
from training.run import train  # noqa: E402
from training.sources import (  # noqa: E402
    LABELS,
    DevGuard,
    full_text,
    read_labels,
    real_labels,
)
from training.tokenizer import SPECIALS, build_tokenizer, count_words  # noqa: E402


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy encoder in the layout of the real one, with a tokenizer built from the corpus."""
    folder = tmp_path_factory.mktemp("base")
    texts = [row.full_text for row in load_rows("train")]
    tokenizer = build_tokenizer(count_words(texts), texts, pieces=6_000, fragments=200)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = ModernBertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=512,
        global_attn_every_n_layers=1,
        pad_token_id=0,
    )
    torch.manual_seed(0)
    save_encoder(ModernBertModel(config), folder, folder / "encoder")
    return folder / "encoder"


@pytest.fixture(scope="module")
def run(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One seed on the corpus alone, a fraction of an epoch."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTDN_SHARED", str(folder / "none"))
        train(
            base=str(base),
            folder=folder,
            seeds=(0,),
            recipe=Recipe(epochs=0.5),
            with_floor=False,
            target=folder / "bundle",
        )
    return folder


@pytest.fixture(scope="module")
def data(shared: Path) -> TrainingItems:
    """All training items; grouping them takes a minute."""
    return load_training_items()


def test_repository_labels_hold_no_text_and_fit_the_schema() -> None:
    seen: set[str] = set()
    for name, fields in (
        ("headlines", {"id", "url", "themes", "sentiment", "unsure", "stratum"}),
        ("articles", {"id", "themes", "sentiment", "unsure", "stratum"}),
    ):
        for line in (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert set(row) == fields
            assert set(row["themes"]) <= set(taxonomy().ids)
            Label(themes=row["themes"], sentiment=row["sentiment"])
            assert row["id"] not in seen
            seen.add(row["id"])


def test_repository_labels_join_their_text_and_hold_no_reporting_item(data: TrainingItems) -> None:
    labelled = read_labels()
    lines = [(LABELS / f"{n}.jsonl").read_text(encoding="utf-8") for n in ("headlines", "articles")]
    assert len(labelled) == sum(text.count("\n") for text in lines)
    assert all(len(full_text(i.document).split()) >= 3 for i in labelled)
    guard = DevGuard(real_labels("dev"))
    leaks = [i.document.id for i in labelled if guard.leaks(full_text(i.document))]
    # The loader drops what leaks; hardly anything should, or the selection was careless.
    assert len(leaks) < 0.005 * len(labelled)
    kept = {i.document.id for i in data.items}
    assert not kept & set(leaks)


def test_the_recipe_leaves_a_bundle_that_classifies(run: Path) -> None:
    classifier = Classifier(load_bundle(run / "bundle"))
    answer = classifier.classify([Document(id="1", title="Việt Nam và Lào hội đàm tại Hà Nội")])[0]
    assert isinstance(answer, Prediction)
    report = json.loads((run / "report.json").read_text())
    assert report["training_items"]["real"] == 0
    assert 0 <= report["cross_validation"]["theme_macro_f1"]["mean"] <= 1
    card = (run / "bundle" / "README.md").read_text(encoding="utf-8")
    assert "not by people" in card
    assert answer.model_version in card


def test_the_bundle_counts_errors_by_channel_class(run: Path) -> None:
    errors = load_bundle(run / "bundle").settings.error_figures
    assert set(errors.classes) == set(CHANNEL_CLASSES)
    assert errors.items == "tagged"
    assert {c.tone_measured_on for c in errors.classes.values()} <= {"press", "social", "pooled"}


def test_the_exported_network_equals_the_trained_one(run: Path, base: Path) -> None:
    network = load_network(str(base), run / "seed-0")
    classifier = Classifier(load_bundle(run / "bundle"))
    settings = classifier.bundle.settings
    report = json.loads((run / "report.json").read_text())
    items = load_corpus("test")[:20]
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    encoded = encode(items, tokenizer, WindowPolicy())
    parts = part_logits(network, encoded)
    mix = max(report["mix_table"], key=lambda r: r["theme_macro_f1"])["wide"]
    expected = (1 - mix) * parts["deep"] + mix * parts["wide"]
    for windows, row in zip(encoded, expected, strict=True):
        themes, _ = classifier.bundle.network.logits(windows)
        # Weights are stored in half precision, those of the n-gram table in eight bits.
        assert themes.mean(0) == pytest.approx(row[: len(settings.themes)], abs=0.05)


def test_training_again_gives_the_same_figures(base: Path, tmp_path: Path) -> None:
    reports = []
    for name in ("a", "b"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TTDN_SHARED", str(tmp_path / "none"))
            figures = train(
                base=str(base),
                folder=tmp_path / name,
                seeds=(1,),
                recipe=Recipe(epochs=0.3),
                with_floor=False,
            )
        reports.append(figures["cross_validation"])
    assert reports[0] == reports[1]


def test_results_of_other_inputs_are_not_taken_up(base: Path, run: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTDN_SHARED", str(run / "none"))
        with pytest.raises(Problem, match="kết quả của"):
            train(base=str(base), folder=run, seeds=(0,), recipe=Recipe(epochs=0.4))
        with pytest.raises(Problem, match="chưa dùng được"):
            train(base="some/hub-name", folder=run)


def test_padding_and_neighbours_do_not_move_a_score(run: Path, base: Path, tmp_path: Path) -> None:
    network = load_network(str(base), run / "seed-0")
    ids = torch.randint(5, 3_000, (3, 40))
    mask = torch.ones_like(ids)
    mask[0, 25:] = 0
    ids[0, 25:] = 0
    with torch.inference_mode():
        together = network(ids, mask)[0][0]
        alone = network(ids[:1, :25], mask[:1, :25])[0][0]
    assert together.numpy() == pytest.approx(alone.numpy(), abs=1e-4)
    export_onnx(network, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").stat().st_size < 40_000_000


def test_the_tokenizer_segments_known_words_and_keeps_offsets() -> None:
    segmented = ["Ủy_ban nhân_dân tỉnh Gia_Lai họp"] * 5 + ["thông_tin đối_ngoại của tỉnh"] * 5
    tokenizer = build_tokenizer(count_words(segmented), ["tỉnh gia lai họp"], 6_000, 50)
    assert [tokenizer.id_to_token(k) for k in range(5)] == list(SPECIALS)
    text = "Ủy ban họp về thông tin đối ngoại"
    encoding = tokenizer.encode(text, add_special_tokens=False)
    assert "▁thông▁tin" in encoding.tokens
    assert "▁ủy▁ban" in encoding.tokens
    at = encoding.tokens.index("▁thông▁tin")
    start, end = encoding.offsets[at]
    assert text[start:end].strip() == "thông tin"


def test_folds_keep_stories_together_and_cover_every_item(data: TrainingItems) -> None:
    real = [k for k, i in enumerate(data.items) if i.origin != "written"]
    assert {data.folds[k] for k in real} == set(range(5))
    assert all(f == -1 for k, f in enumerate(data.folds) if k not in set(real))
    sizes = np.bincount([data.folds[k] for k in real])
    assert sizes.min() > 0.15 * len(real)
    from data.neardup import near_duplicates
    from training.sources import full_text

    texts = [full_text(data.items[k].document) for k in real]
    for i, j, _ in near_duplicates(texts, 0.5):
        assert data.folds[real[i]] == data.folds[real[j]]


def test_no_reporting_item_or_near_duplicate_is_trained_on(data: TrainingItems) -> None:
    """By another measure than the guard's own: exact Jaccard of word trigrams, ids and URLs."""
    from data.neardup import near_duplicates, shingles
    from training.sources import full_text, real_labels

    reporting = real_labels("dev")
    train_items = data.items
    ids = {i.document.id for i in reporting} | {i.document.url for i in reporting}
    assert not ids & {i.document.id for i in train_items}
    assert not (ids - {None}) & {i.document.url for i in train_items}
    texts = [full_text(i.document) for i in (*reporting, *train_items)]
    crossing = [(i, j, s) for i, j, s in near_duplicates(texts, 0.5) if i < len(reporting) <= j]
    assert crossing == []
    assert all(shingles(t) for t in texts)


def test_pretraining_text_is_guarded_too(shared: Path) -> None:
    from training.sources import DevGuard, full_text, real_labels

    reporting = real_labels("dev")
    guard = DevGuard(reporting)
    for item in reporting[:200]:
        text = full_text(item.document)
        assert guard.leaks(text)
        assert guard.leaks(f"Mở đầu khác hẳn. {text} Kết thúc cũng khác.")
    assert not guard.leaks("Một văn bản không liên quan gì tới những tin đã gán nhãn ở trên.")


def test_themes_of_the_report_are_the_taxonomys(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    assert list(report["cross_validation_themes"]) == taxonomy().ids
