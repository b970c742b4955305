"""Sentences that both reports share, after the model line of ``domain/metrics.md`` section 8."""

from __future__ import annotations

import numpy as np

from data.taxonomy import taxonomy
from service.coverage.answer import vietnamese_number as number
from service.coverage.change import UNCLEAR_VI, Change
from service.report.blocks import Words
from service.report.gathering import Gathered
from service.report.stories import Story, most_reprinted
from service.report.words import count, day, first_upper, percent, sentence, shortened

OUTPUT = "Đây là chỉ số đầu ra, không đo nhận thức của công chúng nước ngoài."
UNTITLED = (
    "Tin cần đọc không in tiêu đề để tránh nêu tên người; tiêu cực không có nghĩa là sai hay xấu "
    "độc."
)
_BEFORE = {"weekly": "tuần trước", "monthly": "kỳ trước"}


def volume_line(g: Gathered) -> str:
    """How much was published, in one sentence."""
    when = first_upper(g.now.of)
    if g.kind == "monthly":
        when += f" ({day(g.now.first)} đến {day(g.now.last)})"
    if not g.total("items"):
        return (
            f"{when}: kho không có tin gốc nào thuộc phạm vi báo cáo. Nếu nguồn chưa được thu thập "
            "thì đây là thiếu số liệu, không phải là không có tin."
        )
    factor = g.figure("volume", "duplication")
    times = f", {factor.wording}" if factor else ""
    return (
        f"{when}: {number(g.total('stories'))} tin gốc ({number(g.total('items'))} lượt "
        f"đăng{times}) từ {number(g.total('outlets'))} nguồn có tin."
    )


def stories_change_line(g: Gathered) -> str:
    """How the number of stories compares with the period before."""
    found = g.comparison
    if found.stories is None or found.now is None or found.before is None:
        return f"Chưa so sánh được với {_BEFORE[g.kind]} vì {found.why_not}{_so_far(g)}."
    return (
        f"So với {_BEFORE[g.kind]}, trên {number(found.panel.count)} nguồn cố định: "
        f"{number(found.now.stories)} tin gốc, {_BEFORE[g.kind]} {number(found.before.stories)}; "
        f"{_told(g, found.stories)}."
    )


def _told(g: Gathered, change: Change) -> str:
    """A change in words; what is no change is not spelt out on the one page of a week."""
    return UNCLEAR_VI if g.kind == "weekly" and not change.changed else change.wording


def _so_far(g: Gathered) -> str:
    return f" (mới tính đến hết ngày {day(g.last)})" if g.unfinished else ""


def tone_lines(g: Gathered) -> list[str]:
    """The three shares, net sentiment with its formula, and its change."""
    keys = ("positive", "neutral", "negative")
    figures = [g.figure("sentiment", key) for key in keys]
    counts = [g.counted("sentiment", key) for key in keys]
    net = g.figure("sentiment", "net_sentiment")
    n = int(counts[0].denominator or 0) if counts[0] else 0
    if not n or net is None:
        return ["Không có tin gốc nào nói tới Việt Nam hoặc địa phương để tính sắc thái."]
    words = ("tích cực", "trung lập", "tiêu cực")
    if any(f is None or f.value is None for f in figures):
        told = ", ".join(
            f"{w} {count(c.numerator if c else None)}" for w, c in zip(words, counts, strict=True)
        )
        return [f"Trong {number(n)} tin gốc nói tới Việt Nam hoặc địa phương: {told}; {_FEW}."]
    told = ", ".join(
        f"{w} {percent(f.value, f.interval)}"
        for w, f in zip(words, figures, strict=True)
        if f is not None
    )
    lines = [f"Trong {number(n)} tin gốc nói tới Việt Nam hoặc địa phương{_how(g)}: {told}."]
    return [*lines, sentence(net.wording)]


_FEW = "dưới 30 tin gốc nên không tính tỷ lệ và sắc thái thuần"


