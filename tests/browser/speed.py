"""Measure the page in a real browser: its weight, its first paint, and how long a key takes to move the bars.

python tests/browser/speed.py [--rounds N] [--update README.md]
"""

import argparse
from pathlib import Path
from statistics import median

from conftest import ROOT, chromium, serving
from playwright.sync_api import Browser

from wasim.training.card import write_between

STATIC = ROOT / "service/page/static"
ARTICLE = "قال المتحدث إن جرعات اللقاح وصلت إلى المستشفيات وإن حملة التطعيم تبدأ غدا في المدارس. " * 30
KEYS = "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور "
# From the letter's own time stamp to the first frame after the bars were set.
LATENCY = """() => {
    window.latencies = [];
    let pressed = 0;
    addEventListener('input', event => { pressed = event.timeStamp; }, true);
    new MutationObserver(() => {
        if (!pressed) return;
        const began = pressed;
        pressed = 0;
        requestAnimationFrame(() => window.latencies.push(performance.now() - began));
    }).observe(document.querySelector('.topics'), {subtree: true, attributeFilter: ['aria-valuenow']});
}"""


def first_paint(browser: Browser, address: str) -> tuple[float, float]:
    """Open the page with nothing kept; milliseconds to the first paint, and until an article can be pasted."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#text").wait_for()
    ready = page.evaluate("performance.now()")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    context.close()
    return painted, ready


def typing_latencies(browser: Browser, address: str) -> list[float]:
    """Type at a person's pace at the end of an article; milliseconds from each key to the bars."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#text").fill(ARTICLE)
    page.locator("#text").press("Control+End")
    page.wait_for_timeout(500)
    page.evaluate(LATENCY)
    for key in KEYS:
        page.keyboard.insert_text(key)
        page.wait_for_timeout(250)
    latencies: list[float] = page.evaluate("window.latencies")
    context.close()
    return latencies


def measure(rounds: int) -> list[tuple[str, str, str]]:
    """Return what was measured: what, how much, and what was wanted."""
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    fonts = sum(path.stat().st_size for path in files if path.suffix == ".woff2")
    rest = sum(path.stat().st_size for path in files if path.parent.name != "fonts")
    with serving() as address, chromium() as browser:
        paints = [first_paint(browser, address) for _ in range(rounds)]
        latencies = typing_latencies(browser, address)
    return [
        ("weight of all views, unpacked, without fonts", f"{rest / 1000:.0f} kB", "200 kB"),
        ("fonts, kept by the browser for a year", f"{fonts / 1000:.0f} kB", ""),
        ("first paint, nothing cached", f"{median(paint for paint, _ in paints):.0f} ms", "500 ms"),
        ("ready for an article, nothing cached", f"{median(ready for _, ready in paints):.0f} ms", ""),
        (f"letter to bars, in {len(ARTICLE):,} characters", f"{median(latencies):.0f} ms", "100 ms"),
    ]


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    rows = [f"| {what} | {found} | {wanted} |" for what, found, wanted in measure(options.rounds)]
    table = ["| the page | median | at most |", "| --- | --- | --- |", *rows]
    print("\n".join(table))
    if options.update:
        write_between(options.update, "page", table)


if __name__ == "__main__":
    main()
