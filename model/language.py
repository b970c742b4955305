"""Is this readable Vietnamese? With marks, without, another language, or broken letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Script = Literal["vietnamese", "vietnamese_plain", "other", "legacy", "garbled"]

_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE_ONLY = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:oai|oay|oao|oeo|uay|uoi|uou|uya|uye|uyu|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|"
    r"ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ng|nh|ch|[mnptc])?"
)
_FOREIGN_LETTER = re.compile(
    r"[^a-zđàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]"
)
# Frequent words that, without their marks, are no common words of other languages in such numbers.
_PLAIN_COMMON = frozenset(
    [
        "khong",
        "cua",
        "nguoi",
        "duoc",
        "nhung",
        "trong",
        "voi",
        "cung",
        "nay",
        "lam",
        "cho",
        "mot",
        "cac",
        "hon",
        "roi",
        "thi",
        "phai",
        "chua",
        "nhieu",
        "gi",
        "nuoc",
        "viet",
        "nhu",
        "den",
        "vao",
        "ra",
        "khi",
        "biet",
        "minh",
        "dang",
        "moi",
        "sao",
        "nua",
        "van",
        "con",
        "lai",
        "qua",
        "tu",
        "ve",
        "va",
        "la",
        "da",
        "co",
        "se",
        "ko",
        "dc",
        "vs",
        "dung",
        "thay",
        "chinh",
        "truoc",
        "sau",
        "tren",
        "duoi",
        "ngay",
        "nam",
        "dan",
        "hang",
        "lon",
        "tot",
        "dep",
    ]
)

# TCVN3 (.VnTime) read as Latin-1: symbols glued to letters, as in "Céng hoµ x· héi".
_TCVN3_SYMBOLS = "µ¸¶·¹¨©ª«¬®§¼½¾»×"
_TCVN3 = re.compile(rf"\w[{_TCVN3_SYMBOLS}]|[{_TCVN3_SYMBOLS}]\w")
# VNI read as Latin-1: the mark as a second letter, as in "Coäng hoøa xaõ hoäi".
_VNI = re.compile(r"[aeouyöôAEOUYÖÔ][ùøûõïäåáàãâêéèúüëÙØÛÕÏÄÅÁÀÃÂÊÉÈÚÜË]")
# UTF-8 read as Windows-1252, as in "Viá»‡t Nam".
_UTF8_AS_LATIN = re.compile(r"á[»º].|Ã[\u00a0-\u00bf]|Æ[°¡]|Ä[‘\u0091ƒ\u0083]")
_LOST = re.compile(r"\ufffd|(?<=[a-zà-ỹđ])\?(?=[a-zà-ỹđ])")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def strip_marks(text: str) -> str:
    """Vietnamese without tone marks, hats, horns and crossed d."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).replace("đ", "d").replace("Đ", "D")


def broken_letters(original: str) -> Script | None:
    """``legacy`` for TCVN3 or VNI, ``garbled`` for lost or misread bytes, None when sound.

    Looks at the caller's string before preparation, which would rewrite some of the signs.
    """
    sample = _ADDRESS.sub(" ", original[:20_000])
    chunks = sample.split()
    if not chunks:
        return None
    count = len(chunks)
    controls = sum(c < " " and c not in "\t\n\r\x0b\x0c" for c in sample)
    if controls > 0.02 * len(sample):
        return "garbled"
    if len(_UTF8_AS_LATIN.findall(sample)) > 0.15 * count:
        return "garbled"
    if len(_LOST.findall(sample)) > max(1, 0.15 * count):
        return "garbled"
    if len(_VIETNAMESE_ONLY.findall(unicodedata.normalize("NFC", sample))) > 0.05 * count:
        return None
    symbols = {c for m in _TCVN3.findall(sample) for c in m if c in _TCVN3_SYMBOLS}
    if len(symbols) >= 2 and sum(bool(_TCVN3.search(c)) for c in chunks) > 0.2 * count:
        return "legacy"
    if sum(bool(_VNI.search(c)) for c in chunks) > 0.25 * count:
        return "legacy"
    return None


def identify(prepared: str) -> Script:
    """``vietnamese``, ``vietnamese_plain`` (no marks) or ``other``, for prepared text."""
    words = _WORD.findall(prepared[:20_000].lower())
    if not words:
        return "other"
    marked = shaped = common = 0
    for word in words:
        bare = strip_marks(word)
        if _SYLLABLE.fullmatch(bare) or word in _PLAIN_COMMON:
            shaped += 1
            marked += bare != word and not _FOREIGN_LETTER.search(word)
            common += word in _PLAIN_COMMON
    if marked >= 0.25 * len(words):
        return "vietnamese"
    hints = marked >= 0.1 * len(words) or common >= 0.15 * len(words)
    # Nearly every word being a possible syllable says Vietnamese by itself, in a text of some size.
    if shaped >= (0.6 if hints else 0.8 if len(words) >= 8 else 2) * len(words):
        return "vietnamese_plain"
    return "other"
