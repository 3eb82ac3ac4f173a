import json
from pathlib import Path

import pytest

from wasim.model.errors import CorpusConflictError, CorpusError, CorpusTooSmallError, CorpusUnreadableError
from wasim.training.corpus import read_corpus

TOPICS = """
[[topic]]
id = "weather"
name_ar = "الطقس"
name_en = "Weather"
"""
GOOD = {"id": "1", "title": "أمطار", "text": "غزيرة", "topics": ["weather"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "topics.toml").write_text(TOPICS, encoding="utf-8")
    return tmp_path


def write(folder: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "articles" / "a.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_articles_and_topics_are_read(folder: Path) -> None:
    corpus = read_corpus([write(folder, GOOD, GOOD | {"id": "2", "text": "صحو", "topics": []})])
    assert [topic.name_ar for topic in corpus.topics] == ["الطقس"]
    assert corpus.labels.tolist() == [[True], [False]]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "the line"),
        ({"id": "2", "title": "", "text": ""}, "topics: field required"),
        (GOOD | {"id": 2}, "id: input should be a valid string"),
        (GOOD | {"topics": "weather"}, "topics"),
        (GOOD | {"lable": 1}, "lable: extra"),
        (GOOD | {"text": None}, "text: input should be a valid string"),
    ],
)
def test_a_line_that_is_no_article_is_named_by_file_and_line(folder: Path, line: object, complaint: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=complaint) as caught:
        read_corpus([write(folder, GOOD, "", line)])
    assert "a.jsonl:3" in str(caught.value)


def test_invalid_utf_8_is_named_by_file_and_line(folder: Path) -> None:
    (folder / "articles" / "a.jsonl").write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(CorpusUnreadableError, match=r"a.jsonl:1"):
        read_corpus([folder])


@pytest.mark.parametrize("field", ["topics", "mentions"])
def test_an_unknown_topic_is_refused(folder: Path, field: str) -> None:
    with pytest.raises(CorpusError, match=r"a.jsonl:1: topic 'wether' is not defined"):
        read_corpus([write(folder, GOOD | {field: ["wether"]})])


def test_an_id_with_two_labels_names_both_places(folder: Path) -> None:
    with pytest.raises(CorpusConflictError, match=r"a.jsonl:2.*a.jsonl:1"):
        read_corpus([write(folder, GOOD, GOOD | {"topics": []})])


def test_a_text_with_two_labels_names_both_places(folder: Path) -> None:
    with pytest.raises(CorpusConflictError, match=r"a.jsonl:2.*a.jsonl:1"):
        read_corpus([write(folder, GOOD, GOOD | {"id": "2", "topics": []})])


def test_the_same_line_twice_counts_once(folder: Path) -> None:
    assert len(read_corpus([write(folder, GOOD, GOOD)]).labelled) == 1


def test_too_few_articles_are_counted(folder: Path) -> None:
    with pytest.raises(CorpusTooSmallError, match=r"weather has 1 articles with it and 0 without"):
        read_corpus([write(folder, GOOD)]).require_enough(10)


def test_a_missing_path_and_missing_topics_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="nowhere"):
        read_corpus([folder, tmp_path / "nowhere"])
    (folder / "topics.toml").unlink()
    with pytest.raises(CorpusUnreadableError, match=r"topics.toml is missing"):
        read_corpus([folder])


@pytest.mark.parametrize("toml", ["", "[[topic]]\nid = 'x'", "topic = 3", "[[topic]", TOPICS + TOPICS])
def test_topics_that_are_not_defined_right_are_refused(folder: Path, toml: str) -> None:
    (folder / "topics.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(CorpusUnreadableError, match=r"topics.toml"):
        read_corpus([folder])


def test_a_single_file_adds_to_a_corpus(folder: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(GOOD | {"id": "mine", "text": "رعد"}), encoding="utf-8")
    corpus = read_corpus([write(folder, GOOD), more])
    assert [row.id for row in corpus.labelled] == ["1", "mine"]


def test_the_fingerprint_minds_contents_and_not_their_order(folder: Path) -> None:
    other = GOOD | {"id": "2", "text": "صحو", "topics": []}
    first = read_corpus([write(folder, GOOD, other)]).fingerprint
    assert read_corpus([write(folder, other, GOOD)]).fingerprint == first
    assert read_corpus([write(folder, other, GOOD | {"text": "غزيرة."})]).fingerprint != first
