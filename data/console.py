"""What every command shares: exit codes, progress, bad records on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from data.problems import Problem

T = TypeVar("T")
ALL_GOOD, SOME_FAILED, USAGE = 0, 1, 2

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def named_problems() -> Iterator[None]:
    """A refusal of the whole command: one line on standard error, exit code 2."""
    try:
        yield
    except ValidationError as error:
        names = ", ".join(f"TTDN_{str(e['loc'][0]).upper()}" for e in error.errors() if e["loc"])
        errors.print(f"Cài đặt không hợp lệ: {names}. Xem docs/reference.md rồi sửa lại.")
        raise typer.Exit(USAGE) from None
    except Problem as problem:
        errors.print(f"{problem.type.title}: {problem}")
        raise typer.Exit(USAGE) from None


def report(line: int, problem: Problem) -> None:
    """A bad record by its line."""
    errors.print(f"dòng {line}: {problem.type.title}: {problem}")


def progress(items: Iterable[T], what: str) -> Iterable[T]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return items
    return track(items, description=what, console=Console(stderr=True), transient=True)
