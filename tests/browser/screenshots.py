"""Take the pictures of the page that the README shows: python tests/browser/screenshots.py [FOLDER]."""

import sys
from pathlib import Path

from conftest import ROOT, chromium, serving
from playwright.sync_api import Page

CORRECTIONS = [
    {
        "title": "هجوم إلكتروني يعطل مواعيد التطعيم في مستشفيات العاصمة",
        "text": "قالت وزارة الصحة إن قراصنة اخترقوا خوادم منصة حجز اللقاحات وشفّروا بيانات آلاف المراجعين وطلبوا فدية."
        "\n\nوتواصل المراكز إعطاء الجرعات الثانية من اللقاح يدويا إلى حين استعادة النظام.",
        "topics": ["cybersecurity"],
        "by": "مكتب الصحة",
        "note": "اللقاح هنا ذكر عابر",
    },
    {
        "title": "وزير الخارجية يفتتح معرض الكتاب",
        "text": "افتتح وزير الخارجية معرض الكتاب في العاصمة بحضور سفراء عدد من الدول وجمهور من القراء.",
        "topics": [],
        "by": "المكتب الثقافي",
        "note": "حدث ثقافي",
    },
    {
        "title": "سفن المساعدات تنتظر في العريش",
        "text": "قال مسؤول في الميناء إن خمس سفن تحمل الطحين والأدوية تنتظر إذن الدخول إلى القطاع منذ أيام.",
        "topics": ["gaza"],
        "by": "المكتب الدولي",
    },
]
NEUTRAL = "قال مراسلنا إن السوق القديمة فتحت أبوابها صباح اليوم كعادتها."
SENTENCES = [
    "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور",
    "وصلت جرعات اللقاح لتطعيم الأطفال ضد الحصبة",
    "عادت قوارب الصيد إلى الميناء محملة بالسردين",
    "وزير الخارجية يستقبل نظيره ويبحثان قرار مجلس الأمن",
    "غارات على خان يونس ونزوح مئات العائلات",
]


def show_article(page: Page) -> None:
    """Fill in the first example, and wait for its marks."""
    page.goto("/")
    page.locator(".examples button").first.click()
    page.locator(".field-marks mark").first.wait_for()
    page.evaluate("document.activeElement.blur()")


def show_batch(page: Page) -> None:
    """Have a file of some thousand rows tagged."""
    rows = "".join(f"{number},{SENTENCES[number * 7 % 5]},{NEUTRAL}\r\n" for number in range(3000))
    page.goto("/#/batch")
    page.locator(".intake input[type=file]").set_input_files(
        {"name": "archive.csv", "mimeType": "text/csv", "buffer": f"id,title,text\r\n{rows}".encode()}
    )
    page.locator(".batch-progress").wait_for(state="hidden", timeout=60_000)
    page.locator(".tag").first.wait_for()


def show_review(page: Page) -> None:
    """Open the queue of corrections."""
    page.goto("/#/review")
    page.locator(".reading mark").first.wait_for()


def show_card(page: Page) -> None:
    """Open the model card, after some articles were tagged."""
    page.goto("/#/card")
    page.locator(".versions li").first.wait_for()


SHOTS = {
    "article": (show_article, 1280, "light"),
    "article-dark": (show_article, 1280, "dark"),
    "article-phone": (show_article, 390, "light"),
    "batch": (show_batch, 1280, "light"),
    "review": (show_review, 1280, "light"),
    "card": (show_card, 1280, "dark"),
}


def main() -> None:
    """Take every picture."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "service/page/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, chromium() as browser:
        for name, (show, width, scheme) in SHOTS.items():
            context = browser.new_context(
                base_url=address, viewport={"width": width, "height": 860}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            if name == "review":
                for correction in CORRECTIONS:
                    page.request.post("/v1/feedback", data=correction)
            show(page)
            page.wait_for_timeout(400)  # fonts, and the last request
            page.screenshot(path=folder / f"{name}.png")
            context.close()
            print(folder / f"{name}.png")


if __name__ == "__main__":
    main()
