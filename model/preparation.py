"""From the caller's strings to clean text, with exact maps back.

``PREPARATION_VERSION`` is part of every bundle: a model only runs on text that was prepared the way
its training text was.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from data.schema import Document
from model.mapped_text import MappedText
from model.residue import strip_residue

PREPARATION_VERSION = "1"

Role = Literal["title", "sapo", "body"]
Field = Literal["title", "sapo", "body", "text"]

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_SEPARATOR = re.compile("[\u2028\u2029\r\x0b\x0c\x85]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDDEN = re.compile(r"<(?:(script|style)\b|!--)", re.IGNORECASE)
_BREAK_TAG = re.compile(r"</?(?:p|br|div|li|h[1-6]|tr|table|ul|ol)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,10}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Groups of two digits or more: a run of scores (0-0 0-1 1-1) is no telephone number.
_PHONE = re.compile(r"(?<![\w.,])(?:\+84[ .-]?|0)\d{1,4}(?:[ .-]?\d{2,4}){2,3}(?![\w]|[.,]\d)")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")
# One character each: they survive every later step and are pieces of the tokenizer.
URL_MARK, EMAIL_MARK, PHONE_MARK = "🔗", "✉", "☎"

_LOOKALIKES = str.maketrans(
    {
        "Ð": "Đ", "ð": "đ", "\u0189": "Đ",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "\u00a0": " ", "\u3000": " ", "\t": " ", "\u0085": " ", "…": "…",
    }
)  # fmt: skip


def _tone_table() -> dict[str, str]:
    """``oà`` → ``òa``, ``oè`` → ``òe``, ``uỳ`` → ``ùy`` for every tone and case."""
    table: dict[str, str] = {}
    for first, second in ("oa", "oe", "uy"):
        for tone in "\u0300\u0301\u0309\u0303\u0323":
            for a in (first, first.upper()):
                for b in (second, second.upper()):
                    old = a + unicodedata.normalize("NFC", b + tone)
                    table[old] = unicodedata.normalize("NFC", a + tone) + b
    return table


_TONES = _tone_table()
# Only an open syllable has two spellings, and "qu" is one consonant: hoà, thuý but hoàn, quý.
_OLD_TONE = re.compile(rf"(?<![qQ])(?:{'|'.join(_TONES)})(?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Segment:
    """A prepared part of a document: which field it came from and what part it plays."""

    field: Field
    role: Role
    mapped: MappedText


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """Segments in reading order; empty ones are left out."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """All prepared text, one segment a line."""
        return "\n".join(s.mapped.text for s in self.segments)

    @property
    def word_count(self) -> int:
        """Whitespace-separated tokens that hold a letter or a digit."""
        return sum(any(c.isalnum() for c in w) for w in self.text.split())


def _hidden_blocks(text: str) -> list[tuple[int, int, str]]:
    """Scripts, styles and comments as edits; a lazy regex would take quadratic time."""
    edits: list[tuple[int, int, str]] = []
    lowered = text.lower() if len(text.lower()) == len(text) else text
    at = 0
    while opening := _HIDDEN.search(text, at):
        closing = f"</{opening[1].lower()}" if opening[1] else "-->"
        found = lowered.find(closing, opening.end())
        if found < 0:
            break
        end = text.find(">", found) + 1 or len(text)
        edits.append((opening.start(), end, " "))
        at = end
    return edits


def prepare_text(original: str) -> MappedText:
    """Clean one string: one newline between paragraphs, one space for any other blanks."""
    text = MappedText.of(original).substitute(_SEPARATOR, "\n")
    if "<" in text.text:
        text = text.edit(_hidden_blocks(text.text))
        text = text.substitute(_BREAK_TAG, "\n").substitute(_TAG, " ")
    if "&" in text.text:
        text = text.substitute(_ENTITY, lambda m: html.unescape(m.group()))
    # After the entities, which may stand for any character; invisible ones keep marks from joining.
    text = text.substitute(_INVISIBLE, "").substitute(_CONTROL, " ").nfc()
    text = MappedText(text.text.translate(_LOOKALIKES), text.starts, text.ends)
    text = text.substitute(_OLD_TONE, lambda m: _TONES[m.group()])
    without_residue = strip_residue(text)
    # A headline that reads like residue ("Video: …") is still a headline.
    text = without_residue if without_residue.text.strip() else text
    text = text.substitute(_URL, URL_MARK).substitute(_EMAIL, EMAIL_MARK)
    text = text.substitute(_PHONE, PHONE_MARK)
    text = text.substitute(_BLANKS, " ").substitute(_NEWLINES, "\n")
    stripped = text.text.strip()
    start = text.text.find(stripped) if stripped else 0
    return text.slice(start, start + len(stripped))


def _divide(text: MappedText) -> list[Segment]:
    """Guess headline and sapo of an undivided text from its first two paragraphs.

    A short first paragraph without a full stop reads as a headline, and only when something follows
    it; the paragraph after a headline is the sapo. A single paragraph is body.
    """
    first, newline, _ = text.text.partition("\n")
    if not newline or len(first.split()) > 30 or first.endswith((".", ":", ";", ",")):
        return [Segment("text", "body", text)]
    segments = [Segment("text", "title", text.slice(0, len(first)))]
    rest = text.slice(len(first) + 1, len(text.text))
    sapo, newline, _ = rest.text.partition("\n")
    if not newline or len(sapo.split()) > 100:
        return [*segments, Segment("text", "body", rest)]
    body = rest.slice(len(sapo) + 1, len(rest.text))
    return [
        *segments,
        Segment("text", "sapo", rest.slice(0, len(sapo))),
        Segment("text", "body", body),
    ]


def prepare(document: Document) -> PreparedDocument:
    """Prepare every text field of a document; ``text`` is divided when it stands alone."""
    segments: list[Segment] = []
    roles: tuple[Role, ...] = ("title", "sapo", "body")
    for role in roles:
        mapped = prepare_text(getattr(document, role) or "")
        if mapped.text:
            segments.append(Segment(role, role, mapped))
    mapped = prepare_text(document.text or "")
    if mapped.text:
        segments += [Segment("text", "body", mapped)] if segments else _divide(mapped)
    return PreparedDocument(tuple(segments))
