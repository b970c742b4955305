"""Bootstrap over whole stories, fast enough for a year of items.

Drawing S stories with replacement is a multinomial over S stories. Stories that add the same to
every sum are exchangeable, so a multinomial over groups of them, each as likely as it is large, has
exactly the same distribution of sums.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 500
_KEYS = 1 << 20


def story_numbers(stories: Ints) -> Ints:
    """Stories as 0, 1, 2 …, for each item."""
    return np.asarray(np.unique(stories, return_inverse=True)[1], dtype=np.int64)


def story_sums(numbers: Ints, values: Ints) -> Ints:
    """Sums over the items of each story: [stories, figures] from values [items, figures] >= 0."""
    columns = [np.bincount(numbers, weights=column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.int64)


def alike(sums: Ints) -> tuple[Ints, Ints]:
    """Distinct rows of non-negative sums [stories, figures], and how many stories have each."""
    key = np.zeros(len(sums), dtype=np.int64)
    largest = 0
    for column in sums.T:
        top = int(column.max(initial=0))
        if (largest + 1) * (top + 1) > _KEYS:
            key = story_numbers(key)
            largest = int(key.max(initial=0))
        key = key * (top + 1) + column
        largest = largest * (top + 1) + top
    if largest >= 4 * _KEYS:
        key = story_numbers(key)
        largest = int(key.max(initial=0))
    counts = np.bincount(key)
    names = np.flatnonzero(counts)
    place = np.zeros(len(counts), dtype=np.int64)
    place[key] = np.arange(len(key))
    return sums[place[names]], counts[names]


def redrawn_sums(sums: Ints, rng: np.random.Generator, draws: int = RESAMPLES) -> Floats:
    """Sums [draws, figures] of as many stories drawn again from ``sums`` [stories, figures]."""
    rows, counts = alike(sums)
    drawn = rng.multinomial(len(sums), counts / len(sums), size=draws)
    return np.asarray(drawn @ rows, dtype=np.float64)


def cluster_bootstrap(stories: Ints, values: Ints, seed: int = 0) -> tuple[Floats, Floats]:
    """95 % percentile intervals of the columns' means when whole stories are drawn again.

    ``stories`` [items] numbers the story of each item, ``values`` [items, figures] are -1, 0 or 1.
    """
    numbers = story_numbers(stories)
    sizes = np.bincount(numbers)
    bounds = []
    # One figure at a time: pairs of size and sum are few, their combinations are not.
    for column in values.T:
        # Shifted by one, so that sums are not negative; shifted back in the mean.
        sums = np.bincount(numbers, weights=column + 1).astype(np.int64)
        drawn = redrawn_sums(np.column_stack([sizes, sums]), np.random.default_rng(seed))
        bounds.append(np.percentile(drawn[:, 1] / drawn[:, 0] - 1, [2.5, 97.5]))
    low, high = np.asarray(bounds).T
    return low, high


def redrawn_tallies(tally: Ints, rng: np.random.Generator, draws: int = RESAMPLES) -> Floats:
    """Tallies [draws, classes, k] of as many independent stories as ``tally`` [classes, k] counts.

    From a posterior (Bayesian bootstrap) rather than a multinomial, which would never leave an
    empty column empty: half a story of each kind is imagined, spread over the classes by size.
    """
    total = tally.sum()
    sizes = tally.sum(1, keepdims=True)
    imagined = 0.5 * np.broadcast_to(sizes / total, tally.shape)
    drawn = rng.standard_gamma(tally + imagined, size=(draws, *tally.shape))
    return np.asarray(total * drawn / drawn.sum((1, 2), keepdims=True))
