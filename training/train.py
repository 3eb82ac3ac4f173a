"""Training: from a corpus to a model, with its figures and everything that the artifact records."""

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import joblib
import numpy as np
import orjson
from numpy.typing import NDArray

from wasim.model.artifact import GoldenArticle, Provenance
from wasim.model.drift import PROBABILITY_EDGES, TOPICS_FOUND_EDGES, DriftReference, unknown_share
from wasim.model.histogram import Histogram
from wasim.model.scoring import blend
from wasim.model.settings import ModelSettings
from wasim.model.topic_model import TopicModel
from wasim.training.calibrate import OperatingPoint, calibrate
from wasim.training.corpus import Corpus
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.metrics import Metrics
from wasim.training.evaluation.predictions import Predictions
from wasim.training.fit import FitSettings, Targets, fit_linear, learn_vocabulary
from wasim.training.folds import N_FOLDS, Fold, near_pairs, split, without_leaks

FEWEST_ARTICLES_OF_A_TOPIC = 2 * N_FOLDS
_LIBRARIES = ("numpy", "pyarabic", "safetensors", "scikit-learn", "scipy", "wasim")
_LONGEST_GOLDEN_ARTICLE = 2_000


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model with what was found out about it on the way.

    ``predictions`` are those of models that were fitted without the articles that they judge; ``metrics``
    their figures.
    """

    model: TopicModel
    predictions: Predictions
    metrics: Metrics
    provenance: Provenance


def train(
    corpus: Corpus,
    settings: ModelSettings | None = None,
    fit: FitSettings | None = None,
    operating_point: OperatingPoint | None = None,
    name: str | None = None,
) -> TrainedModel:
    """Fit, calibrate, choose thresholds and evaluate.

    Parameters
    ----------
    corpus
        At least ten articles with and ten without each topic.
    settings, fit, operating_point
        The defaults are those that measured best; see training/README.md.
    name
        Of the model; by default made from what it learned, so that an equal model has an equal name.

    Raises
    ------
    CorpusTooSmallError
        When a topic has too few articles; names the counts.
    """
    settings, fit = settings or ModelSettings(), fit or FitSettings()
    operating_point = operating_point or OperatingPoint()
    corpus.require_enough(FEWEST_ARTICLES_OF_A_TOPIC)
    targets = targets_of(corpus, fit)
    held_out = cross_validate(corpus, settings, fit)
    calibration = calibrate(held_out.scores, targets, operating_point)
    probabilities = calibration.probabilities(held_out.scores)
    tagged = probabilities >= calibration.thresholds
    topics = tuple(topic.id for topic in corpus.topics)
    predictions = Predictions(topics, JudgedArticles.of_corpus(corpus), tagged, probabilities)
    metrics = predictions.measure()

    vocabulary = learn_vocabulary(corpus.articles, settings, fit)
    linear = fit_linear(corpus.articles, targets, vocabulary, settings, fit)
    learned = (
        linear.idf,
        linear.weights,
        linear.bias,
        calibration.slopes,
        calibration.offsets,
        calibration.thresholds,
    )
    name = name or f"news-{hashlib.sha256(b''.join(array.tobytes() for array in learned)).hexdigest()[:10]}"
    model = TopicModel(name, corpus.topics, settings, vocabulary, linear, calibration)
    provenance = Provenance(
        fingerprint=fingerprint(corpus, settings, fit, operating_point),
        n_articles=len(corpus.labelled),
        metrics=asdict(metrics),
        versions={
            "python": platform.python_version(),
            **{library: version(library) for library in _LIBRARIES},
        },
        golden=tuple(golden_articles(corpus, model)),
        drift=_spread(predictions, held_out.unknown_shares),
    )
    return TrainedModel(model, predictions, metrics, provenance)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What models found in articles that they were fitted without.

    Parameters
    ----------
    scores
        float64 of shape (n_articles, n_topics); log-odds.
    unknown_shares
        float64 of shape (n_articles,); share of an article's words that the model did not know.
    """

    scores: NDArray[np.float64]
    unknown_shares: NDArray[np.float64]


