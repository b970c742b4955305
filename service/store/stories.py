"""Stories: texts that are near each other, and what is near those.

The partition is a function of the texts and days that documents have now, never of the order in
which they came: the connected components of the graph whose edges :mod:`similarity` gives. A story
is named by its earliest text, of several on one day by that with the smallest number. The caller
holds the lock of writers, so that no two halves of a story come in side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, tuple_, update

from service.store.arrays import among, insert_integers
from service.store.days import day_number
from service.store.facts import chunks
from service.store.similarity import DAYS, Sketch, band_keys, similar, sketch
from service.store.story_tables import story_bands, story_texts
from service.store.tables import documents, facts

Span = tuple[int, int] | None
"""First and last day of a text; None when no document of it has a day. Such a text is joined to the
same words only: it is in no figure, and must not bind together what is."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text that documents of this transaction have: its prepared words and their days."""

    words: Sequence[str]
    span: Span


@dataclass(slots=True)
class _Text:
    number: int
    story: int
    span: Span
    sketch: Sketch

    @property
    def age(self) -> tuple[bool, int, int]:
        """Sorts the text that names a story first."""
        return (self.span is None, self.span[0] if self.span else 0, self.number)

    def bands(self, margin: int = 0) -> set[int]:
        """Keys to be listed under, or, with a margin in days, to look up."""
        if self.span is None:
            return set()
        first, last = self.span
        return set(band_keys(self.sketch.signature, first - margin, last + margin))


def story_id(story: int) -> str:
    """The public id of a story."""
    return f"{story:016x}"


def text_number(text_hash: str) -> int:
    """The number of a text in the tables of stories."""
    return int(text_hash[:15], 16)


def join_spans(a: Span, b: Span) -> Span:
    """From the earlier first to the later last day."""
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def settle(
    connection: Connection, arrived: Mapping[str, Arrived], left: Collection[str] = ()
) -> dict[str, int]:
    """Bring stories up to date with documents already written; the story of each arrived text.

    Texts are given by their hash. ``left``: those that a document had and may no longer have.
    Rows of facts of other documents follow; those of the documents just written are the caller's.
    """
    came = {text_number(text): a for text, a in arrived.items()}
    known = _load(connection, {*came, *map(text_number, left)})
    spans = _spans(connection, left)
    for n, a in came.items():
        spans.setdefault(n, join_spans(a.span, known[n].span if n in known else None))
    gone = [t for n, t in known.items() if n not in spans]
    shorter = [t for n, t in known.items() if n in spans and _beyond(t.span, spans[n])]
    longer = [n for n, t in known.items() if n in spans and _beyond(spans[n], t.span)]
    if gone or shorter:
        _take_out(connection, gone, shorter, spans)
        known = _load(connection, known)
    _move(connection, [known[n] for n in longer], spans)
    new = [_Text(n, n, spans[n], sketch(a.words)) for n, a in came.items() if n not in known]
    renamed = _join(connection, new, [known[n] for n in longer])
    _insert(connection, new, renamed)
    stories = {n: known[n].story if n in known else n for n in came}
    final = {n: renamed.get(s, s) for n, s in stories.items()}
    return {text: final[text_number(text)] for text in arrived}


def stories_of(connection: Connection, texts: Collection[str]) -> dict[str, int]:
    """The story of each text given by its hash; unknown ones left out."""
    known = _load(connection, map(text_number, texts))
    return {t: known[n].story for t in texts if (n := text_number(t)) in known}


def current_story(connection: Connection, story: int) -> int | None:
    """What a story is called now that was called ``story`` once; None when its text is gone."""
    known = _load(connection, [story])
    return known[story].story if known else None


def _beyond(a: Span, b: Span) -> bool:
    """Whether the first span has a day outside the second."""
    return a is not None and join_spans(a, b) != b


# -- the tables ------------------------------------------------------------------------------------


