"""Copies of a text that should not change its tags, and how often they do.

A swap of one province, people or religion for another must not flip the tone: a text from the
Highlands is read like one from the delta (``domain/users.md`` section 7).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.schema import TEXT_FIELDS, Document, LabelledDocument
from model.classifier import Classifier
from model.language import strip_marks
from model.prediction import Prediction

PROVINCES = (
    "Gia Lai", "Đắk Lắk", "Lâm Đồng", "Quảng Ninh", "Nghệ An", "Cà Mau", "Đồng Nai", "Lạng Sơn",
    "Thanh Hóa", "An Giang", "Khánh Hòa", "Hải Phòng", "Cần Thơ", "Quảng Trị", "Sơn La",
)  # fmt: skip
PEOPLES = ("Kinh", "Bahnar", "Jrai", "Ê Đê", "H'Mông", "Khmer", "Tày", "Thái", "Chăm", "Dao")
RELIGIONS = ("Phật giáo", "Công giáo", "Tin Lành", "Cao Đài", "Hòa Hảo", "Hồi giáo")


def _rotate(names: Sequence[str]) -> Callable[[str], str]:
    """Each name becomes the next one of the list."""
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    joined = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({joined})(?!\w)")
    return lambda text: pattern.sub(lambda m: following[m[1]], text)


COPIES: dict[str, Callable[[str], str]] = {
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "province swapped": _rotate(PROVINCES),
    "people swapped": _rotate(PEOPLES),
    "religion swapped": _rotate(RELIGIONS),
    "without marks": strip_marks,
}


@dataclass(frozen=True)
class Flips:
    """Of ``items`` texts that a copy changes, how many get other themes, and another tone.

    ``tone_flipped`` counts positive against negative only.
    """

    items: int
    themes_changed: int
    tone_changed: int
    tone_flipped: int


def _copy(document: Document, change: Callable[[str], str]) -> Document:
    values = {f: change(v) for f in TEXT_FIELDS if (v := getattr(document, f))}
    return document.model_copy(update=values)


def invariance(classifier: Classifier, items: Sequence[LabelledDocument]) -> dict[str, Flips]:
    """Flips of every kind of copy over the items that it changes."""
    result = {}
    for name, change in COPIES.items():
        pairs = [(i.document, _copy(i.document, change)) for i in items]
        pairs = [(a, b) for a, b in pairs if a != b]
        before = classifier.classify([a for a, _ in pairs], evidence=False)
        after = classifier.classify([b for _, b in pairs], evidence=False)
        both = [
            (a, b)
            for a, b in zip(before, after, strict=True)
            if isinstance(a, Prediction) and isinstance(b, Prediction)
        ]
        tones = [
            (a.sentiment.label, b.sentiment.label) for a, b in both if a.sentiment and b.sentiment
        ]
        result[name] = Flips(
            len(both),
            sum({t.id for t in a.themes} != {t.id for t in b.themes} for a, b in both),
            sum(a != b for a, b in tones),
            sum({a, b} == {"positive", "negative"} for a, b in tones),
        )
    return result
