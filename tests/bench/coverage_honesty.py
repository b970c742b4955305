"""How often the 95 % intervals of coverage figures hold the truth, in months whose truth is known.

Run: ``python tests/bench/coverage_honesty.py [runs]`` (1,000 by default, some minutes); it prints
the tables that stand in ``coverage_honesty.md`` beside it. The estimators are those of
``service.coverage``; the classifier's mistakes are drawn from the error matrices of the shipped
bundle, and the estimators see matrices counted on a fresh sample of the same size, since nobody
knows the true ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from data.taxonomy import taxonomy
from model.bundle import default_bundle, read_settings
from model.error_figures import CHANNEL_CLASSES, ErrorFigures
from service.coverage.audited import Audit, difference_estimate
from service.coverage.intervals import cluster_bootstrap, net_normal, wilson
from service.coverage.quantify import adjusted_theme, adjusted_tone
from service.coverage.resampling import redrawn_sums, redrawn_tallies
from service.store.audit_sample import draw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STORIES = 2_000
AUDITED = 200
CHANNELS = (0.7, 0.1, 0.2)
MOST_REPRINTS = 60
CALM, GOOD, CRISIS = (0.35, 0.57, 0.08), (0.55, 0.42, 0.03), (0.30, 0.45, 0.25)
OUTSIDE = 3
NET = np.asarray([1, 0, -1, 0])
AUDIT_NAME = f"difference estimator, {AUDITED} audited"
STRATA_SHARES = (0.2, 0.05, 0.05, 0.4, 0.05, 0.15, 0.03, 0.02, 0.05)


@dataclass(frozen=True)
class Scenario:
    """True shares of the tones; how much of the recall of negatives is lost; stories not TTĐN."""

    name: str
    shares: tuple[float, float, float]
    lost: float = 0.0
    outside: float = 0.0


SCENARIOS = (
    Scenario("calm month", CALM),
    Scenario("good month", GOOD),
    Scenario("crisis month", CRISIS),
    Scenario("crisis, negatives of another kind", CRISIS, lost=0.45),
    Scenario("crisis, one story in ten not TTĐN", CRISIS, outside=0.1),
)


@dataclass(frozen=True)
class Month:
    """Stories [S]: channel class, true tone (3: not TTĐN), tone read, items."""

    channel: Ints
    true: Ints
    read: Ints
    reprints: Ints


def true_rates(errors: ErrorFigures) -> Floats:
    """Rates [classes, 3, 3] of the bundle, taken for the truth here."""
    counts = np.stack([errors.tone(c) for c in CHANNEL_CLASSES])
    return np.asarray(counts / counts.sum(-1, keepdims=True))


def month(scenario: Scenario, rates: Floats, rng: np.random.Generator) -> Month:
    """One month's stories as they were and as the classifier reads them."""
    shares = np.asarray([*(s * (1 - scenario.outside) for s in scenario.shares), scenario.outside])
    true = rng.choice(4, size=STORIES, p=shares)
    channel = rng.choice(3, size=STORIES, p=CHANNELS)
    moved = rates.copy()
    moved[:, 2] = [row + np.asarray([0, 1, -1]) * row[2] * scenario.lost for row in moved[:, 2]]
    # What is not TTĐN reads as a neutral text would.
    table = np.concatenate([moved, moved[:, 1:2]], axis=1)
    steps = table.cumsum(-1)[channel, true]
    read = (rng.random((STORIES, 1)) > steps).sum(1).clip(max=2)
    return Month(channel, true, read, np.minimum(rng.zipf(2, size=STORIES), MOST_REPRINTS))


def counted_errors(errors: ErrorFigures, rng: np.random.Generator) -> Ints:
    """Error counts [classes, 3, 3] of another sample as large as the bundle's."""
    drawn: dict[str, Ints] = {}
    for name in CHANNEL_CLASSES:
        whose = errors.tone_measured_on(name)
        if whose not in drawn:
            rows = errors.tone(name)
            drawn[whose] = np.stack([rng.multinomial(r.sum(), r / r.sum()) for r in rows])
    return np.stack([drawn[errors.tone_measured_on(name)] for name in CHANNEL_CLASSES])


Answer = tuple[float, float, float]


