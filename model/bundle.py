"""The bundle: a directory with network, tokenizer, settings, card and a manifest of hashes.

Nothing in it is pickled and nothing is fetched. A file whose hash differs from the manifest refuses
the whole bundle by name.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tokenizers import Tokenizer

from data.problems import Problem
from data.schema import SENTIMENTS
from data.taxonomy import taxonomy
from model.error_figures import ErrorFigures
from model.network import Network
from model.preparation import PREPARATION_VERSION

BUNDLE_FILES = ("model.onnx", "tokenizer.json", "ttdn.json", "README.md")
MANIFEST = "MANIFEST.json"


class BundleSettings(BaseModel):
    """``ttdn.json``: everything about the model that is data rather than weights.

    Arrays follow the order of ``themes`` and ``tones``. A document is sent to review where a score
    lies less than ``band`` from its threshold, or below the threshold yet at or above
    ``band_floor``, which nine in ten texts of the theme reach; for tone, where not exactly one
    tone reaches its ``tone_floor``. The ``plain_`` values are for text without
    Vietnamese marks, fitted on texts whose marks were taken away. ``figures`` are the evaluation's
    own figures, as ``GET /v1/model`` shows them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[int, Field(ge=1, le=1)]
    model_version: str
    taxonomy_version: str
    preparation_version: str
    threshold_set: str
    trained: str
    themes: list[str]
    tones: list[str]
    window_length: Annotated[int, Field(ge=16, le=1024)]
    window_head: Annotated[int, Field(ge=8, le=1024)]
    most_windows: Annotated[int, Field(ge=1)]
    temperature: list[Annotated[float, Field(gt=0)]]
    threshold: list[Annotated[float, Field(gt=0, lt=1)]]
    band: list[Annotated[float, Field(ge=0, lt=1)]]
    band_floor: list[Annotated[float, Field(ge=0, le=1)]]
    tone_temperature: Annotated[float, Field(gt=0)]
    tone_floor: list[Annotated[float, Field(ge=0, le=1)]]
    plain_temperature: list[Annotated[float, Field(gt=0)]]
    plain_shift: list[float]
    plain_threshold: list[Annotated[float, Field(gt=0, lt=1)]]
    plain_tone_temperature: Annotated[float, Field(gt=0)]
    error_figures: ErrorFigures
    figures: dict[str, Any]


@dataclass(frozen=True)
class Bundle:
    """A verified bundle, ready to run."""

    folder: Path
    settings: BundleSettings
    tokenizer: Tokenizer
    network: Network
    card: str


def default_bundle() -> Path:
    """Folder of the bundle shipped with this package."""
    return Path(str(files("model") / "default_bundle"))


def _refused(name: str, why: str) -> Problem:
    return Problem(
        "bundle-refused",
        f"Gói mô hình bị từ chối vì tệp {name}: {why}. "
        "Hãy cài lại gói, hoặc đặt TTDN_BUNDLE là đường dẫn tới một gói còn nguyên vẹn.",
    )


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path) -> None:
    """Write ``MANIFEST.json`` over the bundle's files."""
    hashes = {name: file_hash(folder / name) for name in BUNDLE_FILES}
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")


def verify(folder: Path) -> None:
    """Check every file against the manifest. Raises :class:`Problem` naming the first bad file."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _refused(MANIFEST, "thiếu hoặc không đọc được") from None
    for name in BUNDLE_FILES:
        path = folder / name
        if not path.is_file():
            raise _refused(name, "không có")
        if not isinstance(manifest, dict) or manifest.get(name) != file_hash(path):
            raise _refused(name, "mã băm không khớp với MANIFEST.json")


def read_settings(folder: Path) -> BundleSettings:
    """The settings alone, without loading the network. Raises :class:`Problem`."""
    verify(folder)
    try:
        settings = BundleSettings.model_validate_json((folder / "ttdn.json").read_bytes())
    except ValidationError as error:
        where = "/".join(str(p) for p in error.errors()[0]["loc"])
        raise _refused("ttdn.json", f"giá trị {where} không hợp lệ") from None
    _check_labels(settings)
    return settings


def load_bundle(folder: Path, threads: int = 1) -> Bundle:
    """Verify and load. Raises :class:`Problem` (``bundle-refused``) naming what is wrong."""
    settings = read_settings(folder)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception:  # tokenizers raises bare Exception
        raise _refused("tokenizer.json", "không đọc được") from None
    try:
        network = Network(folder / "model.onnx", settings.window_length, threads)
    except Exception:  # onnxruntime has no common base class
        raise _refused("model.onnx", "không nạp được") from None
    return Bundle(
        folder, settings, tokenizer, network, (folder / "README.md").read_text(encoding="utf-8")
    )


def _check_labels(settings: BundleSettings) -> None:
    themes = len(settings.themes)
    if settings.themes != taxonomy().ids or settings.tones != list(SENTIMENTS):
        raise _refused("ttdn.json", "bộ nhãn khác với hệ chủ đề đang dùng")
    if settings.taxonomy_version != taxonomy().version:
        raise _refused("ttdn.json", "phiên bản hệ chủ đề khác với phiên bản đang dùng")
    if settings.window_head >= settings.window_length:
        raise _refused("ttdn.json", "phần đầu dài hơn cửa sổ đọc")
    if settings.preparation_version != PREPARATION_VERSION:
        raise _refused("ttdn.json", "phiên bản tiền xử lý khác với phiên bản đang dùng")
    arrays = (
        settings.temperature,
        settings.threshold,
        settings.band,
        settings.band_floor,
        settings.plain_temperature,
        settings.plain_shift,
        settings.plain_threshold,
    )
    if any(len(v) != themes for v in arrays):
        raise _refused("ttdn.json", "số ngưỡng không bằng số chủ đề")
    if len(settings.tone_floor) != len(settings.tones):
        raise _refused("ttdn.json", "số ngưỡng sắc thái không bằng số sắc thái")
    errors = settings.error_figures
    if any(len(v) != themes for v in (errors.themes, *(c.themes for c in errors.classes.values()))):
        raise _refused("ttdn.json", "số dòng sai số không bằng số chủ đề")
