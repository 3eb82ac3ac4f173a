"""The page's files, as a browser gets them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from wasim.service import page
from wasim.service.page.files import STATIC

SCRIPTS = sorted(STATIC.rglob("*.js"))
LARGEST_PAGE = 200_000  # bytes, without fonts


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    page.install(app)
    with TestClient(app) as client:
        yield client


def test_the_page_is_served_with_a_policy_that_allows_nothing_inline(client: TestClient) -> None:
    response = client.get("/")
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_fonts_are_kept(client: TestClient) -> None:
    for font in (STATIC / "fonts").glob("*.woff2"):
        response = client.get(f"/page/fonts/{font.name}")
        assert response.headers["content-type"] == "font/woff2"
        assert "immutable" in response.headers["cache-control"]


def test_every_font_has_its_licence() -> None:
    families = {font.name.split("-arabic-")[0] for font in (STATIC / "fonts").glob("*.woff2")}
    for family in families:
        assert "SIL Open Font License" in (STATIC / f"fonts/LICENSE-{family}-arabic.txt").read_text()


@pytest.mark.parametrize("path", ["/page/../settings.py", "/page/%2e%2e/files.py", "/page/nothing.js"])
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_weighs_little() -> None:
    files = [path for path in STATIC.rglob("*") if path.is_file() and path.parent.name != "fonts"]
    assert sum(path.stat().st_size for path in files) < LARGEST_PAGE


def test_every_file_that_is_named_is_there() -> None:
    for script in SCRIPTS:
        for name in re.findall(r"""(?:from|import\(|URL\()\s*["'](\.[^"']+\.js)["']""", script.read_text()):
            assert (script.parent / name).is_file(), f"{script.name}: {name}"
    for name in re.findall(r'(?:href|src)="page/([^"]+)"', (STATIC / "index.html").read_text()):
        assert (STATIC / name).is_file(), name
    for style in STATIC.rglob("*.css"):
        for name in re.findall(r'url\("([^"]+)"\)', style.read_text()):
            assert (style.parent / name).is_file(), name


def imported(script: Path) -> set[Path]:
    found = {(script.parent / name).resolve() for name in re.findall(r'from "(\.[^"]+)"', script.read_text())}
    return found.union(*(imported(one) for one in found)) if found else set()


def test_what_the_first_view_imports_is_preloaded() -> None:
    preloaded = re.findall(r'rel="modulepreload" href="page/([^"]+)"', (STATIC / "index.html").read_text())
    first_view = STATIC / "article/view.js"
    wanted = imported(STATIC / "main.js") | imported(first_view) | {first_view.resolve()}
    assert {(STATIC / name).resolve() for name in preloaded} == wanted


def test_no_script_makes_markup_of_text() -> None:
    doors = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|https?://")
    assert {script.name: found for script in SCRIPTS if (found := doors.findall(script.read_text()))} == {}


def phrases(language: str) -> list[str]:
    script = (STATIC / f"strings/{language}.js").read_text()
    return re.findall(r"^  \"?([A-Za-z][\w -]*)\"?: ", script, re.MULTILINE)


def test_both_languages_have_the_same_phrases() -> None:
    keys = {name: phrases(name) for name in ("ar", "en")}
    assert keys["ar"] == keys["en"]
    assert len(keys["ar"]) == len(set(keys["ar"]))


def test_every_phrase_is_said_and_every_said_phrase_is_there() -> None:
    known = set(phrases("en"))
    rest = "".join(path.read_text() for path in [*SCRIPTS, STATIC / "index.html"] if path.parent.name != "strings")
    said = set(re.findall(r"""phrase\("([\w-]+)["]""", rest)) | set(re.findall(r'say\w*: "([\w-]+)"', rest))
    assert said - known == set()
    composed = ("problem", "light-", "order-", "state-", "drift-", "curve-")
    unsaid = {key for key in known - said if f'"{key}"' not in rest and not key.startswith(composed)}
    assert unsaid == set()
