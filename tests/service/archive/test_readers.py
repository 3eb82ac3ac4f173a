"""Every form of input gives the same articles, wherever it is cut and however it is packed."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather, parquet

from tests.service.archive.conftest import MATCH, NOTHING, RAIN, RAIN_TITLE, Tagged
from wasim.model.errors import ArchiveError, ArchiveUnreadableError
from wasim.service.archive.options import ColumnNames, ReadOptions
from wasim.service.archive.readers.encodings import detect_encoding
from wasim.service.archive.readers.json_array import read_json_array

Tag = Callable[..., Tagged]
ROWS: list[dict[str, Any]] = [
    {"id": "a", "title": RAIN_TITLE, "text": RAIN, "date": "2020-01-02", "outlet": "x"},
    {"id": "b", "title": "", "text": MATCH, "date": "2021-03-04", "outlet": "y"},
    {"id": "c", "title": 'خبر, "بين\nقوسين"', "text": NOTHING, "date": "2022-05-06", "outlet": "z"},
]
TOPICS = [["weather"], ["football"], []]


def as_json_lines() -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in ROWS).encode()


def as_json_array() -> bytes:
    return json.dumps(ROWS, ensure_ascii=False, indent=2).encode()


def as_table(delimiter: str, encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode(encoding)


def as_parquet() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(ROWS), sink, row_group_size=2)
    return sink.getvalue()


def as_feather() -> bytes:
    sink = pa.BufferOutputStream()
    feather.write_feather(pa.Table.from_pylist(ROWS), sink)
    return sink.getvalue().to_pybytes()


def as_arrow_stream() -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(ROWS)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


FORMS = {
    "in.jsonl": as_json_lines(),
    "with-bom.jsonl": b"\xef\xbb\xbf" + as_json_lines(),
    "in.json": as_json_array(),
    "in.csv": as_table(",", "utf-8"),
    "with-bom.csv": as_table(";", "utf-8-sig"),
    "utf-16.csv": as_table(",", "utf-16"),
    "windows.csv": as_table(";", "windows-1256"),
    "iso.tsv": as_table("\t", "iso-8859-6"),
    "pipes.txt": as_table("|", "utf-8"),
    "in.parquet": as_parquet(),
    "in.feather": as_feather(),
    "in.arrows": as_arrow_stream(),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("shard_bytes", [1, 1 << 20])
def test_every_form_gives_the_same_articles(tag: Tag, tmp_path: Path, name: str, shard_bytes: int) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    tagged = tag(tmp_path / name, ColumnNames(keep=("outlet",)), shard_bytes=shard_bytes)
    assert tagged.ids == ["a", "b", "c"]
    assert tagged.topics == TOPICS
    assert [row["outlet"] for row in tagged.rows] == ["x", "y", "z"]
    assert tagged.rejected == []


@pytest.mark.parametrize("name", FORMS)
def test_a_name_says_less_than_the_content(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / "data").write_bytes(FORMS[name])
    assert tag(tmp_path / "data").topics == TOPICS


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "windows.csv", "in.arrows"])
def test_every_packing_is_taken_off(tag: Tag, tmp_path: Path, pack: Callable[[bytes], bytes], name: str) -> None:
    half = len(FORMS[name]) // 2
    (tmp_path / name).write_bytes(pack(FORMS[name][:half]) + pack(FORMS[name][half:]))
    assert tag(tmp_path / name).topics == TOPICS


@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "iso.tsv", "in.parquet", "in.feather"])
def test_a_limit_is_a_number_of_records(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    assert tag(tmp_path / name, limit=2).ids == ["a", "b"]
    assert tag(tmp_path / name, limit=0).ids == []


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_since_passes_over_what_is_older(tag: Tag, tmp_path: Path, name: str) -> None:
    from datetime import date

    (tmp_path / name).write_bytes(FORMS[name])
    assert tag(tmp_path / name, since=date(2021, 3, 4)).ids == ["b", "c"]


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_columns_may_have_other_names(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORMS[name].replace(b"text", b"body"))
    if name == "in.parquet":
        renamed = pa.Table.from_pylist(ROWS).rename_columns(["id", "title", "body", "date", "outlet"])
        parquet.write_table(renamed, tmp_path / name)
    tagged = tag(tmp_path / name, ColumnNames(text="body"))
    assert tagged.topics == TOPICS


@pytest.mark.parametrize("name", ["in.csv", "in.parquet", "in.feather"])
def test_a_table_without_the_wanted_columns_is_refused(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    with pytest.raises(ArchiveUnreadableError, match="no column headline or body; there are id, title"):
        tag(tmp_path / name, ColumnNames(title="headline", text="body"))
    with pytest.raises(ArchiveUnreadableError, match="no column author"):
        tag(tmp_path / name, ColumnNames(keep=("author",)))


@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.csv", "in.parquet"])
def test_missing_ids_are_made_of_content_and_place(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    if name == "in.parquet":
        parquet.write_table(pa.Table.from_pylist(ROWS).drop_columns(["id"]), tmp_path / name)
    ids = tag(tmp_path / name, ColumnNames(id="none")).ids
    assert len(set(ids)) == 3
    assert all(str(row_id).startswith(start) for row_id, start in zip(ids, _hashes(), strict=True))


def _hashes() -> list[str]:
    import hashlib

    return [hashlib.sha256(f"{row['title']}\0{row['text']}".encode()).hexdigest()[:16] for row in ROWS]


def test_doubled_ids_stay_two_rows(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(as_json_lines() * 2)
    assert tag(tmp_path / "in.jsonl").ids == ["a", "b", "c"] * 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(elements=st.lists(st.dictionaries(st.text(), JSON_VALUES)), indent=st.none() | st.integers(0, 3))
def test_a_json_array_is_cut_into_its_elements(elements: list[Any], indent: int | None) -> None:
    data = json.dumps(elements, indent=indent).encode()
    chunks = list(read_json_array(io.BufferedReader(io.BytesIO(data)), "x", ReadOptions(shard_bytes=20)))  # type: ignore[arg-type]
    assert [json.loads(element) for chunk in chunks for element in chunk.elements] == elements  # type: ignore[attr-defined]


def test_a_json_array_longer_than_what_is_read_at_once(tag: Tag, tmp_path: Path) -> None:
    rows = [{"id": number, "text": f'{MATCH} \\ " ] }} ' * 40} for number in range(1200)]
    (tmp_path / "in.json").write_text(json.dumps(rows))
    assert (tmp_path / "in.json").stat().st_size > 3 * 1024 * 1024
    assert tag(tmp_path / "in.json").ids == list(range(1200))


@pytest.mark.parametrize("data", ['[{"id": 1}', '[{"id": 1}] more', '[{"id": "x'])
def test_a_broken_json_array_is_refused(tag: Tag, tmp_path: Path, data: str) -> None:
    (tmp_path / "in.json").write_text(data)
    with pytest.raises(ArchiveUnreadableError, match="JSON array"):
        tag(tmp_path / "in.json")


@given(text=st.text(st.sampled_from("اأإآبتثجحخدذرزسشصضطظعغفقكلمنهويىةءؤئ ,.\n"), min_size=30))
def test_arabic_is_read_in_whichever_encoding(text: str) -> None:
    text = f"قال الوزير إن الأمطار {text}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "windows-1256", "iso-8859-6"):
        assert text.encode(encoding).decode(detect_encoding(text.encode(encoding))) == text


def test_one_folder_may_hold_files_of_every_form_and_encoding(tag: Tag, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(RAIN, encoding="utf-8")
    (folder / "b.txt").write_text(f"{MATCH} قال المدرب", encoding="windows-1256")
    (folder / "c.txt").write_text(f"قال الناس {RAIN}", encoding="iso-8859-6")
    (folder / "d.txt").write_text(MATCH, encoding="utf-16")
    (folder / "deep" / "e.html").write_text(_page(RAIN), encoding="utf-8")
    (folder / "f.jsonl").write_bytes(as_json_lines())
    (folder / "g.parquet").write_bytes(as_parquet())
    (folder / ".hidden").write_text("x")
    (folder / "picture.png").write_bytes(b"\x89PNG\0\0\0")
    (folder / "empty.txt").write_bytes(b"")
    tagged = tag(folder)
    assert tagged.ids == ["a.txt", "b.txt", "c.txt", "d.txt", "deep/e.html", *"abc", *"abc"]
    assert tagged.topics == [["weather"], ["football"], ["weather"], ["football"], ["weather"], *TOPICS, *TOPICS]
    assert [reject["place"] for reject in tagged.rejected] == ["picture.png"]


def _page(text: str, head: str = "") -> str:
    paragraphs = f"<p>{text} {NOTHING}</p>" * 5
    return (
        f"<!DOCTYPE html><html><head>{head}<title>عنوان الخبر</title></head><body>"
        f"<nav><a href='/'>الرئيسية</a></nav><article>{paragraphs}</article></body></html>"
    )


def test_a_pages_own_encoding_counts(tag: Tag, tmp_path: Path) -> None:
    page = _page(MATCH, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">')
    (tmp_path / "in.html").write_text(page, encoding="windows-1256")
    assert tag(tmp_path / "in.html").topics == [["football"]]


def test_names_that_are_no_utf_8_and_links_are_survived(tag: Tag, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xe0.txt")).write_text(RAIN)
    (folder / "loop").symlink_to(folder)
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    os.mkfifo(folder / "pipe")
    tagged = tag(folder)
    assert tagged.ids == ["\\xff\\xe0.txt"]
    assert [reject["place"] for reject in tagged.rejected] == ["a", "b", "pipe"]


def test_an_output_inside_the_input_folder_is_refused(small: Any, tmp_path: Path) -> None:
    from wasim.service.archive.tag import tag_archive

    (tmp_path / "a.txt").write_text(RAIN)
    with pytest.raises(ArchiveError, match="lies in the input"):
        tag_archive(small, [tmp_path], tmp_path / "out.jsonl")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: dict[str, bytes], pack: Callable[[bytes], bytes] = bytes) -> Path:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    path.write_bytes(pack(sink.getvalue()))
    return path


MEMBERS = {"a.txt": RAIN.encode(), "deep/b.html": _page(MATCH).encode(), "c.jsonl.gz": gzip.compress(as_json_lines())}
HOSTILE = {
    "../up.txt": b"x",
    "/etc/root.txt": b"x",
    "inner.zip": b"PK\x03\x04....",
    "cut.gz": gzip.compress(b"x" * 99)[:-9],
}


def test_files_in_a_zip_are_articles_and_hostile_ones_are_rejected(tag: Tag, tmp_path: Path) -> None:
    bomb = {"bomb.txt": b"a" * (64 * 1024 * 1024)}
    tagged = tag(zipped(tmp_path / "in.zip", MEMBERS | HOSTILE | bomb))
    assert tagged.ids == ["in.zip/a.txt", "in.zip/deep/b.html", "a", "b", "c"]
    assert tagged.topics == [["weather"], ["football"], *TOPICS]
    assert [reject["place"] for reject in tagged.rejected] == [f"in.zip/{name}" for name in (HOSTILE | bomb)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_files_in_a_tar_are_articles(tag: Tag, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    tagged = tag(tarred(tmp_path / "in", MEMBERS | HOSTILE, pack))
    assert tagged.ids == ["in/a.txt", "in/deep/b.html", "a", "b", "c"]
    assert len(tagged.rejected) == len(HOSTILE) + 1


@pytest.mark.parametrize("cut", [40, 700])
def test_a_cut_zip_or_tar_is_refused(tag: Tag, tmp_path: Path, cut: int) -> None:
    for path in (zipped(tmp_path / "in.zip", MEMBERS), tarred(tmp_path / "in.tar", MEMBERS)):
        path.write_bytes(path.read_bytes()[:cut])
        with pytest.raises(ArchiveUnreadableError):
            tag(path)


def warc_record(
    kind: bytes, uri: str, block: bytes, content_type: bytes = b"application/http; msgtype=response"
) -> bytes:
    head = (
        b"WARC/1.0\r\nWARC-Type: " + kind + b"\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    )
    head += (
        b"WARC-Date: 2020-01-02T03:04:05Z\r\nWARC-Target-URI: " + uri.encode() + b"\r\nContent-Type: " + content_type
    )
    return head + b"\r\nContent-Length: " + str(len(block)).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def web_archive() -> list[bytes]:
    html = "Content-Type: text/html; charset=windows-1256"
    packed = gzip.compress(_page(MATCH).encode())
    return [
        warc_record(b"warcinfo", "x", b"software: x\r\n", b"application/warc-fields"),
        warc_record(b"response", "http://news.example/1", http(_page(RAIN).encode("windows-1256"), "200 OK", html)),
        warc_record(b"request", "http://news.example/1", b"GET / HTTP/1.1\r\n\r\n"),
        warc_record(b"response", "http://news.example/p.png", http(b"\x89PNG", "200 OK", "Content-Type: image/png")),
        warc_record(b"response", "http://news.example/gone", http(b"<html>", "404 Gone", "Content-Type: text/html")),
        warc_record(
            b"response", "http://news.example/2",
            http(packed, "200 OK", "Content-Type: text/html", "Content-Encoding: gzip"),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_pages_of_a_web_archive_are_articles(tag: Tag, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "in.warc").write_bytes(b"".join(map(pack, web_archive())))
    tagged = tag(tmp_path / "in.warc", ColumnNames(keep=("date",)))
    assert tagged.ids == ["http://news.example/1", "http://news.example/2"]
    assert tagged.topics == [["weather"], ["football"]]
    assert tagged.rows[0]["date"].startswith("2020-01-02")


def test_a_web_archive_that_breaks_off_is_told(tag: Tag, tmp_path: Path) -> None:
    whole = b"".join(web_archive()[:2])
    (tmp_path / "in.warc").write_bytes(whole[:-300])
    assert len(tag(tmp_path / "in.warc").rejected) == 1
    (tmp_path / "in.warc.gz").write_bytes(gzip.compress(whole)[:-30])
    with pytest.raises(ArchiveUnreadableError):
        tag(tmp_path / "in.warc.gz")


RSS = f"""<?xml version="1.0" encoding="{{}}"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>أخبار</title>
<item><title>{RAIN_TITLE}</title><guid>1</guid><pubDate>Thu, 02 Jan 2020 10:00:00 GMT</pubDate>
<description>موجز</description><content:encoded><![CDATA[<p>{RAIN}</p>&nbsp;]]></content:encoded></item>
<item><title>رياضة</title><link>http://news.example/2</link><description>&lt;b&gt;{MATCH}&lt;/b&gt;</description></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>أخبار</title>
<entry><id>urn:1</id><title>{RAIN_TITLE}</title><updated>2020-01-02T00:00:00Z</updated><summary>{RAIN}</summary></entry>
<entry><id>urn:2</id><title/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{MATCH}</p></div></content></entry>
</feed>"""
NEWSML = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:newsml:1"><itemMeta><versionCreated>2020-01-02T00:00:00Z</versionCreated></itemMeta>
<contentMeta><headline>{RAIN_TITLE}</headline></contentMeta><contentSet><inlineXML>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>{RAIN}</p></body></html>
</inlineXML></contentSet></newsItem>
<newsItem guid="urn:newsml:2"><contentSet><inlineXML><nitf><body>
<body.head><hedline><hl1>رياضة</hl1></hedline></body.head>
<body.content><p>{MATCH}</p></body.content></body></nitf></inlineXML></contentSet></newsItem>
</itemSet></newsMessage>"""
NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-5.dtd">
<nitf><head><title>x</title><docdata><doc-id id-string="n1"/><date.issue norm="20200102T000000Z"/></docdata></head>
<body><body.head><hedline><hl1>{RAIN_TITLE}</hl1></hedline></body.head><body.content><p>{RAIN}</p></body.content></body></nitf>"""


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (RSS.format("UTF-8").encode(), ["1", "http://news.example/2"]),
        (RSS.format("windows-1256").encode("windows-1256"), ["1", "http://news.example/2"]),
        (ATOM.encode(), ["urn:1", "urn:2"]),
        (NEWSML.encode(), ["urn:newsml:1", "urn:newsml:2"]),
        (NITF.encode(), ["n1"]),
    ],
)
def test_entries_of_feeds_and_news_items_are_articles(tag: Tag, tmp_path: Path, data: bytes, ids: list[str]) -> None:
    (tmp_path / "in.xml").write_bytes(data)
    tagged = tag(tmp_path / "in.xml")
    assert tagged.ids == ids
    assert tagged.topics == [["weather"], ["football"]][: len(ids)]


def test_dates_of_feeds_choose(tag: Tag, tmp_path: Path) -> None:
    from datetime import date

    (tmp_path / "in.xml").write_bytes(RSS.format("UTF-8").encode())
    tagged = tag(tmp_path / "in.xml", since=date(2019, 1, 1))
    assert tagged.ids == ["1"]
    assert "can't be read as a date" in tagged.rejected[0]["reason"]


LAUGHS = """<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<rss><channel><item><title>&b;</title></item></channel></rss>"""


@pytest.mark.parametrize("data", [LAUGHS, RSS.format("UTF-8")[:-40], "<rss><channel><item></channel></rss>"])
def test_a_hostile_or_broken_feed_is_refused(tag: Tag, tmp_path: Path, data: str) -> None:
    (tmp_path / "in.xml").write_text(data)
    with pytest.raises(ArchiveUnreadableError):
        tag(tmp_path / "in.xml")


def test_a_tables_bad_rows_are_rejected_with_their_line(tag: Tag, tmp_path: Path) -> None:
    rows = [b"id,title,text", f'1,"a\nb",{RAIN}'.encode(), b"2,too few", b"3,\xff\xfe,bad", f"4,,{MATCH}".encode()]
    (tmp_path / "in.csv").write_bytes(b"\n".join(rows))
    tagged = tag(tmp_path / "in.csv")
    assert tagged.ids == ["1", "4"]
    assert [reject["place"] for reject in tagged.rejected] == ["in.csv:4", "in.csv:5"]


@pytest.mark.parametrize("filling", ["x" * 20_000_000, "line with words\n" * 1_000_000])
def test_an_endless_cell_costs_its_row_and_no_memory(tag: Tag, tmp_path: Path, filling: str) -> None:
    quoted = f'id,title,text\n1,,{RAIN}\n2,,"{filling}"\n3,,{MATCH}\n'
    (tmp_path / "in.csv").write_text(quoted)
    tagged = tag(tmp_path / "in.csv")
    assert tagged.ids == ["1", "3"]
    assert tagged.topics == [["weather"], ["football"]]
    assert "cell longer than 4,194,304 characters" in tagged.rejected[0]["reason"]


def test_an_endless_line_of_json_costs_only_itself(tag: Tag, tmp_path: Path) -> None:
    lines = as_json_lines().splitlines(keepends=True)
    (tmp_path / "in.jsonl").write_bytes(lines[0] + b'{"x": "' + b"y" * 40_000_000 + b'"}\n' + lines[1])
    tagged = tag(tmp_path / "in.jsonl")
    assert tagged.ids == ["a", "b"]
    assert [reject["place"] for reject in tagged.rejected] == ["in.jsonl:2"]


def test_bad_rows_of_a_column_table_are_rejected(tag: Tag, tmp_path: Path) -> None:
    good = RAIN.encode()
    bounds = struct.pack("<4i", 0, 2, 2 + len(good), 2 + len(good))
    texts = pa.StringArray.from_buffers(3, pa.py_buffer(bounds), pa.py_buffer(b"\xff\xfe" + good))
    table = pa.table({"id": [1, 2, 3], "text": texts, "title": pa.array([None, "", "ا" * 1_000_001])})
    parquet.write_table(table, tmp_path / "in.parquet")
    tagged = tag(tmp_path / "in.parquet")
    assert tagged.ids == [2]
    assert [reject["place"] for reject in tagged.rejected] == ["in.parquet:1", "in.parquet:3"]


def test_columns_of_other_types_are_taken_or_refused(tag: Tag, tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([1.5, None]), "text": pa.array([RAIN, None]).dictionary_encode()})
    parquet.write_table(table, tmp_path / "in.parquet")
    tagged = tag(tmp_path / "in.parquet")
    assert tagged.ids[0] == "1.5"
    assert tagged.topics == [["weather"], []]
    parquet.write_table(pa.table({"text": [1, 2]}), tmp_path / "in.parquet")
    with pytest.raises(ArchiveUnreadableError, match="holds int64 in column text"):
        tag(tmp_path / "in.parquet")


@pytest.mark.parametrize("name", ["in.parquet", "in.feather"])
@pytest.mark.parametrize("cut", [8, 200, -20])
def test_a_cut_table_is_refused(tag: Tag, tmp_path: Path, name: str, cut: int) -> None:
    (tmp_path / name).write_bytes(FORMS[name][:cut])
    with pytest.raises(ArchiveUnreadableError, match=name):
        tag(tmp_path / name)


def test_nothing_gives_nothing(tag: Tag, tmp_path: Path) -> None:
    for name in ("in.jsonl", "in.csv", "in.json", "in.txt"):
        (tmp_path / name).write_bytes(b"")
        assert tag(tmp_path / name).rows == []
    (tmp_path / "empty").mkdir()
    assert tag(tmp_path / "empty").rows == []
    (tmp_path / "in.json").write_text("[]")
    assert tag(tmp_path / "in.json").rows == []
