"""Random audits in the store: recorded draws, blind labels, and what has become void since.

An audit's label counts where a document is still the content that was drawn. Nothing drawn here is
ever given to training (:mod:`service.store.training_labels`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from data.problems import Problem
from data.schema import TEXT_FIELDS, Label
from service.store.audit_tables import audit_items, audit_strata, audits
from service.store.counting import tagged
from service.store.days import day_number, day_of
from service.store.facts import chunks
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import documents, facts, human_labels

Stratum = tuple[str, str]
"""Channel class, and what the machine predicted: a tone, or ``no_target``."""


@dataclass(frozen=True)
class Drawn:
    """A draw: ``strata`` counts stories and those drawn; ``items`` are ids with their stratum."""

    period_label: str
    first: date | None
    last: date | None
    chosen: Filter
    seed: int
    model_versions: list[str]
    strata: Mapping[Stratum, tuple[int, int]]
    items: Sequence[tuple[str, Stratum]]
    replaces: int | None = None


@dataclass(frozen=True)
class Audit:
    """A recorded audit and how far it has come."""

    id: int
    period_label: str
    first: date | None
    last: date | None
    chosen: Filter
    seed: int
    drawn_at: datetime
    model_versions: list[str]
    tagged_stories: int
    replaces: int | None
    strata: dict[Stratum, tuple[int, int]]
    labelled: int
    changed: int
    deleted: int

    @property
    def drawn(self) -> int:
        """Stories drawn."""
        return sum(n for _, n in self.strata.values())

    @property
    def void(self) -> int:
        """Drawn documents that were changed or deleted since: their labels say nothing now."""
        return self.changed + self.deleted

    @property
    def remaining(self) -> int:
        """Documents still to label."""
        return self.drawn - self.void - self.labelled

    def as_json(self) -> dict[str, Any]:
        """The audit as the API shows it: sizes of strata, but no label of any document."""
        return {
            "id": self.id,
            "period": {
                "from": self.first.isoformat() if self.first else None,
                "to": self.last.isoformat() if self.last else None,
                "label": self.period_label,
            },
            "filter": self.chosen.given(),
            "seed": self.seed,
            "drawn_at": self.drawn_at.isoformat(),
            "model_versions": self.model_versions,
            "replaces": self.replaces,
            "strata": [
                {"channel_class": c, "predicted": p, "stories": stories, "drawn": n}
                for (c, p), (stories, n) in self.strata.items()
            ],
            "drawn": self.drawn,
            "labelled": self.labelled,
            "changed": self.changed,
            "deleted": self.deleted,
            "remaining": self.remaining,
        }


def record(store: Store, drawn: Drawn) -> Audit:
    """Write a draw, in one transaction with the contents that were drawn."""
    stories = tagged_stories(store, drawn.chosen, drawn.first, drawn.last)
    with store.transaction() as connection:
        key = connection.execute(
            insert(audits).values(
                period_label=drawn.period_label,
                first_day=None if drawn.first is None else day_number(drawn.first),
                last_day=None if drawn.last is None else day_number(drawn.last),
                filter=drawn.chosen.given(),
                size=len(drawn.items),
                seed=drawn.seed,
                drawn_at=datetime.now(UTC),
                model_versions=drawn.model_versions,
                tagged_stories=stories,
                replaces=drawn.replaces,
            )
        ).inserted_primary_key
        assert key is not None
        number = int(key[0])
        strata = [
            {"audit_id": number, "channel_class": c, "predicted": p, "stories": size, "drawn": n}
            for (c, p), (size, n) in drawn.strata.items()
        ]
        connection.execute(insert(audit_strata), strata)
        connection.execute(insert(audit_items), _item_rows(connection, number, drawn.items))
    return find(store, number)


def _item_rows(
    connection: Connection, number: int, items: Sequence[tuple[str, Stratum]]
) -> list[dict[str, Any]]:
    """Rows of ``audit_items``; a document deleted since it was read is left out, as if later."""
    contents: dict[str, str] = {}
    for part in chunks([i for i, _ in items]):
        query = select(documents.c.id, documents.c.content_hash).where(documents.c.id.in_(part))
        contents |= dict(connection.execute(query).tuples().all())
    return [
        {
            "audit_id": number,
            "position": position,
            "document_id": i,
            "content_hash": contents[i],
            "channel_class": channel,
            "predicted": predicted,
        }
        for position, (i, (channel, predicted)) in enumerate(items)
        if i in contents
    ]


def tagged_stories(store: Store, chosen: Filter, first: date | None, last: date | None) -> int:
    """Stories that an audit of this scope would be drawn from now."""
    query = select(func.count(facts.c.story.distinct())).where(*tagged(chosen, first, last))
    return int(store.tuples(query)[0][0])


def recorded(store: Store) -> list[Audit]:
    """All audits, oldest first."""
    with store.transaction() as connection:
        found = connection.execute(select(audits).order_by(audits.c.id))
        rows = [dict(row._mapping) for row in found]
        strata: dict[int, dict[Stratum, tuple[int, int]]] = {row["id"]: {} for row in rows}
        for s in connection.execute(
            select(audit_strata).order_by(audit_strata.c.channel_class, audit_strata.c.predicted)
        ):
            strata[s.audit_id][s.channel_class, s.predicted] = (s.stories, s.drawn)
    states = _states(store)
    return [_audit(row, strata[row["id"]], states.get(row["id"], (0, 0, 0))) for row in rows]


def find(store: Store, number: int) -> Audit:
    """One audit. Raises :class:`Problem` (``not-found``)."""
    for audit in recorded(store):
        if audit.id == number:
            return audit
    raise Problem(
        "not-found",
        f"Không có mẫu kiểm tra số {number}. Xem danh sách ở /v1/review/audit "
        "hoặc bằng lệnh ttdn review audit status.",
    )


def _audit(
    row: Mapping[str, Any],
    strata: dict[Stratum, tuple[int, int]],
    state: tuple[int, int, int],
) -> Audit:
    present, changed, labelled = state
    return Audit(
        id=row["id"],
        period_label=row["period_label"],
        first=None if row["first_day"] is None else day_of(row["first_day"]),
        last=None if row["last_day"] is None else day_of(row["last_day"]),
        chosen=Filter(**row["filter"]),
        seed=row["seed"],
        # SQLite gives times back without their zone; they were stored in UTC.
        drawn_at=row["drawn_at"].replace(tzinfo=UTC),
        model_versions=row["model_versions"],
        tagged_stories=row["tagged_stories"],
        replaces=row["replaces"],
        strata=strata,
        labelled=labelled,
        changed=changed,
        deleted=sum(n for _, n in strata.values()) - present,
    )


def _states(store: Store) -> dict[int, tuple[int, int, int]]:
    """For each audit: items still there, those changed since, those with a label that counts."""
    states: dict[int, list[int]] = {}
    labelled = {(number, i) for number, i, *_ in _labels(store)}
    query = select(
        audit_items.c.audit_id,
        audit_items.c.document_id,
        audit_items.c.content_hash == documents.c.content_hash,
    ).join(documents, documents.c.id == audit_items.c.document_id)
    for number, i, same in store.tuples(query):
        state = states.setdefault(number, [0, 0, 0])
        state[0] += 1
        state[1] += not same
        state[2] += bool(same) and (number, i) in labelled
    return {number: (a, b, c) for number, (a, b, c) in states.items()}


def _labels(store: Store) -> list[tuple[int, str, list[str], str | None]]:
    """The latest audit label of each drawn item, of the content drawn."""
    query = (
        select(
            audit_items.c.audit_id,
            audit_items.c.document_id,
            human_labels.c.themes,
            human_labels.c.sentiment,
        )
        .join_from(
            audit_items,
            human_labels,
            and_(
                human_labels.c.document_id == audit_items.c.document_id,
                human_labels.c.content_hash == audit_items.c.content_hash,
            ),
        )
        .where(human_labels.c.origin == "audit")
        .order_by(human_labels.c.labelled_at, human_labels.c.id)
    )
    with store.transaction() as connection:
        rows = connection.execute(query).tuples().all()
    latest = {(number, i): (number, i, themes, tone) for number, i, themes, tone in rows}
    return list(latest.values())


@dataclass(frozen=True)
class AuditedItem:
    """A drawn document that is still what it was, with its label."""

    document_id: str
    story: int
    stratum: Stratum
    themes: list[str]
    sentiment: str | None


def audited_items(store: Store, number: int) -> list[AuditedItem]:
    """The labelled items of one audit that are not void, with the story each belongs to now."""
    query = (
        select(
            audit_items.c.document_id,
            facts.c.story,
            audit_items.c.channel_class,
            audit_items.c.predicted,
        )
        .join(documents, documents.c.id == audit_items.c.document_id)
        .join(facts, facts.c.document_id == audit_items.c.document_id)
        .where(
            audit_items.c.audit_id == number,
            audit_items.c.content_hash == documents.c.content_hash,
        )
        .order_by(audit_items.c.position)
    )
    labels = {i: (themes, tone) for owner, i, themes, tone in _labels(store) if owner == number}
    return [
        AuditedItem(i, story, (channel, predicted), *labels[i])
        for i, story, channel, predicted in store.tuples(query)
        if i in labels
    ]


def to_label(store: Store, number: int, limit: int) -> list[dict[str, Any]]:
    """Documents of an audit that have no label yet: their text and nothing that sways.

    Neither source nor the machine's label is shown (``domain/sentiment.md`` section 6).
    """
    done = {i for owner, i, *_ in _labels(store) if owner == number}
    query = (
        select(
            audit_items.c.position,
            audit_items.c.document_id,
            documents.c.text_cut_at.is_not(None),
            *(documents.c[f] for f in TEXT_FIELDS),
        )
        .join(documents, documents.c.id == audit_items.c.document_id)
        .where(
            audit_items.c.audit_id == number,
            audit_items.c.content_hash == documents.c.content_hash,
        )
        .order_by(audit_items.c.position)
    )
    names = ("position", "document_id", "text_cut", *TEXT_FIELDS)
    rows = [dict(zip(names, row, strict=True)) for row in store.tuples(query)]
    for row in rows:
        row["text_cut"] = bool(row["text_cut"])
    return [row for row in rows if row["document_id"] not in done][:limit]


def label_item(store: Store, number: int, document_id: str, label: Label) -> None:
    """Label a drawn document. Raises :class:`Problem` when it was not drawn or is void."""
    query = (
        select(audit_items.c.content_hash == documents.c.content_hash)
        .join(documents, documents.c.id == audit_items.c.document_id)
        .where(audit_items.c.audit_id == number, audit_items.c.document_id == document_id)
    )
    found = store.tuples(query)
    if not found:
        find(store, number)
        raise Problem(
            "not-found",
            f"Văn bản này không thuộc mẫu kiểm tra số {number}, hoặc đã bị xóa khỏi kho. "
            "Chỉ gán nhãn các văn bản đã được rút.",
        )
    if not found[0][0]:
        raise Problem(
            "invalid",
            "Văn bản đã được cập nhật sau khi rút mẫu nên không còn giá trị kiểm tra. "
            "Hãy bỏ qua và gán nhãn văn bản tiếp theo.",
        )
    store.label(document_id, label, "audit")


def labelled_before(store: Store, moment: datetime) -> set[int]:
    """Numbers (column ``number`` of ``facts``) of documents that people had labelled by then."""
    query = (
        select(facts.c.number)
        .join_from(facts, documents, documents.c.id == facts.c.document_id)
        .join(
            human_labels,
            and_(
                human_labels.c.document_id == documents.c.id,
                human_labels.c.content_hash == documents.c.content_hash,
            ),
        )
        .where(human_labels.c.labelled_at < moment)
        .distinct()
    )
    return {number for (number,) in store.tuples(query)}
