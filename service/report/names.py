"""Vietnamese names of the codes that stand in figures and filters; an unknown code stays itself."""

from __future__ import annotations

LANGUAGES = {
    "vi": "Tiếng Việt", "en": "Tiếng Anh", "zh": "Tiếng Trung", "fr": "Tiếng Pháp",
    "ru": "Tiếng Nga", "es": "Tiếng Tây Ban Nha", "ja": "Tiếng Nhật", "ko": "Tiếng Hàn",
    "lo": "Tiếng Lào", "km": "Tiếng Khmer", "th": "Tiếng Thái", "de": "Tiếng Đức",
    "pt": "Tiếng Bồ Đào Nha", "ar": "Tiếng Ả Rập", "id": "Tiếng Indonesia", "ms": "Tiếng Mã Lai",
    "it": "Tiếng Ý", "hi": "Tiếng Hindi", "my": "Tiếng Myanmar", "nl": "Tiếng Hà Lan",
    "no": "Tiếng Na Uy", "cs": "Tiếng Séc", "pl": "Tiếng Ba Lan",
}  # fmt: skip
COUNTRIES = {
    "VN": "Việt Nam", "US": "Hoa Kỳ", "CN": "Trung Quốc", "JP": "Nhật Bản", "KR": "Hàn Quốc",
    "LA": "Lào", "KH": "Campuchia", "TH": "Thái Lan", "SG": "Singapore", "MY": "Malaysia",
    "ID": "Indonesia", "PH": "Philippines", "MM": "Myanmar", "BN": "Brunei", "TL": "Timor-Leste",
    "IN": "Ấn Độ", "AU": "Australia", "NZ": "New Zealand", "GB": "Anh", "FR": "Pháp",
    "DE": "Đức", "IT": "Italia", "ES": "Tây Ban Nha", "NL": "Hà Lan", "BE": "Bỉ",
    "CH": "Thụy Sĩ", "SE": "Thụy Điển", "NO": "Na Uy", "DK": "Đan Mạch", "FI": "Phần Lan",
    "PL": "Ba Lan", "CZ": "Séc", "HU": "Hungary", "RU": "Nga", "UA": "Ukraina",
    "CA": "Canada", "BR": "Brazil", "CU": "Cuba", "TW": "Đài Loan (Trung Quốc)",
    "HK": "Hồng Kông (Trung Quốc)", "AE": "UAE", "QA": "Qatar", "SA": "Ả Rập Xê Út",
    "IL": "Israel", "ZA": "Nam Phi", "TR": "Thổ Nhĩ Kỳ",
}  # fmt: skip
SOURCE_KINDS = {
    "press": "Báo, tạp chí",
    "state_portal": "Cổng, trang của cơ quan nhà nước",
    "mission": "Cơ quan đại diện ở nước ngoài",
    "broadcaster": "Phát thanh, truyền hình",
    "social_page": "Trang mạng xã hội",
    "forum": "Diễn đàn",
    "video": "Kênh video",
}
MEDIA_KINDS = {
    "earned": "kênh khác tự đưa",
    "owned": "kênh của ta",
    "paid": "nội dung trả tiền",
    "shared": "nội dung chia sẻ",
}
SPACES = {"real": "thực", "cyber": "mạng"}
TONES = {"positive": "tích cực", "neutral": "trung lập", "negative": "tiêu cực"}
FILTERS = {
    "theme": "chủ đề",
    "sentiment": "sắc thái",
    "locality": "địa phương",
    "unit": "đơn vị",
    "source_id": "nguồn",
    "source_country": "quốc gia của nguồn",
    "source_type": "loại nguồn",
    "media_type": "loại kênh",
    "space": "không gian",
    "channel": "kênh",
    "language": "ngôn ngữ",
}


def language(code: str) -> str:
    """A language by its code, regions left out of the look-up."""
    return LANGUAGES.get(code.replace("_", "-").split("-")[0].lower(), code)


def country(code: str) -> str:
    """A country by its ISO 3166-1 code."""
    return COUNTRIES.get(code, code)
