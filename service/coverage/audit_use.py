"""Which audits speak for a question, and the estimates they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import taxonomy
from service.coverage.answer import vietnamese_number as number
from service.coverage.audit_frame import (
    LABEL_FILTERS,
    LEAST_SIZE,
    STRATA,
    Frame,
    has_target,
    read_frame,
)
from service.coverage.audited import CERTAIN, Estimate, difference_estimate
from service.coverage.audited import Audit as Sample
from service.coverage.question import Question
from service.coverage.selection import Ints
from service.store.audits import (
    Audit,
    audited_items,
    labelled_before,
    recorded,
    tagged_stories,
)
from service.store.counting import versions
from service.store.days import day_number
from service.store.facts import TONES, theme_bits
from service.store.filters import Filter

MOST_VOID = 0.1
"""Share of drawn stories that may have changed since: those that change are not like the others."""
MOST_LATE = 0.2
"""Share of stories that may have come after the draw, without a chance to be drawn."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class InUse:
    """An audit of the stories of a question.

    ``themes`` (bits) and ``tone`` [N] as the machine reads them, and ``human_…`` [n] as people read
    those sampled.
    """

    sample: Sample
    themes: Ints
    tone: Ints
    human_themes: Ints
    human_tone: Ints
    chosen: Filter
    names: str

    @property
    def audited(self) -> int:
        """Stories with an audit label."""
        return len(self.sample.sampled)

    def tones(self) -> list[Estimate] | None:
        """Positive, neutral, negative and net sentiment, of what portrays Vietnam."""
        machine = self._domain(self.themes, self.tone) & has_target(self.themes)
        human = self._domain(self.human_themes, self.human_tone) & has_target(self.human_themes)
        if not self._enough(machine, human):
            return None
        found = [
            self._share(machine, human, self.tone == t, self.human_tone == t) for t in (1, 0, -1)
        ]
        found.append(self._share(machine, human, self.tone, self.human_tone, lowest=-1))
        return _all(found)

    def incidences(self) -> list[Estimate] | None:
        """Share of each theme, in the order of the taxonomy."""
        machine = self._domain(self.themes, self.tone)
        human = self._domain(self.human_themes, self.human_tone)
        if not self._enough(machine, human):
            return None
        return _all(
            [
                self._share(machine, human, (self.themes >> k) & 1, (self.human_themes >> k) & 1)
                for k in range(len(taxonomy().ids))
            ]
        )

    def _domain(self, themes: Ints, tone: Ints) -> Bools:
        """What the filters by label let through."""
        kept = themes != 0
        if self.chosen.theme is not None:
            kept &= themes & theme_bits([self.chosen.theme]) != 0
        if self.chosen.sentiment is not None:
            kept &= tone == TONES[self.chosen.sentiment]
        return np.asarray(kept)

    def _enough(self, machine: Bools, human: Bools) -> bool:
        return int((machine[self.sample.sampled] | human).sum()) >= LEAST_SIZE

    def _share(
        self,
        machine: Bools,
        human: Bools,
        machine_value: NDArray[np.generic],
        human_value: NDArray[np.generic],
        lowest: float = 0.0,
    ) -> Estimate | None:
        return difference_estimate(
            self.sample,
            ((machine * machine_value).astype(float), machine.astype(float)),
            ((human * human_value).astype(float), human.astype(float)),
            lowest,
        )


def _all(found: Sequence[Estimate | None]) -> list[Estimate] | None:
    kept = [e for e in found if e is not None]
    return kept if len(kept) == len(found) else None


def audit_in_use(question: Question) -> tuple[InUse | None, list[str]]:
    """The audit that speaks for a question, and what has to be said of it or of its absence."""
    audits, notes = _covering(question)
    if not audits:
        return None, notes
    for audit in audits:
        if why := _aged(question, audit, notes):
            return None, [why]
    given = question.chosen.model_copy(update=dict.fromkeys(LABEL_FILTERS))
    frame = read_frame(question.store, given, question.period.first, question.last)
    used = _matched(question, audits, frame)
    if used.audited < LEAST_SIZE:
        return None, [
            f"Mẫu kiểm tra số {used.names} chỉ có {used.audited} tin gốc thuộc bộ lọc này nên "
            "không dùng để hiệu chỉnh."
        ]
    return used, notes


def _covering(question: Question) -> tuple[list[Audit], list[str]]:
    """One audit that holds the period, or several that make it up, all of them finished."""
    found = recorded(question.store)
    stale = {a.replaces for a in found}
    asked = question.chosen.given().items()
    wide = [a for a in found if a.id not in stale and a.chosen.given().items() <= asked]
    ready = [a for a in wide if _ready(a)]
    first, last = question.period.first, question.last
    whole = [a for a in ready if _holds(a, first, last)]
    if whole:
        return [min(whole, key=_narrowness)], []
    if chain := _chain(ready, first, last):
        return chain, []
    unfinished = [a for a in wide if not _ready(a) and _holds(a, first, last)]
    return [], [_unfinished(a) for a in unfinished[-1:]]


