from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import Document
from model.mapped_text import MappedText
from model.preparation import EMAIL_MARK, PHONE_MARK, URL_MARK, prepare, prepare_text

ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\u200b\u00ad\u0301\u0309\u202e\x00\ud800 \n<>&;òaoàuỳĐÐ"),
    ),
    max_size=300,
)


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_every_character_maps_into_the_original(text: str) -> None:
    mapped = prepare_text(text)
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    assert all(0 <= a < b <= len(text) for a, b in zip(mapped.starts, mapped.ends, strict=True))
    assert mapped.starts == sorted(mapped.starts)
    assert unicodedata.is_normalized("NFC", mapped.text) or max(mapped.text) >= "\u1100"


@given(st.text(alphabet="aăâeêiơuưáạđbcnth", min_size=1, max_size=80))
def test_plain_vietnamese_maps_one_to_one(text: str) -> None:
    mapped = prepare_text(text)
    assert mapped.text == text
    assert mapped.starts == list(range(len(text)))


def test_decomposed_text_gives_the_same_words_and_exact_spans() -> None:
    composed = "Đoàn nghệ thuật Thừa Thiên Huế biểu diễn ở Điện Biên Phủ."
    decomposed = unicodedata.normalize("NFD", composed)
    mapped = prepare_text(decomposed)
    assert mapped.text == prepare_text(composed).text
    at = mapped.text.index("Huế")
    start, end = mapped.span(at, at + 3)
    assert unicodedata.normalize("NFC", decomposed[start:end]) == "Huế"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà bình", "hòa bình"),
        ("Thuý", "Thúy"),
        ("HOÀ", "HÒA"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban", "Ủy ban"),
        ("hoàn toàn", "hoàn toàn"),
        ("quý khách", "quý khách"),
        ("quyền", "quyền"),
    ],
)
def test_both_tone_styles_become_one(old: str, new: str) -> None:
    assert prepare_text(old).text == new


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Xem https://example.org/a?b=1 nhé", f"Xem {URL_MARK} nhé"),
        ("Gửi về toasoan@bao.example.vn nhé", f"Gửi về {EMAIL_MARK} nhé"),
        ("Gọi 0912 345 678 hoặc +84 912.345.678", f"Gọi {PHONE_MARK} hoặc {PHONE_MARK}"),
        ("Thu 1.234.567.890 đồng năm 2026", "Thu 1.234.567.890 đồng năm 2026"),
        ("<p>Một</p><p>Hai&nbsp;ba</p><script>x<y</script>", "Một\nHai ba"),
        ("a <!-- ẩn --> b <script>không đóng", "a b không đóng"),
        ("3 < 5 và 7 > 2", "3 < 5 và 7 > 2"),
        ("(GLO)- Sáng nay\n0:00 / 0:00\n  • Nam miền Bắc\nhọp", "Sáng nay\nhọp"),
        ("Tin\nTheo dõi Báo X trên Google News\nCó thể bạn quan tâm", "Tin"),
        ("Thông\u00adtin đối\u200b ngoại", "Thôngtin đối ngoại"),
        ("Dòng một\u2028Dòng hai", "Dòng một\nDòng hai"),
        ("a\u200b\u0301o", "áo"),
        ("a&#8203;b", "ab"),
        ("tỷ số 0-0 0-1 1-1 2-2 3-3", "tỷ số 0-0 0-1 1-1 2-2 3-3"),
        ("Video: Thủ tướng hội đàm", "Video: Thủ tướng hội đàm"),
    ],
)
def test_what_is_no_text_is_masked_or_removed(raw: str, clean: str) -> None:
    assert prepare_text(raw).text == clean


def test_an_undivided_text_is_divided_where_it_has_a_headline() -> None:
    text = "Lễ hội khai mạc\n\nSáng nay lễ hội mở cửa.\n\nThân bài ở đây.\nCòn nữa."
    prepared = prepare(Document(id="1", text=text))
    assert [(s.role, s.mapped.text) for s in prepared.segments] == [
        ("title", "Lễ hội khai mạc"),
        ("sapo", "Sáng nay lễ hội mở cửa."),
        ("body", "Thân bài ở đây.\nCòn nữa."),
    ]
    assert all(s.field == "text" for s in prepared.segments)


def test_a_single_paragraph_is_body() -> None:
    prepared = prepare(Document(id="1", text="Chỉ một đoạn văn thôi"))
    assert [s.role for s in prepared.segments] == ["body"]


def test_cost_grows_with_length_only() -> None:
    """Inputs that make lazy patterns backtrack: twice the text, about twice the steps."""
    for piece in ("<script>", "<!--", "&", "0 ", "(((", "a" * 50, "- ", "\n ", "http://"):
        prepare_text(piece * (100_000 // len(piece)))


def test_a_slice_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="slice"):
        MappedText.of("abc").span(2, 2)
