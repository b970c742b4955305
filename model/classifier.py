"""The data plane of classification: documents in, predictions or refusals out.

HTTP, command line, feeds and the bulk engine all call :meth:`Classifier.classify`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.problems import Problem
from data.schema import SENTIMENTS, TEXT_FIELDS, Document
from data.settings import settings
from data.taxonomy import target_present, taxonomy
from model.bundle import Bundle, default_bundle, load_bundle
from model.calibration import Calibration
from model.evidence import (
    Occlusion,
    Sentence,
    occluded_logits,
    occlusions,
    sentences_of,
    strongest,
)
from model.language import broken_letters, identify
from model.prediction import (
    Evidence,
    Outcome,
    Prediction,
    Refusal,
    ReviewReason,
    ThemeScore,
    Tone,
)
from model.preparation import PreparedDocument, prepare
from model.windows import Window, WindowPolicy, windows

_log = logging.getLogger("ttdn")
SHORT_WORDS = 20
Floats = NDArray[np.float64]


@dataclass(slots=True)
class _Read:
    """A document on its way through: prepared, cut into windows, then scored."""

    document: Document
    prepared: PreparedDocument
    windows: list[Window]
    unread: bool
    plain: bool
    first: int = 0
    themes: Floats | None = None
    tones: Floats | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """Scores of all themes, given or not, beside a prediction, and the text as it was read.

    ``prepared``: all prepared text, so that nobody after the classifier prepares it again.
    """

    prediction: Prediction
    prepared: str
    scores: dict[str, float]
    thresholds: dict[str, float]
    tones: dict[str, float]


def bundle_folder() -> Path:
    """Folder of the bundle in use: setting ``bundle``, by default the one shipped."""
    return settings().bundle or default_bundle()


class Classifier:
    """A loaded bundle with the steps around it. Thread-safe; holds no document after the call."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.calibration = Calibration(bundle.settings)
        s = bundle.settings
        self._policy = WindowPolicy(s.window_length, s.window_head, s.most_windows)

    @classmethod
    def load(cls, folder: Path | None = None, threads: int | None = None) -> Classifier:
        """Load a bundle, the configured one by default. Raises :class:`Problem`."""
        return cls(load_bundle(folder or bundle_folder(), threads or settings().threads))

    def classify(
        self, documents: Sequence[Document], evidence: bool = True
    ) -> list[Prediction | Refusal]:
        """One answer a document, in order; one bad document never touches another."""
        return [
            d.prediction if isinstance(d, Detail) else d
            for d in self.classify_in_detail(documents, evidence)
        ]

    def classify_in_detail(
        self, documents: Sequence[Document], evidence: bool = True
    ) -> list[Detail | Refusal]:
        """As :meth:`classify`, with the scores of every theme.

        When something unforeseen breaks on a batch, its documents are tried one by one, so that
        only the one that breaks it is answered ``failed``.
        """
        try:
            return self._together(documents, evidence)
        except Exception as error:
            if len(documents) > 1:
                return [d for one in documents for d in self.classify_in_detail([one], evidence)]
            # The kind of error, never its message: it may quote the text.
            _log.error("a document failed: %s", type(error).__name__)
            return [_refusal(documents[0], "failed", "failed")]

    def _together(self, documents: Sequence[Document], evidence: bool) -> list[Detail | Refusal]:
        read = [self._read(d) for d in documents]
        sound = [r for r in read if isinstance(r, _Read)]
        logits = self._score(sound)
        spans = self._evidence(sound, logits) if evidence else [[] for _ in sound]
        details = iter([self._detail(r, e) for r, e in zip(sound, spans, strict=True)])
        return [next(details) if isinstance(r, _Read) else r for r in read]

    # -- reading -----------------------------------------------------------------------------

    def _read(self, document: Document) -> _Read | Refusal:
        original = "\n".join(v for f in TEXT_FIELDS if (v := getattr(document, f)))
        script = broken_letters(original)
        if script is not None:
            return _refusal(document, "undecodable", script)
        prepared = prepare(document)
        if not any(c.isalpha() for c in prepared.text):
            return _refusal(document, "empty", "empty")
        script = identify(prepared.text)
        if script == "other":
            return _refusal(document, "not_vietnamese", "other")
        cut, unread = windows(prepared, self.bundle.tokenizer, self._policy)
        return _Read(document, prepared, cut, unread, plain=script == "vietnamese_plain")

    # -- scoring -----------------------------------------------------------------------------

    def _score(self, read: list[_Read]) -> NDArray[np.float32]:
        """Fill in the scores of each document; logits ``[all windows, 18]``."""
        flat: list[list[int]] = []
        for r in read:
            r.first = len(flat)
            flat += [w.ids for w in r.windows]
        if not flat:
            return np.zeros((0, 0), dtype=np.float32)
        logits = np.concatenate(self.bundle.network.logits(flat), axis=1)
        for r in read:
            mean = logits[r.first : r.first + len(r.windows)].astype(np.float64).mean(0)
            r.themes, r.tones = self._calibrated(mean, r.plain)
        return logits

    def _calibrated(self, logits: Floats, plain: bool) -> tuple[Floats, Floats]:
        themes = len(self.bundle.settings.themes)
        return self.calibration.scores(logits[..., :themes], logits[..., themes:], plain)

    # -- evidence ----------------------------------------------------------------------------

    def _evidence(self, read: list[_Read], logits: NDArray[np.float32]) -> list[list[Evidence]]:
        plans: list[tuple[list[Sentence], list[Occlusion]]] = []
        for r in read:
            assert r.themes is not None
            if self.calibration.given(r.themes, r.plain)[0]:
                sentences = sentences_of(r.prepared)
                plans.append((sentences, occlusions(sentences, r.windows)))
            else:
                plans.append(([], []))
        flat = [o.ids for _, taken in plans for o in taken]
        if not flat:
            return [[] for _ in read]
        occluded = np.concatenate(self.bundle.network.logits(flat), axis=1)
        result, at = [], 0
        for r, (sentences, taken) in zip(read, plans, strict=True):
            part = occluded[at : at + len(taken)]
            at += len(taken)
            whole = logits[r.first : r.first + len(r.windows)]
            without = occluded_logits(len(sentences), taken, part, whole)
            result.append(self._spans(r, sentences, without) if sentences else [])
        return result

    def _spans(self, r: _Read, sentences: list[Sentence], without: Floats) -> list[Evidence]:
        assert r.themes is not None
        assert r.tones is not None
        themes, tones = self._calibrated(without, r.plain)
        losses = {
            self.bundle.settings.themes[k]: r.themes[k] - themes[:, k]
            for k in self.calibration.given(r.themes, r.plain)[0]
        }
        tone = int(r.tones.argmax())
        losses["sentiment"] = r.tones[tone] - tones[:, tone]
        found = []
        for target, lost in losses.items():
            for k in strongest(lost):
                sentence = sentences[k]
                segment = r.prepared.segments[sentence.segment]
                start, end = segment.mapped.span(sentence.start, sentence.end)
                original: str = getattr(r.document, segment.field)
                found.append(
                    Evidence(
                        target=target,
                        field=segment.field,
                        start=start,
                        end=end,
                        text=original[start:end],
                        weight=round(float(lost[k]), 4),
                    )
                )
        return found

    # -- answering ---------------------------------------------------------------------------

    def _detail(self, r: _Read, evidence: list[Evidence]) -> Detail:
        assert r.themes is not None
        assert r.tones is not None
        settings, names = self.bundle.settings, taxonomy()
        given, cut = self.calibration.given(r.themes, r.plain)
        ids = [settings.themes[k] for k in given]
        reasons: list[ReviewReason] = []
        if r.prepared.word_count < SHORT_WORDS:
            reasons.append("short")
        if self.calibration.near(r.themes, r.plain):
            reasons.append("near_threshold")
        if given and self.calibration.tone_open(r.tones):
            reasons.append("tone_unsure")
        if r.plain:
            reasons.append("no_diacritics")
        if r.unread:
            reasons.append("truncated")
        if cut:
            reasons.append("many_themes")
        tone = Tone(
            label=SENTIMENTS[int(r.tones.argmax())],
            scores={s: round(float(p), 6) for s, p in zip(SENTIMENTS, r.tones, strict=True)},
        )
        prediction = Prediction(
            id=r.document.id,
            themes=[
                ThemeScore(
                    id=ids[n],
                    name_vi=names.theme(ids[n]).name_vi,
                    score=round(float(r.themes[k]), 6),
                    primary=n == 0,
                )
                for n, k in enumerate(given)
            ],
            groups=names.groups_of(ids),
            outside_ttdn=not given,
            sentiment=tone if given else None,
            target_present=target_present(ids),
            needs_review=bool(reasons),
            reasons=reasons,
            evidence=evidence,
            language="vi",
            truncated=r.unread,
            model_version=settings.model_version,
            taxonomy_version=settings.taxonomy_version,
            threshold_set=settings.threshold_set,
            processed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        return Detail(
            prediction,
            r.prepared.text,
            dict(zip(settings.themes, map(float, r.themes), strict=True)),
            dict(
                zip(settings.themes, map(float, self.calibration.thresholds(r.plain)), strict=True)
            ),
            dict(zip(settings.tones, map(float, r.tones), strict=True)),
        )


_REFUSALS = {
    "empty": (
        "empty",
        "Không có chữ nào để đọc. Hãy gửi văn bản có chữ; ảnh chụp, bản quét không đọc được.",
    ),
    "failed": (
        "failed",
        "Có lỗi khi đọc văn bản này. Hãy thử lại; nếu vẫn lỗi, hãy báo quản trị kèm mã văn bản.",
    ),
    "other": (
        "not-vietnamese",
        "Văn bản không phải tiếng Việt. Mô hình chỉ đọc tiếng Việt; hãy gửi bản tiếng Việt "
        "hoặc bản đã dịch sang tiếng Việt.",
    ),
    "legacy": (
        "undecodable",
        "Văn bản gõ bằng bảng mã cũ (TCVN3/.VnTime hoặc VNI). Hãy chuyển sang Unicode rồi gửi lại.",
    ),
    "garbled": (
        "undecodable",
        "Chữ bị hỏng do đọc sai bảng mã. Hãy lưu lại tệp ở dạng UTF-8 rồi gửi lại.",
    ),
}


def _refusal(document: Document, outcome: Outcome, why: str) -> Refusal:
    return Refusal(document.id, outcome, Problem(*_REFUSALS[why]))
