"""The fit: counts of terms to TF-IDF, TF-IDF to one linear classifier a topic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
    seed
        Of everything that draws by chance.
    """

    fewest_articles: int = 2
    inverse_regularisation: float = 10.0
    seed: int = 0


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
    labels: NDArray[np.bool_],
    vocabulary: Vocabulary,
    settings: ModelSettings,
    fit: FitSettings,
) -> LinearWeights:
    """Fit one class-balanced logistic regression a topic on TF-IDF rows.

    Parameters
    ----------
    articles, labels
        Labels of shape (n_articles, n_topics); each column holds both values.
    vocabulary, settings, fit
        The terms, and how they are counted and fitted.
    """
    tf_idf = TfidfTransformer(sublinear_tf=True)
    rows = tf_idf.fit_transform(count_terms(articles, vocabulary, settings))
    weights = np.empty((len(vocabulary), labels.shape[1]), dtype=np.float32)
    bias = np.empty(labels.shape[1], dtype=np.float32)
    for topic in range(labels.shape[1]):
        classifier = LogisticRegression(
            C=fit.inverse_regularisation,
            class_weight="balanced",
            solver="liblinear",
            random_state=fit.seed,
            max_iter=1000,
        )
        classifier.fit(rows, labels[:, topic])
        weights[:, topic], bias[topic] = classifier.coef_[0], classifier.intercept_[0]
    return LinearWeights(tf_idf.idf_.astype(np.float32), weights, bias)
