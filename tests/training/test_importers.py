import json
import os
import zipfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from wasim.model.errors import CorpusUnreadableError, SettingsError
from wasim.training.corpus import LabelledArticle, read_articles
from wasim.training.import_formats import limits
from wasim.training.import_formats import lines as line_reading
from wasim.training.importers import FORMATS, ColumnNames, import_articles, write_corpus_rows

COLUMNS = ColumnNames()
TOPIC_OF = {"Sports": "sport", "Medical": "health"}
SAUDI = {"source": "Sports", "url": "", "date_extracted": "", "title": "فوز", "author": "", "content": "فاز الفريق"}
ROW = {"id": "7", "title": "فوز", "text": "فاز الفريق", "topics": "Sports"}


def read(
    format_name: str,
    source: Path,
    columns: ColumnNames = COLUMNS,
    topic_of: Mapping[str, str] = TOPIC_OF,
    skip_bad: Path | None = None,
) -> list[LabelledArticle]:
    return list(import_articles(format_name, source, columns, topic_of, skip_bad))


def file(tmp_path: Path, name: str, contents: str | bytes) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return path


def archive(tmp_path: Path, members: Mapping[str, object], name: str = "news.zip") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for member, contents in members.items():
            opened.writestr(member, contents if isinstance(contents, str | bytes) else json.dumps(contents))
    return path


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def skipped(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def one_of_each(tmp_path: Path) -> dict[str, Path]:
    file(tmp_path, "sanad/Sports/0001.txt", "\ufeffفاز الفريق")
    return {
        "sanad": tmp_path / "sanad",
        "ant": file(tmp_path, "a.xml", "<DOC><SECTION>Sports</SECTION><TEXT>فاز الفريق</TEXT></DOC>"),
        "saudinewsnet": archive(tmp_path, {"2015-07-21.json": [SAUDI]}),
        "jsonl": file(tmp_path, "a.jsonl", json.dumps(ROW)),
        "csv": file(tmp_path, "a.csv", "id,title,text,topics\n7,فوز,فاز الفريق,Sports\n"),
        "tsv": file(tmp_path, "a.tsv", "id\ttitle\ttext\ttopics\n7\tفوز\tفاز الفريق\tSports\n"),
        "parquet": table(tmp_path / "a.parquet", [ROW]),
        "annif": file(tmp_path, "annif.tsv", "فاز الفريق\t<http://example.org/Sports>\n"),
        "fasttext": file(tmp_path, "a.txt", "__label__Sports فاز الفريق\n"),
    }


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_gives_text_topics_and_an_id_that_is_stable(tmp_path: Path, format_name: str) -> None:
    source = one_of_each(tmp_path)[format_name]
    [article] = read(format_name, source)
    assert (article.text, article.topics) == ("فاز الفريق", ("sport",))
    assert read(format_name, source) == [article]


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_label_that_is_not_mapped_gives_no_topic(tmp_path: Path, format_name: str) -> None:
    [article] = read(format_name, one_of_each(tmp_path)[format_name], topic_of={"Religion": "religion"})
    assert article.topics == ()


@pytest.mark.parametrize("format_name", sorted(set(FORMATS) - {"sanad", "parquet"}))
def test_an_empty_file_has_no_article(tmp_path: Path, format_name: str) -> None:
    source = archive(tmp_path, {"a.json": []}) if format_name == "saudinewsnet" else file(tmp_path, "empty", "")
    with pytest.raises(CorpusUnreadableError, match=r"has no article in the format"):
        read(format_name, source)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_missing_path_is_named(tmp_path: Path, format_name: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"nowhere is missing"):
        import_articles(format_name, tmp_path / "nowhere", COLUMNS, TOPIC_OF, None)


def test_an_unknown_format_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'feather'. Choose one of sanad, ant"):
        import_articles("feather", tmp_path, COLUMNS, TOPIC_OF, None)


@pytest.mark.parametrize("format_name", ["jsonl", "csv", "tsv", "annif", "fasttext"])
def test_a_folder_for_a_file_is_refused(tmp_path: Path, format_name: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"is a folder. Name one file"):
        read(format_name, tmp_path)


def test_a_file_for_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"is a file. Name the folder"):
        read("sanad", file(tmp_path, "a.txt", "نص"))


