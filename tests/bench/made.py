"""Made documents as they come out of classification, a year of them in order of arrival.

Words are made syllables by Zipf's law, so that two texts have as few word pairs in common as two
news items; stories are reprinted by a Zipf law (the same text, another headline, or one word
changed, up to two days later); a few daily series repeat one text with other numbers; one document
in twenty arrives up to a month late.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import numpy as np

from data.schema import Document
from data.taxonomy import taxonomy
from model.prediction import Prediction, ThemeScore, Tone

FIRST_DAY = date(2025, 4, 1)
DAYS = 365
SOURCES = 86
LATE = 0.05
SERIES = 20  # at a million documents
_SYLLABLES = [
    unicodedata.normalize("NFC", onset + vowel + tone + end)
    for onset in ("b", "c", "ch", "d", "g", "h", "kh", "l", "m", "n", "nh", "ph", "t", "tr", "v")
    for vowel in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
    for tone in ("", "\u0301", "\u0300", "\u0309", "\u0323")
    for end in ("", "n", "ng", "m", "i")
]


@dataclass(frozen=True, slots=True)
class Made:
    """A document with its prediction and prepared text."""

    document: Document
    prediction: Prediction
    prepared: str


@dataclass(frozen=True, slots=True)
class _Item:
    arrives: int
    published: int
    fields: list[list[str]]
    country: str


class Maker:
    """Makes documents; the same ones for the same arguments."""

    def __init__(self, count: int, body: int = 0, seed: int = 0) -> None:
        """``body``: about how many words of body; 0 is headline and sapo alone."""
        self.count, self.body = count, body
        self._random = random.Random(seed)
        words = np.random.default_rng(seed)
        weights = 1 / (np.arange(len(_SYLLABLES)) + 30)
        supply = min(3_000_000, 10_000 + (60 + body) * count)
        ranks = words.choice(len(_SYLLABLES), supply, p=weights / weights.sum())
        self._words = words.permutation(_SYLLABLES)[ranks].tolist()
        self._at = 0
        self._sources = list(accumulate(1 / (k + 1) for k in range(SOURCES)))
        series = max(1, SERIES * count // 1_000_000)
        self._series = [self._take(45) for _ in range(series)]

    def _take(self, n: int) -> list[str]:
        if self._at + n > len(self._words):
            self._at = self._random.randrange(1000)
        self._at += n
        return list(self._words[self._at - n : self._at])

    def __iter__(self) -> Iterator[Made]:
        """Documents day by day."""
        waiting: list[_Item] = []
        done = 0
        for day in range(DAYS + 40):
            today = [i for i in waiting if i.arrives <= day]
            waiting = [i for i in waiting if i.arrives > day]
            if day < DAYS:
                today += [self._issue(day, words) for words in self._series]
            while day < DAYS and done + len(today) < (day + 1) * self.count / DAYS:
                for item in self._story(day):
                    (today if item.arrives <= day else waiting).append(item)
            self._random.shuffle(today)
            for item in today[: self.count - done]:
                yield self._made(done, item)
                done += 1

    def _issue(self, day: int, words: list[str]) -> _Item:
        numbers = [str(day % 30), str(day // 30), str(self._random.randrange(10_000))]
        return _Item(day, day, [words[:10] + numbers, words[10:] + numbers], "VN")

    def _story(self, day: int) -> Iterator[_Item]:
        draw = self._random
        fields = [self._take(draw.randint(8, 16)), self._take(draw.randint(20, 45))]
        if self.body:
            fields.append(self._take(draw.randint(self.body // 2, self.body * 3 // 2)))
        for n in range(min(60, int(draw.paretovariate(1.0)))):
            own = [list(f) for f in fields]
            kind = draw.random()
            if n and kind < 0.2:
                own[0] = self._take(draw.randint(8, 16))
            elif n and kind < 0.4:
                own[1][draw.randrange(len(own[1]))] = self._take(1)[0]
            published = min(DAYS - 1, day + (draw.choice((0, 0, 0, 1, 2)) if n else 0))
            late = draw.randint(1, 30) if draw.random() < LATE else 0
            yield _Item(published + late, published, own, "JP" if draw.random() < 0.3 else "VN")

    def _made(self, n: int, item: _Item) -> Made:
        draw = self._random
        own = f"{draw.getrandbits(64):016x}"
        source = draw.choices(range(SOURCES), cum_weights=self._sources)[0]
        moment = FIRST_DAY + timedelta(item.published)
        texts = [" ".join(f).capitalize() + "." for f in item.fields]
        document = Document(
            id=own,
            title=texts[0][:-1],
            sapo=texts[1],
            body=texts[2] if len(texts) > 2 else None,
            url=f"https://bao{source}.example/{n}.html",
            published_at=f"{moment}T{draw.randrange(24):02}:{draw.randrange(60):02}:00+07:00",
            collected_at=f"{moment}T23:59:00+07:00",
            source_id=f"Báo {source}",
            source_country=item.country,
            source_type="press",
            media_type="earned",
            space="cyber",
            language="vi",
            locality=[f"Tỉnh {draw.randrange(34)}"],
        )
        return Made(document, _prediction(own, draw), "\n".join(texts))


def _prediction(own: str, draw: random.Random) -> Prediction:
    names = taxonomy().themes
    outside = draw.random() < 0.2
    themes = [] if outside else draw.sample(names, draw.choice((1, 1, 1, 2, 3)))
    label = draw.choice(("positive", "positive", "neutral", "neutral", "negative"))
    scores = {"positive": 0.1, "neutral": 0.1, "negative": 0.1, label: 0.8}
    return Prediction(
        id=own,
        themes=[
            ThemeScore(id=t.id, name_vi=t.name_vi, score=0.9 - k / 10, primary=k == 0)
            for k, t in enumerate(themes)
        ],
        groups=[],
        outside_ttdn=outside,
        sentiment=None if outside else Tone.model_validate({"label": label, "scores": scores}),
        target_present=not outside,
        needs_review=draw.random() < 0.15,
        reasons=[],
        evidence=[],
        language="vi",
        truncated=False,
        model_version="m1",
        taxonomy_version="1.0",
        threshold_set="t1",
        processed_at="2026-01-01T00:00:00+00:00",
    )
