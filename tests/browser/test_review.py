"""The queue of corrections, as a reviewer works through it."""

import itertools

import pytest
from playwright.sync_api import Page, expect

ATTACK = "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور في هجوم سيبراني"
_numbers = itertools.count(1)


def send(page: Page, title: str = "", text: str = ATTACK, topics: tuple[str, ...] = ("gaza",), **more: str) -> str:
    """Send a correction over HTTP, as another newsroom's program would; returns its title, which is its own."""
    title = f"{title} رقم {next(_numbers)}"
    body = {"title": title, "text": text, "topics": list(topics), **more}
    response = page.request.post("/v1/feedback", data=body)
    assert response.status == 201
    return title


def record(page: Page, title: str) -> dict[str, object]:
    items = page.request.get("/v1/feedback?limit=200").json()["items"]
    [found] = [item for item in items if item["title"] == title]
    return dict(found)


@pytest.fixture
def queue(page: Page) -> Page:
    """Empty the queue of open corrections, so that a test sees its own alone."""
    for item in page.request.get("/v1/feedback?state=open&limit=200").json()["items"]:
        page.request.delete(f"/v1/feedback/{item['id']}")
    return page


def test_corrections_are_decided_with_one_key_each(queue: Page) -> None:
    titles = [send(queue, "خبر") for _ in range(3)]
    queue.goto("/#/review")
    expect(queue.locator(".queue-item")).to_have_count(3)
    first = queue.locator(".reading-title").inner_text()
    queue.keyboard.press("a")
    expect(queue.locator(".queue-item")).to_have_count(2)
    second = queue.locator(".reading-title").inner_text()
    queue.keyboard.press("1")  # cybersecurity, which the correction had left out
    queue.keyboard.press("a")
    expect(queue.locator(".queue-item")).to_have_count(1)
    third = queue.locator(".reading-title").inner_text()
    queue.keyboard.press("r")
    expect(queue.get_by_text("لا شيء هنا")).to_be_visible()
    assert {first, second, third} == set(titles)
    assert (record(queue, first)["state"], record(queue, first)["topics"]) == ("accepted", ["gaza"])
    assert record(queue, second)["topics"] == ["cybersecurity", "gaza"]
    assert record(queue, third)["state"] == "rejected"


def test_the_words_of_the_topic_in_dispute_are_marked(queue: Page) -> None:
    send(queue, "خبر", topics=())
    queue.goto("/#/review")
    expect(queue.locator(".reading mark.for").first).to_be_visible()
    assert "قراصنة" in queue.locator(".reading mark.for").all_inner_texts()
    expect(queue.locator(".topic-choose[aria-pressed=true]")).to_contain_text("الأمن السيبراني")


def test_a_decision_can_be_looked_at_again(queue: Page) -> None:
    title = send(queue, "خبر")
    queue.goto("/#/review")
    queue.locator(".reading-title").wait_for()
    queue.keyboard.press("r")
    queue.get_by_role("button", name="أعد النظر").click()
    expect(queue.locator(".reading-title")).to_have_text(title)
    queue.keyboard.press("a")
    expect(queue.get_by_text("قُبل التصحيح.")).to_be_visible()
    assert record(queue, title)["state"] == "accepted"


def test_the_queue_can_be_walked_and_ordered(queue: Page) -> None:
    titles = [send(queue, "خبر") for _ in range(2)]
    queue.goto("/#/review")
    queue.get_by_label("الترتيب").select_option("الأحدث")
    expect(queue.locator(".reading-title")).to_have_text(titles[1])
    queue.locator(".queue").click()
    queue.keyboard.press("j")
    expect(queue.locator(".reading-title")).to_have_text(titles[0])
    queue.keyboard.press("k")
    expect(queue.locator(".reading-title")).to_have_text(titles[1])


def test_markup_in_a_correction_stays_text(queue: Page) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    send(queue, hostile, text=f"{hostile} {ATTACK}", by=hostile, note=hostile)
    queue.goto("/#/review")
    expect(queue.locator(".reading-title")).to_contain_text(hostile)
    expect(queue.locator(".decision")).to_contain_text(hostile)
    expect(queue.locator("main img, main script")).to_have_count(0)


def test_a_service_without_corrections_is_told(queue: Page) -> None:
    queue.route("**/v1/feedback?*", lambda route: route.fulfill(status=404, json={"title": "Not Found", "status": 404}))
    queue.goto("/#/review")
    expect(queue.get_by_role("alert")).to_have_text("هذه الخدمة لا تجمع التصحيحات.")