def _load(connection: Connection, numbers: Iterable[int]) -> dict[int, _Text]:
    wanted = set(numbers)
    if not wanted:
        return {}
    query = select(story_texts).where(among(connection, story_texts.c.text, wanted))
    return {row[0]: _text(*row) for row in connection.execute(query).all()}


def _text(
    number: int, story: int, first: int | None, last: int | None, signature: bytes, numbers: bytes
) -> _Text:
    span = None if first is None or last is None else (first, last)
    return _Text(number, story, span, Sketch(signature, numbers))


def _spans(connection: Connection, texts: Collection[str]) -> dict[int, Span]:
    """Days of texts as their documents give them; a text that no document has is left out."""
    found: dict[int, Span] = {}
    day = documents.c.published_day
    for part in chunks(texts):
        query = select(documents.c.text_hash, func.min(day), func.max(day))
        query = query.where(documents.c.text_hash.in_(part)).group_by(documents.c.text_hash)
        for text, first, last in connection.execute(query):
            span = None if first is None else (day_number(first), day_number(last))
            found[text_number(text)] = span
    return found


def _insert(connection: Connection, texts: Sequence[_Text], renamed: Mapping[int, int]) -> None:
    rows = [
        {
            "text": t.number,
            "story": renamed.get(t.story, t.story),
            "first_day": t.span and t.span[0],
            "last_day": t.span and t.span[1],
            "signature": t.sketch.signature,
            "numbers": t.sketch.numbers,
        }
        for t in texts
    ]
    if rows:
        connection.execute(insert(story_texts), rows)
    _enlist(connection, [(key, t.number) for t in texts for key in t.bands()])


def _move(connection: Connection, texts: Sequence[_Text], spans: Mapping[int, Span]) -> None:
    """Give texts other days."""
    old = {(key, t.number) for t in texts for key in t.bands()}
    for t in texts:
        t.span = spans[t.number]
    new = {(key, t.number) for t in texts for key in t.bands()}
    _unlist(connection, old - new)
    _enlist(connection, new - old)
    rows = [
        {"b_text": t.number, "b_first": t.span and t.span[0], "b_last": t.span and t.span[1]}
        for t in texts
    ]
    if rows:
        connection.execute(
            update(story_texts)
            .where(story_texts.c.text == bindparam("b_text"))
            .values(first_day=bindparam("b_first"), last_day=bindparam("b_last")),
            rows,
        )


def _enlist(connection: Connection, pairs: Collection[tuple[int, int]]) -> None:
    insert_integers(connection, story_bands, sorted(pairs))


def _unlist(connection: Connection, pairs: Collection[tuple[int, int]]) -> None:
    bands = story_bands.c
    for part in chunks(pairs, 250):
        connection.execute(delete(story_bands).where(tuple_(bands.band, bands.text).in_(part)))


# -- texts that leave ------------------------------------------------------------------------------


def _take_out(
    connection: Connection,
    gone: Sequence[_Text],
    shorter: Sequence[_Text],
    spans: Mapping[int, Span],
) -> None:
    """Remove texts that no document has, and divide what only they, or their days, held."""
    _unlist(connection, [(key, t.number) for t in gone for key in t.bands()])
    numbers = among(connection, story_texts.c.text, [t.number for t in gone])
    connection.execute(delete(story_texts).where(numbers))
    _move(connection, shorter, spans)
    for story in sorted({t.story for t in (*gone, *shorter)}):
        _divide(connection, story)


