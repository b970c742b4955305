from __future__ import annotations

from data.taxonomy import target_present, taxonomy
from data.validation import PAIRS


def test_fifteen_themes_in_four_groups() -> None:
    t = taxonomy()
    assert [x.number for x in t.themes] == list(range(1, 16))
    assert len(t.groups) == 4
    assert {x.group for x in t.themes} == {g.id for g in t.groups}


def test_a_tie_break_stands_on_both_sides() -> None:
    for theme in taxonomy().themes:
        for neighbour in theme.neighbours:
            assert neighbour.question_vi.endswith("?")
            assert taxonomy().theme(neighbour.theme).question_against(theme.id)


def test_every_confusable_pair_has_its_question() -> None:
    ids = taxonomy().ids
    for pair in PAIRS:
        a, _, b = pair.partition("/")
        if b.isdigit():
            assert taxonomy().theme(ids[int(a) - 1]).question_against(ids[int(b) - 1]), pair


def test_only_world_affairs_alone_has_no_target() -> None:
    assert not target_present(["world_affairs"])
    assert target_present(["world_affairs", "foreign_affairs_diplomacy"])
    assert target_present([])