def tally_of(m: Month, weights: Ints) -> Ints:
    """Counts [classes + 1, 3] of tones read; nothing is labelled by people."""
    cells = np.bincount(m.channel * 3 + m.read, weights=weights, minlength=12)
    return cells.astype(np.int64).reshape(4, 3)


def counted(m: Month, _: Ints, __: np.random.Generator) -> Answer:
    """Stories counted by the machine's label, normal interval."""
    positive, negative = int((m.read == 0).sum()), int((m.read == 2).sum())
    return (positive - negative) / STORIES, *net_normal(positive, negative, STORIES)


def adjusted(m: Month, errors: Ints, rng: np.random.Generator) -> Answer:
    """Adjusted counting over stories."""
    tally = tally_of(m, np.ones(STORIES, dtype=np.int64))
    found = adjusted_tone(tally, redrawn_tallies(tally, rng), errors, rng)
    return float(found.point[3]), float(found.low[3]), float(found.high[3])


def weights_of(strata: Ints, places: Ints) -> Floats:
    """Stories that each of those drawn stands for."""
    sizes, taken = np.bincount(strata), np.bincount(strata[places])
    return np.asarray(sizes[strata[places]] / taken[strata[places]])


def audited(m: Month, _: Ints, rng: np.random.Generator) -> Answer:
    """Difference estimator with a stratified random audit."""
    strata = m.read * 3 + m.channel
    places = draw(strata, AUDITED, int(rng.integers(2**32)))
    found = difference_estimate(
        Audit(strata, places, weights_of(strata, places)),
        (NET[m.read].astype(float), np.ones(STORIES)),
        (NET[m.true[places]].astype(float), (m.true[places] != OUTSIDE).astype(float)),
        lowest=-1,
    )
    assert found is not None
    return found.value, found.low, found.high


def naive_items(m: Month, _: Ints, __: np.random.Generator) -> Answer:
    """Items counted as if each were a story of its own."""
    n = int(m.reprints.sum())
    positive, negative = (int(m.reprints[m.read == t].sum()) for t in (0, 2))
    return (positive - negative) / n, *net_normal(positive, negative, n)


def clustered_items(m: Month, _: Ints, __: np.random.Generator) -> Answer:
    """Items counted by the machine's label, cluster bootstrap by story."""
    stories = np.repeat(np.arange(STORIES), m.reprints)
    values = NET[np.repeat(m.read, m.reprints)][:, None]
    low, high = cluster_bootstrap(stories, values)
    return float(values.mean()), float(low[0]), float(high[0])


def adjusted_items(m: Month, errors: Ints, rng: np.random.Generator) -> Answer:
    """Adjusted counting over items, cluster bootstrap by story."""
    cells = np.eye(12, dtype=np.int64)[m.channel * 3 + m.read] * m.reprints[:, None]
    redrawn = redrawn_sums(cells, rng).reshape(-1, 4, 3)
    found = adjusted_tone(tally_of(m, m.reprints), redrawn, errors, rng)
    return float(found.point[3]), float(found.low[3]), float(found.high[3])


Method = Callable[[Month, Ints, np.random.Generator], Answer]
METHODS: dict[str, tuple[str, Method]] = {
    "counted": ("stories", counted),
    "adjusted counting": ("stories", adjusted),
    AUDIT_NAME: ("stories", audited),
    "counted, items taken as independent": ("items", naive_items),
    "counted, cluster bootstrap": ("items", clustered_items),
    "adjusted counting, cluster bootstrap": ("items", adjusted_items),
}


@dataclass(frozen=True)
class Line:
    """One method in one scenario: shares of intervals that hold the truth, errors in points."""

    scenario: str
    method: str
    basis: str
    holds_month: float
    holds_process: float
    bias: float
    error: float
    width: float

    @classmethod
    def of(cls, scenario: str, method: str, basis: str, answers: list[tuple[float, ...]]) -> Line:
        """From the month's truth, the process's truth, value, low and high of each run."""
        truth, process, value, low, high = np.asarray(answers).T
        return cls(
            scenario,
            method,
            basis,
            float(((low <= truth) & (truth <= high)).mean()),
            float(((low <= process) & (process <= high)).mean()),
            100 * float((value - truth).mean()),
            100 * float(np.abs(value - truth).mean()),
            100 * float((high - low).mean()),
        )


