"""A report as plain structure: what it says and in which order, nothing about how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["weekly", "monthly"]


@dataclass(frozen=True)
class Words:
    """A paragraph. ``item`` is one of a list, ``inner`` one under it, ``blank`` is for the officer
    to fill in, ``note`` and ``fine`` (an item) are in smaller type, ``lead`` heads what follows.
    ``link``: an address that the text ends with, shown as ``link_text``."""

    text: str
    kind: Literal["body", "item", "inner", "blank", "note", "lead", "fine"] = "body"
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table; a group heads the rows after it, a total sums them."""

    cells: tuple[str, ...]
    kind: Literal["plain", "group", "total"] = "plain"


@dataclass(frozen=True)
class Table:
    """A table with its caption. ``widths`` in mm; the first column and ``texts`` align left."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    note: str = ""
    texts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar; ``low`` and ``high`` are the ends of its interval, in the unit of ``value``."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Chart:
    """A bar chart; the table that holds the same figures stands beside it."""

    caption: str
    unit: str
    bars: tuple[Bar, ...]


Block = Words | Table | Chart


@dataclass(frozen=True)
class Section:
    """A part under a heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report. ``about``: what it is on, under the word BÁO CÁO, a line each."""

    kind: Kind
    unit_name: str | None
    about: tuple[str, ...]
    sections: tuple[Section, ...]
    annex: tuple[Section, ...] = field(default=())
