"""How well near texts are joined into stories, on real headlines and on made rewrites.

Run: ``python -m tests.bench.stories [--sample N]`` from the root, with the real data of
``TTDN_SHARED``; some minutes. ``--sample`` prints pairs of texts to be read and judged instead: N
joined and half as many just under the threshold. Precision is what a reader finds there; recall has
two keys that the data carries: one article collected twice (its number in the address), and items
with one sapo. Nothing is asserted, and nothing of the data is kept.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import zstandard
from rich.console import Console
from rich.table import Table

from data.schema import Document
from model.preparation import prepare
from service.store.hashing import words_of
from service.store.similarity import (
    DAYS,
    THRESHOLD,
    Sketch,
    band_keys,
    numbers_agree,
    similar,
    sketch,
)

SHARED = Path(os.environ.get("TTDN_SHARED", Path(__file__).parents[2] / "shared"))
LONGEST_GAP = 7
LOWEST = 0.35
MADE = 2_000
UNDER = 0.4
"""From here to the threshold a pair counts as just under it."""


@dataclass(slots=True)
class Item:
    """A collected headline with its sapo."""

    title: str
    sapo: str
    day: int
    article: str | None
    sketch: Sketch


@dataclass(slots=True)
class Pair:
    """Two items that bands bring together: days between, estimated similarity, numbers."""

    a: int
    b: int
    gap: int
    alike: float
    numbers: bool


def read(name: str) -> Iterator[dict[str, str]]:
    with zstandard.open(SHARED / "corpus" / name, "rb") as packed:
        for line in io.TextIOWrapper(packed, "utf-8"):
            yield json.loads(line)


def sketch_of(*texts: str) -> Sketch:
    """Sketch of a document with these fields."""
    names = ("title", "sapo", "body")
    fields = {n: t for n, t in zip(names, texts, strict=False) if t}
    return sketch(words_of(prepare(Document.model_validate({"id": "x", **fields})).text))


def headlines() -> list[Item]:
    items = []
    for row in read("headlines_2025_2026.jsonl.zst"):
        number = re.search(r"-(\d{7})\.html", row["url"])
        title, sapo = row["title"] or "", row["sapo"] or ""
        day = date.fromisoformat(row["collected"]).toordinal()
        items.append(Item(title, sapo, day, number and number[1], sketch_of(title, sapo)))
    return items


def pairs_of(items: list[Item]) -> list[Pair]:
    """All pairs with a band in common, days not too far apart and some similarity."""
    listed: dict[int, list[int]] = defaultdict(list)
    origin = min(i.day for i in items)
    found = []
    for b, item in enumerate(items):
        if not item.sketch.signature:
            continue
        day = item.day - origin
        keys = band_keys(item.sketch.signature, day - LONGEST_GAP, day + LONGEST_GAP)
        mine = np.frombuffer(item.sketch.signature, "<u2")
        for a in {n for key in keys if key in listed for n in listed[key]}:
            other = items[a]
            alike = float((np.frombuffer(other.sketch.signature, "<u2") == mine).mean())
            gap = abs(item.day - other.day)
            if alike >= LOWEST and gap <= LONGEST_GAP:
                agree = numbers_agree(item.sketch, other.sketch)
                found.append(Pair(a, b, gap, alike, agree))
        for key in band_keys(item.sketch.signature, day, day):
            listed[key].append(b)
    return found


def components(count: int, pairs: list[Pair]) -> list[int]:
    parents = list(range(count))

    def root(n: int) -> int:
        while parents[n] != n:
            parents[n] = parents[parents[n]]
            n = parents[n]
        return n

    for p in pairs:
        parents[root(p.a)] = root(p.b)
    return [root(n) for n in range(count)]


def keyed(items: list[Item], key: Callable[[Item], str | None]) -> list[tuple[int, int]]:
    """Pairs within the days with the same key; a key of more than three items is boilerplate."""
    groups: dict[str, list[int]] = defaultdict(list)
    for n, item in enumerate(items):
        if name := key(item):
            groups[name].append(n)
    return [
        (a, b)
        for members in groups.values()
        if len(members) <= 3
        for a in members
        for b in members
        if a < b and abs(items[a].day - items[b].day) <= DAYS
    ]


def choices(items: list[Item], pairs: list[Pair]) -> Table:
    """What thresholds, days and the rule of numbers do."""
    same_article = keyed(items, lambda i: i.article)
    same_sapo = keyed(items, lambda i: i.sapo)
    table = Table(
        title=f"{len(items)} headlines with sapo; {len(same_article)} pairs of one article, "
        f"{len(same_sapo)} of one sapo"
    )
    head = "threshold,days,numbers,pairs joined,other numbers and day,one article,one sapo"
    for name in f"{head},stories of over 1 text,largest stories".split(","):
        table.add_column(name)
    for threshold, days, rule in (
        (0.4, DAYS, True), (0.45, DAYS, True), (THRESHOLD, DAYS, True), (0.55, DAYS, True),
        (0.6, DAYS, True), (THRESHOLD, 0, True), (THRESHOLD, 1, True),
        (THRESHOLD, LONGEST_GAP, True), (THRESHOLD, DAYS, False), (THRESHOLD, LONGEST_GAP, False),
    ):  # fmt: skip
        joined = [
            p for p in pairs
            if p.alike >= threshold and p.gap <= days and (p.numbers or not rule)
        ]  # fmt: skip
        stories = components(len(items), joined)
        sizes = sorted(Counter(stories).values(), reverse=True)
        series = sum(not p.numbers and p.gap > 0 for p in joined)
        found = [
            f"{sum(stories[a] == stories[b] for a, b in some) / len(some):.1%}"
            for some in (same_article, same_sapo)
        ]
        table.add_row(
            f"{threshold:.2f}", str(days), "agree" if rule else "any", str(len(joined)),
            str(series), *found, str(sum(s > 1 for s in sizes)), " ".join(map(str, sizes[:5])),
        )  # fmt: skip
    return table


# -- made rewrites ---------------------------------------------------------------------------------

Fields = list[str]


def _each(fields: Fields, change: Callable[[list[str]], list[str]]) -> Fields:
    return [" ".join(change(f.split())) for f in fields]


def one_word_dropped(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    n = draw.randrange(len(fields))
    words = fields[n].split()
    del words[draw.randrange(len(words))]
    return [*fields[:n], " ".join(words), *fields[n + 1 :]]


def one_in_twenty_changed(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    pool = " ".join(other).split()
    return _each(fields, lambda w: [draw.choice(pool) if draw.random() < 0.05 else x for x in w])


def one_in_twenty_added(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    pool = " ".join(other).split()

    def added(words: list[str]) -> list[str]:
        twice = [[w, draw.choice(pool)] if draw.random() < 0.05 else [w] for w in words]
        return [w for some in twice for w in some]

    return _each(fields, added)


def headline_changed(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    return [other[0], *fields[1:]]


def sentence_moved(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    """The first sentence of the body to its end; without a body, the sapo before the headline."""
    if len(fields) < 3:
        return [fields[1], fields[0]]
    sentences = re.split(r"(?<=[.!?])\s+", fields[2])
    return [*fields[:2], " ".join([*sentences[1:], sentences[0]])]


def last_third_cut(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    words = fields[-1].split()
    return [*fields[:-1], " ".join(words[: max(1, len(words) * 2 // 3)])]


def articles(count: int) -> list[Fields]:
    """Whole articles as headline, sapo and body: their first two sentences, and the rest."""
    found: list[Fields] = []
    for row in read("news_sections_2017.jsonl.zst"):
        sentences = re.split(r"(?<=[.!?])\s+", row["text"])
        if len(sentences) >= 8:
            found.append([sentences[0], sentences[1], " ".join(sentences[2:])])
        if len(found) == count:
            break
    return found


def another_item(fields: Fields, draw: random.Random, other: Fields) -> Fields:
    return other


REWRITES = (one_word_dropped, one_in_twenty_changed, one_in_twenty_added, headline_changed,
            sentence_moved, last_third_cut, another_item)  # fmt: skip


def rewrites(kinds: dict[str, list[Fields]]) -> Table:
    """Share of rewrites that are joined to their original, by the rule of the store."""
    table = Table(title="made rewrites joined to their original, the same day")
    table.add_column("rewrite")
    for name, texts in kinds.items():
        table.add_column(f"{name}, n = {len(texts)}")
    for change in REWRITES:
        cells = []
        for texts in kinds.values():
            draw = random.Random(0)
            joined = 0
            for n, fields in enumerate(texts):
                first = sketch_of(*fields)
                second = sketch_of(*change(fields, draw, texts[n - 1]))
                joined += similar(first, [second])[0]
            cells.append(f"{joined / len(texts):.1%}")
        table.add_row(change.__name__.replace("_", " "), *cells)
    return table


def sample(items: list[Item], pairs: list[Pair], count: int) -> None:
    """Print pairs for a reader."""
    near = [p for p in pairs if p.gap <= DAYS and p.numbers]
    draw = random.Random(1)
    joined = [p for p in near if p.alike >= THRESHOLD]
    stories = components(len(items), joined)
    under = [p for p in near if UNDER <= p.alike < THRESHOLD and stories[p.a] != stories[p.b]]
    for title, some, n in (("joined", joined, count), ("just under", under, count // 2)):
        for k, p in enumerate(draw.sample(some, n)):
            print(f"\n{title} {k}: {p.alike:.2f}, {p.gap} days")
            for one in (items[p.a], items[p.b]):
                print(f"  {one.title} | {one.sapo}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0)
    chosen = parser.parse_args()
    items = headlines()
    pairs = pairs_of(items)
    if chosen.sample:
        sample(items, pairs, chosen.sample)
        return
    console = Console(width=160)
    console.print(choices(items, pairs))
    draw = random.Random(0)
    short = [[i.title, i.sapo] for i in draw.sample(items, MADE) if i.sapo]
    console.print(rewrites({"headline and sapo": short, "whole article": articles(MADE)}))


if __name__ == "__main__":
    main()
