"""The monthly report: sections I to VII and the annex (``domain/users.md`` section 5)."""

from __future__ import annotations

from data.taxonomy import taxonomy
from service.coverage.answer import vietnamese_number as number
from service.coverage.figures import METRIC_NAMES
from service.coverage.shares import SMALL_CELL
from service.report.blocks import Block, Report, Section, Words
from service.report.gathering import Gathered
from service.report.limits import annex, limits, proposals
from service.report.sentences import (
    OUTPUT,
    UNTITLED,
    net_change_line,
    quoted,
    stories_change_line,
    stories_of_all,
    to_read,
    tone_lines,
    top_themes,
    volume_line,
)
from service.report.tables import (
    kinds_table,
    plan_table,
    response_table,
    themes_chart,
    themes_table,
    tone_chart,
    tone_table,
    volume_table,
)
from service.report.words import day, first_upper, for_reader, listed, sentence

_THEMES, _STORIES, _TO_READ, _ALERTS = 3, 3, 3, 3
_NOTHING = Words("Không có tin trong kỳ.")


def monthly(g: Gathered, unit_name: str | None) -> Report:
    """The monthly report of what was gathered."""
    scope = [f"Phạm vi: {'; '.join(g.scope)}"] if g.scope else []
    return Report(
        "monthly",
        unit_name,
        (
            f"Tình hình thông tin đối ngoại {g.now.of}",
            f"(kỳ số liệu từ ngày {day(g.now.first)} đến ngày {day(g.now.last)})",
            *scope,
        ),
        (
            Section("I. TÌNH HÌNH CHUNG", tuple(_general(g))),
            Section("II. THEO NHÓM NỘI DUNG CỦA NGHỊ ĐỊNH SỐ 72/2015/NĐ-CP", tuple(_by_theme(g))),
            Section("III. SẮC THÁI", tuple(_tone(g))),
            Section("IV. KHÔNG GIAN, NGÔN NGỮ, QUỐC GIA", tuple(_kinds(g))),
            Section("V. MỨC ĐỘ BÁM KẾ HOẠCH, PHÂN VAI THEO ĐƠN VỊ", tuple(_plan(g))),
            Section("VI. GIẢI THÍCH, LÀM RÕ", tuple(_cases(g))),
            Section(
                "VII. HẠN CHẾ CỦA SỐ LIỆU; ĐỀ XUẤT, KIẾN NGHỊ",
                (
                    Words("1. Hạn chế của số liệu", "lead"),
                    *limits(g),
                    Words("2. Đề xuất, kiến nghị", "lead"),
                    *proposals(g),
                ),
            ),
        ),
        annex(g),
    )


def _general(g: Gathered) -> list[Block]:
    blocks: list[Block] = [Words(volume_line(g))]
    if g.total("items"):
        blocks += [Words(f"{stories_change_line(g)} {OUTPUT}"), volume_table(g)]
    else:
        blocks.append(Words(OUTPUT))
    blocks.append(
        Words(
            "Hoạt động do đơn vị báo cáo, không tính từ tin bài: [số đoàn vào và lượt khách, số "
            "đoàn ra, số đoàn phóng viên nước ngoài, số lớp tập huấn]",
            "blank",
        )
    )
    return blocks


def _by_theme(g: Gathered) -> list[Block]:
    if not g.total("items"):
        return [_NOTHING]
    n = g.total("stories")
    top = [f"{taxonomy().themes[k].name_vi} ({number(c)})" for k, c in top_themes(g, _THEMES)]
    blocks: list[Block] = [
        Words(
            f"Trong {number(n)} tin gốc, chủ đề chính nhiều nhất là: {'; '.join(top)}.{_absent(g)}"
        ),
        themes_table(g),
    ]
    if n >= SMALL_CELL:
        blocks.append(themes_chart(g))
    stories = stories_of_all(g, _STORIES)
    if stories:
        blocks.append(
            Words("Tin được đăng lại nhiều nhất trong kỳ (không kể tin cần đọc ở mục III):")
        )
        blocks += [Words(quoted(story, 110), "item") for story in stories]
    return blocks


def _absent(g: Gathered) -> str:
    found = [(t, g.counted("themes", f"incidence:{t.id}")) for t in taxonomy().themes]
    absent = [t.name_vi for t, f in found if f is not None and not f.numerator]
    return f" Chủ đề chưa có tin: {'; '.join(absent)}." if absent else ""


