"""Whoever sees no colours, uses no mouse, or reads the page with a screen reader can use all of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

ATTACK = "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور، ثم وصلت جرعات اللقاح إلى المستشفيات."
# The page's policy keeps scripts out that are not its own, and axe is one.
VIEWS = {"article": "/", "batch": "/#/batch", "review": "/#/review", "card": "/#/card"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(browser: Browser, address: str, view: str, scheme: str) -> None:
    context = browser.new_context(base_url=address, bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.request.post("/v1/feedback", data={"title": "عنوان", "text": ATTACK, "topics": ["gaza"]})
    page.goto(VIEWS[view])
    if view == "article":
        page.get_by_label("النص").fill(ATTACK)
        page.locator(".words-title").wait_for()
        page.get_by_role("checkbox").nth(2).check()
    elif view == "batch":
        rows = "title,text\r\nخبر," + ATTACK + "\r\nآخر,\r\n,\r\n"
        page.locator(".intake input[type=file]").set_input_files(
            {"name": "rows.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        )
        page.locator(".grid-body .grid-row").first.wait_for()
    elif view == "review":
        page.locator(".reading mark").first.wait_for()
    else:
        page.locator(".versions li").first.wait_for()
    report = Axe().run(page).response
    assert len(report["passes"]) > 10  # it did look
    found = [
        (violation["id"], violation["impact"], node["html"][:200], node["failureSummary"][:300])
        for violation in report["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    context.close()
    assert found == []


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    def tab_to(name: str, role: str = "button") -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate("""() => [document.activeElement.textContent.trim(),
                document.activeElement.getAttribute('aria-label') ?? '', document.activeElement.id]""")
            if any(name in text for text in focused):
                return
        pytest.fail(f"{name} is not reached by Tab")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="إلى المحتوى")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to("title")
    page.keyboard.insert_text("هجوم على الوزارة")
    page.keyboard.press("Enter")
    expect(page.get_by_label("النص")).to_be_focused()
    page.keyboard.insert_text(ATTACK)
    expect(page.locator(".words-title")).to_be_visible()
    tab_to("المقال عن حرب غزة")
    page.keyboard.press("Space")
    expect(page.locator(".correction")).to_be_visible()
    tab_to("اللقاحات")  # its words
    tab_to("اللقاحات")
    page.keyboard.press("Enter")
    expect(page.locator(".words-title")).to_contain_text("اللقاحات")
    tab_to("أرسل التصحيح")
    page.keyboard.press("Enter")
    tab_to("تراجع")
    page.keyboard.press("Enter")
    expect(page.get_by_text("سُحب التصحيح.")).to_be_visible()


def test_focus_is_always_seen(page: Page) -> None:
    page.get_by_label("النص").fill(ATTACK)
    page.locator(".words-title").wait_for()
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        is_left = page.evaluate("document.activeElement === document.body")  # the browser's own bar has the focus
        assert is_left or outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_marks_for_and_against_differ_by_more_than_colour(page: Page) -> None:
    styles = page.evaluate(
        """() => ['for', 'against'].map(kind => {
            const mark = document.createElement('mark');
            mark.className = `${kind} strength-4`;
            document.body.append(mark);
            return getComputedStyle(mark).borderBottomStyle;
        })"""
    )
    assert styles == ["solid", "dotted"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, address: str, view: str, language: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740})
    context.add_init_script(f"localStorage.setItem('wasim-language', '{language}')")
    page = context.new_page()
    page.goto(VIEWS[view])
    page.locator("main > div").wait_for()
    page.wait_for_timeout(200)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert overflow <= 0
