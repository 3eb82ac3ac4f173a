from dataclasses import replace

import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.model.errors import ArtifactCorruptError, SettingsError
from wasim.training.corpus import Corpus
from wasim.training.review.committee import disagreement, fit_committee
from wasim.training.review.worth import DISAGREEMENT, NOVELTY, UNCERTAINTY, suspicion, worth

CLEAR, UNCLEAR, UNKNOWN = (
    Article("أمطار وسيول وعاصفة ورياح"),
    Article("قال الناس في السوق والمدرسة بعد أمطار قبل أمس جديد الطريق البيت الشارع"),
    Article("زززز ططط ظظظظ"),
)


def test_weights_add_up() -> None:
    assert pytest.approx(1) == UNCERTAINTY + DISAGREEMENT + NOVELTY


def test_what_is_near_a_threshold_is_worth_more_than_what_is_clear(model: TopicModel) -> None:
    clear, unclear = worth(model, [CLEAR, UNCLEAR]).total
    assert unclear > clear


def test_uncertainty_is_1_at_the_threshold_and_0_at_certainty(model: TopicModel) -> None:
    calibration = replace(model.calibration, slopes=np.zeros(2), offsets=np.array([0.0, -1000.0]))
    at_half = replace(model, calibration=replace(calibration, thresholds=np.array([0.5, 0.5])))
    with np.errstate(over="ignore"):
        assert worth(at_half, [CLEAR]).uncertainty.tolist() == [[1, 0]]


def test_unknown_words_are_new(model: TopicModel) -> None:
    assert worth(model, [CLEAR, UNKNOWN]).novelty.tolist() == [0, 1]
    assert "100% of its words are unknown" in worth(model, [UNKNOWN]).reasons(0, model)


def test_every_figure_is_a_share(model: TopicModel, ten_articles: list[Article]) -> None:
    found = worth(model, ten_articles)
    for figure in (found.probabilities, found.uncertainty, found.disagreement, found.novelty, found.total):
        assert ((figure >= 0) & (figure <= 1)).all()


def test_a_committee_agrees_on_what_is_clear(model: TopicModel, corpus: Corpus) -> None:
    committee = fit_committee(corpus, model)
    assert len(committee) == 5
    clear, unclear = disagreement(committee, [CLEAR, UNCLEAR]).max(axis=1)
    assert 0 <= clear < unclear <= 1
    assert disagreement([model, model], [CLEAR]).max() == 0


def test_a_committee_is_made_from_the_models_own_corpus(model: TopicModel, corpus: Corpus) -> None:
    with pytest.raises(SettingsError, match="small knows weather, football, the corpus defines weather"):
        fit_committee(Corpus(corpus.topics[:1], corpus.labelled), model)


def test_a_label_that_the_model_does_not_believe_is_suspicious() -> None:
    labels, probabilities = np.array([[True, False], [True, False]]), np.array([[0.9, 0.1], [0.1, 0.1]])
    assert suspicion(labels, probabilities).max(axis=1) == pytest.approx([0.1, 0.9])


def test_answers_that_are_no_numbers_are_refused(model: TopicModel) -> None:
    broken = replace(model, linear=replace(model.linear, bias=np.full(2, np.nan, dtype=np.float32)))
    with pytest.raises(ArtifactCorruptError, match="no number"):
        worth(broken, [CLEAR])
