"""Sections that rest on other metrics, from answers of their shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.coverage.answer import Coverage, Figure, Interval
from service.coverage.figures import coverage
from service.report import gathering
from service.report.blocks import Chart
from service.store.store import Store
from tests.service import made_month
from tests.service.test_report import make, office, tables  # noqa: F401


def figure(
    key: str,
    numerator: float | None = None,
    denominator: float | None = None,
    *,
    label: str = "",
    wording: str = "",
    value: float | None = None,
    interval: tuple[float, float] | None = None,
    corrected: bool = False,
) -> Figure:
    if value is None and numerator is not None and denominator:
        value = numerator / denominator
    ends = interval and Interval(low=interval[0], high=interval[1], level=0.95, method="wilson")
    return Figure(
        key=key, label_vi=label or key, value=value, numerator=numerator, denominator=denominator,
        n=int(denominator or numerator or 0), interval=ends or None, corrected=corrected,
        wording=wording,
    )  # fmt: skip


Answering = Callable[[dict[str, list[Figure]]], None]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Adds made figures to the real ones."""

    def install(made: dict[str, list[Figure]]) -> None:
        def answer(store: Store, metric: str, *given: Any) -> Coverage:
            if metric not in made:
                return coverage(store, metric, *given)
            plain = coverage(store, "volume", *given)
            notes = [
                "Chưa có kế hoạch của kỳ. Hãy nhập bảng plan (ttdn reference import plan TỆP)."
            ]
            return plain.model_copy(
                update={"metric": metric, "figures": made[metric], "notes": notes}
            )

        monkeypatch.setattr(gathering, "coverage", answer)
        monkeypatch.setattr(gathering, "METRICS", ("volume", "themes", "sentiment", *made))

    return install


def test_spaces_languages_and_countries(office: Store, answering: Answering) -> None:  # noqa: F811
    answering(
        {
            "space": [
                figure("space:real", label="Không gian thực", wording="chưa ghi nhận"),
                figure("space:cyber", 90, 100, label="Không gian mạng", interval=(0.82, 0.95)),
                figure("events_reported", 3, label="Sự kiện do đơn vị báo cáo", value=3),
            ],
            "language": [
                figure("language:vi", 1200, 1300, interval=(0.9, 0.94)),
                figure("language:xx", 5, 1300),
                figure("country:JP", 30, 1300),
                figure("international", 30, 1300, label="Quốc tế đưa tin",
                       wording="Quốc tế đưa tin: 30/1.300 tin gốc"),
                figure("breadth", value=1.34, label="Độ rộng"),
            ],
        }
    )  # fmt: skip
    made = make(office, "monthly", made_month.PERIOD)
    rows = {r.cells[0]: r.cells[1:] for r in tables(made)["Bảng 4"].rows}
    assert rows["Không gian thực"] == ("chưa ghi nhận", "-", "-")
    assert rows["Không gian mạng"] == ("90", "90 %", "82 đến 95 %")
    assert rows["Sự kiện do đơn vị báo cáo"] == ("3", "-", "-")
    assert rows["Tiếng Việt"] == ("1.200", "92 %", "90 đến 94 %")
    assert rows["xx"] == ("5", "0,4 %", "-")
    assert rows["Nhật Bản"][0] == "30"
    assert rows["Độ rộng"] == ("1,3", "-", "-")
    assert "Quốc tế đưa tin: 30/1.300 tin gốc." in made.text


def test_plan_units_and_gaps(office: Store, answering: Answering) -> None:  # noqa: F811
    theme = "tourism_destination"
    answering(
        {
            "plan": [
                figure(f"done:{theme}", 50, 40),
                figure(f"done:{theme}:earned", 35, 40),
                figure(f"done:{theme}:owned", 15, 40),
                figure("done:world_affairs", 29, 40),
                figure("done:defense_security", 12, 0),
                figure("coverage", 1, 2, wording="1/2 chủ đề có chỉ tiêu đã đạt"),
                figure("balance", value=0.5, wording="Độ cân đối 0,50"),
            ],
            "units": [
                figure("lead:Sở A", 50),
                figure("gaps", 2, value=2, wording="2/15 chủ đề chưa có đơn vị chủ trì"),
                figure("gap:world_affairs", 0, wording="Tình hình thế giới và khu vực: chưa có đơn "
                       "vị chủ trì (29 tin gốc)"),
                figure("gap:defense_security", 0, wording="Quốc phòng, an ninh và gìn giữ hòa "
                       "bình: chưa có đơn vị chủ trì (12 tin gốc)"),
            ],
        }
    )  # fmt: skip
    made = make(office, "monthly", made_month.PERIOD)
    rows = {r.cells[0]: r.cells[1:] for r in tables(made)["Bảng 5"].rows}
    assert rows["Du lịch và điểm đến"] == ("40", "50", "125 %", "35", "15")
    assert rows["Tình hình thế giới và khu vực"] == ("40", "29", "-", "-", "-")
    assert rows["Quốc phòng, an ninh và gìn giữ hòa bình"][:3] == ("-", "12", "-")
    assert "(không phải bảng xếp hạng): Sở A 50." in made.text
    assert (
        "Chưa có đơn vị chủ trì: Tình hình thế giới và khu vực; Quốc phòng, an ninh và gìn giữ "
        "hòa bình."
    ) in made.text
    assert "Xem xét phân công chủ trì" in made.text


