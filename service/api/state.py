"""What a running service holds, and how endpoints reach it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from data.problems import Problem
from model.classifier import Classifier
from service.api.limits import ModelGate
from service.store.store import Store


@dataclass(frozen=True)
class Running:
    """Classifier, store and gate of a started service."""

    classifier: Classifier
    store: Store
    gate: ModelGate


def running(request: Request) -> Running:
    """The started parts. Raises :class:`Problem` (``not-ready``) before start-up is over."""
    state: Running | None = getattr(request.app.state, "running", None)
    if state is None:
        raise Problem("not-ready", "Dịch vụ đang khởi động. Hãy thử lại sau.", retry_after=2)
    return state
