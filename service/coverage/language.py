"""M13: languages and countries, and what may be called foreign press (``domain/metrics.md``)."""

from __future__ import annotations

import numpy as np

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.kinds import Bools, Kinds, by_story, kind_figures, kinds, unseen
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows
from service.coverage.shares import SMALL_CELL, enough
from service.store.originals import original_languages

HOME, VIETNAMESE = "VN", "vi"
Part = tuple[str, str, Bools]
_NAMES = ("language", "source_country", "source_type", "media_type", "is_translation")
_RESTS_ON = {
    "foreign": ("language",),
    "foreign_original": ("language", "is_translation"),
    "foreign_translation": ("language", "is_translation"),
    "foreign_of_foreign_sources": ("language", "source_country"),
    "foreign_of_vietnamese_sources": ("language", "source_country"),
    "international": ("source_country",),
}
_OWN_SOURCES = ("state_portal", "mission")
_MOST = 50
_NOTES = (
    "“Quốc tế đưa tin” chỉ gồm nguồn nước ngoài, không tính kênh tự có (owned), nội dung trả tiền "
    "(paid), cổng thông tin và cơ quan đại diện của ta.",
    "Tin ngoại ngữ tách bản gốc với bản dịch; bản dịch của một văn bản sang nhiều tiếng không phải "
    "là nhiều tin của báo chí nước ngoài.",
    "Mô hình đọc tiếng Việt; văn bản tiếng khác nằm ngoài phạm vi hoặc đã dịch trước, sai số của "
    "chúng phải xem riêng.",
    "Một tin gốc ra bằng nhiều tiếng, ở nhiều nước được tính cho từng tiếng, từng nước.",
)


def language(question: Question) -> Answered:
    """Shares by language and country, originals against translations, and breadth."""
    rows = question.rows(_NAMES)
    columns = {name: kinds(rows.names[name]) for name in _NAMES}
    parts = [
        *_listed(columns["language"], "language", "Tiếng"),
        *_foreign_language(columns),
        ("international", "Quốc tế đưa tin", _international(columns)),
        *_listed(columns["source_country"], "country", "Nước"),
    ]
    hits = np.stack([part for _, _, part in parts], axis=1).astype(np.int64)
    figures = kind_figures(rows, hits, [part[:2] for part in parts], question.basis)
    silent = {name for name, column in columns.items() if column.is_(None).all()}
    figures = [unseen(f) if silent.intersection(_RESTS_ON.get(f.key, ())) else f for f in figures]
    figures = [_with_unsaid(f, columns) if f.key == "international" else f for f in figures]
    return Answered(
        [
            *figures,
            _breadth(rows, columns["source_country"], question),
            *_originals(rows, question),
        ],
        list(_NOTES),
    )


def _listed(column: Kinds, key: str, label: str) -> list[Part]:
    return [
        *(
            (f"{key}:{value}", f"{label} {value}", column.is_(value))
            for value in column.known[:_MOST]
        ),
        (
            f"{key}:unknown",
            f"Không ghi {label.lower()}",
            column.is_(None),
        ),
    ]


def _foreign_language(columns: dict[str, Kinds]) -> list[Part]:
    """Items in foreign languages: original or translation; of foreign or Vietnamese sources."""
    spoken = columns["language"].where(lambda v: v is not None and _base(v) != VIETNAMESE)
    translation, country = columns["is_translation"], columns["source_country"]
    return [
        ("foreign", "Ngoại ngữ", spoken),
        (
            "foreign_original",
            "Ngoại ngữ, bản gốc",
            spoken & translation.where(lambda v: v is not None and not v),
        ),
        ("foreign_translation", "Ngoại ngữ, bản dịch", spoken & translation.where(bool)),
        (
            "foreign_unsaid",
            "Ngoại ngữ, không ghi gốc hay dịch",
            spoken & translation.is_(None),
        ),
        (
            "foreign_of_foreign_sources",
            "Ngoại ngữ, nguồn nước ngoài",
            spoken & country.where(_abroad),
        ),
        (
            "foreign_of_vietnamese_sources",
            "Ngoại ngữ, nguồn Việt Nam",
            spoken & country.is_(HOME),
        ),
    ]


def _international(columns: dict[str, Kinds]) -> Bools:
    """What may be called "Quốc tế đưa tin": a foreign source, not owned and not paid for."""
    return (
        columns["source_country"].where(_abroad)
        & ~columns["media_type"].where(lambda v: v in ("owned", "paid"))
        & ~columns["source_type"].where(lambda v: v in _OWN_SOURCES)
    )


def _with_unsaid(figure: Figure, columns: dict[str, Kinds]) -> Figure:
    unsaid = columns["media_type"].is_(None) & _international(columns)
    if not unsaid.any():
        return figure
    more = f"; trong đó {number(int(unsaid.sum()))} lượt đăng chưa ghi loại truyền thông"
    return figure.model_copy(update={"wording": figure.wording + more})


def _abroad(country: str | None) -> bool:
    return country is not None and country != HOME


def _base(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()


def _breadth(rows: Rows, countries: Kinds, question: Question) -> Figure:
    """Effective number of countries ``1 / sum(s_k^2)``, shares of those known made to sum to 1."""
    hits = countries.hits(countries.known)
    if question.basis == "outlets":
        named = rows.sources >= 0
        sizes = np.array(
            [len(np.unique(rows.sources[named & (column > 0)])) for column in hits.T], dtype=float
        )
    else:
        spread = by_story(rows, hits) if question.basis == "stories" else hits
        sizes = spread[rows.units(question.basis)].sum(0).astype(float)
    label, value = "Độ rộng (số quốc gia hiệu dụng)", None
    wording = "Độ rộng: chưa có nguồn nào ghi quốc gia"
    if sizes.sum() and enough(rows, question.basis):
        value = float(sizes.sum() ** 2 / (sizes**2).sum())
        wording = f"Độ rộng: tương đương {number(value, 1)} quốc gia (1 là chỉ từ một nước)"
    elif sizes.sum():
        wording = f"Độ rộng: dưới {SMALL_CELL} tin gốc nên không tính"
    return Figure(
        key="breadth",
        label_vi=label,
        value=value,
        numerator=None,
        denominator=None,
        n=int(sizes.sum()),
        interval=None,
        corrected=False,
        wording=wording,
    )


def _originals(rows: Rows, question: Question) -> list[Figure]:
    """Items that are translations, by the language they were made from."""
    found = original_languages(
        question.store, question.chosen, question.period.first, question.last
    )
    counted = np.isin(np.array([n for n, _ in found], dtype=np.int64), rows.numbers["number"])
    totals: dict[str, int] = {}
    for (_, name), kept in zip(found, counted, strict=True):
        if kept:
            totals[name or ""] = totals.get(name or "", 0) + 1
    return [
        Figure(
            key=f"original:{name or 'unknown'}",
            label_vi=f"Dịch từ tiếng {name}" if name else "Dịch, không ghi tiếng gốc",
            value=total,
            numerator=total,
            denominator=None,
            n=total,
            interval=None,
            corrected=False,
            wording=(f"Dịch từ tiếng {name}" if name else "Dịch, không ghi tiếng gốc")
            + f": {number(total)} lượt đăng",
        )
        for name, total in sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    ]
