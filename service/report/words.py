"""Numbers and names as an office report writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from data.xml_text import xml_text
from service.coverage import rounding
from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number

NONE = "-"
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ORDER = re.compile(r"(^|(?<=[.;] ))Hãy [^.]*\.\s*")
_CODE = re.compile(r"\s*\((?:ttdn|/v1|owned|paid|earned)[^)]*\)")
_IN_WORDS = {"source-days": "ngày thu thập của đơn vị", "media_type": "loại kênh"}


def clean(text: str) -> str:
    """Text that Word can hold, on one line; a percent sign keeps to its number.

    Marks that turn the direction of writing are left out: they could turn what follows around.
    """
    text = _BIDI.sub("", xml_text(unicodedata.normalize("NFC", text)))
    return " ".join(text.split()).replace(" %", "\u00a0%")


def percent(share: float | None, interval: Interval | None = None) -> str:
    """A share as a percentage, with the decimals that its interval supports."""
    return NONE if share is None else rounding.percent(share, _half(interval))


def percent_interval(interval: Interval | None) -> str:
    """Both ends of the interval of a share."""
    if interval is None:
        return NONE
    low, high = (rounding.percent(x, _half(interval)) for x in (interval.low, interval.high))
    return f"{low.removesuffix(' %')} đến {high}"


def points(value: float | None, interval: Interval | None = None) -> str:
    """A value from -1 to +1 in points, with its sign."""
    return NONE if value is None else rounding.points(value, _half(interval))


def points_interval(interval: Interval | None) -> str:
    """Both ends of an interval in points."""
    if interval is None:
        return NONE
    return f"{points(interval.low, interval)} đến {points(interval.high, interval)}"


def _half(interval: Interval | None) -> float | None:
    return (interval.high - interval.low) / 2 if interval else None


def count(value: float | None) -> str:
    """A count, or a dash where there is none."""
    return NONE if value is None else number(value)


def day(when: date) -> str:
    """A day as d-m-yyyy."""
    return f"{when.day}-{when.month}-{when.year}"


def first_upper(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital at its start and a full stop at its end."""
    text = first_upper(text.strip())
    return text if text.endswith((".", "…", "]", "?", "!")) else f"{text}."


def listed(names: Sequence[str]) -> str:
    """Names in a row, "và" before the last."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} và {names[-1]}"


def shortened(text: str, most: int) -> str:
    """The text on one line, cut at a word after ``most`` characters at the latest."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut} …"


def for_reader(note: str) -> str:
    """A note without what it tells the operator to do: a report speaks to its reader."""
    text = _CODE.sub("", _ORDER.sub("", note)).strip()
    for code, words in _IN_WORDS.items():
        text = text.replace(code, words)
    return text


def result(figure: Figure) -> str:
    """What a figure says, without its own label before it."""
    text = figure.wording.removeprefix(f"{figure.label_vi}:").strip()
    return first_upper(text)
