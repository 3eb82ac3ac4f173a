"""Judging a model on articles that somebody has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.errors import CorpusUnreadableError
from wasim.model.topic_model import TopicModel
from wasim.training.corpus import membership
from wasim.training.evaluation.metrics import Metrics, lenient_macro_f1, measure

ABOUT_IT, PASSING_MENTION = 2, 1


@dataclass(frozen=True, slots=True)
class JudgedArticles:
    """Articles with the truth about them.

    Parameters
    ----------
    articles
        In the file's order.
    truth
        Bool of shape (n_articles, n_topics); True where the article is about the topic.
    passing
        The same shape; True where the topic is only mentioned. All False where the file does not say.
    """

    articles: tuple[Article, ...]
    truth: NDArray[np.bool_]
    passing: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on judged articles; ``lenient_macro_f1`` leaves passing mentions out."""

    metrics: Metrics
    lenient_macro_f1: float


def read_judged(file: Path, model: TopicModel) -> JudgedArticles:
    """Read JSON Lines with title, text and either ``topics`` (a list) or ``grades`` (2, 1 or 0 a topic).

    Raises
    ------
    CorpusUnreadableError
        When a line is not that; names file and line.
    """
    articles: list[Article] = []
    about: list[list[str]] = []
    mentioned: list[list[str]] = []
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        raise CorpusUnreadableError(f"{file} is missing") from None
    for number, line in enumerate(lines, start=1):
        try:
            row = orjson.loads(line)
            articles.append(Article(row["title"], row["text"]))
            grades = row["grades"] if "grades" in row else dict.fromkeys(row["topics"], ABOUT_IT)
            about.append([topic for topic, grade in grades.items() if grade == ABOUT_IT])
            mentioned.append([topic for topic, grade in grades.items() if grade == PASSING_MENTION])
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise CorpusUnreadableError(
                f"{file}:{number}: {error!r}. A line is a JSON object with title, text and topics or grades."
            ) from None
    if not articles:
        raise CorpusUnreadableError(f"{file} has no article")
    return JudgedArticles(tuple(articles), membership(model.topics, about), membership(model.topics, mentioned))


def evaluate(model: TopicModel, judged: JudgedArticles) -> Evaluation:
    """Measure a model on judged articles, through the same path as every door."""
    answers = model.classify(judged.articles)
    probabilities = np.array([[scored.probability for scored in answer.scored] for answer in answers])
    tagged = np.array([[scored.tagged for scored in answer.scored] for answer in answers])
    topics: Sequence[str] = [topic.id for topic in model.topics]
    return Evaluation(
        measure(topics, judged.truth, tagged, probabilities),
        lenient_macro_f1(judged.truth, tagged, judged.passing),
    )
