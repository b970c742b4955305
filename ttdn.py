"""The ``ttdn`` command: composes the rooms' commands, importing a room only when it is called."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

_ROOMS = {
    "serve": "service.cli",
    "classify": "model.cli",
    "ingest": "service.cli",
    "coverage": "service.cli",
    "reference": "service.reference_cli",
    "review": "service.review_cli",
    "report": "service.report_cli",
    "db": "service.cli",
    "data": "data.cli",
    "pretrain": "training.cli",
    "train": "training.cli",
    "evaluate": "training.cli",
}


class _Rooms(TyperGroup):
    """Looks a command up in its room."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_ROOMS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _ROOMS:
            return None
        room = get_command(importlib.import_module(_ROOMS[cmd_name]).app)
        commands = getattr(room, "commands", None)
        return commands[cmd_name] if commands is not None else room


app = typer.Typer(
    cls=_Rooms,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Phân loại thông tin đối ngoại: gán chủ đề, sắc thái và tính số liệu tổng hợp.",
)


@app.callback()
def _root() -> None:
    """Phân loại thông tin đối ngoại."""


if __name__ == "__main__":
    app()
