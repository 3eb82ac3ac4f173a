"""Finding the labels of a corpus that look most like mistakes."""

import numpy as np

from wasim.model.settings import ModelSettings
from wasim.training.calibrate import OperatingPoint, calibrate
from wasim.training.corpus import Corpus
from wasim.training.fit import FitSettings
from wasim.training.review.queue import QueuedArticle
from wasim.training.review.worth import doubt, suspicion
from wasim.training.train import FEWEST_ARTICLES_OF_A_TOPIC, cross_validate, targets_of


def queue_suspects(
    corpus: Corpus, settings: ModelSettings, most: int, fit: FitSettings | None = None
) -> list[QueuedArticle]:
    """Choose the articles of a corpus whose labels look most like mistakes.

    Each is judged by a model that was fitted without it.

    Raises
    ------
    CorpusTooSmallError
        When a topic has too few articles to cross-validate.
    """
    fit = fit or FitSettings()
    corpus.require_enough(FEWEST_ARTICLES_OF_A_TOPIC)
    scores = cross_validate(corpus, settings, fit).scores
    probabilities = calibrate(scores, targets_of(corpus, fit), OperatingPoint()).probabilities(scores)
    doubts = suspicion(corpus.labels, probabilities)
    order = np.argsort(-doubts.max(axis=1), kind="stable")[:most]
    queue = []
    for row in order:
        labelled, topic = corpus.labelled[row], int(doubts[row].argmax())
        is_labelled = corpus.topics[topic].id in labelled.topics
        queue.append(
            QueuedArticle(
                id=labelled.id,
                title=labelled.title,
                text=labelled.text,
                worth=round(float(doubts[row, topic]), 3),
                why=(doubt(corpus.topics[topic].id, probabilities[row, topic], is_labelled=is_labelled),),
                labels=labelled.topics,
                mentions=labelled.mentions,
            )
        )
    return queue
