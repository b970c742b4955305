"""Forty short texts that an editor would try first: every theme, every tone, look-alikes, posts.

All are made up. A probe names the themes that a careful reader could take as the main one, and the
tones he could accept. Some misses are allowed, since a probe set that always passes was fitted.
"""

from __future__ import annotations

from typing import NamedTuple

from data.schema import Document
from model.classifier import Classifier
from model.prediction import Prediction

POLICY, DIPLOMACY, ECONOMY = (
    "party_state_policy",
    "foreign_affairs_diplomacy",
    "socioeconomic_development",
)
DEFENCE, BORDERS, RIGHTS = (
    "defense_security",
    "sovereignty_borders_seas",
    "human_rights_ethnicity_religion",
)
OVERSEAS, TTDN, CULTURE = (
    "overseas_vietnamese",
    "external_information_management",
    "culture_history_people",
)
TOURISM, TRADE, INNOVATION = (
    "tourism_destination",
    "trade_investment_promotion",
    "innovation_sustainability",
)
PEOPLE, WORLD, REBUTTAL = (
    "people_to_people_local_cooperation",
    "world_affairs",
    "disinformation_rebuttal",
)
GOOD, FLAT, BAD = "positive", "neutral", "negative"


class Probe(NamedTuple):
    """Headline and sapo (or a post without headline), accepted main themes and tones."""

    title: str
    sapo: str
    themes: tuple[str, ...]  # empty: outside TTĐN
    tones: tuple[str, ...] = ()


