"""Crawl residue: lines and prefixes that belong to the page, not to the text.

Left in, such lines become the fingerprint of a source, which a model learns instead of meaning.
"""

from __future__ import annotations

import re

from model.mapped_text import MappedText

_SECTION = (
    "chính trị|xã hội|thời sự|kinh tế|thế giới|quốc tế|pháp luật|văn hóa|giáo dục|y tế|sức khỏe|"
    "thể thao|giải trí|công nghệ|khoa học|du lịch|đời sống|bạn đọc|kinh doanh|trang chủ|tin tức"
)
_WHOLE_LINE = "|".join(
    [
        r"theo dõi .{2,60} trên (?:google news|zalo|facebook|youtube|tiktok).*",
        r"(?:đọc|xem|nghe) (?:báo|bài).{0,40} trên google news.*",
        r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*/\s*\d{1,2}:\d{2}(?::\d{2})?)?",
        r"(?:nam|nữ) miền (?:bắc|trung|nam)",
        r"(?:1|0?[.,]\d+|[12][.,]\d+)x",
        r"(?:ảnh|hình)(?: ảnh)?(?: tư liệu| minh họa)?",
        r"(?:\(|\[)?(?:ảnh|video|nguồn|đồ họa)\s*:\s*.{1,60}(?:\)|\])?",
        r"có thể bạn quan tâm.*",
        r"(?:tin|bài)(?: viết)? (?:liên quan|cùng chuyên mục|đọc nhiều|mới nhất|khác)",
        r"(?:xem thêm|đọc thêm|mời độc giả xem thêm|mời quý độc giả theo dõi).{0,120}",
        r"(?:chia sẻ|bình luận|in bài viết|lưu bài viết|gửi bình luận|copy link|sao chép liên kết)",
        r"(?:từ khóa|tags?|chủ đề)\s*:.*",
        r"(?:thích|chia sẻ)\s*\d+",
        _SECTION,
    ]
)
_RESIDUE_LINE = re.compile(
    rf"^[ \t]*(?:[•·▪*\-–>»][ \t]*)?(?:{_WHOLE_LINE})[ \t.:!]*$", re.IGNORECASE | re.MULTILINE
)
# "(GLO)- ", "(TTXVN) – ", "(Dân trí) - ": the agency's mark before the first sentence.
_DATELINE = re.compile(r"^\s*\([^()\n]{2,30}\)\s*[-–—]+\s*", re.MULTILINE)


def strip_residue(text: MappedText) -> MappedText:
    """Remove residue lines and agency marks; what stays keeps its map."""
    return text.substitute(_RESIDUE_LINE, "").substitute(_DATELINE, "")