def net_change_line(g: Gathered) -> str | None:
    """How net sentiment compares with the period before, None where it has no value."""
    found = g.comparison
    if found.net is None:
        return None
    return (
        f"So với {_BEFORE[g.kind]} (số đếm theo nhãn máy, trên {number(found.panel.count)} nguồn "
        f"cố định): {_told(g, found.net)}."
    )


def correction(g: Gathered) -> str:
    """Whether the shares were corrected for the classifier's errors, and by what."""
    net = g.figure("sentiment", "net_sentiment")
    if net is None or not net.corrected:
        return "chưa hiệu chỉnh sai số phân loại"
    if "ước tính" in net.wording:
        return "tỷ lệ là ước tính, hiệu chỉnh theo sai số đã đo của mô hình"
    return "tỷ lệ đã hiệu chỉnh theo mẫu kiểm tra do người gán nhãn"


def _how(g: Gathered) -> str:
    net = g.figure("sentiment", "net_sentiment")
    if net is None or not net.corrected:
        return ""
    return " (ước tính)" if "ước tính" in net.wording else " (đã hiệu chỉnh)"


def top_themes(g: Gathered, most: int) -> list[tuple[int, int]]:
    """Themes with most stories by primary theme: place in the taxonomy and stories."""
    sizes = np.bincount(g.rows.primary[g.rows.firsts], minlength=len(taxonomy().ids))
    order = sorted(np.flatnonzero(sizes), key=lambda k: (-sizes[k], k))
    return [(int(k), int(sizes[k])) for k in order[:most]]


def quoted(story: Story, most: int, sourced: bool = True) -> str:
    """A story by its title of ``most`` characters, day and items, with its source or without."""
    source = f"{story.source}, " if story.source and sourced else ""
    return f"“{shortened(story.title, most)}” ({source}{_short(story)}; {number(story.items)} lượt)"


def _short(story: Story) -> str:
    return f"{story.day.day}-{story.day.month}"


def stories_of_theme(g: Gathered, theme: int, most: int) -> list[Story]:
    """Most reprinted stories of a primary theme; those to be read closely have their own place."""
    firsts = g.rows.firsts
    of = (g.rows.primary[firsts] == theme) & ~_negative(g)
    return most_reprinted(g.store, g.rows, firsts[of], most)


def stories_of_all(g: Gathered, most: int) -> list[Story]:
    """Most reprinted stories but those to be read closely."""
    return most_reprinted(g.store, g.rows, g.rows.firsts[~_negative(g)], most)


def to_read(g: Gathered, most: int, whole_link: bool = True) -> list[Words]:
    """Negative stories: how many, and where to find the most reprinted ones.

    ``whole_link``: addresses are printed, and not only linked to.
    """
    firsts = g.rows.firsts[_negative(g)]
    if not len(firsts):
        return [Words("Cần đọc: không có tin gốc nào mang sắc thái tiêu cực theo nhãn máy.")]
    found = most_reprinted(g.store, g.rows, firsts, most)
    lead = f"Cần đọc: {number(len(firsts))} tin gốc mang sắc thái tiêu cực theo nhãn máy"
    lead += ", đăng lại nhiều nhất là:" if found else "."
    return [Words(lead), *(_located(story, whole_link) for story in found)]


def _negative(g: Gathered) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    firsts = g.rows.firsts
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (g.rows.tone[firsts] < 0) & g.rows.target[
        firsts
    ]
    return found


def _located(story: Story, whole_link: bool) -> Words:
    parts = [
        taxonomy().themes[story.theme].name_vi,
        f"{story.source or 'không ghi nguồn'}, {_short(story)}",
        f"{number(story.items)} lượt đăng",
    ]
    if not story.url:
        return Words(f"{'; '.join(parts)} (không có đường dẫn)", "item")
    shown = story.url if whole_link else "xem tin"
    return Words(f"{'; '.join(parts)}; ", "item", story.url, shown)
