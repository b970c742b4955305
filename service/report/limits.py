"""What the figures of a period cannot say: section VII and the annex, from the store itself."""

from __future__ import annotations

from service.coverage.answer import vietnamese_number as number
from service.coverage.figures import METRIC_NAMES
from service.coverage.shares import SMALL_CELL
from service.report import names
from service.report.blocks import Block, Row, Section, Table, Words
from service.report.comparison import spread_note
from service.report.gathering import Gathered
from service.report.model_error import error_sentences
from service.report.sentences import OUTPUT, correction
from service.report.stories import LEAST_OF_SOURCE, named_first, sources_by_kind
from service.report.words import day, for_reader, listed, result, sentence

_VERSIONS = {
    "model_version": "Phiên bản mô hình",
    "taxonomy_version": "Phiên bản hệ chủ đề",
    "threshold_set": "Bộ ngưỡng",
}
_CORRECTED = " và sai số phân loại đã đo. Số đếm tin gốc ở các bảng là theo nhãn, chưa hiệu chỉnh."
_IN_LIMITS = 2
"""Sentences on measured errors that stand in section VII; all of them stand in the annex."""
_MOST_UNDATED = 0.05
_AUDIT_SIZE = 200


def limits(g: Gathered) -> list[Words]:
    """Limits of the figures, one item each."""
    told = [
        f"Chủ đề và sắc thái do máy gán; {correction(g)}. Khoảng tin cậy (KTC) phản ánh sai số do "
        "chọn mẫu" + ("." if not _corrected(g) else _CORRECTED),
        " ".join(_errors(g)[:_IN_LIMITS]),
        _audit(g),
        _undated(g),
        _collected(g),
        _backfills(g),
        *_mixed(g),
        *([f"Kỳ chưa kết thúc: mới tính đến hết ngày {day(g.last)}."] if g.unfinished else []),
        *_untold(g),
        f"Nhóm dưới {SMALL_CELL} tin gốc chỉ nêu số đếm, không tính tỷ lệ; nguồn dưới "
        f"{LEAST_OF_SOURCE} tin gốc không nêu số riêng.",
        f"{OUTPUT} Số liệu không cho thấy tin bài làm thay đổi nhận thức, đầu tư hay du lịch.",
    ]
    return [Words(text, "item") for text in told if text]


def proposals(g: Gathered) -> list[Words]:
    """What follows from the limits, and room for the office's own."""
    told = []
    if not _audited(g):
        told.append(
            f"Lập mẫu kiểm tra ngẫu nhiên khoảng {_AUDIT_SIZE} tin gốc do người gán nhãn cho kỳ "
            "sau để hiệu chỉnh số liệu."
        )
    if g.total("items") and _undated_share(g) > _MOST_UNDATED:
        told.append("Bổ sung ngày đăng cho các nguồn đang gửi tin không có ngày.")
    gaps = g.figure("units", "gaps")
    if gaps is not None and gaps.value:
        told.append("Xem xét phân công chủ trì hoặc định hướng nội dung cho các chủ đề còn trống.")
    blank = Words("[Đơn vị bổ sung đề xuất, kiến nghị]", "blank")
    return [*(Words(text, "item") for text in told), blank]


def _errors(g: Gathered) -> list[str]:
    return error_sentences(g.settings, g.versions.get("model_version", []))


def _corrected(g: Gathered) -> bool:
    net = g.figure("sentiment", "net_sentiment")
    return net is not None and net.corrected


def _audited(g: Gathered) -> bool:
    size = g.figure("quality", "audit_size")
    return bool(size and size.value)


def _audit(g: Gathered) -> str:
    size = g.figure("quality", "audit_size")
    if size is not None and size.value:
        return sentence(size.wording)
    return (
        "Chưa có mẫu kiểm tra ngẫu nhiên do người gán nhãn cho kỳ này nên sai số phân loại của "
        "chính kỳ này chưa được đo."
    )


def _undated_share(g: Gathered) -> float:
    every = g.undated + g.total("items")
    return g.undated / every if every else 0.0


