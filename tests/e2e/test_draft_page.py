"""The editors' page in a real browser against a real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
TEXT = (
    "Thủ tướng Việt Nam hội đàm với Thủ tướng Nhật Bản\n\n"
    "Hai bên nhất trí đưa quan hệ đối tác chiến lược toàn diện lên tầm cao mới.\n\n"
    "Tại hội đàm, hai nhà lãnh đạo trao đổi về công nghệ, nông nghiệp và giao lưu nhân dân. "
    "Phía Nhật Bản đánh giá cao vai trò của Việt Nam trong khu vực 🤝. <b>Lễ ký</b> diễn ra sau đó."
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "ttdn.py"), "serve", "--port", str(port)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "offline"))),
        },
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/health/ready", timeout=2)
                break
            except OSError:
                assert process.poll() is None, "the server stopped"
                time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


@pytest.fixture
def page(server: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(locale="vi-VN")
        outside: list[str] = []
        faults: list[str] = []
        page.on("request", lambda r: None if r.url.startswith(server) else outside.append(r.url))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.goto(server)
        yield page
        browser.close()
    assert outside == []
    assert [f for f in faults if "status of 4" not in f] == []


def test_a_pasted_draft_shows_themes_tone_review_runner_up_and_evidence(page: Page) -> None:
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#themes .verdict")).to_contain_text("Hoạt động đối ngoại")
    expect(page.locator("#tone .verdict")).to_have_text(re.compile("Tích cực|Trung lập|Tiêu cực"))
    expect(page.locator("#review .verdict")).not_to_be_empty()
    expect(page.locator("#runner .second")).not_to_be_empty()
    marked = page.locator("#marked mark").all_inner_texts()
    assert marked
    assert all(m in TEXT for m in marked)
    # Markup in a draft stays text.
    expect(page.locator("#marked")).to_contain_text("<b>Lễ ký</b>")
    if folder := os.environ.get("TTDN_TEST_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/draft.png", full_page=True)


def test_a_refusal_is_shown_and_the_next_draft_works(page: Page) -> None:
    page.get_by_label("Văn bản", exact=True).fill("The talks were useful for both sides.")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#problem")).to_contain_text("Không phải tiếng Việt")
    expect(page.locator("#answer")).to_be_hidden()
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#themes .verdict")).to_be_visible()
    expect(page.locator("#problem")).to_be_hidden()


def test_a_file_is_checked_and_the_page_can_be_cleared(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "bài.txt"
    path.write_text(TEXT, encoding="utf-8")
    page.locator("#file").set_input_files(path)
    expect(page.locator("#themes .verdict")).to_be_visible()
    page.get_by_role("button", name="Xóa").click()
    expect(page.locator("#answer")).to_be_hidden()


def test_the_page_works_by_keyboard(page: Page) -> None:
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#themes .verdict")).to_be_visible()
