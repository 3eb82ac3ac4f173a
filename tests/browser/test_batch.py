"""A file of many articles, from the drop to the download."""

import csv
import gzip
import io
import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ATTACK = "اخترق قراصنة خوادم الوزارة وسرقوا كلمات المرور في هجوم سيبراني"
VACCINE = "وصلت جرعات اللقاح لتطعيم الأطفال ضد الحصبة"
SARDINES = "عادت قوارب الصيد إلى الميناء محملة بالسردين"


def drop(page: Page, path: Path) -> None:
    page.goto("/#/batch")
    page.locator(".intake input[type=file]").set_input_files(path)


def wait_to_the_end(page: Page) -> None:
    expect(page.locator(".batch-status")).not_to_be_empty()
    expect(page.locator(".batch-progress")).to_be_hidden(timeout=60_000)


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("button", name=button).click()
    return Path(downloading.value.path()).read_bytes()


def json_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_fifty_thousand_rows_are_tagged_while_the_tab_stays_alive(page: Page, tmp_path: Path) -> None:
    draw = random.Random(5)
    sentences = [ATTACK, VACCINE, SARDINES]
    rows = [{"id": number, "title": draw.choice(sentences), "text": SARDINES} for number in range(50_000)]
    source = json_lines(tmp_path / "archive.jsonl", rows)
    page.goto("/#/batch")
    page.evaluate("""() => { window.beats = 0; setInterval(() => { window.beats += 1; }, 50); }""")
    drop(page, source)
    expect(page.locator(".grid-row.refused, .grid-body .grid-row").first).to_be_visible()  # results show while it works
    wait_to_the_end(page)
    expect(page.locator(".batch-status")).to_contain_text("50,000")
    assert page.evaluate("window.beats") > 10
    assert page.locator(".grid-body .grid-row").count() < 60
    page.locator(".grid").evaluate("grid => { grid.scrollTop = grid.scrollHeight; }")
    expect(page.locator(".grid-body .grid-row").last).to_contain_text("50,000")
    written = download(page, "نزّل JSONL").decode().splitlines()
    assert [json.loads(line)["id"] for line in written] == list(range(50_000))


def test_results_are_filtered_sorted_and_downloaded(page: Page, tmp_path: Path) -> None:
    rows = [{"id": name, "title": text} for name, text in (("a", ATTACK), ("v", VACCINE), ("s", SARDINES))]
    drop(page, json_lines(tmp_path / "rows.jsonl", rows))
    wait_to_the_end(page)
    page.get_by_label("اعرض").select_option("اللقاحات")
    expect(page.locator(".grid-body .grid-row")).to_have_count(1)
    expect(page.locator(".grid-title")).to_have_text(VACCINE)
    page.get_by_label("اعرض").select_option("بلا موضوع")
    expect(page.locator(".grid-title")).to_have_text(SARDINES)
    page.get_by_label("اعرض").select_option("كل الصفوف")
    page.get_by_role("columnheader", name="اللقاحات").get_by_role("button").click()
    expect(page.locator(".grid-title").first).to_have_text(VACCINE)
    expect(page.get_by_role("columnheader", name="اللقاحات")).to_have_attribute("aria-sort", "descending")
    raw = download(page, "نزّل CSV")
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert {row["id"]: row["topics"] for row in table} == {"v": "vaccines", "a": "cybersecurity", "s": ""}
    assert float(table[0]["vaccines"]) > 0.9


