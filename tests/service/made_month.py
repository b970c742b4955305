"""A made office: some two months of tagged stories of every theme, reprints, sources, days.

Nothing in it is real but place names. ``python -m tests.service.made_month URL`` fills a database
to look at.
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta

from data.schema import Document
from data.taxonomy import taxonomy
from model.bundle import default_bundle, read_settings
from model.prediction import Prediction
from service.store.reference import (
    EventRow,
    PlanRow,
    SourceDayRow,
    SourceRow,
    UnitRow,
    replace,
)
from service.store.store import Store
from tests.service.test_store import document, prediction

FIRST, LAST = date(2025, 12, 15), date(2026, 3, 14)
VERSION = read_settings(default_bundle()).model_version
"""The shipped model's, so that its measured errors are those of these labels."""
PERIOD = "admin-2026-03"
WEEK = "2026-W10"
_PLACES = (
    "Gia Lai", "Pleiku", "Quy Nhơn", "An Khê", "Chư Sê", "Đak Đoa", "Ia Grai", "Tuy Phước",
    "Hoài Nhơn", "Kbang", "Phù Cát", "Mang Yang", "Tây Sơn", "Đức Cơ", "Vân Canh",
)  # fmt: skip
_PARTNERS = (
    "Hàn Quốc", "Nhật Bản", "Lào", "Campuchia", "Ấn Độ", "Australia", "Pháp", "Đức", "Hà Lan",
    "Thái Lan", "Singapore", "Hoa Kỳ", "Canada", "Trung Quốc",
)  # fmt: skip
_TITLES: dict[str, tuple[str, ...]] = {
    "party_state_policy": (
        "{place} triển khai nghị quyết mới về hội nhập quốc tế đến năm {year}",
        "Chính sách thị thực điện tử tạo thuận lợi cho khách đến {place}",
    ),
    "foreign_affairs_diplomacy": (
        "{place} đón đoàn công tác {partner} bàn hợp tác nông nghiệp công nghệ cao",
        "Việt Nam và {partner} nhất trí mở rộng hợp tác giáo dục, lao động",
        "Đại sứ quán {partner} khảo sát mô hình du lịch cộng đồng ở {place}",
    ),
    "socioeconomic_development": (
        "{place} đưa {n} tuyến đường liên xã vào sử dụng, rút ngắn thời gian đi lại",
        "Tăng trưởng kinh tế của {place} quý đầu năm đạt {n} phần trăm",
        "Hơn {n} hộ nghèo ở {place} nhận nhà mới trước mùa mưa",
    ),
    "defense_security": (
        "Lực lượng gìn giữ hòa bình Việt Nam nhận thêm {n} nhiệm vụ ở châu Phi",
        "Bộ đội {place} diễn tập cứu hộ cùng lực lượng {partner}",
    ),
    "sovereignty_borders_seas": (
        "Ngư dân {place} bám biển dài ngày, giữ ngư trường truyền thống",
        "Tuần tra chung trên tuyến biên giới {place} với {partner}",
    ),
    "human_rights_ethnicity_religion": (
        "Làng đồng bào ở {place} khôi phục lễ hội sau {n} năm",
        "{place} dạy chữ cho người lớn tuổi vùng đồng bào dân tộc thiểu số",
    ),
    "overseas_vietnamese": (
        "Kiều bào tại {partner} góp sách cho {n} thư viện trường học ở {place}",
        "Hội người Việt tại {partner} mở lớp tiếng Việt cho trẻ em",
    ),
    "external_information_management": (
        "{place} tập huấn công tác thông tin đối ngoại cho {n} xã, phường",
    ),
    "culture_history_people": (
        "Cồng chiêng {place} ra mắt khán giả {partner} trong tuần văn hóa",
        "Bảo tàng ở {place} trưng bày {n} hiện vật mới khai quật",
    ),
    "tourism_destination": (
        "{place} đón {n} nghìn lượt khách dịp đầu xuân, khách {partner} tăng",
        "Mùa hoa ở {place} lên trang nhất báo du lịch {partner}",
        "Khách phàn nàn giá dịch vụ và rác thải ở {place} dịp cao điểm",
    ),
    "trade_investment_promotion": (
        "Doanh nghiệp {partner} tìm hiểu vùng cà phê, chanh dây ở {place}",
        "{place} xuất lô sầu riêng {n} tấn đầu tiên sang {partner}",
        "Dự án điện gió ở {place} chậm tiến độ, nhà đầu tư {partner} kiến nghị",
    ),
    "innovation_sustainability": (
        "{place} thử nghiệm trạm quan trắc rừng bằng cảm biến của {partner}",
        "Trường đại học ở {place} cùng {partner} nghiên cứu giống cà phê chịu hạn",
    ),
    "people_to_people_local_cooperation": (
        "{place} kết nghĩa với một tỉnh của {partner}, trao {n} suất học bổng",
        "Hội hữu nghị {place} và {partner} giao lưu thanh niên",
    ),
    "world_affairs": (
        "Kinh tế {partner} phục hồi chậm, thị trường nông sản biến động",
        "{partner} công bố gói hỗ trợ năng lượng trị giá {n} tỷ",
    ),
    "disinformation_rebuttal": (
        "Cơ quan chức năng {place} bác tin đồn về {n} ca bệnh lạ",
        "Làm rõ thông tin sai về đất đai ở {place} lan trên mạng",
    ),
}
_WEIGHTS = (6, 10, 12, 3, 4, 4, 4, 2, 12, 16, 12, 6, 5, 8, 3)
# id, name, country, kind, media, space, channel, language, weight
_SOURCES: tuple[tuple[str, str, str | None, str, str, str, str, str, int], ...] = (
    *((f"bao-{k}", name, "VN", "press", "earned", "cyber", "web", "vi", w) for k, (name, w) in
      enumerate((("Báo Sông Ba", 12), ("Nhật báo Cao Nguyên", 10), ("Báo Biển Đông Bắc", 9),
                 ("Thời báo Hội Nhập", 8), ("Báo Du Xuân", 7), ("Báo Nông Sản", 6),
                 ("Tạp chí Đối Ngoại Mới", 4), ("Báo Đường Chín", 4), ("Tạp chí Cồng Chiêng", 2),
                 ("Báo Ngư Trường", 2)))),
    ("bao-in", "Báo in Tây Trường Sơn", "VN", "press", "earned", "real", "print", "vi", 5),
    ("cong-tinh", "Cổng thông tin tỉnh", "VN", "state_portal", "owned", "cyber", "web", "vi", 8),
    ("cong-nn", "Trang thông tin Sở Ngoại vụ", "VN", "state_portal", "owned", "cyber", "web", "vi",
     4),
    ("dai-pttt", "Đài phát thanh, truyền hình tỉnh", "VN", "broadcaster", "owned", "real", "tv",
     "vi", 6),
    ("dsq-jp", "Trang cơ quan đại diện tại Nhật Bản", "VN", "mission", "owned", "cyber", "web",
     "vi", 1),
    ("kr-daily", "Seoul Morning", "KR", "press", "earned", "cyber", "web", "vi", 2),
    ("jp-news", "Kansai Keizai", "JP", "press", "earned", "cyber", "web", "ja", 2),
    ("la-news", "Vientiane Nay", "LA", "press", "earned", "cyber", "web", "vi", 1),
    ("vn-en", "Highlands Review", "VN", "press", "earned", "cyber", "web", "en", 3),
    ("trang-1", "Trang cộng đồng 1", "VN", "social_page", "shared", "cyber", "social", "vi", 3),
    ("trang-2", "Trang cộng đồng 2", "VN", "social_page", "shared", "cyber", "social", "vi", 2),
    ("video-1", "Kênh video 1", None, "video", "shared", "cyber", "video", "vi", 1),
)  # fmt: skip
_UNITS = (
    ("Sở Văn hóa, Thể thao và Du lịch", ("culture_history_people", "tourism_destination")),
    ("Sở Ngoại vụ", ("foreign_affairs_diplomacy", "people_to_people_local_cooperation")),
    ("Trung tâm Xúc tiến đầu tư", ("trade_investment_promotion",)),
    ("Công an tỉnh", ("disinformation_rebuttal",)),
)
_NEGATIVE = ("phàn nàn", "chậm tiến độ", "tin đồn", "thông tin sai", "phục hồi chậm")
Item = tuple[Document, Prediction]


