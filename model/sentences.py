"""Sentence spans of prepared text, the units of evidence."""

from __future__ import annotations

import re

# A stop that ends a sentence: not after an abbreviation or an initial, and something new follows.
_END = re.compile(
    r"(?<!\b[A-ZĐ])(?<!\bTP)(?<!\bTS)(?<!\bGS)(?<!\bBS)(?<!\bThS)(?<!\bPGS)(?<!\bTx)(?<!\bv\.v)(?<!\bSt)(?<!\bMr)"
    r"(?<!\bDr)(?<!\bNo)[.!?…]+[\"')\]]*(?=\s+[^\sa-zà-ỹ])|\n"
)
MAX_WORDS = 60
_CLAUSE = re.compile(r"[;:,]\s")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Non-empty ``(start, end)`` slices without surrounding blanks; never across a newline.

    A sentence of more than ``MAX_WORDS`` words is cut at the clause mark nearest its middle.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for match in _END.finditer(text):
        spans += _trimmed(text, at, match.end())
        at = match.end()
    spans += _trimmed(text, at, len(text))
    return [piece for span in spans for piece in _short(text, *span)]


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if start < end else []


def _short(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if text.count(" ", start, end) < MAX_WORDS:
        return [(start, end)]
    middle = (start + end) // 2
    cuts = [m.end() for m in _CLAUSE.finditer(text, start, end)]
    cut = min(cuts, key=lambda c: abs(c - middle), default=0)
    if not cut or cut >= end:
        cut = text.rfind(" ", start, middle) + 1
    if not start < cut < end:
        return [(start, end)]
    left, right = _trimmed(text, start, cut), _trimmed(text, cut, end)
    return [piece for span in (*left, *right) for piece in _short(text, *span)]
