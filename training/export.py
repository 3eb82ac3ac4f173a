"""A model as scikit-learn knows models, for notebooks: slower, equal, and open to every tool of that world."""

from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Self

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer

from wasim.model.article import Article
from wasim.model.durable import file_that_appears_whole
from wasim.model.scoring import LinearWeights, passage_bounds
from wasim.model.topic_model import TopicModel
from wasim.model.vocabulary import WordStemmer

Stems = tuple[str, ...]


class ExportedModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A topic model made of scikit-learn's parts.

    ``pipeline`` is a fitted :class:`~sklearn.pipeline.Pipeline` of TF-IDF and one logistic regression a topic;
    around it stand what scikit-learn has no part for: passages, calibration and thresholds.

    Parameters
    ----------
    model
        What is exported; its topics become ``classes_``.
    """

    def __init__(self, model: TopicModel) -> None:
        self.model = model
        self.classes_ = np.array([topic.id for topic in model.topics])
        self.pipeline = fitted_pipeline(model)
        self._stemmer = WordStemmer(model.settings)

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002, N803
        """Do nothing: the model is fitted. ``wasim train`` fits another."""
        return self

    def decision_function(self, X: Sequence[Article]) -> NDArray[np.float64]:  # noqa: N803
        """Score articles against every topic: float64 of shape (n_articles, n_topics), log-odds."""
        settings = self.model.settings
        titles = [tuple(self._stemmer.stems(article.title)) for article in X]
        texts = [tuple(self._stemmer.stems(article.text)) for article in X]
        whole = [(title,) * settings.title_weight + (text,) for title, text in zip(titles, texts, strict=True)]
        scores = self._scores(whole)
        bounds = [passage_bounds(len(text), settings) for text in texts]
        passages = [(text[start:end],) for text, cut in zip(texts, bounds, strict=True) for start, end in cut]
        if passages:
            rows = np.repeat(np.arange(len(X)), [len(cut) for cut in bounds])
            best = np.full(scores.shape, -np.inf)
            np.maximum.at(best, rows, self._scores(passages))
            long, share = np.unique(rows), settings.passage_weight
            scores[long] = (1 - share) * scores[long] + share * best[long]
        return scores

    def predict_proba(self, X: Sequence[Article]) -> NDArray[np.float64]:  # noqa: N803
        """Give every topic's calibrated probability, of shape (n_articles, n_topics)."""
        probabilities = self.model.calibration.probabilities(self.decision_function(X))
        known = self.pipeline[0].vocabulary_
        for row, article in enumerate(X):
            stems = [self._stemmer.stems(article.title), self._stemmer.stems(article.text)]
            if not any(term in known for term in terms_of(stems)):
                probabilities[row] = 0
        return probabilities

    def predict(self, X: Sequence[Article]) -> NDArray[np.int64]:  # noqa: N803
        """Tag articles: 0 or 1, of shape (n_articles, n_topics)."""
        return (self.predict_proba(X) >= self.model.calibration.thresholds).astype(np.int64)

    def _scores(self, documents: Sequence[Sequence[Stems]]) -> NDArray[np.float64]:
        scores = self.pipeline.decision_function(documents)
        return np.asarray(scores, dtype=np.float64).reshape(len(documents), len(self.classes_))


def export_joblib(model: TopicModel, path: Path) -> None:
    """Write a model as a joblib file of an :class:`ExportedModel`.

    Joblib files are pickles: whoever loads one runs what is in it. Artifacts are not; serve those.
    """
    with file_that_appears_whole(path) as file:
        joblib.dump(ExportedModel(model), file)


def terms_of(stretches: Sequence[Sequence[str]]) -> list[str]:
    """List the stems of each stretch of text, and the pairs of neighbours; what the vectorizer counts."""
    singles = (stem for stems in stretches for stem in stems if stem)
    pairs = (f"{one} {two}" for stems in stretches for one, two in pairwise(stems) if one and two)
    return list(chain(singles, pairs))


def fitted_pipeline(model: TopicModel) -> Pipeline:
    """Give scikit-learn's TF-IDF and logistic regressions a model's vocabulary and weights."""
    vectorizer = TfidfVectorizer(analyzer=terms_of, vocabulary=list(model.vocabulary.terms), sublinear_tf=True)
    vectorizer.idf_ = model.linear.idf.astype(np.float64)
    vectorizer.vocabulary_ = {term: row for row, term in enumerate(model.vocabulary.terms)}
    classifier = OneVsRestClassifier(LogisticRegression())
    classifier.estimators_ = [_regression(model.linear, topic) for topic in range(len(model.topics))]
    classifier.label_binarizer_ = MultiLabelBinarizer().fit([[topic.id] for topic in model.topics])
    return make_pipeline(vectorizer, classifier)


def _regression(linear: LinearWeights, topic: int) -> LogisticRegression:
    regression = LogisticRegression()
    regression.classes_ = np.array([0, 1])
    regression.coef_ = linear.weights[:, topic].astype(np.float64)[None, :]
    regression.intercept_ = linear.bias[topic : topic + 1].astype(np.float64)
    return regression
