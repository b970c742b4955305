"""Which texts make one story, whatever the order in which they come."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from data.schema import parse_document
from model.classifier import Classifier
from service.ingest import ingest
from service.store.counting import LABELS, columns
from service.store.filters import Filter
from service.store.hashing import words_of
from service.store.similarity import DAYS, THRESHOLD, band_keys, similar, sketch
from service.store.store import Store
from service.store.stories import current_story, story_id
from service.store.story_tables import story_bands, story_texts
from service.store.tables import documents, facts
from tests.service.test_store import document, prediction

SYLLABLES = [
    a + b
    for a in ("b", "c", "d", "đ", "g", "h", "kh", "l", "m", "n", "nh", "ph", "t", "v", "x")
    for b in ("a", "ai", "an", "ao", "âm", "iên", "inh", "o", "ong", "ôi", "ơn", "u", "ương", "y")
]
LONG = 40


def words(seed: int, count: int = LONG) -> list[str]:
    return random.Random(seed).choices(SYLLABLES, k=count)


def text(seed: int, changed: int = 0, end: str = "") -> str:
    """One of a family of texts; the first ``changed`` words are others."""
    own = words(seed)
    own[:changed] = words(1000 * seed + changed, changed)
    return " ".join([*own, *end.split()])


def save(store: Store, own: str, body: str, day: str | None = "2026-03-10", **more: Any) -> None:
    item = document(own, body, published_at=day, **more)
    store.save([(item, prediction(own, "tourism_destination"))])


def groups(store: Store) -> set[frozenset[str]]:
    """Ids of documents by story."""
    found: dict[int, set[str]] = {}
    with store.engine.connect() as connection:
        for own, story in connection.execute(select(facts.c.document_id, facts.c.story)):
            found.setdefault(story, set()).add(own)
    return set(map(frozenset, found.values()))


def test_a_rewrite_of_the_headline_and_a_changed_word_are_one_story(store: Store) -> None:
    save(store, "1", text(1))
    save(store, "2", text(1, changed=8), "2026-03-11")
    save(store, "3", text(1) + " thêm", "2026-03-12")
    save(store, "4", text(2))
    assert groups(store) == {frozenset("123"), frozenset("4")}


def test_what_is_near_what_is_near_is_one_story(store: Store) -> None:
    save(store, "1", text(1))
    other = words(1)
    other[:8], other[-9:] = words(7, 8), words(8, 9)
    save(store, "3", " ".join(other))
    assert groups(store) == {frozenset("1"), frozenset("3")}
    save(store, "2", text(1).rsplit(" ", 9)[0] + " " + " ".join(words(8, 9)))
    assert groups(store) == {frozenset("123")}
    store.delete(document_id="2")
    assert groups(store) == {frozenset("1"), frozenset("3")}


def test_issues_of_a_series_are_not_one_story(store: Store) -> None:
    for day in (10, 11, 12):
        save(
            store,
            str(day),
            f"Giá vàng ngày {day} tháng 3 {text(1)} là 9{day} triệu",
            f"2026-03-{day}",
        )
    assert groups(store) == {frozenset([str(d)]) for d in (10, 11, 12)}


def test_the_same_words_are_one_story_on_any_day_and_near_ones_only_within_days(
    store: Store,
) -> None:
    save(store, "1", text(1), "2026-03-10")
    save(store, "2", text(1), "2026-12-10")
    save(store, "3", text(2), "2026-03-10")
    save(store, "4", text(2, 1), f"2026-03-{10 + DAYS}")
    save(store, "5", text(3), "2026-03-10")
    save(store, "6", text(3, 1), f"2026-03-{11 + DAYS}")
    save(store, "7", text(3, 1), None)
    assert groups(store) == {frozenset("12"), frozenset("34"), frozenset("5"), frozenset("67")}


def test_short_texts_join_on_the_same_words_only(store: Store) -> None:
    for own, body in (("1", "Gia Lai đón đoàn khách Nhật"), ("2", "Gia Lai đón đoàn khách Hàn"),
                      ("3", "GIA LAI đón đoàn khách Nhật!")):  # fmt: skip
        save(store, own, body)
    assert groups(store) == {frozenset("13"), frozenset("2")}


def test_a_story_is_named_by_its_earliest_text_and_found_by_former_names(store: Store) -> None:
    def name(own: str) -> int:
        return int(store.get(own)["story_id"], 16)  # type: ignore[index]

    save(store, "late", text(1), "2026-03-12")
    first = name("late")
    save(store, "later", text(1, 1), "2026-03-13")
    assert name("later") == first
    save(store, "early", text(1, 2), "2026-03-11")
    assert name("late") == name("later") == name("early") != first
    with store.engine.connect() as connection:
        assert current_story(connection, first) == name("early")
        assert current_story(connection, 1) is None
    assert story_id(name("early")) == store.get("early")["story_id"]  # type: ignore[index]


def test_a_signature_is_what_it_was_when_it_was_stored() -> None:
    """Signatures outlive a change of library: those stored must compare with new ones."""
    made = sketch(["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "10"])
    assert made.signature[:16].hex() == "665a86e5b4317a559fbc238efca3f725"
    assert made.numbers.hex() == "46b1e5fe"


def test_texts_that_are_near_have_a_band_in_common() -> None:
    """Else a story divided anew would hold together what bands would not have found."""
    without = 0
    for seed in range(400):
        one, two = (sketch(text(seed, changed=c).split()) for c in (0, 12))
        minima = [np.frombuffer(s.signature, "<u2") for s in (one, two)]
        bands = [set(band_keys(s.signature, 20_000, 20_000)) for s in (one, two)]
        if similar(one, [two])[0]:
            assert bands[0] & bands[1]
        elif (minima[0] == minima[1]).mean() >= THRESHOLD:
            without += 1
            assert not bands[0] & bands[1]
    assert without


# -- any order -------------------------------------------------------------------------------------

Item = tuple[str, int, int, str, int | None]
"""Id, family, changed words, ending, day of March."""

items: st.SearchStrategy[Item] = st.tuples(
    st.sampled_from("abcdefgh"),
    st.integers(0, 1),
    st.sampled_from([0, 3, 6, 9, 12, 15]),
    st.sampled_from(["", "ngày 7", "ngày 8"]),
    st.sampled_from([None, 1, 3, 5, 8, 9, 31, 40]),
)


def made(item: Item) -> tuple[str, str, str | None]:
    own, family, changed, end, day = item
    moment = None if day is None else (date(2026, 2, 28) + timedelta(day)).isoformat()
    return own, text(family, changed, end), moment


def expected(present: dict[str, Item]) -> dict[str, int]:
    """Story of each document by comparing every text with every other."""
    spans: dict[str, tuple[int, int] | None] = {}
    for item in present.values():
        _, body, _ = made(item)
        day = item[4]
        known = spans.setdefault(body, None)
        if day is not None:
            spans[body] = (min(known[0], day), max(known[1], day)) if known else (day, day)
    sketches = {body: sketch(words_of(body)) for body in spans}
    parts = {body: {body} for body in spans}
    for a, b in combinations(spans, 2):
        one, two = spans[a], spans[b]
        if not one or not two or max(one[0] - two[1], two[0] - one[1]) > DAYS:
            continue
        if similar(sketches[a], [sketches[b]])[0] and parts[a] is not parts[b]:
            parts[a] |= parts[b]
            for body in parts[b]:
                parts[body] = parts[a]
    return {own: id(parts[made(item)[1]]) for own, item in present.items()}


def listed_bands(store: Store) -> tuple[set[Any], set[Any]]:
    with store.engine.connect() as connection:
        rows = connection.execute(select(story_texts)).all()
        there = set(map(tuple, connection.execute(select(story_bands))))
    return there, {
        (key, row.text)
        for row in rows
        if row.first_day is not None
        for key in band_keys(row.signature, row.first_day, row.last_day)
    }


again = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def clear(store: Store) -> None:
    for own in "abcdefgh":
        store.delete(document_id=own)


@given(st.lists(st.tuples(items, st.booleans()), min_size=1, max_size=14))
@again
def test_the_partition_depends_on_what_is_there_and_on_nothing_else(
    store: Store, writes: list[tuple[Item, bool]]
) -> None:
    clear(store)
    with store.engine.connect() as connection:
        assert connection.execute(select(story_texts)).all() == []
        assert connection.execute(select(story_bands)).all() == []
    present: dict[str, Item] = {}
    for item, removed in writes:
        save(store, *made(item))
        present[item[0]] = item
        if removed:
            store.delete(document_id=item[0])
            del present[item[0]]
    stories = expected(present)
    wanted = {frozenset(o for o in present if stories[o] == s) for s in stories.values()}
    assert groups(store) == wanted
    there, named = listed_bands(store)
    assert there == named


@given(
    st.lists(items, min_size=2, max_size=8, unique_by=lambda i: i[0]),
    st.lists(st.integers(0, 7), max_size=8),
    st.lists(st.integers(1, 5), min_size=8, max_size=8),
    st.randoms(),
)
@again
def test_late_repeated_and_disordered_documents_give_the_figures_of_clean_ones(
    store: Store, sent: list[Item], repeated: list[int], sizes: list[int], order: random.Random
) -> None:
    def entry(item: Item, fetched: int = 0) -> tuple[Any, Any]:
        own, body, day = made(item)
        # Some have one URL, some one source and text: figures count the earliest of those.
        item_ = document(
            own, body, published_at=day, collected_at=f"2026-05-{1 + fetched:02}",
            source_id=f"Báo {ord(own) % 3}", url=f"https://bao.example/{item[2] % 4}",
        )  # fmt: skip
        return item_, prediction(own, "tourism_destination")

    clear(store)
    for item in sorted(sent, key=lambda i: i[4] or 0):
        store.save([entry(item)])
    clean = figures(store)
    clear(store)
    arrivals = [*sent, *(sent[k % len(sent)] for k in repeated)]
    order.shuffle(arrivals)
    for size in sizes:
        if arrivals[:size]:
            store.save([entry(i, order.randrange(9)) for i in arrivals[:size]])
        arrivals = arrivals[size:]
    if arrivals:
        store.save([entry(i) for i in arrivals])
    assert figures(store) == clean


def figures(store: Store) -> list[list[Any]]:
    """All that figures read, with the names of stories and documents."""
    found = columns(store, Filter(), None, None, LABELS, ("document_id",))
    return [list(column) for column in found.values()]


def test_writers_side_by_side_leave_no_half_of_a_story(store: Store) -> None:
    writers, families = 4, 12
    together = threading.Barrier(writers)

    def write(k: int) -> None:
        for family in range(families):
            together.wait()
            save(store, f"{family}-{k}", text(family, changed=2 * k))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    expected = {frozenset(f"{f}-{k}" for k in range(writers)) for f in range(families)}
    assert groups(store) == expected


def test_stories_of_documents_stored_before_there_were_any(store: Store) -> None:
    save(store, "1", text(1))
    save(store, "2", text(1, changed=8), "2026-03-11")
    save(store, "3", text(2))
    kept = figures(store)
    with store.engine.begin() as connection:
        for table in (story_texts, story_bands):
            connection.execute(delete(table))
        # As they were then: the number of the text.
        connection.execute(update(facts).values(story=facts.c.number))
    store.migrate()
    assert figures(store) == kept
    there, named = listed_bands(store)
    assert there == named
    store.delete(document_id="1")
    store.delete(document_id="2")
    store.delete(document_id="3")
    assert listed_bands(store) == (set(), set())


def test_text_prepared_by_the_classifier_is_the_text_prepared_by_the_store(
    store: Store, classifier: Classifier
) -> None:
    title = "<b>Thủ tướng</b> Việt Nam&nbsp;hội đàm với Thủ tướng Nhật Bản"
    record = {"id": "1", "title": title, "body": "(TTXVN) - Hai bên nhất trí hợp tác."}
    [result] = ingest(store, classifier, [(1, record)])
    assert result.outcome == "tagged"
    again = parse_document({**record, "id": "2"})
    store.save([(again, prediction("2", "tourism_destination"))])
    with store.engine.connect() as connection:
        assert len(set(connection.scalars(select(documents.c.text_hash)))) == 1
