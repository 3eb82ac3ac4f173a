"""Corrections become training articles, and win over what the corpus said."""

import json
from pathlib import Path

import pytest

from wasim.model.errors import CorpusError, CorpusUnreadableError
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.feedback import with_corrections


def written(path: Path, *rows: dict[str, object]) -> Path:
    file = path / "feedback.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def row(article: LabelledArticle, *topics: str, number: int = 0) -> dict[str, object]:
    return {"id": f"feedback-{number}", "title": article.title, "text": article.text, "topics": topics}


def test_a_new_article_is_added(corpus: Corpus, tmp_path: Path) -> None:
    new = LabelledArticle(id="feedback-1", title="عاصفة", text="رياح وأمطار", topics=("weather",))
    file = written(tmp_path, row(new, "weather", number=1))
    assert with_corrections(corpus, file).labelled == (*corpus.labelled, new)


def test_a_correction_replaces_the_same_article(corpus: Corpus, tmp_path: Path) -> None:
    first = corpus.labelled[0]
    assert first.topics == ("weather",)
    corrected = with_corrections(corpus, written(tmp_path, row(first, "football")))
    assert len(corrected.labelled) == len(corpus.labelled)
    assert [one.topics for one in corrected.labelled if one.article == first.article] == [("football",)]


def test_of_two_corrections_of_one_article_the_last_holds(corpus: Corpus, tmp_path: Path) -> None:
    first = corpus.labelled[0]
    file = written(tmp_path, row(first, "football", number=1), row(first, number=2))
    assert [one.topics for one in with_corrections(corpus, file).labelled if one.article == first.article] == [()]


def test_no_corrections_change_nothing(corpus: Corpus, tmp_path: Path) -> None:
    assert with_corrections(corpus, written(tmp_path)).fingerprint == corpus.fingerprint


def test_an_unknown_topic_is_named_with_its_place(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"feedback\.jsonl:1: topic 'chess'"):
        with_corrections(corpus, written(tmp_path, row(corpus.labelled[0], "chess")))


@pytest.mark.parametrize("content", [None, "[]", '{"id": "x"}', "\xff"])
def test_a_file_that_is_no_export_is_refused(corpus: Corpus, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "feedback.jsonl"
    if content is not None:
        file.write_text(content, encoding="latin-1")
    with pytest.raises(CorpusUnreadableError, match=r"feedback\.jsonl"):
        with_corrections(corpus, file)