def simulate(runs: int, scenarios: tuple[Scenario, ...] = SCENARIOS) -> Iterator[Line]:
    """Net sentiment by every method in every scenario."""
    errors = read_settings(default_bundle()).error_figures
    rates = true_rates(errors)
    for number, scenario in enumerate(scenarios):
        rng = np.random.default_rng(number)
        answers: dict[str, list[tuple[float, ...]]] = {name: [] for name in METHODS}
        for _ in range(runs):
            m, seen = month(scenario, rates, rng), counted_errors(errors, rng)
            process = scenario.shares[0] - scenario.shares[2]
            for name, (basis, method) in METHODS.items():
                weights = m.reprints if basis == "items" else np.ones(STORIES)
                inside = (m.true != OUTSIDE) * weights
                truth = float((NET[m.true] * weights).sum() / inside.sum())
                answers[name].append((truth, process, *method(m, seen, rng)))
        for name, (basis, _) in METHODS.items():
            yield Line.of(scenario.name, name, basis, answers[name])


THEMES = ("socioeconomic_development", "defense_security", "disinformation_rebuttal")
INCIDENCES = (0.01, 0.05, 0.2)


def simulate_themes(runs: int) -> Iterator[Line]:
    """Incidence of a common, a middling and a rare theme by every method, over stories."""
    errors = read_settings(default_bundle()).error_figures
    for name in THEMES:
        counts = errors.theme("press", taxonomy().ids.index(name))
        sizes = (
            counts.true_positive + counts.false_negative,
            (counts.false_positive + counts.true_negative),
        )
        rates = counts.true_positive / sizes[0], counts.false_positive / sizes[1]
        for share in INCIDENCES:
            rng = np.random.default_rng(int(1000 * share))
            answers: dict[str, list[tuple[float, ...]]] = {}
            for _ in range(runs):
                true = rng.random(STORIES) < share
                tagged = rng.random(STORIES) < np.where(true, *rates)
                seen = [[k, n - k] for n, k in zip(sizes, rng.binomial(sizes, rates), strict=True)]
                for method, answer in _incidence(true, tagged, np.asarray(seen), rng):
                    answers.setdefault(method, []).append((true.mean(), share, *answer))
            for method, found in answers.items():
                yield Line.of(f"{name}, {share:.0%}", method, "stories", found)


def _incidence(
    true: NDArray[np.bool_], tagged: NDArray[np.bool_], seen: Ints, rng: np.random.Generator
) -> Iterator[tuple[str, Answer]]:
    hits = int(tagged.sum())
    yield "counted", (hits / STORIES, *wilson(hits, STORIES))
    tally = np.asarray([[hits, STORIES - hits], [0, 0]])
    found = adjusted_theme(tally, redrawn_tallies(tally, rng), seen[None], rng)
    yield "adjusted counting", (float(found.point[0]), float(found.low[0]), float(found.high[0]))
    strata = rng.choice(9, size=STORIES, p=STRATA_SHARES)
    places = draw(strata, AUDITED, int(rng.integers(2**32)))
    sample = Audit(strata, places, weights_of(strata, places))
    ones = np.ones(STORIES)
    audit = difference_estimate(
        sample, (tagged.astype(float), ones), (true[places].astype(float), ones[places])
    )
    assert audit is not None
    yield AUDIT_NAME, (audit.value, audit.low, audit.high)


def table(lines: list[Line]) -> str:
    """The lines as Markdown."""
    head = (
        "| month | method | basis | holds the month's truth | holds the process's truth "
        "| bias, points | mean error, points | width, points |\n|---|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {r.scenario} | {r.method} | {r.basis} | {r.holds_month:.1%} | {r.holds_process:.1%} "
        f"| {r.bias:+.1f} | {r.error:.1f} | {r.width:.1f} |\n"
        for r in lines
    )


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    version = read_settings(default_bundle()).model_version
    print(f"{number:,} runs of each month, {STORIES:,} stories, error figures of {version}.\n")
    print(f"Net sentiment:\n\n{table(list(simulate(number)))}")
    print(f"Incidence of themes:\n\n{table(list(simulate_themes(number)))}")
