"""Measure the page in a real browser: its weight, its first paint, and how long a key takes to move the bars.

python tests/browser/speed.py [--rounds N]
"""

import argparse
from statistics import median

from conftest import ROOT, chromium, serving
from playwright.sync_api import Browser

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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    fonts = sum(path.stat().st_size for path in files if path.suffix == ".woff2")
    rest = sum(path.stat().st_size for path in files if path.parent.name != "fonts")
    print(f"page: {rest / 1000:.1f} kB without fonts, all views; fonts {fonts / 1000:.1f} kB")
    with serving() as address, chromium() as browser:
        paints = [first_paint(browser, address) for _ in range(rounds)]
        print(f"first contentful paint, cold: {median(paint for paint, _ in paints):.0f} ms (median of {rounds})")
        print(f"ready for an article, cold: {median(ready for _, ready in paints):.0f} ms")
        latencies = typing_latencies(browser, address)
        worst = sorted(latencies)[int(len(latencies) * 0.95)]
        print(f"key to bars, {len(ARTICLE):,} characters: {median(latencies):.0f} ms (median of {len(latencies)} keys)")
        print(f"  of which 95 in 100 under {worst:.0f} ms")


if __name__ == "__main__":
    main()
