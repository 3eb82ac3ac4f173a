import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasim.model import Article, TopicModel
from wasim.model.errors import ArchiveError
from wasim.service.archive.tag import Progress, tag_archive

RAIN = {"id": "r", "title": "أمطار", "text": "رياح عاصفة وسيول"}


def write(path: Path, *rows: object) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def read(path: Path) -> list[dict[str, Any]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize(("source", "output"), [("in.jsonl", "out.jsonl"), ("in.jsonl.gz", "out.jsonl.gz")])
def test_every_row_comes_out_once_and_in_order(model: TopicModel, tmp_path: Path, source: str, output: str) -> None:
    ids = [f"نص-{number}" if number % 2 else number for number in range(519)]
    archive = write(tmp_path / source, *(RAIN | {"id": row_id, "outlet": "x"} for row_id in ids))
    summary = tag_archive(model, [archive], tmp_path / output)
    rows = read(tmp_path / output)
    assert [row["id"] for row in rows] == ids
    assert rows[0].keys() == {"id", "topics", "scores", "model"}
    assert rows[0]["topics"] == ["weather"]
    assert summary.tagged == len(ids)


def test_rows_equal_what_the_model_says(model: TopicModel, tmp_path: Path, ten_articles: list[Article]) -> None:
    rows = [{"id": str(i), "title": one.title, "text": one.text} for i, one in enumerate(ten_articles)]
    tag_archive(model, [write(tmp_path / "in.jsonl", *rows)], tmp_path / "out.jsonl")
    for row, answer in zip(read(tmp_path / "out.jsonl"), model.classify(ten_articles), strict=True):
        assert tuple(row["topics"]) == answer.topics
        assert row["scores"] == pytest.approx(answer.probabilities, abs=1e-6)


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "[]",
        '{"id": "x", "text": "\\ud800"}',
        {"headline": "neither id nor title nor text"},
        RAIN | {"id": True},
        RAIN | {"id": 1.5},
        RAIN | {"text": 3},
        RAIN | {"title": ["x"]},
        RAIN | {"text": "ا" * 1_000_001},
        "[" * 100_000,
    ],
)
def test_a_row_that_is_no_article_is_rejected_with_its_line_and_loses_no_other(
    model: TopicModel, tmp_path: Path, bad: object
) -> None:
    archive = write(tmp_path / "in.jsonl", RAIN, "", bad, RAIN | {"id": "last"})
    summary = tag_archive(model, [archive], tmp_path / "out.jsonl")
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == ["r", "last"]
    assert summary.rejected_path is not None
    [reject] = read(Path(summary.rejected_path))
    assert reject["place"] == "in.jsonl:3"
    assert reject["reason"]


def test_invalid_utf_8_is_rejected(model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"id": "x", "text": "\xff\xfe"}\n\x00\x01\x02\n')
    assert tag_archive(model, [tmp_path / "in.jsonl"], tmp_path / "out.jsonl").rejected == 2


def test_missing_and_null_fields_and_empty_articles_are_rows_without_a_topic(model: TopicModel, tmp_path: Path) -> None:
    archive = write(tmp_path / "in.jsonl", {"id": 1}, {"id": 2, "title": None, "text": None}, {"id": 3, "text": ""})
    tag_archive(model, [archive], tmp_path / "out.jsonl")
    assert [row["topics"] for row in read(tmp_path / "out.jsonl")] == [[], [], []]


def test_an_empty_archive_gives_an_empty_output(model: TopicModel, tmp_path: Path) -> None:
    tag_archive(model, [write(tmp_path / "in.jsonl")], tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def cut_short(path: Path) -> Path:
    path.write_bytes(gzip.compress(json.dumps(RAIN).encode() * 1000)[:-20])
    return path


def not_gzip(path: Path) -> Path:
    path.write_bytes(b"plain")
    return path


@pytest.mark.parametrize("make", [cut_short, not_gzip, lambda path: path, lambda path: path.parent])
def test_an_input_that_breaks_leaves_an_earlier_output_as_it_was(
    model: TopicModel, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    (tmp_path / "out.jsonl").write_text("from before")
    with pytest.raises(ArchiveError):
        tag_archive(model, [make(tmp_path / "in.jsonl.gz")], tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "from before"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_input_is_never_the_output(model: TopicModel, tmp_path: Path) -> None:
    archive = write(tmp_path / "in.jsonl", RAIN)
    with pytest.raises(ArchiveError, match="input too"):
        tag_archive(model, [archive], archive)


def test_rejects_of_an_earlier_run_do_not_stay(model: TopicModel, tmp_path: Path) -> None:
    tag_archive(model, [write(tmp_path / "in.jsonl", "bad")], tmp_path / "out.jsonl")
    tag_archive(model, [write(tmp_path / "in.jsonl", RAIN)], tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl.rejected.jsonl").exists()


def test_progress_adds_up_to_the_input(model: TopicModel, tmp_path: Path) -> None:
    archive = write(tmp_path / "in.jsonl", *[RAIN] * 1000)
    told: list[Progress] = []
    tag_archive(model, [archive], tmp_path / "out.jsonl", on_progress=told.append)
    assert told[-1] == Progress(archive.stat().st_size, archive.stat().st_size, 1000, 0)


def test_a_real_archive_is_tagged_whole(default_model: TopicModel, real_archive: Path, tmp_path: Path) -> None:
    tag_archive(default_model, [real_archive], tmp_path / "out.jsonl.gz")
    ids = [json.loads(line)["id"] for line in gzip.decompress(real_archive.read_bytes()).splitlines()]
    assert [row["id"] for row in read(tmp_path / "out.jsonl.gz")] == ids
