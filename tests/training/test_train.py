from collections.abc import Callable

import numpy as np
import pytest

from wasim.model import Article
from wasim.model.errors import CorpusTooSmallError
from wasim.training.calibrate import OperatingPoint
from wasim.training.corpus import Corpus
from wasim.training.folds import split
from wasim.training.train import TrainedModel, cross_validate, train


def test_training_twice_gives_equal_predictions_and_an_equal_name(
    corpus: Corpus, trained: TrainedModel, ten_articles: list[Article]
) -> None:
    first, again = train(corpus), train(corpus)
    assert first.model.name == again.model.name
    assert first.provenance == again.provenance
    assert first.model.classify(ten_articles) == again.model.classify(ten_articles)


def test_another_operating_point_is_another_fingerprint(corpus: Corpus, trained: TrainedModel) -> None:
    other = train(corpus, operating_point=OperatingPoint.parse("precision=0.9"))
    assert other.provenance.fingerprint != trained.provenance.fingerprint


WEATHER = "أمطار رياح عاصفة سيول حرارة ضباب ثلوج غيوم"
FOOTBALL = "مباراة هدف حارس مدرب ملعب دوري كأس لاعب"


@pytest.mark.parametrize(
    "topics", [{"weather": WEATHER}, {"weather": WEATHER, "football": FOOTBALL, "t3": "قطار سكة محطة رصيف"}]
)
def test_any_number_of_topics_trains_without_a_change_to_the_code(
    draw_corpus: Callable[[dict[str, str]], Corpus], topics: dict[str, str]
) -> None:
    model = train(draw_corpus(topics)).model
    assert [topic.id for topic in model.topics] == list(topics)
    assert model.classify([Article("أمطار وسيول", "رياح عاصفة وضباب")])[0].topics == ("weather",)


def test_a_topic_with_too_few_articles_is_named(corpus: Corpus) -> None:
    short = Corpus(corpus.topics, corpus.labelled[:12])
    with pytest.raises(CorpusTooSmallError, match="weather"):
        train(short)


def test_each_article_is_scored_by_a_model_that_has_not_seen_it(corpus: Corpus) -> None:
    folds = split(corpus.labels, seed=0)
    held_out = np.concatenate([test for _, test in folds])
    assert sorted(held_out) == list(range(len(corpus.labelled)))
    assert all(not set(train_rows) & set(test_rows) for train_rows, test_rows in folds)


def test_every_fold_holds_each_topic(corpus: Corpus) -> None:
    for _, test in split(corpus.labels, seed=0):
        assert corpus.labels[test].any(axis=0).all()
        assert not corpus.labels[test].all(axis=0).any()


def test_cross_validation_ranks_the_topics_articles_first(corpus: Corpus) -> None:
    from wasim.model import ModelSettings
    from wasim.training.fit import FitSettings

    scores = cross_validate(corpus, ModelSettings(), FitSettings()).scores
    assert scores[corpus.labels].min() > np.median(scores[~corpus.labels])


def test_the_provenance_tells_libraries_and_figures(trained: TrainedModel) -> None:
    assert {"python", "scikit-learn", "wasim"} <= set(trained.provenance.versions)
    assert trained.provenance.metrics["macro_f1"] == trained.metrics.macro_f1