def items(stories_a_day: int = 14, seed: int = 1) -> list[Item]:
    """Documents of every day from :data:`FIRST` to :data:`LAST` with their labels."""
    rng = random.Random(seed)
    found: list[Item] = []
    day = FIRST
    while day <= LAST:
        busy = stories_a_day + rng.randint(-3, 3) - (4 if day.weekday() > 4 else 0)
        for k in range(max(1, busy)):
            found += _story(rng, day, f"{day.isoformat()}-{k:02}")
        day += timedelta(days=1)
    for k in range(9):
        found.append(_one(rng, f"khong-ngay-{k}", "tourism_destination", _SOURCES[0], None, k))
    return found


def _story(rng: random.Random, day: date, name: str) -> list[Item]:
    theme = rng.choices(taxonomy().ids, _WEIGHTS)[0]
    copies = min(30, int(rng.paretovariate(1.3)))
    weights = [s[-1] for s in _SOURCES]
    sources = list(dict.fromkeys(rng.choices(_SOURCES, weights, k=copies)))
    seed = rng.random()
    result = []
    for k, source in enumerate(sources):
        published = min(LAST, day + timedelta(days=0 if k == 0 else rng.randint(0, 1)))
        result.append(_one(random.Random(seed), f"{name}-{k}", theme, source, published, name))
    return result


