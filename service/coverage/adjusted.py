"""Adjusted counting of a question's rows, with the error figures of the model that tagged them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from data.problems import Problem
from model.bundle import read_settings
from model.classifier import bundle_folder
from model.error_figures import CHANNEL_CLASSES, ErrorFigures
from service.coverage.answer import Basis
from service.coverage.answer import vietnamese_number as number
from service.coverage.audit_frame import channel_classes
from service.coverage.quantify import LEAST_SKILL, Adjusted, adjusted_theme, adjusted_tone
from service.coverage.question import Question
from service.coverage.resampling import (
    redrawn_sums,
    redrawn_tallies,
    story_numbers,
)
from service.coverage.selection import Ints, Rows
from service.store.counting import counted
from service.store.tables import facts

LEAST_OF_MODEL = 0.95
"""Share of rows that must have been tagged by the model whose errors are known."""
_PEOPLE = len(CHANNEL_CLASSES)
_CLASSES_VI = {
    "press": "báo chí, phát thanh truyền hình",
    "official": "cổng thông tin, cơ quan đại diện",
    "social": "mạng xã hội, diễn đàn, video",
}


def known_errors(question: Question) -> tuple[ErrorFigures | None, list[str]]:
    """Error figures of the model that tagged the rows, or why there are none."""
    where = counted(question.chosen, question.period.first, question.last)
    query = select(facts.c.model_version, func.count()).where(*where)
    rows = question.store.tuples(query.group_by(facts.c.model_version))
    by_version = {version: int(n) for version, n in rows}
    total = sum(by_version.values())
    try:
        folder = bundle_folder()
        version, errors = _of_bundle(folder, (folder / "ttdn.json").stat().st_mtime_ns)
    except (Problem, OSError):
        return None, ["Không đọc được sai số của gói mô hình nên số liệu chưa hiệu chỉnh."]
    own = by_version.get(version, 0)
    if own < LEAST_OF_MODEL * total:
        return None, [
            f"{number(total - own)} trên {number(total)} lượt đăng do mô hình khác "
            f"{version} gán nhãn; chưa có số đo sai số của mô hình đó nên số liệu chưa hiệu chỉnh."
        ]
    return errors, []


@lru_cache(maxsize=8)
def _of_bundle(folder: Path, _: int) -> tuple[str, ErrorFigures]:
    """Version and error figures of a bundle; the second argument is when its settings changed."""
    settings = read_settings(folder)
    return settings.model_version, settings.error_figures


class Tallies:
    """Units of a basis by channel class, people's labels apart, ready to be counted by kind.

    A reprint is of the class of its story's earliest item: the same words are misread alike,
    whoever prints them.
    """

    def __init__(self, rows: Rows, basis: Basis, seed: int = 0) -> None:
        firsts, self._seed = rows.firsts, seed
        self.types = rows.names["source_type"][firsts]
        channel = channel_classes(self.types)
        if basis == "items":
            order = np.argsort(rows.stories[firsts])
            self._stories = story_numbers(rows.stories)
            self._first = firsts
            self.channel = channel[order][self._stories]
        else:
            self._stories = self._first = np.arange(len(firsts))
            self.channel = channel
        self.human = rows.numbers["human"][rows.units(basis)] == 1
        self._group = np.where(self.human, _PEOPLE, self.channel)

    def of(self, kind: Ints, kinds: int) -> tuple[Ints, NDArray[np.float64]]:
        """Counts [classes + 1, kinds] and their bootstrap [draws, classes + 1, kinds]."""
        cells = (_PEOPLE + 1) * kinds
        cell = self._group * kinds + kind
        tally = np.bincount(cell, minlength=cells).reshape(-1, kinds)
        rng = np.random.default_rng(self._seed)
        n = len(self._first)
        if len(cell) == n or (tally.sum(0) == 0).any():
            # Where no story has a kind, drawing stories again would never find it.
            stories = np.bincount(cell[self._first], minlength=cells).reshape(-1, kinds)
            return tally, redrawn_tallies(stories, rng)
        sums = np.bincount(self._stories * cells + cell, minlength=n * cells).reshape(n, cells)
        used = np.flatnonzero(tally)
        drawn = redrawn_sums(sums[:, used], rng)
        redrawn = np.zeros((len(drawn), cells))
        redrawn[:, used] = drawn
        return tally, redrawn.reshape(-1, _PEOPLE + 1, kinds)

    def classes(self) -> Ints:
        """Channel classes of the units that the machine alone labelled."""
        return np.unique(self.channel[~self.human])


def adjusted_tones(tallies: Tallies, tone: Ints, errors: ErrorFigures) -> Adjusted | None:
    """Three shares and net sentiment; ``tone`` [units] -1, 0 or 1. None: errors are not known."""
    matrices = np.stack([errors.tone(c) for c in CHANNEL_CLASSES])
    if not (matrices.sum(-1) > 0)[tallies.classes()].all():
        return None
    matrices[~(matrices.sum(-1) > 0).all(-1)] = 1  # of a class without units
    tally, redrawn = tallies.of(1 - tone, 3)
    return adjusted_tone(tally, redrawn, matrices, np.random.default_rng(1))


def adjusted_incidence(
    tallies: Tallies, tagged: Ints, theme: int, errors: ErrorFigures
) -> Adjusted | None:
    """Incidence of a theme; ``tagged`` [units] 0 or 1. None where the tag says too little."""
    counts = [errors.theme(c, theme) for c in CHANNEL_CLASSES]
    matrices = np.asarray(
        [[[c.true_positive, c.false_negative], [c.false_positive, c.true_negative]] for c in counts]
    )
    sizes = matrices.sum(-1)
    rates = matrices[..., 0] / np.maximum(sizes, 1)
    usable = (sizes > 0).all(-1) & (rates[:, 0] - rates[:, 1] >= LEAST_SKILL)
    if not usable[tallies.classes()].all():
        return None
    matrices[~usable] = 1  # of a class without units
    tally, redrawn = tallies.of(1 - tagged, 2)
    return adjusted_theme(tally, redrawn, matrices, np.random.default_rng(1))


def class_notes(tallies: Tallies, errors: ErrorFigures) -> list[str]:
    """What has to be said about the classes of these units and where their errors were measured."""
    notes = []
    if errors.items == "all":
        notes.append(
            "Sai số của gói mô hình này được đo trên mọi tin, kể cả tin không được gán chủ đề, nên "
            "số ước tính kém chính xác hơn."
        )
    unnamed = sum(t is None for t in tallies.types)
    if unnamed:
        notes.append(
            f"{number(unnamed)} trên {number(len(tallies.types))} tin không ghi loại nguồn được "
            "tính như báo chí khi hiệu chỉnh."
        )
    for k in tallies.classes():
        name = CHANNEL_CLASSES[k]
        whose = errors.tone_measured_on(name)
        if whose != name:
            notes.append(
                f"Chưa đo riêng sai số của {_CLASSES_VI[name]}: dùng số đo của "
                f"{_CLASSES_VI.get(whose, 'mọi loại nguồn gộp lại')}."
            )
    if n := int(tallies.human.sum()):
        notes.append(f"{number(n)} tin đã có người gán nhãn được tính theo nhãn đó.")
    return notes
