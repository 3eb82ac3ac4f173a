"""The first view, as an editor uses it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

ATTACK = "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور في هجوم سيبراني."
MARKS = """() => [...document.querySelectorAll('.field-marks mark')].map(mark => ({
    marked: mark.textContent, start: Number(mark.dataset.start), end: Number(mark.dataset.end),
    field: mark.closest('.field').querySelector('textarea').id, kind: mark.className.split(' ')[0]}))"""


def write(page: Page, text: str, title: str = "") -> None:
    page.get_by_label("العنوان").fill(title)
    page.get_by_label("النص").fill(text)
    expect(page.locator(".words")).to_be_visible()


def marks(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate(MARKS)
    return found


def corrections(page: Page) -> list[dict[str, object]]:
    items: list[dict[str, object]] = page.request.get("/v1/feedback?limit=200").json()["items"]
    return items


def test_a_pasted_article_gets_its_topics_and_its_words_are_marked(page: Page) -> None:
    write(page, ATTACK)
    expect(page.locator("#verdict")).to_have_text("موضوع المقال: الأمن السيبراني")
    meter = page.get_by_role("meter", name="احتمال الأمن السيبراني")
    assert int(meter.get_attribute("aria-valuenow") or 0) > 90
    assert {mark["kind"] for mark in marks(page)} >= {"for"}
    assert "قراصنة" in {mark["marked"] for mark in marks(page)}


def test_an_article_without_a_topic_is_told_so_plainly(page: Page) -> None:
    write(page, "عادت قوارب الصيد إلى الميناء محملة بالسردين.")
    expect(page.locator("#verdict")).to_have_text("لا ينتمي المقال إلى أي من هذه الموضوعات.")


def test_a_text_of_unknown_words_is_told_so(page: Page) -> None:
    page.get_by_label("النص").fill("hello world")
    expect(page.locator("#verdict")).to_contain_text("لا يعرف النموذج")


@pytest.mark.parametrize(
    "text",
    [
        "وَصَلَتْ جُرُعَاتُ اللُّقَاحِ إِلَى الْمُسْتَشْفَيَاتِ",
        "وصلت جرعــــات اللقـــاح إلى المستشفيات",
        "😀😀 وصلت 💉 جرعات اللقاح 👩🏽‍⚕️ إلى المستشفيات 🏥",
        "وصلت جرعات Pfizer-BioNTech من اللقاح (COVAX) إلى hospitals المستشفيات",
        "\n\n  وصلت\tجرعات\r\nاللقاح\u200f إلى\u200b المستشفيات  \n",
        "𝕏𝕐 وباللقاح وللقاحات، فلقاحهم",
    ],
    ids=["vocalised", "tatweel", "emoji", "latin", "white space and controls", "attached prefixes"],
)
def test_marks_stand_at_the_letters_that_earned_them(page: Page, text: str) -> None:
    page.get_by_label("النص").fill(text)
    page.get_by_role("button", name="اللقاحات", exact=False).first.click()
    expect(page.locator(".field-marks mark").first).to_be_attached()
    shown = page.get_by_label("النص").input_value()
    answer = page.evaluate(
        """text => fetch('v1/predict', {method: 'POST', headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({text, explain: true})}).then(response => response.json())""",
        shown,
    )
    spans = [span for term in answer["explanation"]["vaccines"]["terms"] for span in term["spans"]]
    earned = {(span["start"], span["end"]) for span in spans}
    units = shown.encode("utf-16-le")
    for mark in marks(page):
        start, end = int(str(mark["start"])), int(str(mark["end"]))
        assert mark["marked"] == units[2 * start : 2 * end].decode("utf-16-le")
        # In code points, as the service counts: a mark lies in a term, and never cuts one.
        first = len(units[: 2 * start].decode("utf-16-le"))
        last = len(units[: 2 * end].decode("utf-16-le"))
        assert any(begin <= first and last <= finish for begin, finish in earned)
        assert not str(mark["marked"]).strip() or (first in {s for s, _ in earned} or first in {e for _, e in earned})
    assert any("لق" in str(mark["marked"]) or "ل" in str(mark["marked"]) for mark in marks(page))


def test_the_marks_lie_below_the_letters(page: Page) -> None:
    write(page, f"{ATTACK}\n\n{ATTACK * 5}\n", title=ATTACK)
    boxes = page.evaluate(
        """() => ['title', 'text'].flatMap(id => {
            const input = document.getElementById(id), marks = input.previousElementSibling;
            return [[input.scrollHeight, marks.scrollHeight], [input.clientWidth, marks.clientWidth]]})"""
    )
    assert all(input_size == marks_size for input_size, marks_size in boxes)


def test_each_topic_shows_its_own_words(page: Page) -> None:
    write(page, f"{ATTACK} ووصلت جرعات اللقاح لتطعيم الأطفال.")
    page.locator("[data-topic=cybersecurity] .topic-choose").click()
    expect(page.locator(".words-title")).to_contain_text("الأمن السيبراني")
    before = marks(page)
    page.locator("[data-topic=vaccines] .topic-choose").click()
    expect(page.locator(".words-title")).to_contain_text("اللقاحات")
    assert marks(page) != before
    kinds = {mark["marked"]: mark["kind"] for mark in marks(page)}
    assert kinds["اللقاح"] == "for"


def test_choosing_a_word_selects_it_in_the_text(page: Page) -> None:
    write(page, ATTACK)
    page.locator(".word").first.click()
    selected = page.evaluate("""() => { const input = document.activeElement;
        return input.value.slice(input.selectionStart, input.selectionEnd); }""")
    assert selected
    assert selected in ATTACK


def test_a_correction_is_sent_and_can_be_undone(page: Page) -> None:
    text = f"{ATTACK} خبر للتصحيح."
    write(page, text)
    page.get_by_role("checkbox", name="المقال عن حرب غزة").check()
    page.get_by_label("ملاحظة للمراجع (اختيارية)").fill("تجربة")
    page.get_by_role("button", name="أرسل التصحيح").click()
    expect(page.get_by_text("حُفظ التصحيح")).to_be_visible()
    expect(page.get_by_role("checkbox", name="المقال عن حرب غزة")).not_to_be_checked()
    [kept] = [item for item in corrections(page) if item["text"] == text]
    assert (kept["state"], kept["topics"], kept["note"]) == ("open", ["cybersecurity", "gaza"], "تجربة")
    page.get_by_role("button", name="تراجع").click()
    expect(page.get_by_text("سُحب التصحيح.")).to_be_visible()
    [kept] = [item for item in corrections(page) if item["text"] == text]
    assert kept["state"] == "withdrawn"


def test_a_correction_whose_answer_was_lost_is_kept_once(page: Page) -> None:
    text = f"{ATTACK} ضاع الجواب."
    write(page, text)
    page.get_by_role("checkbox", name="المقال عن حرب غزة").check()
    # The service keeps it, but the page never hears of that.
    page.route("**/v1/feedback", lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="أرسل التصحيح").click()
    expect(page.locator(".notice.bad")).to_have_count(1)
    page.unroute("**/v1/feedback")
    page.get_by_role("button", name="أرسل التصحيح").click()
    expect(page.get_by_text("حُفظ التصحيح")).to_be_visible()
    assert [item["text"] for item in corrections(page)].count(text) == 1


def test_a_dropped_file_is_read(page: Page, tmp_path: Path) -> None:
    plain = tmp_path / "خبر.txt"
    plain.write_bytes(f"قراصنة يخترقون الوزارة\n{ATTACK}".encode("cp1256"))
    chooser = page.locator(".sheet input[type=file]")
    chooser.set_input_files(plain)
    expect(page.get_by_label("العنوان")).to_have_value("قراصنة يخترقون الوزارة")
    expect(page.get_by_label("النص")).to_have_value(ATTACK)
    markup = tmp_path / "page.html"
    markup.write_text(
        f"<!doctype html><title>x</title><nav>القائمة</nav><h1>عنوان</h1><article><p>{ATTACK}</p>"
        "<script>alert(1)</script><img src=x onerror=alert(2)></article>"
    )
    chooser.set_input_files(markup)
    expect(page.get_by_label("العنوان")).to_have_value("عنوان")
    expect(page.get_by_label("النص")).to_have_value(ATTACK)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00\x00", b"   \n "], ids=["empty", "binary", "blank"])
def test_a_file_that_is_no_article_is_refused_and_nothing_lost(page: Page, tmp_path: Path, content: bytes) -> None:
    write(page, ATTACK)
    wrong = tmp_path / "<img src=x onerror=alert(1)>.txt"
    wrong.write_bytes(content)
    page.locator(".sheet input[type=file]").set_input_files(wrong)
    expect(page.locator(".notice.bad")).to_contain_text("<img src=x onerror=alert(1)>.txt")
    expect(page.get_by_label("النص")).to_have_value(ATTACK)


def test_markup_in_an_article_stays_text(page: Page) -> None:
    hostile = f"<script>alert(1)</script><img src=x onerror=alert(2)> {ATTACK} </textarea><svg onload=alert(3)>"
    write(page, hostile, title=hostile)
    expect(page.locator(".field-marks script, .field-marks img, .words img, main svg")).to_have_count(0)
    assert page.locator(".field-text .field-marks").inner_text().startswith("<script>alert(1)</script>")


def test_a_service_that_is_gone_is_told_and_the_article_kept(page: Page) -> None:
    page.route("**/v1/predict", lambda route: route.abort())
    page.get_by_label("النص").fill(ATTACK)
    expect(page.get_by_role("alert")).to_have_text("تعذّر الوصول إلى الخدمة.")
    page.unroute("**/v1/predict")
    expect(page.locator("#verdict")).to_contain_text("الأمن السيبراني")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_the_language_changes_everything_and_is_remembered(page: Page) -> None:
    write(page, ATTACK)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#verdict")).to_have_text("This article is about: Cybersecurity")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["en", "ltr"]
    page.reload()
    expect(page.get_by_label("Headline")).to_be_visible()


def test_a_key_is_asked_for_and_used(page: Page) -> None:
    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer secret":
            route.continue_()
        else:
            route.fulfill(
                status=401, content_type="application/problem+json",
                body='{"title": "Unauthorized", "status": 401, "detail": "no key"}',
            )  # fmt: skip

    page.route("**/v1/predict", guarded)
    page.get_by_label("النص").fill(ATTACK)
    page.get_by_label("المفتاح").fill("secret")
    page.get_by_role("button", name="استعمله").click()
    expect(page.locator("#verdict")).to_contain_text("الأمن السيبراني")
    assert page.evaluate("[sessionStorage.getItem('wasim-key'), localStorage.getItem('wasim-key')]") == ["secret", None]