def _tone(g: Gathered) -> list[Block]:
    if not g.total("items"):
        return [_NOTHING]
    told = [*tone_lines(g), net_change_line(g)]
    blocks: list[Block] = [Words(" ".join(t for t in told if t)), tone_table(g)]
    chart = tone_chart(g)
    if chart is not None:
        blocks.append(chart)
    return [*blocks, *to_read(g, _TO_READ), Words(UNTITLED, "note"), *_alerts(g)]


def _alerts(g: Gathered) -> list[Block]:
    found = [g.figure("alerts", key) for key in ("alerts", "expected_false")]
    told = [sentence(f.wording) for f in found if f is not None]
    if not told:
        return []
    shown = [f.wording.partition(". Cần đọc:")[0] for _, f in g.figures("alerts", "alert:")]
    more = [Words(sentence(text), "item") for text in shown[:_ALERTS]]
    return [Words(f"Cảnh báo tin tiêu cực tăng bất thường: {' '.join(told)}"), *more]


def _kinds(g: Gathered) -> list[Block]:
    if not g.total("items"):
        return [_NOTHING]
    table = kinds_table(g)
    if table is None:
        return [_not_there(g, ("space", "language"), "không gian, ngôn ngữ, quốc gia")]
    foreign = g.figure("language", "international")
    told = [Words(sentence(foreign.wording))] if foreign is not None else []
    return [*told, table]


def _plan(g: Gathered) -> list[Block]:
    blocks: list[Block] = []
    table = plan_table(g)
    if table is not None:
        found = [g.figure("plan", key) for key in ("coverage", "balance")]
        told = [sentence(f.wording) for f in found if f is not None and f.wording != "-"]
        blocks += [Words(" ".join(told)), table]
    elif "plan" in g.answers:
        notes = [for_reader(note) for note in g.answers["plan"].notes]
        blocks.append(Words(next((n for n in notes if n), "Chưa có kế hoạch của kỳ này.")))
    else:
        blocks.append(_not_there(g, ("plan",), "kế hoạch"))
    return [*blocks, *_units(g)]


def _units(g: Gathered) -> list[Block]:
    if "units" not in g.answers:
        return [_not_there(g, ("units",), "phân vai")]
    blocks: list[Block] = []
    for role, word in (("lead:", "chủ trì"), ("support:", "phối hợp")):
        found = [f"{unit} {number(f.numerator or 0)}" for unit, f in g.figures("units", role)]
        if found:
            blocks.append(
                Words(
                    f"Tin gốc thuộc chủ đề đơn vị {word} (không phải bảng xếp hạng): "
                    f"{'; '.join(found)}."
                )
            )
    gaps = g.figure("units", "gaps")
    if not blocks:
        return [Words("Chưa có bảng phân vai nên chưa nêu được đơn vị chủ trì từng chủ đề.")]
    if gaps is not None:
        blocks.append(Words(" ".join([sentence(gaps.wording), *_gaps(g)])))
    return blocks


def _gaps(g: Gathered) -> list[str]:
    """Themes without a lead or a story, by what they lack."""
    by_lack: dict[str, list[str]] = {}
    for theme, figure in g.figures("units", "gap:"):
        name = taxonomy().theme(theme).name_vi
        lack = figure.wording.removeprefix(f"{name}:").rpartition(" (")[0].strip()
        by_lack.setdefault(lack, []).append(name)
    return [f"{first_upper(lack)}: {'; '.join(names)}." for lack, names in by_lack.items()]


def _cases(g: Gathered) -> list[Block]:
    table = response_table(g)
    if table is None:
        return [_not_there(g, ("response",), "vụ việc giải thích, làm rõ")]
    return [
        Words("Vụ việc do người mở, nối văn bản và đóng; vụ chưa trả lời luôn nằm trong mẫu số."),
        table,
    ]


def _not_there(g: Gathered, metrics: tuple[str, ...], what: str) -> Words:
    """A section whose figures are refused under this filter, or not there at all."""
    refused = [m for m in metrics if m in g.refused]
    if refused:
        which = listed([METRIC_NAMES[m].lower() for m in refused])
        why = " ".join(dict.fromkeys(g.refused[m] for m in refused))
        return Words(f"Không tính được {which} với phạm vi đã chọn. {why}")
    return Words(f"Hệ thống chưa có số liệu về {what}. [Đơn vị bổ sung nếu có]", "blank")
