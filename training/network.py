"""The trainable network: one encoder, two heads, and a wide n-gram part beside it.

The same module is exported to ONNX, so that training and run time cannot drift apart: it takes
token ids and an attention mask and gives 15 theme logits and 3 tone logits for each window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedModel

from data.schema import SENTIMENTS
from data.taxonomy import taxonomy

THEMES = len(taxonomy().ids)
TONES = len(SENTIMENTS)
OUTPUTS = THEMES + TONES


class DeepPart(nn.Module):
    """Encoder, mean and max pooling over the window, dropout, two linear heads."""

    def __init__(self, encoder: PreTrainedModel, dropout: float = 0.3) -> None:
        super().__init__()
        self.encoder = encoder
        width = int(encoder.config.hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.themes = nn.Linear(2 * width, THEMES)
        self.tones = nn.Linear(2 * width, TONES)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits ``[batch, 15]`` and ``[batch, 3]`` for ids and mask ``[batch, length]``."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        peak = (states - (1 - mask) * 1e4).amax(1)
        pooled = self.dropout(torch.cat([mean, peak], dim=-1))
        return self.themes(pooled), self.tones(pooled)


@dataclass(frozen=True)
class LossWeights:
    """Weights against imbalance: positives of each theme [15], each tone [3]."""

    positive: torch.Tensor
    tone: torch.Tensor
    tone_share: float = 0.5

    @classmethod
    def none(cls) -> LossWeights:
        """Equal weights, for targets that are probabilities already."""
        return cls(torch.ones(THEMES), torch.ones(TONES))


class FineTuned(nn.Module):
    """:class:`DeepPart` with its loss, in the shape the Trainer expects."""

    def __init__(self, deep: DeepPart, weights: LossWeights) -> None:
        super().__init__()
        self.deep = deep
        self.tone_share = weights.tone_share
        self.register_buffer("positive", weights.positive, persistent=False)
        self.register_buffer("tone", weights.tone, persistent=False)

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        theme_labels: torch.Tensor,
        tone_labels: torch.Tensor,
    ) -> dict[str, Any]:
        """Loss and logits; ``tone_labels`` [batch, 3] is zero where a document is outside TTĐN."""
        themes, tones = self.deep(input_ids, attention_mask)
        loss = functional.binary_cross_entropy_with_logits(
            themes, theme_labels, pos_weight=self.positive
        ) * (THEMES / 3)
        wanted = tone_labels * self.tone
        surprise = -(wanted * functional.log_softmax(tones, dim=-1)).sum()
        loss = loss + self.tone_share * surprise / wanted.sum().clamp_min(1.0)
        return {"loss": loss, "themes": themes, "tones": tones}


BIGRAM, TRIGRAM = 1_000_003, 998_244_353


class NgramHash(nn.Module):
    """Rows of the wide table for every uni-, bi- and trigram of pieces in a window.

    Unigrams keep their id; longer n-grams are hashed into ``buckets`` rows after the vocabulary.
    N-grams that touch padding or a special token fall into row 0, which is all zero.
    """

    def __init__(self, vocabulary: int, buckets: int) -> None:
        super().__init__()
        self.vocabulary, self.buckets = vocabulary, buckets

    @property
    def rows(self) -> int:
        """Height of the wide table."""
        return self.vocabulary + self.buckets

    def forward(self, ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Row numbers ``[batch, 3 * length - 3]`` for ids ``[batch, length]``."""
        plain = (ids > 4).to(ids.dtype) * attention_mask.to(ids.dtype)
        one, two, three = ids, ids[:, 1:], ids[:, 2:]
        pairs = (one[:, :-1] * BIGRAM + two) % self.buckets + self.vocabulary
        pairs_ok = plain[:, :-1] * plain[:, 1:]
        triples = (
            (one[:, :-2] * BIGRAM + two[:, :-1]) % TRIGRAM * BIGRAM + three
        ) % self.buckets + self.vocabulary
        triples_ok = pairs_ok[:, :-1] * plain[:, 2:]
        return torch.cat([one * plain, pairs * pairs_ok, triples * triples_ok], dim=1)


class WidePart(nn.Module):
    """A linear model over hashed n-grams; each window's weights are scaled to unit length."""

    def __init__(
        self, grams: NgramHash, idf: torch.Tensor, table: torch.Tensor, bias: torch.Tensor
    ):
        """``idf`` [rows], ``table`` [rows, 18], ``bias`` [18]."""
        super().__init__()
        self.grams = grams
        self.register_buffer("idf", idf.unsqueeze(-1))
        self.register_buffer("table", table)
        self.register_buffer("bias", bias)

    def forward(
        self, ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Theme and tone logits for one window each."""
        rows = self.grams(ids, attention_mask)
        weight = functional.embedding(rows, self.idf)
        norm = torch.sqrt((weight * weight).sum(dim=1) + 1e-9)
        logits = (functional.embedding(rows, self.table) * weight).sum(dim=1) / norm + self.bias
        return logits[:, :THEMES], logits[:, THEMES:]


class WideDeep(nn.Module):
    """Weighted sum of the two parts' logits, the network of the bundle."""

    def __init__(
        self, deep: DeepPart, wide: WidePart, wide_themes: float, wide_tones: float
    ) -> None:
        super().__init__()
        self.deep, self.wide = deep, wide
        self.wide_themes, self.wide_tones = wide_themes, wide_tones

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Combined logits ``[batch, 15]`` and ``[batch, 3]``."""
        themes, tones = self.deep(input_ids, attention_mask)
        more_themes, more_tones = self.wide(input_ids, attention_mask)
        return (
            (1 - self.wide_themes) * themes + self.wide_themes * more_themes,
            (1 - self.wide_tones) * tones + self.wide_tones * more_tones,
        )


def load_encoder(base: str, dropout: float = 0.0) -> PreTrainedModel:
    """An encoder in ``save_pretrained`` layout, in full precision.

    ``dropout`` is set wherever the architecture has one: ours was pretrained without any, which a
    few thousand labelled items would not forgive.
    """
    config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    for name in vars(config):
        if name.endswith(("dropout", "dropout_prob")) and isinstance(getattr(config, name), float):
            setattr(config, name, dropout)
    return AutoModel.from_pretrained(
        base,
        config=config,
        dtype=torch.float32,
        attn_implementation="eager",
        trust_remote_code=False,
    )
