"""The stories an audit is drawn from and speaks for, and the draw itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.problems import Place, Problem
from data.taxonomy import WITHOUT_TARGET, taxonomy
from model.error_figures import CHANNEL_CLASSES, channel_class
from service.coverage.period import Period
from service.coverage.selection import Ints, today
from service.store.audit_sample import draw
from service.store.audits import Audit, Drawn, Stratum, record, recorded
from service.store.counting import columns, tagged, versions
from service.store.filters import Filter
from service.store.store import Store

LEAST_SIZE = 30
"""An audit of fewer stories has intervals that say nothing."""
LABEL_FILTERS = ("theme", "sentiment")
PREDICTED = ("positive", "neutral", "negative", "no_target")
STRATA: list[Stratum] = [(c, p) for p in PREDICTED for c in CHANNEL_CLASSES]
"""By what was predicted first: stories read alike are nearer to each other than a channel's."""

_WORLD_ONLY = 1 << taxonomy().ids.index(WITHOUT_TARGET)
_NUMBERS = ("number", "story", "themes", "tone", "human", "machine_themes", "machine_tone")


def has_target(themes: Ints) -> NDArray[np.bool_]:
    """Whether bits of themes portray Vietnam or a locality: not none, not world news alone."""
    return np.asarray((themes != 0) & (themes != _WORLD_ONLY))


@dataclass(frozen=True)
class Frame:
    """The earliest tagged item of each story: its number, story, day, labels and channel class."""

    numbers: dict[str, Ints]
    channel: Ints
    ids: list[str]

    def __len__(self) -> int:
        return len(self.channel)

    @cached_property
    def strata(self) -> Ints:
        """Place in :data:`STRATA` by channel class and the machine's label."""
        n = self.numbers
        predicted = np.where(has_target(n["machine_themes"]), 1 - n["machine_tone"], 3)
        return np.asarray(predicted * len(CHANNEL_CLASSES) + self.channel)


def channel_classes(source_types: NDArray[np.object_]) -> Ints:
    """Place in ``CHANNEL_CLASSES`` of each source type, which may be None."""
    places = {t: CHANNEL_CLASSES.index(channel_class(t)) for t in set(source_types)}
    return np.asarray([places[t] for t in source_types], dtype=np.int64)


def read_frame(store: Store, chosen: Filter, first: date | None, last: date | None) -> Frame:
    """Stories with a tag by the machine or a person; ``chosen`` must not filter by labels."""
    names = ("source_type", "document_id")
    found = columns(store, chosen, first, last, _NUMBERS, names, population=tagged)
    kept = np.sort(np.unique(found["story"], return_index=True)[1])
    types = np.empty(len(found["story"]), dtype=object)
    types[:] = found["source_type"]
    ids = found["document_id"]
    return Frame(
        {name: found[name][kept] for name in ("day", *_NUMBERS)},
        channel_classes(types[kept]),
        [ids[k] for k in kept],
    )


def draw_audit(
    store: Store,
    period: Period,
    chosen: Filter,
    size: int,
    seed: int | None = None,
    again: bool = False,
) -> Audit:
    """Draw stories at random within channel class and predicted class, and record the draw.

    Stories that people labelled before are not drawn: nothing about them is unknown. Raises
    :class:`Problem` when the scope cannot be audited or was already, unless ``again``.
    """
    _check_scope(period, chosen, size)
    same = [
        a
        for a in recorded(store)
        if (a.first, a.last, a.chosen) == (period.first, period.last, chosen)
    ]
    if same and not again:
        raise Problem(
            "invalid",
            f"Kỳ và bộ lọc này đã có mẫu kiểm tra số {same[-1].id}. Hãy gán nhãn tiếp mẫu đó; chỉ "
            "rút lại (thêm --again) khi mẫu không còn dùng được.",
        )
    frame = read_frame(store, chosen, period.first, period.last)
    places = np.flatnonzero(frame.numbers["human"] == 0)
    if len(places) < LEAST_SIZE:
        raise Problem(
            "invalid",
            f"Chỉ có {len(places)} tin gốc chưa có người gán nhãn trong kỳ và bộ lọc này, cần ít "
            f"nhất {LEAST_SIZE}. Hãy gán nhãn từng tin, hoặc chọn kỳ dài hơn.",
        )
    seed = secrets.randbits(32) if seed is None else seed
    strata = frame.strata[places]
    drawn = draw(strata, size, seed)
    sizes = np.bincount(strata, minlength=len(STRATA))
    taken = np.bincount(strata[drawn], minlength=len(STRATA))
    return record(
        store,
        Drawn(
            period_label=period.label,
            first=period.first,
            last=period.last,
            chosen=chosen,
            seed=seed,
            model_versions=versions(store, chosen, period.first, period.last)["model_version"],
            strata={s: (int(sizes[k]), int(taken[k])) for k, s in enumerate(STRATA) if sizes[k]},
            items=[(frame.ids[places[k]], STRATA[strata[k]]) for k in drawn],
            replaces=same[-1].id if same else None,
        ),
    )


def _check_scope(period: Period, chosen: Filter, size: int) -> None:
    if by_label := [name for name in LABEL_FILTERS if name in chosen.given()]:
        raise Problem(
            "invalid-parameter",
            "Mẫu kiểm tra phải rút từ mọi tin, không lọc theo nhãn của máy. Hãy bỏ bộ lọc theme, "
            "sentiment: số liệu của từng chủ đề vẫn được hiệu chỉnh theo mẫu chung.",
            [Place(f"/{name}", "không dùng được khi rút mẫu") for name in by_label],
        )
    if size < LEAST_SIZE:
        raise Problem(
            "invalid-parameter",
            f"Mẫu kiểm tra cần ít nhất {LEAST_SIZE} tin gốc; nên dùng 200.",
            [Place("/size", f"{size} là quá ít")],
        )
    if period.last is None or period.last > today():
        raise Problem(
            "invalid-parameter",
            "Kỳ chưa kết thúc nên tin đến sau không có cơ hội được chọn. Hãy rút mẫu khi hết kỳ.",
            [Place("/period", "cần một kỳ đã kết thúc")],
        )
