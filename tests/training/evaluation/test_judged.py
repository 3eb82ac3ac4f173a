import json
from pathlib import Path

import numpy as np
import pytest

from wasim.model import TopicModel
from wasim.model.errors import CorpusConflictError, CorpusUnreadableError
from wasim.training.corpus import Corpus
from wasim.training.evaluation.judged import NOT_SAID, JudgedArticles, read_judged


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_topics_and_grades_are_both_understood(model: TopicModel, tmp_path: Path) -> None:
    judged = read_judged(
        write(
            tmp_path / "judged.jsonl",
            {"title": "أمطار وسيول", "text": "", "topics": ["weather"], "mentions": ["football"]},
            {"title": "أمطار وسيول", "text": "", "grades": {"weather": 2, "football": 1}},
        ),
        model,
    )
    assert judged.truth.tolist() == [[True, False], [True, False]]
    assert judged.passing.tolist() == [[False, True], [False, True]]


@pytest.mark.parametrize(
    "row",
    [
        {"title": "", "text": ""},
        [],
        {"title": "", "text": "", "grades": 3},
        {"title": "", "text": "", "grades": {"weather": 7}},
        {"topics": []},
        {"title": None, "text": "", "topics": []},
        {"title": "", "text": "", "topics": "weather"},
    ],
)
def test_a_row_that_is_not_judged_is_named_by_line(model: TopicModel, tmp_path: Path, row: object) -> None:
    file = write(tmp_path / "judged.jsonl", {"title": "", "text": "", "topics": []}, row)
    with pytest.raises(CorpusUnreadableError, match=r"judged.jsonl:2"):
        read_judged(file, model)


def test_an_empty_or_missing_file_is_refused(model: TopicModel, tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="no article"):
        read_judged(write(tmp_path / "empty.jsonl"), model)
    with pytest.raises(CorpusUnreadableError, match="missing"):
        read_judged(tmp_path / "nowhere.jsonl", model)


def test_an_id_that_stands_twice_is_refused_with_both_lines(model: TopicModel, tmp_path: Path) -> None:
    rows = [{"id": number, "title": "", "text": "", "topics": []} for number in (1, 2, 1)]
    with pytest.raises(CorpusConflictError, match=r"judged.jsonl:3: id '1' stands at .*judged.jsonl:1"):
        read_judged(write(tmp_path / "judged.jsonl", *rows), model)


def test_topics_that_the_model_does_not_know_are_counted(model: TopicModel, tmp_path: Path) -> None:
    rows = [{"title": "", "text": "", "topics": topics} for topics in (["wether"], ["wether", "weather"], [])]
    judged = read_judged(write(tmp_path / "judged.jsonl", *rows), model)
    assert dict(judged.foreign_topics) == {"wether": 2}


def test_years_are_found_in_dates_of_any_form(model: TopicModel, tmp_path: Path) -> None:
    dates = ["2015-07-24", "Sun, 29 Jul 2018 13:13:46 GMT", "2022", "", "20221130"]
    rows = [{"title": "", "text": "", "topics": [], "date": date, "outlet": "o"} for date in dates]
    rows.append({"title": "", "text": "", "topics": [], "year": 2011})
    judged = read_judged(write(tmp_path / "judged.jsonl", *rows), model)
    assert judged.facts["year"] == ("2015", "2018", "2022", NOT_SAID, NOT_SAID, "2011")
    assert set(judged.facts) == {"year", "outlet"}


def test_some_of_the_articles_keep_all_that_is_known_of_them(corpus: Corpus) -> None:
    judged = JudgedArticles.of_corpus(corpus)
    some = judged.at(np.array([3, 1]))
    assert some.ids == (judged.ids[3], judged.ids[1])
    assert some.articles == (judged.articles[3], judged.articles[1])
    assert (some.truth == judged.truth[[3, 1]]).all()
    assert all(len(values) == 2 for values in some.facts.values())
