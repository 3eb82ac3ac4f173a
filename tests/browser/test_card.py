"""The model card, with real models behind it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from wasim.model.registry import Registry


@pytest.fixture
def two_models(root: Path, saved: Path, tmp_path: Path) -> Path:
    """Return an artifacts folder whose current model is the committed one, and which used another before."""
    folder = tmp_path / "artifacts"
    shutil.copytree(root / "artifacts", folder)
    shutil.copytree(saved, folder / saved.name)
    registry = Registry(folder)
    current = registry.current
    assert current is not None
    registry.promote(saved.name)
    registry.promote(current)
    return folder


@pytest.fixture
def page_of_two(browser: Browser, two_models: Path, serve: Callable[[Path], Any]) -> Iterator[Page]:
    with serve(two_models) as address:
        context = browser.new_context(base_url=address)
        yield context.new_page()
        context.close()


def test_the_card_shows_the_models_own_figures(page: Page) -> None:
    manifest = page.request.get("/v1/model").json()
    page.goto("/#/card")
    expect(page.locator(".model-name")).to_have_text(manifest["name"])
    expect(page.locator(".headline-figure")).to_contain_text(f"{manifest['metrics']['macro_f1']:.3f}")
    for figures in manifest["metrics"]["topics"]:
        expect(page.locator(".figures tbody")).to_contain_text(f"{figures['f1']:.3f}")


def test_the_card_shows_the_models_curves(page: Page) -> None:
    pictures = page.request.get("/v1/model").json()["pictures"]
    page.goto("/#/card")
    expect(page.locator(".curves img")).to_have_count(len(pictures))
    drawn = page.evaluate("""() => Promise.all([...document.querySelectorAll('.curves img')]
        .map(image => image.decode().then(() => image.naturalWidth)))""")
    assert all(width > 200 for width in drawn)


def test_volumes_and_drift_follow_what_passes_through(page: Page) -> None:
    before = _articles(page)
    page.request.post("/v1/predict", data={"text": "وصلت جرعات اللقاح لتطعيم الأطفال"})
    page.goto("/#/card")
    expect(page.locator(".volumes")).to_contain_text(f"{before + 1:,}")
    expect(page.locator(".drift .measures li")).to_have_count(7)


def _articles(page: Page) -> int:
    lines = page.request.get("/metrics").text().splitlines()
    return int(sum(float(line.split()[-1]) for line in lines if line.startswith("wasim_articles_total")))


def test_an_administrator_goes_back_to_the_version_before(page_of_two: Page) -> None:
    page = page_of_two
    page.goto("/")
    page.get_by_label("النص").fill("وصلت جرعات اللقاح")
    expect(page.locator("#verdict")).to_contain_text("اللقاحات")
    page.goto("/#/card")
    expect(page.locator(".versions li")).to_have_count(2)
    page.get_by_role("button", name="ارجع إلى السابق").click()
    page.locator(".notice").get_by_role("button", name="ارجع إلى السابق").click()
    expect(page.locator(".model-name")).to_have_text("small")
    expect(page.locator(".versions li", has_text="يعمل الآن")).to_contain_text("small")
    page.goto("/#/")  # the article is still there, and is judged by the topics of the model that answers now
    page.get_by_label("النص").fill("أمطار ورياح عاصفة وسيول، وموجة حرارة")
    expect(page.locator("#verdict")).to_contain_text("موضوع weather")


def test_an_older_service_without_versions_or_drift_shows_the_rest(page: Page) -> None:
    for path in ("**/v1/models", "**/v1/drift", "**/metrics"):
        page.route(path, lambda route: route.fulfill(status=404, json={"title": "Not Found", "status": 404}))
    page.goto("/#/card")
    expect(page.locator(".figures")).to_be_visible()
    for panel in (".versions", ".drift", ".volumes"):
        expect(page.locator(panel)).to_be_hidden()


def test_the_service_is_reached_where_the_page_came_from(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/#/card")
    page.locator(".versions li").first.wait_for()
    assert asked
    assert all(url.startswith((address, f"blob:{address}")) for url in asked)  # it works offline
