from __future__ import annotations

import pytest

from model.language import broken_letters, identify, strip_marks
from model.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Gia Lai đón đoàn doanh nghiệp Hàn Quốc", "vietnamese"),
        ("Rất vui 😂 ok", "vietnamese"),
        ("khong biet bao gio moi xong cai cau nay nua, dan kho qua", "vietnamese_plain"),
        ("mn oi sap nhap xong thi lam giay to o dau z", "vietnamese_plain"),
        ("Ministers met in Hanoi to discuss trade and the rules of the road", "other"),
        ("Les élèves été à la plage où l'on dîne très bien", "other"),
        ("Saya tidak tahu apa yang harus dilakukan di sini", "other"),
        ("中国和越南举行会谈", "other"),
        ("12345 !!!", "other"),
    ],
)
def test_languages_are_told_apart(text: str, script: str) -> None:
    assert identify(text) == script


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc", "legacy"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "legacy"),
        ("Viá»‡t Nam vÃ  quá»‘c táº¿", "garbled"),
        ("Vi?t Nam và các n??c b?n g?p nhau", "garbled"),
        ("\x01\x02\x03\x04abc", "garbled"),
        ("Cộng hòa xã hội chủ nghĩa Việt Nam", None),
        ("Müller und Söhne fahren nächste Woche für große Geschäfte", None),
        ("Bạn có đi không? Có. Đi đâu? Huế!", None),
        ("Xem clip https://a.example/watch?v=abc https://b.example/photo?id=1", None),
    ],
)
def test_broken_letters_are_recognised(text: str, kind: str | None) -> None:
    assert broken_letters(text) == kind


def test_marks_are_stripped() -> None:
    assert strip_marks("Đường về Đắk Lắk, ưỡn ẹo") == "Duong ve Dak Lak, uon eo"


def test_sentences_end_where_sentences_end() -> None:
    text = 'Ngày 5.3, TP. HCM họp. Ông nói: "Tốt!" Sau đó 3.500 người về.\nHết'
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "Ngày 5.3, TP. HCM họp.",
        'Ông nói: "Tốt!"',
        "Sau đó 3.500 người về.",
        "Hết",
    ]


def test_a_very_long_sentence_is_cut() -> None:
    text = ", ".join(["một hai ba bốn năm sáu bảy"] * 40)
    spans = sentence_spans(text)
    assert len(spans) > 3
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")
