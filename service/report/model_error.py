"""What the model in use was measured to get wrong, in sentences; from its bundle's own figures."""

from __future__ import annotations

from typing import Any

from data.taxonomy import taxonomy
from model.bundle import BundleSettings
from service.coverage.answer import vietnamese_number as number
from service.report.words import listed

LEAST_SUPPORT = 10
_WEAKEST = 3
_TONES = ("tích cực", "trung lập", "tiêu cực")


def error_sentences(settings: BundleSettings, used: list[str]) -> list[str]:
    """What can be said of the errors of the versions ``used``; none measured is said too."""
    if not used:
        return []
    told: list[str] = []
    if settings.model_version in used:
        told = _measured(settings.model_version, settings.figures.get("bundle", {}))
    others = [v for v in used if v != settings.model_version]
    if others or not told:
        which = listed(others or used)
        told.append(
            f"Gói mô hình đang cài không có số đo sai số của phiên bản {which}, nên chưa nêu được "
            "sai số của phần tin do phiên bản này gán nhãn."
        )
    return told


def _measured(version: str, figures: dict[str, Any]) -> list[str]:
    whole = figures.get("headline", {})
    if not {"items", "theme_macro_f1", "sentiment_macro_f1"} <= set(whole):
        return []
    told = [
        f"Phiên bản mô hình {version}, đo trên {number(whole['items'])} tin giữ riêng khi huấn "
        "luyện (không phải mẫu ngẫu nhiên của kỳ này): điểm F1 trung bình của các chủ đề "
        f"{number(whole['theme_macro_f1'], 2)}, của sắc thái "
        f"{number(whole['sentiment_macro_f1'], 2)}."
    ]
    recall = figures.get("sentiment", {}).get("recall", [])
    if len(recall) == len(_TONES):
        parts = [f"{number(100 * r)} tin {tone}" for r, tone in zip(recall, _TONES, strict=True)]
        least = _TONES[min(range(len(_TONES)), key=recall.__getitem__)]
        told.append(
            f"Cứ 100 tin mỗi loại thì máy nhận đúng khoảng {listed(parts)}; phần còn lại bị tính "
            f"sang sắc thái khác, nên tin {least} dễ bị đếm thiếu nhất."
        )
    themes = {
        i: f["f1"]
        for i, f in figures.get("themes", {}).items()
        if f.get("support", 0) >= LEAST_SUPPORT and i in taxonomy().ids
    }
    weak = sorted(themes, key=lambda i: themes[i])[:_WEAKEST]
    if weak:
        names = [f"{taxonomy().theme(i).name_vi} ({number(themes[i], 2)})" for i in weak]
        told.append(f"Chủ đề máy nhận kém nhất (điểm F1): {'; '.join(names)}.")
    return told
