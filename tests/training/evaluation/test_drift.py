import json
from pathlib import Path

import pytest

from wasim.model import TopicModel
from wasim.model.artifact import drift_reference
from wasim.model.drift import DriftReference
from wasim.model.errors import CorpusUnreadableError
from wasim.training.evaluation.drift import archive_drift


@pytest.fixture
def reference(saved: Path) -> DriftReference:
    found = drift_reference(saved)
    assert found is not None
    return found


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    return path


def test_words_that_the_model_does_not_know_are_named(
    model: TopicModel, reference: DriftReference, tmp_path: Path
) -> None:
    file = write(tmp_path / "now.jsonl", ["زلزال في المدينة", "زلزال آخر", "أمطار"])
    found = archive_drift(model, reference, file)
    assert [(word.stem, word.observed) for word in found.new_words] == [("زلزال", pytest.approx(2 / 3))]
    assert found.report.n_articles == 3


def test_with_earlier_articles_only_what_has_become_frequent_is_new(
    model: TopicModel, reference: DriftReference, tmp_path: Path
) -> None:
    earlier = write(tmp_path / "earlier.jsonl", ["بركان في المدينة"] * 60)
    now = write(tmp_path / "now.jsonl", ["بركان في المدينة"] * 30 + ["زلزال في المدينة"] * 30)
    found = archive_drift(model, reference, now, earlier)
    assert [word.stem for word in found.new_words] == ["زلزال"]
    assert found.report.length.psi == pytest.approx(0, abs=0.01)


def test_lines_that_are_no_article_are_counted_and_left_out(
    model: TopicModel, reference: DriftReference, tmp_path: Path
) -> None:
    file = write(tmp_path / "now.jsonl", ["أمطار", ""])
    with file.open("a", encoding="utf-8") as lines:
        lines.write('\nnot json\n{"text": "' + "ا" * (model.settings.longest_article + 1) + '"}\n')
    found = archive_drift(model, reference, file)
    assert (found.report.n_articles, found.n_bad) == (1, 3)


@pytest.mark.parametrize("texts", [[], [""]])
def test_a_file_without_an_article_is_refused(
    model: TopicModel, reference: DriftReference, tmp_path: Path, texts: list[str]
) -> None:
    with pytest.raises(CorpusUnreadableError, match="no article"):
        archive_drift(model, reference, write(tmp_path / "now.jsonl", texts))


def test_a_missing_file_is_refused(model: TopicModel, reference: DriftReference, tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="missing"):
        archive_drift(model, reference, tmp_path / "nowhere.jsonl")