def cross_validate(
    corpus: Corpus, settings: ModelSettings, fit: FitSettings, folds: Sequence[Fold] | None = None
) -> HeldOut:
    """Score each article by a model that was fitted without it, folds in parallel.

    Parameters
    ----------
    corpus, settings, fit
        What is fitted, and how.
    folds
        (train, test) rows, every row tested once; when left out, those of :func:`split`, with nearly equal
        articles on one side.
    """
    labels = corpus.labels
    folds = folds or without_leaks(split(labels, fit.seed), list(near_pairs(corpus.articles)))
    parts = joblib.Parallel(n_jobs=-1)(joblib.delayed(_score_fold)(corpus, fold, settings, fit) for fold in folds)
    whole = HeldOut(np.empty(labels.shape), np.empty(len(labels)))
    for (_, test), part in zip(folds, parts, strict=True):
        whole.scores[test], whole.unknown_shares[test] = part.scores, part.unknown_shares
    return whole


def targets_of(corpus: Corpus, fit: FitSettings) -> Targets:
    """Say what a corpus's articles are to be learned as; passing mentions weigh more."""
    return Targets(corpus.labels, np.where(corpus.mentions, fit.mention_weight, 1.0))


def _score_fold(
    corpus: Corpus,
    fold: Fold,
    settings: ModelSettings,
    fit: FitSettings,
) -> HeldOut:
    articles, targets = corpus.articles, targets_of(corpus, fit)
    train_rows, test_rows = fold
    known = [articles[row] for row in train_rows]
    vocabulary = learn_vocabulary(known, settings, fit)
    linear = fit_linear(known, targets.at(train_rows), vocabulary, settings, fit)
    unseen = [(vocabulary.read(articles[row].title), vocabulary.read(articles[row].text)) for row in test_rows]
    return HeldOut(
        blend(unseen, linear, settings).scores, np.array([unknown_share(title, text) for title, text in unseen])
    )


def _spread(predictions: Predictions, unknown_shares: NDArray[np.float64]) -> DriftReference:
    """Count how a corpus is spread, to hold live text against."""
    by_topic = zip(predictions.topics, predictions.probabilities.T, strict=True)
    lengths = [len(article.title) + len(article.text) for article in predictions.judged.articles]
    return DriftReference(
        {topic: Histogram.of(column, PROBABILITY_EDGES) for topic, column in by_topic},
        Histogram.of(predictions.tagged.sum(axis=1), TOPICS_FOUND_EDGES),
        Histogram.of(lengths),
        Histogram.of(unknown_shares),
    )


def fingerprint(corpus: Corpus, settings: ModelSettings, fit: FitSettings, operating_point: OperatingPoint) -> str:
    """SHA-256 over everything that decides what comes out."""
    choices = [settings.to_dict(), asdict(fit), asdict(operating_point)]
    return hashlib.sha256(corpus.fingerprint.encode() + orjson.dumps(choices)).hexdigest()


def golden_articles(corpus: Corpus, model: TopicModel) -> list[GoldenArticle]:
    """Choose short articles that the model gets right by the widest margin: one a topic, and one without any."""
    short = [row for row in corpus.labelled if len(row.title) + len(row.text) <= _LONGEST_GOLDEN_ARTICLE]
    answers = model.classify(row.article for row in short)
    right = [(row, answer) for row, answer in zip(short, answers, strict=True) if set(row.topics) == set(answer.topics)]
    golden = []
    for wanted in [{topic.id} for topic in model.topics] + [set[str]()]:
        candidates = [
            (min(abs(scored.probability - scored.threshold) for scored in answer.scored), row, answer)
            for row, answer in right
            if set(row.topics) == wanted
        ]
        if candidates:
            _, row, answer = max(candidates, key=lambda candidate: (candidate[0], candidate[1].id))
            golden.append(GoldenArticle(row.article, answer.topics))
    return golden