def test_the_browser_and_the_service_agree(page: Page, tmp_path: Path) -> None:
    drop(page, json_lines(tmp_path / "rows.jsonl", [{"id": 1, "title": ATTACK, "text": VACCINE}]))
    wait_to_the_end(page)
    [line] = download(page, "نزّل JSONL").decode().splitlines()
    answer = page.request.post("/v1/predict", data={"title": ATTACK, "text": VACCINE}).json()
    row = json.loads(line)
    assert row == {"id": 1, "topics": answer["topics"], "scores": answer["scores"], "model": answer["model"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_that_excel_wrote_is_read(page: Page, tmp_path: Path, encoding: str, separator: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator)
    writer.writerows(
        [["المعرف", "العنوان", "النص"], ["1", f'قال: "{ATTACK}"', f"{SARDINES},\r\n;\t{SARDINES}"], ["2", "", VACCINE]]
    )
    path = tmp_path / "ملف.csv"
    path.write_bytes(written.getvalue().encode(encoding))
    drop(page, path)
    wait_to_the_end(page)
    expect(page.locator(".grid-title").first).to_have_text(f'قال: "{ATTACK}"')
    table = list(csv.DictReader(io.StringIO(download(page, "نزّل CSV").decode("utf-8-sig"))))
    assert [(row["id"], row["topics"]) for row in table] == [("1", "cybersecurity"), ("2", "vaccines")]


def test_a_packed_file_is_unpacked(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps({"id": 1, "text": VACCINE}).encode()))
    drop(page, path)
    wait_to_the_end(page)
    expect(page.locator(".batch-status")).to_contain_text("وُسِم مقال واحد")


def test_a_bad_row_keeps_its_place_and_its_reason(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    lines = [
        '{"id": 1, "text": "' + VACCINE + '"}', "not json", "[1]", '{"id": 4}', '{"id": 5, "text": 7}',
        '{"id": 6, "text": "\\ud800 ' + ATTACK + '"}', '{"id": 7, "text": "' + "ا" * 900_000 + '"}',
        '{"id": 8, "text": "\\u001c"}', '{"id": 9, "title": null, "text": "' + ATTACK + '"}',
    ]  # fmt: skip
    path.write_text("\n\n".join(["{}", *lines]))
    drop(page, path)
    wait_to_the_end(page)
    table = list(csv.DictReader(io.StringIO(download(page, "نزّل CSV").decode("utf-8-sig"))))
    assert [row["refused"] for row in table] == [
        "rowEmpty", "", "rowNoJson", "rowNoObject", "rowEmpty", "rowNoText", "", "rowTooLong", "rowRefused", "",
    ]  # fmt: skip
    assert len(download(page, "نزّل JSONL").decode().splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "لا نص"),
        ("book.xlsx", b"PK\x03\x04\x00\x00", "Excel"),
        ("old.xls", b"\xd0\xcf\x11\xe0\x00\x00\x00", "ليس نصًّا"),
        ("list.json", b'[{"text": "x"}]', "JSON Lines"),
        ("heads.csv", b"a,b\r\n1,2\r\n", "a، b"),
        ("open.csv", b'title,text\r\nx,"y\r\n', "لم تُغلق"),
        ("cut.jsonl.gz", gzip.compress(b'{"text": "x"}\n' * 50_000)[:-20], "حتى نهايته"),
        ("<img src=x onerror=alert(1)>.csv", b"a,b\r\n", "<img src=x onerror=alert(1)>.csv"),
    ],
)
def test_a_file_that_can_not_be_read_says_why(page: Page, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    drop(page, path)
    expect(page.get_by_role("alert")).to_contain_text(said)


def test_what_a_spreadsheet_would_run_is_disarmed(page: Page, tmp_path: Path) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")', "<script>alert(1)</script>"]
    drop(page, json_lines(tmp_path / "rows.jsonl", [{"id": text, "title": text} for text in hostile]))
    wait_to_the_end(page)
    expect(page.locator(".grid-title").last).to_have_text("<script>alert(1)</script>")
    table = list(csv.reader(io.StringIO(download(page, "نزّل CSV").decode("utf-8-sig"))))
    assert [row[0] for row in table[1:]] == [f"'{text}" for text in hostile[:-1]] + hostile[-1:]
    assert not any(re.match(r"[=+\-@\t\r]", cell) for row in table for cell in row)


def test_a_run_can_be_stopped_and_what_was_done_stays(page: Page, tmp_path: Path) -> None:
    source = json_lines(tmp_path / "rows.jsonl", [{"id": n, "text": VACCINE * 20} for n in range(60_000)])
    drop(page, source)
    expect(page.locator(".grid-body .grid-row").first).to_be_visible()
    page.get_by_role("button", name="أوقف").click()
    expect(page.get_by_role("alert")).to_contain_text("أُوقف العمل")
    expect(page.locator(".grid-body .grid-row").first).to_be_visible()


def test_csv_is_read_alike_wherever_it_is_cut(page: Page) -> None:
    draw = random.Random(7)
    alphabet = ["a", "ب", '"', ",", "\n", "\r\n", "", " ", "😀"]
    tables = [
        [["".join(draw.choices(alphabet, k=draw.randrange(6))) for _ in range(3)] for _ in range(draw.randrange(1, 5))]
        for _ in range(300)
    ]
    texts = []
    for table in tables:
        written = io.StringIO(newline="")
        csv.writer(written).writerows(table)
        texts.append(written.getvalue())
    read = page.evaluate(
        """async texts => {
            const { CsvReader } = await import('./page/batch/csv.js');
            return texts.map((text, index) => {
                const reader = new CsvReader(','), rows = [], step = 1 + index % 5;
                for (let at = 0; at < text.length; at += step) rows.push(...reader.push(text.slice(at, at + step)));
                return [...rows, ...reader.end()];
            });
        }""",
        texts,
    )
    assert read == tables


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_text_is_decoded_alike_wherever_its_bytes_are_cut(page: Page, encoding: str) -> None:
    text = "plain ASCII first, " * 3 + "ثم نص عربي: لقاح"
    decoded = page.evaluate(
        """async bytes => {
            const { GuessingDecoder } = await import('./page/batch/bytes.js');
            return [1, 2, 3, 5, 1000].map(step => {
                const decoder = new GuessingDecoder(), all = Uint8Array.from(bytes);
                let text = '';
                for (let at = 0; at < all.length; at += step) text += decoder.decode(all.slice(at, at + step));
                return text + decoder.end();
            });
        }""",
        list(text.encode(encoding)),
    )
    assert set(decoded) == {text}
