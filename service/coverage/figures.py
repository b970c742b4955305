"""Every coverage metric by name, and the one door to them."""

from __future__ import annotations

from collections.abc import Sequence

from data.problems import Place, Problem
from service.coverage.answer import ALL_SOURCES, Basis, Coverage, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.growth import growth
from service.coverage.messages import messages
from service.coverage.period import Period
from service.coverage.plan import plan
from service.coverage.presence import presence
from service.coverage.question import Metric, Question
from service.coverage.reach import reach
from service.coverage.selection import rows_url, today
from service.coverage.themes import themes
from service.coverage.tone import sentiment
from service.coverage.voice import share_of_voice
from service.coverage.volume import volume
from service.store.counting import undated_count, versions
from service.store.filters import Filter
from service.store.store import Store

_OUTPUT_NOTE = "Đây là chỉ số đầu ra, không đo nhận thức của công chúng."
_RAW_NOTE = (
    "Số liệu đếm theo nhãn máy, chưa hiệu chỉnh sai số phân loại; khoảng tin cậy (KTC) chỉ "
    "phản ánh sai số do chọn mẫu."
)
_STORY_NOTE = "Tin gốc được gộp theo văn bản trùng khớp; bản viết lại còn được tính là tin khác."

_METRICS: dict[str, tuple[str, Metric]] = {
    "volume": ("Khối lượng", volume),
    "themes": ("Cơ cấu chủ đề", themes),
    "sentiment": ("Sắc thái", sentiment),
    "plan": ("Mức độ bám kế hoạch", plan),
    "growth": ("Tăng trưởng thông tin tích cực", growth),
    "presence": ("Mức độ hiện diện", presence),
    "share-of-voice": ("Thị phần tiếng nói", share_of_voice),
    "reach": ("Tiếp cận", reach),
    "messages": ("Mức độ truyền tải thông điệp", messages),
}
_OF_PLACES = ("share-of-voice",)
METRICS = tuple(_METRICS)
METRIC_NAMES = {name: label for name, (label, _) in _METRICS.items()}


def coverage(
    store: Store,
    metric: str,
    period: Period,
    chosen: Filter,
    basis: Basis = "stories",
    among: Sequence[str] = (),
) -> Coverage:
    """One metric. Raises :class:`Problem` for an unknown metric or basis.

    ``among``: the localities that are compared, for a metric that compares them.
    """
    if metric not in _METRICS:
        raise Problem(
            "not-found",
            f"Chưa có chỉ số {metric!r}. Các chỉ số hiện có: {', '.join(METRICS)}.",
        )
    if among and metric not in _OF_PLACES:
        raise Problem(
            "invalid-parameter",
            f"Chỉ số {metric} không so sánh các địa phương. Hãy bỏ among; để lọc theo một địa "
            "phương, hãy dùng locality.",
            [Place("/among", f"chỉ dùng với {', '.join(_OF_PLACES)}")],
        )
    question = Question(store, period, chosen, basis, today(), tuple(among))
    answered = _METRICS[metric][1](question)
    undated = undated_count(store, chosen, question.today)
    panel = answered.panel or Panel(sources=question.rows().source_count, rule=ALL_SOURCES)
    return Coverage(
        metric=metric,
        period=period.as_json(),
        filter=chosen.given(),
        basis=answered.basis or basis,
        figures=answered.figures,
        panel=panel,
        versions=versions(store, chosen, period.first, question.last),
        notes=[
            *answered.notes,
            f"Không rõ ngày hoặc ghi ngày trong tương lai: {number(undated)} lượt đăng, "
            "không tính vào số liệu.",
            *([] if any(f.corrected for f in answered.figures) else [_RAW_NOTE]),
            _STORY_NOTE,
            _OUTPUT_NOTE,
        ],
        rows_url=rows_url(period, chosen, question.last),
    )
