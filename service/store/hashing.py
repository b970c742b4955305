"""Identity of documents: of all that was sent, of the words alone, of names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from data.schema import Document
from model.preparation import prepare


def content_hash(document: Document) -> str:
    """Hash of all that was sent but the id and the time of collection.

    The same item fetched again later is the same content.
    """
    content = document.model_dump(mode="json", exclude={"id", "collected_at"}, exclude_none=True)
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def prepared_words(document: Document) -> list[str]:
    """Lower-case words after preparation: blind to case, punctuation, Unicode form, field borders
    and crawl residue."""
    return words_of(prepare(document).text)


def words_of(prepared: str) -> list[str]:
    """Lower-case words of a text that was prepared already."""
    return re.findall(r"\w+", prepared.lower())


def text_hash(words: Sequence[str]) -> str:
    """Hash of :func:`prepared_words`."""
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def number(name: str) -> int:
    """A positive 63-bit number for a name; the same on every machine."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
