"""Write ``docs/reference.md`` from the code: settings, commands, endpoints, metrics, problems.

Run from the root: ``python docs/make_reference.py``. A test fails when the file is behind the code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

sys.path.insert(0, str(Path(__file__).parents[1]))

import ttdn
from data.problems import PROBLEM_TYPES
from data.settings import Settings
from service.app import Metrics, create_app

TARGET = Path(__file__).with_name("reference.md")


def _settings() -> Iterator[str]:
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    # The number of cores is this machine's; the words in the description hold everywhere.
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None or name == "threads" else f"`{field.default}`"
        yield f"| `TTDN_{name.upper()}` | {default} | {field.description} |"


def _commands(group: Any, prefix: str) -> Iterator[str]:
    names = group.list_commands(None) if hasattr(group, "list_commands") else []
    for name in names:
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from _commands(command, f"{prefix} {name}")
            continue
        yield f"### `{prefix} {name}`"
        yield ""
        yield (command.help or "").strip()
        yield ""
        for parameter in command.params:
            if getattr(parameter, "hidden", False):
                continue
            flags = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts))
            yield f"- {flags}: {getattr(parameter, 'help', None) or ''}".rstrip()
        yield ""


def _endpoints() -> Iterator[str]:
    yield "| endpoint | what it does | parameters |"
    yield "|---|---|---|"
    for path, methods in create_app(Settings()).openapi()["paths"].items():
        for method, about in methods.items():
            names = ", ".join(f"`{p['name']}`" for p in about.get("parameters", ()))
            yield f"| `{method.upper()} {path}` | {about['summary']} | {names} |"


def _metrics() -> Iterator[str]:
    for family in Metrics().registry.collect():
        yield f"- `{family.name}`: {family.documentation}"


def _problems() -> Iterator[str]:
    yield "| type | status | title |"
    yield "|---|---|---|"
    for problem in PROBLEM_TYPES.values():
        yield f"| `{problem.uri}` | {problem.status} | {problem.title} |"


def render() -> str:
    """The whole page."""
    parts = [
        "# Reference",
        "",
        "Written by `docs/make_reference.py`; do not edit.",
        "",
        "## Settings",
        "",
        *_settings(),
        "",
        "## Commands",
        "",
        "Exit codes: 0 all good, 1 some records failed, 2 usage.",
        "",
        *_commands(get_command(ttdn.app), "ttdn"),
        "## Endpoints",
        "",
        *_endpoints(),
        "",
        "Pages: `/` (draft check), `/docs`. Prometheus: `/metrics`.",
        "",
        "## Metrics",
        "",
        *_metrics(),
        "",
        "## Problem types",
        "",
        *_problems(),
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