@pytest.mark.parametrize(
    ("format_name", "contents"),
    [
        ("jsonl", b'\n{"text": "\xff"}\n'),
        ("annif", b"\n\xc7\xe1\t<http://example.org/Sports>\n"),
        ("fasttext", b"\n__label__Sports \xc7\xe1\n"),
        ("csv", b"id,title,text,topics\n1,,\xc7\xe1,Sports\n"),
        ("tsv", b"id\ttitle\ttext\ttopics\n1\t\t\xc7\xe1\tSports\n"),
    ],
)
def test_a_wrong_encoding_is_named_by_file_and_line(tmp_path: Path, format_name: str, contents: bytes) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"set:2: not UTF-8 \(byte 0x\w\w after .*Convert the file"):
        read(format_name, file(tmp_path, "set", contents))


def test_a_wrong_encoding_in_a_folder_archive_or_element_is_named(tmp_path: Path) -> None:
    file(tmp_path, "sanad/Sports/1.txt", b"ok\n\xc7\xe1")
    with pytest.raises(CorpusUnreadableError, match=r"Sports/1.txt:2: not UTF-8"):
        read("sanad", tmp_path / "sanad")
    with pytest.raises(CorpusUnreadableError, match=r"news.zip:a.json: not UTF-8"):
        read("saudinewsnet", archive(tmp_path, {"a.json": b'["\xc7\xe1"]'}))
    with pytest.raises(CorpusUnreadableError, match=r"a.xml:1: line 2: not UTF-8"):
        read("ant", file(tmp_path, "a.xml", b"<DOC>\n<TEXT>\xc7\xe1</TEXT>\n</DOC>"))


@pytest.mark.parametrize(
    ("format_name", "lines"),
    [
        ("jsonl", [json.dumps(ROW), json.dumps(ROW | {"text": "ا" * 300}), json.dumps(ROW)]),
        ("csv", ["id,title,text,topics", f"1,,{'ا' * 300},", "7,فوز,فاز الفريق,Sports"]),
        ("annif", ["نص\tex:a", f"{'ا' * 300}\tex:a", "فاز الفريق\tex:a"]),
        ("fasttext", ["__label__a نص", f"__label__a {'ا' * 300}", "__label__a فاز الفريق"]),
    ],
)
def test_a_line_beyond_the_limit_is_passed_over_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_name: str, lines: list[str]
) -> None:
    monkeypatch.setattr(limits, "LONGEST_LINE", 200)
    monkeypatch.setattr(line_reading, "_DRAIN", 16)
    source = file(tmp_path, "set", "\n".join(lines))
    assert read(format_name, source, skip_bad=tmp_path / "bad.jsonl")[-1].text == "فاز الفريق"
    [bad] = skipped(tmp_path / "bad.jsonl")
    assert bad["place"] == f"{source}:2"
    assert "longer than 200 bytes" in bad["reason"]


def test_a_line_of_just_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "__label__Sports نص"
    monkeypatch.setattr(limits, "LONGEST_LINE", len(line.encode()))
    assert len(read("fasttext", file(tmp_path, "a", f"{line}\n{line}"))) == 2


def test_files_members_and_elements_beyond_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LONGEST_LINE", 100)
    file(tmp_path, "sanad/Sports/1.txt", "نص\n" * 50)
    with pytest.raises(CorpusUnreadableError, match=r"1.txt: 250 bytes; an article has up to 100"):
        read("sanad", tmp_path / "sanad")
    with pytest.raises(CorpusUnreadableError, match=r"a.json: longer than 100 bytes"):
        read("saudinewsnet", archive(tmp_path, {"a.json": [SAUDI]}))
    with pytest.raises(CorpusUnreadableError, match=r"a.xml:1: longer than 100 characters"):
        read("ant", file(tmp_path, "a.xml", "<DOC><TEXT>" + "نص\n" * 50 + "</TEXT></DOC>"))


def test_an_article_beyond_the_csv_modules_own_limit_is_read(tmp_path: Path) -> None:
    [article] = read("csv", file(tmp_path, "a.csv", f"id,title,text,topics\n1,,{'نص ' * 60_000},\n"))
    assert len(article.text) > 131_072


# What is bad goes to the file of bad records, and the import goes on