def _ready(audit: Audit) -> bool:
    return audit.remaining == 0 and audit.void <= MOST_VOID * audit.drawn


def _holds(audit: Audit, first: date | None, last: date) -> bool:
    begins = audit.first is None or (first is not None and audit.first <= first)
    return begins and audit.last is not None and last <= audit.last


def _narrowness(audit: Audit) -> tuple[int, int, int]:
    days = day_number(audit.last) - (day_number(audit.first) if audit.first else 0)
    return -len(audit.chosen.given()), days, -audit.id


def _chain(ready: list[Audit], first: date | None, last: date) -> list[Audit]:
    """Audits one after another without a gap from ``first`` to ``last``, longest first."""
    chain: list[Audit] = []
    at = first
    while at is not None and at <= last:
        fitting = [a for a in ready if a.first == at and a.last is not None and a.last <= last]
        if not fitting:
            return []
        chain.append(max(fitting, key=lambda a: (a.last, a.id)))
        end = chain[-1].last
        assert end is not None
        at = end + timedelta(days=1)
    return chain


def _unfinished(audit: Audit) -> str:
    if audit.remaining:
        return (
            f"Mẫu kiểm tra số {audit.id} còn {audit.remaining} tin chưa gán nhãn nên chưa dùng để "
            "hiệu chỉnh."
        )
    return (
        f"Mẫu kiểm tra số {audit.id} có {audit.void} trên {audit.drawn} tin đã thay đổi hoặc bị "
        "xóa sau khi rút nên không dùng để hiệu chỉnh. Hãy rút lại mẫu."
    )


def _aged(question: Question, audit: Audit, notes: list[str]) -> str | None:
    """Why an audit no longer holds; what has changed a little since the draw goes into notes."""
    store, scope = question.store, (audit.chosen, audit.first, audit.last)
    now = tagged_stories(store, *scope)
    late = now - audit.tagged_stories
    if now and late > MOST_LATE * now:
        return (
            f"Có {number(late)} tin gốc đến sau khi rút mẫu kiểm tra số {audit.id} "
            f"({number(100 * late / now)} %) nên mẫu không còn đại diện. Hãy rút lại mẫu."
        )
    if late > 0:
        notes.append(
            f"{number(late)} tin gốc đến sau khi rút mẫu kiểm tra số {audit.id} được coi là có sai "
            "số như các tin đến trước."
        )
    if audit.void:
        notes.append(
            f"Mẫu kiểm tra số {audit.id}: {audit.void} trên {audit.drawn} tin đã thay đổi hoặc bị "
            "xóa sau khi rút, không tính vào mẫu."
        )
    if set(versions(store, *scope)["model_version"]) - set(audit.model_versions):
        notes.append(f"Nhãn máy đã được gán lại sau khi rút mẫu kiểm tra số {audit.id}.")
    return None


def _matched(question: Question, audits: list[Audit], frame: Frame) -> InUse:
    """The stories of the frame beside what is known of them."""
    numbers = frame.numbers
    owner = np.zeros(len(frame), dtype=np.int64)
    known = np.zeros(len(frame), dtype=bool)
    for k, audit in enumerate(audits):
        if audit.first is not None:
            owner[numbers["day"] >= day_number(audit.first)] = k
        before = np.asarray(sorted(labelled_before(question.store, audit.drawn_at)), dtype=np.int64)
        known |= (owner == k) & np.isin(numbers["number"], before)
    # A label given after the draw may not pull a story in or out: the machine's stands in for it.
    themes = np.where(known, numbers["themes"], numbers["machine_themes"])
    tone = np.where(known, numbers["tone"], numbers["machine_tone"])
    strata = np.where(known, CERTAIN, owner * len(STRATA) + frame.strata)
    kept = np.flatnonzero(themes != 0)
    place = {int(story): k for k, story in enumerate(numbers["story"][kept])}
    found: dict[int, tuple[float, int, int]] = {}
    for k, audit in enumerate(audits):
        for story, labelled in _labels(question, audit).items():
            at = place.get(story)
            if at is not None and owner[kept[at]] == k and not known[kept[at]]:
                found[at] = labelled
    weights, human_themes, human_tone = np.asarray(list(found.values())).reshape(-1, 3).T
    return InUse(
        Sample(strata[kept], np.fromiter(found, dtype=np.int64, count=len(found)), weights),
        themes[kept],
        tone[kept],
        human_themes.astype(np.int64),
        human_tone.astype(np.int64),
        question.chosen,
        ", ".join(str(a.id) for a in audits),
    )


def _labels(question: Question, audit: Audit) -> dict[int, tuple[float, int, int]]:
    """For each audited story: stories it stands for, and people's themes (bits) and tone."""
    items = audited_items(question.store, audit.id)
    valid = Counter(item.stratum for item in items)
    return {
        item.story: (
            audit.strata[item.stratum][0] / valid[item.stratum],
            theme_bits(item.themes),
            TONES.get(item.sentiment or "neutral", 0),
        )
        for item in items
    }
