"""Answers that are saved as files."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from fastapi import Response

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attachment(content: bytes, media_type: str, plain: str, name: str) -> Response:
    """A file with a name: ``name`` for browsers of today (RFC 6266), ``plain`` ASCII for others."""
    encoded = quote(unicodedata.normalize("NFC", name), safe="")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


def described(media_type: str) -> dict[int | str, dict[str, object]]:
    """What the API description says such an endpoint answers with."""
    kind = media_type.partition(";")[0]
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "Tệp", "content": {kind: schema}}}
