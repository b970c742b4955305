"""Which story a text belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection


def assign(connection: Connection, texts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The story of each text, given by its hash and prepared words.

    Texts with the same words are one story.
    """
    return {text: int(text[:15], 16) for text in texts}


def story_id(story: int) -> str:
    """The public id of a story."""
    return f"{story:016x}"
