"""From a trained network to a bundle: ONNX in compact storage, settings, card, manifest."""

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

NGRAM_TABLE = "wide.table"
"""Name of the wide part's weights in the exported graph."""

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
    _store_compactly(model)
    onnx.save(model, str(path))


def _store_compactly(model: Any) -> None:
    """Keep large weights as float16, and the n-gram table as int8 with a scale for each output.

    Casts in front of their use bring them back; the runtime folds those when it loads, so it
    computes in float32 and scores do not depend on the batch.
    """
    unpacking, scales = [], []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < _SMALL:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        if name == NGRAM_TABLE:
            scale = (np.abs(values).max(axis=0).clip(1e-9) / 127).astype(np.float32)
            packed = numpy_helper.from_array(
                np.round(values / scale).astype(np.int8), f"{name}.packed"
            )
            scales.append(numpy_helper.from_array(scale, f"{name}.scale"))
            unpacking += [
                helper.make_node("Cast", [packed.name], [f"{name}.steps"], to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{name}.steps", f"{name}.scale"], [name]),
            ]
        else:
            packed = numpy_helper.from_array(values.astype(np.float16), f"{name}.packed")
            unpacking.append(helper.make_node("Cast", [packed.name], [name], to=TensorProto.FLOAT))
        tensor.CopyFrom(packed)
    model.graph.initializer.extend(scales)
    # Unpacking comes first: the graph must be in topological order.
    nodes = [*unpacking, *model.graph.node]
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
