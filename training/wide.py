"""Fit the wide part: logistic regression on hashed n-grams of the tokenizer's pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression

from training.network import OUTPUTS, THEMES, NgramHash, WidePart


def _rows(grams: NgramHash, windows: Sequence[list[int]]) -> csr_matrix:
    """Counts of table rows in each window, row 0 left out."""
    columns, owners = [], []
    for owner, ids in enumerate(windows):
        tensor = torch.tensor([ids])
        found = grams(tensor, torch.ones_like(tensor))[0].numpy()
        found = found[found > 0]
        columns.append(found)
        owners.append(np.full(len(found), owner))
    joined = np.concatenate(columns)
    return csr_matrix(
        (np.ones(len(joined), dtype=np.float32), (np.concatenate(owners), joined)),
        shape=(len(windows), grams.rows),
    )


def fit_wide(
    windows: Sequence[list[int]],
    plain: Sequence[list[int]],
    themes: np.ndarray,
    tones: np.ndarray,
    vocabulary: int,
    buckets: int = 2**18,
    strength: float = 8.0,
) -> WidePart:
    """One window an item and its copy without marks; ``themes`` [items, 15], ``tones`` [items]
    with -100 for none.

    Features seen in a single item get no weight: they only remember it.
    """
    grams = NgramHash(vocabulary, buckets)
    marked, bare = _rows(grams, windows), _rows(grams, plain)
    seen = np.asarray(((marked + bare) > 0).sum(0)).ravel()
    idf = np.where(seen >= 2, np.log((1 + len(windows)) / (1 + seen)) + 1, 0).astype(np.float32)
    counts = vstack([marked, bare]).tocsr()
    weighted = counts @ diags(idf)
    # Same scaling as WidePart: the norm runs over occurrences, not over distinct features.
    norms = np.sqrt(np.asarray(counts @ (idf**2)).ravel() + 1e-9)
    features = csr_matrix(diags(1 / norms) @ weighted)
    used = np.flatnonzero(idf)
    small = features[:, used]
    themes, tones = np.tile(themes, (2, 1)), np.tile(tones, 2)
    table = np.zeros((grams.rows, OUTPUTS), dtype=np.float32)
    bias = np.zeros(OUTPUTS, dtype=np.float32)
    for k in range(THEMES):
        wanted = themes[:, k].astype(int)
        if not wanted.any():  # a theme with no example in this fold
            bias[k] = -10.0
            continue
        # liblinear's own tolerance; lbfgs needs ten times as long for the same figures here.
        model = LogisticRegression(
            C=strength, class_weight="balanced", solver="liblinear", tol=1e-2
        )
        model.fit(small, wanted)
        table[used, k], bias[k] = model.coef_[0], model.intercept_[0]
    inside = tones >= 0
    tone = LogisticRegression(C=strength, class_weight="balanced", max_iter=300)
    tone.fit(small[inside], tones[inside])
    table[used, THEMES:], bias[THEMES:] = tone.coef_.T, tone.intercept_
    return WidePart(grams, torch.from_numpy(idf), torch.from_numpy(table), torch.from_numpy(bias))
