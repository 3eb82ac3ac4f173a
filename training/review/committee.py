"""A committee: models that differ from the one in use by a fifth of the corpus. Where they differ, a label helps."""

from collections.abc import Sequence
from dataclasses import replace

import joblib
import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.errors import SettingsError
from wasim.model.topic_model import TopicModel
from wasim.training.corpus import Corpus
from wasim.training.fit import FitSettings, fit_linear, learn_vocabulary
from wasim.training.folds import split
from wasim.training.train import FEWEST_ARTICLES_OF_A_TOPIC, targets_of


def fit_committee(corpus: Corpus, model: TopicModel, fit: FitSettings | None = None) -> tuple[TopicModel, ...]:
    """Fit one model without each of the folds, in parallel; all share the model's calibration.

    Parameters
    ----------
    corpus
        What the model was trained on; its topics are the model's.
    model, fit
        How it was trained.

    Raises
    ------
    SettingsError
        When the corpus has other topics than the model.
    CorpusTooSmallError
        When a topic has too few articles for folds.
    """
    fit = fit or FitSettings()
    if [topic.id for topic in corpus.topics] != [topic.id for topic in model.topics]:
        own, other = (", ".join(topic.id for topic in topics) for topics in (model.topics, corpus.topics))
        raise SettingsError(f"{model.name} knows {own}, the corpus defines {other}. Name the model's own corpus.")
    corpus.require_enough(FEWEST_ARTICLES_OF_A_TOPIC)
    folds = split(corpus.labels, fit.seed)
    members: list[TopicModel] = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(_fit_member)(corpus, rows, model, fit) for rows, _ in folds
    )
    return tuple(members)


def disagreement(committee: Sequence[TopicModel], articles: Sequence[Article]) -> NDArray[np.float64]:
    """Say how far the members' probabilities lie apart.

    Returns
    -------
    float64 of shape (n_articles, n_topics), in [0, 1]: twice the standard deviation over the members, 1 where half
    of them are sure of a topic and half are sure of none.

    Source: Seung, Opper and Sompolinsky, "Query by Committee", 1992.
    """
    said = np.stack([member.probabilities(member.score(articles)) for member in committee])
    return np.asarray(2 * said.std(axis=0))


def _fit_member(corpus: Corpus, rows: NDArray[np.int64], model: TopicModel, fit: FitSettings) -> TopicModel:
    articles = corpus.articles
    known = [articles[row] for row in rows]
    vocabulary = learn_vocabulary(known, model.settings, fit)
    linear = fit_linear(known, targets_of(corpus, fit).at(rows), vocabulary, model.settings, fit)
    return replace(model, vocabulary=vocabulary, linear=linear)
