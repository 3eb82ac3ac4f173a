"""The rows' several forms: what is in them, that shards make no difference, and what is refused."""

import csv
import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from tests.service.archive.conftest import MATCH, NOTHING, RAIN
from wasim.model import TopicModel
from wasim.model.errors import ArchiveError, SettingsError
from wasim.service.archive.options import ColumnNames, ReadOptions, RunOptions, TagOptions, WriteOptions
from wasim.service.archive.tag import tag_archive

ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": RAIN, "date": "Thu, 02 Jan 2020 10:00:00 GMT", "outlet": 'x "y", ز'},
    {"id": 2, "text": f"{MATCH} {RAIN}", "date": "2020-01-02", "outlet": None},
    {"id": "http://news.example/3", "text": NOTHING, "date": "soon", "outlet": {"name": "z"}},
]


def tag_rows(
    model: TopicModel, output: Path, write: WriteOptions | None = None, keep: Sequence[str] = (), **given: Any
) -> Path:
    source = output.parent.parent / f"{output.parent.name}-in.jsonl"
    source.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in given.get("rows", ROWS)))
    read = ReadOptions(ColumnNames(keep=tuple(keep)), shard_bytes=given.get("shard_bytes", 1))
    tag_archive(model, [source], output, TagOptions(read, write or WriteOptions(), RunOptions(1)))
    return output


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_json_lines_carry_what_is_kept(small: TopicModel, tmp_path: Path) -> None:
    rows = json_lines(tag_rows(small, tmp_path / "out.jsonl", keep=["outlet"]))
    assert [row["outlet"] for row in rows] == [row["outlet"] for row in ROWS]
    assert list(rows[0]) == ["id", "topics", "scores", "model", "outlet"]


def test_csv_has_a_header_and_a_column_for_each_topic(small: TopicModel, tmp_path: Path) -> None:
    output = tag_rows(small, tmp_path / "out.csv", keep=["outlet"])
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "topics", "weather", "football", "model", "outlet"]
    assert [row["id"] for row in rows] == ["a", "2", "http://news.example/3"]
    assert [row["topics"] for row in rows] == ["weather", "weather;football", ""]
    assert [row["outlet"] for row in rows] == ['x "y", ز', "", '{"name":"z"}']
    assert float(rows[0]["weather"]) > 0.5


def test_parquet_is_typed(small: TopicModel, tmp_path: Path) -> None:
    table = parquet.read_table(tag_rows(small, tmp_path / "out.parquet", keep=["outlet"]))
    assert table.schema.names == ["id", "topics", "score_weather", "score_football", "model", "outlet"]
    assert table.schema.field("topics").type == pa.list_(pa.field("element", pa.string()))
    assert table.schema.field("score_weather").type == pa.float64()
    assert table["topics"].to_pylist() == [["weather"], ["weather", "football"], []]


def test_parquet_keeps_the_types_of_parquet(small: TopicModel, tmp_path: Path) -> None:
    source = pa.table({"id": ["a"], "text": [RAIN], "when": [date(2020, 1, 2)], "tags": [["x"]]})
    parquet.write_table(source, tmp_path / "in.parquet")
    options = TagOptions(ReadOptions(ColumnNames(keep=("when", "tags"))))
    tag_archive(small, [tmp_path / "in.parquet"], tmp_path / "out.parquet", options)
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.select(["when", "tags"]).to_pylist() == source.select(["when", "tags"]).to_pylist()
    assert table.schema.field("when").type == pa.date32()


def test_ninjs_names_the_subjects(small: TopicModel, tmp_path: Path) -> None:
    output = tag_rows(small, tmp_path / "out.jsonl", WriteOptions("ninjs"), keep=["outlet"])
    items = json_lines(output)
    assert [item["uri"] for item in items] == ["urn:wasim:article:a", "urn:wasim:article:2", "http://news.example/3"]
    assert [[subject["literal"] for subject in item["subjects"]] for item in items] == [
        ["weather"],
        ["weather", "football"],
        [],
    ]
    subject = items[0]["subjects"][0]
    assert subject.keys() == {
        "name",
        "rel",
        "uri",
        "literal",
        "creator",
        "confidence",
    }
    assert isinstance(subject["confidence"], int)
    assert items[0]["altids"] == [{"role": "id", "value": "a"}, {"role": "outlet", "value": 'x "y", ز'}]


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.csv.gz", "out.jsonl.zst"])
def test_small_shards_and_one_large_hold_the_same(small: TopicModel, tmp_path: Path, name: str) -> None:
    def content(folder: str, shard_bytes: int) -> bytes:
        (tmp_path / folder).mkdir()
        data = tag_rows(small, tmp_path / folder / name, shard_bytes=shard_bytes).read_bytes()
        if name.endswith(".gz"):
            return gzip.decompress(data)
        if name.endswith(".zst"):
            return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
        return data

    assert content("many", 1) == content("one", 1 << 20)


@pytest.mark.parametrize("layout", ["jsonl", "csv", "parquet"])
def test_a_folder_by_date(small: TopicModel, tmp_path: Path, layout: Any) -> None:
    output = tag_rows(small, tmp_path / "out", WriteOptions(layout, "date"))
    files = sorted(str(path.relative_to(output)) for path in output.rglob("part-*"))
    assert files == [
        f"date=2020-01-02/part-00000000.{layout}",
        f"date=2020-01-02/part-00000001.{layout}",
        f"date=unknown/part-00000002.{layout}",
    ]
    if layout == "csv":
        assert (output / files[1]).read_text().startswith("id,topics,")
    if layout == "parquet":
        assert [parquet.read_table(output / name)["id"].to_pylist() for name in files] == [
            ["a"],
            ["2"],
            [ROWS[2]["id"]],
        ]


def test_a_folder_by_shard_replaces_only_its_like(small: TopicModel, tmp_path: Path) -> None:
    output = tag_rows(small, tmp_path / "out", WriteOptions(partition="shard"))
    assert len(list(output.glob("part-*.jsonl"))) == 3
    assert json.loads((output / "_wasim.json").read_text())["tagged"] == 3
    tag_rows(small, output, WriteOptions(partition="shard"), rows=ROWS[:1])
    assert len(list(output.glob("part-*.jsonl"))) == 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(ArchiveError, match="no output of wasim"):
        tag_rows(small, tmp_path / "mine", WriteOptions(partition="shard"))
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


@pytest.mark.parametrize("keep", [["topics"], ["weather"], ["outlet", "outlet"]])
def test_kept_names_must_not_clash(small: TopicModel, tmp_path: Path, keep: list[str]) -> None:
    with pytest.raises(SettingsError, match="--keep"):
        tag_rows(small, tmp_path / "out.jsonl", keep=keep)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl.gz"])
def test_nothing_is_written_well_too(small: TopicModel, tmp_path: Path, name: str) -> None:
    output = tag_rows(small, tmp_path / name, rows=[])
    if name.endswith("csv"):
        assert output.read_bytes() == b"id,topics,weather,football,model\r\n"
    elif name.endswith("parquet"):
        assert parquet.read_table(output).num_rows == 0
    else:
        assert gzip.decompress(output.read_bytes()) == b""
