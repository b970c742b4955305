"""The corpus written for this project: JSON Lines, one file a split."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from data.schema import Document, Label, LabelledDocument, Sentiment, SourceType

Split = Literal["train", "validation", "test", "calibration"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test", "calibration")


class CorpusRow(BaseModel):
    """One document of the corpus as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Literal["news", "post"]
    title: str
    sapo: str
    body: str
    text: str
    source_type: SourceType
    story: str
    themes: Annotated[list[str], Field(max_length=3)]
    sentiment: Sentiment | None
    tags: list[str]

    @property
    def full_text(self) -> str:
        """All text, one field a line."""
        return "\n".join(filter(None, (self.title, self.sapo, self.body, self.text)))

    def labelled(self) -> LabelledDocument:
        """The row as a document with its label."""
        fields: dict[str, Any] = {
            name: getattr(self, name) or None for name in ("title", "sapo", "body", "text")
        }
        return LabelledDocument(
            document=Document(id=self.id, source_type=self.source_type, **fields),
            label=Label(themes=self.themes, sentiment=self.sentiment),
            story=self.story,
            origin="written",
            tags=(self.kind, *self.tags),
        )


def split_of(story: str) -> Split:
    """Split of a story by hash: 70 % train, 10 % each validation, test and calibration."""
    number = int.from_bytes(hashlib.blake2b(story.encode(), digest_size=4).digest(), "big") % 10
    return "train" if number < 7 else SPLITS[number - 6]


def load_rows(split: Split) -> list[CorpusRow]:
    """Rows of one split in file order."""
    text = (files("data") / "corpus" / f"{split}.jsonl").read_text(encoding="utf-8")
    return [CorpusRow.model_validate(json.loads(line)) for line in text.splitlines()]


def load_corpus(split: Split) -> list[LabelledDocument]:
    """Labelled documents of one split."""
    return [row.labelled() for row in load_rows(split)]
