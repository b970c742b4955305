"""Shares by what kind an item is: its language, country, channel or space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.coverage.answer import Basis, Figure
from service.coverage.selection import Rows
from service.coverage.shares import share_figures

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Kinds:
    """A column as its distinct values and, for each item [items], the place of its own."""

    values: list[Any]
    codes: Ints

    def where(self, test: Callable[[Any], bool]) -> Bools:
        """Whether each item's value passes a test, which is asked once for each value."""
        passed: Bools = np.array([bool(test(v)) for v in self.values], dtype=bool)[self.codes]
        return passed

    def is_(self, value: Any) -> Bools:
        """Whether each item has this very value; None is nothing given."""
        return self.where(lambda own: own is None if value is None else own == value)

    @property
    def known(self) -> list[Any]:
        """Values but None, commonest first."""
        sizes = np.bincount(self.codes, minlength=len(self.values))
        pairs = [(-size, v) for size, v in zip(sizes, self.values, strict=True) if v is not None]
        return [value for _, value in sorted(pairs)]

    def hits(self, chosen: Sequence[Any]) -> Ints:
        """0/1 matrix [items, chosen values]."""
        places = np.array([self.values.index(v) for v in chosen], dtype=np.int64)
        found: Ints = (self.codes[:, None] == places).astype(np.int64)
        return found


def kinds(column: NDArray[np.object_]) -> Kinds:
    """The kinds in a text column."""
    values = list(dict.fromkeys(column))
    places = {value: k for k, value in enumerate(values)}
    codes = np.fromiter(map(places.__getitem__, column), np.int64, len(column))
    return Kinds(values, codes)


def by_story(rows: Rows, hits: Ints) -> Ints:
    """``hits`` [items, kinds] where each item has whatever any item of its story has.

    A story is of a kind when one of its items is: on the air and on a site, it is of both.
    """
    if not hits.size:
        return hits
    order = np.argsort(rows.stories, kind="stable")
    sorted_stories = rows.stories[order]
    opens = np.flatnonzero(np.diff(sorted_stories, prepend=sorted_stories[0] - 1))
    sizes = np.diff(opens, append=len(order))
    result = np.empty_like(hits)
    result[order] = np.repeat(np.maximum.reduceat(hits[order], opens, axis=0), sizes, axis=0)
    return result


def kind_figures(
    rows: Rows, hits: Ints, labels: list[tuple[str, str]], basis: Basis
) -> list[Figure]:
    """Shares of the kinds among the units of a basis."""
    return share_figures(rows, by_story(rows, hits) if basis == "stories" else hits, labels, basis)


def unseen(figure: Figure) -> Figure:
    """The figure when no item says anything of the kind: no data, and not a share of zero."""
    return figure.model_copy(
        update={
            "value": None,
            "numerator": None,
            "denominator": None,
            "n": 0,
            "interval": None,
            "wording": f"{figure.label_vi}: chưa có lượt đăng nào ghi nhận, không có nghĩa là "
            "không có",
        }
    )