def test_a_plan_that_is_missing_is_said_without_orders(
    office: Store,  # noqa: F811
    answering: Answering,
) -> None:
    answering({"plan": [figure("coverage", label="Số chủ đề đạt kế hoạch", wording="-")]})
    text = make(office, "monthly", made_month.PERIOD).text
    assert "Chưa có kế hoạch của kỳ." in text
    assert "Hãy nhập" not in text
    assert "ttdn reference" not in text


def test_cases_in_both_reports(office: Store, answering: Answering) -> None:  # noqa: F811
    answering(
        {
            "response": [
                figure("cases", 3, label="Vụ việc phát sinh trong kỳ",
                       wording="Vụ việc phát sinh trong kỳ: 3 vụ"),
                figure("open", 1, label="Còn mở", wording="Còn mở: 1 vụ"),
                figure("median_response", value=30.0, label="Trung vị",
                       wording="Trung vị 30 giờ, tính trên 3 vụ, 1 vụ chưa trả lời"),
            ]
        }
    )  # fmt: skip
    made = make(office, "monthly", made_month.PERIOD)
    rows = [r.cells for r in tables(made)["Bảng 6"].rows]
    assert rows[0] == ("Vụ việc phát sinh trong kỳ", "3 vụ")
    assert rows[2][1] == "Trung vị 30 giờ, tính trên 3 vụ, 1 vụ chưa trả lời"
    week = make(office, "weekly", made_month.WEEK)
    assert "Vụ việc phát sinh trong kỳ: 3 vụ; còn mở: 1 vụ." in week.text


def test_alerts_and_the_quality_of_the_measurement(
    office: Store,  # noqa: F811
    answering: Answering,
) -> None:
    answering(
        {
            "alerts": [
                figure("alerts", 1, wording="1 cảnh báo trong kỳ"),
                figure("expected_false", 1.3, wording="Dự kiến khoảng 1,3 báo nhầm trong kỳ"),
                figure("alert:world_affairs:2026-03-01", 4, wording="Tình hình thế giới, ngày "
                       "1-3-2026: 4 tin gốc tiêu cực. Cần đọc: /v1/documents?x=1"),
            ],
            "quality": [
                figure("audit_size", 200, value=200, label="Mẫu kiểm tra",
                       wording="Mẫu kiểm tra 200 văn bản, gán nhãn xong ngày 20-3-2026"),
                figure("feed_uptime", 90, 100, label="Nguồn hoạt động",
                       wording="Thu thập thành công 90/100 lượt nguồn × ngày"),
            ],
        }
    )  # fmt: skip
    text = make(office, "monthly", made_month.PERIOD).text
    assert "1 cảnh báo trong kỳ. Dự kiến khoảng 1,3 báo nhầm" in text
    assert "/v1/" not in text
    assert "Mẫu kiểm tra 200 văn bản, gán nhãn xong ngày 20-3-2026." in text
    assert "Chưa có mẫu kiểm tra" not in text
    assert "Lập mẫu kiểm tra" not in text
    assert "Thu thập thành công 90/100" in text


@pytest.mark.parametrize("estimated", [True, False])
def test_corrected_tone_stands_beside_what_was_counted(
    office: Store,  # noqa: F811
    answering: Answering,
    estimated: bool,
) -> None:
    mark = "ước tính " if estimated else ""
    how = "hiệu chỉnh theo mẫu kiểm tra 200 tin"
    shares = {"positive": (0.40, 140), "neutral": (0.35, 180), "negative": (0.25, 30)}
    answering(
        {
            "sentiment": [
                *(
                    figure(k, 350 * p, 350, interval=(p - 0.05, p + 0.05), corrected=True)
                    for k, (p, _) in shares.items()
                ),
                figure("net_sentiment", 52.5, 350, interval=(0.08, 0.22), corrected=True,
                       wording=f"Sắc thái thuần {mark}+15 điểm (KTC 95 %: +8 đến +22; {how})"),
                *(figure(f"{k}:counted", n, 350) for k, (_, n) in shares.items()),
                figure("net_sentiment:counted", 110, 350),
            ]
        }
    )  # fmt: skip
    made = make(office, "monthly", made_month.PERIOD)
    rows = [r.cells for r in tables(made)["Bảng 3"].rows]
    assert rows[0] == ("Tích cực", "140", "40 %", "35 đến 45 %")
    assert rows[2] == ("Tiêu cực", "30", "25 %", "20 đến 30 %")
    assert rows[3][1] == "350"
    assert rows[4][2:] == ("+15", "+8 đến +22")
    assert f"Sắc thái thuần {mark}+15 điểm" in made.text
    said = "tỷ lệ là ước tính" if estimated else "tỷ lệ đã hiệu chỉnh theo mẫu kiểm tra"
    assert said in tables(made)["Bảng 3"].note
    assert "chưa hiệu chỉnh sai số phân loại" not in tables(made)["Bảng 3"].note
    charts = [b for s in made.report.sections for b in s.blocks if isinstance(b, Chart)]
    assert [b.value for b in charts[1].bars] == pytest.approx([40, 35, 25])
