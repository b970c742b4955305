"""Checks of the corpus: each finding names the document and what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from data.corpus import CorpusRow, Split, split_of
from data.neardup import near_duplicates
from data.schema import SENTIMENTS
from data.taxonomy import WITHOUT_TARGET, taxonomy

NEAR_DUPLICATE = 0.6
FRAME_WORDS = 8
FRAME_STORIES = 3

LEAST_DOCUMENTS = 1_500
LEAST_PRIMARY = 60
LEAST_SENTIMENT = 250
OUTSIDE_SHARE = (0.35, 0.45)
LEAST_CASE = 3
LEAST_PAIR = 4

HARD_CASES = ("1", "2", "2a", "2b", *(str(n) for n in range(3, 32)))
PAIRS = (
    "1/8", "2/14", "2/11", "2/13", "3/11", "3/12", "4/5", "6/9", "9/10", "15/subject",
    "any/outside",
)  # fmt: skip

_PERSONAL = re.compile(r"\S+@\S+\.\S+|(?<!\d)0\d{9}(?!\d)|(?<!\w)@\w+")
_SENTENCE = re.compile(r"[.!?…\n]+\s*")


def validate(splits: Mapping[Split, Sequence[CorpusRow]]) -> list[str]:
    """All findings over the whole corpus; an empty list is a valid corpus."""
    rows = [row for part in splits.values() for row in part]
    return [
        *(f"{row.id}: {fault}" for row in rows for fault in _faults(row)),
        *_splits(splits),
        *_repeated_ids(rows),
        *_near_duplicates(rows),
        *_frames(rows),
        *_quotas(rows),
    ]


def _faults(row: CorpusRow) -> Iterator[str]:
    """What is wrong with one document by itself."""
    words = len((row.body if row.kind == "news" else row.text).split())
    least, most = (60, 400) if row.kind == "news" else (10, 90)
    if not least <= words <= most:
        yield f"{words} words, {least} to {most} wanted"
    if row.kind == "news" and not (row.title and row.sapo and row.body and not row.text):
        yield "a news item has title, sapo and body, and no text"
    if row.kind == "post" and (row.title or row.sapo or row.body):
        yield "a post has text alone"
    if unicodedata.normalize("NFC", row.full_text) != row.full_text:
        yield "not NFC"
    if _PERSONAL.search(row.full_text):
        yield "an e-mail address, a telephone number or a handle"
    for theme in row.themes:
        if theme not in taxonomy().ids:
            yield f"unknown theme {theme}"
    if (row.sentiment is None) != (not row.themes):
        yield "sentiment is null exactly when there is no theme"
    if row.themes == [WITHOUT_TARGET] and row.sentiment != "neutral":
        yield "world affairs alone is neutral"


def _splits(splits: Mapping[Split, Sequence[CorpusRow]]) -> Iterator[str]:
    for name, rows in splits.items():
        for row in rows:
            if split_of(row.story) != name:
                yield f"{row.id}: story {row.story} belongs to split {split_of(row.story)}"


def _repeated_ids(rows: Sequence[CorpusRow]) -> Iterator[str]:
    for name, n in Counter(row.id for row in rows).items():
        if n > 1:
            yield f"{name}: used by {n} documents"


def _near_duplicates(rows: Sequence[CorpusRow]) -> Iterator[str]:
    for i, j, similarity in near_duplicates([r.full_text for r in rows], NEAR_DUPLICATE):
        yield f"{rows[j].id}: near-duplicate of {rows[i].id} (Jaccard {similarity:.2f})"


def _frame(sentence: str) -> str:
    """A sentence with names and numbers blanked, what a template would leave the same."""
    return " ".join(
        "_" if any(c.isupper() or c.isdigit() for c in w) else w for w in sentence.split()
    )


def _frames(rows: Sequence[CorpusRow]) -> Iterator[str]:
    """One sentence frame in several stories is a template, whatever names fill it."""
    stories: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for sentence in _SENTENCE.split(row.full_text):
            frame = _frame(sentence)
            if len(frame.split()) >= FRAME_WORDS:
                stories[frame].add(row.story)
    for frame, owners in stories.items():
        if len(owners) >= FRAME_STORIES:
            yield f"template in {len(owners)} stories ({', '.join(sorted(owners)[:4])}): {frame}"


def _quotas(rows: Sequence[CorpusRow]) -> Iterator[str]:
    if len(rows) < LEAST_DOCUMENTS:
        yield f"{len(rows)} documents, at least {LEAST_DOCUMENTS} wanted"
    primary = Counter(row.themes[0] for row in rows if row.themes)
    for theme in taxonomy().ids:
        if primary[theme] < LEAST_PRIMARY:
            yield f"{theme}: {primary[theme]} documents, at least {LEAST_PRIMARY} wanted"
    tones = Counter(row.sentiment for row in rows)
    for tone in SENTIMENTS:
        if tones[tone] < LEAST_SENTIMENT:
            yield f"{tone}: {tones[tone]} documents, at least {LEAST_SENTIMENT} wanted"
    share = tones[None] / max(1, len(rows))
    if not OUTSIDE_SHARE[0] <= share <= OUTSIDE_SHARE[1]:
        yield f"{share:.1%} outside TTĐN, 35 to 45 % wanted"
    tags = Counter(tag for row in rows for tag in row.tags)
    for case in HARD_CASES:
        if tags[f"case:{case}"] < LEAST_CASE:
            yield f"hard case {case}: {tags[f'case:{case}']} documents, {LEAST_CASE} wanted"
    for pair in PAIRS:
        if tags[f"pair:{pair}"] < LEAST_PAIR:
            yield f"pair {pair}: {tags[f'pair:{pair}']} documents, {LEAST_PAIR} wanted"
