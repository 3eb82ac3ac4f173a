from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.model.errors import ArtifactCorruptError
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import confusion_of, evaluate
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.predictions import Predictions, predict
from wasim.training.evaluation.slices import MOST_SLICES, OTHERS, measure_slices


def judge(*rows: tuple[str, list[int]]) -> JudgedArticles:
    truth = np.array([topics for _, topics in rows], dtype=np.bool_)
    return JudgedArticles(tuple(Article(text) for text, _ in rows), truth, np.zeros_like(truth))


def test_an_evaluation_sees_what_the_model_says(model: TopicModel) -> None:
    evaluation = evaluate(model, judge(("أمطار وسيول", [1, 0]), ("هدف في مباراة", [0, 1]), ("مجهولة", [0, 0])))
    assert evaluation.metrics.macro_f1 == evaluation.lenient_macro_f1 == evaluation.metrics.all_right == 1
    assert evaluation.metrics.without_topic == pytest.approx(1 / 3)
    assert evaluation.coverage.without_known_term == 1
    assert evaluation.confusion.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_topic_that_no_article_has_is_said_not_to_be_judged(model: TopicModel) -> None:
    evaluation = evaluate(model, judge(("أمطار وسيول", [1, 0])))
    assert evaluation.not_judged == ("football",)
    assert isnan(evaluation.metrics.topics[1].f1)
    assert evaluation.metrics.macro_f1 == 1


def test_a_model_that_answers_with_no_number_is_refused(model: TopicModel) -> None:
    weights = np.full_like(model.linear.weights, np.nan)
    broken = replace(model, linear=replace(model.linear, weights=weights))
    with pytest.raises(ArtifactCorruptError, match="no number"):
        predict(broken, judge(("أمطار وسيول", [1, 0])))


def test_confusion_counts_what_articles_were_taken_for() -> None:
    truth = np.array([[1, 0], [1, 0], [1, 1], [0, 0], [0, 0]], dtype=np.bool_)
    tagged = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [0, 0]], dtype=np.bool_)
    # Of the three articles of the first topic two were found and one was taken for the second.
    assert confusion_of(truth, tagged).tolist() == [[2, 1, 0], [0, 0, 0], [0, 1, 1]]


def test_every_article_is_in_one_slice_of_each_fact(model: TopicModel, corpus: Corpus) -> None:
    judged = JudgedArticles.of_corpus(corpus)
    outlets = tuple(f"outlet {number % 20:02d}" for number in range(len(judged.articles)))
    slices = list(measure_slices(predict(model, replace(judged, facts={"outlet": outlets}))))
    for fact in ("outlet", "words", "kind"):
        assert sum(one.metrics.n_articles for one in slices if one.fact == fact) == len(judged.articles)
    values = [one.value for one in slices if one.fact == "outlet"]
    assert len(values) == MOST_SLICES
    assert values[-1] == OTHERS


def test_kinds_tell_passing_mentions_apart() -> None:
    truth = np.array([[1, 1], [1, 0], [0, 0], [0, 0]], dtype=np.bool_)
    passing = np.array([[0, 0], [0, 1], [1, 0], [0, 0]], dtype=np.bool_)
    judged = JudgedArticles((Article("كلمة"),) * 4, truth, passing)
    predictions = Predictions(("a", "b"), judged, truth, truth.astype(float))
    kinds = {one.value: one.metrics for one in measure_slices(predictions) if one.fact == "kind"}
    assert set(kinds) == {"several topics", "one topic", "only mentions", "no topic"}
    assert isnan(kinds["only mentions"].macro_f1)
    assert kinds["only mentions"].all_right == 1
