"""A string that remembers where each of its characters came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# A starter with the marks that follow it; the jamo range keeps Hangul syllables in one piece.
_CLUSTER = re.compile(r"[^\u0300-\u036f\u1160-\u11ff][\u0300-\u036f\u1160-\u11ff]*|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MappedText:
    """Text after some edits, with spans of the original string.

    ``starts[i]:ends[i]`` is the span, in code points of the original string, that character ``i``
    of ``text`` stands for. Both lists are as long as ``text`` and never decrease.
    """

    text: str
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, original: str) -> MappedText:
        """Wrap an untouched string."""
        n = len(original)
        return cls(original, list(range(n)), list(range(1, n + 1)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original span of the non-empty slice ``start:end`` of ``text``."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"empty or outside slice {start}:{end} of {len(self.text)} characters")
        return self.starts[start], self.ends[end - 1]

    def slice(self, start: int, end: int) -> MappedText:
        """The same mapping for a part of the text."""
        return MappedText(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def substitute(
        self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
    ) -> MappedText:
        """``pattern.sub`` that keeps the map; a replaced character stands for its whole match.

        A replacement as long as its match keeps the map character by character.
        """
        edits = [
            (*m.span(), replacement(m) if callable(replacement) else replacement)
            for m in pattern.finditer(self.text)
        ]
        return self.edit(edits)

    def edit(self, edits: list[tuple[int, int, str]]) -> MappedText:
        """Replace ``(start, end, new)`` slices, given in order and without overlap."""
        if not edits:
            return self
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for a, b, new in edits:
            parts += (self.text[at:a], new)
            starts += self.starts[at:a]
            ends += self.ends[at:a]
            if len(new) == b - a:
                starts += self.starts[a:b]
                ends += self.ends[a:b]
            elif b > a:
                starts += [self.starts[a]] * len(new)
                ends += [self.ends[b - 1]] * len(new)
            elif new:
                raise ValueError("an empty slice cannot be replaced by characters")
            at = b
        parts.append(self.text[at:])
        starts += self.starts[at:]
        ends += self.ends[at:]
        return MappedText("".join(parts), starts, ends)

    def nfc(self) -> MappedText:
        """Unicode NFC, cluster by cluster, so that a composed letter spans all its code points."""
        if unicodedata.is_normalized("NFC", self.text):
            return self
        return self.substitute(_CLUSTER, lambda m: unicodedata.normalize("NFC", m.group()))
