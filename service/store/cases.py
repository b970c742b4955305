"""Rebuttal cases in the store: people open, link, answer and close them; no classifier does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from data.localities import names_of
from data.problems import Place, Problem
from data.schema import Moment
from data.taxonomy import REBUTTAL, taxonomy
from service.store.case_records import Case, CaseChange, CaseOpening, Decision, Status
from service.store.case_tables import case_claims, case_decisions, case_places, cases
from service.store.days import VIETNAM, clock, day_number, day_of, second_of_day, vietnamese_day
from service.store.facts import chunks, theme_bits
from service.store.store import Conflict, Store
from service.store.tables import documents, facts

_TIMES = ("claimed_day", "claimed_second", "answered_day", "answered_second")
T = TypeVar("T")


@dataclass(frozen=True)
class CaseFilter:
    """Which cases: claimed between two days, both included, of a place, of a status."""

    first: date | None = None
    last: date | None = None
    locality: str | None = None
    unit: str | None = None
    status: Status | None = None


# -- reading ---------------------------------------------------------------------------------


def read_cases(
    store: Store, chosen: CaseFilter, after: str = "", limit: int | None = None
) -> list[Case]:
    """Cases in order of id, after the id ``after``."""
    query = select(cases).where(cases.c.id > after, *_conditions(chosen)).order_by(cases.c.id)
    with store.transaction() as connection:
        rows = connection.execute(query.limit(limit)).mappings().all()
        return _complete(connection, rows)


def _conditions(chosen: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.first is not None:
        found.append(cases.c.claimed_day >= day_number(chosen.first))
    if chosen.last is not None:
        found.append(cases.c.claimed_day <= day_number(chosen.last))
    if chosen.locality is not None:
        # A merged province has the cases of its old names too, as it has their documents.
        found.append(_placed("locality", names_of(chosen.locality)))
    if chosen.unit is not None:
        found.append(_placed("unit", (chosen.unit,)))
    if chosen.status is not None:
        closed = cases.c.closed_at.is_not(None)
        answered = cases.c.answered_day.is_not(None)
        found += {
            "closed": [closed],
            "answered": [~closed, answered],
            "open": [~closed, ~answered],
        }[chosen.status]
    return found


def _placed(kind: str, names: Sequence[str]) -> ColumnElement[bool]:
    mine = case_places.c.kind == kind, case_places.c.name.in_(names)
    return cases.c.id.in_(select(case_places.c.case_id).where(*mine))


def _complete(connection: Connection, rows: Iterable[Any]) -> list[Case]:
    found = {row["id"]: dict(row) for row in rows}
    for values in found.values():
        closed, answered = values["closed_at"], values["answered_day"]
        times = [values.pop(name) for name in _TIMES]
        values |= {
            "status": "closed" if closed else "open" if answered is None else "answered",
            "claimed_at": _moment(times[0], times[1]),
            "answered_at": None if answered is None else _moment(times[2], times[3]),
            # SQLite gives times back without their zone; they were stored in UTC.
            "opened_at": _vietnamese(values["opened_at"]),
            "closed_at": _vietnamese(closed) if closed else None,
            "locality": [], "unit": [], "claim_document_ids": [], "decisions": [],
        }  # fmt: skip
    for part in chunks(found):
        places = select(case_places).where(case_places.c.case_id.in_(part))
        for owner, kind, name in connection.execute(places.order_by(case_places.c.name)):
            found[owner][kind].append(name)
        claims = select(case_claims).where(case_claims.c.case_id.in_(part))
        for owner, document in connection.execute(claims.order_by(case_claims.c.document_id)):
            found[owner]["claim_document_ids"].append(document)
        decisions = select(case_decisions).where(case_decisions.c.case_id.in_(part))
        for _, owner, at, action, by in connection.execute(decisions.order_by(case_decisions.c.id)):
            decision = Decision(at=_vietnamese(at), action=action, decided_by=by)
            found[owner]["decisions"].append(decision)
    return [Case.model_validate(values) for values in found.values()]


def _moment(day: int, second: int | None) -> datetime | date:
    bare = day_of(day)
    if second is None:
        return bare
    midnight = datetime(bare.year, bare.month, bare.day, tzinfo=VIETNAM)
    return midnight + timedelta(seconds=second)


def _vietnamese(moment: datetime) -> datetime:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return known.astimezone(VIETNAM).replace(microsecond=0)


# -- writing ---------------------------------------------------------------------------------


def open_case(store: Store, given: CaseOpening) -> Case:
    """Open a case; sent again it changes nothing.

    Raises :class:`Problem` when the id is of another case, a document is not there, or the claim
    lies in the future.
    """

    def work() -> Case:
        with store.transaction() as connection:
            known = _one(connection, given.id)
            if known is not None:
                return _same(known, given)
            _insert(connection, given)
            return _sure(_one(connection, given.id))

    return _again(work)


def change_case(store: Store, case_id: str, change: CaseChange) -> Case:
    """Change a case and keep who decided it.

    Raises :class:`Problem` when there is no such case or the change does not hold together.
    """

    def work() -> Case:
        with store.transaction() as connection:
            # Two people at one case take turns.
            connection.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
            known = _one(connection, case_id)
            if known is None:
                raise Problem("not-found", "Không có vụ việc này. Hãy xem danh sách ở /v1/cases.")
            for action in _apply(connection, known, change):
                _decide(connection, case_id, action, change.decided_by)
            return _sure(_one(connection, case_id))

    return _again(work)


def _again(work: Callable[[], T]) -> T:
    try:
        return work()
    except Conflict:
        # Another writer was first with the same id, or took a linked document away: look again.
        return work()


def _one(connection: Connection, case_id: str) -> Case | None:
    rows = connection.execute(select(cases).where(cases.c.id == case_id)).mappings().all()
    found = _complete(connection, rows)
    return found[0] if found else None


def _sure(case: Case | None) -> Case:
    assert case is not None
    return case


def _same(known: Case, given: CaseOpening) -> Case:
    sent = (
        given.matter, _moment(*_day_and_second(given.claimed_at)), sorted(set(given.locality)),
        sorted(set(given.unit)), sorted(set(given.claim_document_ids)),
    )  # fmt: skip
    stored = (
        known.matter, known.claimed_at, sorted(known.locality), sorted(known.unit),
        sorted(known.claim_document_ids),
    )  # fmt: skip
    if sent != stored:
        raise _refused(
            "id",
            "đã dùng cho một vụ việc khác, hoặc vụ việc đã được sửa; "
            "muốn sửa hãy dùng PATCH /v1/cases/{id}",
        )
    return known


def _insert(connection: Connection, given: CaseOpening) -> None:
    day, second = _claimed(given.claimed_at)
    connection.execute(
        insert(cases).values(
            id=given.id,
            matter=given.matter,
            claimed_day=day,
            claimed_second=second,
            opened_at=datetime.now(UTC),
        )
    )
    _put_places(connection, given.id, "locality", given.locality)
    _put_places(connection, given.id, "unit", given.unit)
    _put_claims(connection, given.id, given.claim_document_ids)
    _decide(connection, given.id, "opened", given.decided_by)


def _apply(connection: Connection, known: Case, change: CaseChange) -> list[str]:
    """Write a change; the steps it was, in order."""
    given = change.model_fields_set
    values: dict[str, Any] = {}
    actions: list[str] = []
    if change.matter is not None:
        values["matter"] = change.matter
    claimed = known.claimed_at
    if change.claimed_at is not None:
        values["claimed_day"], values["claimed_second"] = _claimed(change.claimed_at)
        claimed = change.claimed_at
    if change.locality is not None:
        _put_places(connection, known.id, "locality", change.locality)
    if change.unit is not None:
        _put_places(connection, known.id, "unit", change.unit)
    if given & {"matter", "claimed_at", "locality", "unit"}:
        actions.append("edited")
    if change.claim_document_ids is not None:
        _put_claims(connection, known.id, change.claim_document_ids)
        actions.append("linked")
    answered: Moment | None = known.answered_at
    if "answer_document_id" in given:
        values |= _answer(connection, change.answer_document_id)
        answered = None
        if change.answer_document_id is not None:
            answered = _moment(values["answered_day"], values["answered_second"])
        actions.append("answered" if answered else "unanswered")
    _in_order(claimed, answered)
    closed_as = known.closed_as
    if "closed_as" in given:
        closed_as = change.closed_as
        values |= {
            "closed_as": closed_as,
            "closed_at": datetime.now(UTC) if closed_as else None,
        }
        actions.append("closed" if closed_as else "reopened")
    _closing_fits(closed_as, answered)
    if values:
        connection.execute(update(cases).where(cases.c.id == known.id).values(values))
    return actions


def _answer(connection: Connection, document_id: str | None) -> dict[str, Any]:
    """Columns of the answering document: one of the rebuttal theme with a known day."""
    if document_id is None:
        return {"answer_document_id": None, "answered_day": None, "answered_second": None}
    query = select(facts.c.day, facts.c.second, facts.c.themes)
    row = connection.execute(query.where(facts.c.document_id == document_id)).first()
    place = "answer_document_id"
    if row is None:
        raise _refused(place, "không có văn bản này trong kho; hãy đưa vào kho trước")
    if row.day < 0 or _ahead(row.day, row.second):
        raise _refused(place, "văn bản này không rõ ngày đăng hoặc ghi ngày chưa tới")
    if not row.themes & theme_bits([REBUTTAL]):
        name = taxonomy().theme(REBUTTAL).name_vi
        raise _refused(
            place,
            f"văn bản này không mang chủ đề “{name}”; nếu máy gán sai, hãy sửa nhãn rồi nối lại",
        )
    return {
        "answer_document_id": document_id,
        "answered_day": row.day,
        "answered_second": row.second,
    }


def _in_order(claimed: Moment, answered: Moment | None) -> None:
    if answered is None:
        return
    first, last = _day_and_second(claimed), _day_and_second(answered)
    clocks = first[1] is not None and last[1] is not None
    if last[0] < first[0] or (last[0] == first[0] and clocks and (last[1] or 0) < (first[1] or 0)):
        raise _refused(
            "answer_document_id",
            "văn bản trả lời đăng trước khi có thông tin cần làm rõ; hãy xem lại hai thời điểm",
        )


def _closing_fits(closed_as: str | None, answered: Moment | None) -> None:
    if closed_as == "answered" and answered is None:
        raise _refused("closed_as", "vụ việc chưa có văn bản trả lời; hãy nối answer_document_id")
    if closed_as == "no_answer" and answered is not None:
        raise _refused("closed_as", "vụ việc đã có văn bản trả lời; hãy đóng là answered")


def _day_and_second(moment: Moment) -> tuple[int, int | None]:
    return day_number(vietnamese_day(moment)), second_of_day(clock(moment))


def _claimed(moment: Moment) -> tuple[int, int | None]:
    day, second = _day_and_second(moment)
    if _ahead(day, second):
        raise _refused("claimed_at", "thời điểm này chưa tới; hãy kiểm tra ngày, giờ và múi giờ")
    return day, second


def _ahead(day: int, second: int | None) -> bool:
    now = _day_and_second(datetime.now(UTC))
    return (day, second or 0) > (now[0], now[1] or 0)


def _put_places(connection: Connection, case_id: str, kind: str, names: Collection[str]) -> None:
    mine = (case_places.c.case_id == case_id, case_places.c.kind == kind)
    connection.execute(delete(case_places).where(*mine))
    rows = [{"case_id": case_id, "kind": kind, "name": name} for name in sorted(set(names))]
    if rows:
        connection.execute(insert(case_places), rows)


def _put_claims(connection: Connection, case_id: str, ids: Collection[str]) -> None:
    wanted = sorted(set(ids))
    there: set[str] = set()
    for part in chunks(wanted):
        there.update(connection.scalars(select(documents.c.id).where(documents.c.id.in_(part))))
    missing = [i for i in wanted if i not in there]
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise _refused("claim_document_ids", f"không có trong kho: {shown}; hãy đưa vào kho trước")
    connection.execute(delete(case_claims).where(case_claims.c.case_id == case_id))
    if wanted:
        rows = [{"case_id": case_id, "document_id": i} for i in wanted]
        connection.execute(insert(case_claims), rows)


def _decide(connection: Connection, case_id: str, action: str, by: str) -> None:
    connection.execute(
        insert(case_decisions).values(
            case_id=case_id, at=datetime.now(UTC), action=action, decided_by=by
        )
    )


def _refused(place: str, why: str) -> Problem:
    return Problem(
        "invalid",
        "Vụ việc chưa đúng quy cách. Hãy sửa chỗ được nêu rồi gửi lại.",
        [Place(f"/{place}", why)],
    )
