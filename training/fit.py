"""The fit: counts of terms to TF-IDF, TF-IDF to one linear classifier a topic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from wasim.model.article import Article
from wasim.model.scoring import LinearWeights, article_occurrences
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import Vocabulary, WordStemmer


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How the weights are found. None of it changes how a finished model answers.

    Parameters
    ----------
    fewest_articles
        Articles that a term must stand in to become part of the vocabulary.
    inverse_regularisation
        scikit-learn's ``C``.
    mention_weight
        How many articles a passing mention counts as: it is the negative that matters, and rarer in a corpus
        written for training than in the news. Used in the fit and in the calibration.
    seed
        Of everything that draws by chance.
    """

    fewest_articles: int = 2
    inverse_regularisation: float = 300.0
    mention_weight: float = 6.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Targets:
    """What articles are to be learned as.

    Parameters
    ----------
    labels
        Bool of shape (n_articles, n_topics); True where the article belongs to the topic.
    weights
        float64 of the same shape; how many articles this one counts as for the topic.
    """

    labels: NDArray[np.bool_]
    weights: NDArray[np.float64]

    def at(self, rows: NDArray[np.int64]) -> Self:
        """Take some of the articles."""
        return type(self)(self.labels[rows], self.weights[rows])


def learn_vocabulary(articles: Iterable[Article], settings: ModelSettings, fit: FitSettings) -> Vocabulary:
    """Collect the terms that stand in enough articles, sorted, so that equal corpora give equal rows."""
    stemmer = WordStemmer(settings)
    document_frequency: Counter[str] = Counter()
    for article in articles:
        present: set[str] = set()
        for text in (article.title, article.text):
            stems = stemmer.stems(text)
            present.update(stems)
            if settings.longest_phrase > 1:
                present.update(f"{first} {second}" for first, second in pairwise(stems) if first and second)
        document_frequency.update(present - {""})
    terms = sorted(term for term, count in document_frequency.items() if count >= fit.fewest_articles)
    return Vocabulary(terms, settings)


def count_terms(articles: Sequence[Article], vocabulary: Vocabulary, settings: ModelSettings) -> csr_matrix:
    """Count each article's terms: float64 of shape (n_articles, n_terms), titles weighted."""
    occurrences = [
        article_occurrences(vocabulary.read(article.title), vocabulary.read(article.text), settings)
        for article in articles
    ]
    rows = np.repeat(np.arange(len(articles)), [len(terms) for terms in occurrences])
    columns = np.concatenate(occurrences) if occurrences else np.empty(0, dtype=np.int64)
    counts = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(articles), len(vocabulary)))
    counts.sum_duplicates()
    return counts


def fit_linear(
    articles: Sequence[Article],
    targets: Targets,
    vocabulary: Vocabulary,
    settings: ModelSettings,
    fit: FitSettings,
) -> LinearWeights:
    """Fit one class-balanced logistic regression a topic on TF-IDF rows.

    Parameters
    ----------
    articles, targets
        What to learn from; each column of labels holds both values.
    vocabulary, settings, fit
        The terms, and how they are counted and fitted.
    """
    tf_idf = TfidfTransformer(sublinear_tf=True)
    rows = tf_idf.fit_transform(count_terms(articles, vocabulary, settings))
    weights, bias = fit_columns(rows, targets, fit)
    return LinearWeights(tf_idf.idf_.astype(np.float32), weights, bias)


def weigh_terms(counts: csr_matrix, idf: NDArray[np.float32]) -> csr_matrix:
    """Turn counts into the TF-IDF rows that a fitted model sees, each of length 1."""
    tf_idf = TfidfTransformer(sublinear_tf=True)
    tf_idf.idf_ = idf.astype(np.float64)
    return tf_idf.transform(counts)


def fit_columns(
    rows: csr_matrix, targets: Targets, fit: FitSettings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit one class-balanced logistic regression a topic.

    Returns
    -------
    Weights of shape (n_terms, n_topics) and bias of shape (n_topics,), as :class:`LinearWeights` holds them.
    """
    n_topics = targets.labels.shape[1]
    weights = np.empty((rows.shape[1], n_topics), dtype=np.float32)
    bias = np.empty(n_topics, dtype=np.float32)
    for topic in range(n_topics):
        classifier = LogisticRegression(
            C=fit.inverse_regularisation,
            class_weight="balanced",
            solver="liblinear",
            random_state=fit.seed,
            max_iter=1000,
        )
        classifier.fit(rows, targets.labels[:, topic], sample_weight=targets.weights[:, topic])
        weights[:, topic], bias[topic] = classifier.coef_[0], classifier.intercept_[0]
    return weights, bias
