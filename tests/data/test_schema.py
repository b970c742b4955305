from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data.problems import Problem
from data.schema import MAX_FIELD_CHARS, Document, parse_document

GOOD = {"id": "1", "title": "Gia Lai đón đoàn khách Lào"}


def refused(record: object) -> Problem:
    with pytest.raises(Problem) as caught:
        parse_document(record)
    return caught.value


def test_a_title_and_an_id_are_enough() -> None:
    assert parse_document(GOOD) == Document(id="1", title="Gia Lai đón đoàn khách Lào")


@pytest.mark.parametrize(
    "key", ["author", "byline", "user_id", "Profile", "handle", "userName", "tac_gia", "full name"]
)
def test_keys_that_identify_a_person_have_a_refusal_of_their_own(key: str) -> None:
    problem = refused({**GOOD, key: "x"})
    assert problem.slug == "personal-field"
    assert problem.errors[0].pointer == f"/{key}"


def test_an_unknown_key_is_refused_by_name() -> None:
    problem = refused({**GOOD, "colour": "red"})
    assert problem.slug == "unknown-field"
    assert [e.pointer for e in problem.errors] == ["/colour"]


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        ({"title": "x"}, "/id"),
        ({"id": "", "title": "x"}, "/id"),
        ({"id": "x" * 201, "title": "x"}, "/id"),
        ({"id": "a\x00b", "title": "x"}, "/id"),
        ({"id": "1"}, "/"),
        ({**GOOD, "published_at": "hôm qua"}, "/published_at"),
        ({**GOOD, "published_at": "2026-03-01T08:00:00"}, "/published_at"),
        ({**GOOD, "source_country": "Vietnam"}, "/source_country"),
        ({**GOOD, "source_type": "blog"}, "/source_type"),
        ({**GOOD, "audience": -1}, "/audience"),
        ({**GOOD, "locality": "Gia Lai"}, "/locality"),
        ({**GOOD, "title": 5}, "/title"),
        ({**GOOD, "title": "\ud800"}, "/title"),
    ],
)
def test_a_fault_is_named_with_its_place(record: object, pointer: str) -> None:
    problem = refused(record)
    assert problem.slug == "invalid"
    assert pointer in [e.pointer for e in problem.errors]


@pytest.mark.parametrize("record", [None, 5, "text", [GOOD]])
def test_what_is_no_object_is_refused(record: object) -> None:
    assert refused(record).slug == "invalid"


def test_a_text_over_the_limit_is_too_large() -> None:
    assert refused({"id": "1", "text": "a" * (MAX_FIELD_CHARS + 1)}).slug == "too-large"


def test_moments_keep_their_zone_and_days_stay_days() -> None:
    day = parse_document({**GOOD, "published_at": "2026-03-15"})
    moment = parse_document({**GOOD, "published_at": "2026-03-15T00:30:00+07:00"})
    assert day.published_at == date(2026, 3, 15)
    assert isinstance(moment.published_at, datetime)
    assert moment.published_at.astimezone(UTC) == datetime(2026, 3, 14, 17, 30, tzinfo=UTC)
