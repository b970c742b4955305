"""From a trained network to a bundle: ONNX in half precision, settings, card, manifest."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from model.bundle import BundleSettings, file_hash, write_manifest
from training.network import WideDeep

_SMALL = 1_024
"""Weights of fewer numbers stay in full precision: they cost nothing."""


def export_onnx(network: WideDeep, path: Path) -> None:
    """Write the network; inputs ``input_ids`` and ``attention_mask`` [batch, length]."""
    ids = torch.randint(5, 100, (2, 16))
    mask = torch.ones_like(ids)
    axes = {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["themes", "tones"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "themes": {0: "batch"},
                "tones": {0: "batch"},
            },
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load(str(path))
    _store_in_half(model)
    onnx.save(model, str(path))


def _store_in_half(model: Any) -> None:
    """Keep large weights as float16 with a cast in front of their use.

    The runtime folds the casts when it loads, so it computes in float32: scores do not depend on
    the batch, and the file is half as large.
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < _SMALL:
            continue
        name = tensor.name
        half = numpy_helper.from_array(
            numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half"
        )
        casts.append(helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT))
        tensor.CopyFrom(half)
    # Casts come first: the graph must be in topological order.
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def write_bundle(
    folder: Path, network: WideDeep, tokenizer: Path, settings: dict[str, Any], card: str
) -> str:
    """Write the whole bundle; returns its model version, which carries the network's hash."""
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(network, folder / "model.onnx")
    (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    version = f"{settings['model_version']}+{file_hash(folder / 'model.onnx')[:8]}"
    checked = BundleSettings.model_validate({**settings, "model_version": version})
    (folder / "ttdn.json").write_text(checked.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card.replace("{model_version}", version), encoding="utf-8")
    write_manifest(folder)
    return version
