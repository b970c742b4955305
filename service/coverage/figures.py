"""Every coverage metric by name, and the one door to them."""

from __future__ import annotations

from collections.abc import Sequence

from data.problems import Place, Problem
from service.coverage.alerts import alerts
from service.coverage.answer import ALL_SOURCES, Basis, Coverage, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.growth import growth
from service.coverage.language import language
from service.coverage.messages import messages
from service.coverage.period import Period
from service.coverage.plan import plan
from service.coverage.presence import presence
from service.coverage.quality import quality
from service.coverage.question import Answered, Metric, Question
from service.coverage.ranks import ranks
from service.coverage.reach import reach
from service.coverage.response import response
from service.coverage.selection import rows_url, today
from service.coverage.space import space
from service.coverage.themes import themes
from service.coverage.timeliness import timeliness
from service.coverage.tone import sentiment
from service.coverage.units import units
from service.coverage.voice import share_of_voice
from service.coverage.volume import volume
from service.store.counting import undated_count
from service.store.filters import Filter
from service.store.store import Store

_OUTPUT_NOTE = "Đây là chỉ số đầu ra, không đo nhận thức của công chúng."
_RAW_NOTE = (
    "Số liệu đếm theo nhãn máy, chưa hiệu chỉnh sai số phân loại; khoảng tin cậy (KTC) chỉ "
    "phản ánh sai số do chọn mẫu."
)
_STORY_NOTE = (
    "Tin gốc gộp bản in lại và bản sửa nhẹ trong vòng ba ngày; bài viết lại và bản dịch tính là "
    "tin khác."
)
_MIXED_NOTE = (
    "Số liệu của kỳ ghép từ nhiều phiên bản mô hình, hệ chủ đề hoặc ngưỡng: chênh lệch trong kỳ có "
    "thể do đổi phiên bản, không đọc là xu hướng."
)

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
    "timeliness": ("Kịp thời", timeliness),
    "response": ("Tốc độ làm rõ", response),
    "space": ("Không gian và kênh", space),
    "language": ("Ngôn ngữ và quốc gia", language),
    "units": ("Phân vai theo đơn vị", units),
    "alerts": ("Cảnh báo", alerts),
    "ranks": ("Thứ hạng quốc gia (trích dẫn)", ranks),
    "quality": ("Chất lượng đo", quality),
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
    panel = answered.panel or Panel(sources=question.rows().source_count, rule=ALL_SOURCES)
    return Coverage(
        metric=metric,
        period=period.as_json(),
        filter=chosen.given(),
        basis=answered.basis or basis,
        figures=answered.figures,
        panel=panel,
        versions=question.versions if answered.counted else {},
        notes=[*answered.notes, *(_counting_notes(question, answered) if answered.counted else [])],
        rows_url=answered.rows_url or rows_url(period, chosen, question.last),
    )


def _counting_notes(question: Question, answered: Answered) -> list[str]:
    """What has to be said with whatever is counted over documents."""
    undated = undated_count(question.store, question.chosen, question.today)
    mixed = any(len(used) > 1 for used in question.versions.values())
    return [
        f"Không rõ ngày hoặc ghi ngày trong tương lai: {number(undated)} lượt đăng, "
        "không tính vào số liệu.",
        *([_MIXED_NOTE] if mixed else []),
        *([] if any(f.corrected for f in answered.figures) else [_RAW_NOTE]),
        _STORY_NOTE,
        _OUTPUT_NOTE,
    ]