def _one(
    rng: random.Random,
    name: str,
    theme: str,
    source: tuple[str, str, str | None, str, str, str, str, str, int],
    published: date | None,
    key: object,
) -> Item:
    place, partner = rng.choice(_PLACES), rng.choice(_PARTNERS)
    title = rng.choice(_TITLES[theme]).format(
        place=place, partner=partner, n=rng.randint(2, 98), year=rng.choice((2027, 2030))
    )
    words = [rng.choice(_PLACES + _PARTNERS).lower() for _ in range(20)]
    body = f"{' '.join(words)} {key} {' '.join(rng.sample(words, 10))} {rng.random()}"
    others = [t for t in taxonomy().ids if t not in (theme, "world_affairs")]
    themes = [theme]
    if theme != "world_affairs" and rng.random() < 0.3:
        themes.append(rng.choice(others))
    tone = rng.choices(("positive", "neutral", "negative"), (40, 55, 5))[0]
    if any(word in title for word in _NEGATIVE):
        tone = "negative"
    id_, _, country, kind, media, space, channel, language, _ = source
    given = {
        "published_at": published.isoformat() if published else None,
        "source_id": id_, "source_country": country, "source_type": kind, "media_type": media,
        "space": space, "channel": channel, "language": language,
        "is_translation": language != "vi",
        "url": f"https://{id_}.example/{name}", "locality": [place], "body": body,
    }  # fmt: skip
    kept = {k: v for k, v in given.items() if v is not None}
    return document(name, title, **kept), prediction(name, *themes, tone=tone, version=VERSION)


def fill(store: Store, stories_a_day: int = 14) -> None:
    """Documents, and what people supply beside them."""
    every = items(stories_a_day)
    for at in range(0, len(every), 200):
        store.save(every[at : at + 200])
    replace(
        store,
        SourceRow,
        [
            SourceRow.model_validate(
                {"source_id": s[0], "name": s[1], "country": s[2], "source_type": s[3],
                 "media_type": s[4]}
            )
            for s in _SOURCES
        ],
    )  # fmt: skip
    days = [FIRST + timedelta(days=k) for k in range((LAST - FIRST).days + 1)]
    # One paper's feed was down for two weeks of February.
    down = {("bao-4", date(2026, 2, 16) + timedelta(days=k)) for k in range(14)}
    replace(
        store,
        SourceDayRow,
        [
            SourceDayRow(source_id=s[0], day=d, fetched=(s[0], d) not in down)
            for s in _SOURCES
            for d in days
        ],
    )
    targets = {"tourism_destination": 60, "foreign_affairs_diplomacy": 40,
               "culture_history_people": 40, "trade_investment_promotion": 50,
               "disinformation_rebuttal": 0}  # fmt: skip
    replace(store, PlanRow, [PlanRow(period=PERIOD, theme=t, target=n) for t, n in targets.items()])
    replace(
        store,
        UnitRow,
        [UnitRow(theme=t, unit=u, role="lead") for u, themes in _UNITS for t in themes],
    )
    replace(
        store,
        EventRow,
        [
            EventRow.model_validate(
                {
                    "event": "Tuần văn hóa",
                    "occurred_at": "2026-03-03",
                    "document_id": every[0][0].id,
                }
            )
        ],
    )


if __name__ == "__main__":
    opened = Store(sys.argv[1])
    opened.migrate()
    fill(opened)