PROBES = [
    Probe(
        "Quốc hội thông qua Luật Tổ chức chính quyền địa phương sửa đổi",
        "Luật quy định lại thẩm quyền của cấp xã sau khi bỏ cấp huyện, có hiệu lực từ đầu năm sau.",
        (POLICY,),
        (FLAT, GOOD),
    ),
    Probe(
        "Trung ương bàn đề án tinh gọn đầu mối các cơ quan của Đảng",
        "Hội nghị cho ý kiến về việc sắp xếp các ban và lộ trình thực hiện đến năm 2030.",
        (POLICY,),
        (FLAT,),
    ),
    Probe(
        "Thủ tướng hội đàm với Thủ tướng Lào tại Viêng Chăn",
        "Hai bên nhất trí tăng cường tin cậy chính trị và thúc đẩy các hiệp định đã ký.",
        (DIPLOMACY,),
        (FLAT, GOOD),
    ),
    Probe(
        "Chủ tịch nước tiếp các đại sứ trình quốc thư",
        "Đại sứ ba nước châu Phi và Nam Mỹ bắt đầu nhiệm kỳ công tác tại Việt Nam.",
        (DIPLOMACY,),
        (FLAT,),
    ),
    Probe(
        "GDP quý III tăng 7,4 %, cao nhất trong bốn năm",
        "Công nghiệp chế biến và dịch vụ dẫn dắt tăng trưởng, thất nghiệp giảm nhẹ.",
        (ECONOMY,),
        (GOOD, FLAT),
    ),
    Probe(
        "Gia Lai hoàn thành xóa nhà tạm cho 8.500 hộ nghèo",
        "Tỉnh về đích sớm ba tháng, tỷ lệ hộ nghèo giảm còn 5 %.",
        (ECONOMY,),
        (GOOD,),
    ),
    Probe(
        "Bão số 9 làm sập hơn 3.000 căn nhà ở miền Trung",
        "Các tỉnh thống kê thiệt hại, hàng chục nghìn hộ mất điện, giao thông chia cắt.",
        (ECONOMY,),
        (FLAT,),
    ),
    Probe(
        "Dự án bệnh viện nghìn tỷ bỏ hoang mười năm, dân chịu cảnh chữa bệnh xa",
        "Công trình của tỉnh nhiều lần lỡ hẹn, vốn đội gấp đôi, trang thiết bị hoen gỉ vì quản lý "
        "yếu kém.",
        (ECONOMY,),
        (BAD,),
    ),
    Probe(
        "Đội công binh Việt Nam lên đường làm nhiệm vụ gìn giữ hòa bình ở Abyei",
        "Hơn 180 sĩ quan, quân nhân mũ nồi xanh tiếp nối các đội trước được Liên hợp quốc đánh giá "
        "cao.",
        (DEFENCE,),
        (GOOD, FLAT),
    ),
    Probe(
        "Công an phối hợp cảnh sát Campuchia triệt phá đường dây ma túy xuyên biên giới",
        "Lực lượng hai nước bắt 14 nghi phạm, thu giữ hơn 200 kg ma túy tổng hợp.",
        (DEFENCE,),
        (FLAT, GOOD),
    ),
    Probe(
        "Việt Nam phản đối tàu nước ngoài khảo sát trái phép trong vùng đặc quyền kinh tế",
        "Người phát ngôn khẳng định có đầy đủ cơ sở pháp lý về chủ quyền đối với Hoàng Sa và "
        "Trường Sa.",
        (BORDERS, DIPLOMACY),
        (FLAT,),
    ),
    Probe(
        "Tuần tra song phương trên tuyến biên giới Gia Lai - Ratanakiri",
        "Bộ đội biên phòng hai bên kiểm tra các cột mốc, trao đổi tình hình khu vực biên giới.",
        (BORDERS, DEFENCE),
        (FLAT, GOOD),
    ),
    Probe(
        "Việt Nam bảo vệ thành công báo cáo quốc gia về quyền trẻ em tại Geneva",
        "Ủy ban ghi nhận tiến bộ về giáo dục cho trẻ em dân tộc thiểu số và trẻ khuyết tật.",
        (RIGHTS,),
        (GOOD,),
    ),
    Probe(
        "Tổ chức nước ngoài cáo buộc Việt Nam hạn chế tự do tôn giáo ở Tây Nguyên",
        "Báo cáo cho rằng các nhóm Tin Lành bị sách nhiễu và kêu gọi gây sức ép về nhân quyền.",
        (RIGHTS,),
        (BAD,),
    ),
    Probe(
        "Kiều bào tại Đức quyên góp xây trường học ở quê nhà",
        "Cộng đồng người Việt ở Berlin gửi hơn hai tỷ đồng về Quảng Trị sau lũ.",
        (OVERSEAS,),
        (GOOD,),
    ),
    Probe(
        "Đại sứ quán thông báo bảo hộ công dân Việt Nam sau động đất ở Nhật Bản",
        "Chưa ghi nhận người Việt thương vong; đường dây nóng hoạt động suốt ngày đêm.",
        (OVERSEAS,),
        (FLAT, GOOD),
    ),
    Probe(
        "Ban hành kế hoạch công tác thông tin đối ngoại năm 2026",
        "Ban Chỉ đạo giao các sở tập huấn nghiệp vụ thông tin đối ngoại và đón phóng viên nước "
        "ngoài.",
        (TTDN,),
        (FLAT,),
    ),
    Probe(
        "Trao Giải thưởng toàn quốc về thông tin đối ngoại lần thứ mười hai",
        "Hơn một nghìn tác phẩm quảng bá hình ảnh Việt Nam bằng mười hai thứ tiếng dự giải.",
        (TTDN,),
        (FLAT, GOOD),
    ),
    Probe(
        "UNESCO ghi danh thêm một di sản văn hóa phi vật thể của Việt Nam",
        "Nghề làm tranh dân gian được bảo vệ khẩn cấp, cộng đồng nghệ nhân vui mừng.",
        (CULTURE,),
        (GOOD,),
    ),
    Probe(
        "Đoàn cồng chiêng Bahnar chinh phục khán giả Paris",
        "Khán phòng đứng dậy vỗ tay sau đêm diễn giới thiệu văn hóa Tây Nguyên.",
        (CULTURE, PEOPLE),
        (GOOD,),
    ),
    Probe(
        "Khách quốc tế đến Việt Nam tháng 10 đạt 1,9 triệu lượt",
        "Hàn Quốc và Trung Quốc dẫn đầu, du lịch cả nước tăng 20 % so với cùng kỳ.",
        (TOURISM,),
        (GOOD, FLAT),
    ),
    Probe(
        "Du khách Anh tố bị chặt chém ở phố cổ, video lan truyền",
        "Nữ du khách trả gần một triệu đồng cho cuốc xích lô mười phút, nhiều người nói sẽ không "
        "quay lại.",
        (TOURISM,),
        (BAD,),
    ),
    Probe(
        "Người bốc vác trả lại ví cho khách Pháp",
        "Vị khách xúc động, viết thư cảm ơn con người Quy Nhơn hiếu khách.",
        (TOURISM, CULTURE),
        (GOOD,),
    ),
    Probe(
        "Sầu riêng Đắk Lắk xuất khẩu chính ngạch sang Trung Quốc tăng gấp ba",
        "Doanh nghiệp mở thêm kho lạnh, đơn hàng kín đến cuối năm.",
        (TRADE,),
        (GOOD, FLAT),
    ),
    Probe(
        "Tập đoàn Hàn Quốc rót thêm 500 triệu USD vào khu công nghiệp Bắc Ninh",
        "Nhà đầu tư nhận giấy chứng nhận và cam kết dùng nhà cung cấp trong nước.",
        (TRADE,),
        (GOOD, FLAT),
    ),
    Probe(
        "Mỹ khởi xướng điều tra chống bán phá giá thép Việt Nam",
        "Bộ Công Thương khuyến nghị doanh nghiệp hợp tác đầy đủ trong vụ việc.",
        (TRADE,),
        (FLAT,),
    ),
    Probe(
        "Kỹ sư Việt làm chủ thiết kế chip trí tuệ nhân tạo",
        "Sản phẩm của trung tâm nghiên cứu bán dẫn ở Đà Nẵng đạt chuẩn quốc tế.",
        (INNOVATION,),
        (GOOD,),
    ),
    Probe(
        "Việt Nam bán thành công lô tín chỉ các-bon rừng đầu tiên",
        "Nguồn thu trả cho cộng đồng giữ rừng, góp phần thực hiện cam kết Net Zero năm 2050.",
        (INNOVATION,),
        (GOOD, FLAT),
    ),
    Probe(
        "Liên hiệp các tổ chức hữu nghị tỉnh tiếp đoàn cựu binh Mỹ",
        "Hội hữu nghị hai nước bàn dự án rà phá bom mìn và giao lưu thanh niên.",
        (PEOPLE,),
        (FLAT, GOOD),
    ),
    Probe(
        "Học sinh Quảng Nam và Sekong giao lưu kết nghĩa",
        "Hai trường ở hai bên biên giới Việt - Lào trao học bổng, trồng cây hữu nghị.",
        (PEOPLE,),
        (FLAT, GOOD),
    ),
    Probe(
        "Fed giữ nguyên lãi suất, chứng khoán Mỹ giảm điểm",
        "Giới đầu tư lo lạm phát kéo dài và căng thẳng thương mại toàn cầu.",
        (WORLD,),
        (FLAT,),
    ),
    Probe(
        "Bầu cử Nhật Bản: liên minh cầm quyền mất đa số ở Hạ viện",
        "Các đảng đối lập đàm phán lập chính phủ mới trong tuần này.",
        (WORLD,),
        (FLAT,),
    ),
    Probe(
        "Bác bỏ tin đồn sáp nhập thêm tỉnh vào năm 2026",
        "Bộ Nội vụ khẳng định danh sách lan truyền trên mạng là bịa đặt, dẫn nghị quyết hiện hành "
        "để làm rõ.",
        (REBUTTAL,),
        (FLAT, GOOD),
    ),
    Probe(
        "Sự thật về luận điệu “người Thượng bị đàn áp tôn giáo”",
        "Số liệu và lời kể của mục sư, già làng cho thấy thông tin xuyên tạc trên mạng là sai.",
        (REBUTTAL, RIGHTS),
        (GOOD, FLAT),
    ),
    Probe("Phường thông báo lịch cắt điện cuối tuần", "Ba tổ dân phố mất điện từ 7 giờ.", ()),
    Probe(
        "V.League: chủ nhà thắng đậm trong ngày mưa",
        "Hai bàn ở cuối hiệp một giúp đội bóng phố núi leo lên thứ năm.",
        (),
    ),
    Probe(
        "Ca sĩ trẻ ra mắt MV mới, khoe ảnh cưới",
        "Nữ ca sĩ tiết lộ chuyện tình sau ba năm hẹn hò.",
        (),
    ),
    Probe(
        "Bắt nhóm trộm xe máy ở chợ đầu mối",
        "Công an phường tạm giữ ba thanh niên để điều tra.",
        (),
    ),
    Probe(
        "",
        "Đỉnh cao quy hoạch luôn các bác ạ, thành phố vừa khai trương đường nghìn tỷ, mưa một "
        "tiếng là thành sông, quản lý kiểu này thì dân còn khổ dài dài.",
        (ECONOMY,),
        (BAD,),
    ),
    Probe(
        "",
        "Nga với Ukraine đánh nhau mãi thế này thì giá dầu thế giới còn lên nữa, dân châu Âu mùa "
        "đông này lại khổ vì khí đốt thôi.",
        (WORLD,),
        (FLAT,),
    ),
]
ALLOWED_MISSES = 4


def _wrong(probe: Probe, answer: Prediction) -> str | None:
    given = [t.id for t in answer.themes]
    tone = answer.sentiment.label if answer.sentiment else None
    if (given[0] if given else None) not in (probe.themes or (None,)):
        return f"{probe.title or probe.sapo}: {given}, wanted {probe.themes or 'outside'}"
    if probe.tones and tone not in probe.tones:
        return f"{probe.title or probe.sapo}: {tone}, wanted {probe.tones}"
    return None


def test_the_probes_of_an_editor(classifier: Classifier) -> None:
    documents = [
        Document(id=str(k), title=p.title or None, sapo=p.sapo if p.title else None,
                 text=None if p.title else p.sapo)
        for k, p in enumerate(PROBES)
    ]  # fmt: skip
    assert len(documents) == 40
    answers = [a for a in classifier.classify(documents) if isinstance(a, Prediction)]
    assert len(answers) == 40
    wrong = [w for p, a in zip(PROBES, answers, strict=True) if (w := _wrong(p, a))]
    assert len(wrong) <= ALLOWED_MISSES, "\n".join(wrong)
