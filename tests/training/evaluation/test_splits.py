import datetime
from collections.abc import Callable

import numpy as np
import pytest

from wasim.model.errors import CorpusTooSmallError, SettingsError
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.evaluation.evaluate import evaluate_parts
from wasim.training.evaluation.predictions import joined
from wasim.training.evaluation.splits import SplitRule, judge_folds, split_corpus
from wasim.training.folds import NearPair, near_pairs, pairs_across, without_leaks


def changed(corpus: Corpus, change: Callable[[int, LabelledArticle], dict[str, object]]) -> Corpus:
    rows = (row.model_copy(update=change(number, row)) for number, row in enumerate(corpus.labelled))
    return Corpus(corpus.topics, tuple(rows))


@pytest.fixture(scope="module")
def dated(corpus: Corpus) -> Corpus:
    return changed(corpus, lambda number, _: {"outlet": f"outlet {number % 3}", "year": 2018 + number % 6})


@pytest.mark.parametrize("text", ["", "chance", "time", "time=yesterday", "time=2024-13-01", "desk=x"])
def test_an_unknown_split_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SettingsError, match="time=2024-01-01"):
        SplitRule.parse(text)


@pytest.mark.parametrize("rule", ["stratified", "outlet", "year"])
def test_each_article_is_judged_once_by_what_was_fitted_without_it(dated: Corpus, rule: str) -> None:
    cut = split_corpus(dated, SplitRule.parse(rule))
    assert sorted(np.concatenate([test for _, test in cut.folds])) == list(range(len(dated.labelled)))
    assert all(not set(train) & set(test) for train, test in cut.folds)


def test_an_outlet_is_never_on_both_sides(dated: Corpus) -> None:
    for train, test in split_corpus(dated, SplitRule.parse("outlet")).folds:
        sides = [{dated.labelled[row].outlet for row in side} for side in (train, test)]
        assert not sides[0] & sides[1]


def test_a_split_by_time_fits_on_the_past_and_judges_the_rest(dated: Corpus) -> None:
    [(train, test)] = split_corpus(dated, SplitRule.parse("time=2021-01-01")).folds
    assert {dated.labelled[row].year for row in train} == {2018, 2019, 2020}
    assert {dated.labelled[row].year for row in test} == {2021, 2022, 2023}


def test_an_article_whose_side_is_not_known_is_on_none(dated: Corpus) -> None:
    days = {0: datetime.date(2021, 6, 30), 1: datetime.date(2021, 7, 1), 2: None}
    mixed = changed(dated, lambda number, row: {"date": days.get(number), "year": None if number == 2 else row.year})
    cut = split_corpus(mixed, SplitRule.parse("time=2021-07-01"))
    [(train, test)] = cut.folds
    assert 0 in train
    assert 1 in test
    of_2021 = {number for number, row in enumerate(mixed.labelled) if row.year == 2021 and row.date is None}
    assert cut.undated == len(of_2021 | {2})
    assert not (of_2021 | {2}) & {*train.tolist(), *test.tolist()}


@pytest.mark.parametrize("rule", ["time=1999-01-01", "time=2050-01-01", "desk"])
def test_a_split_that_leaves_a_side_empty_is_refused(dated: Corpus, rule: str) -> None:
    with pytest.raises(CorpusTooSmallError):
        split_corpus(dated, SplitRule.parse(rule))


LONG = "أعلنت الهيئة أن أمطارا غزيرة ستهطل على المناطق الشمالية مساء الغد مع رياح قوية وموجة برد تستمر أياما"


@pytest.fixture(scope="module")
def with_copies(dated: Corpus) -> Corpus:
    copies = {0: LONG, 1: f"{LONG} بحسب البيان"}
    return changed(dated, lambda number, _: {"text": copies[number]} if number in copies else {})


def test_near_copies_are_found_and_kept_on_the_side_that_is_judged(with_copies: Corpus) -> None:
    [pair] = near_pairs(with_copies.articles)
    assert (pair.first, pair.second) == (0, 1)
    cut = split_corpus(with_copies, SplitRule.parse("outlet"))
    assert cut.kept_apart == (pair,)
    assert all(not pairs_across(fold, [pair]) for fold in cut.folds)
    assert sorted(np.concatenate([test for _, test in cut.folds])) == list(range(len(with_copies.labelled)))


def test_pairs_on_one_side_stay() -> None:
    fold = (np.array([0, 1, 2, 3]), np.array([4, 5]))
    [(train, test)] = without_leaks([fold], [NearPair(0, 1, 0.9), NearPair(4, 5, 0.9), NearPair(2, 5, 0.9)])
    assert (train.tolist(), test.tolist()) == ([0, 1, 3], [4, 5])


def test_folds_are_judged_by_models_of_their_own_and_put_together(dated: Corpus) -> None:
    cut = split_corpus(dated, SplitRule.parse("outlet"))
    folds = list(judge_folds(dated, cut))
    assert len({fold.model.name for fold in folds}) == 3
    whole = joined(folds)
    assert sorted(whole.judged.ids) == sorted(row.id for row in dated.labelled)
    evaluation = evaluate_parts(folds)
    assert evaluation.metrics.macro_f1 > 0.8
    assert {one.value for one in evaluation.slices if one.fact == "outlet"} == {"outlet 0", "outlet 1", "outlet 2"}


def test_a_topic_that_no_judged_article_has_is_not_measured(dated: Corpus) -> None:
    football = {number for number, row in enumerate(dated.labelled) if "football" in row.topics}
    early = changed(dated, lambda number, row: {"year": 2018 if number in football else row.year})
    folds = list(judge_folds(early, split_corpus(early, SplitRule.parse("time=2021-01-01"))))
    assert evaluate_parts(folds).not_judged == ("football",)