def _undated(g: Gathered) -> str:
    if not g.undated:
        return "Mọi lượt đăng trong kho thuộc phạm vi báo cáo đều có ngày đăng."
    share = 100 * _undated_share(g)
    part = f", bằng {number(share, 1)} % nếu tất cả đều thuộc kỳ này" if g.total("items") else ""
    return (
        f"Không rõ ngày đăng hoặc ghi ngày trong tương lai: {number(g.undated)} lượt đăng trong "
        f"kho{part}; số này không được tính vào kỳ nào."
    )


def _collected(g: Gathered) -> str:
    found = [g.figure("quality", key) for key in ("feed_uptime", "feeds_with_gaps")]
    told = [sentence(f.wording) for f in found if f is not None and f.wording]
    n = g.comparison.panel.count
    panel = (
        f"So sánh với kỳ trước dựa trên {number(n)} nguồn cố định."
        if n
        else "Không có nguồn cố định để so sánh với kỳ trước."
    )
    from_what = for_reader(g.comparison.panel.note.partition(". ")[2])
    return " ".join([*told, panel, from_what])


def _backfills(g: Gathered) -> str:
    if not g.backfills:
        return "Không có lần gán nhãn lại nào đối với tin của kỳ này."
    return (
        f"Tin của kỳ đã được gán nhãn lại: {'; '.join(g.backfills)}. Số liệu công bố trước đó có "
        "thể khác."
    )


def _mixed(g: Gathered) -> list[str]:
    mixed = [
        f"{_VERSIONS[name].lower()}: {listed(used)}"
        for name, used in g.versions.items()
        if len(used) > 1
    ]
    if not mixed:
        return []
    return [
        f"Số liệu của kỳ ghép từ nhiều phiên bản ({'; '.join(mixed)}): chênh lệch trong kỳ có thể "
        "do đổi phiên bản, không đọc là xu hướng."
    ]


def _untold(g: Gathered) -> list[str]:
    return [
        f"{METRIC_NAMES[metric]}: không tính được với phạm vi đã chọn. {why}"
        for metric, why in g.refused.items()
    ]


def annex(g: Gathered) -> tuple[Section, ...]:
    """Sources, versions and measured errors, audit, and every note of the figures."""
    quality = g.answers.get("quality")
    measured: list[Block] = [Words(_audit(g))]
    if quality is not None:
        measured += [
            Words(f"{f.label_vi}: {result(f)}", "fine")
            for f in quality.figures
            if f.key not in ("audit_size", *_VERSIONS)
        ]
    versions = [
        Words(f"{label}: {listed(g.versions.get(name, [])) or 'chưa có tin trong kỳ'}", "fine")
        for name, label in _VERSIONS.items()
    ]
    versions += [Words(text, "fine") for text in _errors(g)]
    notes = [*g.notes]
    if g.comparison.stories is not None:
        notes.append(spread_note(g.comparison.dispersion))
    notes.append(
        f"Số liệu trích từ kho ngày {day(g.today)}; tin đến muộn và lần gán nhãn lại sau ngày này "
        "có thể làm số liệu thay đổi."
    )
    return (
        Section("1. Danh mục nguồn", tuple(_sources(g))),
        Section("2. Phiên bản mô hình và sai số đã đo", tuple(versions)),
        Section("3. Mẫu kiểm tra và chất lượng đo", tuple(measured)),
        Section("4. Ghi chú phương pháp", tuple(Words(n, "fine") for n in notes)),
    )


def _sources(g: Gathered) -> list[Block]:
    found = sources_by_kind(g.store, g.chosen, g.now.first, g.last, g.rows)
    if not found:
        return [Words("Không có tin trong kỳ.")]
    rows = []
    for kind in found:
        told, others = named_first(kind.named)
        text = "; ".join(told)
        if others:
            text += f"{'; ' if text else ''}dưới {LEAST_OF_SOURCE} tin gốc: {', '.join(others)}"
        name = names.SOURCE_KINDS.get(kind.kind or "", "Không ghi loại nguồn")
        rows.append(Row((name, number(kind.count), text or "không nêu tên từng trang")))
    return [
        Table(
            "Bảng 7. Nguồn có tin trong kỳ",
            ("Loại nguồn", "Số nguồn", "Tên nguồn (số tin gốc)"),
            tuple(rows),
            (42, 20, 103),
            "Xếp theo tên, không phải thứ hạng. Một tin gốc đăng ở nhiều nguồn được tính cho từng "
            "nguồn.",
            texts=(2,),
        )
    ]
