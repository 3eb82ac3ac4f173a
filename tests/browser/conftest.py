"""A real browser in front of a real service: Debian's Chromium, a fresh profile for every test."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

Serve = Callable[[Path], AbstractContextManager[str]]
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(_QUIET))
        yield browser
        browser.close()


@contextmanager
def serving(artifacts: Path = ROOT / "artifacts") -> Iterator[str]:
    """Run a service with an empty store; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "WASIM_PORT": "0",
            "WASIM_ARTIFACTS": str(artifacts),
            "WASIM_DATABASE_URL": f"sqlite:///{folder}/wasim.db",
        }
        command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "serve"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        address = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        for _ in range(200):
            try:
                httpx.get(f"{address}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed; on Debian: apt-get install chromium")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Return what runs a service on other artifacts."""
    return serving


@pytest.fixture(scope="session")
def address(browser: Browser) -> Iterator[str]:
    """Return the address of a service that runs while the tests do."""
    with serving() as address:
        yield address


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 860})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open the page; the test fails if a script of it fails, or if the browser had to refuse something."""
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if _is_refusal(said.text) else None)
    page.on("dialog", lambda dialog: (failures.append(dialog.message), dialog.dismiss()))
    page.goto("/")
    page.get_by_label("النص").wait_for()
    yield page
    assert failures == []


def _is_refusal(said: str) -> bool:
    # A file's own handlers are refused too, while the file is parsed: that is what the policy is for.
    return "Content Security Policy" in said and "inline event handler" not in said
