import gzip
from pathlib import Path

import pytest

from wasim.model import Article
from wasim.model.errors import CorpusUnreadableError
from wasim.training.import_formats.records import BadRecord
from wasim.training.review.pool import PooledArticle, read_pool


def read(path: Path, text: str) -> list[PooledArticle | BadRecord]:
    path.write_text(text, encoding="utf-8")
    return list(read_pool(path))


def test_rows_may_lack_an_id_and_labels(tmp_path: Path) -> None:
    labelled, bare = read(tmp_path / "a.jsonl", '{"id": 7, "title": "x", "topics": []}\n\n{"text": "y", "outlet": "z"}')
    assert labelled == PooledArticle("7", Article("x"), frozenset())
    assert isinstance(bare, PooledArticle)
    assert bare.labels is None
    assert len(bare.id) == 24


def test_an_id_that_was_made_is_the_same_in_every_run(tmp_path: Path) -> None:
    assert read(tmp_path / "a.jsonl", '{"text": "y"}') == read(tmp_path / "b.jsonl", '{"title": null, "text": "y"}')


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "invalid json"),
        ("[]", "object"),
        ('{"title": 3}', "title"),
        ('{"title": " ", "text": ""}', "neither title nor text"),
        ('{"title": "x", "id": true}', "id"),
        ('{"title": "x", "topics": "gaza"}', "topics"),
        ('{"title": "x", "topics": [1]}', "topics"),
    ],
)
def test_a_row_that_is_no_article_is_named_and_passed_over(tmp_path: Path, row: str, reason: str) -> None:
    bad, good = read(tmp_path / "a.jsonl", f'{row}\n{{"title": "x"}}')
    assert isinstance(bad, BadRecord)
    assert bad.place.endswith("a.jsonl:1")
    assert reason in bad.reason
    assert isinstance(good, PooledArticle)


def test_an_archive_may_be_packed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"title": "x"}\n' * 2))
    assert len(list(read_pool(tmp_path / "a.jsonl.gz"))) == 2


def test_a_missing_or_torn_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b'{"title": "x"}\n' * 99)[:-9])
    (tmp_path / "plain.jsonl.gz").write_bytes(b'{"title": "x"}\n')
    for name, message in (("torn", "no whole gzip file"), ("plain", "no whole gzip file"), ("nowhere", "missing")):
        with pytest.raises(CorpusUnreadableError, match=message):
            list(read_pool(tmp_path / f"{name}.jsonl.gz"))