def _divide(connection: Connection, story: int) -> None:
    """Make the stories of the texts of one anew."""
    query = select(story_texts).where(story_texts.c.story == story)
    texts = [_text(*row) for row in connection.execute(query)]
    groups = _Groups()
    for k, text in enumerate(texts):
        for other in [text, *_near(text, texts[k + 1 :])]:
            groups.join(text.number, other.number)
    moved: dict[int, int] = {}
    by_number = {t.number: t for t in texts}
    for members in groups.all():
        name = min(members, key=lambda n: by_number[n].age)
        moved |= {n: name for n in members if name != story}
    if not moved:
        return
    _set_story(connection, story_texts, "text", moved)
    query = (
        select(facts.c.document_id, documents.c.text_hash)
        .join_from(facts, documents, documents.c.id == facts.c.document_id)
        .where(facts.c.story == story)
    )
    owners = {own: text_number(text) for own, text in connection.execute(query)}
    rows = {own: moved[number] for own, number in owners.items() if number in moved}
    _set_story(connection, facts, "document_id", rows)


# -- texts that come -------------------------------------------------------------------------------


def _join(connection: Connection, new: Sequence[_Text], longer: Sequence[_Text]) -> dict[int, int]:
    """Join the stories of texts, not written yet or with more days, to those near.

    What stories are called now that were called otherwise.
    """
    active = [*new, *longer]
    texts = {t.number: t for t in active}
    groups = _Groups()
    for text, others in _candidates(connection, new, longer, texts):
        # The text itself may be the one that names its story now.
        groups.join(text.story, text.number)
        for other in _near(text, [texts[n] for n in others]):
            groups.join(text.story, other.story)
    names = {t.story for t in texts.values()}
    sets = [members for members in groups.all() if len(members) > 1]
    texts |= _load(connection, {n for members in sets for n in members} - set(texts))
    renamed: dict[int, int] = {}
    for members in sets:
        name = min(members, key=lambda n: texts[n].age)
        renamed |= {n: name for n in members if n != name and n in names}
    written = {n: s for n, s in renamed.items() if n not in {t.number for t in new}}
    _set_story(connection, story_texts, "story", written)
    _set_story(connection, facts, "story", written)
    return renamed


def _candidates(
    connection: Connection,
    new: Sequence[_Text],
    longer: Sequence[_Text],
    texts: dict[int, _Text],
) -> list[tuple[_Text, set[int]]]:
    """Each text with the numbers of those to compare it with, which are put into ``texts``."""
    listed: dict[int, list[int]] = defaultdict(list)
    for text in new:
        for key in text.bands():
            listed[key].append(text.number)
    lookups = [(t, t.bands(DAYS)) for t in (*new, *longer)]
    if keys := {key for _, own in lookups for key in own}:
        query = select(story_bands).where(among(connection, story_bands.c.band, keys))
        for key, number in connection.execute(query).all():
            listed[key].append(number)
    found = [
        (t, {n for key in own if key in listed for n in listed[key]} - {t.number})
        for t, own in lookups
    ]
    texts |= _load(connection, {n for _, numbers in found for n in numbers} - set(texts))
    return found


def _near(text: _Text, others: Sequence[_Text]) -> list[_Text]:
    """Those of the others that have an edge to a text."""
    if text.span is None:
        return []
    first, last = text.span
    close = [o for o in others if o.span and o.span[0] - last <= DAYS >= first - o.span[1]]
    alike = similar(text.sketch, [o.sketch for o in close])
    return [o for o, a in zip(close, alike, strict=True) if a]


def _set_story(connection: Connection, table: Table, key: str, stories: Mapping[Any, int]) -> None:
    """Set ``story`` where the column ``key`` has a value."""
    if stories:
        connection.execute(
            update(table)
            .where(table.c[key] == bindparam("b_key"))
            .values(story=bindparam("b_story")),
            [{"b_key": k, "b_story": s} for k, s in stories.items()],
        )


class _Groups:
    """Disjoint sets of numbers."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def _root(self, n: int) -> int:
        while (parent := self._parents.setdefault(n, n)) != n:
            self._parents[n] = self._parents[parent]
            n = parent
        return n

    def join(self, a: int, b: int) -> None:
        self._parents[self._root(a)] = self._root(b)

    def all(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for n in self._parents:
            found[self._root(n)].append(n)
        return list(found.values())
