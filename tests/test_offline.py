from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parent / "offline"
TRY = "import socket; socket.create_connection(('203.0.113.1', 9), timeout=1)"


def test_no_connection_leaves_this_machine() -> None:
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("203.0.113.1", 9), timeout=1)
    with pytest.raises(OSError, match="blocked"):
        socket.getaddrinfo("example.org", 80)


def test_nor_does_one_of_a_child_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY],
        env={**os.environ, "PYTHONPATH": str(OFFLINE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "blocked" in done.stderr
