"""The text of one file: bytes to letters, Word, HTML and plain text to document fields."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from typing import Any

from data.problems import Problem

MAX_DOCUMENT_BYTES = 32 * 1024**2
"""Largest single-document file (text, HTML, Word), unpacked: far over any article; guards against
archives that unpack to fill the memory."""


def decode(data: bytes) -> str:
    """UTF-8 (BOM or not), UTF-16 with BOM, Windows-1258. Raises :class:`Problem`.

    Windows-1258 is only believed when it turns out Vietnamese letters; any bytes decode somehow.
    """
    refused = Problem(
        "undecodable",
        "Không đọc được chữ trong tệp: không phải UTF-8, UTF-16 hay Windows-1258. "
        "Hãy lưu lại tệp ở dạng UTF-8 rồi gửi lại.",
    )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise refused from None
    if b"\x00" in data[:65536]:
        raise refused
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = unicodedata.normalize("NFC", data.decode("cp1258"))
    except UnicodeDecodeError:
        raise refused from None
    letters = sum(c.isalpha() for c in text)
    vietnamese = len(re.findall(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]", text))
    if vietnamese < 0.05 * max(1, letters):
        raise refused
    return text


def fields_of(data: bytes, kind: str) -> dict[str, str]:
    """Text fields of one uploaded file (``txt``, ``html``, ``docx``). Raises :class:`Problem`."""
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Problem("too-large", "Tệp quá lớn. Hãy cắt bớt hoặc chia nhỏ rồi gửi lại.")
    if kind == "docx":
        return {"text": _docx_text(data)}
    text = decode(data)
    if kind == "html":
        return _html_fields(text)
    return {"text": text}


def _html_fields(text: str) -> dict[str, str]:
    from trafilatura import bare_extraction

    found = bare_extraction(text, include_comments=False, include_tables=True, no_fallback=True)
    body = (found.text or "") if found else ""
    if not body:
        return {"text": text}
    title = (found.title or "") if found else ""
    return {"title": title, "body": body} if title else {"text": body}


def check_archive(content: io.BytesIO, kind: str, limit: int) -> None:
    """Refuse what is no archive, and one that would unpack to more than ``limit`` bytes."""
    try:
        with zipfile.ZipFile(content) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise Problem(
            "unsupported-format", f"Tệp không phải .{kind} hợp lệ. Hãy mở và lưu lại tệp."
        ) from None
    if size > limit:
        raise Problem("too-large", "Tệp sau khi giải nén quá lớn. Hãy cắt bớt rồi gửi lại.")
    content.seek(0)


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNREAD = {f"{_W}del", f"{_W}moveFrom", _FALLBACK}


def _docx_text(data: bytes) -> str:
    """Paragraphs of the body, tables and text boxes included; tracked deletions left out.

    Reads the tree itself, since ``Paragraph.text`` skips tracked insertions.
    """
    import docx

    content = io.BytesIO(data)
    check_archive(content, "docx", limit=2 * MAX_DOCUMENT_BYTES)
    try:
        body = docx.Document(content).element.body
    except Exception:  # python-docx raises KeyError, ValueError, lxml errors ...
        raise Problem(
            "unsupported-format", "Không đọc được tệp Word. Hãy mở và lưu lại ở dạng .docx."
        ) from None
    lines: list[str] = []

    def walk(element: Any, line: list[str]) -> None:
        for child in element:
            if child.tag in _UNREAD:
                continue
            if child.tag == f"{_W}p":
                own: list[str] = []
                walk(child, own)
                lines.append("".join(own))
            elif child.tag == f"{_W}t":
                line.append(child.text or "")
            elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                line.append(" ")
            else:
                walk(child, line)

    walk(body, [])
    return "\n".join(lines)
