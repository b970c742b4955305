"""Every setting of the product: name, default, one sentence. Read from ``TTDN_*`` at use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings; the environment variable is ``TTDN_`` and the upper-case name."""

    model_config = SettingsConfigDict(env_prefix="TTDN_", extra="forbid", frozen=True)

    bundle: Annotated[
        Path | None, Field(description="Folder of the model bundle; empty: the one shipped.")
    ] = None
    threads: Annotated[
        int, Field(ge=1, description="Threads of the network; default: cores, four at most.")
    ] = min(4, os.cpu_count() or 1)
    database_url: Annotated[
        str, Field(description="SQLAlchemy URL of the store; default: ttdn.db in the folder.")
    ] = "sqlite:///ttdn.db"
    host: Annotated[
        str, Field(description="Address to listen on; keep to loopback while there are no keys.")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on.")] = 8000
    max_body_bytes: Annotated[
        int,
        Field(ge=1024, description="Largest request body: 256 long articles, no more."),
    ] = 16 * 1024 * 1024
    max_documents: Annotated[
        int,
        Field(ge=1, description="Documents in one ingest request: minutes of work, no more."),
    ] = 5_000
    max_draft_bytes: Annotated[
        int,
        Field(ge=1024, description="Largest draft, text or file: no office draft is longer."),
    ] = 4 * 1024 * 1024
    max_waiting: Annotated[
        int,
        Field(ge=1, description="Requests that may wait for the model; more get 429."),
    ] = 64
    keep_text_days: Annotated[
        int,
        Field(ge=0, description="Days that full texts are kept, then an excerpt; 0: for ever."),
    ] = 90
    shared: Annotated[
        Path | None,
        Field(description="Folder of real data for training; empty: ../shared beside the code."),
    ] = None


def settings() -> Settings:
    """The settings in force now."""
    return Settings()
