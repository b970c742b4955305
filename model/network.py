"""The run-time network on ONNX Runtime, in batches of bounded shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LENGTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256)
"""Lengths a batch is padded to. Few shapes keep the runtime's memory flat."""

TOKENS_A_BATCH = 4_096
"""Padded tokens in one run: enough to keep two cores busy, some 20 MB of activations."""


class Network:
    """Token windows to logits. Thread-safe: a session may be run from several threads."""

    def __init__(self, path: Path, longest: int, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._lengths = [n for n in LENGTHS if n < longest] + [longest]

    def logits(self, windows: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
        """Theme logits ``[n, 15]`` and tone logits ``[n, 3]``, in the order given.

        Windows are sorted by length, so that short ones do not pay for long ones.
        """
        order = sorted(range(len(windows)), key=lambda k: len(windows[k]))
        themes: Floats = np.zeros((len(windows), 0), dtype=np.float32)
        tones: Floats = np.zeros((len(windows), 0), dtype=np.float32)
        at = 0
        while at < len(order):
            length = self._bucket(len(windows[order[at]]))
            most = max(1, TOKENS_A_BATCH // length)
            chosen = [k for k in order[at : at + most] if len(windows[k]) <= length]
            ids = np.zeros((len(chosen), length), dtype=np.int64)
            mask = np.zeros((len(chosen), length), dtype=np.int64)
            for row, k in enumerate(chosen):
                n = len(windows[k])
                ids[row, :n] = windows[k]
                mask[row, :n] = 1
            first, second = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            if not themes.shape[1]:
                themes = np.zeros((len(windows), first.shape[1]), dtype=np.float32)
                tones = np.zeros((len(windows), second.shape[1]), dtype=np.float32)
            themes[chosen], tones[chosen] = first, second
            at += len(chosen)
        return themes, tones

    def _bucket(self, length: int) -> int:
        for bucket in self._lengths:
            if length <= bucket:
                return bucket
        raise ValueError(f"a window of {length} tokens is longer than {self._lengths[-1]}")