def test_bad_records_are_written_with_place_and_reason_and_the_rest_is_read(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", f"{json.dumps(ROW)}\n{{\n\n[]\n{json.dumps(ROW | {'id': '8'})}\n")
    assert [article.id for article in read("jsonl", source, skip_bad=tmp_path / "bad.jsonl")] == ["7", "8"]
    first, second = skipped(tmp_path / "bad.jsonl")
    assert (first["place"], second["place"]) == (f"{source}:2", f"{source}:4")
    assert "not JSON" in first["reason"]
    assert "no JSON object" in second["reason"]


def test_bad_records_are_written_as_they_come(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", f"{{\n{json.dumps(ROW)}\n")
    articles = import_articles("jsonl", source, COLUMNS, TOPIC_OF, tmp_path / "bad.jsonl")
    next(articles)
    assert len(skipped(tmp_path / "bad.jsonl")) == 1
    list(articles)


def test_without_bad_records_there_is_no_file_of_them(tmp_path: Path) -> None:
    file(tmp_path, "bad.jsonl", "of an earlier run")
    read("jsonl", file(tmp_path, "a.jsonl", json.dumps(ROW)), skip_bad=tmp_path / "bad.jsonl")
    assert not (tmp_path / "bad.jsonl").exists()


def test_a_set_of_bad_records_only_has_no_article(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"no article in the format jsonl; 2 records were bad"):
        read("jsonl", file(tmp_path, "a.jsonl", "{\n{\n"), skip_bad=tmp_path / "bad.jsonl")


def test_bad_records_do_not_overwrite_the_set(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", json.dumps(ROW))
    with pytest.raises(SettingsError, match=r"is part of"):
        read("jsonl", source, skip_bad=source)
    assert json.loads(source.read_bytes()) == ROW


def test_a_set_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", "\n".join([json.dumps(ROW)] * 3 + ["{"]))
    assert len(list(islice(import_articles("jsonl", source, COLUMNS, TOPIC_OF, None), 3))) == 3


def test_a_file_whose_name_is_no_utf_8_is_read_or_reported(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xc7.txt")
    file(tmp_path, f"sanad/Sports/{name}", "نص")
    file(tmp_path, f"sanad/Sports/1{name}", "")
    assert len(read("sanad", tmp_path / "sanad", skip_bad=tmp_path / "bad.jsonl")) == 1
    assert r"1\udcc7.txt" in skipped(tmp_path / "bad.jsonl")[0]["place"]


def test_an_article_without_title_and_text_or_with_an_endless_id_is_bad(tmp_path: Path) -> None:
    empty, endless = json.dumps(ROW | {"title": " ", "text": None}), json.dumps(ROW | {"id": "7" * 201})
    with pytest.raises(CorpusUnreadableError, match=r"a.jsonl:1: neither title nor text"):
        read("jsonl", file(tmp_path, "a.jsonl", empty))
    with pytest.raises(CorpusUnreadableError, match=r"a.jsonl:1: id: string should have at most 200"):
        read("jsonl", file(tmp_path, "a.jsonl", endless))


def test_made_ids_differ_by_place_and_survive_a_move(tmp_path: Path) -> None:
    lines = "__label__Sports نص\n__label__Sports نص\n"
    ids = [article.id for article in read("fasttext", file(tmp_path, "a/set", lines))]
    assert len(set(ids)) == 2
    assert [article.id for article in read("fasttext", file(tmp_path, "b/other", lines))] == ids


# SANAD


def test_sanad_categories_may_lie_deeper_and_hidden_files_are_none(tmp_path: Path) -> None:
    file(tmp_path, "Train/Sports/1.txt", "فاز")
    file(tmp_path, "Train/Medical/1.txt", "لقاح")
    file(tmp_path, "Train/Medical/.DS_Store", b"\x00")
    assert [article.topics for article in read("sanad", tmp_path)] == [("health",), ("sport",)]


@pytest.mark.parametrize(
    ("name", "complaint"), [("1.txt", "in no category's folder"), ("Sports/1.doc", "no .txt file")]
)
def test_a_file_that_is_no_article_of_sanad_is_named(tmp_path: Path, name: str, complaint: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=rf"{name}: .*{complaint}"):
        read("sanad", file(tmp_path, f"sanad/{name}", "نص").parents[name.count("/")])


# ANT


def test_ant_is_read_though_it_is_no_well_formed_xml(tmp_path: Path) -> None:
    source = file(
        tmp_path,
        "a.xml",
        '<?xml version="1.0"?>\n<!DOCTYPE r [\n<!ENTITY xxe SYSTEM "file:///etc/passwd">\n]>\n<corpus>\n'
        "<DOC>\n<ID> 12 </ID><TITLE>فوز &amp; خسارة</TITLE>\n<SECTION>Sports\n<TEXT>قال & فاز <b>الفريق</b> &xxe;\n"
        "ثم <![CDATA[3 < 4]]></TEXT>\n</DOC>\n<article><text>لقاح</text><category>Medical</category></article>\n"
        "</corpus>",
    )
    first, second = read("ant", source)
    assert (first.id, first.title, first.topics) == ("12", "فوز & خسارة", ("sport",))
    assert first.text == "قال & فاز  الفريق  &xxe;\nثم 3 < 4"
    assert (second.text, second.topics) == ("لقاح", ("health",))


def test_ant_may_be_a_folder_and_frames_around_articles_are_none(tmp_path: Path) -> None:
    file(tmp_path, "ant/1.xml", "<doc><article><text>أ</text></article>\n<article><text>ب</text></article></doc>")
    file(tmp_path, "ant/2.xml", "<doc>\n<docno>5</docno><text>ج</text>\n</doc>")
    assert [article.text for article in read("ant", tmp_path / "ant")] == ["أ", "ب", "ج"]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("<DOC><TEXT>نص</TEXT>", "is not closed"),
        ("كلام بين المقالات", "text outside of any <DOC>"),
        ("<DOC><ID>1</ID><BODY>نص</BODY></DOC>", "has no TEXT tag; its tags are ID, BODY"),
    ],
)
def test_what_is_no_article_of_ant_is_reported_and_the_next_is_read(tmp_path: Path, bad: str, complaint: str) -> None:
    good = "<DOC><ID>9</ID><TEXT>سليم</TEXT></DOC>"
    source = file(tmp_path, "a.xml", f"{good}\n{bad}\n{good}\n")
    assert [article.id for article in read("ant", source, skip_bad=tmp_path / "bad.jsonl")] == ["9", "9"]
    [record] = skipped(tmp_path / "bad.jsonl")
    assert complaint in record["reason"]


def test_an_ant_file_that_breaks_off_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"a.xml:2: is not closed"):
        read("ant", file(tmp_path, "a.xml", "<DOC><TEXT>نص</TEXT></DOC>\n<DOC><TEXT>نص"))


# SaudiNewsNet


def test_saudinewsnet_may_be_a_folder_of_archives(tmp_path: Path) -> None:
    archive(tmp_path, {"a.json": [SAUDI, SAUDI], "__MACOSX/._a.json": b"\x00"}, "1.zip")
    archive(tmp_path, {"a.json": [SAUDI]}, "2.zip")
    assert [article.title for article in read("saudinewsnet", tmp_path)] == ["فوز"] * 3


def test_a_truncated_zip_is_named(tmp_path: Path) -> None:
    whole = archive(tmp_path, {"a.json": [SAUDI]})
    whole.write_bytes(whole.read_bytes()[:-30])
    with pytest.raises(CorpusUnreadableError, match=r"news.zip: no whole zip file .*Fetch it again"):
        read("saudinewsnet", whole)


def test_a_zip_with_damaged_contents_is_named_by_member(tmp_path: Path) -> None:
    whole = archive(tmp_path, {"a.json": [SAUDI] * 50, "b.json": [SAUDI]})
    data = bytearray(whole.read_bytes())
    data[60:70] = b"\xff" * 10
    whole.write_bytes(data)
    assert len(read("saudinewsnet", whole, skip_bad=tmp_path / "bad.jsonl")) == 1
    [bad] = skipped(tmp_path / "bad.jsonl")
    assert bad["place"] == f"{whole}:a.json"
    assert "can't be unpacked" in bad["reason"]


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"a.json": "<html>"}, "news.zip:a.json: not JSON"),
        ({"a.json": SAUDI}, "news.zip:a.json: no JSON array"),
        ({"a.txt": "نص"}, "news.zip:a.txt: no .json file"),
        ({"a.json": [SAUDI, 3]}, "news.zip:a.json:2: no JSON object"),
        ({"a.json": [SAUDI | {"content": 3}]}, "news.zip:a.json:1: content is not a text"),
        (
            {"a.json": [{"source": "", "title": ""}]},
            "news.zip:a.json:1: column content is missing; there are source, title",
        ),
    ],
)
def test_a_member_or_record_that_is_none_is_named(
    tmp_path: Path, members: Mapping[str, object], complaint: str
) -> None:
    with pytest.raises(CorpusUnreadableError, match=complaint):
        read("saudinewsnet", archive(tmp_path, members))


# Columns


@pytest.mark.parametrize(
    ("format_name", "contents"),
    [("csv", "id,headline,text\n1,أ,ب\n"), ("tsv", "id\theadline\ttext\n"), ("jsonl", '{"headline": "أ", "text": ""}')],
)
def test_missing_columns_are_named_with_those_that_are_there(tmp_path: Path, format_name: str, contents: str) -> None:
    with pytest.raises(
        CorpusUnreadableError, match=r"set:1: column title, topics is missing; there are .*headline, text"
    ):
        read(format_name, file(tmp_path, "set", contents))


def test_missing_columns_of_a_table_are_no_bad_record(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"is missing"):
        read("csv", file(tmp_path, "a.csv", "text\nنص\n"), skip_bad=tmp_path / "bad.jsonl")


@pytest.mark.parametrize(
    ("format_name", "contents"),
    [("csv", '\ufeffbody,cat\n"نص, طويل",Sports\n'), ("jsonl", '{"body": "نص, طويل", "cat": "Sports"}')],
)
def test_columns_have_the_sets_own_names_and_may_be_left_out(tmp_path: Path, format_name: str, contents: str) -> None:
    columns = ColumnNames(id="", title="", text="body", topics="cat")
    [article] = read(format_name, file(tmp_path, "set", contents), columns)
    assert (article.title, article.text, article.topics) == ("", "نص, طويل", ("sport",))


@pytest.mark.parametrize("separator", [";", "|", ",", " ; "])
def test_a_topics_cell_holds_several_labels(tmp_path: Path, separator: str) -> None:
    cell = separator.join(["Medical", "Other", "Sports", "Medical"])
    [in_table] = read("csv", file(tmp_path, "a.csv", f'id,title,text,topics\n1,أ,ب,"{cell}"\n'))
    [in_json] = read("jsonl", file(tmp_path, "a.jsonl", json.dumps(ROW | {"topics": cell})))
    assert in_table.topics == in_json.topics == ("health", "sport")


def test_topics_of_json_may_be_a_list_and_numbers(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", json.dumps(ROW | {"id": 7, "topics": ["Sports", 3]}))
    [article] = read("jsonl", source, topic_of=TOPIC_OF | {"3": "third"})
    assert (article.id, article.topics) == ("7", ("sport", "third"))


@pytest.mark.parametrize("value", [{"a": 1}, [["Sports"]], True, 1.5])
def test_topics_of_json_that_are_no_labels_are_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"a.jsonl:1: topics is neither a text nor"):
        read("jsonl", file(tmp_path, "a.jsonl", json.dumps(ROW | {"topics": value})))


def test_a_quoted_cell_may_hold_lines(tmp_path: Path) -> None:
    source = file(tmp_path, "a.csv", 'id,title,text,topics\r\n1,أ,"سطر\r\nوسطر",Sports\r\n\r\n2,ب,نص,\r\n')
    assert [article.text for article in read("csv", source)] == ["سطر\r\nوسطر", "نص"]


@pytest.mark.parametrize(
    ("bad", "place", "complaint"),
    [
        ("1,أ,ب", "3", "3 cells; the header has 4"),
        ('1,أ,"ب" ج,', "3", "expected after"),
    ],
)
def test_a_bad_row_is_reported_and_the_next_is_read(tmp_path: Path, bad: str, place: str, complaint: str) -> None:
    source = file(tmp_path, "a.csv", f"id,title,text,topics\n7,أ,ب,\n{bad}\n8,أ,ب,\n")
    assert [article.id for article in read("csv", source, skip_bad=tmp_path / "bad.jsonl")] == ["7", "8"]
    [record] = skipped(tmp_path / "bad.jsonl")
    assert record["place"] == f"{source}:{place}"
    assert complaint in record["reason"]


def test_a_quote_that_is_never_closed_names_the_lines_it_swallows(tmp_path: Path) -> None:
    source = file(tmp_path, "a.csv", 'id,title,text,topics\n7,أ,ب,\n8,أ,"ب,\n9,أ,ب,\n')
    assert [article.id for article in read("csv", source, skip_bad=tmp_path / "bad.jsonl")] == ["7"]
    assert [record["place"] for record in skipped(tmp_path / "bad.jsonl")] == [f"{source}:3-4"]


# Annif and fastText


def test_the_last_part_of_a_uri_is_the_label(tmp_path: Path) -> None:
    uris = "<http://example.org/a/Sports> <http://example.org/x#Medical> <http://example.org/%D9%81%D9%86/>"
    [article] = read("annif", file(tmp_path, "set", f"نص\t{uris}\n"), topic_of=TOPIC_OF | {"فن": "art", "x": "wrong"})
    assert article.topics == ("sport", "health", "art")


@pytest.mark.parametrize(
    ("line", "complaint"), [("نص بلا علامة", "has no tab"), ("نص\tSports", "'Sports' after the tab is no URI")]
)
def test_a_line_that_is_not_annifs_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=rf"set:1: {complaint}"):
        read("annif", file(tmp_path, "set", line))


def test_fasttext_labels_stand_apart_from_the_text(tmp_path: Path) -> None:
    [article] = read("fasttext", file(tmp_path, "set", "__label__Sports __label__Medical فاز x__label__y\n"))
    assert (article.text, article.topics) == ("فاز x__label__y", ("sport", "health"))


def test_a_line_without_a_label_is_not_fasttexts(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match=r"set:1: has no __label__"):
        read("fasttext", file(tmp_path, "set", "فاز الفريق\n"))


# Writing


def test_rows_that_are_written_are_rows_of_a_corpus(tmp_path: Path) -> None:
    articles = read("csv", one_of_each(tmp_path)["csv"])
    assert write_corpus_rows(articles, tmp_path / "out.jsonl").total() == 1
    assert [article for _, article in read_articles(tmp_path / "out.jsonl")] == articles


def test_an_import_that_fails_leaves_the_output_as_it_was(tmp_path: Path) -> None:
    source = file(tmp_path, "a.jsonl", f"{json.dumps(ROW)}\n{{\n")
    output = file(tmp_path, "out/out.jsonl", "before")
    with pytest.raises(CorpusUnreadableError, match=r"a.jsonl:2"):
        write_corpus_rows(import_articles("jsonl", source, COLUMNS, TOPIC_OF, None), output)
    assert [(path.name, path.read_text()) for path in output.parent.iterdir()] == [("out.jsonl", "before")]


def test_parquet_rows_are_read_in_order_with_lists_and_nulls(tmp_path: Path) -> None:
    rows = [ROW | {"id": str(number), "topics": ["Sports"]} for number in range(5)] + [
        ROW | {"id": "5", "title": None, "topics": []}
    ]
    articles = read("parquet", table(tmp_path / "a.parquet", rows))
    assert [article.id for article in articles] == [str(number) for number in range(6)]
    assert articles[0].topics == ("sport",)
    assert articles[-1].title == ""


def test_a_parquet_file_cut_short_is_named(tmp_path: Path) -> None:
    whole = table(tmp_path / "a.parquet", [ROW]).read_bytes()
    with pytest.raises(CorpusUnreadableError, match=r"a\.parquet:row 1: no whole Parquet file"):
        read("parquet", file(tmp_path, "a.parquet", whole[:-9]))


def test_a_parquet_file_without_a_column_names_those_that_are_there(tmp_path: Path) -> None:
    source = table(tmp_path / "a.parquet", [{"id": "1", "body": "x"}])
    with pytest.raises(CorpusUnreadableError, match=r"column title, text, topics is missing; there are id, body"):
        read("parquet", source)


def test_a_parquet_cell_that_is_no_text_is_a_bad_record(tmp_path: Path) -> None:
    source = table(tmp_path / "a.parquet", [ROW | {"text": 3}])
    with pytest.raises(CorpusUnreadableError, match=r"row 1: text is not a text"):
        read("parquet", source)
