"""The linear floor: TF-IDF of words 1-3 and characters 3-5, one-vs-rest logistic regression.

No encoder is shipped that does not beat it on the same split and the same training items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from data.schema import LabelledDocument
from model.preparation import prepare
from training.items import theme_targets, tone_targets


@dataclass(frozen=True)
class Floor:
    """A fitted floor."""

    words: Any
    characters: Any
    themes: Any
    tones: Any

    def scores(self, items: list[LabelledDocument]) -> tuple[np.ndarray, np.ndarray]:
        """Theme probabilities [items, 15] and tone probabilities [items, 3]."""
        features = _features(self.words, self.characters, _texts(items))
        return self.themes.predict_proba(features), self.tones.predict_proba(features)


def _texts(items: list[LabelledDocument]) -> list[str]:
    return [prepare(i.document).text.lower() for i in items]


def _features(words: Any, characters: Any, texts: list[str]) -> csr_matrix:
    return csr_matrix(hstack([words.transform(texts), characters.transform(texts)]))


def fit_floor(items: list[LabelledDocument]) -> Floor:
    """Fit on labelled items; every theme and every tone must occur."""
    texts = _texts(items)
    words = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\w+")
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True
    )
    words.fit(texts)
    characters.fit(texts)
    features = _features(words, characters, texts)
    regression = {"C": 4.0, "class_weight": "balanced", "solver": "liblinear", "random_state": 0}
    themes = OneVsRestClassifier(LogisticRegression(**regression))
    themes.fit(features, theme_targets(items).astype(int))
    tone = tone_targets(items)
    inside = tone >= 0
    tones = OneVsRestClassifier(LogisticRegression(**regression))
    tones.fit(features[np.flatnonzero(inside)], tone[inside])
    return Floor(words, characters, themes, tones)
