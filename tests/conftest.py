"""Fixtures of the whole suite: no network but loopback, no silent skip, real parts."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from data.settings import Settings
from model.classifier import Classifier
from service.app import create_app
from service.store.store import Store

SHARED = Path(os.environ.get("TTDN_SHARED", Path(__file__).parents[2] / "shared"))
POSTGRES = os.environ.get("TTDN_TEST_POSTGRES_URL")

# The same block that child processes get.
_spec = importlib.util.spec_from_file_location(
    "offline", Path(__file__).parent / "offline" / "sitecustomize.py"
)
assert _spec is not None
assert _spec.loader is not None
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("TTDN_TEST_NO_SKIP"):
        reporter.write_line(f"{skipped} skipped, and none is allowed here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("real data (TTDN_SHARED) is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return Classifier.load()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ttdn.db"
        return
    if not POSTGRES:
        pytest.skip("no PostgreSQL: TTDN_TEST_POSTGRES_URL is not set")
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    yield POSTGRES


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.engine.dispose()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ttdn.db"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
