import json
from pathlib import Path

import pytest

from wasim.model import TopicModel
from wasim.model.errors import CorpusUnreadableError
from wasim.training.evaluation.evaluate import evaluate, read_judged


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_topics_and_grades_are_both_understood(model: TopicModel, tmp_path: Path) -> None:
    file = write(
        tmp_path / "judged.jsonl",
        {"title": "أمطار وسيول", "text": "", "topics": ["weather"]},
        {"title": "أمطار وسيول", "text": "", "grades": {"weather": 2, "football": 1}},
    )
    judged = read_judged(file, model)
    assert judged.truth.tolist() == [[True, False], [True, False]]
    assert judged.passing.tolist() == [[False, False], [False, True]]
    assert evaluate(model, judged).lenient_macro_f1 == 1


@pytest.mark.parametrize("row", [{"title": "", "text": ""}, [], {"title": "", "text": "", "grades": 3}, {"topics": []}])
def test_a_row_that_is_not_judged_is_named_by_line(model: TopicModel, tmp_path: Path, row: object) -> None:
    file = write(tmp_path / "judged.jsonl", {"title": "", "text": "", "topics": []}, row)
    with pytest.raises(CorpusUnreadableError, match=r"judged.jsonl:2"):
        read_judged(file, model)


def test_an_empty_or_missing_file_is_refused(model: TopicModel, tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="no article"):
        read_judged(write(tmp_path / "empty.jsonl"), model)
    with pytest.raises(CorpusUnreadableError, match="missing"):
        read_judged(tmp_path / "nowhere.jsonl", model)
