"""The weekly report: one page in six points (``domain/users.md`` section 5)."""

from __future__ import annotations

import math
from datetime import timedelta

from data.taxonomy import taxonomy
from service.coverage.answer import vietnamese_number as number
from service.report.blocks import Block, Report, Section, Words
from service.report.gathering import Gathered
from service.report.sentences import (
    OUTPUT,
    UNTITLED,
    correction,
    net_change_line,
    quoted,
    stories_change_line,
    stories_of_theme,
    to_read,
    tone_lines,
    top_themes,
    volume_line,
)
from service.report.words import day, listed, result, sentence

PAGE_LINES = 42.5
"""What fits on the page beside the blocks above and below; measured on laid-out pages."""
_LINE_CHARS, _NOTE_CHARS, _NOTE_HEIGHT = 78, 94, 0.9
_THEMES, _STORIES, _TO_READ = 3, 3, 2
_TITLE_LENGTH = 58
"""A title on one line: the report is one page."""


def weekly(g: Gathered, unit_name: str | None) -> Report:
    """The weekly report of what was gathered, with as many themes as one page holds."""
    for themes in range(_THEMES, 0, -1):
        report = _report(g, unit_name, themes)
        if lines(report) <= PAGE_LINES:
            break
    return report


def lines(report: Report) -> float:
    """About how many lines of the page a weekly report takes, headings of sections included."""
    office = math.ceil(len(report.unit_name or "") / 30)
    texts = [b for s in report.sections for b in s.blocks if isinstance(b, Words)]
    taken = sum(
        _NOTE_HEIGHT * math.ceil(len(t.text) / _NOTE_CHARS)
        if t.kind == "note"
        else math.ceil(len(t.text + t.link_text) / _LINE_CHARS)
        for t in texts
    )
    return office + len(report.about) + len(report.sections) + taken


def _report(g: Gathered, unit_name: str | None, themes: int) -> Report:
    scope = [f"Phạm vi: {'; '.join(g.scope)}"] if g.scope else []
    return Report(
        "weekly",
        unit_name,
        (
            f"Tình hình thông tin đối ngoại {g.now.of}",
            f"(từ ngày {day(g.now.first)} đến ngày {day(g.now.last)})",
            *scope,
        ),
        (
            Section("1. Số liệu chung", (_words(volume_line(g), stories_change_line(g)),)),
            Section("2. Chủ đề nổi bật", tuple(_highlights(g, themes))),
            Section("3. Sắc thái và tin cần đọc", tuple(_tone(g))),
            Section("4. Vụ việc làm rõ", (_cases(g),)),
            Section("5. Tuần tới", (_next_week(g),)),
            Section("6. Ghi chú phương pháp", (Words(_method(g), "note"),)),
        ),
    )


def _words(*sentences: str | None) -> Words:
    return Words(" ".join(s for s in sentences if s))


def _highlights(g: Gathered, themes: int) -> list[Block]:
    stories = g.total("stories")
    blocks: list[Block] = []
    for theme, n in top_themes(g, themes):
        name = taxonomy().themes[theme].name_vi
        blocks.append(Words(f"{name}: {number(n)}/{number(stories)} tin gốc.", "item"))
        blocks += [
            Words(quoted(story, _TITLE_LENGTH, sourced=False), "inner")
            for story in stories_of_theme(g, theme, _STORIES)
        ]
    return blocks or [Words("Không có tin trong kỳ.")]


def _tone(g: Gathered) -> list[Block]:
    if not g.total("items"):
        return [Words("Không có tin trong kỳ.")]
    return [_words(*tone_lines(g), net_change_line(g)), *to_read(g, _TO_READ, whole_link=False)]


def _cases(g: Gathered) -> Words:
    keys = ("cases", "answered", "open", "open_before")
    found = [f for f in (g.figure("response", key) for key in keys) if f is not None]
    if not found:
        why = g.refused.get("response") or "Hệ thống chưa có số liệu vụ việc."
        return Words(f"{why} [Đơn vị điền: mới …, đang mở …, đã trả lời …]", "blank")
    told = [f"{f.label_vi[:1].lower()}{f.label_vi[1:]}: {result(f)}" for f in found]
    return Words(sentence("; ".join(told)))


def _next_week(g: Gathered) -> Words:
    first = g.now.last + timedelta(days=1)
    ends = f"{day(first)} đến {day(first + timedelta(days=6))}"
    return Words(f"[Đơn vị bổ sung sự kiện, nội dung trọng tâm từ {ends}]", "blank")


def _method(g: Gathered) -> str:
    used = listed(g.versions.get("model_version", []))
    by = f" (phiên bản {used})" if used else ""
    return (
        "Tin gốc tính mỗi nội dung một lần, lượt đăng tính mọi lần đăng; nguồn cố định thu "
        "thập được ít nhất 90 % số ngày của cả hai kỳ; KTC: khoảng tin cậy. Chủ đề, sắc thái do "
        f"máy gán{by}, {correction(g)}. Không tính {number(g.undated)} lượt đăng "
        "không rõ ngày. "
        f"{UNTITLED} {OUTPUT}"
    )
