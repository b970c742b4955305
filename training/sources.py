"""Real text and labels outside the repository, read in place (setting ``TTDN_SHARED``).

Nothing read here is ever written into the repository: only weights and figures are.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import zstandard

from data.schema import Document, Label, LabelledDocument
from data.settings import settings

SHINGLE = 6
"""Words in a shingle of the leak check: long enough that set phrases rarely fill one."""


def shared_folder() -> Path:
    """Folder of real data: ``TTDN_SHARED``, by default ``../shared`` beside the checkout."""
    return settings().shared or Path(__file__).resolve().parents[2] / "shared"


def _zst_lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        yield from io.TextIOWrapper(stream, encoding="utf-8", errors="replace")


def headlines() -> Iterator[dict[str, str]]:
    """Unlabelled headlines with sapo, August 2025 to April 2026."""
    for line in _zst_lines(shared_folder() / "corpus" / "headlines_2025_2026.jsonl.zst"):
        yield json.loads(line)


def segmented_articles() -> Iterator[str]:
    """Articles of 2016-2019, one a line, words joined by ``_``, punctuation spaced."""
    yield from _zst_lines(shared_folder() / "corpus" / "news_segmented_2016_2019.txt.zst")


_SPACED = re.compile(r" ([,.;:!?%)\]])|([(\[]) ")


def unsegmented(line: str) -> str:
    """Running text from a segmented line."""
    return _SPACED.sub(lambda m: m[1] or m[2], line.strip().replace("_", " "))


_DAY_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


def as_document(row: dict[str, Any]) -> Document:
    """A labelled or unlabelled real row as a Document."""
    collected = row.get("collected") or None
    if collected and (day_first := _DAY_FIRST.fullmatch(collected)):
        collected = "-".join(reversed(day_first.groups()))
    return Document.model_validate(
        {
            "id": row["id"],
            "title": row.get("title") or None,
            "sapo": row.get("sapo") or None,
            "body": row.get("body") or ("" if not row.get("title") else None),
            "url": row.get("url") or None,
            "source_id": row.get("source") or None,
            "collected_at": collected,
            "published_at": collected,
        }
    )


def real_labels(split: str) -> list[LabelledDocument]:
    """Labelled real items, ``train`` or ``dev``. ``dev`` is for reporting only."""
    path = shared_folder() / "labels" / f"ttdn_{split}.jsonl"
    items = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            items.append(
                LabelledDocument(
                    document=as_document(row),
                    label=Label(themes=row["themes"], sentiment=row["sentiment"]),
                    story=row["id"],
                    origin="real",
                    tags=(row["stratum"],),
                )
            )
    return items


LABELS = Path(__file__).resolve().parents[1] / "data" / "labels"
OPENING_WORDS = 95
"""Words of an article that were read for its label; the rest was not seen."""


def _articles(wanted: set[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Openings of numbered articles of 2016-2019, as rows."""
    for number, line in enumerate(segmented_articles()):
        if number in wanted:
            name = f"segmented_2016_2019:{number}"
            opening = unsegmented(line[:1300]).split()[:OPENING_WORDS]
            yield name, {"id": name, "body": " ".join(opening), "source": "segmented_2016_2019"}


def read_labels() -> list[LabelledDocument]:
    """Headlines and openings of articles read and labelled in this repository.

    Only ids and labels are kept here; the text is joined by id, and where it is absent there is
    nothing to join.
    """
    if not (shared_folder() / "corpus").exists():
        return []
    labels: dict[str, dict[str, Any]] = {}
    for name in ("headlines", "articles"):
        with (LABELS / f"{name}.jsonl").open(encoding="utf-8") as file:
            labels |= {row["id"]: row for row in map(json.loads, file)}
    numbers = {int(i.rpartition(":")[2]) for i in labels if ":" in i}
    rows = chain(((row["id"], row) for row in headlines()), _articles(numbers))
    return [
        LabelledDocument(
            document=as_document(row),
            label=Label(themes=label["themes"], sentiment=label["sentiment"]),
            story=name,
            origin="read",
            tags=(label["stratum"],),
        )
        for name, row in rows
        if (label := labels.get(name))
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _shingles(text: str) -> set[bytes]:
    words = _words(text)
    joined = (
        " ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)) if words
    )
    return {hashlib.blake2b(s.encode(), digest_size=8).digest() for s in joined}


def full_text(document: Document) -> str:
    """All text of a document as the caller wrote it."""
    return "\n".join(filter(None, (document.title, document.sapo, document.body, document.text)))


class DevGuard:
    """Finds text that holds a reporting item, whole or in good part.

    A text is a leak of an item when it contains at least ``share`` of the item's word shingles;
    containment, not Jaccard, since an article swallows the headline that was cut out of it.
    """

    def __init__(self, held_out: Iterable[LabelledDocument], share: float = 0.3) -> None:
        self.share = share
        self._sizes: list[int] = []
        self._owners: dict[bytes, list[int]] = {}
        for number, item in enumerate(held_out):
            shingles = _shingles(full_text(item.document))
            self._sizes.append(len(shingles))
            for shingle in shingles:
                self._owners.setdefault(shingle, []).append(number)

    def leaks(self, text: str) -> bool:
        """Whether ``text`` holds at least ``share`` of some held-out item."""
        counts: dict[int, int] = {}
        for shingle in _shingles(text):
            for owner in self._owners.get(shingle, ()):
                counts[owner] = counts.get(owner, 0) + 1
        return any(n >= self.share * self._sizes[owner] for owner, n in counts.items())
